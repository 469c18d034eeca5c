import ast
from collections.abc import Callable
from pathlib import Path

from verify.project import Project

Write = Callable[[dict[str, str]], Path]

FILES = {
    "shop/__init__.py": """
from flask import Flask
from shop import views, setup


def create_app():
    app = Flask(__name__)
    setup.configure_all(app)
    app.add_url_rule('/x', view_func=views.plain)
    return app
""",
    "shop/setup.py": "def configure_all(app):\n    helper()\n\n\ndef helper():\n    pass\n",
    "shop/views.py": """
from flask import Blueprint
from flask.views import MethodView

from shop import deep

bp = Blueprint('b', __name__)


@bp.get('/')
def show():
    deep.work(1, b=2)


def plain():
    pass


class Item(MethodView):
    def get(self):
        self.inner()

    def inner(self):
        pass


def idle():
    pass
""",
    "shop/deep.py": "def work(a, b):\n    pass\n",
}


def test_views_and_what_they_reach(project: Write) -> None:
    made = Project(project(FILES))
    calls = made.calls
    functions = {node.name: node for module in made.modules.values() for node in module.nodes(ast.FunctionDef)}
    assert {node.name for node in calls.views if isinstance(node, ast.FunctionDef)} == {"show", "plain", "get"}
    assert {name for name, node in functions.items() if calls.in_request(node)} == {
        "show",
        "plain",
        "get",
        "inner",
        "work",
    }


def test_callers_and_arguments(project: Write) -> None:
    made = Project(project(FILES))
    (work,) = made.modules["shop/deep.py"].nodes(ast.FunctionDef)
    ((module, call),) = made.calls.callers(work)
    assert module.path == "shop/views.py"
    given = [made.calls.argument(work, call, name) for name in ("a", "b", "c")]
    assert [node.value if isinstance(node, ast.Constant) else node for node in given] == [1, 2, None]
    assert made.calls.target(module, call) == (made.modules["shop/deep.py"], work)
