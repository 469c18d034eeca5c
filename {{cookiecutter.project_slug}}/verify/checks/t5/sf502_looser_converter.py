import ast
import re
from collections.abc import Iterator
from itertools import permutations

from ...engine import Finding, check
from ...project import Project


@check("SF502", threat="T5", stage="static")
def looser_converter(project: Project) -> Iterator[Finding]:
    """An open rule with a looser converter takes values meant for a guarded one.

    Why: `+1` and `٣` are no `<int:…>` for the router, but int() in the open view reads them: past the guard.

    Bad:
        @bp.get("/<int:doc>") @login_required
        @bp.get("/<doc>")

    Good:
        @bp.get("/by-name/<doc>")
    """
    guarded = project.routes.guards.guarded
    for same in project.routes.by_shape.values():
        for route, other in permutations(same, 2):
            methods = route.methods & other.methods
            if not methods or route.pattern.parts == other.pattern.parts or route.pattern.shape != other.pattern.shape:
                continue
            view = ast.dump(route.declared.view[1]) if route.declared.view else ""
            numbers = re.search(r"id='(int|float|UUID)'", view) is not None
            if route.pattern.names != other.pattern.names and not numbers:
                continue
            if guarded(other, min(methods)) and not guarded(route, min(methods)):
                yield Finding(
                    *route.place,
                    f"`{route.path}` of {route} is open and takes what `{other.path}` of the guarded {other} refuses, "
                    "`+1` for a number say: the same record without the guard",
                    "guard both views in the same way, or give the open one a path of its own",
                )
