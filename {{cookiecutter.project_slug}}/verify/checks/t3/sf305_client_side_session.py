"""Sessions that live in the browser."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import arguments
from ...project import Project

FIX = "from flask_session import Session; Session(app)  # SESSION_TYPE='redis'"


def left_out(project: Project) -> Iterator[ast.Call]:
    """The applications mounted below another that use the session, while Flask-Session is given others only."""
    sessions, routes, function = project.sessions, project.routes, project.names.function
    runs = [run for _, call in sessions.extensions for run in routes.runs(call)]
    given = [routes.owners(one) for run in runs for one in arguments(run)[:1]]
    below = {app for *_, apps in routes.dispatched for app in apps} - {app for apps in given for app in apps}
    uses = {function(one.node) for one in sessions.stored} | {function(node) for _, node in sessions.logins}
    for app in below if given and all(given) and not project.config.writes("session_interface") else ():
        if uses & project.calls.reached([route.view for route in routes.table if route.owner is app and route.view]):
            yield app


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
    sessions, config = project.sessions, project.config
    set_here = [(write, str(getattr(write.value, "dotted", ""))) for write in config.effective("session_interface")]
    chosen = [one for one in set_here if sessions.in_cookie(one[1]) and not sessions.comes_first(*one[0].at)]
    for write, interface in chosen:
        message = f"{interface.rpartition('.')[2]} keeps the session in the cookie"
        yield Finding(write.path, write.line, message, FIX)
    made = project.calls.named("flask_session.Session")
    used = made or sessions.stored or sessions.logins or config.writes("SESSION_TYPE")
    if used and not chosen and not sessions.server_side and (made or not config.opaque):
        what = "Flask-Session is never given the app" if made else "no server-side session is set up"
        for call in [*project.routes.apps[:1], *(call for _, call in made if not call.args and not call.keywords)]:
            yield Finding(*project.routes.place(call), f"{what}: the session lives in the browser's cookie", FIX)
    for app in left_out(project):
        message = "Flask-Session is not given this application: its session lives in the browser's cookie"
        yield Finding(*project.routes.place(app), message, FIX)
