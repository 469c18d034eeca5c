"""A server started with its debugger."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

SERVERS = {  # with the parameters that can be given by position
    "flask.Flask.run": ("host", "port", "debug"),
    "flask_socketio.SocketIO.run": ("app", "host", "port"),
    "werkzeug.serving.run_simple": ("hostname", "port", "application", "use_reloader", "use_debugger"),
}


@check("SF202", threat="T2", stage="static")
def run_with_debugger(project: Project) -> Iterator[Finding]:
    """A server is started with debug mode or the interactive debugger.

    Why: the debugger's console runs Python for whoever reaches it; its PIN can be worked out from files.

    Bad:
        app.run(debug=True)

    Good:
        uv run flask run --debug  # the developer's choice, on loopback, in no file
    """
    values = project.values
    for dotted, parameters in SERVERS.items():
        for module, call in project.calls.named(dotted):
            given = {name: values.of(module, arg) for name, arg in zip(parameters, call.args, strict=False)}
            given |= values.kwargs(module, call)
            on = [name for name in ("debug", "use_debugger") if name in given and values.truth(given[name])]
            if on and False not in map(values.truth, values.conditions(module, call)):
                where = f"{dotted.rpartition('.')[2]}() at {module.path}:{call.lineno}"
                message = f"{on[0]} is true for {where}: the debugger runs what visitors type"
                yield Finding(*given[on[0]].origin, message, f"Remove {on[0]}, and debug with: flask run --debug")
