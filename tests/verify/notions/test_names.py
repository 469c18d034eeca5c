import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.project import Project

Write = Callable[[dict[str, str]], Path]

OTHERS = {
    "src/shop/ext.py": """
from flask import Flask as Base, request
from flask_session import Session

store = Session()
""",
    "src/shop/base.py": """
from shop.ext import *
import flask as f

class Shop(Base):
    def greet(self):
        pass
""",
    "src/shop/__init__.py": "from .base import Shop\nfrom .ext import store as kept\n",
    "src/shop/desk/__init__.py": "import flask\ndesk = flask.Blueprint('d', __name__)\nfrom .views import *\n",
    "src/shop/desk/views.py": "from flask import Flask as till\nfrom . import desk\n",
}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import os\nos.environ.get", "os.environ.get"),
        ("from os import environ as e\ne.get", "os.environ.get"),
        ("import os.path as p\np.join", "os.path.join"),
        ("from flask.globals import session as s\ns", "flask.session"),
        ("from flask import *\nrender_template_string", "flask.render_template_string"),
        ("from shop.ext import Base\nBase", "flask.Flask"),
        ("from shop import Shop\nShop", "shop.base.Shop"),
        ("from shop.base import Base\nBase", "flask.Flask"),
        ("from shop.base import request as r\nr.args", "flask.request.args"),
        ("import flask\nF = flask.Flask\nF", "flask.Flask"),
        ("import flask\napp = flask.Flask(__name__)\napp.run", "flask.Flask.run"),
        ("from shop import Shop\nShop(__name__).run", "flask.Flask.run"),
        ("from shop import Shop\nShop(__name__).greet", "shop.base.Shop.greet"),
        ("from shop import kept\nkept.init_app", "flask_session.Session.init_app"),
        ("import importlib\nimportlib.import_module('pickle').loads", "pickle.loads"),
        ("import pickle\ngetattr(pickle, 'loads')", "pickle.loads"),
        ("from functools import partial\nimport os\np = partial(os.getenv, 'X')\np", "os.getenv"),
        ("try:\n    import ujson as j\nexcept ImportError:\n    j = None\nj.loads", "ujson.loads"),
        ("def f(a):\n    return a\nf", "probe.f"),
        ("open", "open"),
        ("unknown", None),
        ("(lambda: 1)()", None),
        ("from shop.desk import desk\ndesk.get", "flask.Blueprint.get"),  # the star gives it back
        ("from shop.desk import till\ntill", "flask.Flask"),
        ("from shop import nothing\nnothing", "shop.nothing"),
    ],
)
def test_a_name_is_spelt_out(project: Write, text: str, name: str | None) -> None:
    made = Project(project({**OTHERS, "probe.py": text}))
    module = made.modules["probe.py"]
    statement = module.tree.body[-1]
    assert isinstance(statement, ast.Expr)
    assert made.names.dotted(module, statement.value) == name


@pytest.mark.parametrize(("mark", "name"), [("lm.request_loader", "flask.request.args"), ("lm.user_loader", None)])
def test_the_request_that_a_loader_is_given(project: Write, mark: str, name: str | None) -> None:
    made = Project(project({"probe.py": f"@{mark}\ndef load(request):\n    return request.args\n"}))
    module = made.modules["probe.py"]
    (returned,) = module.nodes(ast.Return)
    assert made.names.dotted(module, returned.value) == name


@pytest.mark.parametrize(
    "text",
    [
        "from flask import Flask\napp = Flask(__name__)\napp",
        "from flask import current_app\ncurrent_app",
        "from shop import Shop\n\ndef make() -> Shop:\n    ...\n\nmake()",
        """
from shop import Shop

def make():
    app = Shop(__name__)
    return app

make()
""",
        """
import flask

class Holder:
    def __init__(self):
        self.app = flask.Flask('x')

Holder().app
""",
        """
from shop import Shop

def f(a: 'Shop | None'):
    return a

(a := Shop('x'))
""",
    ],
)
def test_an_app_is_known(project: Write, text: str) -> None:
    made = Project(project({**OTHERS, "probe.py": text}))
    module = made.modules["probe.py"]
    statement = module.tree.body[-1]
    assert isinstance(statement, ast.Expr)
    assert made.names.is_app(module, statement.value)


def test_a_parameter_is_what_callers_pass(project: Write) -> None:
    text = """
from flask import Flask

def setup(thing):
    thing.run

setup(Flask('x'))
"""
    made = Project(project({"probe.py": text}))
    module = made.modules["probe.py"]
    (run,) = (node for node in module.nodes(ast.Attribute) if node.attr == "run")
    assert made.names.dotted(module, run) == "flask.Flask.run"


def test_a_class_is_made_by_its_own_method_too(project: Write) -> None:
    text = """
class Entry:
    @classmethod
    def from_text(cls, text):
        kind = cls.short if len(text) < 9 else cls.long
        return kind(text)

    def shown(self): ...

class Short(Entry):
    def cut(self): ...

entry = Entry.from_text('x')
entry.shown
entry.cut
"""
    made = Project(project({"probe.py": text}))
    module = made.modules["probe.py"]
    *_, shown, cut = (node for node in module.nodes(ast.Attribute) if isinstance(node.value, ast.Name))
    assert made.names.dotted(module, shown) == "probe.Entry.shown"
    assert made.names.dotted(module, cut) == "probe.Short.cut"


def test_circles_end(project: Write) -> None:
    made = Project(
        project(
            {
                "a.py": "from b import x\nfrom b import *\n\nclass A(B):\n    pass\n\ny = x\nclass C(C.D):\n    pass\n",
                "b.py": "from a import x, A\nfrom a import *\n\nclass B(A):\n    pass\n",
            }
        )
    )
    for module in made.modules.values():
        for node in module.nodes(ast.Name):
            made.names.dotted(module, node)
            made.names.class_of(module, node)
    assert made.names.bases("a.A") == {"b.B", "a.A"} - {"a.A"}
