from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "set on a condition": """
import threading

local = threading.local()

@bp.before_request
def load():
    user = request.headers.get("X-User")
    if user:
        local.user = user  # SF607
""",
    "a class of thread-locals": """
import threading

class Context(threading.local):
    user = None

context = Context()

def enter(user):
    context.user = user  # SF607

@bp.get("/")
def show():
    if "user" in session:
        enter(session["user"])
    return context.user or ""
""",
    "a context variable": """
from contextvars import ContextVar

user = ContextVar("user", default=None)

@bp.get("/")
def show():
    if "name" in request.args:
        user.set(request.args["name"])  # SF607
    return user.get() or ""
""",
    "setattr": """
import threading

local = threading.local()

@bp.before_request
def load():
    for name in request.args:
        setattr(local, name, request.args[name])  # SF607
""",
    "the precision of decimals": """
from decimal import Decimal, getcontext

@bp.get("/<int:n>")
def show(n):
    getcontext().prec = request.args.get("digits", 9, type=int)  # SF607
    return str(Decimal(n) / 7)
""",
    "the context of decimals": """
import decimal

@bp.get("/<int:n>")
def show(n):
    decimal.setcontext(decimal.Context(prec=int(request.args["digits"])))  # SF607
    return str(decimal.Decimal(n) / 7)
""",
    "the thread's name": """
import threading

@bp.before_request
def name():
    if "user" in session:
        threading.current_thread().name = session["user"]  # SF607
""",
}
FINE = {
    "cleared after the request": """
import threading

local = threading.local()

@bp.before_request
def load():
    if "user" in session:
        local.user = session["user"]

def clear():
    local.user = None

@bp.teardown_request
def forget(error):
    clear()
""",
    "set before every request": """
import threading

local = threading.local()

@bp.before_request
def load():
    local.user = request.headers.get("X-User")
""",
    "reset with its token": """
from contextvars import ContextVar

user = ContextVar("user", default=None)

@bp.get("/")
def show():
    token = user.set(request.args.get("name"))
    try:
        return str(user.get())
    finally:
        user.reset(token)
""",
    "nothing of the request": """
import threading

local = threading.local()

@bp.get("/")
def show():
    if not hasattr(local, "buffer"):
        local.buffer = bytearray(10)
    return str(len(local.buffer))
""",
    "a precision of the block's, of a copy, restored, or of the service's": """
import decimal

decimal.getcontext().prec = 20

@bp.get("/<int:n>")
def show(n):
    own = decimal.getcontext().copy()
    own.prec = request.args.get("digits", 9, type=int)
    with decimal.localcontext() as context:
        context.prec = int(request.args["more"])
        decimal.getcontext().rounding = request.args["rounding"]
        return str(own.divide(decimal.Decimal(n), 7))

@bp.get("/<int:n>/third")
def third(n):
    before = decimal.getcontext()
    decimal.setcontext(decimal.Context(prec=int(request.args["digits"])))
    try:
        return str(decimal.Decimal(n) / 3)
    finally:
        decimal.setcontext(before)
""",
    "the thread's name, for each request": """
import threading

@bp.before_app_request
def name():
    threading.current_thread().name = session.get("user", "-")
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_value_that_stays(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF607") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF607") == []
