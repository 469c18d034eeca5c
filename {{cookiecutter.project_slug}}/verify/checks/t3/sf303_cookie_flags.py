"""Flags of the session cookie."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.config import Write
from ...notions.values import Const
from ...project import Project

SECURE = "travels over plain HTTP, where anybody on the way reads it"
FLAGS = {
    "SESSION_COOKIE_SECURE": SECURE,
    "SESSION_COOKIE_HTTPONLY": "can be read by scripts",
    "SESSION_COOKIE_SAMESITE": "is sent with other sites' requests",
    "REMEMBER_COOKIE_SECURE": SECURE,
    "REMEMBER_COOKIE_HTTPONLY": "can be read by scripts",
    "JWT_COOKIE_SECURE": SECURE,
}
NEEDED = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_SAMESITE")  # Flask's own defaults are off


def _off(project: Project, write: Write) -> bool:
    value = project.values.settle(write.value)
    if write.key.endswith("SAMESITE") and isinstance(value, Const):
        return str(value.value).lower() not in ("lax", "strict")
    return project.values.truth(value) is False


@check("SF303", threat="T3", stage="static")
def cookie_flags(project: Project) -> Iterator[Finding]:
    """The session cookie lacks Secure, HttpOnly or SameSite.

    Why: without them the cookie is read on the wire, stolen by a script or sent along by another site (ASVS 3.3.1,
    3.3.2, 3.3.4). Flask leaves Secure and SameSite off.

    Bad:
        app.config["SESSION_COOKIE_HTTPONLY"] = False

    Good:
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    """
    config = project.config
    for key, harm in FLAGS.items():
        for write in config.effective(key):
            if config.reaches(write) and _off(project, write):
                fix = f"{key}=" + ('"Lax"' if key.endswith("SAMESITE") else "True")
                yield Finding(write.path, write.line, f"{key} is off ({write.via}): the cookie {harm}", fix)
    talisman = project.calls.named(
        "flask_talisman.Talisman", "flask_talisman.Talisman.init_app", "flask_talisman.talisman.Talisman"
    )
    reads_config = project.sessions.extensions or not project.sessions.interfaces
    if not project.sessions.used or config.opaque or talisman or not reads_config or not project.sessions.apps:
        return
    missing = [key for key in NEEDED if not config.writes(key)]
    if missing:
        keys = [write for write in config.writes("SECRET_KEY", "SESSION_TYPE") if write.path.endswith(".py")]
        module, call = project.sessions.apps[0]
        near = next((write.at for write in keys), (module.path, call.lineno))
        if keys and all(write.path != near[0] for write in keys) and keys[0].via.startswith("app.config.from_"):
            near = keys[0].path, keys[0].line
        yield Finding(
            *near,
            f"{' and '.join(missing)} not set anywhere: the session cookie {FLAGS[missing[0]]}",
            'app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")',
        )
