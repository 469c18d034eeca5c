"""Debugging tools that are part of the application."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...project import Project
from ...readers.python import Module, parent

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


def used(project: Project) -> Iterator[tuple[Module, ast.expr, str]]:
    """Each call of a tool, and each tool that is handed on to be called: in a list of layers, in a `partial`."""
    for dotted in TOOLS:
        yield from ((module, call, dotted) for module, call in project.calls.named(dotted))
    for module in project.modules.values():
        listed = [
            part
            for each in module.nodes(ast.List, ast.Tuple)
            for part in each.elts
            if not isinstance(parent(each), ast.Call)
        ]
        made = [part for each in module.nodes(ast.Call) if spelt(each) == "partial" for part in each.args[:1]]
        for part in (*listed, *made):
            name = project.names.dotted(module, part) if isinstance(part, ast.Name | ast.Attribute) else None
            if name in TOOLS:
                yield module, part, str(name)


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
    toolbar = config.on("DEBUG") or config.on("DEBUG_TB_ENABLED")
    for module, node, dotted in used(project):
        given = not isinstance(node, ast.Call) or node.args or node.keywords
        later = dotted.endswith("Extension") and not given  # is given its app elsewhere
        off = TOOLS[dotted] == TOOLBAR and not toolbar  # without debug it does nothing
        if not later and not off and all(map(values.truth, values.conditions(module, node))):
            message = f"{dotted} is called whatever the profile: {TOOLS[dotted]}"
            yield Finding(module.path, node.lineno, message, "Remove it, and debug with: flask run --debug")
