"""Who is let in, for one route at a time: by hooks, by decorators, by classes and by the first lines of a view."""

import pytest

from verify.project import Project

HEAD = """\
import functools
from flask import Blueprint, Flask, abort, current_app, g, jsonify, redirect, request, session, url_for
from flask.views import MethodView
from flask_jwt_extended import jwt_required, verify_jwt_in_request
from flask_login import current_user, login_required
from werkzeug.exceptions import Forbidden, MethodNotAllowed
app = Flask(__name__)
fees = Blueprint("fees", __name__, url_prefix="/fees")
"""
VIEW = '@fees.get("/open")\ndef opened(): return {}\n'
END = "app.register_blueprint(fees)\n"
STRANGER = 'if "uid" not in session:\n            abort(401)\n'


def guards(project, text: str):
    """The guards, and the one route that has a view."""
    known = Project(project({"app.py": f"{HEAD}{text}\n{END}"}))
    (route,) = [route for route in known.routes.table if route.view]
    return known.routes.guards, route


HOOKS = {
    "a library's decorator": "@fees.before_request\n@login_required\ndef hook(): pass",
    "its call": "@fees.before_request\n@jwt_required()\ndef hook():\n    '''For members.'''",
    "around a lambda": "fees.before_request(login_required(lambda: None))",
    "a library's function": "@fees.before_request\ndef hook():\n    verify_jwt_in_request()",
    "its answer": """\
@fees.before_request
def hook():
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
""",
    "to the login": '@fees.before_request\ndef hook():\n    if not g.user: return redirect(url_for("login"))',
    "to the sign-in": '@fees.before_request\ndef hook():\n    if not g.user: return redirect("/sign-in")',
    "hidden from strangers": '@app.before_request\ndef hook():\n    if "uid" not in session: abort(404)',
    "who it is, by way of a variable": """\
@fees.before_request
def hook():
    member = find(session.get("uid"))
    if member is None:
        abort(404)
""",
    "and by way of a function": """\
def known():
    return session.get("uid")
@fees.before_app_request
def hook():
    if not known(): abort(404)
""",
    "in one expression": '@fees.before_request\ndef hook():\n    session.get("uid") or abort(401)',
    "an answer or none": '@fees.before_request\ndef hook():\n    return None if session.get("uid") else abort(403)',
    "a token that does not decode": """\
@fees.before_request
def hook():
    try:
        g.user = decode(request.headers["Authorization"])
    except ValueError:
        return jsonify(error="who are you?"), 401
""",
    "closed to all": "@fees.before_request\ndef hook():\n    abort(403)",
    "by its rule": """\
@app.before_request
def hook():
    if request.url_rule and request.url_rule.rule.startswith("/fees") and not session.get("uid"): abort(401)
""",
    "all but some": """\
PUBLIC = frozenset({"login", "static"})
@app.before_request
def hook():
    if request.endpoint not in PUBLIC and "uid" not in session: abort(401)
""",
}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_hook_that_stops_strangers(project, hook):
    known, route = guards(project, f"{hook}\n{VIEW}")
    assert known.guarded(route, "GET")
    assert not known.is_open(route, "GET")


@pytest.mark.parametrize(
    "hook",
    [
        "@fees.before_request\ndef hook():\n    g.rows = load()",
        '@fees.before_request\ndef hook():\n    if request.method == "POST" and "uid" not in session: abort(401)',
        '@app.before_request\ndef hook():\n    if request.url_rule.rule.startswith("/pay") and not g.user: abort(401)',
        '@app.before_request\ndef hook():\n    if request.endpoint not in {"fees.opened"} and not g.user: abort(401)',
        """\
@app.before_request
def hook():
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"): abort(403)
""",
        """\
@app.before_request
def hook():
    token = session.pop("_csrf_token", None)
    if not token or token != request.form.get("_csrf_token"): abort(403)
""",
        "@login_required\n@fees.before_request\ndef hook(): pass",  # too late: the hook is registered without it
        'other = Blueprint("other", __name__)\n@other.before_request\n@login_required\ndef hook(): pass',
    ],
)
def test_a_hook_that_lets_this_route_pass(project, hook):
    known, route = guards(project, f"{hook}\n{VIEW}")
    assert known.is_open(route, "GET")


VIEWS = {
    "its own lines": ('    me = session.get("uid")\n    if me is None: abort(404)\n    return {}', True),
    "the owner only": ("    row = find(user_id)\n    if row.owner != current_user.id: abort(404)\n    return {}", True),
    "a library's block": ("    with admin_permission.require(403):\n        return {}", True),
    "no such user": ("    user = find(user_id)\n    if user is None: abort(404)\n    return {}", False),
    "closed for now": ("    row = find(user_id)\n    if row.locked: abort(403)\n    return {'by': row.user}", False),
}


@pytest.mark.parametrize(("body", "guarded"), VIEWS.values(), ids=VIEWS)
def test_a_view_that_looks_at_who_is_asking_or_at_whom_its_url_names(project, body, guarded):
    known, route = guards(project, f'@fees.get("/<int:user_id>")\ndef show(user_id):\n{body}\n')
    assert known.guarded(route, "GET") is guarded


DECORATORS = """\
def plain(view):
    @functools.wraps(view)
    def inner():
        if "uid" not in session: abort(401)
        return view()
    return {plain}
def role(name):
    def wrap(view):
        def inner():
            if name not in session["roles"]: abort(403)
            return view()
        return {wrap}
    return wrap
@fees.get("/x")
@{used}
def show(): return {{}}
"""


@pytest.mark.parametrize(
    ("used", "plain", "wrap", "guarded"),
    [
        ("plain", "inner", "view", True),
        ("plain", "view", "inner", False),
        ('role("boss")', "view", "inner", True),
        ('role("boss")', "inner", "view", False),
    ],
)
def test_a_decorator_guards_with_what_it_returns(project, used, plain, wrap, guarded):
    known, route = guards(project, DECORATORS.format(used=used, plain=plain, wrap=wrap))
    assert known.guarded(route, "GET") is guarded


@pytest.mark.parametrize(
    ("put", "guarded"),
    [
        ('.setdefault("fees", []).append(check)', True),
        ('["fees"] = [check]', True),
        (".setdefault(None, []).append(check)", True),
        ('.setdefault("fees", []).append(print)', True),  # nobody can tell
        (".update(hooks())", True),
        ('["fares"].append(check)', False),
        ('["fees"] += [harmless]', False),
    ],
)
def test_hooks_that_are_put_where_flask_keeps_them(project, put, guarded):
    hooks = "def check():\n    if not g.user: abort(401)\ndef harmless(): g.rows = load()\n"
    known, route = guards(project, f"{hooks}app.before_request_funcs{put}\n{VIEW}")
    assert known.guarded(route, "GET") is guarded


CLASSES = {
    "decorators": ("decorators = [login_required]", "pass", True),
    "annotated": ("decorators: list = [login_required]", "pass", True),
    "replaced": ("decorators = [login_required]", "decorators = [functools.cache]", False),
    "replaced by none": ("decorators = [login_required]", "decorators = []", False),
    "unpacked": ("decorators = [login_required]", "decorators = [functools.cache, *Base.decorators]", True),
    "added to": ("decorators = [login_required]", "decorators = Base.decorators + [functools.cache]", True),
    "inherited": ("@login_required\n    def get(self): return {}", "pass", True),
    "overridden": ("@login_required\n    def get(self): return {}", "def get(self): return {}", False),
    "super()": ("@login_required\n    def get(self): return {}", "def get(self): return super().get()", True),
    "dispatched": (f"def dispatch_request(self):\n        {STRANGER}", "pass", True),
    "dispatched anew": (
        f"def dispatch_request(self):\n        {STRANGER}",
        "def dispatch_request(self): return self.get()",
        False,
    ),
}


@pytest.mark.parametrize(("base", "own", "guarded"), CLASSES.values(), ids=CLASSES)
def test_the_class_of_a_view(project, base, own, guarded):
    text = f"""
class Base(MethodView):
    {base}
class Fees(Base):
    {own}
class Last(Fees):
    {"def get(self): return {}" if "get" not in base else "pass"}
fees.add_url_rule("/all", view_func=Last.as_view("all"))
"""
    known, route = guards(project, text)
    assert known.guarded(route, "GET") is guarded
    replaced = not guarded and "= []" not in own
    assert (known.overridden(route, "GET") is not None) is replaced


@pytest.mark.parametrize(
    ("body", "refuses"),
    [
        ("raise MethodNotAllowed()", True),
        ("abort(405)", True),
        ("'''Not for anybody.'''\n    log()\n    return {'error': 'gone'}, 410", True),
        ("if ready(): abort(400)\n    raise Forbidden", True),
        ("return redirect(url_for('fees.all'))", True),
        ("return jsonify([]), 200", False),
        ("delete()\n    return redirect('/')", False),
        ("if session: return {}\n    abort(400)", False),
        ("try:\n        return {}\n    except ValueError:\n        abort(400)", False),
    ],
)
def test_a_view_that_gives_nothing_to_anybody_is_not_open(project, body, refuses):
    known, route = guards(project, f'@fees.get("/x")\ndef show():\n    {body}\n')
    assert known.is_open(route, "GET") is not refuses
    assert not known.guarded(route, "GET")


@pytest.mark.parametrize(
    ("hook", "open_to_all"),
    [
        ("if request.method == 'GET': abort(405)", False),
        ("return forbid()\ndef forbid(): return {}, 403", False),
        ("if request.method == 'POST': abort(405)", True),
        ("if app.debug: return None\n    abort(503)", False),
        ("if request.args: return None\n    abort(503)", True),
        ("return jsonify(busy()) if busy() else None", True),
    ],
)
def test_a_hook_that_refuses_everybody_closes_a_view_and_is_no_guard(project, hook, open_to_all):
    known, route = guards(project, f"@fees.before_request\ndef hook():\n    {hook}\n{VIEW}")
    assert known.is_open(route, "GET") is open_to_all
    assert not known.guarded(route, "GET")


@pytest.mark.parametrize(
    ("name", "body", "public"),
    [
        ("ping", "return {}", True),
        ("session", "login_user(find(request.form))\n    return {}", True),
        ("session", "session['user_id'] = check(request.form)\n    return {}", True),
        ("basket", "session['rows'] = request.form['rows']\n    return {}", False),
        ("basket", "db.session['user'] = 1\n    return {}", False),
    ],
)
def test_the_way_in_is_meant_for_strangers(project, name, body, public):
    known, route = guards(project, f'@fees.post("/{name}")\ndef show():\n    {body}\n')
    assert known.is_public(route, "POST") is public
