"""The table that the files give is the table that Flask has."""

import flask
import pytest

from verify.project import Project

TEXT = """\
from flask import Blueprint, Flask
from flask.views import MethodView
V1, NAMES = "/v1", ["x", "y"]
api, child = Blueprint("api", __name__, url_prefix="/api"), Blueprint("child", __name__)
class Things(MethodView):
    def get(self): return {}
    def put(self): return {}
@api.route("/both", methods=["GET", "POST"])
@api.get("/other")
def both(): return {}
@child.delete("/<int:number>", endpoint="gone")
def remove(number): return {}
child.add_url_rule("/things", view_func=Things.as_view("things"))
def empty(): return {}
def create_app():
    app = Flask("service", static_url_path="/assets")
    api.register_blueprint(child, url_prefix=f"{V1}/child")
    app.register_blueprint(api)
    app.register_blueprint(child, url_prefix="/again", name="again")
    for name in NAMES:
        app.add_url_rule("/" + name, name, empty)
    return app
"""
AS_IT_RUNS = """\
from flask import Blueprint, Flask
def show(): return {}
ROWS = [("/a", "a", show), ("/b", "b", show)]
SETTINGS = {"url_prefix": "/kept", "name": "kept"}
one, two = Blueprint("one", __name__), Blueprint("two", __name__)
PLACES = {"/first": one, "/second": two}
def fill(blueprint, *, to="/index"):
    for row in ROWS:
        blueprint.add_url_rule(*row)
    blueprint.get(to)(show)
def mount(app, blueprint, prefix):
    app.register_blueprint(blueprint, url_prefix=prefix + "/v1")
class Shop(Flask):
    def open(self):
        for prefix, blueprint in PLACES.items():
            mount(self, blueprint, prefix)
        [self.add_url_rule(f"/{name}", name, show, methods=["post"]) for name in ("x", "y")]
def create_app():
    for blueprint in (one, two):
        fill(blueprint, to="/start")
    shop = Shop("service", static_folder=None)
    shop.open()
    shop.register_blueprint(one, **SETTINGS)
    return shop
"""


@pytest.mark.parametrize("text", [TEXT, AS_IT_RUNS], ids=["declared", "in loops and helpers"])
def test_every_rule_with_its_endpoint_and_methods(project, text):
    names: dict[str, object] = {"__name__": "service"}
    exec(text, names)  # noqa: S102 — our own text, to have Flask's word for it
    create = names["create_app"]
    assert callable(create)
    app: flask.Flask = create()
    real = {
        (rule.rule, rule.endpoint, frozenset(rule.methods or ()) - {"OPTIONS"}) for rule in app.url_map.iter_rules()
    }
    table = Project(project({"service.py": text})).routes.table
    assert {(route.path, route.endpoint, route.methods) for route in table} == real


def test_places_are_those_of_the_declarations(project):
    table = Project(project({"service.py": TEXT})).routes.table
    assert {route.path: route.place[1] for route in table if route.endpoint == "api.both"} == {
        "/api/both": 8,
        "/api/other": 9,
    }


LATER = """\
from flask import Blueprint, Flask
from elsewhere import Counted
def create_app():
    bp = Blueprint("desk", __name__, url_prefix="/desk")
    app = Flask("service", static_folder=None)
    @app.get("/door")
    def door(): return {}
    bp.add_url_rule("/key", "key", door)
    app.register_blueprint(bp)
    bp = Blueprint("till", __name__, url_prefix="/till")
    bp.add_url_rule("/key", "key", door)
    app.register_blueprint(bp)
    app = Counted(app)
    bp = app
    return app
"""


def test_a_name_is_what_it_means_where_it_is_used(project):
    table = Project(project({"service.py": LATER})).routes.table
    assert sorted((route.path, route.endpoint) for route in table) == [
        ("/desk/key", "desk.key"),
        ("/door", "door"),
        ("/till/key", "till.key"),
    ]


RESOURCES = """\
from flask import Blueprint, Flask
from flask_restful import Api, Resource
from .auth import login_required
class Part(Resource):
    def get(self, **k): return {}
    def delete(self, **k): return {}
class Parts(Resource):
    def get(self): return {}
class Shelf(Resource):
    methods = ["POST"]
PLACES = [(Part, "/part/<int:number>", "/piece/<number>"), (Parts, "/parts")]
api = Api(prefix="/api", decorators=[login_required])
bp = Blueprint("stock", __name__, url_prefix="/stock")
Api(bp).add_resource(Shelf, "/shelf", endpoint="rack")
Other().add_resource(Shelf, "/other")
def create_app():
    app = Flask("service", static_folder=None)
    for place in PLACES:
        api.add_resource(*place)
    api.init_app(app)
    app.register_blueprint(bp)
    return app
"""


def test_resources_of_an_api(project):
    table = Project(project({"service.py": RESOURCES})).routes.table
    assert sorted((route.path, route.endpoint, *sorted(route.methods), len(route.wrappers)) for route in table) == [
        ("/api/part/<int:number>", "part", "DELETE", "GET", "HEAD", 1),
        ("/api/parts", "parts", "GET", "HEAD", 1),
        ("/api/piece/<number>", "part", "DELETE", "GET", "HEAD", 1),
        ("/stock/shelf", "stock.rack", "POST", 0),
    ]
