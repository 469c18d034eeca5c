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


DOOR = """\
from flask import Blueprint, abort, session
door = Blueprint("door", __name__)
@door.{hook}
def check(*_):
    if "uid" not in session: abort(401)
"""


@pytest.mark.parametrize(
    ("hook", "more", "lines"),
    [
        ("before_app_request", "", [2]),
        ("before_app_request", "; app.register_blueprint(door.door)", []),
        ("app_errorhandler(404)", "", []),
    ],
)
def test_a_guard_of_a_blueprint_that_nobody_registers(project, found, hook, more, lines):
    root = project(shop(f"{BOTH}{more}", "till, door", door=DOOR.format(hook=hook)))
    assert found(root, "SF515") == [("SF515", "shop/door.py", line) for line in lines]


@pytest.mark.parametrize(
    ("imports", "found_there"),
    [
        ("", True),
        ("from shop import rules", False),
        ("from .rules import check", False),
        ("__import__('shop.rules')", False),
        ("import importlib\nfor name in open('names'): importlib.import_module(name)", False),
        ("import importlib.util as u\nfor name in ['rules']: u.spec_from_file_location(name, name + '.py')", False),
        ("TITLES = {'house': 'rules'}", True),  # a word, and no module's name
    ],
)
def test_a_module_that_nothing_imports(project, found, imports, found_there):
    root = project(shop(BOTH, imports=imports, rules=RULES))
    assert found(root, "SF515") == ([("SF515", "shop/rules.py", 3)] if found_there else [])


def test_a_script_beside_the_package_is_fine(project, found):
    assert found(project(shop(BOTH) | {"examples/rules.py": RULES}), "SF515") == []


def test_a_module_that_a_setting_names_is_fine(project, found):
    assert found(project(shop(BOTH, rules=RULES) | {"plugins.toml": 'load = ["shop.rules"]'}), "SF515") == []


@pytest.mark.parametrize(
    ("put", "dead"),
    [
        ("app.before_request_funcs.setdefault('desk', []).append(till.check)", True),
        ("app.before_request_funcs['desk'] = [till.check]", True),
        ("app.before_request_funcs[bp.name] += [till.check]", True),
        ("app.before_request_funcs['front'].append(till.check)", False),
        ("app.before_request_funcs[till.till.name].append(till.check)", False),
        ("app.before_request_funcs.setdefault(None, []).append(till.check)", False),
        ("app.before_request_funcs['admin'].append(till.check)", False),  # a library's
        ("app.before_request_funcs.pop('desk')", False),
    ],
)
def test_a_hook_that_is_filed_under_a_name_of_no_registration(project, found, put, dead):
    both = "app.register_blueprint(bp, name='front'); app.register_blueprint(till.till); till.init_app(app)"
    root = project(shop(f"{both}; {put}"))
    assert found(root, "SF515") == ([("SF515", "shop/__init__.py", 6)] if dead else [])


FILED = """\
from flask import Blueprint, Flask, abort, session
def check():
    if "uid" not in session: abort(401)
duties = Blueprint("duties", __name__, url_prefix="/taxes")
@duties.get("/{rule}")
def rates(): return {{}}
app = Flask(__name__)
app.register_blueprint(duties)
{more}
app.before_request_funcs["{name}"] = [check]
"""


@pytest.mark.parametrize("name", ["taxes", "dutes"])
def test_a_hook_that_is_filed_under_a_prefix_or_a_slip(project, found, name):
    text = FILED.format(name=name, rule="rates", more="")
    assert found(project({"app.py": text}), "SF515") == [("SF515", "app.py", 10)]


@pytest.mark.parametrize(
    ("name", "rule", "more"),
    [
        ("duties", "rates", ""),
        ("fees", "rates", ""),  # a library's
        ("taxes", "login", ""),
        ("taxes", "rates", "app.before_request(check)"),  # of a library beside one that is guarded
        ("taxes", "rates", "app.register_blueprint(Blueprint('taxes', __name__, url_prefix=secret()))"),
    ],
)
def test_a_hook_of_another_blueprint_is_fine(project, found, name, rule, more):
    assert found(project({"app.py": FILED.format(name=name, rule=rule, more=more)}), "SF515") == []
