from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

RIGHTS = """
import functools
from flask import abort

def clerks(view):
    @functools.wraps(view)
    def inner():
        if {asked}:
            abort(403)
        return view()
    return inner

@bp.get('/desk')
@clerks
def desk():
    return ''

@bp.post('/enter')
def enter():
    member = current_app.member(request.form)
    {first}
    session['member_id'] = member.id
    session['theme'] = member.theme
    {set}
    return ''

@bp.post('/leave')
def {leave}():
    {gone}
    return redirect('/')
"""
ROLE = {"asked": "session.get('role') != 'clerk'", "first": "pass", "set": "session['role'] = member.role"}
OTHER = {"asked": "not ('member_id' in session and session.get('scopes'))", "first": "pass"}
OTHER |= {"set": "if member.scopes: session['scopes'] = [*member.scopes]"}
POP = "session.pop('member_id', None)"


def rights(gone: str, leave: str = "logout", **given: str) -> dict[str, str]:
    return views(RIGHTS.format(**{"leave": leave, "gone": gone} | given))


FAULTS = {
    "a role that a guard asks for alone": rights(f"{POP}  # SF311", **ROLE),
    "one that is asked for beside the user, and only set for some": rights(
        "for name in ('id', 'name'):\n        session.pop('member_' + name, None)  # SF311", "sign_out", **OTHER
    ),
    "by a helper": rights("from shop.forget import forget\n    forget()", **ROLE)
    | {"src/shop/forget.py": "from flask import session\n\ndef forget():\n    del session['member_id']  # SF311\n"},
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
    "each of what the login set": rights(f"{POP}; del session['role']", **ROLE),
    "all of it": rights(f"{POP}; session.clear()", **ROLE),
    "all of it, one after the other": rights("for key in list(session): session.pop(key)", **ROLE),
    "by something that is handed the session": rights(f"{POP}; current_app.forget(session)", **ROLE),
    "a guard that asks for the user, too": rights(
        POP, **ROLE | {"asked": "session.get('role') != 'clerk' or not session.get('member_id')"}
    ),
    "what the next login sets anyway": rights(POP, **OTHER | {"set": "session['scopes'] = [*member.scopes]"}),
    "what the next login takes away": rights(POP, **OTHER | {"first": "session.pop('scopes', None)"}),
    "what the next login takes away with all": rights(POP, **OTHER | {"first": "session.clear()"}),
    "what nobody asks for": rights(POP, **OTHER | {"asked": "'member_id' not in session"}),
    "no right": rights(
        POP, **OTHER | {"set": "if member.theme: session['theme'] = 1", "asked": "not session.get('theme')"}
    ),
    "the end of another mode": rights(POP, "be_oneself_again", **ROLE),
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
