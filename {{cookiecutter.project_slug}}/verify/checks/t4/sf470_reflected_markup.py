from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

HOSTILE = "'\"><b id=v3>{{ 1048576 * 1048576 }}"


@check("SF470", threat="T4", stage="live")
def reflected_markup(project: Project) -> Iterator[Finding]:
    """A page shows a visitor's text as markup, or evaluates it as a template.

    Why: what one visitor types runs in another's browser, or on the server.

    Bad:
        {{ note.text | safe }}

    Good:
        {{ note.text }}
    """
    visitor = project.live.visitor()
    routes = project.live.routes()
    seen: set[str] = set()
    for route in [*routes, *routes]:  # the second round shows what the first has stored
        answer = project.live.send(visitor, route, HOSTILE)
        if "html" not in answer.headers.get("Content-Type", "") or route.endpoint in seen:
            continue
        if "<b id=v3>" in answer.text or "1099511627776" in answer.text:
            seen.add(route.endpoint)
            yield Finding(
                *(route.place or project.factory),
                f"{route.method} {route.rule} sends a visitor's text as markup or evaluates it",
                "pass the text to a template as a value, and leave it to autoescaping: {{ text }}",
            )
