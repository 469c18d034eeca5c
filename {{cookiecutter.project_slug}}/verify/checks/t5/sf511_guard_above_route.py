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
        decorators: list[ast.expr] = getattr(route.view, "decorator_list", [])
        if route.node not in decorators or guards.guarded(route, min(route.methods)):
            continue
        for outer in decorators[: decorators.index(route.node)]:
            if guards.wraps(outer):
                yield Finding(
                    *project.routes.place(outer),
                    f"this guard stands above the rule `{route.path}`: the router calls {route} without it",
                    "move it below the route decorator, next to `def`",
                )
