"""A server started with its debugger."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

SWITCHES = {
    "flask.Flask.run": (("debug", 2), ("use_debugger", 99)),
    "flask_socketio.SocketIO.run": (("debug", 99), ("use_debugger", 99)),
    "werkzeug.serving.run_simple": (("use_debugger", 4), ("use_evalex", 99)),
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
    for dotted, switches in SWITCHES.items():
        for module, call in project.calls.named(dotted):
            given = values.kwargs(module, call)
            for name, position in switches:
                if name == "use_evalex" and "use_debugger" in given and not values.truth(given["use_debugger"]):
                    continue
                if name not in given and len(call.args) > position:
                    given[name] = values.of(module, call.args[position])
                if name not in given or not values.truth(given[name]):
                    continue
                if any(values.truth(test) is False for test in values.conditions(module, call)):
                    continue
                path, line = given[name].origin if given[name].origin[1] else (module.path, call.lineno)
                yield Finding(
                    path,
                    line,
                    f"{name} is true for {dotted.rpartition('.')[2]}() at {module.path}:{call.lineno}: "
                    "the debugger runs what visitors type",
                    f"Remove {name}, and debug with: flask run --debug",
                )
                break
