"""The table that the files give is the table that Flask has."""

import flask
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


def test_every_rule_with_its_endpoint_and_methods(project):
    names: dict[str, object] = {"__name__": "service"}
    exec(TEXT, names)  # noqa: S102 — our own text, to have Flask's word for it
    create = names["create_app"]
    assert callable(create)
    app: flask.Flask = create()
    real = {
        (rule.rule, rule.endpoint, frozenset(rule.methods or ()) - {"OPTIONS"}) for rule in app.url_map.iter_rules()
    }
    table = Project(project({"service.py": TEXT})).routes.table
    assert {(route.path, route.endpoint, route.methods) for route in table} == real


def test_places_are_those_of_the_declarations(project):
    table = Project(project({"service.py": TEXT})).routes.table
    assert {route.path: route.place[1] for route in table if route.endpoint == "api.both"} == {
        "/api/both": 8,
        "/api/other": 9,
    }
