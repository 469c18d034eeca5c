from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

ABOVE = ("/static/../pyproject.toml", "/static/%2e%2e/wsgi.py", "/static/..%2f__init__.py", "/.env", "/.git/config")


@check("SF570", threat="T5", stage="live")
def routes_over_http(project: Project) -> Iterator[Finding]:
    """A declared route does not answer over HTTP as declared.

    Why: a route that answers 404 or 405 to its own method is shadowed, and another view answers for it.

    Bad:
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/notes": other})

    Good:
        app.register_blueprint(notes)
    """
    visitor = project.live.visitor()
    for route in project.live.routes():
        if "<" in route.rule:
            continue
        answer = visitor.request(route.method, route.rule)
        if answer.status in (404, 405):
            yield Finding(
                *(route.place or project.factory),
                f"{route.method} {route.rule} is declared for {route.endpoint}, and answers {answer.status}",
                "give the route a URL of its own, and let no middleware answer before it",
            )
    for path in ABOVE:
        if project.live.get(path).status == 200:
            yield Finding(*project.factory, f"GET {path} serves a file", "serve static/ and nothing above it")
