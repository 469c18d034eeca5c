import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Owner
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
    limited: dict[Owner, str] = {}
    for route in project.routes.table:
        if route.declared.view and route.declared.host and "<" not in route.declared.host:
            limited.setdefault(route.app, route.declared.host)
    for route in project.routes.table:
        host, matching = route.declared.host, project.routes.host_matching(route.app)
        if host.endswith(".") or route.declared.view is None:
            continue
        if host and not matching:
            said = f'host="{host}" has no effect without host_matching=True: `{route.path}` answers on every host'
        elif (
            host
            and route.app in limited
            and re.fullmatch(r"<(?:(?:string|path|default)(?:\(.*\))?:)?\w+>(?::\d+)?", host)
        ):
            said = f'host="{host}" accepts every Host header, while others are limited to "{limited[route.app]}"'
        elif matching and not host:
            said = f"`{route.path}` names no host, so with host_matching=True it answers on none"
        else:
            continue
        name = limited.get(route.app, "intern.example.org")
        fix = f'name the host, host="{name}", with Flask(__name__, host_matching=True, …)'
        yield Finding(*route.place, f"{said} ({route})", fix)
