"""Debugging tools that are part of the application."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

CONSOLE = "the interactive debugger runs what visitors type"
TOOLBAR = "visitors read configuration, keys and queries"
OPENS = "a debugger waits for anybody to connect"
STOPS = "a worker stops and waits for a terminal"
TOOLS = {
    "werkzeug.debug.DebuggedApplication": CONSOLE,
    "werkzeug.debug.console.Console": CONSOLE,
    "flask_debugtoolbar.DebugToolbarExtension": TOOLBAR,
    "flask_debugtoolbar.DebugToolbarExtension.init_app": TOOLBAR,
    "werkzeug.middleware.profiler.ProfilerMiddleware": "every request is profiled, and written out",
} | dict.fromkeys(("debugpy.listen", "pydevd.settrace", "pydevd_pycharm.settrace", "remote_pdb.set_trace"), OPENS)
TOOLS |= dict.fromkeys(("breakpoint", "pdb.set_trace", "ipdb.set_trace", "pdb.post_mortem"), STOPS)


@check("SF203", threat="T2", stage="static")
def debugger_wrapped(project: Project) -> Iterator[Finding]:
    """A debugger, its console or a debug toolbar is part of what production runs.

    Why: whoever reaches it reads the service's memory or runs code in it (ASVS 13.4.2).

    Bad:
        application = DebuggedApplication(create_app(), evalex=True)

    Good:
        application = create_app()
    """
    config, values = project.config, project.values
    switches = [one for key in ("DEBUG", "DEBUG_TB_ENABLED") for one in config.effective(key)]
    switches += [one for one in config.exports if one.key == "FLASK_DEBUG"]
    on = any(config.holds(one) and values.truth(one.value) for one in switches)
    toolbar = on or any(text not in ("", "0", "false") for text in project.launch.env("FLASK_DEBUG"))
    for dotted, harm in TOOLS.items():
        if harm == TOOLBAR and not toolbar:
            continue  # without debug it does nothing
        for module, call in project.calls.named(dotted):
            later = dotted.endswith("Extension") and not (call.args or call.keywords)  # is given its app elsewhere
            if not later and all(map(values.truth, values.conditions(module, call))):
                message = f"{dotted} is called whatever the profile: {harm}"
                yield Finding(module.path, call.lineno, message, "Remove it, and debug with: flask run --debug")
