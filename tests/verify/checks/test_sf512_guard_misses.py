import pytest

TEXT = """\
from flask import Blueprint, Flask, abort, request, session
app = Flask(__name__)
@app.before_request
def guard():
    if {condition} and "uid" not in session:
        abort(401)
staff = Blueprint("staff", __name__, url_prefix="/staff")
rota = Blueprint("rota", __name__, url_prefix="/rota")
@staff.get("/")
def index(): return {{}}
@rota.route("/", methods=["GET", "POST", "DELETE"])
def shifts(): return {{}}
staff.register_blueprint(rota)
app.register_blueprint(staff)
@app.get("/help")
def help_page(): return {{}}
"""


@pytest.mark.parametrize(
    "condition",
    [
        'request.blueprint == "staff"',  # staff.rota is another name
        'request.blueprint in ("staff", "office")',
        'request.endpoint == "shifts"',  # the endpoint is staff.rota.shifts
        'request.path.startswith("/Staff")',
        'request.path == "/staff" or request.path == "/staff/rota"',  # the rule ends in a slash
        'request.method == "POST"',  # DELETE changes things, too
    ],
)
def test_a_comparison_that_lets_one_of_the_family_pass(project, found, condition):
    lines = {line for _, _, line in found(project({"app.py": TEXT.format(condition=condition)}), "SF512")}
    assert lines == {5}


@pytest.mark.parametrize(
    "condition",
    [
        '"staff" in request.blueprints',
        'request.blueprint in ("staff", "staff.rota")',
        '(request.blueprint or "").split(".")[0] == "staff"',
        'request.path.startswith("/staff")',
        'request.path.lower().startswith("/staff/")',
        '(request.endpoint or "").startswith("staff.")',
        'request.endpoint != "help_page"',
        "request.method not in ('GET', 'HEAD', 'OPTIONS')",
        'not request.path.startswith("/help")',
        'request.blueprint == "rota_of_others"',
    ],
)
def test_a_comparison_that_names_the_whole_family_is_fine(project, found, condition):
    assert found(project({"app.py": TEXT.format(condition=condition)}), "SF512") == []


OPEN = """\
from flask import Blueprint, Flask, abort, request, session
OPEN = {given}
def guard():
    name = request.{fact} or ""
    if {test}:
        return None
    if session.get("uid") is None:
        abort(403)
app = Flask(__name__)
app.before_request(guard)
info, internals = Blueprint("info", __name__), Blueprint("infosec", __name__)
@info.get("/")
def start(): return {{}}
@internals.get("/plans")
def plans(): return {{}}
app.register_blueprint(info, url_prefix="/info")
app.register_blueprint(internals, url_prefix="/infosec")
"""


@pytest.mark.parametrize(
    ("fact", "given", "test"),
    [
        ("endpoint", '"info"', "name.startswith(OPEN)"),
        ("endpoint", '("info", "static")', "name.startswith(OPEN)"),
        ("blueprint", '"info"', "name.startswith(OPEN)"),
        ("path", '"/info"', "name.startswith(OPEN)"),
    ],
)
def test_an_allow_list_that_a_longer_name_fits(project, found, fact, given, test):
    root = project({"app.py": OPEN.format(fact=fact, given=given, test=test)})
    assert found(root, "SF512") == [("SF512", "app.py", 5)]


@pytest.mark.parametrize(
    ("fact", "given", "test"),
    [
        ("endpoint", '"info."', "name.startswith(OPEN)"),
        ("blueprint", '"info"', "name == OPEN"),
        ("blueprint", '{"info"}', "name in OPEN"),
        ("path", '"/info/"', "name.startswith(OPEN)"),
        ("endpoint", '{"info.start", "static"}', "name in OPEN"),
        ("path", '"/inf"', "name.startswith(OPEN)"),  # meant for both: neither is called so
    ],
)
def test_an_allow_list_of_whole_names_is_fine(project, found, fact, given, test):
    assert found(project({"app.py": OPEN.format(fact=fact, given=given, test=test)}), "SF512") == []


OWN = """\
from flask import Blueprint, Flask, abort, redirect, request, session
door = Blueprint("door", __name__, url_prefix="/door")
stock = Blueprint("stock", __name__, url_prefix="/stock")
KNOWN = {known}
@door.{when}
def keeper():
    if request.{fact} in KNOWN:
        return
    if not session.get("uid"):
        return redirect("/door/login")
@door.get("/login")
def login(): return {{}}
@stock.get("/rows")
def rows(): return {{}}
app = Flask(__name__)
@app.get("/ping")
def ping(): return {{}}
{more}
app.register_blueprint(door)
app.register_blueprint(stock)
"""
ME = '@door.get("/me")\ndef me(): return {}'
BESIDE = """\
staff = Blueprint("staff", __name__)
staff.before_request(keeper)
@staff.get("/pay")
def pay(): return {}
app.register_blueprint(staff)
"""


@pytest.mark.parametrize(
    ("known", "fact"),
    [
        ('("door.login", "static")', "endpoint"),
        ('{"door.login", "ping"}', "endpoint"),
        ('["/door/login", "/ping"]', "path"),
    ],
)
def test_a_guard_of_one_blueprint_that_means_all(project, found, known, fact):
    text = OWN.format(known=known, fact=fact, when="before_request", more=ME)
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 6)]
    everywhere = OWN.format(known=known, fact=fact, when="before_app_request", more=ME)
    assert found(project({"app.py": everywhere}), "SF512") == []


def test_a_guard_that_speaks_of_its_own_blueprint_is_fine(project, found):
    for known in ('frozenset(["door.login"])', '("door.login", "door.nowhere")'):
        text = OWN.format(known=known, fact="endpoint", when="before_request", more=ME)
        assert found(project({"app.py": text}), "SF512") == []


@pytest.mark.parametrize(("fact", "known"), [("endpoint", '["door.login"]'), ("blueprint", '{"door"}')])
def test_a_guard_with_an_exception_for_all_that_it_runs_for(project, found, fact, known):
    text = OWN.format(known=known, fact=fact, when="before_request", more="")
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 6)]
    for more in (BESIDE, "from flask_restful import Api\nApi(door).add_resource(Me, '/me')"):
        text = OWN.format(known=known, fact=fact, when="before_request", more=more)
        assert found(project({"app.py": text}), "SF512") == []


@pytest.mark.parametrize(
    ("known", "fine"), [('("/", "/door")', False), ('("/door", "/about")', True), ('("/door",)', True)]
)
def test_an_exception_that_all_paths_begin_with(project, found, known, fine):
    text = f"""\
from flask import Flask, abort, request, session
app = Flask(__name__)
OPEN = {known}
@app.before_request
def members():
    if not request.path.startswith(OPEN) and "uid" not in session:
        abort(401)
@app.get("/")
def start(): return {{}}
@app.get("/accounts")
def accounts(): return {{}}
"""
    assert found(project({"app.py": text}), "SF512") == ([] if fine else [("SF512", "app.py", 5)])


KEPT = """\
from flask import Flask, abort, current_app, request, session
class Usual:
    DOORS = {doors}
    MEMBERS_ONLY = False
app = Flask(__name__)
app.config.from_object(Usual)
def opened():
    return request.path.startswith(current_app.config.get("DOORS", ()))
@app.before_request
def members():
    if {test}:
        return
    if "uid" not in session:
        abort(401)
@app.get("/")
def start(): return {{}}
@app.get("/accounts")
def accounts(): return {{}}
"""
BEGINS = 'request.path.startswith(app.config["DOORS"])'


@pytest.mark.parametrize(
    "test", [BEGINS, "opened()", "any(request.path.startswith(one) for one in (*Usual.DOORS, '/a'))"]
)
def test_an_exception_of_the_configuration_that_all_paths_begin_with(project, found, test):
    text = KEPT.format(doors='("/", "/press")', test=test)
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 10)]


@pytest.mark.parametrize(
    ("doors", "test"),
    [
        ('("/press", "/accounting")', BEGINS),
        ('("/", "/press")', 'request.path in app.config["DOORS"]'),
        ('"/"', 'request.path == app.config["DOORS"]'),
        ('"/"', 'not app.config["MEMBERS_ONLY"] and request.path == "/accounts"'),  # production may have it on
    ],
)
def test_an_exception_of_the_configuration_for_some_is_fine(project, found, doors, test):
    assert found(project({"app.py": KEPT.format(doors=doors, test=test)}), "SF512") == []


BY_NAME = """\
from flask import Blueprint, Flask, abort, current_app, request, session
FREE = set()
def free(reason):
    def mark(view):
        FREE.add({kept})
        return view
    return mark
def is_free():
    view = current_app.view_functions[request.endpoint]
    key = {asked}
    return key in FREE
def members():
    if not is_free() and "uid" not in session:
        abort(401)
stall, vault = Blueprint("stall", __name__), Blueprint("vault", __name__, url_prefix="/vault")
@stall.get("/")
@free("a list of prices")
def prices(): return {{}}
def private():
    @vault.get("/{rule}")
    {mark}
    def prices(): return {{}}
private()
app = Flask(__name__)
app.before_request(members)
app.register_blueprint(stall)
app.register_blueprint(vault)
"""


@pytest.mark.parametrize("asked", ["view.__name__", 'request.endpoint.rpartition(".")[2]'])
def test_an_exception_for_a_view_whose_name_another_has(project, found, asked):
    text = BY_NAME.format(kept="view.__name__", asked=asked, rule="costs", mark="# for members")
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 12)]


@pytest.mark.parametrize(
    ("kept", "asked", "rule", "mark"),
    [
        ("view", "view", "costs", "# for members"),
        ('f"{view.__module__}.{view.__name__}"', 'f"{view.__module__}.{view.__name__}"', "costs", "# for members"),
        ("view.__name__", "request.endpoint", "costs", "# another name than that: vault.prices"),
        ("view.__name__", "view.__name__", "costs", "@free('these, too')"),
        ("view.__name__", "view.__name__", "costs", "@login_required"),
        ("view.__name__", "view.__name__", "login", "# for all"),
    ],
)
def test_an_exception_for_a_view_that_no_other_shares_is_fine(project, found, kept, asked, rule, mark):  # noqa: PLR0917
    text = BY_NAME.format(kept=kept, asked=asked, rule=rule, mark=mark)
    assert found(project({"app.py": text}), "SF512") == []


ANSWER = """\
from flask import Flask, abort, flash, jsonify, make_response, redirect, session, url_for
from werkzeug.exceptions import Forbidden
app = Flask(__name__)
def ask_first():
    if not session.get("uid"):
        return redirect(url_for("login"))
def leave():
    session.clear()
    return redirect("/login")
@app.{hook}
def members():
    if "uid" not in session:
        {answer}
    return {end}
"""


@pytest.mark.parametrize(
    "answer",
    ['redirect("/login")', 'make_response("no", 401)', "jsonify(error=1), 403", "Forbidden()", "ask_first()"],
)
def test_an_answer_that_nobody_gets(project, found, answer):
    for hook, end in (("before_request", None), ('get("/members")', "{}")):
        text = ANSWER.format(hook=hook, answer=answer, end=end)
        assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 13)]


@pytest.mark.parametrize(
    "answer",
    ['return redirect("/login")', "return ask_first()", "raise Forbidden()", "abort(403)", "leave()",
     'flash("Sign in")', 'answer = redirect("/login")\n        return answer'],
)  # fmt: skip
def test_an_answer_that_arrives_is_fine(project, found, answer):
    text = ANSWER.format(hook="before_request", answer=answer, end=None)
    assert found(project({"app.py": text}), "SF512") == []


HANDED_ON = """\
from flask import Flask, abort, flash, redirect, session, url_for
app = Flask(__name__)
def to_the_door():
    if session.get("uid") is None:
        {first}
        return redirect(url_for("login"))
def ask(): return to_the_door()
def leave():
    if session.get("uid") is not None:
        session.clear()
    return redirect(url_for("login"))
@app.get("/login")
def login(): return {{}}
@app.get("/desk")
def desk():
    {line}
    return {{"letters": 3}}
"""


def test_what_a_guard_answers_is_handed_on_by_nobody(project, found):
    for line in ("to_the_door()", "ask()"):
        text = HANDED_ON.format(first="flash('Sign in')", line=line)
        assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 16)]


@pytest.mark.parametrize(
    ("first", "line"),
    [
        ("flash('Sign in')", "if answer := to_the_door(): return answer"),
        ("flash('Sign in')", "leave()"),  # for what it does
        ("abort(401)", "to_the_door()"),  # it stops strangers itself
    ],
)
def test_a_guard_that_is_handed_on_or_stops_by_itself_is_fine(project, found, first, line):
    assert found(project({"app.py": HANDED_ON.format(first=first, line=line)}), "SF512") == []


LATE = """\
from flask import Blueprint, Flask, abort, redirect, session
app = Flask(__name__)
wire = Blueprint("wire", __name__, url_prefix="/wire")
@{hook}
def check(answer):
    if {test}:
        return redirect("/login")
    return answer
@wire.post("/send")
def send(): return {{}}
app.register_blueprint(wire)
"""


@pytest.mark.parametrize("hook", ["wire.after_request", "wire.after_app_request", "app.after_request"])
def test_a_guard_that_comes_after_the_view(project, found, hook):
    text = LATE.format(hook=hook, test='session.get("uid") is None')
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 5)]


def test_after_a_guard_or_with_another_aim_a_late_hook_is_fine(project, found):
    text = LATE.format(hook="app.after_request", test='answer.status_code == 401 and "uid" not in session')
    assert found(project({"app.py": text}), "SF512") == []
    first = "@wire.before_request\ndef first():\n    if 'uid' not in session: abort(401)\n@wire.post"
    text = LATE.format(hook="wire.after_request", test='"uid" not in session').replace("@wire.post", first)
    assert found(project({"app.py": text}), "SF512") == []
    text = LATE.format(hook="wire.after_request", test="answer.is_streamed")
    assert found(project({"app.py": text}), "SF512") == []


MOVED = """\
import re
from flask import Blueprint, Flask, abort, request, session
app = Flask(__name__)
@app.before_request
def guard():
    if {test} and "uid" not in session:
        abort(401)
pay = Blueprint("pay", __name__, url_prefix="/wages")
@pay.get("/<int:year>")
def sheet(year): return {{}}
desk = Blueprint("desk", __name__, url_prefix="/desk")
{register}
@app.get("/help")
def rest(): return {{}}
"""
ALONE = "app.register_blueprint(pay{})"
BELOW = "desk.register_blueprint(pay)\napp.register_blueprint(desk)"


@pytest.mark.parametrize(
    "register", [ALONE.format(', url_prefix="/salaries"'), ALONE.format(', url_prefix="/"'), BELOW]
)
@pytest.mark.parametrize(
    "test",
    [
        'request.path.startswith("/wages/")',
        're.match(r"/(wages|stock)\\b", request.path)',
        'request.path.split("/")[1] in {"wages", "stock"}',
    ],
)
def test_a_prefix_that_the_registration_replaces(project, found, test, register):
    text = MOVED.format(test=test, register=register)
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 12)]
    for more in ("", ', url_prefix="/wages/old"', ")\napp.register_blueprint(pay, name='old', url_prefix='/old'"):
        text = MOVED.format(test=test, register=ALONE.format(more))  # at two places: another check's
        assert found(project({"app.py": text}), "SF512") == []


@pytest.mark.parametrize("test", ['not request.path.startswith("/pay")', 'request.path.startswith(("/wages", "/pay"))'])
def test_a_prefix_that_is_named_as_it_is_registered(project, found, test):
    text = MOVED.format(test=test, register=ALONE.format(', url_prefix="/pay"'))
    assert found(project({"app.py": text}), "SF512") == []


ENDING = """\
import os, re
from flask import Flask, abort, request, send_file, session
app = Flask(__name__)
ENDINGS = (".css", ".woff2")
@app.before_request
def guard():
    if {exempt}:
        return None
    if session.get("uid") is None:
        abort(403)
@app.get("{rule}")
def letter(name): return send_file("/srv/letters/" + str(name))
"""


@pytest.mark.parametrize(
    "exempt",
    [
        "request.path.endswith(ENDINGS)",
        'request.path.lower().endswith(".css")',
        'request.path.rsplit(".", 1)[-1] in {"css", "js"}',
        "os.path.splitext(request.path)[1] in ENDINGS",
        "any(request.path.endswith(one) for one in ENDINGS)",
        'request.path.endswith("/help")',
    ],
)
def test_an_ending_that_a_visitor_can_give_a_url(project, found, exempt):
    text = ENDING.format(exempt=exempt, rule="/letters/<path:name>")
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 7)]


@pytest.mark.parametrize(
    ("exempt", "rule"),
    [
        ("request.path.endswith(ENDINGS)", "/letters/<int:name>"),
        ("request.path.endswith(ENDINGS)", "/letters/<name>/text"),
        ("request.path.endswith(ENDINGS)", "/assets/<path:name>"),  # meant for everybody
        ('request.endpoint == "static"', "/letters/<path:name>"),
        ('request.path.startswith("/static/")', "/letters/<path:name>"),
        ('request.path in ("/login", "/logout")', "/letters/<path:name>"),
        ('request.path.startswith("/static/") and request.path.endswith(ENDINGS)', "/letters/<path:name>"),
    ],
)
def test_an_exception_that_no_url_of_the_view_fits(project, found, exempt, rule):
    assert found(project({"app.py": ENDING.format(exempt=exempt, rule=rule)}), "SF512") == []


@pytest.mark.parametrize(
    "exempt",
    [
        '"/help" in request.full_path',
        'not ("/help" not in request.url)',
        "request.full_path.endswith(ENDINGS)",
        'any(one in request.full_path for one in ("/help", "/about"))',
        'any(one in request.url for one in ("/help", "/about"))',
        're.search("help", request.full_path)',
    ],
)
def test_a_query_that_a_visitor_can_add_to_a_url(project, found, exempt):
    text = ENDING.format(exempt=exempt, rule="/letters/all")
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 7)]


@pytest.mark.parametrize(
    "exempt",
    [
        '"/help" in request.path',
        'request.full_path.startswith("/help")',
        'request.full_path.partition("?")[0].endswith("/help")',
        're.match("/help", request.full_path)',
        '"/help" in request.full_path and session.get("uid")',
        'not request.full_path.startswith("/letters")',
        '"//letters.example.org/" not in request.url',
        'request.url.startswith("https://help.example.org/")',
    ],
)
def test_what_no_query_changes_is_fine(project, found, exempt):
    assert found(project({"app.py": ENDING.format(exempt=exempt, rule="/letters/all")}), "SF512") == []


TABLE = """\
from flask import Blueprint, Flask, abort, request, session
LOCKED = frozenset({locked})
def first(path: str) -> str:
    return path.strip("/").partition("/")[0]
app = Flask(__name__)
@app.before_request
def guard():
    if {asked} in LOCKED and "uid" not in session:
        abort(401)
bills = Blueprint("bills", __name__, url_prefix="/invoices")
@bills.get("/<int:number>")
def bill(number): return {{}}
app.register_blueprint(bills)
@app.get("/forms")
def rest(): return {{}}
"""


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        ("first(request.path)", ["staff", "invoice"]),
        ("request.path.split('/')[1]", ["invioces"]),
        ("request.blueprint", ["staff", "bill"]),
        ("request.endpoint", ["bills.bills"]),
    ],
)
def test_a_word_for_a_family_that_is_called_otherwise(project, found, asked, locked):
    root = project({"app.py": TABLE.format(asked=asked, locked=locked)})
    assert found(root, "SF512") == [("SF512", "app.py", 8)]


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        ("first(request.path)", ["staff", "invoices"]),
        ("first(request.path)", ["voice"]),  # a library's, perhaps
        ("request.path", ["/invoices/8"]),  # one of them
        ("request.blueprint", ["bills"]),
    ],
)
def test_a_word_for_another_family_is_fine(project, found, asked, locked):
    assert found(project({"app.py": TABLE.format(asked=asked, locked=locked)}), "SF512") == []
    both = TABLE.format(asked="first(request.path)", locked=["form"]).replace("app.get(", 'app.get("/form")\n@app.get(')
    assert found(project({"app.py": both}), "SF512") == []


BY_PATTERN = """\
import re
from flask import Blueprint, Flask, abort, request, session
LOCKED = {pattern}
app = Flask(__name__)
@app.before_request
def guard():
    if {test} and "uid" not in session:
        abort(401)
desk = Blueprint("desk", __name__, url_prefix="/desk")
@desk.get("/{first}")
def tray(**_): return {{}}
@desk.get("/{first}/{second}")
def sheet(**_): return {{}}
app.register_blueprint(desk)
"""


@pytest.mark.parametrize(
    ("pattern", "test"),
    [
        ('re.compile(r"^/desk/[a-z]+$")', "LOCKED.match(request.path)"),
        ('r"/desk/[^/]+"', "re.fullmatch(LOCKED, request.path) is not None"),
        ('re.compile("/desk/.{1,4}$")', "LOCKED.search(request.path.lower())"),
    ],
)
def test_a_pattern_that_ends_above_a_page_of_the_family(project, found, pattern, test):
    for second in ("<int:number>", "all/sheets"):
        text = BY_PATTERN.format(pattern=pattern, test=test, first="tray", second=second)
        assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 7)]
    text = BY_PATTERN.format(pattern=pattern, test=test, first="tray", second="all/login")
    assert found(project({"app.py": text}), "SF512") == []


@pytest.mark.parametrize(
    ("pattern", "test", "first"),
    [
        ('re.compile(r"^/desk/[a-z]+")', "LOCKED.match(request.path)", "tray"),
        ('r"/desk/.+"', "re.fullmatch(LOCKED, request.path)", "tray"),
        ('re.compile(r"/desk/tray$")', "LOCKED.match(request.path)", "tray"),  # this page and no other
        ('re.compile(r"/desk/[^/]+$")', "LOCKED.match(request.path)", "<name>"),  # each sheet has a page for all
        ('re.compile(r"/DESK/[a-z]+$", re.I)', "LOCKED.match(request.path)", "tray"),
        ('re.compile(r"^/help/")', "not LOCKED.match(request.path)", "tray"),
    ],
)
def test_a_pattern_that_means_what_it_fits_is_fine(project, found, pattern, test, first):
    text = BY_PATTERN.format(pattern=pattern, test=test, first=first, second="<int:number>")
    assert found(project({"app.py": text}), "SF512") == []


BY_HOST = """\
from flask import Blueprint, Flask, abort, request, session
app = Flask(__name__, subdomain_matching=True)
@app.before_request
def guard():
    if {test} and "uid" not in session:
        abort(401)
office = Blueprint("office", __name__)
{more}
@office.get("/desks")
def desks(): return {{}}
app.register_blueprint(office{option})
@app.get("/")
def start(): return {{}}
"""
TRUSTED = """\
@app.before_request
def trusted():
    if request.host not in {"office.example.org", "www.example.org"}:
        abort(400)
"""
ONLY_THERE = """\
@office.before_request
def only_there():
    if request.host != "office.example.org":
        abort(404)
"""


@pytest.mark.parametrize(
    "test",
    [
        'request.host == "office.example.org"',
        'request.host.split(":")[0].startswith("office.")',
        'request.host.partition(".")[0].lower() in ("office", "staff")',
    ],
)
def test_a_host_that_the_views_are_not_bound_to(project, found, test):
    for more in ("", TRUSTED):
        text = BY_HOST.format(test=test, more=more, option="")
        assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 5)]
    for more, option in (("", ', subdomain="office"'), (ONLY_THERE, "")):
        text = BY_HOST.format(test=test, more=more, option=option)
        assert found(project({"app.py": text}), "SF512") == []


@pytest.mark.parametrize(
    "test",
    [
        'request.host != "www.example.org"',  # a preview
        'not request.host.startswith("localhost")',
        'request.host == "shop.example.org"',
        'request.host == app.config["OFFICE"]',
    ],
)
def test_another_host_is_fine(project, found, test):
    assert found(project({"app.py": BY_HOST.format(test=test, more="", option="")}), "SF512") == []


ASYNC = """\
from flask import Blueprint, Flask, abort, session
desk = Blueprint("desk", __name__)
async def known():
    if "uid" not in session:
        abort(401)
async def seen():
    return {{"uid": session.get("uid")}}
@bridge
async def bridged():
    await known()
@desk.before_request
{hook}
@desk.get("/desk")
def desks(): return {{}}
app = Flask(__name__)
app.register_blueprint(desk)
"""


def test_a_guard_that_nobody_awaits(project, found):
    text = ASYNC.format(hook="def hook():\n    session.permanent = True\n    known()")
    assert found(project({"app.py": text}), "SF512") == [("SF512", "app.py", 14)]


@pytest.mark.parametrize(
    "hook",
    [
        "async def hook():\n    await known()",
        "def hook():\n    asyncio.run(known())",
        "def hook():\n    app.ensure_sync(known)()",
        "def hook():\n    bridged()",
        "def hook():\n    seen()",
    ],
)
def test_a_guard_that_somebody_awaits_is_fine(project, found, hook):
    assert found(project({"app.py": ASYNC.format(hook=hook)}), "SF512") == []


SWITCH = """\
from flask import Flask
from flask_login import login_required
app = Flask(__name__)
app.config.from_object("base.Usual")
app.config.update({more})
@app.get("/desk")
@login_required
def desks(): return {{}}
"""
USUAL = "class Usual:\n    LOGIN_DISABLED = {value}\nclass Trial(Usual):\n    LOGIN_DISABLED = True\n"


@pytest.mark.parametrize(
    ("value", "more", "there"),
    [("True", "", True), ("not False", "PAGES=3", True), ("False", "", False), ("True", "LOGIN_DISABLED=False", False)],
)
def test_the_switch_that_lets_everybody_in(project, found, value, more, there):
    files = {"base.py": USUAL.format(value=value), "app.py": SWITCH.format(more=more)}
    assert found(project(files), "SF512") == ([("SF512", "base.py", 2)] if there else [])
