from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import private_file
from ...project import Project
from ...runtime import place


@check("SF542", threat="T5", stage="runtime")
def program_served(project: Project) -> Iterator[Finding]:
    """The static folder of the booted app holds source code, settings or data.

    Why: whatever path the code computes, this is the folder that Flask serves to everybody.

    Bad:
        app.static_folder = os.path.join(app.root_path, os.pardir)

    Good:
        app.static_folder = "static"
    """
    folder = project.runtime["app"]["static_folder"]
    served = {rule["endpoint"]: rule["declared"] for rule in project.runtime["rules"]}.get("static")
    inside = private_file(project, folder.removeprefix(".")) if folder is not None and served else None
    if served and inside:
        yield Finding(
            *place(project, served),
            f"the static folder `{folder}` holds {inside}: everybody can download it",
            'serve a folder that holds nothing else: Flask(__name__, static_folder="static")',
        )
