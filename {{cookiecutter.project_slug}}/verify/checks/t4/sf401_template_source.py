import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.folders import searched, uploads
from ...project import Project


@check("SF401", threat="T4", stage="static")
def template_source(project: Project) -> Iterator[Finding]:
    """Request data becomes the source of a template.

    Why: whoever writes a template runs code on the server; escaping does not stop `{{ … }}` (ASVS 1.3.7, CWE-1336).

    Bad:
        render_template_string("<h1>" + request.args["title"] + "</h1>")

    Good:
        render_template_string("<h1>{{ title }}</h1>", title=request.args["title"])
    """
    for module, call, source in project.markup.compiled:
        if data := project.flow.tainted(module, source, "code"):
            called = ast.unparse(call.func)
            yield Finding(
                module.path,
                call.lineno,
                f"{data} becomes template source in {called}(): its author runs code on the server",
                f"Keep the template constant and pass the value: {called}('… {{{{ value }}}} …', value=…)",
            )
    for flaw in project.markup.flaws:
        if flaw.harm == "source":
            message = f"{flaw.source} becomes template source in {flaw.where}: its author runs code on the server"
            yield Finding(flaw.path, flaw.line, message, "Give it texts of the configuration only")
    saved = list(uploads(project))
    for node, path in searched(project) if saved else ():
        for call, _ in [one for one in saved if f"{one[1]}/".startswith(f"{path}/")][:1]:
            at = project.routes.place(call if node in project.routes.made else node)
            where = ":".join(map(str, project.routes.place(call)))
            message = (
                f"what a client sends is saved ({where}) in `{path}`, where templates are looked for: it may be one"
            )
            yield Finding(*at, message, "Keep uploads in a folder that no template loader searches")
