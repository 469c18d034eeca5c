from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import FACTORY, factory, views

FAULTS = {
    "off by names put together": factory(
        """
print([k.lower() for k in ('a', 'b')])
for_cookie = {'httponly': False}  # SF303
app.config.update({f'SESSION_COOKIE_{k.upper()}': v for k, v in for_cookie.items()})
"""
    ),
    "off by the fields of an object": factory(
        """
from dataclasses import asdict
from shop.base import WIDE, named
app.config.update(named(asdict(WIDE)))
""",
        base="""
from dataclasses import dataclass

@dataclass(frozen=True)
class Rules:
    SAMESITE: str
    SECURE: bool = True

NARROW = Rules('Lax')
WIDE = Rules(SAMESITE='None')  # SF303

def named(rules):
    return {f'SESSION_COOKIE_{word}': rule for word, rule in rules.items()}
""",
    ),
    "off": factory('app.config["SESSION_COOKIE_HTTPONLY"] = False  # SF303'),
    "off by a class": factory(
        "from shop.base import C\napp.config.from_object(C)", base="class C:\n    SESSION_COOKIE_SECURE = 0  # SF303\n"
    ),
    "off unless asked for": factory(
        'app.config.update(SESSION_COOKIE_SECURE=os.getenv("HTTPS", "no") == "yes")  # SF303'
    ),
    "for every site": factory('app.config["SESSION_COOKIE_SAMESITE"] = "None"  # SF303'),
    "remembered in clear": factory('app.config["REMEMBER_COOKIE_SECURE"] = False  # SF303'),
    "remembered, and nothing said": views(
        """
from flask_login import login_user

@bp.post('/')
def enter():
    login_user(current_app.users[request.form['name']], 'stay' in request.form)  # SF303
    return ''
"""
    ),
    "nothing said": factory(
        "",
        FACTORY.replace("_SECURE=True", "_NAME='s'")
        .replace('        SECRET_KEY=os.environ["SECRET_KEY"],\n', "")
        .replace("from_mapping(\n", "from_mapping(  # SF303\n")
        .replace('SESSION_TYPE="redis"', 'SECRET_KEY=os.environ["K"], SESSION_TYPE="redis"'),
    ),
    "set: no flags": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('auth_token', request.form['t'])  # SF303
    return r
"""
    ),
    "set: one missing": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('sid', 'x' + request.form['t'], secure=True, httponly=True)  # SF303
    return r
"""
    ),
    "set: switched off": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('jwt', request.form['t'], secure=False, httponly=True, samesite='Lax')  # SF303
    return r
"""
    ),
    "set: by what it holds": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('c', secrets.token_urlsafe(32), httponly=True, samesite='Lax')  # SF303
    return r
"""
    ),
    "set: by position": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('remember_token', request.form['t'], 60, None, '/', None, True)  # SF303
    return r
"""
    ),
    "set: unpacked": views(
        """
import secrets
OPTIONS = {'secure': True, 'samesite': 'None', 'httponly': True}
@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', request.form['t'], **OPTIONS)  # SF303
    return r
"""
    ),
    "set: a name elsewhere": views(
        """
import secrets
NAME = 'access-token'
@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie(NAME, request.form['t'])  # SF303
    return r
"""
    ),
}
FINE = {
    "set": factory(""),
    "set by the fields of an object": factory(
        """
from typing import NamedTuple
class Rules(NamedTuple):
    samesite: str = 'None'
    secure: bool = True
app.config.update({f'SESSION_COOKIE_{word.upper()}': rule for word, rule in Rules('Lax')._asdict().items()})
"""
    ),
    "never remembered": views(
        """
from flask_login import login_user

@bp.post('/')
def enter():
    login_user(current_app.users[request.form['name']], remember=False)
    return ''
"""
    ),
    "remembered with flags": factory(
        """
from shop.views import bp
app.register_blueprint(bp)
app.config.update(REMEMBER_COOKIE_SECURE=True, REMEMBER_COOKIE_SAMESITE='Strict')
""",
        views="""
from flask import Blueprint, current_app, request
from flask_login import login_user

bp = Blueprint('b', __name__)

@bp.post('/')
def enter():
    login_user(current_app.users[request.form['name']], remember=True)
    return ''
""",
    ),
    "off in debug mode": factory("app.config['SESSION_COOKIE_SECURE'] = not app.debug"),
    "set by names put together": factory(
        """
for_cookie = dict(SECURE=True, SAMESITE='Lax')
app.config.update({f'SESSION_COOKIE_{k}': v for k, v in for_cookie.items()})
""",
        FACTORY.replace("        SESSION_COOKIE_SECURE=True,\n", "").replace(
            '        SESSION_COOKIE_SAMESITE="Lax",\n', ""
        ),
    ),
    "from a place that cannot be read": factory(
        "app.config.from_envvar('SHOP_SETTINGS')", FACTORY.replace("        SESSION_COOKIE_SECURE=True,\n", "")
    ),
    "no sessions": {
        "src/shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n"
    },
    "off for developers": factory(
        """
if os.environ.get("SHOP_ENV") == "dev":
    app.config["SESSION_COOKIE_SECURE"] = False
"""
    ),
    "strict": factory('app.config["SESSION_COOKIE_SAMESITE"] = "Strict"'),
    "set: all flags": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('auth_token', request.form['t'], secure=True, httponly=True, samesite='Strict')
    return r
"""
    ),
    "set: all flags unpacked": views(
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
    "set: a preference": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('theme', request.form['t'])
    return r
"""
    ),
    "set: deleted": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', '', max_age=0)
    return r
"""
    ),
    "set: the configuration's flags": views(
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
    "set: options from elsewhere": views(
        """
import secrets

@bp.post('/')
def enter():
    r = make_response('')
    r.set_cookie('session', request.form['t'], **current_app.config['COOKIE'])
    return r
"""
    ),
    "set: read by scripts on purpose": views(
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
    assert found(project(files), "SF303") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF303") == []
