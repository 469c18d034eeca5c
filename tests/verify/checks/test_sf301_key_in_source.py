from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import KEYLESS, factory


def keyed(lines: str, /, **modules: str) -> dict[str, str]:
    return factory(lines, KEYLESS, **modules)


FAULTS = {
    "attribute": keyed('app.secret_key = "k-2f81"  # SF301'),
    "bytes": keyed('app.secret_key = b"k-2f81"  # SF301'),
    "a default": keyed('app.config["SECRET_KEY"] = os.environ.get("SHOP_KEY", "changeme")  # SF301'),
    "or": keyed('app.secret_key = os.environ.get("SHOP_KEY") or "changeme"  # SF301'),
    "a conditional": keyed('app.secret_key = os.environ["K"] if "K" in os.environ else "x"  # SF301'),
    "filled in when empty": keyed(
        """
key = os.environ.get("K")
if not key:
    key = "x"  # SF301
app.secret_key = key
"""
    ),
    "after an error": keyed(
        """
try:
    key = os.environ["K"]
except KeyError:
    key = "x"  # SF301
app.secret_key = key
"""
    ),
    "setdefault": keyed('app.config.setdefault("SECRET_KEY", "x")  # SF301'),
    "only when nothing is there": keyed(
        """
if not app.config.get("SECRET_KEY"):
    app.config["SECRET_KEY"] = "x"  # SF301
"""
    ),
    "a constant elsewhere": keyed("from shop import base\napp.secret_key = base.KEY", base='KEY = "a" * 32  # SF301\n'),
    "encoded": keyed("""
import hashlib
app.secret_key = hashlib.sha256(b"shop").hexdigest()  # SF301
"""),
    "put together": keyed('NAME = "shop"\napp.secret_key = f"{NAME}-{NAME.upper()}"  # SF301'),
    "the application's name": keyed(
        "import base64\napp.secret_key = base64.b64encode(b'shop:' + app.name.encode())  # SF301"
    ),
    "a module's name": keyed("""
import hashlib
app.secret_key = hashlib.sha1(__name__.encode()).hexdigest()  # SF301
"""),
    "another setting": keyed("""
import uuid
app.secret_key = str(uuid.uuid5(uuid.NAMESPACE_DNS, app.config["SESSION_TYPE"]))  # SF301
"""),
    "one of two profiles": keyed(
        "from shop import base\napp.config.from_object(base.Shop if os.environ['REGION'] == 'eu' else base.Other)",
        base="""
import os

class Shop:
    SECRET_KEY = os.environ['K']

class Other:
    SECRET_KEY = 'other'  # SF301
""",
    ),
    "where it stands": keyed("import pathlib\napp.secret_key = str(pathlib.Path(__file__).resolve().parent)  # SF301"),
    "joined": keyed('app.secret_key = "".join(["a", "b"])  # SF301'),
    "by a helper with a default": keyed(
        """
from shop.base import setting
app.secret_key = setting("SECRET_KEY", "dev")  # SF301
""",
        base="""
import os

def setting(name, default=None):
    return os.environ.get(name, default)
""",
    ),
    "by a settings library": keyed(
        """
from environs import Env
env = Env()
app.secret_key = env.str("SECRET_KEY", "dev")  # SF301
"""
    ),
    "by another settings library": keyed(
        """
from decouple import config
app.secret_key = config("SECRET_KEY", default="dev")  # SF301
"""
    ),
    "settings with types": keyed(
        """
from shop.base import Settings
settings = Settings()
app.secret_key = settings.secret_key
""",
        base="""
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    secret_key: str = "dev"  # SF301
""",
    ),
    "a dataclass's default": keyed(
        "from shop.base import load\napp.secret_key = load().key",
        base="""
from dataclasses import dataclass

@dataclass
class S:
    key: str = 'dev'  # SF301

def load():
    return S()
""",
    ),
    "a base class": keyed(
        "from shop.base import Live\napp.config.from_object(Live)",
        base="""
import os

class Base:
    SECRET_KEY = os.environ.get('K') or 'hard'  # SF301

class Live(Base):
    X = 1
""",
    ),
    "a base class, where an annotation gives no other": keyed(
        "from shop.base import Live\napp.config.from_object(Live)",
        base="""
class Other:
    SECRET_KEY: bytes

class Base:
    SECRET_KEY = b'for-my-machine'  # SF301

class Live(Other, Base):
    SECRET_KEY: bytes
""",
    ),
    "of an instance": keyed(
        "from shop.base import Live\napp.config.from_object(Live('eu'))",
        base="""
class Live:
    def __init__(self, region):
        self.SECRET_KEY = f'{region}-k-2f81'  # SF301
""",
    ),
    "another kind of key": keyed('app.config["JWT_SECRET_KEY"] = "x"  # SF301'),
    "an old key": keyed('app.config["SECRET_KEY_FALLBACKS"] = ["old-key"]  # SF301'),
    "a signer": keyed("""
from itsdangerous import URLSafeTimedSerializer as S
app.signer = S("k")  # SF301
"""),
    "a file of the project": keyed('app.secret_key = open("key.txt").read().strip()  # SF301')
    | {"key.txt": "k-2f81\n"},
    "TOML": keyed("""
import tomllib
app.config.from_file("x.toml", load=tomllib.load, text=False)
""")
    | {"src/shop/x.toml": 'A = 1\nSECRET_KEY = "k"  # SF301\n'},
    "read by hand": keyed(
        """
import json
with open("x.json") as f:
    data = json.load(f)
app.secret_key = data["key"]
"""
    )
    | {"x.json": '{"B": "# SF301", "key": "k"}'},
    "put into the environment": keyed(
        """
os.environ.setdefault("SECRET_KEY", "dev")  # SF301
app.secret_key = os.environ["SECRET_KEY"]
"""
    ),
    "made anew: a default": factory('app.secret_key = os.environ.get("K", secrets.token_hex())  # SF301', KEYLESS),
    "made anew: or": factory('app.secret_key = os.environ.get("K") or os.urandom(24)  # SF301', KEYLESS),
    "made anew: always": factory('import uuid\napp.config["SECRET_KEY"] = uuid.uuid4().hex  # SF301', KEYLESS),
    "made anew: at import": factory(
        "from shop.base import KEY\napp.secret_key = KEY",
        KEYLESS,
        base="import random\nKEY = str(random.getrandbits(256))  # SF301\n",
    ),
    "made anew: hashed": factory(
        """
import hashlib, time
app.secret_key = hashlib.sha256(str(time.time()).encode()).digest()  # SF301
""",
        KEYLESS,
    ),
    "made anew: letters": factory(
        """
import random, string
app.secret_key = ''.join(random.choices(string.ascii_letters, k=40))  # SF301
""",
        KEYLESS,
    ),
    "made anew: by a function": factory(
        "from shop.base import key\napp.secret_key = key()",
        KEYLESS,
        base="""
import os, secrets

def key():
    if 'K' in os.environ:
        return os.environ['K']
    return secrets.token_bytes(32)  # SF301
""",
    ),
    "what everybody knows of the machine": keyed(
        """
import hashlib, socket
app.secret_key = hashlib.sha256(f"shop-{socket.gethostname()}".encode()).hexdigest()  # SF301
"""
    ),
    "what everybody knows of the machine and the package": keyed(
        "from shop.base import made\napp.secret_key = made(__name__)",
        base="""
import hashlib, socket

def made(package):
    return hashlib.sha256(f"{package}@{socket.getfqdn()}".encode()).hexdigest()  # SF301
""",
    ),
    "what everybody knows of the machine, by a helper": keyed(
        "from shop.base import sealed\napp.secret_key = sealed('sessions')",
        base="""
import hashlib, hmac, os

def home():
    return f"{os.environ['HOSTNAME']}:{os.geteuid()}"  # SF301

def sealed(what):
    return hmac.new(home().encode(), what.encode(), hashlib.sha512).digest()
""",
    ),
    "only complained about": keyed(
        """
app.config["SECRET_KEY"] = os.environ.get("K", "set me")  # SF301
if app.config["SECRET_KEY"] == "set me":
    print("this is not a key")
"""
    ),
    "cut short": keyed('app.secret_key = os.environ["K"].strip()[:8]  # SF301'),
    "of a token": factory(
        "",
        base="""
import jwt

KEY = "k-2f81"  # SF301

def issue(user):
    return jwt.encode({"sub": user.id}, KEY, algorithm="HS256")
""",
    ),
    "kept where the environment has none": keyed(
        """
app.secret_key = "for my machine"  # SF301
app.secret_key = os.environ.get("SECRET_KEY") or app.secret_key
"""
    ),
    "kept where the variable is missing": keyed(
        """
app.config["SECRET_KEY"] = "for my machine"  # SF301
try:
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
except KeyError:
    pass
"""
    ),
}
FINE = {
    "cut, and long enough": keyed('app.secret_key = os.environ["K"].strip()[:64]'),
    "names, and a secret": keyed(
        """
import hashlib, pathlib
app.secret_key = hashlib.sha1(f"{__name__}/{app.name}".encode() + os.environb[b"K"]).hexdigest()
app.config["WTF_CSRF_SECRET_KEY"] = (pathlib.Path(app.instance_path) / "key").read_bytes()
app.config["JWT_SECRET_KEY"] = pathlib.Path(os.path.join(app.root_path, "jwt")).read_text()
"""
    ),
    "always replaced": keyed(
        """
app.config["SECRET_KEY"] = "for my machine"
app.config.update(SECRET_KEY=os.environ["SECRET_KEY"])
"""
    ),
    "the public half of a token's key": factory(
        "",
        base="""
import jwt

KEY = "-----BEGIN PUBLIC KEY-----\\nMFkw"

def read(token):
    return jwt.decode(token, key=KEY, algorithms=["ES256"])
""",
    ),
    "asked for again": keyed(
        "from shop.base import Live\napp.secret_key = Live().secret_key",
        base="""
from pydantic_settings import BaseSettings

class Base(BaseSettings):
    secret_key: str = 'for-my-machine'

class Live(Base):
    secret_key: str
""",
    ),
    "a path that the environment names": keyed(
        "import pathlib\napp.secret_key = pathlib.Path(os.environ['HOME'], '.shop-key').read_text()"
    ),
    "a name of the machine beside a key": keyed(
        """
import hashlib, socket
key = os.environ["SHOP_KEY"]
app.secret_key = hashlib.sha256(f"{key}-{socket.gethostname()}".encode()).hexdigest()
"""
    ),
    "required": keyed('app.secret_key = os.environ["SECRET_KEY"]'),
    "empty": keyed('app.secret_key = os.environ.get("SECRET_KEY", "")'),
    "raised": keyed("""
key = os.environ.get("K")
if not key:
    raise SystemExit("set K")
app.secret_key = key
"""),
    "a helper that raises": keyed(
        'from shop.base import setting\napp.secret_key = setting("SECRET_KEY")',
        base="""
import os

def setting(name):
    try:
        return os.environ[name]
    except KeyError:
        raise SystemExit(f'set {name}')
""",
    ),
    "decoded": keyed("""
import base64
app.secret_key = base64.b64decode(os.environ["K"] + "==")
"""),
    "derived from what is required": keyed(
        """
import hmac
app.secret_key = hmac.digest(os.environ["K"].encode(), b"cookies", "sha256")
"""
    ),
    "a mounted file": keyed("""
import pathlib
app.secret_key = pathlib.Path("/run/secrets/key").read_text().strip()
"""),
    "a path from the environment": keyed('app.secret_key = open(os.environ["SECRET_KEY_FILE"]).read()'),
    "refused at start": keyed(
        """
import sys

def give_up(why):
    print(why, file=sys.stderr)
    sys.exit(1)

app.config.from_mapping(SECRET_KEY="set me")
app.config.from_envvar("SHOP_SETTINGS")
if app.config["SECRET_KEY"] == "set me":
    give_up("set SECRET_KEY")
"""
    ),
    "made once, and kept": keyed(
        """
import pathlib

def own_key(path):
    if path.exists():
        return path.read_bytes()
    made = secrets.token_bytes()
    path.write_bytes(made)
    return made

app.secret_key = own_key(pathlib.Path(app.instance_path) / "key")
"""
    ),
    "for tests": keyed(
        """
app.secret_key = os.environ["K"]
if os.environ.get("SHOP_ENV") == "test":
    app.secret_key = "t"
"""
    ),
    "for test cases": keyed(
        "app.config.from_object(profile)",
        support="""
import unittest
from shop import create_app

class Keys:
    SECRET_KEY = 't'

class ShopTestCase(unittest.TestCase):
    def setUp(self):
        self.app = create_app(Keys)
""",
    ),
    "an instance that asks for it": keyed(
        "from shop.base import Live\napp.config.from_object(Live())",
        base="""
import os

class Live:
    def __init__(self):
        self.SECRET_KEY = os.environ['K']
""",
    ),
    "a name that only sounds so": keyed(
        """
app.secret_key = os.environ["K"]
app.config["SECRET_KEY_NAME"] = "main"
app.config["KEY_FILE"] = "k"
"""
    ),
    "a class that nobody chooses": keyed(
        "from shop.base import Live\napp.config.from_object(Live)",
        base="""
import os

class Test:
    SECRET_KEY = 't'

class Live:
    SECRET_KEY = os.environ['K']
""",
    ),
    "a library without a default": keyed("""
from environs import Env
env = Env()
app.secret_key = env("SECRET_KEY")
"""),
    "made anew: required": factory(""),
    "made anew: a command that prints one": factory("@app.cli.command()\ndef key():\n    print(secrets.token_hex(32))"),
    "made anew: something else that is random": factory('app.config["BUILD"] = secrets.token_hex(4)'),
    "made anew: for developers": factory(
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
    assert found(project(files), "SF301") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF301") == []
