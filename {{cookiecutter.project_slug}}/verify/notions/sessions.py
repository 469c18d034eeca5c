"""How users are told apart: who keeps the session, what is put into it, who logs in."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module, ancestors, parent
from .calls import spelt
from .names import Function
from .uses import assigned
from .values import Const, Value

if TYPE_CHECKING:
    from ..project import Project

IDENTITY = {
    "uid", "user", "userid", "username", "account", "acct", "customer", "member", "login", "logged", "loggedin", "role",
    "authenticated", "identity", "principal", "subject", "email", "roles", "admin", "staff", "employee", "owner",
}  # fmt: skip
TOKENS = {
    "session", "sess", "sid", "sessionid", "token", "auth", "jwt", "remember", "ticket", "access", "refresh", "bearer",
    "apikey", "sso",
}  # fmt: skip
HARMLESS = {
    "theme", "lang", "language", "locale", "timezone", "tz", "color", "colour", "view", "agent", "prefs", "preferences",
    "count", "seen", "attempts", "error", "next", "url", "redirect", "page", "form", "hint", "banner", "csrf", "xsrf",
}  # fmt: skip
SECRET = {
    "password", "passwd", "passphrase", "passcode", "pass", "pwd", "pw", "pin", "cvv", "cvc", "ssn", "pan", "iban",
    "card", "cardnumber",
}  # fmt: skip
RENEWS = re.compile(r"regenerat|renew|rotat|cycle|(new|fresh|change|reset|login)_?(s?id|session)", re.I)
USES = re.compile(r"flask\.session|flask_(session|login)\..*")


def words(name: str) -> list[str]:
    """`userId`, "user_id", "user-id" -> user, id."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]


def says(name: str, what: set[str]) -> bool:
    """Is one of these words in the name of a cookie or a session's key, and none that makes it harmless?"""
    found = {*words(name), name.lower()}
    return bool(found & what) and not found & HARMLESS


def is_secret(name: str) -> bool:
    """Is this the name of something that nobody may read: a password, a card number?"""
    found = words(name)
    return bool(found) and (found[-1] in SECRET or found[-2:] == ["card", "number"])


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing that is put into the session."""

    module: Module
    node: ast.expr
    key: str
    value: ast.expr


class Sessions:
    def __init__(self, project: "Project") -> None:
        self.project = project
        self.names, self.values, self.calls = project.names, project.values, project.calls

    # ------------------------------------------------------------------ what is in them

    def is_session(self, module: Module, expr: ast.AST) -> bool:
        if not isinstance(expr, ast.Name | ast.Attribute):
            return False
        # `self.store`, where the session is the default of a parameter
        kept = isinstance(expr, ast.Attribute) and getattr(self.values.of(module, expr), "name", None)
        return "flask.session" in (kept, self.names.dotted(module, expr))

    @cached_property
    def stored(self) -> list[Stored]:
        found: list[tuple[Module, ast.expr, ast.expr | str, ast.expr]] = []
        for module in self.project.modules.values():
            for target, value in assigned(module):
                if isinstance(target, ast.Subscript) and self.is_session(module, target.value):
                    found.append((module, target, target.slice, value))
        for module, call in self.calls.named("flask.session.setdefault"):
            if len(call.args) == 2:
                found.append((module, call, call.args[0], call.args[1]))
        for module, call in self.calls.named("flask.session.update"):
            found += [(module, one.value, one.arg or "", one.value) for one in call.keywords]
            for arg in call.args:
                pairs = zip(arg.keys, arg.values, strict=True) if isinstance(arg, ast.Dict) else [(None, arg)]
                found += [(module, value, key or "", value) for key, value in pairs]
        return [Stored(module, node, self._key(module, key), value) for module, node, key, value in found]

    def _key(self, module: Module, key: ast.expr | str) -> str:
        settled = Const(key) if isinstance(key, str) else self.values.settle(self.values.of(module, key))
        return str(settled.value) if isinstance(settled, Const) else ""

    @cached_property
    def logins(self) -> list[tuple[Module, ast.expr]]:
        """Where a session gets its user."""
        named = [one for one in self.stored if says(one.key, IDENTITY)]
        found = [(one.module, one.node) for one in named if getattr(one.value, "value", True)]  # not None, not ""
        return [*found, *self.calls.named("flask_login.login_user", "flask_login.utils.login_user")]

    def renews(self, module: Module, function: Function) -> bool:
        """Does the function of a login, one that it calls or one that calls it renew the session's id?"""
        called = [self.calls.target(module, call) for call in ast.walk(function) if isinstance(call, ast.Call)]
        callers = [self.names.function(call) for _, call in self.calls.callers(function)]
        around = [function, *(found[1] for found in called if found), *(one for one in callers if one)]
        return any(_renewing(node) and not self._emptied(module, node) for one in around for node in ast.walk(one))

    def _emptied(self, module: Module, node: ast.AST) -> bool:
        """Does a `regenerate` come when nothing is in the session? Flask-Session then keeps the id."""
        if not (self.extensions and isinstance(node, ast.Call) and spelt(node) == "regenerate"):
            return False
        statement = next(up for up in ancestors(node) if isinstance(up, ast.stmt))
        block = getattr(parent(statement), "body", [])
        before = block[: block.index(statement)] if statement in block else []
        touches = [one for one in before if any(self.is_session(module, part) for part in ast.walk(one))]
        return bool(touches) and ast.unparse(touches[-1]).endswith(".clear()")

    # ------------------------------------------------------------------ who keeps them

    @cached_property
    def extensions(self) -> list[tuple[Module, ast.Call]]:
        """Flask-Session given its app: `Session(app)`, `session.init_app(app)`."""
        made = self.calls.named("flask_session.Session")
        given = [(m, c) for m, c in made if c.args or c.keywords] + self.calls.named("flask_session.Session.init_app")
        if made:  # it may be one of the extensions that a loop goes through
            given += [(m, c) for m, c, dotted in self.calls.all() if dotted is None and spelt(c) == "init_app"]
        return [(m, c) for m, c in given if False not in map(self.values.truth, self.values.conditions(m, c))]

    @cached_property
    def interfaces(self) -> list[tuple[Module, ast.ClassDef]]:
        """The project's own session interfaces, but those that leave the session in the cookie."""
        return [one for one in self.classes("SessionInterface") if not self.in_cookie(self.names.dotted(*one) or "")]

    def classes(self, base: str) -> list[tuple[Module, ast.ClassDef]]:
        """The project's classes with an ancestor whose name ends so."""
        classes = [(m, node) for m in self.project.modules.values() for node in m.nodes(ast.ClassDef)]
        return [
            one for one in classes if any(b.endswith(base) for b in self.names.bases(self.names.dotted(*one) or ""))
        ]

    def in_cookie(self, interface: str) -> bool:
        """Is this Flask's own interface, or a class that opens sessions as that one does?"""
        return bool(interface) and "SecureCookie" in self.names.method(interface, "open_session")

    @property
    def server_side(self) -> bool:
        chosen = self.project.config.writes("session_interface")
        kept = [one for one in chosen if not self.in_cookie(getattr(one.value, "dotted", ""))]
        return bool(self.extensions or self.interfaces or kept)

    @cached_property
    def apps(self) -> list[tuple[Module, ast.Call]]:
        """Where the application is made."""
        named = ((m, c, dotted) for m, c, dotted in self.calls.all() if dotted and dotted.split(".")[-1][:1].isupper())
        return [(module, call) for module, call, dotted in named if "flask.Flask" in self.names.ancestry(dotted)]

    @cached_property
    def used(self) -> bool:
        """Does the project keep anything in a session?"""
        froms = (stmt for module in self.project.modules.values() for stmt in module.nodes(ast.ImportFrom))
        imported = (f"{stmt.module}.{alias.name}" for stmt in froms for alias in stmt.names)
        return bool(self.stored) or any(map(USES.fullmatch, imported))

    def off(self, flag: str, value: Value) -> bool:
        """Is this flag of a cookie off? SameSite is off when it is neither Lax nor Strict."""
        settled = self.values.settle(value)
        if flag.lower().endswith("samesite") and isinstance(settled, Const):
            return str(settled.value).lower() not in {"lax", "strict"}
        return self.values.truth(settled) is False


def _renewing(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "sid" for target in node.targets)
    return isinstance(node, ast.Call) and bool(RENEWS.search(spelt(node)))
