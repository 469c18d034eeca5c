import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import folder, private_file
from ...project import Project
from ...readers.python import Module


@check("SF504", threat="T5", stage="static")
def folder_served(project: Project) -> Iterator[Finding]:
    """A folder with source code, settings or data is served as files.

    Why: `static_folder="."` publishes the program, its templates and often its keys (OWASP ASVS 13.4).

    Bad:
        app = Flask(__name__, static_folder=".")

    Good:
        app = Flask(__name__, static_folder="static")
    """
    served: list[tuple[Module, ast.Call, int | None, str]] = []
    served += [(owner.module, owner.call, None, "static_folder") for owner in project.routes.made]
    for name in ("flask.send_from_directory", "werkzeug.utils.send_from_directory"):
        served += [(module, call, 0, "directory") for module, call in project.calls.named(name)]
    for module, call, position, name in served:
        given = project.routes.argument(call, position, name)
        path = folder(project, module, given) if given is not None else None
        inside = private_file(project, path) if path is not None else None
        if inside:
            yield Finding(
                module.path,
                call.lineno,
                f"the folder that is served, `{path or '.'}`, holds {inside}: everybody can download it",
                'serve a folder that holds nothing else, for example static_folder="static"',
            )
