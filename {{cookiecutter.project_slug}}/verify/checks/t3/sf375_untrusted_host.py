from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF375", threat="T3", stage="live")
def untrusted_host(project: Project) -> Iterator[Finding]:
    """A request for a host that is not this service's is answered.

    Why: links in mails are made of the `Host` header; a forged one sends a reset token, and so a session, to
    whoever forged it (CWE-644).

    Bad:
        app.config["TRUSTED_HOSTS"] = None

    Good:
        TRUSTED_HOSTS=orders.example.com
    """
    status = project.live.get("/", Host="evil.example").status
    if status < 400:
        yield Finding(
            *project.factory,
            f"GET / for the host evil.example is answered with {status}",
            "call hosts.init_app(app, settings), and name the hosts in TRUSTED_HOSTS",
        )
