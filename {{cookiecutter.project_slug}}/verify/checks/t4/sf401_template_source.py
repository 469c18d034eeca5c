import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...readers.python import Module

STRINGS = {
    "flask.render_template_string",
    "flask.stream_template_string",
    "jinja2.Template",
    "jinja2.nativetypes.NativeTemplate",
}


@check("SF401", threat="T4", stage="static")
def template_source(project: Project) -> Iterator[Finding]:
    """Request data becomes the source of a template.

    Why: whoever writes a template runs code on the server; escaping does not stop `{{ … }}` (ASVS 1.3.7, CWE-1336).

    Bad:
        render_template_string("<h1>" + request.args["title"] + "</h1>")

    Good:
        render_template_string("<h1>{{ title }}</h1>", title=request.args["title"])
    """
    for module, call, dotted in project.calls.all():
        if dotted in STRINGS or _compiles(project, module, call, dotted or ""):
            keywords = [k.value for k in call.keywords if k.arg == "source"]
            source = [*call.args[:1], *keywords][:1]
            if source and (data := project.flow.tainted(module, source[0], "code")):
                called = ast.unparse(call.func)
                yield Finding(
                    module.path,
                    call.lineno,
                    f"{data} becomes template source in {called}(): its author runs code on the server",
                    f"Keep the template constant and pass the value: {called}('… {{{{ value }}}} …', value=…)",
                )


def _compiles(project: Project, module: Module, call: ast.Call, dotted: str) -> bool:
    """`from_string`, `compile` and the like of a Jinja environment that is not sandboxed."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in (
        "from_string",
        "compile",
        "compile_expression",
    ):
        return dotted == "jinja2.DictLoader"
    receiver = call.func.value
    held = project.flow.defined(module, receiver)[1] if isinstance(receiver, ast.Name) else []
    spelt = " ".join(ast.unparse(one) for one in [receiver, *(definition.value for definition in held)])
    kind = f"{project.names.class_of(module, receiver)} {dotted}"
    return "andbox" not in kind + spelt and any(word in kind + spelt for word in ("jinja", "Environment", "overlay("))
