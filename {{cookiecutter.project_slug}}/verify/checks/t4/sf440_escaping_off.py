from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import place


@check("SF440", threat="T4", stage="runtime")
def escaping_off(project: Project) -> Iterator[Finding]:
    """The booted app's template environment does not escape HTML.

    Why: every value that a visitor sent is then markup in everybody's page, whatever the templates look like.

    Bad:
        app.jinja_options = {"autoescape": False}

    Good:
        app.jinja_options = {"autoescape": True}
    """
    kinds, cls = project.runtime["jinja"]["unescaped"], project.runtime["jinja"]["source"]
    if kinds:
        yield Finding(
            *place(project, cls),
            f"values are not escaped in templates of the kinds {', '.join(kinds)}: the booted environment says so",
            'jinja_options = {"autoescape": True}',
        )
