from collections.abc import Iterator
from itertools import permutations

from ...engine import Finding, check
from ...notions.guards import UNSAFE
from ...notions.routes import Owner, Route, same_view
from ...project import Project


@check("SF513", threat="T5", stage="static")
def second_door(project: Project) -> Iterator[Finding]:
    """What is guarded at one URL or method is open at another.

    Why: a second registration, a looser converter (`+1` is no `<int:…>`, but int() in the view reads it), a rule on
    the application or another method passes by the guard of the first.

    Bad:
        app.register_blueprint(admin, url_prefix="/admin")           # guarded by path
        app.register_blueprint(admin, url_prefix="/legacy", name="legacy")

    Good:
        admin.before_request(require_login)                           # wherever it is mounted
    """
    guards = project.routes.guards
    doors: dict[object, list[Route]] = {}
    beneath: dict[tuple[Owner, str], Route] = {}  # a prefix whose blueprint is guarded as a whole
    routes = [route for route in project.routes.table if route.declared.view]
    for route in routes:
        doors.setdefault(route.declared.view, []).append(route)
        doors.setdefault((route.app, route.pattern.shape.rstrip("/")), []).append(route)
        hooks = guards.before(route, blueprints_only=True)
        if (prefix := route.prefix.rstrip("/")) and guards.stopped(route, min(route.methods), hooks=hooks):
            beneath.setdefault((route.app, prefix), route)

    def door(route: Route, other: Route, method: str, why: str) -> Finding:
        place = route.mounts[-1].place if route.mounts and route.declared is other.declared else route.place
        return Finding(
            *place,
            f"{method} `{route.path}` of {route} is open, but {why} `{other.path}` of {other} is guarded",
            "guard the view or its blueprint, not one of its URLs: bp.before_request(guard)",
        )

    for route, other in (pair for group in doors.values() for pair in permutations(group, 2)):
        both = route.methods & other.methods
        looser = route.pattern.order != other.pattern.order and route.pattern.variables.keys() == other.pattern.variables.keys()
        if both and (same_view(route, other) or looser):
            if not guards.guarded(route, min(both)) and guards.guarded(other, min(both)):
                yield door(route, other, min(both), "what is meant by")
    for group in doors.values():
        for route, other in ((one, two) for one in group for two in group):
            # a public form beside a guarded list is a habit (POST); changing what one may not read is not
            for method in sorted(route.methods & UNSAFE - ({"POST"} if not same_view(route, other) else set())):
                if "GET" in other.methods and not guards.guarded(route, method) and guards.guarded(other, "GET"):
                    yield door(route, other, method, "reading")
    for route in routes if beneath else ():
        steps = route.path.split("/")
        found = [beneath[key] for n in range(2, len(steps) + 1) if (key := (route.app, "/".join(steps[:n]))) in beneath]
        method = min(route.methods)
        if found and not guards.is_public(route) and not guards.guarded(route, method):
            yield door(route, found[0], method, "what lies beneath the prefix of")
