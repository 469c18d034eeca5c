import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF405", threat="T4", stage="static")
def unescaped_page(project: Project) -> Iterator[Finding]:
    """A view answers with HTML that nothing escaped.

    Why: Flask sends a returned text as text/html; a page put together in Python, or by a template whose name Flask
    does not escape (`.txt`, `.j2`), carries whatever the client sent (ASVS 1.2.1, CWE-79).

    Bad:
        return f"<p>Hello {request.args['name']}</p>"

    Good:
        return render_template("hello.html", name=request.args["name"])
    """
    sent = {node for *_, texts in project.pages.bodies for _, text, _ in texts for node in ast.walk(text)}
    for render in project.markup.renders:
        for template in render.templates if render.call in sent else ():
            flaws = [] if template.escaped else sorted(project.markup.walked(template, render.context), key=str)
            for flaw in [flaw for flaw in flaws if flaw.harm == "raw"][:1]:
                yield Finding(
                    render.module.path,
                    render.call.lineno,
                    f"line {flaw.line} of `{template.name}` writes {flaw.source} unescaped into text/html: Flask does"
                    " not escape files of this name",
                    'Name it .html, or send it as text: Response(…, mimetype="text/plain")',
                )
    flow = project.flow
    for module, body, texts in project.pages.bodies:
        parts = [flow.seen(text, "html") for text in texts if not flow.is_markup(*text[:2])]
        if data := flow.source(frozenset().union(*parts), "html"):
            yield Finding(
                module.path,
                body.lineno,
                f"{data} is sent as text/html without escaping: it can carry a script",
                "Render a template, or escape(value) from markupsafe; for text: Response(…, mimetype='text/plain')",
            )
