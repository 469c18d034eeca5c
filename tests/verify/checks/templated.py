"""Small services with one view or one page; the line of each finding ends in its id, as in `marked`."""

from collections.abc import Callable

import pytest

from .marked import marks

__all__ = ["T4", "marks", "page", "proves", "views"]
T4 = [f"SF40{n}" for n in range(1, 10)]
PACKAGE = "src/acme"
HEAD = """\
import os, re
import jinja2
from flask import *
from markupsafe import Markup, escape
bp = Blueprint("pages", __name__, url_prefix="/pages")
"""
APP = """\
from flask import Flask
from .pages import bp
def create_app():
    app = Flask(__name__)
    app.register_blueprint(bp)
    return app
"""


def views(code: str, templates: dict[str, str] | None = None, /, **modules: str) -> dict[str, str]:
    """A service whose blueprint module is `code`; other modules of its package by name."""
    files = {f"{PACKAGE}/__init__.py": APP, f"{PACKAGE}/pages.py": HEAD + code}
    files |= {f"{PACKAGE}/{name}.py": text for name, text in modules.items()}
    return files | {f"{PACKAGE}/templates/{name}": text for name, text in (templates or {}).items()}


def page(template: str, context: str = "", name: str = "page.html", **others: str) -> dict[str, str]:
    """A service that renders `template` with `context`; `x` is what the client sent, unless it says otherwise."""
    passed = context or "x=request.args.get('x', '')"
    code = f"@bp.get('/')\ndef index():\n    return render_template('{name}', {passed})\n"
    return views(code, {name: template, **{key.replace("__", "."): text for key, text in others.items()}})


def proves(faulty: dict[str, dict[str, str]], fine: dict[str, dict[str, str]]) -> tuple[Callable[..., None], ...]:
    """The two tests of a check: each fault is named at its line, and what only looks like it is not."""

    @pytest.mark.parametrize("files", faulty.values(), ids=faulty.keys())
    def named(project, found, files):
        expected = marks(files)
        assert expected
        assert found(project(files), *T4) == expected

    @pytest.mark.parametrize("files", fine.values(), ids=fine.keys())
    def silent(project, found, files):
        assert found(project(files), *T4) == []

    return named, silent
