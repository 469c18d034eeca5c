from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import views

FAULTS = {
    "digits, in a generator": views("""
import random, string

def new():
    reset_token: str = ''.join(random.choice(string.digits) for _ in range(8))  # SF312
    return reset_token
"""),
    "a short token": views("""
import secrets

def new():
    sid = secrets.token_hex(4)  # SF312
    return sid
"""),
    "not random": views(
        """
import random

def new():
    session_id = str(random.randint(0, 10 ** 30))  # SF312
    return session_id
"""
    ),
    "a clock": views(
        """
import hashlib, time

class S:
    def start(self):
        self.sid = hashlib.md5(str(time.time()).encode()).hexdigest()  # SF312
"""
    ),
    "given by name": views("""
import uuid

def new(make):
    return make(sid=uuid.uuid1().hex)  # SF312
"""),
    "a function's result": views("""
import random

def make_sid():
    return random.choice('abc')  # SF312
"""),
    "the value of a cookie": views("""
import random

@bp.post('/')
def enter():
    key = "".join(random.choice("abcdef") for _ in range(40))  # SF312
    response = make_response('')
    response.set_cookie("access", key, secure=True, httponly=True, samesite="Lax")
    return response
"""),
    "a cookie at random, where a password is given": views("""
import random

def fresh():
    return ''.join(random.choices('abcdef', k=40))  # SF312

@bp.post('/')
def enter():
    if request.form['password'] != current_app.config['DOOR']:
        return '', 403
    response = make_response(random.choice(('Hello', 'Hi')))
    response.set_cookie("till", fresh(), secure=True, httponly=True, samesite="Lax")
    return response
"""),
}
FINE = {
    "a cookie at random that proves nothing": views("""
import random

@bp.get('/')
def show():
    response = make_response('')
    response.set_cookie("variant", random.choice(('a', 'b')), secure=True, httponly=True, samesite="Lax")
    return response
"""),
    "the value of a cookie, at random": views("""
import random, secrets

@bp.post('/')
def enter():
    response = make_response(random.choice(("Hello", "Hi")))
    key = "".join(secrets.choice("abcdef") for _ in range(40))
    response.set_cookie("access", key, secure=True, httponly=True, samesite="Lax")
    return response
"""),
    "a clock in what is signed": views("""
import time
from itsdangerous import Signer

@bp.post('/')
def enter():
    response = make_response('')
    ticket = Signer(current_app.secret_key).sign(f"7.{int(time.time())}")
    response.set_cookie("ticket", ticket, secure=True, httponly=True, samesite="Lax")
    return response
"""),
    "a clock beside what is random": views("""
import secrets, time

def new():
    sid = f'{time.time()}-{secrets.token_hex(32)}'
    return sid
"""),
    "random": views("""
import secrets

def new():
    sid = secrets.token_urlsafe(32)
    return sid
"""),
    "random by default": views("""
import secrets

def new():
    sid = secrets.token_urlsafe()
    return sid
"""),
    "something else": views("""
import random

def new():
    colour = random.choice(['red'])
    return colour
"""),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF312") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF312") == []
