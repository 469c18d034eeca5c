"""Flags of the cookies that say who somebody is: the session's, by configuration, and those that the code sets."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import COOKIE
from ...notions.values import Const, Origin
from ...project import Project

HARM = {
    "SECURE": "travels over plain HTTP, where anybody on the way reads it",
    "HTTPONLY": "can be read by scripts",
    "SAMESITE": "is sent with other sites' requests",
}
NEEDED = ("SECURE", "SAMESITE")  # the defaults of Flask and Flask-Login are off
SETS_FLAGS = ("flask_talisman.Talisman", "flask_talisman.Talisman.init_app", "flask_talisman.talisman.Talisman")
FIX = 'response.set_cookie(…, secure=True, httponly=True, samesite="Lax")'


def remembering(project: Project) -> Iterator[Origin]:
    """Where a login asks Flask-Login for the cookie that outlives the session."""
    for module, call in project.calls.named("flask_login.login_user", "flask_login.utils.login_user"):
        named = project.values.kwargs(module, call).get("remember", Const(False))
        given = [named, *(project.values.of(module, one) for one in call.args[1:2])]
        if any(project.values.truth(one) is not False for one in given):
            yield module.path, call.lineno


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
    config, sessions, routes = project.config, project.sessions, project.routes
    for key in [f"{cookie}_COOKIE_{flag}" for cookie in ("SESSION", "REMEMBER") for flag in HARM]:
        for write in filter(config.reaches, config.effective(key)):
            if sessions.off(key, write.value):
                harm = HARM[key.rpartition("_")[2]]
                fix = f"{key}=" + ('"Lax"' if key.endswith("SAMESITE") else "True")
                yield Finding(write.path, write.line, f"{key} is off ({write.via}): the cookie {harm}", fix)
    elsewhere = config.opaque or project.calls.named(*SETS_FLAGS) or (sessions.interfaces and not sessions.extensions)
    keys = [write for write in config.writes("SECRET_KEY", "SESSION_TYPE") if write.path.endswith(".py")]
    places = [(one.path, one.line) if "from_object" in one.via else one.at for one in keys]
    places += map(routes.place, routes.apps)
    for kind, used in {"SESSION": places if sessions.used else [], "REMEMBER": [*remembering(project)]}.items():
        missing = [key for flag in NEEDED if not config.writes(key := f"{kind}_COOKIE_{flag}")]
        if missing and used and routes.apps and not elsewhere:
            message = f"{' and '.join(missing)} not set anywhere: the cookie {HARM[missing[0].rpartition('_')[2]]}"
            fix = f'app.config.update({kind}_COOKIE_SECURE=True, {kind}_COOKIE_SAMESITE="Lax")'
            yield Finding(*used[0], message, fix)
    judged = [(write.path, write.line) for write in config.writes() if write.key.startswith("SESSION_COOKIE_")]
    for cookie in sessions.credentials:
        flags = {flag: cookie.given.get(flag, Const(False)) for flag in COOKIE[-3:]}
        off = [flag for flag, value in flags.items() if value.origin not in judged and sessions.off(flag, value)]
        if off:
            message = f"a cookie that proves who somebody is, without {', '.join(off)}: who reads it is that somebody"
            yield Finding(cookie.module.path, cookie.node.lineno, message, FIX)
