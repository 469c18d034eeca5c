import ast
from collections.abc import Callable
from pathlib import Path

from verify.project import Project

Write = Callable[[dict[str, str]], Path]

FILES = {
    "shop/__init__.py": "from flask import Flask\nfrom shop import views, setup\n\n\ndef create_app():\n    app = Flask(__name__)\n"
    "    setup.configure_all(app)\n    app.add_url_rule('/x', view_func=views.plain)\n    return app\n",
    "shop/setup.py": "def configure_all(app):\n    helper()\n\n\ndef helper():\n    pass\n",
    "shop/views.py": "from flask import Blueprint\nfrom flask.views import MethodView\n\nfrom shop import deep\n\nbp = Blueprint('b', __name__)\n\n\n"
    "@bp.get('/')\ndef show():\n    deep.work(1, b=2)\n\n\ndef plain():\n    pass\n\n\nclass Item(MethodView):\n    def get(self):\n        self.inner()\n\n"
    "    def inner(self):\n        pass\n\n\ndef idle():\n    pass\n",
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
    assert {name for name, node in functions.items() if calls.at_startup(node)} == {
        "create_app",
        "configure_all",
        "helper",
    }


def test_callers_and_arguments(project: Write) -> None:
    made = Project(project(FILES))
    (work,) = made.modules["shop/deep.py"].nodes(ast.FunctionDef)
    ((module, call),) = made.calls.callers(work)
    assert module.path == "shop/views.py"
    given = [made.calls.argument(work, call, name) for name in ("a", "b", "c")]
    assert [node.value if isinstance(node, ast.Constant) else node for node in given] == [1, 2, None]
    assert made.calls.target(module, call) == (made.modules["shop/deep.py"], work)
