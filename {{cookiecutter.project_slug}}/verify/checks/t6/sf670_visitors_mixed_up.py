from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF670", threat="T6", stage="live")
def visitors_mixed_up(project: Project) -> Iterator[Finding]:
    """Under load, a visitor is sent another visitor's data.

    Why: threads share modules, classes and caches; what is kept there for one request is read by the next.

    Bad:
        current_user = None     # a module's variable, set by each request

    Good:
        g.user = load_user(session["user_id"])
    """
    for route in project.live.leaks():
        yield Finding(
            *(route.place or project.factory),
            f"{route.endpoint} answered with data that another visitor had sent",
            "keep a request's data in local variables, g or session; nothing in modules, classes or caches",
        )
