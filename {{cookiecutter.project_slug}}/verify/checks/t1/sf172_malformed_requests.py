import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

MALFORMED = {
    "Content-Length and Transfer-Encoding": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "two lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4, 5\r\n\r\nabcde",
    "a folded header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    "a space before a colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "two spaces in its first line": b"GET  /  HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a SCRIPT_NAME": b"GET /x/healthz HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /x\r\nConnection: close\r\n\r\n",
}


@check("SF172", threat="T1", stage="live")
def malformed_requests(project: Project) -> Iterator[Finding]:
    """A request that a proxy may read differently is answered instead of refused.

    Why: where proxy and server disagree about the end of a request, one visitor's bytes become the start of another's
    (request smuggling, ASVS 4.2.1).

    Bad:
        http_parser = "auto"

    Good:
        http_parser = "python"
    """
    for name, request in MALFORMED.items():
        answer = project.live.raw(request)
        if answer and not re.match(rb"HTTP/1\.[01] 4\d\d ", answer):
            status = answer.split(b"\r\n", 1)[0].decode(errors="replace")
            yield Finding(
                "gunicorn.conf.py",
                1,
                f"a request with {name} is answered with `{status}`, not refused",
                'set http_parser = "python", forwarder_headers = "" and leave the strict defaults of Gunicorn alone',
            )
