import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF512", threat="T5", stage="static")
def guard_misses(project: Project) -> Iterator[Finding]:
    """A guard compares a name, path or method so that a route of the same family slips through.

    Why: `request.blueprint` of a nested blueprint is "parent.child", startswith("public") is true for "publicity",
    and a check of POST alone leaves DELETE open.

    Bad:
        if request.blueprint == "admin" and not logged_in(): abort(401)

    Good:
        if "admin" in request.blueprints and not logged_in(): abort(401)
    """
    guards = project.routes.guards
    told = set()
    for route in project.routes.table:
        for method in sorted(route.methods) if guards.hooks and route.declared.view else ():
            if guards.own(route, method) or guards.stopped(route, method):
                continue
            for hook in guards.before(route):
                if hook in told or not guards.stopped(route, method, meant=True, hooks=[hook]):
                    continue
                told.add(hook)
                tests = [one for one in ast.walk(hook.function) if isinstance(one, ast.If)]
                asks = [one for one in tests if "request" in ast.dump(one.test)] or tests
                yield Finding(
                    *project.routes.place(asks[0] if asks else hook.function),
                    f"the guard `{hook.function.name}` lets {method} `{route.path}` of {route} pass, "
                    "which is of the family that it names",
                    'compare whole names ("admin" in request.blueprints), or use bp.before_request(guard)',
                )
