import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import VERBS
from ...project import Project

INSTALLS = {"before_request", "before_app_request", "route", "add_url_rule", *VERBS}


@check("SF515", threat="T5", stage="static")
def never_installed(project: Project) -> Iterator[Finding]:
    """A blueprint that nobody registers, or a guard or view in code that nothing imports or calls.

    Why: Flask knows what has run: a module with the guard that no import names leaves its blueprint open, silently.

    Bad:
        from . import views             # and hooks.py, with @bp.before_request, is beside it

    Good:
        from . import hooks, views
    """
    routes = project.routes
    for owner in routes.unregistered:
        views = ", ".join(f"`{route.path}`" for route in routes.declared[owner] if route.view)
        yield Finding(
            *routes.place(owner),
            f"nothing registers this blueprint: {views} answers nowhere",
            "register it on the application: app.register_blueprint(bp)",
        )
    told: set[str] = set()
    for module in project.modules.values() if routes.apps else ():
        for node in module.nodes(ast.Attribute):
            why = project.reach.forgotten(node) if node.attr in INSTALLS else ""
            owners = routes.owners(node.value) if why and f"{module.path}{why}" not in told else []
            if any(owner not in routes.unregistered for owner in owners):
                told.add(f"{module.path}{why}")
                said = f"{why}, so this `{ast.unparse(node)}` never happens"
                yield Finding(
                    *routes.place(node), said, "import the module, or call the function, where the app is made"
                )
