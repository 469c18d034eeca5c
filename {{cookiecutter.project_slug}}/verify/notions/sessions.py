"""How users are told apart: who keeps the session, what is put into it, who logs in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

IDENTITY = {
    "uid", "user", "userid", "username", "account", "acct", "customer", "member", "login", "logged",
    "loggedin", "admin",
    "authenticated", "identity", "principal", "email", "role", "roles", "employee", "staff", "owner", "usr", "subject",
}  # fmt: skip
HARMLESS = {
    "theme", "lang", "language", "locale", "agent", "count", "prefs", "preferences", "seen", "error", "next",
    "attempts",
    "timezone", "tz", "color", "colour", "view", "form", "hint", "url", "redirect", "page", "csrf", "xsrf", "banner",
}  # fmt: skip
SECRET = {
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "cvv",
    "cvc",
    "ssn",
    "pan",
    "iban",
    "pin",
    "card",
    "cardnumber",
    "pass",
    "pw",
}
RENEWS = re.compile(
    r"regenerat|renew|rotat|new_?(s?id|session)|cycle|change_?s?id|login_session|reset_?s?id|fresh_session", re.I
)


def words(name: str) -> list[str]:
    """`userId`, "user_id", "user-id" -> user, id."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]


def is_identity(name: str) -> bool:
    """Does a cookie or a session key of this name say who somebody is?"""
    found = set(words(name)) | {name.lower()}
    return bool(found & IDENTITY) and not found & HARMLESS


def is_secret(name: str) -> bool:
    """Is this the name of something that nobody may read: a password, a card number?"""
    found = words(name)
    return bool(found) and (found[-1] in SECRET or found[-2:] in (["card", "number"], ["credit", "card"]))


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing that is put into the session."""

    module: Module
    node: ast.AST
    key: str
    value: ast.expr | None


class Sessions:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names, self.values, self.calls = project.names, project.values, project.calls

    def is_session(self, module: Module, expr: ast.AST) -> bool:
        return isinstance(expr, ast.Name | ast.Attribute) and self.names.dotted(module, expr) == "flask.session"

    @cached_property
    def stored(self) -> list[Stored]:
        return list(self._stored())

    def _stored(self) -> Iterator[Stored]:
        for module in self.project.modules.values():
            for stmt in module.nodes(ast.Assign):
                for target in stmt.targets:
                    if isinstance(target, ast.Subscript) and self.is_session(module, target.value):
                        yield Stored(module, stmt, self._key(module, target.slice), stmt.value)
        for name in ("flask.session.update", "flask.session.setdefault", "flask.session.__setitem__"):
            for module, call in self.calls.named(name):
                if not name.endswith("update") and len(call.args) == 2:
                    yield Stored(module, call, self._key(module, call.args[0]), call.args[1])
                for keyword in call.keywords:
                    if keyword.arg:
                        yield Stored(module, keyword.value, keyword.arg, keyword.value)
                for arg in call.args if name.endswith("update") else ():
                    if isinstance(arg, ast.Dict):
                        for key, value in zip(arg.keys, arg.values, strict=True):
                            if key is not None:
                                yield Stored(module, value, self._key(module, key), value)
                    else:
                        yield Stored(module, call, "", arg)

    def _key(self, module: Module, expr: ast.expr) -> str:
        key = self.values.settle(self.values.of(module, expr))
        return str(key.value) if isinstance(key, Const) else ""

    @cached_property
    def logins(self) -> list[tuple[Module, ast.AST]]:
        """Where a session gets its user."""
        found: list[tuple[Module, ast.AST]] = [
            (one.module, one.node)
            for one in self.stored
            if is_identity(one.key) and not (isinstance(one.value, ast.Constant) and not one.value.value)
        ]
        return [*found, *self.calls.named("flask_login.login_user", "flask_login.utils.login_user")]

    def renews(self, module: Module, node: ast.AST) -> bool:
        """Does the function around a login, one that it calls or one that calls it renew the session's id?"""
        function = self.names.function(node)
        if function is None:
            return False
        around: list[ast.AST] = [function, *self.calls._edges.get(function, ())]
        around += [up for where, call in self.calls.callers(function) if (up := self.names.function(call))]
        return any(self._renewing(one) for one in around)

    @staticmethod
    def _renewing(function: ast.AST) -> bool:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and RENEWS.search(ast.unparse(node.func).rpartition(".")[2]):
                return True
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Attribute) and t.attr == "sid" for t in node.targets
            ):
                return True
        return False

    @cached_property
    def extensions(self) -> list[tuple[Module, ast.Call]]:
        """Flask-Session given its app: `Session(app)`, `session.init_app(app)`."""
        given = [(m, c) for m, c in self.calls.named("flask_session.Session") if c.args or c.keywords]
        given += self.calls.named("flask_session.Session.init_app")
        if self.calls.named("flask_session.Session"):  # it may be one of the extensions that a loop goes through
            given += [
                (m, c)
                for m, c, dotted in self.calls.all()
                if dotted is None and getattr(c.func, "attr", "") == "init_app"
            ]
        return [
            (m, c) for m, c in given if not any(self.values.truth(t) is False for t in self.values.conditions(m, c))
        ]

    @cached_property
    def interfaces(self) -> list[tuple[Module, ast.ClassDef]]:
        """The project's own session interfaces."""
        return [
            (module, node)
            for module in self.project.modules.values()
            for node in module.nodes(ast.ClassDef)
            if any(
                base.endswith("SessionInterface") for base in self.names.bases(self.names.dotted(module, node) or "")
            )
        ]

    @property
    def server_side(self) -> bool:
        return bool(self.extensions or self.interfaces or self.project.config.writes("session_interface"))

    @cached_property
    def apps(self) -> list[tuple[Module, ast.Call]]:
        """Where the application is made."""
        return [
            (module, call)
            for module, call, dotted in self.calls.all()
            if dotted and dotted.rpartition(".")[2][:1].isupper() and "flask.Flask" in self.names.ancestry(dotted)
        ]

    @cached_property
    def used(self) -> bool:
        """Does the project keep anything in a session?"""
        libraries = {"flask_session", "flask_login"}
        return bool(self.stored) or any(
            binding.dotted.split(".")[0] in libraries or self.names.canonical(binding.dotted) == "flask.session"
            for module in self.project.modules.values()
            for places in self.names.bindings(module, module.tree).values()
            for binding in places
            if binding.kind == "import"
        )
