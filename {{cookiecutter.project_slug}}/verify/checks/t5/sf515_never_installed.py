import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.guards import alike
from ...notions.routes import VERBS, Routes
from ...project import Project

INSTALLS = {"before_request", "before_app_request", "route", "add_url_rule", *VERBS}


@check("SF515", threat="T5", stage="static")
def never_installed(project: Project) -> Iterator[Finding]:
    """A blueprint that nobody registers, or a guard or view that nothing imports or calls, or that has a wrong name.

    Why: Flask knows what has run: a module with the guard that no import names leaves its blueprint open, silently.

    Bad:
        from . import views             # and hooks.py, with @bp.before_request, is beside it

    Good:
        from . import hooks, views
    """
    routes = project.routes
    for owner in routes.unregistered:
        views = ", ".join(f"`{route.path}`" for route in routes.declared[owner] if route.view)
        lost = f"{views} answers" if views else "its before_app_request runs"
        yield Finding(
            *routes.place(owner),
            f"nothing registers this blueprint: {lost} nowhere",
            "register it on the application: app.register_blueprint(bp)",
        )
    told: set[str] = set()
    for module in project.modules.values() if routes.apps else ():
        for node in module.nodes(ast.Attribute):
            if node.attr == "before_request_funcs":
                filed, hook = routes.guards.filed(node)
                if hook and filed and (name := _meant(routes, filed)):
                    said = f"no blueprint is named `{filed}`: `{ast.unparse(hook)}`, meant for `{name}`, never runs"
                    yield Finding(*routes.place(node), said, f'file it under "{name}"')
            why = project.reach.forgotten(node) if node.attr in INSTALLS else ""
            owners = routes.owners(node.value) if why and f"{module.path}{why}" not in told else []
            if any(owner not in routes.unregistered for owner in owners):
                told.add(f"{module.path}{why}")
                said = f"{why}, so this `{ast.unparse(node)}` never happens"
                yield Finding(
                    *routes.place(node), said, "import the module, or call the function, where the app is made"
                )


def _meant(routes: Routes, filed: str) -> str | None:
    """The blueprint that a name of none is meant for: made with that, or open with a name or a prefix like it."""
    made = [owner for owner in routes.made if routes.text(routes.argument(owner, 0, "name")) == filed]
    found = []
    for route in routes.table:
        for mount, name in zip(route.mounts, route.blueprints, strict=True):
            if name == filed:
                return None
            like = alike(filed, name) or alike(filed, (mount.prefix or "").strip("/"))
            passes = like and not made and route.view and routes.guards.is_open(route, route.method)
            if mount.child in made or (passes and not routes.guards.is_public(route, route.method)):
                found.append(name)
    return found[0] if found else None
