"""A server started with its debugger."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.servers import servers
from ...project import Project


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
    for server in servers(project):
        on = [name for name in ("debug", "use_debugger") if name in server.given and values.truth(server.given[name])]
        if on and values.may_run(server.module, server.call):
            where = f"{server.name.rpartition('.')[2]}() at {server.module.path}:{server.call.lineno}"
            message = f"{on[0]} is true for {where}: the debugger runs what visitors type"
            yield Finding(*server.given[on[0]].origin, message, f"Remove {on[0]}, and debug with: flask run --debug")
