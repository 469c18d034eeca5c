"""A service whose sessions and configuration are fine, with a place for one more thing."""

import textwrap

FACTORY = """import os
import secrets

from flask import Flask, current_app, session
from flask_session import Session


def create_app(profile=None):
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SESSION_TYPE="redis",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    Session(app)
"""
KEYLESS = FACTORY.replace('        SECRET_KEY=os.environ["SECRET_KEY"],\n', "")
VIEWS = """from flask import Blueprint, current_app, make_response, redirect, request, session, url_for

bp = Blueprint('b', __name__)
"""


def factory(lines: str, head: str = FACTORY, /, **modules: str) -> dict[str, str]:
    """The factory with `lines` before its return, and other modules of the package by name."""
    files = {
        "src/shop/__init__.py": head
        + textwrap.indent(textwrap.dedent(lines).strip("\n"), "    ")
        + "\n    return app\n"
    }
    return files | {f"src/shop/{name}.py": textwrap.dedent(text).lstrip("\n") for name, text in modules.items()}


def views(text: str, **modules: str) -> dict[str, str]:
    """The factory with a module of views."""
    lines = "from shop.views import bp\napp.register_blueprint(bp)"
    return factory(lines, views=VIEWS + textwrap.dedent(text), **modules)
