from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "a default list": """
def add(item, found=[]):  # SF603
    found.append(item)
    return found

@bp.get("/")
def show():
    return add(request.args["q"])
""",
    "a keyword-only default": """
def options(*, base={"size": 20}):  # SF603
    base["who"] = session["user"]
    return base

@bp.get("/")
def show():
    return options()
""",
    "a default that leaks": """
def options(base={"size": 20}):  # SF603
    return base

@bp.get("/")
def show():
    found = options()
    found.update(request.args)
    return found
""",
    "a default by a call": """
from collections import defaultdict

def tally(words, seen=defaultdict(int)):  # SF603
    for word in words:
        seen[word] += 1
    return seen

@bp.get("/")
def show():
    return tally(request.args)
""",
    "a view's own default": """
@bp.get("/")
def show(seen=[]):  # SF603
    seen.append(request.remote_addr)
    return seen
""",
    "a list in a class body": """
class Form:
    errors = []  # SF603

    def check(self):
        self.errors.append(request.path)

@bp.get("/")
def show():
    form = Form()
    form.check()
    return form.errors
""",
    "a class body, from outside": """
class Basket:
    lines: list = []  # SF603

@bp.get("/")
def show():
    basket = Basket()
    basket.lines.extend(request.args.getlist("sku"))
    return basket.lines
""",
    "a class body, inherited": """
class Base:
    seen = set()  # SF603

class Page(Base):
    def enter(self):
        self.seen.add(request.remote_addr)

@bp.get("/")
def show():
    Page().enter()
    return ""
""",
    "a class body through +=": """
class Basket:
    lines = []  # SF603

    def add(self, more):
        self.lines += more

@bp.get("/")
def show():
    Basket().add(request.args.getlist("sku"))
    return ""
""",
    "the body of a view class": """
from flask.views import MethodView

class Page(MethodView):
    seen = {}  # SF603

    def get(self):
        self.seen["last"] = request.args["q"]
        return self.seen

bp.add_url_rule("/", view_func=Page.as_view("page"))
""",
    "the default of a context variable": """
from contextvars import ContextVar

fields: ContextVar[dict] = ContextVar("fields", default={})  # SF603

@bp.before_request
def bind():
    fields.get()["user"] = session.get("user")
""",
    "what a cached function gave": """
from functools import lru_cache

@lru_cache
def defaults():  # SF603
    return {"size": 20}

@bp.get("/")
def show():
    found = defaults()
    found["owner"] = request.args["owner"]
    return found
""",
    "an id and a time, of arguments": """
import secrets
from datetime import datetime, timedelta

def invite(mail, code=f"I-{secrets.token_urlsafe()}", *, until=datetime.now() + timedelta(days=2)):  # SF603
    return {"mail": mail, "code": code, "until": until}

@bp.app_template_filter()
def age(day, today=datetime.today().date()):  # SF603
    return (today - day).days

@bp.post("/")
def show():
    return invite(request.form["mail"], until=None)
""",
    "an id and a time, of fields": """
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Dated:
    made = db.Column(db.DateTime, default=datetime.utcnow())  # SF603
    changed = db.Column(db.DateTime, default=datetime.utcnow, onupdate=datetime.utcnow)

class Note(Dated, db.Model):
    text = db.Column(db.String, default="")

@dataclass
class Parcel:
    to: str
    code: str = uuid.uuid4().hex  # SF603
    sent: date = field(default_factory=date.today)

@bp.post("/")
def show():
    db.session.add(Note(text=request.form["text"]))
    return Parcel(to=request.form["to"]).code
""",
}
FINE = {
    "made when it is missing": """
def add(item, found=None):
    found = [] if found is None else found
    found.append(item)
    return found

@bp.get("/")
def show():
    return add(request.args["q"])
""",
    "copied first": """
def add(item, found=[]):
    found = list(found)
    found.append(item)
    return found

def options(more, base={}):
    merged = base.copy()
    merged.update(more)
    return merged

@bp.get("/")
def show():
    return [add(request.args["q"]), options(request.args)]
""",
    "always passed": """
def fill(target={}):
    return target

@bp.get("/")
def show():
    mine = fill({})
    mine["q"] = request.args["q"]
    return mine
""",
    "each instance its own": """
from dataclasses import dataclass, field

@dataclass
class Basket:
    lines: list = field(default_factory=list)

    def add(self, sku):
        self.lines.append(sku)

class Form:
    errors = ()
    values = {}

    def __init__(self):
        self.values = {}

    def check(self):
        self.values["path"] = request.path
        self.errors = [*self.errors, request.path]

@bp.get("/")
def show():
    basket, form = Basket(), Form()
    basket.add(request.args["sku"])
    form.check()
    return basket.lines
""",
    "a context variable that each request sets": """
from contextvars import ContextVar

fields = ContextVar("fields")

@bp.before_request
def bind():
    fields.set({})
    fields.get()["user"] = session.get("user")
""",
    "a copy of what is cached": """
from functools import cache

@cache
def defaults():
    return {"size": 20}

@bp.get("/")
def show():
    return {**defaults(), "owner": request.args["owner"]}
""",
    "an id or a time of the process, of the service, of each call, or always passed": """
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

def uptime(since=time.time(), at=time.monotonic):
    return time.time() - since

def url(path, version=int(time.time())):
    return f"{path}?{version}"

def tagged(make):
    return lambda function: function

@tagged(lambda tag=uuid.uuid4().hex: tag)
def page(now=None, make=lambda: uuid.uuid4().hex):
    return [now or datetime.now(), make()]

def line(text, at=datetime.now()):
    return f"{at} {text}"

@dataclass
class Settings:
    cluster: str = uuid.uuid4().hex

class Client:
    def __init__(self, name):
        self.name = name

def send(text, client=Client(uuid.uuid4().hex)):
    return client.name + text

@dataclass
class Entry:
    run: ClassVar[str] = uuid.uuid4().hex
    at: datetime = datetime.now()

settings = Settings()

@bp.get("/")
def show():
    entry, more = Entry(at=datetime.now()), {"at": datetime.now()}
    return [uptime(), url("a"), send("a"), page(), line("a", datetime.now()), line("b", **more), entry.at]
""",
    "a default that is read": """
def label(code, names={"a": "A"}):
    return names.get(code, code)

@bp.get("/<code>")
def show(code):
    return label(code)
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_default(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    where = {(path, line) for _, path, line in found(project(files), "SF603")}  # type: ignore[attr-defined]
    expected = {(path, line) for _, path, line in marks(files)}
    assert {path for path, _ in where} == {path for path, _ in expected}
    assert where == expected


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF603", "SF607") == []
