from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

FIX = 'Write {{ value|tojson }} without quotes, or a data attribute: data-x="{{ value }}" read by the script'


@check("SF409", threat="T4", stage="static")
def script_value(project: Project) -> Iterator[Finding]:
    """Request data lands in a script, an event handler or a style.

    Why: HTML escaping is undone or meaningless there: `${…}` in a template literal, a decoded quote in `onclick`,
    a backslash in a string (ASVS 1.2.3, CWE-79).

    Bad:
        <script>const name = `{{ name }}`;</script>

    Good:
        <script>const name = {{ name|tojson }};</script>
    """
    for flaw in project.markup.flaws:
        if flaw.harm == "script":
            message = f"{flaw.source} lands in {flaw.where}: escaping does not protect there"
            yield Finding(flaw.path, flaw.line, message, FIX)
