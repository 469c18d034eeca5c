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
    "a file that a constant names": """
from pathlib import Path

COUNT = Path("data") / "count.txt"

@bp.get("/")
def show():
    COUNT.write_text(str(int(COUNT.read_text()) + 1))  # SF608
    return ""
""",
    "a setting of a library": """
import numpy as np
import stripe

@bp.post("/")
def pay():
    stripe.api_key = request.headers["X-Key"]  # SF608
    np.set_printoptions(precision=int(request.args["digits"]))  # SF608
    return str(stripe.Charge.list())
""",
    "warnings": """
import warnings

@bp.get("/")
def show():
    warnings.simplefilter("error")  # SF608
    return ""
""",
    "a file that the one object of a class names": """
class Store:
    def __init__(self, path):
        self.path = path

    def dump(self, text):
        with open(self.path, "w") as file:  # SF608
            file.write(text)

store = Store("notes.txt")

@bp.post("/")
def add():
    store.dump(request.form["text"])
    return ""
""",
    "a file that a helper is told": """
import tempfile
from pathlib import Path

def turned(image, text):
    with image.open("w") as file:
        file.write(text)
    return image.read_text()

@bp.get("/")
def show():
    sketch = Path(tempfile.gettempdir(), "sketch.svg")  # SF608
    return turned(sketch, request.args["shape"])
""",
    "an archive, a table and a picture": """
import zipfile
import pandas as pd
from matplotlib import figure

@bp.get("/")
def show():
    table, plot = pd.DataFrame(request.get_json()), figure.Figure()
    table.to_csv("/tmp/table.csv")  # SF608
    plot.savefig("plots/last.png")  # SF608
    with zipfile.ZipFile("/tmp/all.zip", "w") as archive:  # SF608
        archive.write("/tmp/table.csv")
    return ""
""",
    "a file that is emptied before it is locked": """
import fcntl
import json

@bp.post("/")
def keep():
    with open("wishes.json", "w") as wishes:  # SF608
        fcntl.flock(wishes, fcntl.LOCK_EX)
        json.dump(request.get_json(), wishes)
    return ""
""",
    "a file that a setting names": """
@bp.get("/")
def show():
    with open(current_app.config["EXPORT_TO"], "w") as file:  # SF608
        file.write(request.args["q"])
    return ""
""",
}
FINE = {
    "a task, which a worker runs": """
import locale
from celery import shared_task

@shared_task
def invoice(lang):
    locale.setlocale(locale.LC_ALL, lang)

@bp.post("/")
def order():
    invoice.delay(request.form["lang"])
    return ""
""",
    "one of many methods of this name, on an object that nobody can tell": "".join(
        f"""
class Report{n}:
    def run(self, lang):
        locale.setlocale(locale.LC_ALL, lang)
"""
        for n in range(20)
    )
    + """
import locale
from reports import registry

@bp.get("/<name>")
def show(name):
    return registry.find(name).run("C")
""",
    "a branch that nobody asks for": """
import http.client

def fetch(url, trace=False):
    if trace:
        http.client.HTTPConnection.debuglevel = 1
    return url

@bp.get("/")
def show():
    return fetch(request.args["url"])
""",
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
    "an archive and a table in memory, or of the service": """
import gzip
import io
import zipfile
import pandas as pd

@bp.get("/")
def show():
    text, data = io.StringIO(), io.BytesIO()
    pd.DataFrame(request.get_json()).to_csv(text)
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("table.csv", text.getvalue())
    with gzip.open("prices.gz", "rt") as prices:
        return prices.read()
""",
    "a file that its object names": """
from pathlib import Path

class Sheet:
    def __init__(self, name):
        self.name = name

    def keep(self, text):
        (Path("sheets") / self.name).write_text(text)

@bp.get("/")
def show():
    Sheet(request.args["name"]).keep(request.args["text"])
    return ""
""",
    "a file that a helper is told, another one by a command": """
import tempfile
import click
from pathlib import Path

def turned(image, text):
    image.write_text(text)
    return image.read_text()

@bp.cli.command()
def sample():
    click.echo(turned(Path("sample.svg"), "<svg/>"))

@bp.get("/")
def show():
    with tempfile.TemporaryDirectory() as folder:
        return turned(Path(folder) / "sketch.svg", request.args["shape"])

@bp.get("/<int:number>")
def one(number):
    return turned(Path("sketches") / f"{number}.svg", request.args["shape"])
""",
    "a file that is there to be locked": """
import contextlib
import fcntl
from pathlib import Path

TOTAL = Path("total.txt")

class Turn:
    def __enter__(self):
        self.gate = open("turn.lock", "w")
        fcntl.flock(self.gate, fcntl.LOCK_EX)

    def __exit__(self, *error):
        self.gate.close()

def wait_for(gate):
    fcntl.flock(gate.fileno(), fcntl.LOCK_EX)

@contextlib.contextmanager
def alone():
    with TOTAL.with_suffix(".lock").open("w") as gate:
        fcntl.lockf(gate.fileno(), fcntl.LOCK_EX)
        yield

@bp.post("/<int:more>")
def add(more):
    with alone():
        TOTAL.write_text(str(int(TOTAL.read_text()) + more))
    return ""

@bp.post("/")
def reset():
    with open("total.lock", "w") as gate:
        wait_for(gate)
        TOTAL.with_suffix(".old").unlink()
    with Turn():
        TOTAL.write_text("0")
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
    "a setting of a library for a block, for a call, or for the service": """
import warnings
import numpy as np
import stripe

@bp.post("/")
def pay():
    stripe.api_key = current_app.config["STRIPE_KEY"]
    with warnings.catch_warnings(), np.printoptions(precision=int(request.args["digits"])):
        warnings.simplefilter("error")
        return str(stripe.Charge.list(api_key=request.headers["X-Key"]))
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_what_the_process_shares(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF608") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF608") == []
