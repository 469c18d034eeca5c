import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF404", threat="T4", stage="static")
def markup_of_data(project: Project) -> Iterator[Finding]:
    """Request data is declared to be safe HTML in Python.

    Why: `Markup(text)` and `__html__` promise that a text is safe, and Jinja believes them (CWE-79).
    Formatting *into* a Markup escapes; formatting first and wrapping afterwards does not.

    Bad:
        Markup(f"<b>{name}</b>")

    Good:
        Markup("<b>{}</b>").format(name)
    """
    for module, text in project.markup.promised:
        if not project.flow.is_markup(module, text) and (data := project.flow.tainted(module, text, "html")):
            yield Finding(
                module.path,
                text.lineno,
                f"{data} is inside `{ast.unparse(text)[:60]}`: it is believed to be safe HTML and can carry a script",
                'Let Markup escape it: Markup("<b>{}</b>").format(value)',
            )
