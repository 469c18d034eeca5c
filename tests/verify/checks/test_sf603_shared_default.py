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
