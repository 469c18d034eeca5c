import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import searched, uploads
from ...project import Project

TAKES_SOURCE = {
    "flask.render_template_string", "flask.stream_template_string", "jinja2.Template",
    "jinja2.nativetypes.NativeTemplate", "jinja2.DictLoader",
}  # fmt: skip


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
        match call.func:
            case ast.Attribute(attr="from_string" | "compile" | "compile_expression", value=environment):
                made = project.flow.defined(environment) if isinstance(environment, ast.Name) else []
                spelt = [ast.unparse(one) for one in (environment, *(definition.value for definition in made))]
                kind = " ".join([f"{project.names.class_of(module, environment)} {dotted}", *spelt])
                takes = "andbox" not in kind and any(word in kind for word in ("jinja", "Environment", "overlay("))
            case _:
                takes = dotted in TAKES_SOURCE
        source = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "source")][:1]
        if takes and source and (data := project.flow.tainted(module, source[0], "code")):
            called = ast.unparse(call.func)
            yield Finding(
                module.path,
                call.lineno,
                f"{data} becomes template source in {called}(): its author runs code on the server",
                f"Keep the template constant and pass the value: {called}('… {{{{ value }}}} …', value=…)",
            )
    saved = list(uploads(project))
    for node, path in searched(project) if saved else ():
        for call, into in saved:
            if f"{into}/".startswith(f"{path}/"):
                yield Finding(
                    *project.routes.place(node),
                    f"templates are looked for in `{path}`, where line {call.lineno} of {project.routes.place(call)[0]}"
                    " saves what a client sends: it may be a template",
                    "Keep uploads in a folder that no template loader searches",
                )
                break
