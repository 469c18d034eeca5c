from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

FIX = "Drop |safe or the autoescape region; sanitise rich text in Python first (nh3.clean)"


@check("SF406", threat="T4", stage="static")
def raw_value(project: Project) -> Iterator[Finding]:
    """A template writes request data into the page unescaped.

    Why: `|safe` and `{% autoescape false %}` switch escaping off, so the value can carry a script (CWE-79).

    Bad:
        {{ entry|safe }}

    Good:
        {{ entry }}
    """
    for flaw in project.markup.flaws:
        if flaw.harm == "raw":
            yield Finding(flaw.path, flaw.line, f"{flaw.source} is written unescaped: it can carry a script", FIX)
