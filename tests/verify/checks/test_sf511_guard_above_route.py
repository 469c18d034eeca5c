import pytest

AUTH = """\
import functools
from flask import abort, redirect, session, url_for
def login_required(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        if not session.get("uid"):
            return redirect(url_for("auth.login"))
        return view(*args, **kwargs)
    return inner
def has(role):
    def wrap(view):
        def inner(*args, **kwargs):
            if role not in session.get("roles", ()):
                abort(403)
            return view(*args, **kwargs)
        return inner
    return wrap
def timed(view):
    return view
"""
VIEWS = """\
from flask import Blueprint, Flask
from flask_login import login_required as library_guard
from .auth import has, login_required, timed
boss = has("boss")
bp = Blueprint("keys", __name__, url_prefix="/keys")
{above}
@bp.get("/")
{below}
def keys():
    return {{}}
app = Flask(__name__)
app.register_blueprint(bp)
"""


@pytest.mark.parametrize("guard", ["@login_required", '@has("boss")', "@boss", "@library_guard"])
def test_a_guard_that_the_router_never_sees(project, found, guard):
    files = {"shop/auth.py": AUTH, "shop/__init__.py": VIEWS.format(above=guard, below="@timed")}
    assert found(project(files), "SF511") == [("SF511", "shop/__init__.py", 6)]


@pytest.mark.parametrize(
    ("above", "below"),
    [("# none", "@login_required"), ("@timed", "@boss"), ("@login_required", "@login_required"), ("@timed", "@timed")],
)
def test_a_guard_below_the_route_and_other_decorators_are_fine(project, found, above, below):
    files = {"shop/auth.py": AUTH, "shop/__init__.py": VIEWS.format(above=above, below=below)}
    assert found(project(files), "SF511") == []


def test_a_hook_that_guards_all_makes_it_harmless(project, found):
    text = VIEWS.format(above="@login_required", below="@timed") + (
        "@app.before_request\ndef everyone():\n    if 'uid' not in __import__('flask').session:\n"
        "        __import__('flask').abort(401)  # session\n"
    )
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == []


ROLES = """\
import functools
from flask import Blueprint, Flask, abort, flash, redirect, request, session
from .auth import has, login_required
def staff_only(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        if request.member is None or not request.member.staff:
            flash("Not for you")
            return redirect("/")
        return view(*args, **kwargs)
    return inner
desk = Blueprint("desk", __name__, url_prefix="/desk")
@desk.before_request
{hook}
{above}
@desk.post("/drawer")
{below}
def drawer():
    {line}
    return {{}}
app = Flask(__name__)
app.register_blueprint(desk)
"""
KNOWN = "def known():\n    if 'uid' not in session: return redirect('/login')"
OTHERS = KNOWN + "\n    if request.path != '/desk' and not request.member.{}: abort(403)"


@pytest.mark.parametrize("above", ["@staff_only", '@has("owner")'])
@pytest.mark.parametrize("below", ["# none", "@login_required"])
def test_a_guard_for_some_users_where_a_hook_lets_all_of_them_pass(project, found, above, below):
    text = ROLES.format(hook=KNOWN, above=above, below=below, line="pass")
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == [
        ("SF511", "shop/__init__.py", text.split("\n").index(above) + 1)
    ]


@pytest.mark.parametrize(
    ("hook", "above", "below", "line"),
    [
        (KNOWN, "@staff_only", "@staff_only", "pass"),
        (KNOWN, "@login_required", "# none", "pass"),  # the hook asks for the same
        (KNOWN, "@staff_only", "# none", "if not request.member.rank: abort(403)"),
        (OTHERS.format("role"), "@staff_only", "# none", "pass"),
        ("@staff_only\ndef staff(): pass", "@staff_only", "# none", "pass"),
    ],
)
def test_a_guard_for_some_users_that_something_else_does_is_fine(project, found, hook, above, below, line):  # noqa: PLR0917
    text = ROLES.format(hook=hook, above=above, below=below, line=line)
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == []


REPLACED = """\
from flask import Flask
from flask.views import MethodView
from .auth import login_required, timed
app = Flask(__name__)
@app.get("/ledger")
@login_required
def ledger(): return {{}}
def quick(): return {{}}
class Member(MethodView):
    decorators = [login_required]
    def post(self): return {{}}
class Gold(Member):
    {own}
    def get(self): return {{}}
app.add_url_rule("/gold", view_func=Gold.as_view("gold"))
if True:
    app.view_functions["{endpoint}"] = {view}
"""


@pytest.mark.parametrize(
    ("own", "endpoint", "view", "line"),
    [
        ("decorators = [timed]", "ledger", "login_required(quick)", 13),
        ("decorators: list = [timed, timed]", "other", "quick", 13),
        ("limit = 3", "ledger", "quick", 17),
        ("limit = 3", "ledger", "timed(quick)", 17),
    ],
)
def test_what_takes_the_place_of_a_guarded_view_or_of_its_decorators(project, found, own, endpoint, view, line):  # noqa: PLR0917
    text = REPLACED.format(own=own, endpoint=endpoint, view=view)
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == [
        ("SF511", "shop/__init__.py", line)
    ]


@pytest.mark.parametrize(
    ("own", "endpoint", "view"),
    [
        ("decorators = [timed, *Member.decorators]", "ledger", "login_required(quick)"),
        ("decorators = []  # for everybody", "other", "quick"),
        ("decorators = [timed, login_required]", "static", "quick"),
    ],
)
def test_what_keeps_the_guard_or_gives_it_up_in_so_many_words_is_fine(project, found, own, endpoint, view):
    text = REPLACED.format(own=own, endpoint=endpoint, view=view)
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == []


EACH = """\
from flask import Blueprint, Flask
from .auth import login_required
desk, till = Blueprint("desk", __name__), Blueprint("till", __name__)
@desk.get("/desk")
def at_desk(): return {{}}
@till.get("/till")
def at_till(): return {{}}
def lock(app):
    for name, view in app.view_functions.items():
        {test}
        app.view_functions[name] = login_required(view)
def create_app():
    app = Flask(__name__)
    app.register_blueprint(desk)
    {early}
    app.register_blueprint(till)
    {late}
    return app
"""


@pytest.mark.parametrize("test", ["pass", 'if name == "static": continue', 'if name.startswith("desk"): pass'])
def test_views_that_are_wrapped_before_the_last_one_is_there(project, found, test):
    for early, late, lines in (("lock(app)", "pass", [16]), ("pass", "lock(app)", [])):
        text = EACH.format(test=test, early=early, late=late)
        assert [line for *_, line in found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511")] == lines


@pytest.mark.parametrize(
    "test", ['if not name.startswith("desk."): continue', 'if name not in {"desk.at_desk"}: continue']
)
def test_views_that_the_loop_does_not_mean_are_fine(project, found, test):
    text = EACH.format(test=test, early="lock(app)", late="pass")
    assert found(project({"shop/auth.py": AUTH, "shop/__init__.py": text}), "SF511") == []


BARE = """\
import functools, inspect
from flask import Blueprint, Flask, abort, session
def members(view):
    @functools.wraps(view)
    def inner(**k):
        if "uid" not in session: abort(401)
        return view(**k)
    return inner
def counted(view, name=""):
    @functools.wraps(view)
    def inner(**k): return view(**k)
    return inner
desk = Blueprint("desk", __name__)
@desk.get("/desk")
@members
def at_desk(): return {{}}
@desk.get("/door")
def at_door(): return {{}}
def count(app):
    for name, view in app.view_functions.items():
        {before}
        app.view_functions[name] = {put}
app = Flask(__name__)
app.register_blueprint(desk)
count(app)
"""


@pytest.mark.parametrize(
    ("before", "put"),
    [
        ("pass", "counted(inspect.unwrap(view))"),
        ("view = inspect.unwrap(view)", "counted(view, name)"),
        ("pass", "view.__wrapped__"),
        ("bare = getattr(view, '__wrapped__', view)", "counted(bare)"),
        ("from inspect import unwrap", "counted(counted(unwrap(app.view_functions[name])))"),
    ],
)
def test_views_that_are_stripped_of_their_guard(project, found, before, put):
    text = BARE.format(before=before, put=put)
    assert found(project({"app.py": text}), "SF511") == [("SF511", "app.py", 22)]


@pytest.mark.parametrize(
    ("before", "put"),
    [
        ("pass", "counted(view)"),
        ("pass", "members(inspect.unwrap(view))"),
        ("label = inspect.unwrap(view).__name__", "counted(view, label)"),
        ("pass", "counted(view, inspect.unwrap(view).__name__)"),
        ("if name.startswith('desk.'): continue", "inspect.unwrap(view)"),
    ],
)
def test_views_that_keep_their_guard_are_fine(project, found, before, put):
    assert found(project({"app.py": BARE.format(before=before, put=put)}), "SF511") == []


@pytest.mark.parametrize(
    ("put", "lines"),
    [
        ("at_desk.__wrapped__", [26]),
        ("counted(at_desk)", []),
        ("members(at_desk.__wrapped__)", []),
        ("counted(at_door)", [26]),
        ("counted(app.view_functions['desk.at_desk'])", []),
        ("counted(app.view_functions.get('desk.at_desk'), 'desk')", []),
        ("inspect.unwrap(app.view_functions['desk.at_desk'])", [26]),
    ],
)
def test_one_view_that_is_stripped_of_its_guard(project, found, put, lines):
    text = BARE.format(before="pass", put="counted(view)") + f"app.view_functions['desk.at_desk'] = {put}\n"
    assert found(project({"app.py": text}), "SF511") == [("SF511", "app.py", line) for line in lines]


MIXED = """\
from flask import Flask
from flask.views import MethodView
from .auth import login_required
app = Flask(__name__)
class Checked:
    decorators = [login_required]
class Base(MethodView):
    limit = 3
class Known(Base):
    decorators = [login_required]
class Ledger({bases}):
    def put(self): return {{}}
app.add_url_rule("/ledger", view_func=Ledger.as_view("ledger"))
"""


@pytest.mark.parametrize("bases", ["MethodView, Checked", "Base, Checked"])
def test_a_guard_in_a_class_behind_the_one_of_flask(project, found, bases):
    files = {"shop/auth.py": AUTH, "shop/__init__.py": MIXED.format(bases=bases)}
    assert found(project(files), "SF511") == [("SF511", "shop/__init__.py", 11)]


@pytest.mark.parametrize("bases", ["Checked, MethodView", "Checked, Base", "Base, Known", "Known, MethodView"])
def test_a_guard_in_a_class_before_the_one_of_flask_is_fine(project, found, bases):
    files = {"shop/auth.py": AUTH, "shop/__init__.py": MIXED.format(bases=bases)}
    assert found(project(files), "SF511") == []
