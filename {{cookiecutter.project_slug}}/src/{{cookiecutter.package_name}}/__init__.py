"""The service: `create_app` says which protections there are, and in which order."""

from flask import Flask

from . import edge, errors, logs, sessions
from .blueprints import BLUEPRINTS
from .security import csrf, debug, headers, hosts, limits, routes, server, templates
from .settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the service.

    Raises:
        Refused: it would not be secure; the message says why, and what to do.
    """
    settings = settings or Settings.from_env()
    logs.configure(settings.log_level)
    server.refuse(settings)  # before anything else: inside `flask run`, a socket is about to be bound
    app = Flask(__name__, instance_path=str(settings.root / "instance"))
    app.secret_key = settings.secret_key
    templates.init_app(app)  # first of all that uses Jinja
    headers.init_app(app)
    hosts.init_app(app, settings)
    limits.init_app(app, settings)  # before the CSRF check: refused requests count too
    csrf.init_app(app)
    sessions.init_app(app, settings)
    errors.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    edge.init_app(app, settings)  # outermost: every response passes it, whoever made it
    templates.refuse(app)
    routes.refuse(app)
    debug.refuse(app, settings)  # last: nothing after it can switch debugging on
    return app
