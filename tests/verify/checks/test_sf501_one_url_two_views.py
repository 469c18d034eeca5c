import pytest

FACTORY = """\
from flask import Flask
from . import first, second
def create_app():
    app = Flask(__name__)
    app.register_blueprint(first.bp)
    app.register_blueprint(second.bp)
    return app
"""
BLUEPRINT = """\
from flask import Blueprint
bp = Blueprint({name!r}, __name__{prefix})

@bp.{rule}
def {view}(**given):
    return {{}}
"""


def blueprints(one: str, two: str, prefix: str = ', url_prefix="/stock"', other: str | None = None) -> dict[str, str]:
    second = prefix if other is None else other
    return {
        "shop/__init__.py": FACTORY,
        "shop/first.py": BLUEPRINT.format(name="first", view="one", rule=one, prefix=prefix),
        "shop/second.py": BLUEPRINT.format(name="second", view="two", rule=two, prefix=second),
    }


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ('get("/items")', 'get("/items")'),
        ('get("/items")', 'route("/items", methods=["GET", "POST"])'),
        ('route("/items", methods=("PUT", "POST"))', 'post("/items")'),
        ('get("/<item>")', 'get("/<string:name>")'),
        ('get("/<int:item>")', 'get("/<int:number>")'),
        ('get("/<path:anything>")', 'get("/<path:page>")'),
        ('get("/<name>")', 'get("/<uuid:key>")'),  # equal weight: the first takes every UUID
        ('get("/<name>")', 'get("/<any(new, old):state>")'),
        ('get("/<any(new, old):state>")', 'get("/<any(sold, old):state>")'),  # both name `old`
        ('get("/list")', 'get("/list/")'),
        ('get("/<name>/")', 'get("/<name>")'),
        ('get("/x-<int:a>")', 'get("/x-<int:b>")'),
        ('get("")', 'get("", defaults={"page": 1})'),
    ],
)
def test_the_second_view_of_a_url_is_named(project, found, one, two):
    assert found(project(blueprints(one, two)), "SF501") == [("SF501", "shop/second.py", 4)]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ('get("/items")', 'post("/items")'),
        ('route("/items", methods=["GET"])', 'route("/items", methods=["DELETE", "PATCH"])'),
        ('get("/items")', 'get("/<item>")'),  # a literal wins wherever it is declared
        ('get("/<item>")', 'get("/new")'),
        ('get("/<int:item>")', 'get("/<item>")'),
        ('get("/<item>")', 'get("/<int:item>")'),
        ('get("/<any(new, old):state>")', 'get("/<name>")'),
        ('get("/<any(new, old):state>")', 'get("/<any(sold, lost):state>")'),
        ('get("/<any(new, old):state>")', 'get("/old")'),  # a literal is an exception that somebody wrote
        ('get("/<uuid:key>")', 'get("/<name>")'),
        ('get("/<path:page>")', 'get("/<name>")'),
        ('get("/<string(length=2):land>")', 'get("/<string(minlength=3):name>")'),
        ('get("/<name>")', 'get("/<name>/parts")'),
        ('get("/a/<name>")', 'get("/b/<name>")'),
        ('get("/<name>.json")', 'get("/<name>.xml")'),
    ],
)
def test_rules_that_each_have_urls_of_their_own_are_fine(project, found, one, two):
    assert found(project(blueprints(one, two)), "SF501") == []


def test_other_prefixes_are_other_urls(project, found):
    assert found(project(blueprints('get("/x")', 'get("/x")', other=', url_prefix="/store"')), "SF501") == []
    files = blueprints('get("/x")', 'get("/x")')
    files["shop/__init__.py"] = FACTORY.replace("(second.bp)", '(second.bp, url_prefix="/other")')
    assert found(project(files), "SF501") == []


def test_a_prefix_given_at_registration_replaces_the_blueprints(project, found):
    files = blueprints('get("/x")', 'get("/x")', other=', url_prefix="/other"')
    files["shop/__init__.py"] = FACTORY.replace("(second.bp)", '(second.bp, url_prefix="/stock")')
    assert found(project(files), "SF501") == [("SF501", "shop/__init__.py", 6)]
    files["shop/__init__.py"] = FACTORY.replace("(first.bp)", '(first.bp, url_prefix="/other/")')
    assert found(project(files), "SF501") == [("SF501", "shop/__init__.py", 5)]
    for fine in ("(second.bp, url_prefix=None)", '(second.bp, url_prefix="/stock/other")'):
        files["shop/__init__.py"] = FACTORY.replace("(second.bp)", fine)
        assert found(project(files), "SF501") == []


def test_a_registration_that_moves_both_is_not_to_blame(project, found):
    files = blueprints('get("/x")', 'get("/x")')
    both = "api.register_blueprint(first.bp)\napi.register_blueprint(second.bp)"
    files["shop/__init__.py"] = f"""\
from flask import Blueprint, Flask
from . import first, second
api = Blueprint("api", __name__, url_prefix="/api")
{both}
app = Flask(__name__)
app.register_blueprint(api, url_prefix="/v1")
"""
    assert found(project(files), "SF501") == [("SF501", "shop/second.py", 4)]


def test_two_constants_with_one_value_are_named_where_they_are_defined(project, found):
    files = blueprints('get("/x")', 'get("/x")', ", url_prefix=urls.ONE", ", url_prefix=urls.TWO")
    files = {
        path: text.replace("import Blueprint\n", "import Blueprint; from . import urls\n")
        for path, text in files.items()
    }
    files["shop/urls.py"] = 'BASE = "/stock"\nONE = BASE + "/v1"\n\n\n\n\nTWO = f"{BASE}/v1"\n'
    assert found(project(files), "SF501") == [("SF501", "shop/urls.py", 7)]
    files["shop/urls.py"] = 'BASE = "/stock"\nONE = BASE + "/v1"\nTWO = f"{BASE}/v2"\n'
    assert found(project(files), "SF501") == []


def test_registration_in_a_loop_over_a_table(project, found):
    files = blueprints('get("/x")', 'get("/x")', prefix="")
    files["shop/__init__.py"] = """\
from flask import Flask
from . import first, second
TABLE = ((first.bp, "/one"), (second.bp, "/one"))
def create_app():
    app = Flask(__name__)
    for blueprint, prefix in TABLE:
        app.register_blueprint(blueprint, url_prefix=prefix)
    return app
"""
    assert found(project(files), "SF501") == [("SF501", "shop/second.py", 4)]
    files["shop/__init__.py"] = files["shop/__init__.py"].replace('second.bp, "/one"', 'second.bp, "/two"')
    assert found(project(files), "SF501") == []


def test_the_turns_of_a_loop_are_in_its_order(project, found):
    files = blueprints('get("/x")', 'get("/x")', prefix="")
    files["shop/__init__.py"] = """\
import json, pathlib
from flask import Flask
from . import first, second
def create_app():
    app = Flask(__name__)
    places = json.loads(pathlib.Path("shop/places.json").read_text())
    for module in (second, first):
        app.register_blueprint(module.bp, url_prefix=places[module.bp.name])
    return app
"""
    files["shop/places.json"] = '{"first": "/stock", "second": "/stock"}'
    assert found(project(files), "SF501") == [("SF501", "shop/first.py", 4)]
    files["shop/places.json"] = '{"first": "/stock", "second": "/store"}'
    assert found(project(files), "SF501") == []


def test_prefixes_that_the_configuration_has(project, found):
    files = blueprints('get("/x")', 'get("/x")', prefix="")
    files["shop/__init__.py"] = """\
import json
from flask import Flask
from . import first, second
def create_app():
    app = Flask(__name__)
    app.config.from_file("places.json", load=json.load)
    places = app.config["PLACES"]
    app.register_blueprint(first.bp, url_prefix=app.config.get("FIRST"))
    app.register_blueprint(second.bp, url_prefix=f"/{places['second']}")
    return app
"""
    files["shop/places.json"] = '{"FIRST": "/stock", "PLACES": {"second": "stock"}}'
    assert found(project(files), "SF501") == [("SF501", "shop/second.py", 4)]
    files["shop/places.json"] = '{"FIRST": "/stock", "PLACES": {"second": "store"}}'
    assert found(project(files), "SF501") == []


@pytest.mark.parametrize(
    ("made", "view", "rule"),
    [
        ("Row(VIEW, RULE)", "row.view", "row.rule"),
        ("Row(rule=RULE, view=VIEW)", "row.view", "row.rule"),
        ('{"rule": RULE, "view": VIEW}', 'row["view"]', 'row["rule"]'),
    ],
)
def test_rules_of_rows(project, found, made, view, rule):
    rows = [made.replace("VIEW", name).replace("RULE", path) for name, path in (("one", '"/a"'), ("two", '"/b"'))]
    text = f"""\
from typing import NamedTuple
from flask import Flask
class Row(NamedTuple):
    view: object
    rule: str
def one(): return {{}}
def two(): return {{}}
ROWS = [{", ".join(rows)}]
app = Flask(__name__)
for row in ROWS:
    app.add_url_rule({rule}, view_func={view})
"""
    assert found(project({"service.py": text}), "SF501") == []
    assert found(project({"service.py": text.replace('"/b"', '"/a"')}), "SF501") == [("SF501", "service.py", 11)]


@pytest.mark.parametrize("options", ['{"url_prefix": prefix} if prefix else {}', "{} if not prefix else dict_(prefix)"])
def test_registration_with_options_that_are_worked_out(project, found, options):
    files = blueprints('get("/x")', 'get("/x")', other=', url_prefix="/store"')
    files["shop/__init__.py"] = f"""\
from flask import Flask
from . import first, second
TABLE = {{first.bp: None, second.bp: "/stock"}}
def create_app():
    app = Flask(__name__)
    for blueprint, prefix in TABLE.items():
        options = {options.replace("dict_(prefix)", "{'url_prefix': prefix}")}
        app.register_blueprint(blueprint, **options)
    return app
"""
    assert found(project(files), "SF501") == [("SF501", "shop/__init__.py", 8)]
    files["shop/__init__.py"] = files["shop/__init__.py"].replace('"/stock"', "None")
    assert found(project(files), "SF501") == []


def test_a_blueprint_of_ones_own_kind_that_works_out_its_prefix(project, found):
    files = blueprints('get("/x")', 'get("/x")', prefix="")
    files["shop/kind.py"] = """\
import flask
class Blueprint(flask.Blueprint):
    def __init__(self, name, module, **options):
        options.setdefault("url_prefix", "/" + name)
        super().__init__(name, module, **options)
"""
    own = {
        path: text.replace("from flask import Blueprint", "from .kind import Blueprint") for path, text in files.items()
    }
    assert found(project(files), "SF501") == [("SF501", "shop/second.py", 4)]
    assert found(project(own), "SF501") == []


def test_another_frameworks_app_is_not_flasks(project, found):
    text = """\
from fastapi import FastAPI
from flask import Flask
class Api:
    def __init__(self, app: FastAPI):
        self.app = app
    def routes(self):
        @self.app.get("/models")
        def models(): return {}
app = Flask(__name__)
@app.get("/models")
def models(): return {}
"""
    assert found(project({"app.py": text}), "SF501", "SF521") == []


def test_nested_blueprints_join_their_prefixes(project, found):
    text = """\
from flask import Blueprint, Flask
api = Blueprint("api", __name__, url_prefix="/api")
v1 = Blueprint("v1", __name__, url_prefix="/v1")
@v1.get("/rows")
def rows(): return {}
api.register_blueprint(v1)
app = Flask(__name__)
app.register_blueprint(api)
@app.get("/api/v1/rows")
def old(): return {}
"""
    assert found(project({"service.py": text}), "SF501") == [("SF501", "service.py", 9)]
    assert found(project({"service.py": text.replace('"/api/v1/rows"', '"/api/rows"')}), "SF501") == []


def test_class_based_views_answer_the_methods_that_they_have(project, found):
    text = """\
from flask import Flask
from flask.views import MethodView
class Base(MethodView):
    def get(self): return {}
class Read(Base): ...
class Write(MethodView):
    def post(self): return {}
app = Flask(__name__)
app.add_url_rule("/orders", view_func=Read.as_view("read"))
app.add_url_rule("/orders", view_func=Write.as_view("write"))
"""
    assert found(project({"app.py": text}), "SF501") == []
    assert found(project({"app.py": text.replace("class Write(MethodView)", "class Write(Base)")}), "SF501") == [
        ("SF501", "app.py", 10)
    ]


def test_a_custom_converter_that_is_lighter_takes_the_numbers(project, found):
    text = """\
from flask import Flask
from werkzeug.routing import BaseConverter
class Code(BaseConverter):
    regex = "[A-Za-z0-9]+"
    weight = 20
app = Flask(__name__)
app.url_map.converters["code"] = Code
@app.get("/box/<int:number>")
def number(number): return {}
@app.get("/box/<code:code>")
def code(code): return {}
"""
    assert found(project({"app.py": text}), "SF501") == [("SF501", "app.py", 8)]
    for fine in (text.replace("weight = 20", "weight = 60"), text.replace("[A-Za-z0-9]+", "[A-Z]+")):
        assert found(project({"app.py": fine}), "SF501") == []


def test_a_blueprints_static_folder_without_a_prefix_is_never_served(project, found):
    files = blueprints('get("/a")', 'get("/b")', other=', static_folder="assets", static_url_path="/static"')
    assert found(project(files), "SF501") == [("SF501", "shop/second.py", 2)]
    files = blueprints('get("/a")', 'get("/b")', other=', static_folder="assets", static_url_path="/assets"')
    assert found(project(files), "SF501") == []


def test_a_static_folder_at_the_root_takes_the_pages(project, found):
    text = """\
from flask import Flask
app = Flask(__name__, static_url_path="")
@app.get("/<path:page>")
def page(page): return {}
"""
    assert found(project({"app.py": text}), "SF501") == [("SF501", "app.py", 3)]
    assert found(project({"app.py": text.replace(', static_url_path=""', "")}), "SF501") == []


@pytest.mark.parametrize("second", ["host", "subdomain"])
def test_hosts_are_part_of_the_url(project, found, second):
    text = """\
from flask import Flask
app = Flask(__name__, host_matching=True, static_host="s.example.org")
@app.get("/", host="a.example.org")
def one(): return {}
@app.get("/", host="b.example.org")
def two(): return {}
"""
    if second == "subdomain":
        text = text.replace('host_matching=True, static_host="s.example.org"', "subdomain_matching=True")
        text = text.replace('host="a.example.org"', 'subdomain="a"').replace('host="b.example.org"', 'subdomain="b"')
    assert found(project({"app.py": text}), "SF501") == []
    same = text.replace("b.example.org", "a.example.org").replace('"b"', '"a"')
    assert found(project({"app.py": same}), "SF501") == [("SF501", "app.py", 5)]


def test_two_applications_and_two_branches_never_meet(project, found):
    text = """\
from flask import Flask
one, two = Flask("one"), Flask("two")
@one.get("/")
def first(): return {}
@two.get("/")
def second(): return {}
"""
    assert found(project({"app.py": text}), "SF501") == []
    text = """\
import os
from flask import Flask
app = Flask(__name__)
if os.environ.get("LIVE"):
    @app.get("/")
    def live(): return {}
else:
    @app.get("/")
    def soon(): return {}
"""
    assert found(project({"app.py": text}), "SF501") == []


def test_a_factory_that_two_branches_call_declares_its_rules_once(project, found):
    root = project(
        {
            "shop/__init__.py": """\
from flask import Flask
from . import views

class Shop(Flask):
    def __init__(self, debug):
        super().__init__(__name__)
        self.add_rules()

    def add_rules(self):
        for name, rule in [("front", "/"), ("about", "/about")]:
            self.add_url_rule(rule, view_func=getattr(views, name))

def create_app(debug=False):
    return Shop(debug)
""",
            "shop/views.py": "def front():\n    return {}\n\ndef about():\n    return {}\n",
            "wsgi.py": """\
import os
from shop import create_app

if os.environ.get("SHOP_DEBUG"):
    application = create_app(debug=True)
else:
    application = create_app()
""",
        }
    )
    assert found(root, "SF501") == []


def test_one_blueprint_that_two_pages_register_with_an_app_each(project, found):
    text = """\
from flask import Blueprint, Flask

class Looks:
    def __init__(self, app):
        bp = Blueprint("looks", __name__, static_folder="looks", static_url_path="/looks", url_prefix="/static")
        app.register_blueprint(bp)

def create_app():
    app = Flask(__name__)
    Looks(app)
    again(app)
    return app

def again(app):
    Looks(app)
"""
    assert found(project({"app.py": text}), "SF501") == []


MOUNTED = """\
import os
from flask import Blueprint, Flask
from prometheus_client import make_wsgi_app
from werkzeug.middleware.dispatcher import DispatcherMiddleware
APP_ROOT = "/stats"
stats = Blueprint("stats", __name__, url_prefix="/stats")
@stats.get("/<int:year>")
def of_year(year): return {{}}
app = Flask(__name__)
if os.environ["OWN_STATS"]:
    app.register_blueprint(stats)
{indent}app.wsgi_app = DispatcherMiddleware({around}, {{{path}: make_wsgi_app()}})
"""


@pytest.mark.parametrize(
    ("path", "around", "indent", "lines"),
    [
        ('"/stats"', "app.wsgi_app", "", [12]),
        ("APP_ROOT", "app", "", [12]),
        ('""', "app.wsgi_app", "", [12]),
        ('"/metrics"', "app.wsgi_app", "", []),
        ('"/stat"', "app.wsgi_app", "", []),
        ('"/stats/all"', "app.wsgi_app", "", []),
        ('"/static"', "app.wsgi_app", "", []),
        ('"/stats"', "make_wsgi_app()", "", []),
        ('"/stats"', "app.wsgi_app", "else: ", []),
    ],
)
def test_an_application_that_is_mounted_over_a_view(project, found, path, around, indent, lines):  # noqa: PLR0917
    text = MOUNTED.format(path=path, around=around, indent=indent)
    assert found(project({"app.py": text}), "SF501") == [("SF501", "app.py", line) for line in lines]
