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
    "a lock, when a helper refuses": """
import threading

class Desk:
    def __init__(self):
        self.turn = threading.RLock()
        self.guests = {}

    def check(self, name):
        if name in self.guests:
            raise ValueError(name)

    def enter(self, name):
        self.turn.acquire()  # SF607
        self.check(name)
        self.guests[name] = True
        self.turn.release()

desk = Desk()

@bp.post("/<name>")
def enter(name):
    desk.enter(name)
    return ""
""",
    "a lock around the block of a with, which may raise": """
import contextlib
from multiprocessing import BoundedSemaphore

slots = BoundedSemaphore(3)

@contextlib.contextmanager
def slot():
    slots.acquire()  # SF607
    yield
    slots.release()

@bp.get("/<int:number>")
def show(number):
    with slot():
        return str(1 / number)
""",
    "a lock, by an early answer": """
from threading import Lock

printer = Lock()

@bp.get("/<int:page>")
def show(page):
    if page:
        printer.acquire()  # SF607
        try:
            text = str(100 / page)
        except ZeroDivisionError:
            return "", 404
        for word in text.split():
            if word == "end":
                printer.release()
                return ""
        printer.release()
    return ""
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
    "a lock that is released on each way out": """
import threading

turn, desk = threading.Lock(), threading.Lock()

def rows(last):
    "Does not raise."
    yield from range(last)

def refuse():
    turn.release()
    abort(409)

@bp.post("/<int:seat>")
def book(seat):
    if not seat:
        abort(404)
    turn.acquire()
    if seat > 30:
        turn.release()
        abort(404)
    elif seat == 13:
        refuse()
    try:
        text = str(100 / seat)
    except ArithmeticError:
        turn.release()
        raise
    turn.release()
    if text == "100":
        abort(400)
    return text

@bp.get("/<int:seat>")
def show(seat):
    turn.acquire()
    try:
        if seat > 30:
            abort(404)
        return str(seat)
    finally:
        turn.release()

@bp.delete("/<int:seat>")
def free(seat):
    if not turn.acquire(timeout=2):
        abort(503)
    text = str(seat)
    turn.release()
    turn.acquire()
    def row():
        return seat % 30
    text += str([*rows(row())])
    turn.release()
    own = threading.Lock()
    own.acquire()
    if seat > 30:
        abort(404)
    own.release()
    return text

@bp.before_request
def enter():
    desk.acquire()
    if "user" not in session:
        abort(401)

@bp.teardown_request
def leave(error):
    desk.release()
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
