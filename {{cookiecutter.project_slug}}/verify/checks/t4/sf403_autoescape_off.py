from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.autoescape import unescaped
from ...project import Project


@check("SF403", threat="T4", stage="static")
def autoescape_off(project: Project) -> Iterator[Finding]:
    """Templates for HTML are rendered without escaping.

    Why: every value in every page becomes markup, so any of them can carry a script (ASVS 1.2.1, CWE-79).
    Jinja's own `Environment` does not escape unless told to; an override has to say yes to `.html`.

    Bad:
        Environment(loader=loader)

    Good:
        Environment(loader=loader, autoescape=select_autoescape())
    """
    for module, node, how in unescaped(project):
        yield Finding(
            module.path,
            node.lineno,
            f"{how}: HTML pages are not escaped and any value in them can carry a script",
            "Escape every page: autoescape=True, or autoescape=select_autoescape(); leave Flask's own choice in place",
        )
