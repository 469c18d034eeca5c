"""Response headers, made once and sent with every response, errors and static files too.

OWASP Secure Headers and ASVS 5.0 chapter 3.4. A page that needs an inline script or style asks for
`csp_nonce()` in its template; the nonce exists only in responses that did.
"""

import secrets

from flask import Flask, request

NONCE = "security.csp_nonce"  # the WSGI key under which a template's nonce travels to the edge
HEADERS = [
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),  # ASVS 3.4.1: a year at least
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),  # for browsers without frame-ancestors
    # "no-referrer" would make browsers send `Origin: null`, which the CSRF check must refuse.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
]
POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ALL = [*HEADERS, ("Content-Security-Policy", POLICY.format(nonce=""))]


def init_app(app: Flask) -> None:
    """Give templates `csp_nonce()`."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """Return this response's nonce, 128 random bits."""
    nonce: str = request.environ.setdefault(NONCE, secrets.token_urlsafe(16))
    return nonce


def with_nonce(nonce: str) -> list[tuple[str, str]]:
    """Return the headers of a response whose page carries `nonce`."""
    return [*HEADERS, ("Content-Security-Policy", POLICY.format(nonce=f" 'nonce-{nonce}'"))]
