from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import KEYLESS, factory

FAULTS = {
    "a default": factory('app.secret_key = os.environ.get("K", secrets.token_hex())  # SF302', KEYLESS),
    "or": factory('app.secret_key = os.environ.get("K") or os.urandom(24)  # SF302', KEYLESS),
    "always": factory('import uuid\napp.config["SECRET_KEY"] = uuid.uuid4().hex  # SF302', KEYLESS),
    "at import": factory(
        "from shop.base import KEY\napp.secret_key = KEY",
        KEYLESS,
        base="import random\nKEY = str(random.getrandbits(256))  # SF302\n",
    ),
    "hashed": factory(
        """
import hashlib, time
app.secret_key = hashlib.sha256(str(time.time()).encode()).digest()  # SF302
""",
        KEYLESS,
    ),
    "letters": factory(
        """
import random, string
app.secret_key = ''.join(random.choices(string.ascii_letters, k=40))  # SF302
""",
        KEYLESS,
    ),
    "by a function": factory(
        "from shop.base import key\napp.secret_key = key()",
        KEYLESS,
        base="""
import os, secrets

def key():
    if 'K' in os.environ:
        return os.environ['K']
    return secrets.token_bytes(32)  # SF302
""",
    ),
}
FINE = {
    "required": factory(""),
    "a command that prints one": factory("@app.cli.command()\ndef key():\n    print(secrets.token_hex(32))"),
    "something else that is random": factory('app.config["BUILD"] = secrets.token_hex(4)'),
    "for developers": factory(
        """
app.secret_key = os.environ["K"] if profile != "dev" else "d"
if os.environ.get("SHOP_ENV") == "development":
    app.secret_key = secrets.token_hex()
""",
        KEYLESS,
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF302") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF302") == []
