from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

FIXES = {
    "unquoted": 'Quote it: name="{{ value }}"',
    "quote": "Escape its quotes too: escape(value) from markupsafe",
    "json": "Use single quotes: name='{{ value|tojson }}'",
}


@check("SF407", threat="T4", stage="static")
def attribute_quotes(project: Project) -> Iterator[Finding]:
    """A value can break out of its attribute.

    Why: escaping does not touch spaces, which end an unquoted value, and `|tojson` leaves double quotes bare: either
    way the value adds attributes such as `onfocus` (CWE-79).

    Bad:
        <input value={{ q }}> <div data-all="{{ items|tojson }}">

    Good:
        <input value="{{ q }}"> <div data-all='{{ items|tojson }}'>
    """
    for flaw in project.markup.flaws:
        if flaw.harm in FIXES:
            message = f"{flaw.source} lands in {flaw.where}: it can add an event handler"
            yield Finding(flaw.path, flaw.line, message, FIXES[flaw.harm])
