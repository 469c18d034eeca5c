from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import factory, marks, views

FAULTS = {
    "an interface": factory(
        "",
        base="import pickle\nfrom flask.sessions import SessionInterface\n\nclass S(SessionInterface):\n    def open_session(self, app, request):\n        return pickle.loads(self.store[request.cookies['s']])  # SF307\n",
    ),
    "by another name": factory(
        "",
        base="from marshal import loads as read\nfrom flask import sessions\n\nclass S(sessions.SessionInterface):\n    def open_session(self, app, request):\n        return read(self.raw(request))  # SF307\n",
    ),
    "a helper of one": factory(
        "",
        base="from flask.sessions import SessionInterface\nfrom shop.codec import unpack\n\nclass S(SessionInterface):\n    def open_session(self, app, request):\n        return unpack(request.cookies['s'])\n",
        codec="import dill\n\ndef unpack(raw):\n    return dill.loads(raw)  # SF307\n",
    ),
    "a cookie": views(
        "import base64, pickle\n\n@bp.get('/')\ndef show():\n    return pickle.loads(base64.b64decode(request.cookies['cart']))  # SF307\n"
    ),
    "a serializer": factory(
        "import pickle\nfrom itsdangerous import URLSafeSerializer\napp.s = URLSafeSerializer(app.secret_key, serializer=pickle)  # SF307"
    ),
    "the interface's serializer": factory("import pickle\napp.session_interface.serializer = pickle  # SF307"),
}
FINE = {
    "JSON": factory(
        "",
        base="import json\nfrom flask.sessions import SessionInterface\n\nclass S(SessionInterface):\n    def open_session(self, app, request):\n        return json.loads(self.store[request.cookies['s']])\n",
    ),
    "a model that we made": factory(
        "",
        base="import pickle\n\ndef model():\n    with open('/srv/model', 'rb') as f:\n        return pickle.load(f)\n",
    ),
    "a cookie's JSON": views(
        "import json\n\n@bp.get('/')\ndef show():\n    return json.loads(request.cookies['cart'])\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF307") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF307") == []
