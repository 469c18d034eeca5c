import pytest

TEXT = """\
from flask import Blueprint, Flask, abort, request, session
def check():
    if "uid" not in session:
        abort(401)
bills = Blueprint("bills", __name__, url_prefix="/bills")
{guard}
@bills.get("/all")
def all_bills(): return {{}}
app = Flask(__name__)
app.register_blueprint(bills)
{more}
"""
BY_PATH = "def by_path():\n    if request.path.startswith('/bills/'): check()\n"


def test_a_second_registration_outside_of_the_guarded_path(project, found):
    guard = "app_guard = None"
    more = f"{BY_PATH}app.before_request(by_path)\napp.register_blueprint(bills, url_prefix={{}}, name='old')"
    text = TEXT.format(guard=guard, more=more.format("'/old'"))
    assert found(project({"app.py": text}), "SF513") == [("SF513", "app.py", 14)]
    assert found(project({"app.py": TEXT.format(guard=guard, more=more.format("'/bills/v2'"))}), "SF513") == []
    text = TEXT.format(
        guard="bills.before_request(check)", more="app.register_blueprint(bills, url_prefix='/x', name='x')"
    )
    assert found(project({"app.py": text}), "SF513") == []


def test_a_view_under_two_rules_one_of_them_outside_of_the_guarded_path(project, found):
    text = TEXT.format(
        guard="", more=f"{BY_PATH}app.before_request(by_path)\napp.add_url_rule('/copy', view_func=all_bills)"
    )
    assert found(project({"app.py": text}), "SF513") == [("SF513", "app.py", 14)]


def test_a_rule_on_the_application_beneath_a_guarded_blueprint(project, found):
    more = '@app.get("/bills/{}")\ndef extra(): return {{}}'
    guard = "bills.before_request(check)"
    assert found(project({"app.py": TEXT.format(guard=guard, more=more.format("export"))}), "SF513") == [
        ("SF513", "app.py", 11)
    ]
    assert found(project({"app.py": TEXT.format(guard=guard, more=more.format("login"))}), "SF513") == []
    elsewhere = TEXT.format(guard=guard, more=more.format("export").replace("/bills/", "/billsets/"))
    assert found(project({"app.py": elsewhere}), "SF513") == []
    inside = TEXT.format(guard=guard, more='@app.get("/bills/export")\ndef extra():\n    check()\n    return {}')
    assert found(project({"app.py": inside}), "SF513") == []


def test_a_blueprint_on_the_application_beneath_a_guarded_one_that_only_holds_others(project, found):
    more = """\
office = Blueprint("office", __name__, url_prefix="/office")
office.before_request(check)
notes = Blueprint("{name}", __name__)
@notes.delete("/<int:note>")
def drop(note): return {{}}
office.register_blueprint(Blueprint("empty", __name__))
desks = Blueprint("desks", __name__, url_prefix="/desks")
@desks.get("/")
def all_desks(): return {{}}
office.register_blueprint(desks)
app.register_blueprint(office)
{on}.register_blueprint(notes, url_prefix="{prefix}/notes")"""

    def judged(on, prefix, name="notes"):
        text = TEXT.format(guard="", more=more.format(on=on, prefix=prefix, name=name))
        return found(project({"app.py": text}), "SF513")

    assert judged("app", "/office") == [("SF513", "app.py", 14)]
    assert judged("office", "") == judged("app", "") == judged("app", "/office", "public") == []


def test_record_adds_a_rule_past_the_blueprints_guard(project, found):
    record = """\
bills.before_request(check)
def extra(): return {{}}
@bills.record
def more(state):
    state{app}.add_url_rule("{rule}", "extra", extra)
"""
    text = TEXT.format(guard=record.format(app=".app", rule="/bills/dump"), more="")
    assert found(project({"app.py": text}), "SF513") == [("SF513", "app.py", 10)]
    assert found(project({"app.py": TEXT.format(guard=record.format(app="", rule="/dump"), more="")}), "SF513") == []


def test_a_method_that_is_open_beside_a_guarded_one(project, found):
    view = """\
from flask.views import MethodView
def login_required(view):
    def inner(**k):
        check()
        return view(**k)
    return inner
class Bill(MethodView):
    @login_required
    def get(self): return {{}}
    {guard}
    def delete(self): return {{}}
app.add_url_rule("/bill", view_func=Bill.as_view("bill"))
"""
    text = TEXT.format(guard="", more=view.format(guard="# open"))
    assert found(project({"app.py": text}), "SF513") == [("SF513", "app.py", 21)]
    assert found(project({"app.py": TEXT.format(guard="", more=view.format(guard="@login_required"))}), "SF513") == []


def test_a_public_form_beside_a_guarded_list_is_fine(project, found):
    more = '@app.post("/bills/all")\ndef new(): return {}'
    guarded = TEXT.format(guard="", more=more).replace("all_bills(): return", "all_bills():\n    check()\n    return")
    assert found(project({"app.py": guarded}), "SF513") == []
    for methods, lines in (("PUT POST", []), ("PUT", [13]), ("DELETE", [13]), ("POST DELETE", [13])):
        changing = guarded.replace('app.post("/bills/all")', f'app.route("/bills/all", methods={methods.split()})')
        assert found(project({"app.py": changing}), "SF513") == [("SF513", "app.py", line) for line in lines]


LOOSER = """\
from flask import Flask
from .auth import login_required
app = Flask(__name__)
@app.get("/invoice/<int:number>")
@login_required
def by_number(number): return {}
@app.get("/invoice/<number>")
def by_text(number): return {}
"""
AUTH = """\
from functools import wraps
from flask import abort, session
def login_required(view):
    @wraps(view)
    def inner(*a, **k):
        if "uid" not in session:
            abort(401)
        return view(*a, **k)
    return inner
"""


def files(text: str) -> dict[str, str]:
    return {"shop/__init__.py": text, "shop/auth.py": AUTH}


def test_an_open_string_rule_beside_a_guarded_number_rule(project, found):
    assert found(project(files(LOOSER)), "SF513") == [("SF513", "shop/__init__.py", 7)]


def test_an_open_view_that_makes_a_number_of_its_value(project, found):
    text = LOOSER.replace("/<number>", "/<ref>").replace(
        "by_text(number): return {}", "by_text(ref): return {'n': int(ref)}"
    )
    assert found(project(files(text)), "SF513") == [("SF513", "shop/__init__.py", 7)]


def test_the_same_guard_on_both_other_values_and_other_paths_are_fine(project, found):
    both = LOOSER.replace('"/invoice/<number>")\n', '"/invoice/<number>")\n@login_required\n')
    slug = LOOSER.replace("/<number>", "/<slug>").replace("by_text(number)", "by_text(slug)")
    apart = LOOSER.replace("/invoice/<number>", "/public/<number>")
    post = LOOSER.replace('get("/invoice/<number>")', 'post("/invoice/<number>")')
    for text in (both, slug, apart, post):
        assert found(project(files(text)), "SF513") == []


REST = """\
from flask.views import MethodView
class Refuse(MethodView):
    def get(self): raise MethodNotAllowed
    def post(self): raise MethodNotAllowed
class Bill(Refuse):
    def get(self):
        check()
        return {{}}
    {post}
app.add_url_rule("/bill", view_func=Bill.as_view("bill"))
"""


@pytest.mark.parametrize(
    "post",
    [
        "limit = 3",  # inherited: it only refuses
        "def post(self): return {}, 405",
        "def post(self): return redirect('/')",
        "def post(self):\n        login_user(find(request.form))\n        return {}",  # the way in
    ],
)
def test_a_method_that_gives_nothing_or_lets_users_in_is_fine(project, found, post):
    text = TEXT.format(guard="", more=REST.format(post="POST").replace("POST", post))
    assert found(project({"app.py": text}), "SF513") == []


def test_a_method_that_gives_something_is_named(project, found):
    text = TEXT.format(guard="", more=REST.format(post="def post(self): return {}"))
    assert found(project({"app.py": text}), "SF513") == [("SF513", "app.py", 19)]


def test_a_user_that_is_not_there_is_no_guard(project, found):
    more = """\
@app.get("/people/<int:user_id>")
def person(user_id):
    user = find(user_id)
    if user is None:
        abort(404)
    return {}
@app.delete("/people/<int:user_id>")
def forget(user_id): return {}
"""
    assert found(project({"app.py": TEXT.format(guard="", more=more)}), "SF513") == []


def test_a_blueprint_that_guards_its_writing_methods_leaves_reading_to_all(project, found):
    guard = "@bills.before_request\ndef writers():\n    if request.method != 'GET': check()"
    more = "@app.{}('/bills/extra')\ndef extra(): return {{}}"
    assert found(project({"app.py": TEXT.format(guard=guard, more=more.format("get"))}), "SF513") == []
    posted = TEXT.format(guard=guard.replace("!= 'GET'", "not in ('PUT',)"), more=more.format("post"))
    assert found(project({"app.py": posted}), "SF513") == [("SF513", "app.py", 13)]


def test_an_open_rule_that_takes_more_numbers(project, found):
    text = LOOSER.replace('"/invoice/<number>"', '"/invoice/<int(signed=True):number>"')
    assert found(project(files(text)), "SF513") == [("SF513", "shop/__init__.py", 7)]
    lists = LOOSER.replace("<int:number>", "<any(1, 2):number>").replace("/<number>", "/<any(3, 4):number>")
    assert found(project(files(lists)), "SF513") == []


FILES = """\
import os
from pathlib import Path
from flask import Flask, current_app, send_from_directory
from flask_login import login_required
app = Flask(__name__)
HERE = Path(__file__).with_name("papers")
@app.get("/papers/<path:name>")
{guard}
def papers(name):
    return send_from_directory({wide}, name)
@app.get("/minutes/<{kind}:name>")
@login_required
def minutes(name):
    return send_from_directory({narrow}, {file})
"""


@pytest.mark.parametrize(
    ("guard", "wide", "narrow", "lines"),
    [
        ("", "HERE", 'HERE / "minutes"', [10]),
        ("", "HERE.parent", "HERE", [10]),
        ("", 'HERE / "open"', 'os.path.join(current_app.static_folder, "minutes")', [14]),
        ("@login_required", "HERE", 'HERE / "minutes"', []),
        ("", 'HERE / "open"', 'HERE / "minutes"', []),
        ("", 'HERE / "min"', 'HERE / "minutes"', []),
        ("", 'HERE / "open"', "current_app.static_folder", []),  # the guard of a page, whose parts are for all
        ("", 'HERE / "open"', 'os.path.join(current_app.instance_path, "minutes")', []),
    ],
)
def test_an_open_folder_around_a_guarded_one(project, found, guard, wide, narrow, lines):  # noqa: PLR0917
    for kind, file in (("path", "name"), ("int", 'f"{name}.pdf"')):
        text = FILES.format(
            guard=guard or "@app.get('/papers/all/<path:name>')", wide=wide, narrow=narrow, kind=kind, file=file
        )
        root = project({"shop/__init__.py": text})
        assert found(root, "SF513") == [("SF513", "shop/__init__.py", line) for line in lines]


STATIC = """\
from pathlib import Path
from flask import Blueprint, Flask, send_from_directory
from flask_login import login_required
DRAWER = Path(__file__).with_name("{folder}")
clerk = Blueprint("clerk", __name__, url_prefix="/clerk", {options})
{more}
@clerk.get("/letters/<path:name>")
@login_required
def letter(name):
    return send_from_directory({sent})
app = Flask(__name__, {around})
app.register_blueprint(clerk)
"""


@pytest.mark.parametrize(
    ("options", "around", "sent", "line"),
    [
        ('static_folder="drawer"', "", "DRAWER, name", 5),
        ('static_folder="drawer", static_url_path="/files"', "", "str(DRAWER), name", 5),
        ('static_folder="drawer"', "", 'DRAWER / "letters", name', 5),
        ("", 'static_folder="drawer"', "DRAWER, name", 10),
    ],
)
def test_a_static_folder_of_guarded_files(project, found, options, around, sent, line):  # noqa: PLR0917
    text = STATIC.format(folder="drawer", options=options, around=around, sent=sent, more="")
    assert found(project({"shop/__init__.py": text}), "SF513") == [("SF513", "shop/__init__.py", line)]


@pytest.mark.parametrize(
    ("folder", "sent", "more"),
    [
        ("letters", "DRAWER, name", ""),
        ("drawer", "clerk.static_folder, name", ""),  # a page's guard, whose parts are for all
        ("drawer", 'DRAWER, "index.html" if name.endswith("/") else name', ""),
        ("drawer", "DRAWER, name", "clerk.before_request(login_required(lambda: None))"),
    ],
)
def test_a_static_folder_beside_guarded_files_or_with_a_guard_is_fine(project, found, folder, sent, more):
    text = STATIC.format(folder=folder, options='static_folder="drawer"', around="", sent=sent, more=more)
    assert found(project({"shop/__init__.py": text}), "SF513") == []
    assets = STATIC.format(folder="assets", options='static_folder="assets"', around="", sent="DRAWER, name", more=more)
    assert found(project({"shop/__init__.py": assets}), "SF513") == []
