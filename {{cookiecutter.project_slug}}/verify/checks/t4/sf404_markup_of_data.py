import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.flow import MARKUP
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
    for module, call, dotted in project.calls.all():
        marks = dotted in MARKUP or MARKUP & project.names.bases(dotted or "")
        text = call.args[0] if marks and call.args else None
        if text is None or project.flow.is_markup(module, text):
            continue
        if data := project.flow.tainted(module, text, "html"):
            yield Finding(
                module.path,
                call.lineno,
                f"{data} is inside {ast.unparse(call)[:60]}: it is believed to be safe HTML and can carry a script",
                'Let Markup escape it: Markup("<b>{}</b>").format(value)',
            )
    for module in project.modules.values():
        for func in module.nodes(ast.FunctionDef):
            for value in project.names.returned(func) if func.name == "__html__" else ():
                if not project.flow.is_markup(module, value) and (data := project.flow.tainted(module, value, "html")):
                    yield Finding(
                        module.path,
                        value.lineno,
                        f"__html__ returns {data} as it is: Jinja does not escape what has this method",
                        'Escape in it: return Markup("<em>{}</em>").format(self.text)',
                    )
