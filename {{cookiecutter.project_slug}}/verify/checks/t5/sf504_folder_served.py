from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import answered, private_file, served
from ...project import Project


@check("SF504", threat="T5", stage="static")
def folder_served(project: Project) -> Iterator[Finding]:
    """A folder with source code, settings or data is served as files.

    Why: `static_folder="."` publishes the program, its templates and often its keys, as does a view that sends what
    its URL names from there (OWASP ASVS 13.4).

    Bad:
        app = Flask(__name__, static_folder=".")
        @app.get("/<path:name>")
        def files(name): return send_from_directory(app.root_path, name)

    Good:
        app = Flask(__name__, static_folder="static")
    """
    guards = project.routes.guards
    for call, path, names in served(project):
        views = answered(project, call)
        kept = bool(views) and all(guards.guarded(view, view.method) for view in views)
        if kept and path.rpartition("/")[2] == "instance":
            continue  # nobody knows what it holds, and not everybody gets it
        if inside := private_file(project, path, names):
            yield Finding(
                *project.routes.place(call),
                f"the folder that is served, `{path or '.'}`, holds {inside}: everybody can download it",
                'serve a folder that holds nothing else, for example static_folder="static"',
            )
