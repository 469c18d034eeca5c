"""A foreign app is booted on a short leash, and what it does there is a result."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from verify import runtime
from verify.problem import CannotRun
from verify.project import Project

Write = Callable[[dict[str, str]], Path]
APP = """\
import os
from flask import Flask, request, session

seen = []


def create_app():
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    BODY

    @app.get("/items/<int:number>")
    def item(number):
        return str(number)

    return app
"""


def booted(root: Path) -> runtime.Facts:
    return Project(root).runtime


def refused(root: Path) -> str:
    with pytest.raises(CannotRun) as reason:
        booted(root)
    return str(reason.value)


def app(body: str = "pass") -> dict[str, str]:
    return {"src/acme/__init__.py": APP.replace("BODY", body)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (app(), ("src", "acme:create_app")),
        ({"app.py": "from flask import Flask\napp = Flask(__name__)\n"}, ("", "app:app")),
        ({"shop/__init__.py": "", "shop/web.py": "def make_app():\n    pass\n"}, ("", "shop.web:make_app")),
        ({**app(), "pyproject.toml": '[tool.verify]\napp = "acme.other:build"\n'}, ("src", "acme.other:build")),
        ({"wsgi.py": "from flask import Flask\napplication = Flask(__name__)\n", **app()}, ("src", "acme:create_app")),
        ({"tool.py": "app = 3\n"}, None),
    ],
)
def test_the_factory_is_found(project: Write, files: dict[str, str], expected: tuple[str, str] | None) -> None:
    assert runtime.target(Project(project(files))) == expected


def test_the_facts_of_a_small_app(project: Write) -> None:
    facts = booted(project(app()))
    rule = next(rule for rule in facts["rules"] if rule["endpoint"] == "item")
    assert (rule["rule"], rule["methods"]) == ("/items/<int:number>", ["GET"])
    assert rule["declared"] == {"name": "create_app", "file": "src/acme/__init__.py", "line": 12}
    assert rule["samples"][0]["got"] == {"GET": ["item", "/items/<int:number>"]}
    assert facts["session"]["client_side"]
    assert facts["jinja"]["unescaped"] == []


def test_a_rule_is_declared_where_its_blueprint_says_so(project: Write) -> None:
    source = """\
from flask import Blueprint, Flask

outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")


@inner.get("/one")
def one():
    return ""


outer.register_blueprint(inner)
app = Flask(__name__)
app.register_blueprint(outer)
"""
    rules = {rule["rule"]: rule["declared"]["line"] for rule in booted(project({"app.py": source}))["rules"]}
    assert rules == {"/static/<path:filename>": 13, "/outer/inner/one": 7}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("app.run()", "starts a server"),
        ("__import__('subprocess').run(['true'])", "subprocess.Popen is not available"),
        ("os.system('true')", "os.system is not available"),
        ("raise SystemExit('no settings')", "SystemExit at src/acme/__init__.py:10: no settings"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("__import__('socket').create_connection(('192.0.2.1', 80), 5)", "Connection refused"),
    ],
)
def test_what_does_not_boot_says_why(project: Write, body: str, reason: str) -> None:
    said = refused(project(app(body)))
    assert said.startswith("could not boot acme:create_app: ")
    assert reason in said


def test_an_app_that_hangs_is_a_result(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "SECONDS", 2.0)
    start = time.monotonic()
    assert "no answer in 2 s" in refused(project(app("__import__('threading').Event().wait()")))
    assert time.monotonic() - start < 10


def test_nothing_is_written_outside_the_scratch_folder(project: Write, tmp_path: Path) -> None:
    target = tmp_path / "written"
    root = project(app(f"open({str(target)!r}, 'w')"))
    assert "not writable while the app is judged" in refused(root)
    before = sorted(root.rglob("*"))
    booted(project(app("os.makedirs(app.instance_path); open(app.instance_path + '/x', 'w').close()")))
    assert sorted(root.rglob("*")) == before
    assert not target.exists()


def test_nothing_stays_behind(project: Write) -> None:
    facts = booted(project(app("""app.add_url_rule(f"/{os.getpid()}{os.environ['HOME']}", "seen")""")))
    rule = next(rule["rule"] for rule in facts["rules"] if rule["endpoint"] == "seen")
    _, pid, *home = Path(rule).parts
    assert not Path("/", *home).parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_a_missing_setting_gets_a_stand_in(project: Write) -> None:
    facts = booted(project(app("app.add_url_rule('/' + os.environ['SHOP_PORT'], 'port')")))
    assert "/8000" in [rule["rule"] for rule in facts["rules"]]


def test_a_place_that_two_users_share_is_told(project: Write) -> None:
    body = "app.add_url_rule('/hi', 'hi', lambda: seen.__setitem__(slice(1), [dict(who=request.args['who'])]) or '')"
    (mixed,) = booted(project(app(body)))["state"]["mixed"]
    assert (mixed["name"], mixed["place"], mixed["file"]) == ("acme.seen", "[0]['who']", "src/acme/__init__.py")
    assert mixed["endpoints"] == ["hi"]


def test_state_of_an_app_that_keeps_none(project: Write) -> None:
    body = "app.add_url_rule('/hi', 'hi', lambda: session.setdefault('name', request.args.get('name')) or '')"
    assert booted(project(app(body)))["state"] == {"mixed": [], "errors": []}


def test_a_view_that_never_answers_leaves_the_other_facts(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "SECONDS", 3.0)
    facts = booted(project(app("app.add_url_rule('/wait', 'wait', lambda: __import__('threading').Event().wait())")))
    assert facts["state"] is None
    assert [rule["endpoint"] for rule in facts["rules"]] == ["static", "wait", "item"]


def test_middleware_around_the_app_is_looked_through(project: Write) -> None:
    source = (
        "from flask import Flask\nfrom werkzeug.middleware.proxy_fix import ProxyFix\n"
        "def create_app():\n    return ProxyFix(Flask(__name__))\n"
    )
    assert booted(project({"app.py": source}))["app"] == {"debug": False, "static_folder": "static"}
