from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import attempt

SWITCHES = ({"FLASK_DEBUG": "1"}, {"FLASK_DEBUG": "true", "APP_ENV": "test"})


@check("SF241", threat="T2", stage="runtime")
def debug_switches(project: Project) -> Iterator[Finding]:
    """A variable switches debug mode on outside of development; tried on services made from the template.

    Why: FLASK_DEBUG works under Gunicorn as well: one line left in an environment opens the service (ASVS 13.4.2).

    Bad:
        return app

    Good:
        debug.refuse(app, settings)  # the last line before `return app`
    """
    if not project.own or project.runtime["app"]["debug"]:  # debug mode without a switch is another check's
        return
    for switches in SWITCHES:
        if attempt(project, switches).get("app", {}).get("debug"):
            shown = " ".join(f"{name}={value}" for name, value in switches.items())
            yield Finding(
                *project.factory,
                f"the service starts in debug mode with {shown}: tracebacks and source for every visitor",
                "refuse last of all in the factory: debug.refuse(app, settings)",
            )
            return
