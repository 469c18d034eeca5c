import pytest

OWN = {
    "pyproject.toml": '[tool.verify]\napp = "shop:create_app"\n',
    "gunicorn.conf.py": 'wsgi_app = "shop:create_app()"\n',
}
TEXT = """\
from flask import Blueprint, Flask
orders = Blueprint("orders", __name__, url_prefix="/orders")
bills = Blueprint("bills", __name__)
@orders.get("/")
def index(): return {}
@bills.get("/bills")
def all_bills(): return {}
def create_app():
    app = Flask(__name__)
    app.register_blueprint(orders)
    app.register_blueprint(bills)
    return app
"""


def test_a_blueprint_whose_rules_lie_among_everybodys(project, found):
    assert found(project(OWN | {"shop/__init__.py": TEXT}), "SF507") == [("SF507", "shop/__init__.py", 3)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Blueprint("bills", __name__)', 'Blueprint("bills", __name__, url_prefix="/bills")'),
        ("register_blueprint(bills)", 'register_blueprint(bills, url_prefix="/bills")'),
        ("app.register_blueprint(bills)", "orders.register_blueprint(bills)"),  # below a prefix already
        ('@bills.get("/bills")\n', ""),  # no rules: commands or filters only
    ],
)
def test_a_prefix_from_anywhere_and_a_blueprint_without_rules_are_fine(project, found, old, new):
    static = TEXT.replace(old, new)
    assert found(project(OWN | {"shop/__init__.py": static}), "SF507") == []


def test_other_projects_may_lay_out_their_urls_as_they_like(project, found):
    assert found(project({"shop/__init__.py": TEXT}), "SF507") == []
