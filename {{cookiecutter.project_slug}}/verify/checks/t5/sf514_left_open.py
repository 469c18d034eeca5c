import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.guards import Guards
from ...notions.routes import Route
from ...project import Project

SENSITIVE = re.compile(
    r"\b(admin|administration|admin_?panel|internal?|manage|management|back_?office|staff|superuser|root|ops|private"
    r"|moderat\w+|debug|impersonate|control)\b",
    re.I,
)
SIGN_UP = re.compile(r"(create|new|add|put|post)_?(user|account|member|customer)(name)?", re.I)
EVERYTHING = re.compile(r"api|rest|v\d+|api_?v\d+|main|web|site|root|core|www", re.I)  # says nothing about who may in


@check("SF514", threat="T5", stage="static")
def left_open(project: Project) -> Iterator[Finding]:
    """An administrative blueprint has no guard while its siblings have one.

    Why: each blueprint brings its own before_request; a guard on the neighbour or on a child protects nothing here,
    nor does the guard of an application protect another one that a dispatcher mounts beside it.

    Bad:
        admin = Blueprint("admin", __name__, url_prefix="/admin")

    Good:
        admin.before_request(require_login)
    """
    guards = project.routes.guards
    groups: dict[ast.Call, list[Route]] = {}
    kept: set[Route] = set()
    for route in project.routes.table:
        guarded = guards.guarded(route, route.method)
        public = guards.is_public(route, route.method)
        if route.view and not public and (guarded or guards.is_open(route, route.method)):
            groups.setdefault(route.mounts[-1].child if route.mounts else route.owner, []).append(route)
            kept |= {route} if guarded else set()
    for node, _, around, below in project.routes.dispatched:
        inside = [route for group in groups.values() for route in group if route.owner in below and route not in kept]
        for route in inside:
            if guards.stopped(route, route.method, guards.hooks.get(around, ())):
                said = f"the guard of the application around does not run for this one: nothing guards {route}"
                yield Finding(*project.routes.place(node), said, "give it the same guard: other.before_request(guard)")
                break
    parents = {route.mounts[-1].parent for route in kept if len(route.mounts) > 1}  # with a child that is guarded
    for owner, group in groups.items() if kept else ():  # no guard at all: a proxy may ask who it is
        bare = [route for route in group if route not in kept]
        writes = [route for route in bare if "GET" not in route.methods and not _for_anybody(guards, route)]
        whole = len(bare) == len(group)
        for route in bare:
            family = route.blueprints[-2] if len(route.mounts) > 1 and route.mounts[-1].parent in parents else ""
            if whole and family and not EVERYTHING.fullmatch(family.rpartition(".")[2]):
                why = "while its sibling below the same parent is guarded"
            elif whole and SENSITIVE.search(" ".join([route.path, *route.blueprints])):
                why = "which by its name is not for everybody, while other routes are guarded"
            elif writes == [route] and len(group) >= len(bare) + 2:
                why = "while the others of its blueprint are guarded"
            else:
                continue
            blueprint = whole and len(route.mounts) == 1
            yield Finding(
                *(project.routes.place(owner) if blueprint else route.place),
                f"nothing guards `{route.path}` of {route}, {why}",
                "guard the whole blueprint before it is registered: bp.before_request(guard)",
            )
            if blueprint:
                break


def _for_anybody(guards: Guards, route: Route) -> bool:
    """Does a writing view take strangers on, or look for what belongs to who is asking?"""
    name = route.endpoint.rpartition(".")[2]
    return guards.looks_at_visitor(route, route.method) or bool(
        SIGN_UP.fullmatch(name) and not SENSITIVE.search(route.path)
    )
