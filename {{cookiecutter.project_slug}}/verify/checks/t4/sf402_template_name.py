from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

TAKES_NAME = {"flask.render_template", "flask.stream_template"}
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
        takes = call.args and (dotted in TAKES_NAME or getattr(call.func, "attr", "") in METHODS)
        if takes and (data := project.flow.tainted(module, call.args[0], "code")):
            yield Finding(module.path, call.lineno, f"{data} names a template: a client renders any of them", FIX)
    for flaw in project.markup.flaws:
        if flaw.harm == "name":
            yield Finding(flaw.path, flaw.line, f"{flaw.source} names a template: a client renders any of them", FIX)
