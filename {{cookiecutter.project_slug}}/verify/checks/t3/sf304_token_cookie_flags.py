"""Flags of cookies that the project's own code sets."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import HARMLESS, is_identity, words
from ...notions.values import Call, Const, Value
from ...project import Project
from ...readers.python import Module

PARAMETERS = ("key", "value", "max_age", "expires", "path", "domain", "secure", "httponly", "samesite")
TOKENS = {
    "session",
    "sess",
    "sid",
    "sessionid",
    "token",
    "auth",
    "jwt",
    "remember",
    "ticket",
    "access",
    "refresh",
    "bearer",
    "apikey",
    "sso",
}


def cookies(project: Project) -> Iterator[tuple[Module, ast.Call, dict[str, Value]]]:
    """Every `response.set_cookie(…)` with what it is given by name."""
    for module, call, _ in project.calls.all():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "set_cookie":
            given = project.values.kwargs(module, call)
            if not any(isinstance(arg, ast.Starred) for arg in call.args):
                given |= {
                    name: project.values.of(module, arg) for name, arg in zip(PARAMETERS, call.args, strict=False)
                }
            yield module, call, given


def _is_credential(project: Project, given: dict[str, Value]) -> bool:
    name = project.values.settle(given.get("key", Const("")))
    if isinstance(name, Call):
        return "get_cookie_name" in name.dotted
    if not isinstance(name, Const):
        return False
    found = set(words(str(name.value))) | {str(name.value).lower()}
    if found & HARMLESS:
        return False
    made = project.values.random(given.get("value", Const("")))
    return (
        bool(found & TOKENS)
        or is_identity(str(name.value))
        or (made is not None and made.dotted.startswith("secrets."))
    )


def _off(project: Project, flag: str, value: Value) -> bool:
    settled = project.values.settle(value)
    if flag == "samesite":
        return isinstance(settled, Const) and str(settled.value).lower() not in ("lax", "strict")
    return project.values.truth(settled) is False


@check("SF304", threat="T3", stage="static")
def token_cookie_flags(project: Project) -> Iterator[Finding]:
    """A cookie that proves who somebody is lacks Secure, HttpOnly or SameSite.

    Why: it is as good as the session: read on the wire, by a script or used by another site (ASVS 3.3.1 to 3.3.4).

    Bad:
        response.set_cookie("session_token", token)

    Good:
        response.set_cookie("session_token", token, secure=True, httponly=True, samesite="Lax")
    """
    for module, call, given in cookies(project):
        value = project.values.settle(given.get("value", Const("")))
        gone = isinstance(value, Const) and value.value in ("", None)
        if gone or (any(keyword.arg is None for keyword in call.keywords) and "secure" not in given):
            continue  # a cookie being deleted; options that cannot be read
        if not _is_credential(project, given):
            continue
        configured = [write for write in project.config.writes() if write.key.startswith("SESSION_COOKIE_")]
        told = {(write.path, write.line) for write in configured}  # these flags are judged where they are configured
        wanted = [
            name for name in ("secure", "httponly", "samesite") if name not in given or given[name].origin not in told
        ]
        off = [name for name in wanted if _off(project, name, given.get(name, Const(False)))]
        if off:
            yield Finding(
                module.path,
                call.lineno,
                f"a cookie that proves who somebody is, without {', '.join(off)}: whoever reads it is that somebody",
                'response.set_cookie(…, secure=True, httponly=True, samesite="Lax")',
            )
