import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Owner, Route
from ...project import Project

SENSITIVE = re.compile(
    r"\b(admin|administration|admin_panel|adminpanel|internal|intern|manage|management|backoffice|back_office|staff|superuser|root|ops|private|moderat\w+|debug|impersonate|control)\b",
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
    groups: dict[object, list[Route]] = {}
    for route in project.routes.table:
        if route.declared.view and not guards.is_public(route):
            groups.setdefault(route.mounts[-1].child if route.mounts else route.app, []).append(route)
    is_open = {
        route: not guards.guarded(route, min(route.methods, key=lambda m: m in ("GET", "HEAD")))
        for g in groups.values()
        for route in g
    }
    if all(is_open.values()):
        return  # no guard at all: the service may be public, or stand behind a proxy that asks
    siblings = {id(r.mounts[-1].parent) for r in is_open if len(r.mounts) > 1 and not is_open[r]}
    for owner, routes in groups.items():
        bare = [route for route in routes if is_open[route]]
        kept = len(routes) - len(bare)
        for route in bare:
            unsafe = not route.methods & {"GET"}
            if len(bare) == len(routes) and len(route.mounts) > 1 and id(route.mounts[-1].parent) in siblings:
                why = "while its sibling below the same parent is guarded"
            elif not kept and SENSITIVE.search(" ".join([route.path, *route.blueprints])):
                why = "which by its name is not for everybody, while other routes are guarded"
            elif kept >= 2 and unsafe and sum(not each.methods & {"GET"} for each in bare) == 1:
                why = f"while the {kept} others of its blueprint are guarded"
            else:
                continue
            place = (
                owner.place
                if isinstance(owner, Owner) and not owner.app and len(bare) == len(routes) and len(route.mounts) == 1
                else route.place
            )
            yield Finding(
                *place,
                f"nothing guards `{route.path}` of {route}, {why}",
                "guard the whole blueprint before it is registered: bp.before_request(guard)",
            )
            if place != route.place:
                break
