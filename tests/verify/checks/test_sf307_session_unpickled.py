from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

FAULTS = {
    "an interface": factory(
        "",
        base="""
import pickle
from flask.sessions import SessionInterface

class S(SessionInterface):
    def open_session(self, app, request):
        return pickle.loads(self.store[request.cookies['s']])  # SF307
""",
    ),
    "by another name": factory(
        "",
        base="""
from marshal import loads as read
from flask import sessions

class S(sessions.SessionInterface):
    def open_session(self, app, request):
        return read(self.raw(request))  # SF307
""",
    ),
    "a helper of one": factory(
        "",
        base="""
from flask.sessions import SessionInterface
from shop.codec import unpack

class S(SessionInterface):
    def open_session(self, app, request):
        return unpack(request.cookies['s'])
""",
        codec="import dill\n\ndef unpack(raw):\n    return dill.loads(raw)  # SF307\n",
    ),
    "a field of a form": views(
        """
import base64, pickle

@bp.post('/next')
def step():
    return pickle.loads(base64.b64decode(request.form['state']))  # SF307
"""
    ),
    "a cookie": views(
        """
import base64, pickle

@bp.get('/')
def show():
    return pickle.loads(base64.b64decode(request.cookies['cart']))  # SF307
"""
    ),
    "a serializer": factory(
        """
import pickle
from itsdangerous import URLSafeSerializer
app.s = URLSafeSerializer(app.secret_key, serializer=pickle)  # SF307
"""
    ),
    "the interface's serializer": factory("import pickle\napp.session_interface.serializer = pickle  # SF307"),
    "a serializer of one's own": factory(
        "from shop.base import Codec\napp.session_interface.serializer = Codec()",
        base="""
import pickle as fmt
from flask_session.base import Serializer

class Codec(Serializer):
    def decode(self, data):
        return fmt.loads(data)  # SF307
""",
    ),
}
FINE = {
    "a copy": views(
        """
import json, pickle

PLAIN = {'lines': []}

@bp.get('/')
def show():
    copy = pickle.loads(pickle.dumps(PLAIN))
    return copy | json.loads(request.cookies['cart'])
"""
    ),
    "JSON": factory(
        "",
        base="""
import json
from flask.sessions import SessionInterface

class S(SessionInterface):
    def open_session(self, app, request):
        return json.loads(self.store[request.cookies['s']])
""",
    ),
    "a model that we made": factory(
        "",
        base="""
import pickle

def model():
    with open('/srv/model', 'rb') as f:
        return pickle.load(f)
""",
    ),
    "a cookie's JSON": views(
        """
import json

@bp.get('/')
def show():
    return json.loads(request.cookies['cart'])
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF307") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF307") == []
