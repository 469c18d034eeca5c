from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Mount, Owner, Route, exclusive, same_view
from ...project import Project


@check("SF521", threat="T5", stage="static")
def name_taken(project: Project) -> Iterator[Finding]:
    """Two views share an endpoint, or two blueprints a name: the app does not start.

    Why: Flask refuses with an AssertionError or ValueError when the second one is registered, in production first.

    Bad:
        app.register_blueprint(v1.bp)       # Blueprint("api", …)
        app.register_blueprint(v2.bp)       # Blueprint("api", …)

    Good:
        app.register_blueprint(v2.bp, name="api_v2")
    """
    views: dict[tuple[Owner, str], Route] = {}
    for route in project.routes.table:
        first = views.setdefault((route.app, route.endpoint), route)
        if (
            first is not route
            and first.declared.view
            and route.declared.view
            and not same_view(first, route)
            and not exclusive(first, route)
        ):
            yield Finding(
                *route.place,
                f"the endpoint `{route.endpoint}` is taken by {first}: Flask refuses to start",
                f'rename the function, or give it an endpoint of its own: endpoint="{route.declared.endpoint}_2"',
            )
    for mounts in project.routes.mounts.values():
        named: dict[str, Mount] = {}
        for mount in mounts:
            other = named.setdefault(mount.name, mount)
            if other.child is not mount.child:
                yield Finding(
                    *mount.child.place,
                    f"the blueprint at {':'.join(map(str, other.child.place))} is named `{mount.name}`, too: "
                    "Flask refuses to start",
                    f'give this one a name of its own: register_blueprint(…, name="{mount.name}_2")',
                )
