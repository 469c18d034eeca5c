from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

FAULTS = {
    "written to a buffer": views(
        """
import io, traceback

@bp.app_errorhandler(Exception)
def oops(e):
    text = io.StringIO()
    traceback.print_exc(file=text)  # SF205
    return text.getvalue(), 500
"""
    ),
    "when a debugging switch is on by default": views(
        """
import os, traceback

@bp.app_errorhandler(Exception)
def oops(e):
    parts = ['<h1>Sorry</h1>']
    if os.environ.get('SHOP_DEBUG', '1') == '1':
        parts.append(traceback.format_exc())  # SF205
    return ''.join(parts), 500
"""
    ),
    "a handler": views(
        """
import traceback

@bp.app_errorhandler(Exception)
def oops(e):
    return traceback.format_exc(), 500  # SF205
"""
    ),
    "in a dictionary": views(
        """
from traceback import format_exc as why

@bp.app_errorhandler(500)
def oops(e):
    body = {'why': why()}  # SF205
    return body, 500
"""
    ),
    "lines joined": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    lines = traceback.format_exception(e)  # SF205
    return '<br>'.join(lines), 500
"""
    ),
    "through a helper": views(
        """
import traceback

def page(e):
    return {'trace': traceback.format_exc()}  # SF205

@bp.app_errorhandler(500)
def oops(e):
    return page(e), 500
"""
    ),
    "a registered handler": factory(
        "from shop.base import oops\napp.register_error_handler(Exception, oops)",
        base="""
import traceback
from flask import make_response

def oops(e):
    return make_response(traceback.format_exc(), 500)  # SF205
""",
    ),
    "a middleware": factory(
        "from shop.base import Guard\napp.wsgi_app = Guard(app.wsgi_app)",
        base="""
import traceback

class Guard:
    def __call__(self, environ, start):
        try:
            return self.app(environ, start)
        except Exception:
            text = traceback.format_exc()  # SF205
            return [text.encode()]
""",
    ),
}
FINE = {
    "in debug mode only, whoever switches it on": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    body = {'error': 'internal'}
    if current_app.config['DEBUG']:
        body['trace'] = traceback.format_exc()
    return body, 500
"""
    ),
    "under a number": views(
        """
import hashlib, traceback
ERRORS = {}

@bp.app_errorhandler(500)
def oops(e):
    number = hashlib.sha256(traceback.format_exc().encode()).hexdigest()
    ERRORS[number] = traceback.format_exc()
    return {'error': number}, 500
"""
    ),
    "logged": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    current_app.logger.error(traceback.format_exc())
    return '', 500
"""
    ),
    "logged by way of a name": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    text = traceback.format_exc()
    current_app.logger.error('%s', text)
    return '', 500
"""
    ),
    "a command's output": factory("", cli="import traceback\n\ndef report():\n    return traceback.format_exc()\n"),
    "in debug mode only": views(
        """
import os, traceback

@bp.app_errorhandler(500)
def oops(e):
    if os.environ.get('SHOP_ENV') == 'dev':
        return traceback.format_exc(), 500
    return '', 500
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == []
