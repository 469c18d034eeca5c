"""Commands of production with --debug."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ..t1.sf101_dev_server_command import started


@check("SF232", threat="T2", stage="static")
def debug_command(project: Project) -> Iterator[Finding]:
    """A command of production asks for debug mode or the interactive debugger.

    Why: the debugger runs any Python that its page is sent (OWASP ASVS 13.4.2, CWE-489).

    Bad:
        CMD flask --app acme run --debug

    Good:
        CMD gunicorn "acme:create_app()"
    """
    for command in project.launch.commands:
        flags = [word for word in command.argv if word in ("--debug", "--debugger")]
        if started(command) == "flask run" and flags and command.kind != "script":
            message = f"`flask run` with {flags[0]} in production: an error page is a Python console for its visitor"
            yield Finding(flags[0].path, flags[0].line, message, 'gunicorn --bind 0.0.0.0:8000 "package:create_app()"')
