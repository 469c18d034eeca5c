import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF270", threat="T2", stage="live")
def debugger_answers(project: Project) -> Iterator[Finding]:
    """The interactive debugger answers over HTTP.

    Why: its console runs what a visitor types; its PIN is derived from things that another bug can read.

    Bad:
        GET /?__debugger__=yes&cmd=resource&f=debugger.js  ->  200

    Good:
        APP_ENV=production gunicorn
    """
    for path in ("/?__debugger__=yes&cmd=resource&f=debugger.js", "/console", "/-verify-/crash?text=x"):
        answer = project.live.get(path, Accept="text/html")
        if re.search("werkzeug debugger|EVALEX|openShell|Interactive Console", answer.text, re.IGNORECASE):
            path_, line = project.factory
            yield Finding(
                path_,
                line,
                f"GET {path.partition('?')[0]} serves Werkzeug's interactive debugger",
                "take DebuggedApplication, use_debugger and FLASK_DEBUG out of what production runs",
            )
            return
