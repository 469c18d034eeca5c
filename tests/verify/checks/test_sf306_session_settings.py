from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

TOKEN = """
import json
import secrets
import time
from redis import Redis

store = Redis()

@bp.post('/')
def enter():
    token = secrets.token_urlsafe()
    PUT
    answer = make_response('')
    answer.set_cookie('auth', token, secure=True, httponly=True, samesite='Lax')
    return answer
"""
SEAT = """
from itsdangerous import URLSafeTimedSerializer

def signer():
    return URLSafeTimedSerializer(current_app.secret_key)

@bp.post('/')
def take():
    guest = current_app.guests.find(request.form['name'], request.form['WORD'])
    response = make_response('')
    response.set_cookie('seat', signer().dumps(guest), max_age=3600, secure=True, httponly=True)
    return response

@bp.get('/')
def show():
    return {'guest': signer().loads(request.cookies['seat'])}AT
"""
FAULTS = {
    "a token in Redis for ever": views(
        TOKEN.replace("PUT", "store.set(f'auth:{token}', request.form['name'])  # SF306")
    ),
    "tokens in one hash": views(TOKEN.replace("PUT", "store.hset('auth', token, request.form['name'])  # SF306")),
    "a token that a login gives, whatever its name": views(SEAT.replace("WORD", "password").replace("AT", "  # SF306")),
    "short ids": factory("app.config['SESSION_ID_LENGTH'] = 8  # SF306"),
    "files": factory('app.config["SESSION_TYPE"] = "filesystem"  # SF306'),
    "pickles": factory(
        "from shop.base import C\napp.config.from_object(C)", base="class C:\n    SESSION_TYPE = 'cachelib'  # SF306\n"
    ),
    "nothing": factory("app.config.update(SESSION_TYPE=None)  # SF306"),
    "by default": factory('app.config["SESSION_TYPE"] = os.environ.get("STORE", "filesystem")  # SF306'),
    "lifetime: years": factory(
        """
from datetime import timedelta
app.config['PERMANENT_SESSION_LIFETIME'] = timedelta(weeks=52)  # SF306
"""
    ),
    "lifetime: seconds": factory("app.permanent_session_lifetime = 60 * 60 * 24 * 365  # SF306"),
    "lifetime: by default": factory(
        "app.config['PERMANENT_SESSION_LIFETIME'] = int(os.environ.get('TTL', '31536000'))  # SF306"
    ),
    "lifetime: a class": factory(
        "from shop.base import C\napp.config.from_object(C)",
        base="""
from datetime import timedelta as td

class C:
    DAYS = 400
    PERMANENT_SESSION_LIFETIME = td(days=DAYS)  # SF306
""",
    ),
    "a login token of any age": views(
        """
from itsdangerous import BadSignature, TimestampSigner

def signer():
    return TimestampSigner(current_app.secret_key, salt='stay')

@bp.before_app_request
def come_back():
    try:
        session['uid'] = int(signer().unsign(request.cookies['stay_token']))  # SF306
    except (KeyError, BadSignature):
        pass
"""
    ),
}
FINE = {
    **{
        f"a token in Redis: {why}": views(TOKEN.replace("PUT", put))
        for why, put in {
            "an hour": "store.set(token, 'x', px=3600_000)",
            "by position": "store.set(token, 'x', 3600)",
            "afterwards": "store.hset(token, 'name', 'x'); store.expire(token, 3600)",
            "with its time": "store.set(token, json.dumps({'at': time.time()}))",
            "something else": "store.set('last', 'x')",
            "a cache with a limit of its own": "current_app.cache.set(token, 'x')",
        }.items()
    },
    "a login token of some age, a preference of any": views(
        """
from itsdangerous import URLSafeTimedSerializer

@bp.before_app_request
def come_back():
    signer = URLSafeTimedSerializer(current_app.secret_key)
    session['uid'] = signer.loads(request.args['login'], 600)

@bp.get('/')
def show():
    return URLSafeTimedSerializer(current_app.secret_key).loads(request.cookies['theme'])
"""
    ),
    "a token that no login gives": views(SEAT.replace("WORD", "colour").replace("AT", "")),
    "long ids": factory("app.config['SESSION_ID_LENGTH'] = 32"),
    "redis": factory(""),
    "overwritten": factory("""
app.config["SESSION_TYPE"] = "filesystem"
app.config["SESSION_TYPE"] = "sqlalchemy"
"""),
    "another type": factory('app.config["CACHE_TYPE"] = "filesystem"'),
    "for developers": factory("""
if os.environ.get("SHOP_ENV") == "dev":
    app.config["SESSION_TYPE"] = "filesystem"
"""),
    "lifetime: hours": factory("""
from datetime import timedelta
app.config['PERMANENT_SESSION_LIFETIME'] = timedelta(hours=12)
"""),
    "lifetime: seconds": factory("app.permanent_session_lifetime = 3600"),
    "lifetime: another lifetime": factory(
        """
app.config['CACHE_LIFETIME'] = 10 ** 9
app.config['SEND_FILE_MAX_AGE_DEFAULT'] = 31536000
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF306") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF306") == []
