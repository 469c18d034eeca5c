from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF607", threat="T6", stage="static")
def left_in_thread(project: Project) -> Iterator[Finding]:
    """A request leaves behind what it set or took: a thread-local, a context variable, a pushed context, a lock.

    Why: workers use threads again; a request that does not set the value inherits the last user's (CWE-488). For a
    lock that nobody releases all others wait for ever (CWE-667).

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
    for lock in project.state.unreleased:
        said = f"`{lock.what}` is taken here and stays so when the request ends in {lock.uses}: all later ones wait"
        yield Finding(lock.module.path, lock.line, said, f"`with {lock.what}:` around the work")
    for fault in project.state.faults("stale"):
        shared = fault.write.shared
        yield Finding(
            fault.module.path,
            fault.line,
            f"{fault.data} stays in `{shared.name}` (made at {shared.where}) after the request: the next one on "
            "this thread inherits it",
            "use `flask.g`, or set it in every `before_request` and clear it in `teardown_request`",
        )
