from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "the environment": """
import os

@bp.get("/")
def show():
    os.environ["LANG"] = request.args["lang"]  # SF608
    return ""
""",
    "the environment by alias": """
from os import environ as env

@bp.get("/")
def show():
    env.update({"TZ": request.args["tz"]})  # SF608
    return ""
""",
    "the locale": """
import locale

def number(value, lang):
    locale.setlocale(locale.LC_ALL, lang)  # SF608
    return locale.str(value)

@bp.get("/")
def show():
    return number(1.5, request.args["lang"])
""",
    "the folder": """
import os

@bp.get("/<name>")
def show(name):
    os.chdir(name)  # SF608
    return ""
""",
    "standard output": """
import contextlib
import io

@bp.get("/")
def show():
    with contextlib.redirect_stdout(io.StringIO()) as text:  # SF608
        help(int)
    return text.getvalue()
""",
    "a file of a fixed name": """
EXPORT = "/tmp/export.csv"

@bp.get("/")
def show():
    with open(EXPORT, "w") as file:  # SF608
        file.write(session["user"])
    return open(EXPORT).read()
""",
    "a path of a fixed name": """
from pathlib import Path

@bp.get("/")
def show():
    Path("report.txt").write_text(request.args["q"])  # SF608
    return Path("report.txt").read_text()
""",
}
FINE = {
    "read, or set at start": """
import locale
import os

os.environ["TZ"] = "UTC"
locale.setlocale(locale.LC_ALL, "C")

@bp.get("/")
def show():
    return os.environ.get("LANG", "") + str(locale.setlocale(locale.LC_ALL))
""",
    "a file of its own": """
import tempfile
import uuid
from pathlib import Path

@bp.get("/")
def show():
    name = uuid.uuid4().hex
    with open(f"/tmp/{name}.csv", "w") as file:
        file.write("x")
    with tempfile.NamedTemporaryFile("w") as other:
        other.write("x")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.csv").write_text("x")
    Path("out", session["user"]).write_text("x")
    return ""
""",
    "appended or read": """
@bp.get("/")
def show():
    with open("audit.log", "a") as log:
        log.write(request.path)
    with open("data.txt") as data:
        return data.read()
""",
    "a copy of the environment": """
import os
import subprocess

@bp.get("/")
def show():
    env = dict(os.environ)
    env["LANG"] = request.args["lang"]
    return subprocess.run(["date"], env={**os.environ, "TZ": "UTC"}).stdout
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_what_the_process_shares(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF608") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF608") == []
