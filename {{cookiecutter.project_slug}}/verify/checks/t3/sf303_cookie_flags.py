"""Flags of the cookies that say who somebody is: the session's, by configuration, and those that the code sets."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.sessions import IDENTITY, TOKENS, says
from ...notions.values import Call, Const, Table, Value
from ...project import Project
from ...readers.python import Module

HARM = {
    "SECURE": "travels over plain HTTP, where anybody on the way reads it",
    "HTTPONLY": "can be read by scripts",
    "SAMESITE": "is sent with other sites' requests",
}
NEEDED = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_SAMESITE")  # Flask's own defaults are off
SETS_FLAGS = ("flask_talisman.Talisman", "flask_talisman.Talisman.init_app", "flask_talisman.talisman.Talisman")
PARAMETERS = ("key", "value", "max_age", "expires", "path", "domain", "secure", "httponly", "samesite")
FIX = 'response.set_cookie(…, secure=True, httponly=True, samesite="Lax")'


def credentials(project: Project) -> Iterator[tuple[Module, ast.Call, dict[str, Value]]]:
    """Each `set_cookie(…)` of what proves who somebody is, by name or as it cannot be guessed; and its arguments."""
    values = project.values
    for module, call, _ in project.calls.all():
        unpacked = [values.of(module, one.value) for one in call.keywords if one.arg is None]
        if spelt(call) != "set_cookie" or not all(isinstance(one, Table) for one in unpacked):
            continue
        given = {name: values.of(module, arg) for name, arg in zip(PARAMETERS, call.args, strict=False)}
        given |= values.kwargs(module, call)
        name, value = (values.settle(given.get(part, Const(""))) for part in ("key", "value"))
        if isinstance(value, Const) and not value.value:  # it is being deleted
            continue
        made = values.random(value)
        random = "token" if made and made.dotted.startswith("secrets.") else ""
        session = isinstance(name, Call) and "get_cookie_name" in name.dotted
        if session or (isinstance(name, Const) and says(f"{name.value} {random}", TOKENS | IDENTITY)):
            yield module, call, given


@check("SF303", threat="T3", stage="static")
def cookie_flags(project: Project) -> Iterator[Finding]:
    """The session cookie, or another that says who somebody is, lacks Secure, HttpOnly or SameSite.

    Why: without them the cookie is read on the wire, stolen by a script or sent along by another site (ASVS 3.3.1,
    3.3.2, 3.3.4). Flask leaves Secure and SameSite off.

    Bad:
        app.config["SESSION_COOKIE_HTTPONLY"] = False

    Good:
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    """
    config, sessions = project.config, project.sessions
    for key in [f"{cookie}_COOKIE_{flag}" for cookie in ("SESSION", "REMEMBER") for flag in HARM]:
        for write in filter(config.reaches, config.effective(key)):
            if sessions.off(key, write.value):
                harm = HARM[key.rpartition("_")[2]]
                fix = f"{key}=" + ('"Lax"' if key.endswith("SAMESITE") else "True")
                yield Finding(write.path, write.line, f"{key} is off ({write.via}): the cookie {harm}", fix)
    missing = [key for key in NEEDED if not config.writes(key)]
    elsewhere = config.opaque or project.calls.named(*SETS_FLAGS) or (sessions.interfaces and not sessions.extensions)
    if missing and sessions.used and sessions.apps and not elsewhere:
        keys = [write for write in config.writes("SECRET_KEY", "SESSION_TYPE") if write.path.endswith(".py")]
        places = [(one.path, one.line) if "from_object" in one.via else one.at for one in keys]
        places += [(module.path, call.lineno) for module, call in sessions.apps]
        message = f"{' and '.join(missing)} not set anywhere: the cookie {HARM[missing[0].rpartition('_')[2]]}"
        yield Finding(
            *places[0], message, 'app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")'
        )
    judged = [(write.path, write.line) for write in config.writes() if write.key.startswith("SESSION_COOKIE_")]
    for module, call, given in credentials(project):
        flags = {flag: given.get(flag, Const(False)) for flag in PARAMETERS[-3:]}
        off = [flag for flag, value in flags.items() if value.origin not in judged and sessions.off(flag, value)]
        if off:
            message = f"a cookie that proves who somebody is, without {', '.join(off)}: who reads it is that somebody"
            yield Finding(module.path, call.lineno, message, FIX)
