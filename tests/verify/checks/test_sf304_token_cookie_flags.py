from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import marks, views

FAULTS = {
    "no flags": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('auth_token', request.form['t'])  # SF304\n    return r\n"
    ),
    "one missing": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('sid', 'x' + request.form['t'], secure=True, httponly=True)  # SF304\n    return r\n"
    ),
    "switched off": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('jwt', request.form['t'], secure=False, httponly=True, samesite='Lax')  # SF304\n    return r\n"
    ),
    "by what it holds": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('c', secrets.token_urlsafe(32), httponly=True, samesite='Lax')  # SF304\n    return r\n"
    ),
    "by position": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('remember_token', request.form['t'], 60, None, '/', None, True)  # SF304\n    return r\n"
    ),
    "unpacked": views(
        "import secrets\nOPTIONS = {'secure': True, 'samesite': 'None', 'httponly': True}\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('session', request.form['t'], **OPTIONS)  # SF304\n    return r\n"
    ),
    "a name elsewhere": views(
        "import secrets\nNAME = 'access-token'\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie(NAME, request.form['t'])  # SF304\n    return r\n"
    ),
}
FINE = {
    "all flags": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('auth_token', request.form['t'], secure=True, httponly=True, samesite='Strict')\n    return r\n"
    ),
    "all flags unpacked": views(
        "import secrets\nOPTIONS = dict(secure=True, samesite='Lax', httponly=True)\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('session', request.form['t'], **OPTIONS)\n    return r\n"
    ),
    "a preference": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('theme', request.form['t'])\n    return r\n"
    ),
    "deleted": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('session', '', max_age=0)\n    return r\n"
    ),
    "the configuration's flags": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('session', request.form['t'], secure=current_app.config['SESSION_COOKIE_SECURE'], httponly=True, samesite='Lax')\n    return r\n"
    ),
    "options from elsewhere": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('session', request.form['t'], **current_app.config['COOKIE'])\n    return r\n"
    ),
    "read by scripts on purpose": views(
        "import secrets\n\n@bp.post('/')\ndef enter():\n    r = make_response('')\n    r.set_cookie('csrf_token', secrets.token_hex(32), secure=True, samesite='Lax')\n    return r\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF304") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF304") == []
