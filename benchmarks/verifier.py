"""How long the static stage takes and how much memory it needs, by the size of the service: `make bench`.

Made services of 10 to 3,000 Python files, each file a blueprint with two routes, templates, helpers of a neighbour, a
session, some state under a lock; one fault is planted in the last file, so that a fast run that saw nothing shows. One
core each; goals are about seconds of that core, which a busy machine does not change. `--sizes 10,100` measures only
these. The whole run writes results/verifier.md; the exit code is 1 when a goal is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
TEMPLATE = REPOSITORY / "{{cookiecutter.project_slug}}"
BIN = Path(sys.executable).parent
RESULTS = Path(__file__).parent / "results" / "verifier.md"
SIZES = (10, 100, 1_000, 3_000)
GOAL_SECONDS, GOAL_MEGABYTES, GOAL_BAKE, GOAL_GROWTH = 12.0, 400, 0.6, 1.5

FACTORY = """\
import os

from flask import Flask
from flask_session import Session

from .blueprints import register
from .settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_object(settings or Settings())
    app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
    Session(app)
    register(app)
    return app
"""
SETTINGS = """\
import os

import redis


class Base:
    SECRET_KEY = os.environ["SECRET_KEY"]
    DEBUG = False
    PAGE = 20
    SESSION_TYPE = "redis"
    SESSION_REDIS = redis.Redis.from_url(os.environ["REDIS_URL"])
    SESSION_PERMANENT = False


class Settings(Base):
    MAX_CONTENT_LENGTH = 1 << 20
"""
LISTING = '''
_seen: dict[str, int] = {{}}
_lock = threading.Lock()


def _page() -> int:
    return max(1, request.args.get("page", 1, type=int))


@bp.get("/")
def index() -> str:
    """The newest first."""
    rows = [row for row in other.rows() if request.args.get("q", "") in row["name"]]
    with _lock:
        _seen[bp.name] = _seen.get(bp.name, 0) + 1
    return render_template("{name}/index.html", rows=rows[: current_app.config["PAGE"]], page=_page())


@bp.get("/<int:item>")
def show(item: int) -> str:
    row = other.find(item)
    if row is None:
        abort(404)
    return render_template("{name}/show.html", row=row, title=f"{name} {{item}}")
'''
FORM = '''
FIELDS = ("name", "city", "note")


def _cleaned(form: dict[str, str]) -> dict[str, str]:
    return {{field: form.get(field, "").strip()[:200] for field in FIELDS}}


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A form, and what was typed into it."""
    values = _cleaned(request.form.to_dict())
    if request.method == "POST" and values["name"]:
        session["last_{name}"] = other.store(values)
        flash("saved")
        return redirect(url_for("{name}.done"))
    return render_template("{name}/index.html", rows=[values], page=1)


@bp.get("/done")
def done() -> str:
    g.last = session.get("last_{name}")
    return render_template("{name}/show.html", row={{"name": g.last}}, title="done")
'''
API = '''
class Item(MethodView):
    """One of them as JSON."""

    decorators = [other.timed]

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def get(self, item: int) -> ResponseReturnValue:
        row = other.find(item)
        return (jsonify(row), 200) if row else (jsonify(error="unknown"), 404)

    def put(self, item: int) -> ResponseReturnValue:
        body = request.get_json()
        if not isinstance(body, dict) or len(body) > self.limit:
            abort(400)
        return jsonify(other.store({{**body, "id": item}}))


bp.add_url_rule("/items/<int:item>", view_func=Item.as_view("item", limit=20))


@bp.get("/items")
def items() -> ResponseReturnValue:
    return jsonify([dict(row, name=row["name"].title()) for row in other.rows()])
'''
HELPERS = '''

def rows() -> list[dict[str, str]]:
    return [{{"name": name, "city": city}} for name, city in zip("abc", ("x", "y", "z"), strict=True)]


def find(item: int) -> dict[str, str] | None:
    known = rows()
    return known[item] if 0 <= item < len(known) else None


def store(values: dict[str, str]) -> str:
    """Where a database would be."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def timed(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def inner(*args: Any, **kwargs: Any) -> Any:
        started = time.monotonic()
        try:
            return view(*args, **kwargs)
        finally:
            current_app.logger.info("%s took %.3f s", request.endpoint, time.monotonic() - started)

    return inner
'''
HEAD = """\
import functools
import hashlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from .. import {other} as other

bp = Blueprint("{name}", __name__, url_prefix="/{name}")
"""
FAULT = """

@bp.get("/hello")
def hello() -> str:
    from flask import render_template_string

    return render_template_string("Hello " + request.args["who"])
"""
INDEX = """\
{% extends "base.html" %}
{% block body %}
<form method="post" action="{{ url_for(request.endpoint) }}"><input name="name" value="{{ rows[0].name }}"></form>
<ul>{% for row in rows %}<li title="{{ row.city }}">{{ row.name|title }}</li>{% else %}<li>nothing</li>{% endfor %}</ul>
<p>page {{ page }}</p>
<script nonce="{{ nonce }}">const rows = {{ rows|tojson }};</script>
{% endblock %}
"""
SHOW = """\
{% extends "base.html" %}
{% block body %}<h1>{{ title }}</h1>{% if row %}<p class="{{ 'named' if row.name }}">{{ row.name }}</p>{% endif %}
{% endblock %}
"""
BASE = "<!doctype html><title>{{ title or 'shop' }}</title><main>{% block body %}{% endblock %}</main>\n"
OTHERS = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1.0.0"\ndependencies = ["flask", "gunicorn"]\n',
    "Dockerfile": 'FROM python:3.13-slim\nCOPY . /app\nUSER 1000\nCMD ["gunicorn", "shop:create_app()"]\n',
    "compose.yaml": "services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?}\n",
    "src/shop/__init__.py": FACTORY,
    "src/shop/settings.py": SETTINGS,
    "src/shop/templates/base.html": BASE,
}


def make(root: Path, size: int) -> None:
    """A service with `size` Python files of two routes each (and three files that hold it together)."""
    files = dict(OTHERS)
    names = [f"area{number:04}" for number in range(size)]
    for number, name in enumerate(names):
        kind = (LISTING, FORM, API)[number % 3]
        source = (HEAD + kind + HELPERS).format(name=name, other=names[number - 1])
        files[f"src/shop/areas/{name}.py"] = source
        files[f"src/shop/templates/{name}/index.html"] = INDEX
        files[f"src/shop/templates/{name}/show.html"] = SHOW
    files[f"src/shop/areas/{names[-1]}.py"] += FAULT
    files["src/shop/areas/__init__.py"] = ""
    registered = "".join(f"    app.register_blueprint({name}.bp)\n" for name in names)
    imported = "".join(f"from .areas import {name}\n" for name in names)
    files["src/shop/blueprints.py"] = (
        f"from flask import Flask\n\n{imported}\n\ndef register(app: Flask) -> None:\n{registered}"
    )
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Run:
    seconds: float  # of the core
    elapsed: float
    megabytes: float
    found: list[tuple[str, str]]  # (check, path)


def measure(root: Path) -> Run:
    """One run in a process of its own, on one core."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "verify", "--stage", "static", "--format", "json", str(root)],
            cwd=TEMPLATE,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=output,
        )
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        report = json.load(output)
    found = []
    for each in report[0]["results"]:
        if each["status"] in ("crashed", "not run"):
            sys.exit(f"{each['id']} {each['status']}: {each['reason']}")
        found += [(each["id"], finding["path"]) for finding in each["findings"]]
    return Run(usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss / 1024, found)


def best(root: Path, times: int) -> Run:
    return min((measure(root) for _ in range(times)), key=lambda run: run.seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    lines = ["| service | seconds | elapsed | peak memory | a file | goal | |", "|---|---|---|---|---|---|---|"]
    missed = False

    def row(what: str, run: Run, a_file: str, goal: str, met: bool) -> None:
        nonlocal missed
        missed |= not met
        verdict = ("met" if met else "MISSED") if goal else ""
        took = f"{run.seconds:.2f} | {run.elapsed:.2f} | {run.megabytes:.0f} MB"
        lines.append(f"| {what} | {took} | {a_file} | {goal} | {verdict} |")
        print(lines[-1], flush=True)

    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        generate: list[str | Path] = [
            BIN / "cookiecutter",
            "--no-input",
            "--accept-hooks",
            "no",
            "-o",
            scratch,
            REPOSITORY,
        ]
        subprocess.run(generate, check=True, capture_output=True)
        bake = best(scratch / "my-service", 5)
        row(
            "the default bake", bake, "", f"< {GOAL_BAKE} s, nothing found", bake.seconds < GOAL_BAKE and not bake.found
        )
        runs: dict[int, Run] = {}
        for size in sizes:
            make(scratch / str(size), size)
            run = runs[size] = best(scratch / str(size), 3 if size <= 100 else 1)
            if run.found != [("SF401", f"src/shop/areas/area{size - 1:04}.py")]:
                print(f"expected the planted fault alone, not {run.found[:9]}")
                missed = True
            goal, met = "", True
            if size == 1_000:
                goal = f"≤ {GOAL_SECONDS:.0f} s, ≤ {GOAL_MEGABYTES} MB"
                met = run.seconds <= GOAL_SECONDS and run.megabytes <= GOAL_MEGABYTES
            elif size > 1_000 and 1_000 in runs:
                goal = f"a file costs ≤ {GOAL_GROWTH} times what it does at 1,000"
                met = run.seconds / size <= GOAL_GROWTH * runs[1_000].seconds / 1_000
            row(f"{size:,} files, {2 * size:,} routes", run, f"{1000 * run.seconds / size:.1f} ms", goal, met)
    if tuple(sizes) == SIZES:
        version = ".".join(map(str, sys.version_info[:2]))
        head = "# The static stage, by the size of the service\n\n"
        head += f"Python {version}, one core; made by `benchmarks/{Path(__file__).name}`.\n\n"
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
