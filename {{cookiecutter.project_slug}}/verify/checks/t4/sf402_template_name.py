import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

NAMED = {"flask.render_template", "flask.stream_template"}
METHODS = {"get_template", "select_template", "get_or_select_template"}
FIX = 'Choose from a fixed table: PAGES = {"a": "parts/a.html"}; render PAGES[name], and 404 for what is not in it'


@check("SF402", threat="T4", stage="static")
def template_name(project: Project) -> Iterator[Finding]:
    """The client chooses which template is rendered or included.

    Why: every template is within reach then, also those for administrators and those that are not escaped (CWE-73).

    Bad:
        {% include request.args.section %}

    Good:
        {% include "parts/b.html" if section == "b" else "parts/a.html" %}
    """
    for module, call, dotted in project.calls.all():
        names = call.args[:1] if dotted in NAMED or getattr(call.func, "attr", "") in METHODS else []
        if names and (data := project.flow.tainted(module, names[0], "code")):
            message = f"{data} names the template of {ast.unparse(call.func)}(): a client renders any of them"
            yield Finding(module.path, call.lineno, message, FIX)
    for flaw in project.markup.flaws:
        if flaw.harm == "name":
            message = f"`{flaw.shown}` names a template and is {flaw.source}: a client renders any of them"
            yield Finding(flaw.path, flaw.line, message, FIX)
