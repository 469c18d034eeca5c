from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "of a module": """
import sqlite3

db = sqlite3.connect("app.db", check_same_thread=False)  # SF606

@bp.get("/")
def show():
    return db.execute("select 1").fetchall()
""",
    "a cursor": """
import psycopg2

connection = psycopg2.connect("")
cursor = connection.cursor()  # SF606

@bp.get("/")
def show():
    cursor.execute("select 1")
    return cursor.fetchall()
""",
    "made once, at the first use": """
import sqlite3

_db = None

def db():
    global _db
    if _db is None:
        _db = sqlite3.connect("app.db", check_same_thread=False)  # SF606
    return _db

@bp.get("/")
def show():
    return db().execute("select 1").fetchall()
""",
    "of the app's extensions": """
import pymysql

@bp.record_once
def setup(state):
    state.app.extensions["db"] = pymysql.connect()  # SF606

@bp.get("/")
def show():
    return current_app.extensions["db"].cursor().fetchall()
""",
    "of the one repository": """
import sqlite3

class Repository:
    def __init__(self, path):
        self.db = sqlite3.connect(path, check_same_thread=False)  # SF606

    def all(self):
        return self.db.execute("select 1").fetchall()

repository = Repository("app.db")

@bp.get("/")
def show():
    return repository.all()
""",
    "of a class": """
import smtplib

class Mail:
    server = smtplib.SMTP("localhost")  # SF606

@bp.post("/")
def send():
    Mail.server.sendmail("a", "b", "c")
    return ""
""",
    "what listens to channels": """
class Feed:
    def __init__(self, client):
        self.heard = client.pubsub()  # SF606

    def lines(self, topic):
        self.heard.subscribe(topic)
        yield from self.heard.listen()

feed = Feed(None)

@bp.get("/lines")
def lines():
    return Response(feed.lines(session["topic"]))
""",
    "an iterator": """
def numbers():
    number = 0
    while True:
        number += 1
        yield number

ids = numbers()  # SF606
lines = (line.strip() for line in ["a", "b"])  # SF606
codes = map(int, ["1", "2"])  # SF606

@bp.get("/<line>")
def show(line):
    return str([next(ids), line in lines, *codes])
""",
}
FINE = {
    "of the request": """
import sqlite3

def db():
    if "db" not in g:
        g.db = sqlite3.connect("app.db")
    return g.db

@bp.get("/")
def show():
    with sqlite3.connect("app.db") as other:
        return db().execute("select 1").fetchall() + other.execute("select 1").fetchall()
""",
    "of the thread": """
import sqlite3
import threading

local = threading.local()

def db():
    if not hasattr(local, "db"):
        local.db = sqlite3.connect("app.db")
    return local.db

@bp.get("/")
def show():
    return db().execute("select 1").fetchall()
""",
    "each listens on its own": """
class Feed:
    def __init__(self, client):
        self.client = client

    def lines(self, topic):
        heard = self.client.pubsub()
        heard.subscribe(topic)
        yield from heard.listen()

feed = Feed(None)

@bp.get("/lines")
def lines():
    return Response(feed.lines(session["topic"]))
""",
    "under a lock": """
import sqlite3
import threading

lock = threading.Lock()
db = sqlite3.connect("app.db", check_same_thread=False)

@bp.get("/")
def show():
    with lock:
        return db.execute("select 1").fetchall()
""",
    "a pool and an engine": """
from psycopg_pool import ConnectionPool
from sqlalchemy import create_engine

pool = ConnectionPool()
engine = create_engine("sqlite://")

@bp.get("/")
def show():
    with pool.connection() as one, engine.connect() as two:
        return [one.execute("select 1"), two.execute("select 1")]
""",
    "only at start": """
import sqlite3

db = sqlite3.connect("app.db")
db.execute("create table if not exists t (a)")
PATH = "app.db"

@bp.get("/")
def show():
    return PATH
""",
    "an iterator under a lock, of the request, or read at start": """
import itertools
import threading

def numbers():
    yield from range(9)

gate = threading.Lock()
ids = numbers()
counted = itertools.count(1)
codes = frozenset(map(int, ["1", "2"]))

@bp.get("/")
def show():
    with gate:
        number = next(ids)
    return str([number, next(counted), *numbers(), *(code + 1 for code in codes)])
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_where_it_is_opened(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF606") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF606", "SF607") == []
