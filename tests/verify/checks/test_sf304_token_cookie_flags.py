from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import views

FAULTS = {
    "no flags": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('auth_token', request.form['t'])  # SF304
    return r
"""
    ),
    "one missing": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('sid', 'x' + request.form['t'], secure=True, httponly=True)  # SF304
    return r
"""
    ),
    "switched off": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('jwt', request.form['t'], secure=False, httponly=True, samesite='Lax')  # SF304
    return r
"""
    ),
    "by what it holds": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('c', secrets.token_urlsafe(32), httponly=True, samesite='Lax')  # SF304
    return r
"""
    ),
    "by position": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('remember_token', request.form['t'], 60, None, '/', None, True)  # SF304
    return r
"""
    ),
    "unpacked": views(
        """
import secrets
OPTIONS = {'secure': True, 'samesite': 'None', 'httponly': True}
@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', request.form['t'], **OPTIONS)  # SF304
    return r
"""
    ),
    "a name elsewhere": views(
        """
import secrets
NAME = 'access-token'
@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie(NAME, request.form['t'])  # SF304
    return r
"""
    ),
}
FINE = {
    "all flags": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('auth_token', request.form['t'], secure=True, httponly=True, samesite='Strict')
    return r
"""
    ),
    "all flags unpacked": views(
        """
import secrets
OPTIONS = dict(secure=True, samesite='Lax', httponly=True)
@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', request.form['t'], **OPTIONS)
    return r
"""
    ),
    "a preference": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('theme', request.form['t'])
    return r
"""
    ),
    "deleted": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', '', max_age=0)
    return r
"""
    ),
    "the configuration's flags": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    secure = current_app.config['SESSION_COOKIE_SECURE']
    r.set_cookie('session', request.form['t'], secure=secure, httponly=True, samesite='Lax')
    return r
"""
    ),
    "options from elsewhere": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', request.form['t'], **current_app.config['COOKIE'])
    return r
"""
    ),
    "read by scripts on purpose": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('csrf_token', secrets.token_hex(32), secure=True, samesite='Lax')
    return r
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF304") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF304") == []
