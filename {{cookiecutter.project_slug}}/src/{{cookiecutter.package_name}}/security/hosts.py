"""Which names we answer to, and whose word we take for who is calling.

A forged `Host` ends in password-reset links and caches; a forged `X-Forwarded-For` in logs and limits.
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ..settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Answer to the trusted hosts alone, and believe as many proxies as there are: none, unless told."""
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)
    if n := settings.trusted_proxies:
        # No x_prefix: SCRIPT_NAME from outside would move every URL.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n, x_prefix=0)  # type: ignore[method-assign]
