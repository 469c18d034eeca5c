from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import place, set_at


@check("SF340", threat="T3", stage="runtime")
def session_in_cookie(project: Project) -> Iterator[Finding]:
    """Sessions were meant to be kept on the server, but the booted app keeps them in the cookie.

    Why: a cookie session can be read by its visitor and cannot be ended: an old copy works after logout (ASVS 7.4.1).

    Bad:
        app.config["SESSION_TYPE"] = "redis"  # and no Session(app)

    Good:
        app.config["SESSION_TYPE"] = "redis"
        Session(app)
    """
    session = project.runtime["session"]
    chosen = project.runtime["written"].get("session_interface")
    if session["client_side"] and (project.own or project.config.effective("SESSION_TYPE")):
        yield Finding(
            *(place(project, chosen) if chosen else set_at(project, "SESSION_TYPE")),
            f"sessions are in the cookie: the session interface is {session['interface']}",
            "keep the interface that Session(app) sets" if chosen else "set the interface in the factory: Session(app)",
        )
