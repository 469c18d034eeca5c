"""Debug mode: off in production, however somebody tries to switch it on.

The interactive debugger runs what a visitor types. `app.debug` follows FLASK_DEBUG under Gunicorn too.
"""

import os

from dotenv import dotenv_values
from flask import Flask

from ..refusal import Refused
from ..settings import Settings

SWITCHES = ("DEBUG", "TESTING", "PROPAGATE_EXCEPTIONS", "TRAP_HTTP_EXCEPTIONS", "TRAP_BAD_REQUEST_ERRORS")
OFF = ("", "0", "false", "no")


def refuse(app: Flask | None, settings: Settings) -> None:
    """Refuse to start with debugging on, unless the profile is development. Before there is an app: the environment.

    Raises:
        Refused: naming every switch that is on.
    """
    if settings.profile == "development":
        return
    environment = {**dotenv_values(settings.root / ".env"), **os.environ}
    found = [f"the environment variable {name}" for name in ("FLASK_DEBUG",) if on(environment.get(name))]
    found += [f"app.config[{name!r}]" for name in SWITCHES if app and app.config[name]]
    if found:
        raise Refused(
            f"The service does not start: {' and '.join(found)} must not be on when APP_ENV is {settings.profile}."
            " Take it out; for the debugger on your own machine: uv run flask run --debug"
        )


def on(value: str | None) -> bool:
    """Read a variable as Flask does."""
    return value is not None and value.lower() not in OFF
