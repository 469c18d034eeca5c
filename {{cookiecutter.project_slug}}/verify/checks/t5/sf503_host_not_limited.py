import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF503", threat="T5", stage="static")
def host_not_limited(project: Project) -> Iterator[Finding]:
    """A rule that is meant for one host answers on every host, or on none.

    Why: the Host header is the visitor's choice; `host=` does nothing without host_matching, `<host>` takes all.

    Bad:
        @app.get("/stats", host="<host>")

    Good:
        @app.get("/stats", host="intern.example.org")       # Flask(__name__, host_matching=True, …)
    """
    anything = re.compile(r"<(?:(?:string|path|default)(?:\(.*\))?:)?\w+>(?::\d+)?")
    routes = [route for route in project.routes.table if route.view]
    named = [route for route in routes if route.host and "<" not in route.host and not route.host.endswith(".")]
    limited = {route.owner: route.host for route in reversed(named)}
    told: set[tuple[str, int]] = set()
    for route in routes:
        host, matching = route.host, project.routes.host_matching(route.owner)
        mount = next((mount for mount in route.mounts if mount.host), None)
        if (sub := host or (mount.host if mount else "")).endswith("."):
            at = mount.child if mount and not host else None  # said once for all of a blueprint
            place = project.routes.place(at) if at else route.place
            if place not in told and not (matching or project.routes.host_matching(route.owner, "subdomain_matching")):
                told.add(place)
                said = f'subdomain="{sub[:-1]}" has no effect but that `{route.path}` answers nowhere ({route})'
                yield Finding(*place, said, "Flask(__name__, subdomain_matching=True), and SERVER_NAME")
            continue
        name = limited.get(route.owner)
        if host and not matching:
            said = f'host="{host}" has no effect without host_matching=True: `{route.path}` answers on every host'
        elif name and anything.fullmatch(host):
            said = f'host="{host}" accepts every Host header, while others are limited to "{name}"'
        elif matching and not host:
            said = f"`{route.path}` names no host, so with host_matching=True it answers on none"
        else:
            continue
        fix = f'name the host, host="{name or "intern.example.org"}", with Flask(__name__, host_matching=True, …)'
        yield Finding(*route.place, f"{said} ({route})", fix)
