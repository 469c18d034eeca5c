from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

ANSWER = """
import secrets

def answer(mark):
    response = make_response('')
    response.set_cookie('shop_session', mark, secure=True, httponly=True, samesite='Lax')
    return response
"""

OPENED = """
from secrets import token_hex
from flask.sessions import SecureCookieSession, SessionInterface

class Kept(SecureCookieSession):
    def __init__(self, data=None, sid=None):
        super().__init__(data)
        self.sid = sid

class Opened(SessionInterface):
    def open_session(self, app, request):
        asked = request.cookies.get('shop')
        if not asked:
            return Kept(sid=token_hex(32))
        found = app.kept.get(asked)
        if found is not None:
            return Kept(found, sid=asked)
        return Kept(EMPTY
"""

FAULTS = {
    "cleared": views(
        """
@bp.post('/')
def enter():
    session.clear()
    session['user_id'] = 7  # SF309
    return ''
"""
    ),
    "updated": views("""
@bp.post('/')
def enter():
    session.update(uid=7)  # SF309
    return ''
"""),
    "renewed for those who ask for it": views("""
@bp.post('/')
def enter():
    stay = request.form.get('stay') == 'yes'
    session['user_id'] = 7  # SF309
    if stay:
        current_app.session_interface.regenerate(session)
    return ''

@bp.post('/now')
def enter_now():
    if 'stay' in request.form:
        current_app.session_interface.regenerate(session)
    session['user_id'] = 7  # SF309
    return ''
"""),
    "an id that the store does not know": factory(
        "from shop.base import Opened\napp.session_interface = Opened()",
        base=OPENED.replace("EMPTY", "sid=asked or token_hex(32))  # SF309"),
    ),
    "in a helper": views(
        """
def remember(user):
    session['account'] = user  # SF309

@bp.post('/')
def enter():
    remember(7)
    return ''
"""
    ),
    "Flask-Login": views(
        """
from flask_login import login_user

@bp.post('/')
def enter():
    login_user(current_app.users[7])  # SF309
    return ''
"""
    ),
    "renewed by a signal that logins do not send": views(
        """
from flask_login import login_user, user_loaded_from_request

@user_loaded_from_request.connect
def fresh(sender, user):
    current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    login_user(current_app.users[7])  # SF309
    return ''
"""
    ),
    "renewed by Flask-Login's signal, and not by Flask-Login": views(
        """
from flask_login import user_logged_in

@user_logged_in.connect
def fresh(sender, user):
    current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    session['user_id'] = 7  # SF309
    return ''
"""
    ),
    "a key elsewhere": views(
        """
from shop.keys import USER

@bp.post('/')
def enter():
    session[USER] = 7  # SF309
    return ''
""",
        keys="USER = 'user'\n",
    ),
    "renewed when there is nothing in it": views(
        """
@bp.post('/')
def enter():
    session.clear()
    current_app.session_interface.regenerate(session)
    session['user_id'] = 7  # SF309
    return ''
"""
    ),
    "renewed on demand, and nobody asks": views(
        """
def remember(user, fresh_id=None):
    session['account'] = user  # SF309
    if fresh_id:
        current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    remember(7)
    return ''
"""
    ),
    "kept by an object": views(
        """
class Visitor:
    KEY = 'user_id'

    def __init__(self, store=session):
        self.store = store

    def remember(self, user):
        self.store[self.KEY] = user  # SF309

@bp.post('/')
def enter():
    Visitor().remember(7)
    return ''
"""
    ),
    "an id of the browser's": views(
        ANSWER
        + """

@bp.post('/')
def enter():
    if not current_app.verify(request.form['user'], request.form['password']):
        return ''
    mark = request.cookies['shop_session'] if 'shop_session' in request.cookies else secrets.token_hex(32)  # SF309
    current_app.store[mark] = 7
    return answer(mark)
"""
    ),
}
FINE = {
    "an id that the store knows": factory(
        "from shop.base import Opened\napp.session_interface = Opened()",
        base=OPENED.replace("EMPTY", "sid=token_hex(32))"),
    ),
    "renewed where somebody logs in": views("""
@bp.post('/')
def enter():
    user = current_app.users.get(request.form['name'])
    if request.form.get('word') == 'open':
        session['user_id'] = user
        if hasattr(current_app.session_interface, 'regenerate'):
            current_app.session_interface.regenerate(session)
    return ''
"""),
    "the browser's id is forgotten, and goes on elsewhere": views(
        ANSWER
        + """

@bp.post('/')
def enter():
    if not current_app.verify(request.form['user'], request.form['password']):
        return ''
    current_app.store.pop(request.cookies.get('shop_session'), None)
    return answer(secrets.token_hex(32))

@bp.post('/longer')
def longer():
    return answer(request.cookies['shop_session'])
"""
    ),
    "cleared, filled and renewed": views(
        """
@bp.post('/')
def enter():
    session.clear()
    session['user_id'] = 7
    current_app.session_interface.regenerate(session)
    return ''
"""
    ),
    "renewed": views(
        """
@bp.post('/')
def enter():
    session['user_id'] = 7
    current_app.session_interface.regenerate(session)
    return ''
"""
    ),
    "renewed by a helper": views(
        """
def fresh():
    current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    fresh()
    session['user_id'] = 7
    return ''
"""
    ),
    "renewed by the signal of the login": views(
        """
from flask_login import login_user
from shop.signed_in import start

@bp.post('/')
def enter():
    login_user(current_app.users[7])
    return ''
""",
        signed_in="""
from flask import session
from flask_login import user_logged_in

def fresh(sender, user):
    sender.session_interface.regenerate(session)

def start(app):
    user_logged_in.connect(fresh, app)
""",
    ),
    "renewed by the signal of the login, decorated": views(
        """
import flask_login

@flask_login.user_logged_in.connect_via(current_app)
def fresh(sender, **_):
    current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    flask_login.login_user(current_app.users[7])
    return ''
"""
    ),
    "renewed unless somebody says no": views(
        """
def remember(user, keep_id=False):
    session['account'] = user
    if keep_id:
        return
    current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    remember(7)
    return ''
"""
    ),
    "renewed on demand": views(
        """
def remember(user, fresh_id):
    session['account'] = user
    if fresh_id:
        current_app.session_interface.regenerate(session)

@bp.post('/')
def enter():
    remember(7, 'new' in request.form)
    return ''
"""
    ),
    "renewed on demand, by whom the source does not tell": views(
        """
def remember(user, fresh_id=False):
    session['account'] = user
    if fresh_id:
        current_app.session_interface.regenerate(session)

def start(app):
    app.remember = remember

@bp.post('/')
def enter():
    current_app.remember(7, fresh_id=True)
    return ''
"""
    ),
    "renewed by the caller": views(
        """
def remember(user):
    session['uid'] = user

@bp.post('/')
def enter():
    current_app.session_interface.regenerate(session)
    remember(7)
    return ''
"""
    ),
    "no login": views(
        """
@bp.post('/')
def enter():
    session['cart'] = [7]
    session['user_agent'] = 'x'
    return ''
"""
    ),
    "a logout": views("""
@bp.post('/')
def leave():
    session['user_id'] = None
    return ''
"""),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF309") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF309") == []
