from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import attempt


@check("SF140", threat="T1", stage="runtime")
def served_by_flask_run(project: Project) -> Iterator[Finding]:
    """The service lets `flask run --host 0.0.0.0` serve it; tried on services made from the template.

    Why: Werkzeug's server is for one developer: no limits, no time-outs, and a debugger one variable away. A service
    that refuses inside the command cannot be deployed on it by mistake.

    Bad:
        def create_app(): return Flask(__name__)

    Good:
        server.refuse(settings)  # the first line of create_app
    """
    if not project.own or not project.runtime:  # one that does not boot is not served, and not judged
        return
    command = ("run", "--host", "0.0.0.0", "--port", "5000")  # noqa: S104 — the probe binds nothing
    if "listens on a socket" in attempt(project, command=command)["blocked"]:
        yield Finding(
            *project.factory,
            "`flask run --host 0.0.0.0` serves this factory to the network, on the development server",
            "refuse first of all in the factory: server.refuse(settings)",
        )
