from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

FAULTS = {
    "Flask's own cookie": views("""
@bp.post('/leave')
def leave():
    response = redirect(url_for('b.start'))
    response.delete_cookie('session')  # SF311
    return response
"""),
    "by a helper and its name in the configuration": views(
        """
def without(response):
    response.set_cookie(current_app.config['SESSION_COOKIE_NAME'], '', expires=0)  # SF311
    return response

@bp.post('/leave')
def leave():
    return without(make_response('bye'))
"""
    ),
    "a token that is only looked at": views(
        """
import uuid

@bp.post('/enter')
def enter():
    mark = uuid.uuid4().hex
    current_app.store.put(mark, 7)
    response = make_response('')
    response.set_cookie('pass_token', mark, secure=True, httponly=True, samesite='Lax')
    return response

@bp.post('/leave')
def leave():
    response = make_response({'size': len(request.cookies.get('pass_token', '').strip())})
    response.delete_cookie('pass_token')  # SF311
    return response
"""
    ),
    "a token that the server looks up": views(
        """
import secrets

@bp.post('/enter')
def enter():
    mark = secrets.token_hex(32)
    current_app.store.put(mark, 7)
    response = make_response('')
    response.set_cookie('pass', mark, secure=True, httponly=True, samesite='Lax')
    return response

@bp.post('/leave')
def leave():
    response = make_response('')
    response.delete_cookie('pass')  # SF311
    return response
"""
    ),
}
FINE = {
    "the session too": views(
        """
def forget():
    session.clear()

@bp.post('/leave')
def leave():
    forget()
    response = make_response('')
    response.delete_cookie('session')
    return response
"""
    ),
    "its user": views(
        """
@bp.post('/leave')
def leave():
    del session['user_id']
    response = make_response('')
    response.delete_cookie('session')
    return response
"""
    ),
    "the token's entry, by the caller": views(
        """
import secrets

@bp.post('/enter')
def enter():
    response = make_response('')
    response.set_cookie('pass', secrets.token_hex(32), secure=True, httponly=True, samesite='Lax')
    return response

def bye():
    response = make_response('')
    response.delete_cookie('pass')
    return response

@bp.post('/leave')
def leave():
    current_app.store.revoke(request.cookies['pass'])
    return bye()
"""
    ),
    "a cookie that no session is behind": views(
        """
@bp.after_app_request
def tidy(response):
    if not session:
        response.delete_cookie('session')
    response.delete_cookie('theme')
    return response
"""
    ),
    "the cookie of an earlier version": factory(
        "app.config['SESSION_COOKIE_NAME'] = 'shop'\nfrom shop.views import bp\napp.register_blueprint(bp)",
        views="""
from flask import Blueprint

bp = Blueprint('b', __name__)

@bp.after_app_request
def tidy(response):
    response.delete_cookie('session')
    return response
""",
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF311") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF311") == []
