import posixpath
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import folder
from ...notions.routes import Place
from ...project import Project


@check("SF506", threat="T5", stage="static")
def template_shadowed(project: Project) -> Iterator[Finding]:
    """Two template folders hold a template of one name, so a view renders the other's page.

    Why: Flask searches the application's folder, then the blueprints' in order of registration, and takes the first.

    Bad:
        signup_templates/form.html      survey_templates/form.html

    Good:
        signup_templates/signup/form.html      survey_templates/survey/form.html
    """
    seen: dict[str, tuple[str, Place]] = {}
    owners = sorted(project.routes.made, key=lambda owner: (not owner.app, owner.place))
    for owner in owners:
        given = project.routes.argument(owner.call, None, "template_folder")
        start = posixpath.dirname(owner.module.path)
        path = (
            folder(project, owner.module, given)
            if given is not None
            else posixpath.join(start, "templates")
            if owner.app
            else None
        )
        for file in project.paths if path is not None else ():
            if not file.startswith(f"{path}/"):
                continue
            name = file.removeprefix(f"{path}/")
            other, place = seen.setdefault(name, (file, owner.place))
            if other != file:
                yield Finding(
                    *owner.place,
                    f"its template `{name}` is shadowed by {other} ({place[0]}:{place[1]}): "
                    "render_template finds that one for both",
                    f"give the blueprint's templates a folder of its name: {path}/<blueprint>/{name}",
                )
