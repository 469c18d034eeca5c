"""The debugger's PIN, switched off."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF231", threat="T2", stage="static")
def debugger_pin(project: Project) -> Iterator[Finding]:
    """Production's environment switches off the PIN of Werkzeug's debugger.

    Why: the PIN is all that stands between an error page and a Python console for everybody (CWE-489).

    Bad:
        WERKZEUG_DEBUG_PIN=off

    Good:
        (no WERKZEUG_DEBUG_PIN at all)
    """
    for setting in project.launch.env("WERKZEUG_DEBUG_PIN"):
        if setting.lower() == "off":
            message = "WERKZEUG_DEBUG_PIN is 'off': the debugger's console opens for anyone who reaches an error page"
            yield Finding(setting.path, setting.line, message, "remove the line")
