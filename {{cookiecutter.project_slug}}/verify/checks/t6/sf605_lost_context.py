from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.state import STREAM
from ...project import Project


@check("SF605", threat="T6", stage="static")
def lost_context(project: Project) -> Iterator[Finding]:
    """A thread, a task or a streamed generator uses request, session, g or current_app after its context is gone.

    Why: the proxies are bound to the request's own thread and end with the view: the work fails, or with a
    carried context sees another request.

    Bad:
        threading.Thread(target=lambda: mail(request.form["to"])).start()

    Good:
        to = request.form["to"]
        threading.Thread(target=mail, args=(to,)).start()
    """
    for late in project.state.late:
        stream, work = "`Response(stream_with_context(generate()))`", "`target=copy_current_request_context(work)`"
        yield Finding(
            late.module.path,
            late.line,
            f"{late.what} uses {late.uses} when the request's context is gone: it fails or mixes up users",
            f"take the values out before and pass them, or {stream if late.what == STREAM else work}",
        )
