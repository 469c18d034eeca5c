from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

PARTS = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=",
    "Referrer-Policy": "same-origin",
}


@check("SF471", threat="T4", stage="live")
def security_headers(project: Project) -> Iterator[Finding]:
    """A response goes out without a content security policy, or with one that allows inline scripts.

    Why: the policy is what stops injected markup from running; errors and static files need it as well (ASVS 3.4.3).

    Bad:
        Content-Security-Policy: script-src 'self' 'unsafe-inline'

    Good:
        Content-Security-Policy: default-src 'none'; script-src 'self'; object-src 'none'; base-uri 'none'; …
    """
    for path in ("/", "/nowhere", "/static/style.css", "/healthz", "/-verify-/crash?text=x"):
        answer = project.live.get(path, Accept="text/html")
        policy = answer.headers.get("Content-Security-Policy", "")
        wrong = [f"no {part}" for part in PARTS if part not in policy]
        wrong += [f"{part} in the policy" for part in ("unsafe-inline", "unsafe-eval", "*") if part in policy]
        wrong += [f"no {name}" for name, value in HEADERS.items() if value not in answer.headers.get(name, "")]
        if wrong:
            yield Finding(
                *project.factory,
                f"GET {path.partition('?')[0]} ({answer.status}): {', '.join(wrong)}",
                "let the edge send security/headers.py's list with every response: edge.init_app(app, settings), last",
            )
            return
