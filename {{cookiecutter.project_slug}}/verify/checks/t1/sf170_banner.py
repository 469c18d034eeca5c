from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF170", threat="T1", stage="live")
def banner(project: Project) -> Iterator[Finding]:
    """A response says which server software made it.

    Why: a version in `Server` or `X-Powered-By` is what an attacker's scanner looks for first (ASVS 13.4.6).

    Bad:
        Server: Werkzeug/3.1.9 Python/3.13

    Good:
        (no such header: worker.py drops Gunicorn's)
    """
    for path in ("/", "/nowhere", "/healthz", "/static/style.css"):
        answer = project.live.get(path)
        for name in ("Server", "X-Powered-By", "Via"):
            if value := answer.headers[name]:
                yield Finding(
                    "gunicorn.conf.py",
                    1,
                    f"GET {path} answers with `{name}: {value}`",
                    "drop the header, as Response in the template's worker.py does",
                )
                return
