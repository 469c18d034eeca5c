TEXT = """\
from flask import Blueprint, Flask
one = Blueprint("api", __name__, url_prefix="/one")
two = Blueprint("two", __name__, url_prefix="/two")
@one.get("/a")
def first(): return {}
@one.get("/b")
def second(): return {}
app = Flask(__name__)
app.register_blueprint(one)
app.register_blueprint(two)
"""


def test_names_of_their_own_are_fine(project, found):
    assert found(project({"app.py": TEXT}), "SF521") == []
    twice = TEXT + 'app.register_blueprint(one, url_prefix="/v2", name="v2")\n'
    assert found(project({"app.py": twice}), "SF521") == []
    stacked = TEXT.replace('@one.get("/b")\n', '@one.get("/b")\n@one.get("/c")\n')
    assert found(project({"app.py": stacked}), "SF521") == []


def test_two_views_of_one_name_in_a_blueprint(project, found):
    assert found(project({"app.py": TEXT.replace("def second", "def first")}), "SF521") == [("SF521", "app.py", 6)]
    own = TEXT.replace("def second", "def first").replace('one.get("/b")', 'one.get("/b", endpoint="b")')
    assert found(project({"app.py": own}), "SF521") == []


def test_two_blueprints_of_one_name(project, found):
    assert found(project({"app.py": TEXT.replace('"two", __', '"api", __')}), "SF521") == [("SF521", "app.py", 3)]
    named = TEXT.replace('"two", __', '"api", __').replace("(two)", '(two, name="other")')
    assert found(project({"app.py": named}), "SF521") == []


WRAPPED = """\
from functools import wraps
from flask import Flask
app = Flask(__name__)
def counted(view):
    {keeps}
    def inner(*args, **kwargs):
        return view(*args, **kwargs)
    {then}return inner
def limit(most):
    def around(view):
        def inner(*args, **kwargs): return view(*args, **kwargs)
        {then}return inner
    return around
@app.get("/a")
@{used}
def first(): return {{}}
@app.get("/b")
@{used}
def second(): return {{}}
"""


def test_a_decorator_that_gives_each_view_its_own_name(project, found):
    for used in ("counted", "limit(3)"):
        text = WRAPPED.format(keeps="pass", then="", used=used)
        assert found(project({"app.py": text}), "SF521") == [("SF521", "app.py", 17)]
    kept = WRAPPED.format(keeps="@wraps(view)", then="", used="counted")
    renamed = WRAPPED.format(keeps="pass", then="inner.__name__ = view.__name__; ", used="limit(3)")
    unknown = WRAPPED.format(keeps="pass", then="", used="library.limit(3)")
    named = WRAPPED.format(keeps="pass", then="", used="counted").replace('"/b")', '"/b", endpoint="b")')
    for text in (kept, renamed, unknown, named):
        assert found(project({"app.py": text}), "SF521") == []


def test_one_blueprint_twice_under_one_name(project, found):
    again = TEXT + 'app.register_blueprint(one, url_prefix="/v2")\n'
    assert found(project({"app.py": again}), "SF521") == [("SF521", "app.py", 11)]
    either = TEXT.replace("app.register_blueprint(one)\n", "") + (
        'if ready():\n    app.register_blueprint(one)\nelse:\n    app.register_blueprint(one, url_prefix="/v2")\n'
    )
    assert found(project({"app.py": either}), "SF521") == []


PAGES = """\
from flask import Blueprint, Flask, render_template
app = Flask(__name__)
shop = Blueprint("shop", __name__, url_prefix="/shop", template_folder="shop/pages")
blog = Blueprint("blog", __name__, url_prefix="/blog", template_folder="blog/pages")
@app.get("/")
def home(): return render_template({home!r})
@shop.get("/")
def wares(): return render_template({shop!r})
@blog.get("/")
def posts(): return render_template({blog!r})
app.register_blueprint(shop)
app.register_blueprint(blog)
"""


def test_one_template_name_for_two_pages(project, found):
    files = dict.fromkeys(("templates/home.html", "shop/pages/home.html", "shop/pages/list.html"), "<p>")
    files |= dict.fromkeys(("blog/pages/list.html", "templates/shop/list.html", "shop/pages/shop/list.html"), "<p>")
    for names, lines in (
        (("home.html", "home.html", "list.html"), [8]),
        (("home.html", "list.html", "list.html"), [10]),  # the blueprint that is registered first
        (("home.html", "shop/list.html", "list.html"), []),  # the application puts its own in the place of this one
        (("home.html", "home.html.txt", "home.html"), []),
    ):
        text = PAGES.format(home=names[0], shop=names[1], blog=names[2])
        assert found(project({**files, "app.py": text}), "SF521") == [("SF521", "app.py", line) for line in lines]


FILED = """\
from flask import Flask
from werkzeug.routing import Rule
app = Flask(__name__)
def rules(app):
    app.url_map.add(Rule("/one", endpoint="one"))
    @app.endpoint("one")
    def first(): return {}
    app.url_map.add(Rule("/two", endpoint="two"))
    @app.endpoint("two")
    def second(): return {}
rules(app)
"""


def test_two_views_filed_under_one_endpoint(project, found):
    assert found(project({"app.py": FILED.replace('endpoint("two")', 'endpoint("one")')}), "SF521") == [
        ("SF521", "app.py", 10)
    ]
    assert found(project({"app.py": FILED}), "SF521") == []
    apart = """\
from flask import Flask
app = Flask(__name__)
if app.config["OLD"]:
    @app.endpoint("one")
    def first(): return {}
else:
    @app.endpoint("one")
    def second(): return {}
"""
    assert found(project({"app.py": apart}), "SF521") == []
