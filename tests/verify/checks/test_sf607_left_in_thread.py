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
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_value_that_stays(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF607") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF607") == []
