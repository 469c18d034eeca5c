"""Debugging tools that are part of the application."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

TOOLS = {
    "werkzeug.debug.DebuggedApplication": "the interactive debugger runs what visitors type",
    "flask_debugtoolbar.DebugToolbarExtension": "visitors read configuration, keys and queries",
    "flask_debugtoolbar.DebugToolbarExtension.init_app": "visitors read configuration, keys and queries",
    "werkzeug.middleware.profiler.ProfilerMiddleware": "every request is profiled, and written out",
    "werkzeug.debug.console.Console": "a console runs what visitors type",
    "debugpy.listen": "a debugger waits for anybody to connect",
    "pydevd.settrace": "a debugger waits for anybody to connect",
    "pydevd_pycharm.settrace": "a debugger waits for anybody to connect",
    "rpdb.set_trace": "a debugger waits for anybody to connect",
    "remote_pdb.set_trace": "a debugger waits for anybody to connect",
    "web_pdb.set_trace": "a debugger waits for anybody to connect",
    "pdb.set_trace": "a worker stops and waits for a terminal",
    "ipdb.set_trace": "a worker stops and waits for a terminal",
    "breakpoint": "a worker stops and waits for a terminal",
    "pdb.post_mortem": "a worker stops and waits for a terminal",
    "flask_pyinstrument.PyInstrument": "every request is profiled",
}


@check("SF203", threat="T2", stage="static")
def debugger_wrapped(project: Project) -> Iterator[Finding]:
    """A debugger, its console or a debug toolbar is part of what production runs.

    Why: whoever reaches it reads the service's memory or runs code in it (ASVS 13.4.2).

    Bad:
        application = DebuggedApplication(create_app(), evalex=True)

    Good:
        application = create_app()
    """
    for dotted, harm in TOOLS.items():
        for module, call in project.calls.named(dotted):
            if dotted.endswith("Extension") and not (call.args or call.keywords):
                continue  # made here, given its app elsewhere
            tests = [project.values.truth(test) for test in project.values.conditions(module, call)]
            if all(tests):
                yield Finding(
                    module.path,
                    call.lineno,
                    f"{dotted} is called whatever the profile: {harm}",
                    "Remove it, and debug with: flask run --debug",
                )
