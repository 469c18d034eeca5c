import pytest

TEXT = """\
from flask import Blueprint, Flask, abort, session
def check():
    if session.get("user") is None:
        abort(401)
bills = Blueprint("bills", __name__, url_prefix="/bills")
other = Blueprint({name!r}, __name__, url_prefix={prefix!r})
{guards}
@bills.get("/all")
def all_bills(): return {{}}
@other.get({rule!r})
def rows(): return {{}}
app = Flask(__name__)
app.register_blueprint(bills)
app.register_blueprint(other)
"""


@pytest.mark.parametrize(
    ("name", "prefix"), [("admin", "/a"), ("x", "/internal"), ("backoffice", "/b"), ("x", "/api/admin")]
)
def test_an_administrative_blueprint_without_the_guard_of_its_sibling(project, found, name, prefix):
    text = TEXT.format(name=name, prefix=prefix, rule="/users", guards="bills.before_request(check)")
    assert found(project({"app.py": text}), "SF514") == [("SF514", "app.py", 6)]


@pytest.mark.parametrize(
    ("name", "prefix", "rule", "guards"),
    [
        ("admin", "/admin", "/users", "bills.before_request(check); other.before_request(check)"),
        ("admin", "/admin", "/users", "for each in (bills, other): each.before_request(check)"),
        ("admin", "/admin", "/users", "bills.before_app_request(check)"),
        ("admin", "/admin", "/users", "pass"),  # no guard anywhere: somebody else asks who it is
        ("admin", "/admin", "/login", "bills.before_request(check)"),
        ("shop", "/shop", "/items", "bills.before_request(check)"),
        ("administrators_guide", "/guide", "/", "bills.before_request(check)"),
    ],
)
def test_guarded_public_or_ordinary_blueprints_are_fine(project, found, name, prefix, rule, guards):  # noqa: PLR0917
    text = TEXT.format(name=name, prefix=prefix, rule=rule, guards=guards)
    assert found(project({"app.py": text}), "SF514") == []


NESTED = """\
from flask import Blueprint, Flask, abort, session
def check():
    if session.get("user") is None:
        abort(401)
club = Blueprint("club", __name__, url_prefix="/club")
fees = Blueprint("fees", __name__, url_prefix="/fees")
minutes = Blueprint({name!r}, __name__, url_prefix="/minutes")
{guarded}.before_request(check)
@fees.get("/list")
def fee_list(): return {{}}
@minutes.get("/list")
def minute_list(): return {{}}
club.register_blueprint(fees)
club.register_blueprint(minutes)
app = Flask(__name__)
app.register_blueprint(club)
"""


def test_a_child_whose_sibling_is_guarded(project, found):
    assert found(project({"app.py": NESTED.format(name="minutes", guarded="fees")}), "SF514") == [
        ("SF514", "app.py", 11)
    ]
    assert found(project({"app.py": NESTED.format(name="minutes", guarded="club")}), "SF514") == []
    assert found(project({"app.py": NESTED.format(name="public", guarded="fees")}), "SF514") == []


def test_the_one_writing_view_of_a_blueprint_without_its_decorator(project, found):
    text = """\
from flask import Flask, Blueprint
from flask_login import login_required
bp = Blueprint("notes", __name__, url_prefix="/notes")
@bp.post("/new")
@login_required
def new(): return {}
@bp.post("/edit")
@login_required
def edit(): return {}
@bp.METHOD("/drop")
def drop(): return {}
app = Flask(__name__)
app.register_blueprint(bp)
"""
    assert found(project({"app.py": text.replace("METHOD", "post")}), "SF514") == [("SF514", "app.py", 10)]
    assert found(project({"app.py": text.replace("METHOD", "get")}), "SF514") == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("drop", "delete(owner=current_user.id)\n    return {}"),  # what belongs to who is asking
        ("drop", "author = me()\n    delete(author)\n    return {}"),
        ("create_user", "return {}"),  # strangers become users
        ("drop", "login_user(find(request.form))\n    return {}"),
        ("drop", "abort(410)"),
    ],
)
def test_an_open_view_for_anybody_is_fine(project, found, name, body):
    text = f"""\
from flask import Flask, Blueprint, abort, request
from flask_login import current_user, login_required, login_user
bp = Blueprint("notes", __name__, url_prefix="/notes")
def me(): return current_user.name
@bp.post("/new")
@login_required
def new(): return {{}}
@bp.post("/edit")
@login_required
def edit(): return {{}}
@bp.post("/other")
def {name}():
    {body}
app = Flask(__name__)
app.register_blueprint(bp)
"""
    assert found(project({"app.py": text}), "SF514") == []


LONE = """\
import hmac
from flask import Blueprint, Flask, abort, request, send_from_directory, session
from flask_login import login_required
bp = Blueprint("{name}", __name__, url_prefix="/{name}")
@bp.get("/rooms")
@login_required
def rooms(): return {{}}
@bp.get("/rooms/<int:room>")
@login_required
def room(room): return {{}}
@bp.route("{rule}")
def keys():
    {body}
app = Flask(__name__)
app.register_blueprint(bp)
"""


@pytest.mark.parametrize("body", ["return {'keys': 7}", "if not request.args: abort(400)\n    return load()"])
def test_the_one_view_of_an_administrative_blueprint_without_its_decorator(project, found, body):
    text = LONE.format(name="backoffice", rule="/keys", body=body)
    assert found(project({"app.py": text}), "SF514") == [("SF514", "app.py", 11)]


@pytest.mark.parametrize(
    ("name", "rule", "body"),
    [
        ("hotel", "/keys", "return {'keys': 7}"),  # perhaps for everybody
        ("staff", "/", "return redirect(url_for('staff.rooms'))"),
        ("staff", "/sign-in", "return {}"),
        ("staff", "/captcha", "session['word'] = draw()\n    return show()"),
        ("staff", "/assets/<path:name>", "return send_from_directory('/srv/assets', name)"),
        ("staff", "/feed", "if not hmac.compare_digest(sign(), request.args['s']): abort(400)\n    return {}"),
    ],
)
def test_a_view_that_an_administrative_blueprint_has_for_strangers_is_fine(project, found, name, rule, body):
    assert found(project({"app.py": LONE.format(name=name, rule=rule, body=body)}), "SF514") == []


def test_what_an_umbrella_holds_need_not_be_of_one_kind(project, found):
    text = NESTED.format(name="minutes", guarded="fees").replace('Blueprint("club"', 'Blueprint("api"')
    assert found(project({"app.py": text}), "SF514") == []


def test_all_views_wrapped_in_a_loop(project, found):
    text = TEXT.format(name="admin", prefix="/admin", rule="/users", guards="bills.before_request(check)")
    text += "def locked(view):\n    def inner():\n        check()\n        return view()\n    return inner\n"
    text += "for name in app.view_functions:\n    app.view_functions[name] = locked(app.view_functions[name])\n"
    assert found(project({"app.py": text}), "SF514") == []


MOUNTED = """\
from flask import Flask, abort, session
from werkzeug.middleware.dispatcher import DispatcherMiddleware
def check():
    if session.get("user") is None:
        abort(401)
def extra():
    stock = Flask("stock")
    {guard}
    @stock.get("{rule}")
    def levels(): return {{}}
    return stock
app = Flask(__name__)
{outer}
@app.get("/")
def start(): return {{}}
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {{
    "/stock": extra(),
}})
"""


@pytest.mark.parametrize(
    ("outer", "guard", "rule", "lines"),
    [
        ("app.before_request(check)", "", "/levels", [17]),
        ("app.before_request(check)", "stock.before_request(check)", "/levels", []),
        ("app.before_request(check)", "", "/health", []),
        ("", "", "/levels", []),
    ],
)
def test_an_application_that_is_mounted_beside_the_guard(project, found, outer, guard, rule, lines):  # noqa: PLR0917
    text = MOUNTED.format(outer=outer, guard=guard or "pass", rule=rule)
    assert found(project({"app.py": text}), "SF514") == [("SF514", "app.py", line) for line in lines]


ADMIN = """\
from flask import Flask, abort, session
from flask_admin import Admin, BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_login import login_required
class Careful(ModelView):
    def is_accessible(self):
        return session.get("clerk")
class Sales(Careful):
    page_size = 9
class Stock(BaseView):
    @expose("/")
    @login_required
    def index(self): return "5"
class Login(BaseView):
    @expose("/")
    def index(self): return "name?"
class Notes(BaseView):
    @expose("/")
    def index(self): return "none"
app = Flask(__name__)
admin = Admin(app)
{more}
admin.add_view({first}(None, None))
admin.add_view({second}(None, None))
"""


@pytest.mark.parametrize("second", ["Notes", "ModelView"])
def test_a_view_of_flask_admin_for_everybody_beside_one_that_asks(project, found, second):
    text = ADMIN.format(more="", first="Sales", second=second)
    assert found(project({"app.py": text}), "SF514") == [("SF514", "app.py", 24)]


@pytest.mark.parametrize(
    ("more", "first", "second"),
    [
        ("", "Sales", "Careful"),
        ("", "Sales", "Stock"),
        ("", "Sales", "Login"),
        ("", "Notes", "ModelView"),  # a proxy may ask
        ("@app.before_request\ndef ask():\n    if 'uid' not in session: abort(401)", "Sales", "Notes"),
    ],
)
def test_views_of_flask_admin_that_ask_are_fine(project, found, more, first, second):
    assert found(project({"app.py": ADMIN.format(more=more, first=first, second=second)}), "SF514") == []
