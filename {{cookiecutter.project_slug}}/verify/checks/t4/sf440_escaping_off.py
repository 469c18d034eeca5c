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
    facts = project.runtime["jinja"]
    rare = {kind for kind in (".htm", ".xml", ".xhtml") if not any(path.endswith(kind) for path in project.paths)}
    if kinds := [kind for kind in facts["unescaped"] if kind not in rare]:
        yield Finding(
            *place(project, facts["source"]),
            f"values are not escaped in templates of the kinds {', '.join(kinds)}: the booted environment says so",
            'jinja_options = {"autoescape": True}',
        )
