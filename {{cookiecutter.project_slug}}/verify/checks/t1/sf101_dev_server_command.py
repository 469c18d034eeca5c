"""Commands that start Werkzeug's server."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ...engine import Finding, check
from ...notions.launch import Command
from ...project import Project

LOOPBACK = re.compile(r"127\.[\d.]+|localhost|::1|\[::1\]")
MODULES = {"werkzeug.serving", "wsgiref.simple_server", "http.server", "SimpleHTTPServer"}
IN_CODE = re.compile(r"^(?!.*waitress).*(\.run\(|run_simple\(|simple_server|werkzeug\.serving|make_server\()", re.S)


def started(command: Command) -> str | None:
    """The words that start a development server, as they are to be shown."""
    match command.argv:
        case ["flask", *rest]:
            taken = [value for word, value in pairwise(rest) if word in ("--app", "-A", "--env-file", "-e")]
            named = [word for word in rest if not word.startswith("-") and word not in taken]
            return "flask run" if named[:1] == ["run"] else None
        case ["python", "-m", module, *_] if module in MODULES:
            return f"python -m {module}"
        case ["python", "-c", code, *_] if IN_CODE.match(code):
            return "python -c with a development server"
    return None


@check("SF101", threat="T1", stage="static")
def dev_server_command(project: Project) -> Iterator[Finding]:
    """A command of production starts the development server.

    Why: Werkzeug's server is made for one developer: it has no limits on slow or many clients, and its own
    documentation forbids it in production (OWASP ASVS 13.4.2, CWE-489).

    Bad:
        CMD ["flask", "--app", "acme", "run", "--host", "0.0.0.0"]

    Good:
        CMD ["gunicorn", "--bind", "0.0.0.0:8000", "acme:create_app()"]
    """
    for command in project.launch.commands:
        shown = started(command)
        host = command.option("-h", "--host", "-b", "--bind") or command.env.get("FLASK_RUN_HOST")
        if shown is None or (command.kind == "script" and (host is None or LOOPBACK.fullmatch(host))):
            continue
        app = command.option("--app", "-A") or command.env.get("FLASK_APP") or "package"
        target = app if ":" in app else f"{app}:create_app()"
        fix = f'gunicorn --bind 0.0.0.0:8000 "{target}"'
        place = next((word for word in command.argv if word == "run"), command.argv[0])
        at = f" on {host} ({host.path}:{host.line})" if host else ""
        yield Finding(
            place.path,
            place.line,
            f"`{shown}`{at} starts the development server in production: one slow client stops it for everybody",
            "nginx, or another server for files" if "http" in shown.lower() else fix,
        )
