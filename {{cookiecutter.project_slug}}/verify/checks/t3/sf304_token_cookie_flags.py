"""Flags of cookies that the project's own code sets."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import IDENTITY, TOKENS, says
from ...notions.uses import spelt
from ...notions.values import Call, Const, Table, Value
from ...project import Project

PARAMETERS = ("key", "value", "max_age", "expires", "path", "domain", "secure", "httponly", "samesite")
FLAGS = PARAMETERS[-3:]


def is_credential(project: Project, given: dict[str, Value]) -> bool:
    """Does a cookie prove who somebody is, by its name or because its value cannot be guessed?"""
    name, value = (project.values.settle(given.get(part, Const(""))) for part in ("key", "value"))
    if isinstance(name, Call):
        return "get_cookie_name" in name.dotted
    if not isinstance(name, Const) or (isinstance(value, Const) and not value.value):  # it is being deleted
        return False
    made = project.values.random(value)
    random = "token" if made and made.dotted.startswith("secrets.") else ""
    return says(f"{name.value} {random}", TOKENS | IDENTITY)


@check("SF304", threat="T3", stage="static")
def token_cookie_flags(project: Project) -> Iterator[Finding]:
    """A cookie that proves who somebody is lacks Secure, HttpOnly or SameSite.

    Why: it is as good as the session: read on the wire, by a script or used by another site (ASVS 3.3.1 to 3.3.4).

    Bad:
        response.set_cookie("session_token", token)

    Good:
        response.set_cookie("session_token", token, secure=True, httponly=True, samesite="Lax")
    """
    values = project.values
    judged = [(one.path, one.line) for one in project.config.writes() if one.key.startswith("SESSION_COOKIE_")]  # SF303
    for module, call, _ in project.calls.all():
        if spelt(call) != "set_cookie":
            continue
        given = {name: values.of(module, arg) for name, arg in zip(PARAMETERS, call.args, strict=False)}
        given |= values.kwargs(module, call)
        flags = {flag: given.get(flag, Const(False)) for flag in FLAGS}
        unpacked = [values.of(module, keyword.value) for keyword in call.keywords if keyword.arg is None]
        off = [
            flag for flag, value in flags.items() if value.origin not in judged and project.sessions.off(flag, value)
        ]
        if off and all(isinstance(one, Table) for one in unpacked) and is_credential(project, given):
            message = f"a cookie that proves who somebody is, without {', '.join(off)}: who reads it is that somebody"
            fix = 'response.set_cookie(…, secure=True, httponly=True, samesite="Lax")'
            yield Finding(module.path, call.lineno, message, fix)
