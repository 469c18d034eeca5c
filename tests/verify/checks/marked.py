"""Fixtures that say themselves what is to be found: the line of each finding ends in its id."""

import re

APP = """
from flask import Flask

from acme.feature import bp


def create_app():
    app = Flask(__name__)
    app.register_blueprint(bp)
    return app
"""
HEAD = """from flask import Blueprint, Response, abort, current_app, g, request, session

bp = Blueprint("b", __name__)
"""


def service(feature: str, **modules: str) -> dict[str, str]:
    """A service with one feature, and other modules of its package by name."""
    files = {"src/acme/__init__.py": APP.lstrip(), "src/acme/feature.py": HEAD + feature}
    return files | {f"src/acme/{name}.py": text for name, text in modules.items()}


def marks(files: dict[str, str]) -> list[tuple[str, str, int]]:
    return sorted(
        (mark, path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for mark in re.findall(r"# (SF\d+)", line)
    )
