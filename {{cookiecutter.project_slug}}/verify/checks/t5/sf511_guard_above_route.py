import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF511", threat="T5", stage="static")
def guard_above_route(project: Project) -> Iterator[Finding]:
    """A guard stands above the route decorator, which has registered the unguarded view by then.

    Why: decorators apply from below; the router keeps what it was given, and the wrapped function is called by nobody.

    Bad:
        @login_required
        @bp.get("/keys")

    Good:
        @bp.get("/keys")
        @login_required
    """
    guards = project.routes.guards
    for route in project.routes.table:
        module, view = route.declared.view or (None, None)
        if module is None or not isinstance(view, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if route.declared.node not in view.decorator_list or guards.guarded(route, min(route.methods)):
            continue
        for outer in view.decorator_list[: view.decorator_list.index(route.declared.node)]:
            if guards.wraps(module, outer):
                yield Finding(
                    module.path,
                    outer.lineno,
                    f"this guard stands above the rule `{route.path}`: the router calls {route} without it",
                    "move it below the route decorator, next to `def`",
                )
