from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import factory, marks, views

FAULTS = {
    "a handler": views(
        "import traceback\n\n@bp.app_errorhandler(Exception)\ndef oops(e):\n    return traceback.format_exc(), 500  # SF205\n"
    ),
    "in a dictionary": views(
        "from traceback import format_exc as why\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    body = {'why': why()}  # SF205\n    return body, 500\n"
    ),
    "lines joined": views(
        "import traceback\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    lines = traceback.format_exception(e)  # SF205\n    return '<br>'.join(lines), 500\n"
    ),
    "through a helper": views(
        "import traceback\n\ndef page(e):\n    return {'trace': traceback.format_exc()}  # SF205\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    return page(e), 500\n"
    ),
    "a registered handler": factory(
        "from shop.base import oops\napp.register_error_handler(Exception, oops)",
        base="import traceback\nfrom flask import make_response\n\ndef oops(e):\n    return make_response(traceback.format_exc(), 500)  # SF205\n",
    ),
    "a middleware": factory(
        "from shop.base import Guard\napp.wsgi_app = Guard(app.wsgi_app)",
        base="import traceback\n\nclass Guard:\n    def __call__(self, environ, start):\n        try:\n            return self.app(environ, start)\n        except Exception:\n            text = traceback.format_exc()  # SF205\n            return [text.encode()]\n",
    ),
}
FINE = {
    "logged": views(
        "import traceback\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    current_app.logger.error(traceback.format_exc())\n    return '', 500\n"
    ),
    "logged by way of a name": views(
        "import traceback\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    text = traceback.format_exc()\n    current_app.logger.error('%s', text)\n    return '', 500\n"
    ),
    "a command's output": factory("", cli="import traceback\n\ndef report():\n    return traceback.format_exc()\n"),
    "in debug mode only": views(
        "import os, traceback\n\n@bp.app_errorhandler(500)\ndef oops(e):\n    if os.environ.get('SHOP_ENV') == 'dev':\n        return traceback.format_exc(), 500\n    return '', 500\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == []
