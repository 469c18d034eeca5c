import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import arguments
from ...notions.guards import ASSETS, Guards
from ...notions.routes import Route
from ...project import Project

SENSITIVE = re.compile(
    r"\b(admin|administration|admin_?panel|internal?|manage|management|back_?office|staff|superuser|root|ops|private"
    r"|moderat\w+|debug|impersonate|control)\b",
    re.I,
)
SIGN_UP = re.compile(r"(create|new|add|put|post)_?(user|account|member|customer)(name)?", re.I)
ASKS = {"is_accessible", "_handle_view"}  # of a view of Flask-Admin
WAY_IN = re.compile(r"log_?(in|out)|sign|regist|public|help|about", re.I)
EVERYTHING = re.compile(r"api|rest|v\d+|api_?v\d+|main|web|site|root|core|www", re.I)  # says nothing about who may in


@check("SF514", threat="T5", stage="static")
def left_open(project: Project) -> Iterator[Finding]:
    """An administrative blueprint, or one view of it, has no guard while its siblings have one.

    Why: each blueprint brings its own before_request; a guard on the neighbour or on a child protects nothing here,
    nor does the guard of an application protect another one that a dispatcher mounts beside it.

    Bad:
        admin = Blueprint("admin", __name__, url_prefix="/admin")

    Good:
        admin.before_request(require_login)
    """
    yield from _shown(project)
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
            sensitive = SENSITIVE.search(" ".join([route.path, *route.blueprints]))
            secret = sensitive and bare == [route] and not ASSETS.search(route.path)
            lone = writes == [route] or (secret and not _for_anybody(guards, route))
            if whole and family and not EVERYTHING.fullmatch(family.rpartition(".")[2]):
                why = "while its sibling below the same parent is guarded"
            elif whole and sensitive:
                why = "which by its name is not for everybody, while other routes are guarded"
            elif lone and len(group) >= len(bare) + 2:
                why = "while the others of its blueprint are guarded"
            else:
                continue
            blueprint = whole and len(route.mounts) == 1
            at = project.routes.place(owner) if blueprint else route.place
            fix = "guard the whole blueprint before it is registered: bp.before_request(guard)"
            yield Finding(*at, f"nothing guards `{route.path}` of {route}, {why}", fix)
            if blueprint:
                break


def _shown(project: Project) -> Iterator[Finding]:
    """Views of Flask-Admin that everybody sees, while others ask who it is."""
    names, guards, calls = project.names, project.routes.guards, project.calls.spelt
    around = [hook for owner in (None, *project.routes.apps) for hook in guards.hooks.get(owner, ())]
    views: dict[bool, list[tuple[ast.expr, str]]] = {True: [], False: []}
    for word in ("Admin", "add_view", "add_views"):
        for module, given in ((module, one) for module, call in calls.get(word, ()) for one in arguments(call)):
            kind = names.class_of(module, given) or ""
            libraries = [one for one in names.ancestry(kind) if names.definition(one) is None]
            if libraries and all(one.startswith("flask_admin.") for one in libraries):
                own = [(name, one[-1].node) for at in names.classes(kind) for name, one in names.bindings(*at).items()]
                marks = [mark for _, one in own for mark in getattr(one, "decorator_list", ())]
                asks = any(name in ASKS or guards.is_guard(one) for name, one in own) or any(map(guards.wraps, marks))
                views[asks] += [(given, kind)] if asks or word != "Admin" else []
    for given, kind in views[False] if not any(hook is None or guards.is_guard(hook) for hook in around) else ():
        if views[True] and not WAY_IN.search(kind):
            said = f"`{kind}` has no is_accessible, as `{views[True][0][1]}` has: everybody may open it"
            yield Finding(*project.routes.place(given), said, "give it the same: class Sales(StaffOnly, ModelView)")


def _for_anybody(guards: Guards, route: Route) -> bool:
    """Does a view take strangers on, or look for what belongs to who is asking?"""
    name = route.endpoint.rpartition(".")[2]
    taken_on = SIGN_UP.fullmatch(name) and not SENSITIVE.search(route.path)
    return bool(taken_on) or guards.looks_at_visitor(route, route.method)
