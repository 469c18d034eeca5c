"""Cross-site request forgery: an unsafe request must come from our own pages.

Browsers say where a request comes from in `Sec-Fetch-Site`, and in `Origin` where that is missing; pages
cannot forge either. A request with neither is refused, so a client that is not a browser sends `Origin`.
There are no tokens: pages stay cacheable and parallel tabs work (OWASP CSRF cheat sheet, Fetch metadata).
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import Forbidden

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def init_app(app: Flask) -> None:
    """Check every unsafe request before its view, whatever view it is."""
    app.before_request(refuse_cross_site)


def csrf_exempt(view: View) -> View:
    """Let other sites call `view`: for webhooks that prove themselves by a signature, not by a cookie."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def refuse_cross_site() -> None:
    """Refuse an unsafe request that another site made.

    Raises:
        Forbidden: with the header that was seen.
    """
    if request.method in SAFE_METHODS:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "csrf_exempt", False):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Forbidden(f"This request comes from another site (Sec-Fetch-Site: {site[:20]}).")
        return
    origin = request.headers.get("Origin")
    if origin is None:
        raise Forbidden(f"This request does not say where it comes from: send Origin: {request.host_url[:-1]}.")
    # Where TLS ends in a proxy that is not trusted, both schemes may be ours.
    ours = {f"https://{request.host}"} if request.is_secure else {f"https://{request.host}", f"http://{request.host}"}
    if origin not in ours:
        raise Forbidden("This request comes from another origin.")
