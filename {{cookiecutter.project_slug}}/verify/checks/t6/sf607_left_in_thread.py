from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF607", threat="T6", stage="static")
def left_in_thread(project: Project) -> Iterator[Finding]:
    """What a thread keeps is not emptied when the request ends: a thread-local, a context variable, a pushed context.

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
    for registry in project.state.unremoved:
        yield Finding(
            registry.module.path,
            registry.line,
            f"`{registry.what}` keeps a session for each thread and nothing ends it: the next request on this thread "
            "goes on with the last one's objects and transaction",
            f"`@app.teardown_appcontext` that calls `{registry.what}.remove()`",
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
