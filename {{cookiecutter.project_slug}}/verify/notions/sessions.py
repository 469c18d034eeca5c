"""How users are told apart: who keeps the session, what is put into it, who logs in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module, ancestors, parent
from .calls import spelt
from .names import Function
from .uses import assigned
from .values import Call, Const, Table, Value

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
    "password", "passwd", "passphrase", "passcode", "pass", "pwd", "pw", "pin", "cvv", "cvc", "ssn", "pan", "card",
    "cardnumber", "cardno", "ccnumber", "ccnum", "securitycode",
}  # fmt: skip
COOKIE = ("key", "value", "max_age", "expires", "path", "domain", "secure", "httponly", "samesite")
RENEWS = re.compile(r"regenerat|renew|rotat|cycle|(new|fresh|change|reset|login)_?(s?id|session)", re.I)
FORM = ("flask.request.form", "flask.request.args", "flask.request.values", "flask.request.json")
SIGNAL = re.compile(r"flask_login\.(signals\.)?user_logged_in\.connect(_via)?")
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
    found = [word for word in words(name) if not word.isdigit()]
    return bool(SECRET & {*found[-1:], "".join(found[-2:])})


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing that is put into the session."""

    module: Module
    node: ast.expr
    key: str
    value: ast.expr


@dataclass(frozen=True, slots=True)
class Cookie:
    """One `set_cookie(…)` or `delete_cookie(…)`; `key` is the cookie's name, or that of the setting that has it."""

    module: Module
    node: ast.Call
    key: str
    given: dict[str, Value]


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

    @cached_property
    def _written(self) -> list[tuple[Cookie, bool]]:
        """What the code does with cookies, and whether it deletes them."""
        found = []
        for module, call, _ in self.calls.all():
            unpacked = [self.values.of(module, one.value) for one in call.keywords if one.arg is None]
            if spelt(call) not in ("set_cookie", "delete_cookie") or not all(isinstance(o, Table) for o in unpacked):
                continue
            given = {name: self.values.of(module, arg) for name, arg in zip(COOKIE, call.args, strict=False)}
            given |= self.values.kwargs(module, call)
            value = self.values.settle(given.get("value", Const("")))
            deleted = spelt(call) == "delete_cookie" or (isinstance(value, Const) and not value.value)
            match self.values.settle(given.get("key", Const(""))):
                case Const(value=key) | Call("item" | "str.get", (_, Const(value=key), *_)) | Call(dotted=key):
                    found.append((Cookie(module, call, str(key), given), deleted))
        return found

    @cached_property
    def cookies(self) -> list[Cookie]:
        """The cookies that the code gives a value of its own."""
        return [cookie for cookie, deleted in self._written if not deleted]

    @cached_property
    def ended(self) -> list[Cookie]:
        """Where the code deletes a cookie whose value only points to what the server keeps."""
        known = {one.key for one in self.credentials if self.opaque(one)}
        if self.server_side:
            written = self.project.config.writes("SESSION_COOKIE_NAME")
            named = [self.values.settle(name) for one in written for name in self.values.leaves(one.value)]
            known |= {"SESSION_COOKIE_NAME", *(str(getattr(one, "value", "")) for one in named or [Const("session")])}
        return [
            one for one, gone in self._written if gone and (one.key in known or one.key.endswith("get_cookie_name"))
        ]

    @cached_property
    def reads(self) -> list[tuple[Module, ast.expr, str]]:
        """Each cookie that is read, with its name."""
        found = list[tuple[Module, ast.expr, ast.expr]]()
        for module in self.project.modules.values():
            for node in module.nodes(ast.Subscript, ast.Call):
                match node:
                    case (
                        ast.Subscript(value=ast.Attribute(attr="cookies"), slice=key)
                        | ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="cookies")), args=[key, *_])
                    ):
                        found.append((module, node, key))
        named = [(module, node, self.values.settle(self.values.of(module, key))) for module, node, key in found]
        return [(module, node, str(name.value)) for module, node, name in named if isinstance(name, Const)]

    @cached_property
    def credentials(self) -> list[Cookie]:
        """The cookies that prove who somebody is, by their name or as they cannot be guessed."""
        named = [(one, "token" if self._unguessable(one) else "") for one in self.cookies if one.key]
        return [
            one
            for one, random in named
            if one.key.endswith("get_cookie_name") or says(f"{one.key} {random}", TOKENS | IDENTITY)
        ]

    def _unguessable(self, cookie: Cookie) -> bool:
        """Is the value meant to be: made to be secret, or made at random where somebody gives a password?"""
        if self.opaque(cookie, "secrets."):
            return True
        function = self.names.function(cookie.node) if self.opaque(cookie) else None
        return function is not None and self.reads_password(function)

    def opaque(self, cookie: Cookie, *by: str) -> bool:
        """Is a cookie's value made at random (by one of these)? It says nothing: the server knows its meaning."""
        made = self.values.random(self.values.settle(cookie.given.get("value", Const(""))))
        return made is not None and made.dotted.startswith(by or ("secrets.", "os.urandom", "uuid.", "random."))

    def reads_password(self, function: Function) -> bool:
        """Does a function, or one that calls it, ask for a password: is it part of a login?"""
        nodes = [node for one in self.calls.around(function) for node in ast.walk(one)]
        read = [node.value if isinstance(node, ast.Constant) else getattr(node, "attr", "") for node in nodes]
        return any(is_secret(one) for one in read if isinstance(one, str))

    def renews(self, module: Module, function: Function, login: ast.expr) -> bool:
        """Does the function of a login, one that it calls or one that calls it renew the session's id?"""
        calls = [call for call in ast.walk(function) if isinstance(call, ast.Call)]
        told = self._told if any(spelt(call) == "login_user" for call in calls) else []
        called = [*(self.calls.target(module, call) for call in calls), *told]
        around = [*self.calls.around(function), *(found[1] for found in called if found)]
        return any(
            (self.values.may_run(self.names.module(node), node) or not self.calls.callers(one))
            and not (self._emptied(node) or self._chosen(module, node, login))
            for one in around
            for node in filter(_renewing, ast.walk(one))
        )

    def _chosen(self, module: Module, node: ast.AST, login: ast.AST) -> bool:
        """Does the visitor say, by a field of the form, whether this runs, at a login that runs anyway?"""
        around = {*ancestors(login)}
        tests = [up.test for up in ancestors(node) if isinstance(up, ast.If) and up not in around]
        asked = [part for test in tests if self.names.function(test) in around for part in ast.walk(test)]
        known = [one.value for part in asked if isinstance(part, ast.Name) for one in self.project.flow.defined(part)]
        read = [*asked, *known]
        read += [part for one in known if isinstance(one, ast.Compare) for part in (one.left, *one.comparators)]
        return any((self.names.dotted(module, getattr(one, "func", one)) or "").startswith(FORM) for one in read)

    @cached_property
    def _told(self) -> list[tuple[Module, Function]]:
        """The functions that `login_user` runs by the signal that it sends."""
        near: list[tuple[Module, ast.AST]] = []  # a signal's `connect`: what it decorates, or is given
        for module in self.project.modules.values():
            for node in module.nodes(ast.Attribute):
                if node.attr.startswith("connect") and SIGNAL.fullmatch(self.names.dotted(module, node) or ""):
                    up, outer, *_ = ancestors(node)
                    near += [(module, one) for one in (up, outer, *getattr(up, "args", ()))]
        return list(filter(None, (self.calls.function(self.names.dotted(*one)) for one in near)))

    def _emptied(self, node: ast.AST) -> bool:
        """Does a `regenerate` come when nothing is in the session? Flask-Session then keeps the id."""
        if not (self.extensions and isinstance(node, ast.Call) and spelt(node) == "regenerate"):
            return False
        module, statement = self.names.module(node), next(up for up in ancestors(node) if isinstance(up, ast.stmt))
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
        return [one for one in given if self.values.may_run(*one)]

    def comes_first(self, path: str, line: int) -> bool:
        """Is Flask-Session given its app after this line, so that what it sets is not the last word?"""
        before = dict(self._steps(path, line))
        later = (step for module, call in self.extensions for step in self._steps(module.path, call.lineno))
        return any(before.get(code, at) < at for code, at in later)

    def _steps(self, path: str, line: int, left: int = 4) -> Iterator[tuple[Function | str, int]]:
        """The code that a line is part of, and that which comes to it by calls, each with the line where it does."""
        function = self.names.function_at(path, line)
        yield function or path, line
        for module, call in self.calls.callers(function) if function and left else ():
            yield from self._steps(module.path, call.lineno, left - 1)

    @cached_property
    def interfaces(self) -> list[tuple[Module, ast.ClassDef]]:
        """The project's own session interfaces, but those that leave the session in the cookie."""
        return [one for one in self.classes("SessionInterface") if not self.in_cookie(self.names.dotted(*one) or "")]

    def classes(self, base: str) -> list[tuple[Module, ast.ClassDef]]:
        """The project's classes with an ancestor whose name ends so."""
        every = [(m, node) for m in self.project.modules.values() for node in m.nodes(ast.ClassDef)]
        return [one for one in every if any(b.endswith(base) for b in self.names.bases(self.names.dotted(*one) or ""))]

    def in_cookie(self, interface: str) -> bool:
        """Is this Flask's own interface, or a class that opens sessions as that one does?"""
        return bool(interface) and "SecureCookie" in self.names.method(interface, "open_session")

    @property
    def server_side(self) -> bool:
        chosen = self.project.config.writes("session_interface")
        kept = [one for one in chosen if not self.in_cookie(getattr(one.value, "dotted", ""))]
        return bool(self.extensions or self.interfaces or kept)

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
