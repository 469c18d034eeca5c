from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import folder, private_file
from ...project import Project


@check("SF504", threat="T5", stage="static")
def folder_served(project: Project) -> Iterator[Finding]:
    """A folder with source code, settings or data is served as files.

    Why: `static_folder="."` publishes the program, its templates and often its keys (OWASP ASVS 13.4).

    Bad:
        app = Flask(__name__, static_folder=".")

    Good:
        app = Flask(__name__, static_folder="static")
    """
    routes = project.routes
    sent = project.calls.named("flask.send_from_directory", "werkzeug.utils.send_from_directory")
    served = [(call, routes.argument(call, None, "static_folder")) for call in routes.made]
    served += [(call, routes.argument(call, 0, "directory")) for _, call in sent]
    for call, given in served:
        place = routes.place(call)
        path = folder(routes.value(given), place[0]) if given is not None else None
        if path is not None and (inside := private_file(project, path)):
            yield Finding(
                *place,
                f"the folder that is served, `{path or '.'}`, holds {inside}: everybody can download it",
                'serve a folder that holds nothing else, for example static_folder="static"',
            )
