from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import FACTORY, factory

FAULTS = {
    "attribute": factory("app.debug = True  # SF201"),
    "key by a constant": factory('KEY = "DE" + "BUG"\napp.config[KEY] = 1  # SF201'),
    "text is true": factory('app.debug = os.environ.get("SHOP_DEBUG", "false")  # SF201'),
    "text is true, when it is there": factory('app.debug = bool(os.environ.get("SHOP_DEBUG"))  # SF201'),
    "required text": factory('app.config["DEBUG"] = os.environ["SHOP_DEBUG"]  # SF201'),
    "not false": factory('app.debug = os.getenv("SHOP_DEBUG") != "0"  # SF201'),
    "another name for the config": factory("settings = app.config\nsettings.update(dict(DEBUG=True))  # SF201"),
    "unpacked": factory(
        "from shop.base import DEFAULTS\napp.config.update(**DEFAULTS)", base='DEFAULTS = {"DEBUG": True}  # SF201'
    ),
    "dictionary filled later": factory(
        "from shop import base\napp.config.from_mapping(base.D)", base='D = {"A": 1}\nD["DEBUG"] = "yes"  # SF201'
    ),
    "union": factory('app.config |= {"DEBUG": True}  # SF201'),
    "setdefault": factory('app.config.setdefault("DEBUG", True)  # SF201'),
    "attributes by name": factory('for name in ("x",):\n    pass\nsetattr(app, "debug", not False)  # SF201'),
    "an inherited class": factory(
        "from shop.base import Live\napp.config.from_object(Live)",
        base="""
        class Config:
            DEBUG = True  # SF201

        class Live(Config):
            TESTING = False
        """,
    ),
    "an instance": factory(
        "from shop.base import Settings\napp.config.from_object(Settings())",
        base="""
from dataclasses import dataclass

@dataclass
class Settings:
    DEBUG: bool = True  # SF201
""",
    ),
    "a class by its path": factory(
        'app.config.from_object("shop.base.Local")', base="class Local:\n    DEBUG = 1  # SF201\n"
    ),
    "a profile of a YAML file": factory(
        """
import yaml
with open("shop.yaml") as lines:
    profiles = yaml.load(lines, Loader=yaml.SafeLoader)
app.config.update(profiles["live"])
app.config.from_file("more.yml", load=yaml.safe_load)
"""
    )
    | {
        "src/shop/shop.yaml": "common: &common\n  DEBUG: on  # SF201\n  TESTING: 'no'  # SF201\nlive:\n  <<: *common\n",
        "src/shop/more.yml": "TRAP_HTTP_EXCEPTIONS: 0x1  # SF201\nPROPAGATE_EXCEPTIONS: off\n",
    },
    "unless Python optimises": factory("if __debug__:\n    app.debug = True  # SF201"),
    "the fields of settings": factory(
        "from shop.base import Settings\napp.config.update(Settings().upper())",
        base="""
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            testing: bool = True  # SF201
            debug: bool = True

            def upper(self):
                return {key.upper(): value for key, value in self.model_dump(exclude={"debug"}).items()}
""",
    ),
    "the fields of a dataclass": factory(
        "import dataclasses\nfrom shop.base import Settings\napp.config |= dataclasses.asdict(Settings(TESTING=False))",
        base="""
        from dataclasses import dataclass

        @dataclass
        class Settings:
            TESTING: bool = True
            DEBUG: bool = True  # SF201
""",
    ),
    "its own module": factory("app.config.from_object(__name__)", "DEBUG = True  # SF201\n" + FACTORY),
    "a module": factory('app.config.from_object("shop.base")', base="DEBUG = True  # SF201\n"),
    "a profile chosen by default": factory(
        """
from shop.base import PROFILES
app.config.from_object(PROFILES[profile or os.getenv("SHOP_ENV", "dev")])
""",
        base="""
        class Config:
            DEBUG = False

        class Dev(Config):
            DEBUG = True  # SF201

        PROFILES = {"dev": Dev, "live": Config}
        """,
    ),
    "a profile by a made-up name": factory(
        """
name = os.getenv("SHOP_ENV", "dev").capitalize()
app.config.from_object(f"shop.base.{name}Config")
""",
        base="class DevConfig:\n    DEBUG = True  # SF201\n",
    ),
    "unless production is named": factory(
        """
if os.environ.get("SHOP_ENV", "") != "live":
    app.debug = True  # SF201
"""
    ),
    "by a helper": factory(
        """
from shop.base import flag
app.debug = flag("SHOP_DEBUG", "on")  # SF201
""",
        base="""
        import os

        def flag(name, default="off"):
            return os.environ.get(name, default).lower() in ("1", "on")
        """,
    ),
    "by a settings library": factory(
        """
from environs import Env
env = Env()
app.debug = env.bool("SHOP_DEBUG", True)  # SF201
"""
    ),
    "by another settings library": factory(
        """
from decouple import config
app.debug = config("SHOP_DEBUG", default="yes", cast=bool)  # SF201
"""
    ),
    "settings with types": factory(
        """
from shop.base import Settings
settings = Settings()
app.debug = settings.debug
""",
        base="""
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    debug: bool = True  # SF201
""",
    ),
    "a subclass of the app": factory(
        "",
        extra="""
import flask

class Shop(flask.Flask):
    def __init__(self):
        super().__init__(__name__)
        self.debug = True  # SF201
""",
    ),
    "a function that is given the app": factory(
        "from shop.base import configure\nconfigure(app)",
        base='def configure(a):\n    a.config["DEBUG"] = True  # SF201\n',
    ),
    "before the app has its configuration": factory(
        "",
        extra="""
import flask

class Shop(flask.Flask):
    def make_config(self, instance_relative=False):
        made = super().make_config(instance_relative)
        made.update(A=1, DEBUG=True)  # SF201
        return made
""",
    ),
    "in the defaults of a subclass": factory(
        "",
        extra="""
from flask import Flask
from werkzeug.datastructures import ImmutableDict

class Shop(Flask):
    default_config = ImmutableDict({
        **Flask.default_config,
        "TESTING": True,  # SF201
    })
""",
    ),
    "in a configuration of its own kind": factory(
        "",
        extra="""
import flask

class Settings(flask.Config):
    def __init__(self, root_path, defaults=None):
        super().__init__(root_path, defaults)
        self["DEBUG"] = True  # SF201

class Shop(flask.Flask):
    config_class = Settings
""",
    ),
    "the last of several files": factory(
        """
from shop.base import ORDER
for name in ORDER:
    app.config.from_pyfile(f"{name}.cfg")
""",
        base='ORDER = ["calm", "loud"]\n',
    )
    | {"src/shop/calm.cfg": "DEBUG = False\n", "src/shop/loud.cfg": "A = 1\nDEBUG = True  # SF201\n"},
    "a factory's argument, in a command": factory(
        "app.config.update(DEBUG=loud)", FACTORY.replace("profile=None", "profile=None, loud=False")
    )
    | {"Procfile": "web: gunicorn 'shop:create_app(None, loud=1)'  # SF201\n"},
    "JSON": factory('import json\napp.config.from_file("x.json", load=json.load)')
    | {"src/shop/x.json": '{\n  "A": 1, # SF201\n  "DEBUG": true\n}'},
    "a Python file": factory('app.config.from_pyfile("live.cfg")')
    | {"src/shop/live.cfg": "A = 1\nDEBUG = A == 1  # SF201\n"},
    "the deployment's text": factory("app.config.from_prefixed_env()")
    | {
        "Dockerfile": """
FROM python:3.13
ENV FLASK_DEBUG=False
CMD ["gunicorn", "shop:create_app()"]  # SF201
"""
    },
    "from a file read by hand": factory(
        """
import json, pathlib
D = json.loads(pathlib.Path(__file__).with_name("x.json").read_text())
app.config.update(D)
"""
    )
    | {"src/shop/x.json": '{"DEBUG": true}  # SF201'},
    "a text of an INI file": factory(
        """
from configparser import ConfigParser
ini = ConfigParser()
ini.read(["/etc/shop.ini"])
ini.read("shop.ini")
app.config.update(DEBUG=ini["errors"].get("shown", "no"), TESTING=ini.get("errors", "tests"))
"""
    )
    | {"src/shop/shop.ini": "[DEFAULT]\ntests = 0 # SF201\n[errors]\nshown: no # SF201\n"},
    "errors: propagated": factory("app.config.update(PROPAGATE_EXCEPTIONS=True)  # SF201"),
    "errors: trapped": factory('app.config["TRAP_BAD_REQUEST_ERRORS"] = 1  # SF201'),
    "errors: testing": factory("app.testing = True  # SF201"),
    "errors: testing in a class": factory(
        "from shop.base import C\napp.config.from_object(C())", base="class C:\n    TESTING = True  # SF201\n"
    ),
    "errors: unless production": factory(
        'app.config["TRAP_HTTP_EXCEPTIONS"] = os.getenv("SHOP_ENV") not in ("live", "stage")  # SF201'
    ),
}
FAULTS["JSON"]["src/shop/x.json"] = '{\n  "A": "# nothing",\n  "DEBUG": true, "B": "# SF201"\n}'
FAULTS["from a file read by hand"]["src/shop/x.json"] = '{"DEBUG": true, "B": "# SF201"}'
FAULTS["the deployment's text"]["Dockerfile"] = """
FROM python:3.13
ENV FLASK_DEBUG=False MARK="# SF201"
CMD ["gunicorn", "shop:create_app()"]
"""
FINE = {
    "off": factory("app.debug = False"),
    "compared": factory('app.debug = os.environ.get("SHOP_DEBUG", "0") == "1"'),
    "cast": factory("""
from environs import Env
env = Env()
app.debug = env.bool("SHOP_DEBUG", False)
"""),
    "a number": factory('app.debug = bool(int(os.environ.get("SHOP_DEBUG", "0")))'),
    "overwritten": factory("app.debug = True\napp.debug = False"),
    "what Flask's own method knows": factory(
        "",
        extra="""
import flask

class Shop(flask.Flask):
    default_config = dict(flask.Flask.default_config, DEBUG=True, TESTING=False)

    def make_config(self, instance_relative=False):
        made = super().make_config(instance_relative)
        made["SHOP_TRACE"] = made["DEBUG"]
        return made

class Shelf(dict):
    default_config = {"TESTING": True}

    def make_config(self):
        self["DEBUG"] = True
        return {}

shelf = Shelf().make_config()
shelf["DEBUG"] = True
""",
    ),
    "the last of several files is calm": factory(
        """
for name in ("loud.cfg", "calm.cfg"):
    app.config.from_pyfile(name)
"""
    )
    | {"src/shop/calm.cfg": "DEBUG = False\n", "src/shop/loud.cfg": "DEBUG = True\n"},
    "a factory's argument that production leaves out": factory(
        "app.debug = loud",
        FACTORY.replace("profile=None", "loud=False"),
        try_it="from shop import create_app\ncreate_app(True)\n",
    )
    | {"Procfile": "web: gunicorn --log-level debug 'shop:create_app()'\n"},
    "for developers": factory('if os.environ.get("SHOP_ENV") == "dev":\n    app.debug = True'),
    "for developers, by what is required": factory('if os.environ["SHOP_ENV"] != "production":\n    app.debug = True'),
    "left before": factory(
        "from shop.base import configure\nconfigure(app)",
        base="""
import os

def configure(app):
    if os.getenv('SHOP_ENV', 'live') != 'dev':
        return
    app.debug = True
""",
    ),
    "a class that nobody chooses": factory(
        "from shop.base import Live\napp.config.from_object(Live)",
        base="class Dev:\n    DEBUG = True\n\nclass Live(Dev):\n    DEBUG = False\n",
    ),
    "a profile chosen by nobody": factory(
        """
from shop.base import PROFILES
app.config.from_object(PROFILES[os.getenv("SHOP_ENV", "live")])
""",
        base="""
class Dev:
    DEBUG = True

class Live:
    DEBUG = False

PROFILES = {'dev': Dev, 'live': Live}
""",
    ),
    "the deployment chooses": factory(
        """
from shop.base import PROFILES
app.config.from_object(PROFILES[os.getenv("SHOP_ENV", "dev")])
""",
        base="""
class Dev:
    DEBUG = True

class Live:
    DEBUG = False

PROFILES = {'dev': Dev, 'live': Live}
""",
    )
    | {
        "Dockerfile": """
FROM python:3.13
ENV SHOP_ENV=live
CMD ["gunicorn", "shop:create_app()"]
"""
    },
    "what an INI file says": factory(
        """
from configparser import RawConfigParser
ini = RawConfigParser()
with open("shop.ini") as lines:
    ini.read_file(lines)
app.debug = ini.getboolean("errors", "shown", fallback=True)
app.testing = ini["errors"]["tests"] == "yes"
app.config["TRAP_HTTP_EXCEPTIONS"] = ini.get("errors", "trapped", fallback="")
"""
    )
    | {"src/shop/shop.ini": "[errors]\nshown = off\ntests = no\n"},
    "JSON in the environment": factory("app.config.from_prefixed_env()")
    | {
        "Dockerfile": """
FROM python:3.13
ENV FLASK_DEBUG=false
CMD ["gunicorn", "shop:create_app()"]
"""
    },
    "a profile of a YAML file with its own word": factory(
        """
import yaml
from pathlib import Path
profiles = yaml.safe_load(Path(__file__).with_name("shop.yaml").read_text())
app.config.from_mapping(**profiles[os.environ["SHOP_ENV"]])
"""
    )
    | {
        "src/shop/shop.yaml": "common: &common\n  DEBUG: true\ndev:\n  <<: *common\n"
        "production:\n  <<: *common\n  DEBUG: off\n  TESTING: ~\n",
    },
    "an optimising Python": factory("app.debug = __debug__")
    | {"Procfile": "web: python -O -m gunicorn shop:create_app()\n"},
    "an environment that has Python optimise": factory("app.testing = __debug__")
    | {"Dockerfile": "FROM python:3.13\nENV PYTHONOPTIMIZE=2\nCMD gunicorn 'shop:create_app()'\n"},
    "fields that are given, set by production under another name, or left out": factory(
        """
from shop.base import Settings
app.config.from_mapping(Settings(TESTING=False).plain())
app.config.update(Settings().model_dump(exclude_unset=True))
""",
        base="""
        from pydantic import Field
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            TESTING: bool = True
            DEBUG: bool = Field(True, validation_alias="SHOP_ERRORS")
            TRAP_HTTP_EXCEPTIONS: bool = True

            class Config:
                env_prefix = "SHOP_"

            def plain(self):
                return self.dict()
""",
    )
    | {"Procfile": "web: SHOP_ERRORS=0 SHOP_TRAP_HTTP_EXCEPTIONS=0 gunicorn 'shop:create_app()'\n"},
    "something else's debug": factory(
        """
class Job:
    debug = False
job = Job()
job.debug = True
app.config['DEBUG_TB_HOSTS'] = True
app.logger.setLevel(10)
"""
    ),
    "a class's attribute that is not upper-case": factory(
        "from shop.base import C\napp.config.from_object(C)", base="class C:\n    debug = True\n"
    ),
    "errors: off": factory("app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)"),
    "errors: for tests": factory('if profile == "test":\n    app.testing = True'),
    "errors: for tests, given": factory('app.config["TESTING"] = profile == "testing"'),
    "errors: explained templates": factory('app.config["EXPLAIN_TEMPLATE_LOADING"] = True'),
    "errors: left to Flask": factory('app.config["PROPAGATE_EXCEPTIONS"] = None'),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF201") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF201") == []
