from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF607", threat="T6", stage="static")
def left_in_thread(project: Project) -> Iterator[Finding]:
    """A thread-local or context variable gets a request's data and is not emptied when the request ends.

    Why: workers use threads again; a request that does not set the value inherits the last user's (CWE-488).

    Bad:
        if "X-User" in request.headers:
            local.user = request.headers["X-User"]

    Good:
        g.user = request.headers.get("X-User")
    """
    for context in project.state.pushed:
        yield Finding(
            context.module.path,
            context.line,
            f"`{context.what}` is entered here and never left: on this thread all requests share its `g`",
            "`with app.app_context():` around the work; a request has a context of its own",
        )
    for fault in project.state.faults("stale"):
        shared = fault.write.shared
        yield Finding(
            fault.module.path,
            fault.line,
            f"{fault.data} stays in `{shared.name}` (made at {shared.where}) after the request: the next one on "
            "this thread inherits it",
            "use `flask.g`, or set it in every `before_request` and clear it in `teardown_request`",
        )
