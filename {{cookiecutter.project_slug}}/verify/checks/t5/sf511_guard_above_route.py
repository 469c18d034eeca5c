import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Route
from ...project import Project


@check("SF511", threat="T5", stage="static")
def guard_above_route(project: Project) -> Iterator[Finding]:
    """A guard that the router never sees: above the route decorator, replaced by another view, or put on too early.

    Why: decorators apply from below, and the router keeps what it was given; `decorators` of a subclass, or an
    assignment to `view_functions`, take the place of what was there, `inspect.unwrap` takes it off.

    Bad:
        @login_required
        @bp.get("/keys")

    Good:
        @bp.get("/keys")
        @login_required
    """
    told: set[ast.AST] = set()
    for route in project.routes.table:
        for node, said, fix in _lost(project, route):
            if node not in told:
                told.add(node)
                yield Finding(*project.routes.place(node), said, fix)


def _lost(project: Project, route: Route) -> Iterator[tuple[ast.AST, str, str]]:
    """(what keeps a guard from the router, the harm, the remedy)"""
    guards = project.routes.guards
    decorators: list[ast.expr] = getattr(route.view, "decorator_list", [])
    above = decorators[: decorators.index(route.node)] if route.node in decorators else []
    lost = [*filter(guards.wraps, above)]
    for method in sorted(route.methods):
        guarded = guards.guarded(route, method)
        for outer in lost:
            if not guarded or (guards.for_few(outer) and not guards.few(route, method)):
                said = f"this guard stands above the rule `{route.path}`: the router calls {route} without it"
                yield outer, said, "move it below the route decorator, next to `def`"
        if guarded:
            continue
        if route.first and guards.guarded(route.first, method):
            said = f"this replaces the guarded view of {route}: `{route.path}` answers everybody"
            yield route.node, said, "guard what takes its place: app.view_functions[…] = login_required(view)"
        swapped = route.view and project.routes.wrapped(route)
        late = swapped and project.routes.too_late(route)
        if swapped and not late and any(map(guards.wraps, route.wrappers)):
            said = f"this takes the guard off {route}: `{route.path}` answers everybody"
            yield project.routes.swapped[None][0], said, "wrap the view as it is registered, with what is around it"
        if late and any(map(guards.wraps, project.routes.swapped[None][2])) and not guards.is_public(route, method):
            said = f"the views were wrapped in their guard before this came: `{route.path}` answers everybody"
            yield (route.mounts or (route,))[0].node, said, "wrap the views after the last registration"
        if mine := guards.overridden(route, method):
            what = "a library's class comes before" if mine is route.view else "this takes the place of"
            said = f"{what} the guard that {route} inherits: `{route.path}` answers everybody"
            fix = "add to what is inherited: decorators = [extra, *Base.decorators], or call super()"
            yield mine, said, "name the guard's class first" if mine is route.view else fix
