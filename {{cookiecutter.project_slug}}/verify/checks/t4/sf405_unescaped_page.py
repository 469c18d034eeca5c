import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.markup import Walk
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
    files = {call: (templates, env) for _, call, templates, env in project.markup.sites}
    for module, body in project.pages.bodies:
        for call in (node for node in ast.walk(body) if isinstance(node, ast.Call)):
            for template in files.get(call, ((), {}))[0]:
                if template.escaped:
                    continue
                walk = Walk(project.markup)
                walk.render(template, dict(files[call][1]), False)
                for flaw in [flaw for flaw in walk.flaws if flaw.harm == "raw"][:1]:
                    yield Finding(
                        module.path,
                        call.lineno,
                        f"`{template.name}` is sent as text/html and its line {flaw.line} holds {flaw.source}:"
                        " Flask does not escape files of this name",
                        'Name it .html, or send it as text: Response(…, mimetype="text/plain")',
                    )
        if not project.flow.is_markup(module, body) and (data := project.flow.tainted(module, body, "html")):
            yield Finding(
                module.path,
                body.lineno,
                f"{data} is sent as text/html without escaping: it can carry a script",
                "Render a template, or escape(value) from markupsafe; for text: Response(…, mimetype='text/plain')",
            )
