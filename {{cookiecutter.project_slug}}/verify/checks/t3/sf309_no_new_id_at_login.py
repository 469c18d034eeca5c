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
    for module, node in project.sessions.logins if project.sessions.server_side else ():
        function = project.names.function(node)
        if function and not project.sessions.renews(module, function):
            message = f"{function.name}() logs somebody in and keeps the session's id: a planted id is logged in too"
            renew = "login_session(user_id)" if project.own else "current_app.session_interface.regenerate(session)"
            fix = f"{renew}  # when the identity is known"
            yield Finding(module.path, node.lineno, message, fix)
