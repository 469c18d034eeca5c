from collections.abc import Iterator
from itertools import combinations

from ...engine import Finding, check
from ...notions.routes import apart, together
from ...project import Project


@check("SF501", threat="T5", stage="static")
def one_url_two_views(project: Project) -> Iterator[Finding]:
    """Two rules, or a rule and a mounted application, answer one URL, so a view is never reached.

    Why: Flask says nothing; the first rule (or the lighter converter) wins, and with it the absence of a guard.

    Bad:
        @users.get("/search")
        @orders.get("/search")        # both blueprints under /api

    Good:
        @orders.get("/orders/search")
    """
    for route, method, url, other in project.routes.unreachable:
        mine, its = (one.mounts[-1].constant if one.mounts else None for one in (route, other))
        two_names = mine and its and mine[0] != its[0]  # of one value: that is where the fault is
        both = {*route.mounts} & {*other.mounts}
        moves = (mount for mount in (*route.mounts, *other.mounts) if mount.moves and mount not in both)
        moved = None if two_names else next(moves, None)
        yield Finding(
            *(mine[1] if mine and two_names else moved.place if moved else route.place),
            f"{method} {url} is `{route.path}` of {route}, but `{other.path}` of {other} answers it: "
            f"`{route.endpoint}` is never reached"
            + (" by it" if route.pattern.listed else "")
            + (f"; this registration moves `{moved.name}` from `{moved.own}`, its own prefix" if moved else ""),
            f'give one of them a rule or prefix of its own, for example "{route.path.rstrip("/")}-2"',
        )
    for node, path, around, _ in project.routes.dispatched:
        views = (route for route in project.routes.table if route.owner is around and route.view)
        below = (route for route in views if path is not None and f"{route.path}/".startswith(f"{path}/"))
        if dead := [route for route in below if not apart([node], [route.node, *(m.node for m in route.mounts)])]:
            yield Finding(
                *project.routes.place(node),
                f"`{path}` goes to another application: `{dead[0].path}` of {dead[0]} is never reached",
                "mount it below a path that no view has",
            )
    for same in project.routes.by_shape:
        for route, other in combinations(same, 2):
            slash = route.path.endswith("/") is not other.path.endswith("/") and route.path != "/"
            if slash and route.methods & other.methods and not together(route, other):
                yield Finding(
                    *other.place,
                    f"`{other.path}` of {other} and `{route.path}` of {route} differ in the last slash only: "
                    "one link, two views, and what guards one does not guard the other",
                    f'keep one rule, "{route.path.rstrip("/")}/": Flask redirects to it from the URL without the slash',
                )
