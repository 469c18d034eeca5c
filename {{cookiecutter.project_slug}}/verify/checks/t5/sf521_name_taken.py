import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import hidden
from ...notions.routes import Mount, Route, apart, together
from ...project import Project
from ...readers.python import Function, parent


@check("SF521", threat="T5", stage="static")
def name_taken(project: Project) -> Iterator[Finding]:
    """Two views share an endpoint, or two blueprints a name: the app does not start; or two pages a template's name.

    Why: Flask refuses with an AssertionError or ValueError when the second one is registered, in production first; of
    two templates it takes the application's, of two functions filed with `@app.endpoint` the last, guarded or not.

    Bad:
        app.register_blueprint(v1.bp)       # Blueprint("api", …)
        app.register_blueprint(v2.bp)       # Blueprint("api", …)

    Good:
        app.register_blueprint(v2.bp, name="api_v2")
    """
    views: dict[tuple[ast.Call, str], Route] = {}
    for route in project.routes.table:
        first = views.setdefault((route.owner, route.endpoint), route)
        if first is not route and first.view and route.view and not together(first, route):
            said = f"the endpoint `{route.endpoint}` is taken by {first}: Flask refuses to start"
            fix = f'rename the function, or give it an endpoint of its own: endpoint="{route.endpoint}_2"'
            yield Finding(*route.place, said, fix)
    filed: dict[str, Function] = {}
    for _, call in project.calls.spelt.get("endpoint", ()) if len(project.routes.apps) == 1 else ():
        view, owners = parent(call), project.routes.owners(getattr(call.func, "value", call))
        name = project.routes.text(project.routes.argument(call, 0, "endpoint"))
        if name and owners == project.routes.apps and isinstance(view, Function):
            earlier = filed.setdefault(name, view)
            if earlier is not view and not apart([earlier], [view]):
                path, line = project.routes.place(earlier)
                said = f"`{name}` is filed at {path}:{line}, too: one of the two views answers the rules of both"
                yield Finding(*project.routes.place(view), said, f'a name for each: app.endpoint("{name}_2")')
    for mounts in project.routes.mounts.values():
        named: dict[str, Mount] = {}
        for mount in mounts:
            other, names = named.setdefault(mount.name, mount), project.names
            again = other.child is mount.child and names.function(other.node) is names.function(mount.node)
            if other.child is not mount.child or (
                again and other.node is not mount.node and not apart([other.node], [mount.node])
            ):
                path, line = other.place if again else project.routes.place(other.child)
                said = f"the blueprint at {path}:{line} is named `{mount.name}`, too: Flask refuses to start"
                fix = f'give this one a name of its own: register_blueprint(…, name="{mount.name}_2")'
                yield Finding(*(mount.place if again else project.routes.place(mount.child)), said, fix)
    for call, own, found in hidden(project):
        said = f"this is `{own}` no more: Flask finds `{found}` of another view first"
        fix = 'put it into a folder of the blueprint\'s name: render_template("admin/index.html")'
        yield Finding(*project.routes.place(call), said, fix)
