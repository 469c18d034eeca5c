import pytest

APP = """\
from flask import Flask
from shop.desk import bp
from shop import {imported}
def create_app():
    app = Flask(__name__)
    {register}
    return app
"""
DESK = """\
from flask import Blueprint
bp = Blueprint("desk", __name__, url_prefix="/desk")
{imports}
@bp.get("/")
def home(): return {{}}
"""
TILL = """\
from flask import Blueprint, abort, session
till = Blueprint("till", __name__)
@till.get("/till")
def index(): return {}
def init_app(app):
    app.before_request(check)
def check():
    if "uid" not in session:
        abort(401)
"""
RULES = """\
from flask import abort, session
from shop.desk import bp
@bp.before_request
def check():
    if "uid" not in session:
        abort(401)
"""


def shop(register, imported="till", imports="", **more):
    files = {"__init__": APP.format(register=register, imported=imported), "desk": DESK.format(imports=imports)}
    return {f"shop/{name}.py": text for name, text in (files | {"till": TILL} | more).items()}


BOTH = "[app.register_blueprint(one) for one in (bp, till.till)]; till.init_app(app)"


@pytest.mark.parametrize(
    ("register", "lines"),
    [
        ("app.register_blueprint(bp); till.init_app(app)", [2]),
        ("app.register_blueprint(bp); app.register_blueprint(till.till)", [6]),
        ("for one in (bp, till.till): app.register_blueprint(one)", [6]),
        (BOTH, []),
        ("for one in (till,): one.init_app(app); app.register_blueprint(one.till); app.register_blueprint(bp)", []),
        ("app.register_blueprint(bp); [app.register_blueprint(one) for one in vars(till).values()]", [6]),
        ("app.register_blueprint(bp); list(map(app.register_blueprint, [till.till])); till.init_app(app)", []),
    ],
)
def test_what_is_written_and_never_installed(project, found, register, lines):
    assert found(project(shop(register)), "SF515") == [("SF515", "shop/till.py", line) for line in lines]


@pytest.mark.parametrize(
    ("imports", "found_there"),
    [
        ("", True),
        ("from shop import rules", False),
        ("from .rules import check", False),
        ("__import__('shop.rules')", False),
        ("import importlib\nfor name in open('names'): importlib.import_module(name)", False),
    ],
)
def test_a_module_that_nothing_imports(project, found, imports, found_there):
    root = project(shop(BOTH, imports=imports, rules=RULES))
    assert found(root, "SF515") == ([("SF515", "shop/rules.py", 3)] if found_there else [])


def test_a_module_that_a_setting_names_is_fine(project, found):
    assert found(project(shop(BOTH, rules=RULES) | {"plugins.toml": 'load = ["shop.rules"]'}), "SF515") == []
