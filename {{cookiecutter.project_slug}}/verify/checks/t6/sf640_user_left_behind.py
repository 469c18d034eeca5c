from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import place


@check("SF640", threat="T6", stage="runtime")
def user_left_behind(project: Project) -> Iterator[Finding]:
    """In the running app, one object of the process held first one user's value and then another's.

    Why: the same requests were sent as two users; what the first one sent was still there when the second one
    came, and was overwritten (CWE-488).

    Bad:
        app.extensions["mailer"].recipient = request.form["to"]

    Good:
        app.extensions["mailer"].send(to=request.form["to"])
    """
    for mixed in (project.runtime["state"] or {}).get("mixed", ()):
        yield Finding(
            *place(project, mixed),
            f"`{mixed['name']}{mixed['place']}` held the values of two users in turn, after requests to "
            f"{', '.join(mixed['endpoints'][:3])}: each sees or overwrites the other's",
            "keep it in a local variable or in `flask.g`; what must last belongs in the session or a database",
        )
