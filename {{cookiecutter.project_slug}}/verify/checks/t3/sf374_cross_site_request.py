from collections.abc import Iterator

from ...engine import Finding, check
from ...live import fill
from ...project import Project


@check("SF374", threat="T3", stage="live")
def cross_site_request(project: Project) -> Iterator[Finding]:
    """A view that changes something believes another site.

    Why: cross-site request forgery: any page can post a form with the visitor's cookie (ASVS 3.5.1).

    Bad:
        @csrf_exempt
        def pay(): …

    Good:
        csrf.init_app(app)     # deny by default
    """
    for route in project.live.routes():
        if route.method == "GET":
            continue
        url = fill(route.rule, "sample")
        for headers in (
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ):
            status = project.live.visitor().request(route.method, url, form={}, headers=headers).status
            if status < 400 or status == 422:
                yield Finding(
                    *(route.place or project.factory),
                    f"{route.method} {route.rule} is answered with {status} when another site sends it",
                    "call csrf.init_app(app), and take @csrf_exempt off views that know visitors by a cookie",
                )
                break
