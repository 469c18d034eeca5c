"""Jinja: every template escapes, unknown names are errors, and a template that an attacker wrote gets nowhere.

A user's text belongs into the values of a template, never into its source. If one gets there all the same,
the sandbox hides Python's internals, and `config`, which holds the key, is not there.
"""

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from ..refusal import Refused


class SandboxedFlaskEnvironment(SandboxedEnvironment, Environment):
    """Flask's environment in Jinja's sandbox."""


def init_app(app: Flask) -> None:
    """Replace the environment, before anything uses it."""
    app.jinja_environment = SandboxedFlaskEnvironment
    # True and not a function of the name: .txt, .svg and strings are shown by browsers too.
    app.jinja_options = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    del app.jinja_env.globals["config"]
    app.jinja_env.globals["service"] = app.name.replace("_", " ").title()


def refuse(app: Flask) -> None:
    """Refuse to start when something took the protection away again.

    Raises:
        Refused: naming what is missing.
    """
    env = app.jinja_env
    missing = {
        "autoescape is not on for every template": env.autoescape is not True,
        "the environment is not sandboxed": not isinstance(env, SandboxedEnvironment),
        "unknown names are not errors": not issubclass(env.undefined, StrictUndefined),
        "the configuration is among the templates' globals": "config" in env.globals,
    }
    if found := [what for what, is_missing in missing.items() if is_missing]:
        raise Refused(
            f"The service does not start: in Jinja's environment {', and '.join(found)}."
            " Leave it as security/templates.py makes it."
        )
