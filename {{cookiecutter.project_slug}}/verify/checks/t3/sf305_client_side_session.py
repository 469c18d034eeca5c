"""Sessions that live in the browser."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF305", threat="T3", stage="static")
def client_side_session(project: Project) -> Iterator[Finding]:
    """Sessions are kept in the browser's cookie instead of on the server.

    Why: a copied cookie works until it expires, logout cannot end it (ASVS 7.4.1), everybody can read what is in it.
    Flask-Session does nothing until it is given the app.

    Bad:
        sess = Session()
        sess.app = app

    Good:
        sess = Session()
        sess.init_app(app)
    """
    sessions, fix = project.sessions, "from flask_session import Session; Session(app)  # SESSION_TYPE='redis'"
    for write in project.config.effective("session_interface"):
        if isinstance(kind := getattr(write.value, "dotted", None), str) and kind.endswith(
            "SecureCookieSessionInterface"
        ):
            yield Finding(write.path, write.line, "SecureCookieSessionInterface keeps the session in the cookie", fix)
    if sessions.server_side or (project.config.opaque and not project.calls.named("flask_session.Session")):
        return
    made = project.calls.named("flask_session.Session")
    if not (sessions.stored or sessions.logins or made or project.config.writes("SESSION_TYPE")):
        return
    for module, call in sessions.apps[:1] or made[:1]:
        stored = f"; {sessions.stored[0].module.path} keeps data in it" if sessions.stored else ""
        what = "Flask-Session is never given the app" if made else "no server-side session is set up"
        yield Finding(module.path, call.lineno, f"{what}: the session lives in the browser's cookie{stored}", fix)
    for module, call in made:
        if not call.args and not call.keywords and sessions.apps:
            yield Finding(module.path, call.lineno, "Flask-Session is made here and never given the app", fix)
