from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF441", threat="T4", stage="runtime")
def template_broken(project: Project) -> Iterator[Finding]:
    """A template does not compile in the booted app's environment.

    Why: a filter or an extension that exists only on somebody's machine is an error page for everybody else, and a
    template that nothing can parse is one that nothing can check.

    Bad:
        {{ note.text | shout }}  {# no filter of this name #}

    Good:
        {{ note.text | upper }}
    """
    for template in project.runtime["templates"]:
        if template["error"]:
            yield Finding(
                template["file"],
                template["line"],
                f"does not compile: {template['error']}",
                "correct the template, or register what it names on app.jinja_env",
            )
