from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

LINK = """
import sqlite3
import threading

def link():
    if "link" not in g:
        g.link = sqlite3.connect("app.db")
    return g.link

@bp.teardown_app_request
def leave(error):
    if (link := g.pop("link", None)) is not None:
        link.close()
"""

FAULTS = {
    "a lambda in a thread": """
import threading

@bp.post("/")
def send():
    threading.Thread(target=lambda: print(request.form["to"])).start()  # SF605
    return ""
""",
    "a helper of another function": """
from threading import Thread

def who():
    return session["user"]

def work(name):
    print(name, who())

@bp.post("/")
def send():
    worker = Thread(target=work, args=("x",))  # SF605
    worker.start()
    return ""
""",
    "the proxy as an argument": """
import threading

def work(req):
    print(req.path)

@bp.post("/")
def send():
    threading.Thread(target=work, args=(request,)).start()  # SF605
    return ""
""",
    "current_app": """
import threading

def work():
    print(current_app.config["X"])

@bp.post("/")
def send():
    threading.Timer(5, work).start()  # SF605
    return ""
""",
    "an executor": """
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()

def work():
    return g.user

@bp.post("/")
def send():
    pool.submit(work)  # SF605
    return ""
""",
    "a partial": """
from concurrent.futures import ThreadPoolExecutor
from functools import partial

pool = ThreadPoolExecutor()

def work(data):
    return data

@bp.post("/")
def send():
    pool.submit(partial(work, session))  # SF605
    return ""
""",
    "a thread of our own class": """
import threading

class Mailer(threading.Thread):
    def run(self):
        print(request.form["to"])

@bp.post("/")
def send():
    Mailer().start()  # SF605
    return ""
""",
    "greenlets": """
import gevent

def work():
    return request.path

@bp.post("/")
def send():
    gevent.spawn(work)  # SF605
    return ""
""",
    "only the app's context": """
import threading

def work(app):
    with app.app_context():
        print(request.path)

@bp.post("/")
def send():
    threading.Thread(target=work, args=(current_app._get_current_object(),)).start()  # SF605
    return ""
""",
    "a generator": """
def rows():
    yield request.path

@bp.get("/")
def show():
    return Response(rows(), mimetype="text/plain")  # SF605
""",
    "a generator, returned": """
@bp.get("/")
def show():
    def rows():
        yield "a"
        yield session["user"]

    return rows(), {"Content-Type": "text/csv"}  # SF605
""",
    "a generator in a local": """
@bp.get("/")
def show():
    def rows():
        for name in ("a", "b"):
            yield g.names[name]

    body = rows()
    return current_app.response_class(body)  # SF605
""",
    "a generator expression": """
@bp.get("/")
def show():
    return Response(f"{number} {request.path}" for number in range(9))  # SF605
""",
    "a generator that is given the request": """
def rows(req):
    yield req.path

@bp.get("/")
def show():
    return Response(rows(request))  # SF605
""",
    "work at the response's end": """
@bp.get("/")
def show():
    response = Response("x")
    response.call_on_close(lambda: print(request.path))  # SF605
    return response
""",
    "a connection that is closed by then": LINK
    + """

@bp.post("/")
def count():
    opened, name = link(), request.form["name"]
    threading.Thread(target=print, args=[opened, name]).start()  # SF605
    return ""

@bp.post("/later")
def later():
    known = g.link
    threading.Timer(1, lambda: known.commit()).start()  # SF605
    return ""
""",
}

FINE = {
    "a connection's data, or a thread that is waited for": LINK
    + """

@bp.post("/")
def count():
    rows = link().execute("select 1").fetchall()
    threading.Thread(target=print, args=(rows, g.get("name"))).start()
    return ""

@bp.post("/now")
def now():
    worker = threading.Thread(target=print, args=(link(),))
    worker.start()
    worker.join()
    return ""
""",
    "the context is copied": """
import threading
from flask import copy_current_request_context

@bp.post("/")
def send():
    @copy_current_request_context
    def work():
        print(request.path)

    def other():
        print(request.path)

    threading.Thread(target=work).start()
    threading.Thread(target=copy_current_request_context(other)).start()
    return ""
""",
    "a copied contextvars context": """
import contextvars
import threading

def work():
    print(request.path)

@bp.post("/")
def send():
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,)).start()
    return ""
""",
    "values are taken out": """
import threading

def work(to, user):
    print(to, user)

@bp.post("/")
def send():
    to = request.form["to"]
    threading.Thread(target=work, args=(to, session["user"])).start()
    threading.Thread(target=lambda: print(to)).start()
    return ""
""",
    "the app itself": """
import threading

def work(app):
    with app.app_context():
        print(current_app.config["X"], g.get("x"))

@bp.post("/")
def send():
    threading.Thread(target=work, args=(current_app._get_current_object(),)).start()
    return ""
""",
    "a request of its own": """
import threading

def work(app):
    with app.test_request_context("/"):
        print(request.path)

@bp.post("/")
def send():
    threading.Thread(target=work, args=(current_app._get_current_object(),)).start()
    return ""
""",
    "streamed with the context": """
from flask import stream_with_context

@bp.get("/")
def show():
    def rows():
        yield request.path

    @stream_with_context
    def more():
        yield request.path

    body = stream_with_context(rows())
    if request.args:
        return Response(more())
    return Response(body)
""",
    "streamed from values": """
def rows(path, names):
    for name in names:
        yield path + name

@bp.get("/")
def show():
    path = request.path
    first = Response(part.upper() for part in request.args.getlist("part"))
    return first if request.args else Response(rows(path, request.args.getlist("name")))
""",
    "consumed in the view": """
def rows():
    yield request.path

@bp.get("/")
def show():
    return Response("".join(rows()))
""",
    "another submit": """
class Form:
    def submit(self, values):
        return values

@bp.post("/")
def save():
    return Form().submit(request.form.to_dict())
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_what_runs_too_late(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF605") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF605") == []
