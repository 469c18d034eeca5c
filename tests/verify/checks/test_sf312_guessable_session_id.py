from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import factory, marks, views

FAULTS = {
    "short": factory("app.config['SESSION_ID_LENGTH'] = 8  # SF312"),
    "a short token": views("import secrets\n\ndef new():\n    sid = secrets.token_hex(4)  # SF312\n    return sid\n"),
    "not random": views(
        "import random\n\ndef new():\n    session_id = str(random.randint(0, 10 ** 30))  # SF312\n    return session_id\n"
    ),
    "a clock": views(
        "import hashlib, time\n\nclass S:\n    def start(self):\n        self.sid = hashlib.md5(str(time.time()).encode()).hexdigest()  # SF312\n"
    ),
    "given by name": views("import uuid\n\ndef new(make):\n    return make(sid=uuid.uuid1().hex)  # SF312\n"),
    "a function's result": views("import random\n\ndef make_sid():\n    return random.choice('abc')  # SF312\n"),
}
FINE = {
    "long": factory("app.config['SESSION_ID_LENGTH'] = 32"),
    "random": views("import secrets\n\ndef new():\n    sid = secrets.token_urlsafe(32)\n    return sid\n"),
    "random by default": views("import secrets\n\ndef new():\n    sid = secrets.token_urlsafe()\n    return sid\n"),
    "something else": views("import random\n\ndef new():\n    colour = random.choice(['red'])\n    return colour\n"),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF312") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF312") == []
