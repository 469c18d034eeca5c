import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Route
from ...project import Project

SENSITIVE = re.compile(
    r"\b(admin|administration|admin_?panel|internal?|manage|management|back_?office|staff|superuser|root|ops|private"
    r"|moderat\w+|debug|impersonate|control)\b",
    re.I,
)


@check("SF514", threat="T5", stage="static")
def left_open(project: Project) -> Iterator[Finding]:
    """An administrative blueprint has no guard while its siblings have one.

    Why: each blueprint brings its own before_request; a guard on the neighbour or on a child protects nothing here.

    Bad:
        admin = Blueprint("admin", __name__, url_prefix="/admin")

    Good:
        admin.before_request(require_login)
    """
    guards = project.routes.guards
    groups: dict[ast.Call, list[Route]] = {}
    for route in project.routes.table:
        if route.view and not guards.is_public(route):
            groups.setdefault(route.mounts[-1].child if route.mounts else route.owner, []).append(route)
    routes = [route for group in groups.values() for route in group]
    kept = {route for route in routes if guards.guarded(route, min(route.methods, key=lambda m: m in ("GET", "HEAD")))}
    parents = {route.mounts[-1].parent for route in kept if len(route.mounts) > 1}  # with a child that is guarded
    for owner, group in groups.items() if kept else ():  # no guard at all: a proxy may ask who it is
        bare = [route for route in group if route not in kept]
        writes = [route for route in bare if "GET" not in route.methods]
        whole = len(bare) == len(group)
        for route in bare:
            if whole and len(route.mounts) > 1 and route.mounts[-1].parent in parents:
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
