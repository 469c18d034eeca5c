"""What only the booted app shows: settings that no file spells out, found at the line that made them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks

HEAD = """\
import os
from datetime import timedelta
from flask import Flask, render_template, session
from flask.sessions import SecureCookieSessionInterface


def create_app():
    app = Flask(__name__)
    app.config |= {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_SAMESITE": "Lax"}
    app.secret_key = os.environ["SECRET_KEY"]
"""
OWN = {"pyproject.toml": '[tool.verify]\napp = "acme:create_app"\n', "gunicorn.conf.py": ""}
BINDS = 'if os.environ.get("FLASK_RUN_FROM_CLI"):\n        raise SystemExit("start it with gunicorn")'
FAULTS = {
    "debug mode": 'app.config.update(dict.fromkeys(["DEBUG"], True))  # SF240',
    "debug mode by its attribute": 'setattr(app, "gubed"[::-1], True)  # SF240',
    "an interface that is chosen after the extension": """app.config["SESSION_TYPE"] = "redis"
    app.session_interface = type("Quiet", (SecureCookieSessionInterface,), {})()  # SF340""",
    "an extension that nobody starts": 'app.config["SESSION_TYPE"] = "redis"  # SF340',
    "a cookie for scripts": 'app.config["_".join(["SESSION", "COOKIE", "HTTPONLY"])] = False  # SF341',
    "a cookie for other sites": 'app.config.update({"SESSION_COOKIE_SAMESITE": str(None)})  # SF341',
    "sessions for years": 'app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=365 * len("abc"))  # SF342',
}
FINE = {
    "debug mode on request": 'app.config["DEBUG"] = bool(os.environ.get("NOBODY_SETS_THIS"))',
    "debug mode that is taken back": "app.config.update(DEBUG=bool(app.name))\n    app.debug = False",
    "a cookie session that was meant": "app.session_interface = SecureCookieSessionInterface()",
    "a stricter cookie": 'app.config["SESSION_COOKIE_SAMESITE"] = "Strict"',
    "sessions for a month": 'app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=30)',
}
BOOTED = ("SF240", "SF340", "SF341", "SF342")


def built(lines: str) -> dict[str, str]:
    return {"src/acme/__init__.py": f"{HEAD}    {lines}\n    return app\n"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_setting_is_named_where_it_is_made(
    project: Callable[..., Path], found: Callable[..., object], name: str
) -> None:
    files = built(FAULTS[name])
    assert found(project(files), *BOOTED) == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_a_setting_that_is_fine_is_not(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(built(FINE[name])), *BOOTED) == []


def test_an_environment_that_does_not_escape(project: Callable[..., Path], found: Callable[..., object]) -> None:
    source = """\
from flask import Flask


class Plain(Flask):  # SF440
    def create_jinja_environment(self):
        environment = super().create_jinja_environment()
        environment.autoescape = ESCAPES
        return environment


app = Plain(__name__)
"""
    files = {"app.py": source.replace("ESCAPES", "bool(None)")}
    assert found(project(files), "SF440") == marks(files)
    assert found(project({"app.py": source.replace("ESCAPES", "lambda name: True")}), "SF440") == []
    some = {"app.py": source.replace("ESCAPES", "lambda name: not name or name.endswith('.html')")}
    assert found(project(some), "SF440") == []
    assert found(project(some | {"templates/feed.xml": "<feed/>"}), "SF440") == marks(some)


def test_a_filter_that_nobody_registers(project: Callable[..., Path], found: Callable[..., object]) -> None:
    page = {"src/acme/templates/page.html": "<p>\n{{ name | shout }}\n</p>\n"}
    assert found(project(built("pass") | page), "SF441") == [("SF441", "src/acme/templates/page.html", 2)]
    assert found(project(built('app.jinja_env.filters["shout"] = str.upper') | page), "SF441") == []


@pytest.mark.parametrize(("lines", "expected"), [("pass", [("SF140", "src/acme/__init__.py", 7)]), (BINDS, [])])
def test_a_service_of_ours_refuses_the_development_server(
    project: Callable[..., Path], found: Callable[..., object], lines: str, expected: list[object]
) -> None:
    assert found(project(OWN | built(lines)), "SF140") == expected
    (root := project({})).joinpath("gunicorn.conf.py").unlink()
    assert found(root, "SF140") == [], "other projects choose their server with a command"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("pass", [("SF241", "src/acme/__init__.py", 7)]), ('if app.debug: raise SystemExit("debug mode")', [])],
)
def test_a_service_of_ours_refuses_debug_mode(
    project: Callable[..., Path], found: Callable[..., object], lines: str, expected: list[object]
) -> None:
    assert found(project(OWN | built(lines)), "SF241") == expected


def test_a_variable_of_all_templates(project: Callable[..., Path], found: Callable[..., object]) -> None:
    lines = """@app.before_request
    def greet():
        from flask import request

        app.jinja_env.globals["nick"] = request.cookies.get("nick", "guest")  # SF640

    @app.get("/")
    def index():
        return ""
"""
    files = built(lines)
    assert found(project(files), "SF640") == marks(files)
    fine = lines.replace('app.jinja_env.globals["nick"] =', "return dict(nick=").replace('"guest")  #', '"guest"))  #')
    assert found(project(built(fine.replace("before_request", "context_processor"))), "SF640") == []
