from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF507", threat="T5", stage="static")
def blueprint_without_prefix(project: Project) -> Iterator[Finding]:
    """A blueprint of a service made from this template has no prefix of its own.

    Why: its rules lie among everybody's, so the next blueprint that names the same path is shadowed without a word.

    Bad:
        bp = Blueprint("orders", __name__)

    Good:
        bp = Blueprint("orders", __name__, url_prefix="/orders")
    """
    routes = project.routes
    for mount in [mount for app in routes.apps for mount in routes.mounts.get(app, ())] if project.own else ():
        if mount.prefix is None and routes.declared[mount.child]:
            yield Finding(
                *routes.place(mount.child),
                f"blueprint `{mount.name}`, registered at {mount.place[0]}:{mount.place[1]}, has no prefix",
                f'Blueprint("{mount.name}", __name__, url_prefix="/{mount.name}")',
            )
