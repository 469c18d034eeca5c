"""Logins that keep the session's id."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF309", threat="T3", stage="static")
def no_new_id_at_login(project: Project) -> Iterator[Finding]:
    """A login keeps the session id that the visitor came with.

    Why: who planted the id before the login is logged in with it afterwards (session fixation, ASVS 7.2.4).
    `session.clear()` empties a server-side session and keeps its id.

    Bad:
        session.clear()
        session["uid"] = uid

    Good:
        session["uid"] = uid
        current_app.session_interface.regenerate(session)
    """
    if not project.sessions.server_side:
        return
    for module, node in project.sessions.logins:
        function = project.names.function(node)
        if function is None or project.sessions.renews(module, node):
            continue
        yield Finding(
            module.path,
            getattr(node, "lineno", 1),
            f"{function.name}() logs somebody in and keeps the session's id: a planted id is logged in too",
            "current_app.session_interface.regenerate(session)  # after the identity is set",
        )
