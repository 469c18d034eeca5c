import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from ...engine import Finding, check
from ...notions.folders import exposed
from ...notions.guards import UNSAFE
from ...notions.routes import Route
from ...project import Project


@check("SF513", threat="T5", stage="static")
def second_door(project: Project) -> Iterator[Finding]:
    """What is guarded at one URL or method is open at another.

    Why: a second registration, a looser converter (`+1` is no `<int:…>`, but int() in the view reads it), a rule on
    the application, another method or a folder that holds the guarded one passes by the guard of the first.

    Bad:
        app.register_blueprint(admin, url_prefix="/admin")           # guarded by path
        app.register_blueprint(admin, url_prefix="/legacy", name="legacy")

    Good:
        admin.before_request(require_login)                           # wherever it is mounted
    """
    guards = project.routes.guards
    routes = [route for route in project.routes.table if route.view]
    told: set[Route] = set()
    for group in (*_by_view(routes), *project.routes.by_shape):
        for route, other in product(group, repeat=2):
            same, mine, its = route.view is other.view, route.pattern, other.pattern
            wider = mine.order != its.order or all(re.fullmatch(mine.regex, url) for url in its.urls)
            looser = mine.regex != its.regex and wider and ({*mine.variables} == {*its.variables} or _converts(route))
            # a public form beside a guarded list is a habit: POST, and what its view takes alike; of what one may not
            # read, changing alone or deleting is not
            form = UNSAFE - {"DELETE"} if "POST" in route.methods and not same else set()
            changes = (route.methods & UNSAFE) - form if "GET" in other.methods else set()
            pairs = [(method, method) for method in route.methods & other.methods if same or looser]
            for method, kept in sorted(pairs) + [(method, "GET") for method in sorted(changes)]:
                way_in = method != kept and guards.is_public(route, method)
                if route not in told and not way_in and guards.is_open(route, method) and guards.guarded(other, kept):
                    told.add(route)
                    yield _door(project, route, method, other, "the same at" if method == kept else "reading")
    for call, route, path in exposed(project):
        said = f"everybody can download from `{path}`, and in it lies what `{route.path}` of {route} guards"
        yield Finding(*project.routes.place(call), said, "keep the guarded files in a folder beside it")
    beneath: dict[tuple[ast.Call, str], Route] = {}  # a prefix whose blueprint is guarded as a whole
    for route in (replace(one, mounts=one.mounts[:n]) for one in routes for n in range(1, len(one.mounts) + 1)):
        hooks = guards.before(route, blueprints_only=True) if route.prefix != "/" else []
        if guards.stopped(route, min(route.methods), hooks):
            beneath.setdefault((route.owner, route.prefix), route)
    for route in routes if beneath else ():
        steps = route.path.split("/")
        found = (beneath.get((route.owner, "/".join(steps[:n]))) for n in range(2, len(steps) + 1))
        own = [mount.child for mount in route.mounts]
        for above in [one for one in found if one and one.mounts[-1].child not in own][:1]:
            hooks = guards.before(above, blueprints_only=True)
            for method in sorted(route.methods):
                if guards.is_open(route, method) and guards.stopped(above, method, hooks):
                    if not guards.is_public(route, method):
                        yield _door(project, route, method, above, "what lies beneath the prefix of")
                    break


def _converts(route: Route) -> bool:
    """Does the view make a number of what its URL names?"""
    return route.view is not None and re.search(r"\b(int|float|UUID)\(", ast.unparse(route.view)) is not None


def _by_view(routes: list[Route]) -> Iterable[list[Route]]:
    found: dict[ast.AST | None, list[Route]] = {}
    for route in routes:
        found.setdefault(route.view, []).append(route)
    return found.values()


def _door(project: Project, route: Route, method: str, other: Route, why: str) -> Finding:
    routes = project.routes
    if route is other:
        at = routes.place(next(iter(routes.guards.functions(route, method)), route.node))
    else:
        again = route.mounts and route.node is other.node  # one declaration, mounted twice
        at = route.mounts[-1].place if again else route.place
    return Finding(
        *at,
        f"{method} `{route.path}` of {route} is open, but {why} `{other.path}` of {other} is guarded",
        "guard the view or its blueprint, not one of its URLs: bp.before_request(guard)",
    )
