import ast
from collections.abc import Iterator
from itertools import permutations, product

from ...engine import Finding, check
from ...notions.guards import UNSAFE
from ...notions.routes import Owner, Route, same_view
from ...project import Project


@check("SF513", threat="T5", stage="static")
def second_door(project: Project) -> Iterator[Finding]:
    """What is guarded at one URL or method is open at another.

    Why: a second registration, a rule on the application or another method passes by the guard of the first.

    Bad:
        app.register_blueprint(admin, url_prefix="/admin")           # guarded by path
        app.register_blueprint(admin, url_prefix="/legacy", name="legacy")

    Good:
        admin.before_request(require_login)                           # wherever it is mounted
    """
    guards = project.routes.guards
    doors: dict[ast.AST, list[Route]] = {}
    beneath: dict[tuple[Owner, str], Route] = {}  # a prefix whose blueprint is guarded as a whole
    for route in project.routes.table:
        if route.declared.view is None:
            continue
        doors.setdefault(route.declared.view[1], []).append(route)
        hooks = guards.scope(route, blueprints_only=True)
        if (prefix := route.prefix.rstrip("/")) and guards.stopped(route, min(route.methods), hooks=hooks):
            beneath.setdefault((route.app, prefix), route)

    def door(route: Route, other: Route, method: str, why: str) -> Finding:
        place = route.mounts[-1].place if route.mounts and route.declared is other.declared else route.place
        return Finding(
            *place,
            f"{method} `{route.path}` of {route} is open, but {why} `{other.path}` of {other} is guarded",
            "guard the view or its blueprint, not one of its URLs: bp.before_request(guard)",
        )

    for routes in doors.values():
        for route, other in permutations(routes, 2):
            methods = route.methods & other.methods
            if methods and not guards.guarded(route, min(methods)) and guards.guarded(other, min(methods)):
                yield door(route, other, min(methods), "the same view at")
    for routes in project.routes.by_shape.values():
        for route, other in product(routes, repeat=2):
            # a public form beside a guarded list is a habit (POST); changing what one may not read is not
            for method in sorted(route.methods & UNSAFE - ({"POST"} if not same_view(route, other) else set())):
                if "GET" in other.methods and not guards.guarded(route, method) and guards.guarded(other, "GET"):
                    yield door(route, other, method, "reading")
    for route in project.routes.table if beneath else ():
        steps = route.path.split("/")
        found = [beneath[key] for n in range(2, len(steps) + 1) if (key := (route.app, "/".join(steps[:n]))) in beneath]
        method = min(route.methods)
        if found and route.declared.view and not guards.is_public(route) and not guards.guarded(route, method):
            yield door(route, found[0], method, "what lies beneath the prefix of")
