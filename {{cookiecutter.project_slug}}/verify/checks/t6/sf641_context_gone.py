from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF641", threat="T6", stage="runtime")
def context_gone(project: Project) -> Iterator[Finding]:
    """In the running app, a thread or a streamed body used the request, or the app, outside of its context.

    Why: the work was started by a request and reached its proxies after the context had ended.

    Bad:
        return Response(row(request.args) for row in rows)

    Good:
        return Response(stream_with_context(row(request.args) for row in rows))
    """
    for error in (project.runtime["state"] or {}).get("errors", ()):
        if error["file"] and error["type"] == "RuntimeError" and "outside of" in error["message"]:
            yield Finding(
                error["file"],
                error["line"],
                f"a request to {error['endpoint']} reached `{error['message'].split('.')[0]}` here",
                "take the values out before, or `stream_with_context(…)`, or `copy_current_request_context(…)`",
            )
