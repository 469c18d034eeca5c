from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

MODELS = """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    stock = db.Column(db.Integer)
"""
TANK = """
import threading

class Tank:
    def __init__(self):
        self.left = 40
        self._gate = threading.Lock()

    @property
    def gate(self):
        return GATE

    def draw(self):
        with self.gate:
            self.left -= 1MARK
            return str(self.left)

tank = Tank()

@bp.post("/")
def draw():
    return tank.draw()
"""
FAULTS = {
    "a lock that a property makes each time": TANK.replace("GATE", "threading.Lock()").replace("MARK", "  # SF602"),
    "an increment": """
hits = 0

@bp.get("/")
def show():
    global hits
    hits += 1  # SF602
    return str(hits)
""",
    "an increment in a table": """
from collections import Counter

hits = Counter()

@bp.before_app_request
def count():
    hits[request.path] += 1  # SF602
""",
    "get and put": """
hits = {}

@bp.before_app_request
def count():
    hits[request.endpoint] = hits.get(request.endpoint, 0) + 1  # SF602
""",
    "through a local": """
import time

total = 0

@bp.get("/")
def show():
    global total
    old = total  # SF602
    time.sleep(0.1)
    total = old + 1
    return str(total)
""",
    "read outside of the lock": """
import threading

lock = threading.Lock()
total = 0

@bp.get("/")
def show():
    global total
    old = total  # SF602
    with lock:
        total = old + 1
    return str(total)
""",
    "checked outside of the lock": """
import threading

lock = threading.Lock()
seats = 10

@bp.post("/")
def book():
    global seats
    if seats < 1:  # SF602
        abort(409)
    with lock:
        seats -= 1
    return ""
""",
    "tested under the lock, taken under it again": """
import threading

gate = threading.Lock()
open_ = 0

@bp.post("/")
def export():
    global open_
    with gate:
        if open_ > 3:  # SF602
            abort(503)
    with gate:
        open_ += 1
    try:
        return ""
    finally:
        with gate:
            open_ -= 1
""",
    "a claim that is checked and then made": """
taken = set()

@bp.post("/<name>")
def claim(name):
    if name in taken:  # SF602
        abort(409)
    taken.add(name)
    return ""
""",
    "one seat": """
sold = False

@bp.post("/")
def buy():
    global sold
    if sold:  # SF602
        abort(409)
    sold = True
    return ""
""",
    "a pool": """
pool = [object(), object()]

@bp.get("/")
def show():
    while not pool:  # SF602
        pass
    return str(pool.pop())
""",
    "a class's counter": """
class Ticket:
    count = 0

    def __init__(self):
        Ticket.count += 1  # SF602

@bp.get("/")
def show():
    return str(Ticket().count)
""",
    "an instance's counter": """
class Meter:
    def __init__(self):
        self.value = 0

    def tick(self):
        self.value += 1  # SF602

meter = Meter()

@bp.before_request
def count():
    meter.tick()
""",
    "an attribute of the app": """
@bp.record_once
def setup(state):
    state.app.hits = 0

@bp.get("/")
def show():
    current_app.hits += 1  # SF602
    return str(current_app.hits)
""",
    "a lock that belongs to the request": """
import threading

total = 0

class Guarded:
    def __init__(self):
        self.lock = threading.Lock()

    def count(self):
        global total
        with self.lock:
            total += 1  # SF602

@bp.get("/")
def show():
    Guarded().count()
    return ""
""",
    "a switch that is turned": """
on = False

@bp.post("/")
def turn():
    global on
    on = not on  # SF602
    return ""
""",
    "a nonlocal counter of a decorator": """
def counted(view):
    count = 0

    def inner():
        nonlocal count
        count += 1  # SF602
        return view()

    return inner

@bp.get("/")
@counted
def show():
    return ""
""",
    "released too early": """
import threading

lock = threading.Lock()
total = 0

@bp.get("/")
def show():
    global total
    lock.acquire()
    now = total
    lock.release()
    total += 1  # SF602
    return str(now)
""",
    "a column that is read, counted down and set": """
import sqlite3

@bp.post("/<int:item>")
def take(item):
    db = sqlite3.connect("shop.db")
    (stock,) = db.execute("SELECT stock FROM items WHERE id = ?", (item,)).fetchone()
    if stock < 1:
        abort(409)
    db.execute("UPDATE items SET stock = ?, taken = 1 WHERE id = ?", (stock - 1, item))  # SF602
    db.commit()
    return ""
""",
    "the same by helpers and a cursor": """
import psycopg

def stock(cursor, item):
    cursor.execute("SELECT stock FROM items WHERE id = %s", (item,))
    return cursor.fetchone()[0]

def put(cursor, item, number):
    cursor.execute("UPDATE items SET stock = %s WHERE id = %s", (number, item))  # SF602

@bp.post("/<int:item>")
def take(item):
    with psycopg.connect() as db, db.cursor() as cursor:
        put(cursor, item, stock(cursor, item) - 1)
    return ""
""",
    "a model's attribute": MODELS
    + """
def find(id):
    return Item.query.get_or_404(id)

@bp.post("/<int:id>")
def take(id):
    item = find(id)
    if item.stock < 1:
        abort(409)
    item.stock -= 1  # SF602
    db.session.commit()
    return ""

@bp.post("/<int:id>/give")
def give(id):
    item = db.session.get(Item, id)
    item.stock = item.stock + int(request.form["n"])  # SF602
    db.session.commit()
    return ""

@bp.post("/<int:id>/set")
def put(id):
    left = db.session.scalar(db.select(Item.stock).where(Item.id == id))
    Item.query.filter_by(id=id).update({"stock": left - 1})  # SF602
    return ""
""",
    "a field of a document": """
from pymongo import MongoClient

items = MongoClient().shop.items

@bp.post("/<id>")
def take(id):
    item = items.find_one({"_id": id})
    items.update_one({"_id": id}, {"$set": {"stock": item["stock"] - 1}})  # SF602
    return ""
""",
    "a voucher that was not there": """
import redis

class Vouchers:
    def __init__(self, store):
        self.store = store

    def taken(self, code):
        if self.store.exists(f"voucher/{code}"):  # SF602
            return True
        self.store.set(f"voucher/{code}", "1")
        return False

@bp.post("/<code>")
def take(code):
    return str(Vouchers(redis.Redis()).taken(code))
""",
    "a field that a helper reads, under the lock": """
import redis

class Seats:
    def __init__(self, store):
        self.store = store

    def free(self, row):
        return int(self.store.hget("seats", row))

    def take(self, row, count):
        with self.store.lock("seats"):
            free = self.free(row)  # SF602
        self.store.hset("seats", row, free - count)

@bp.post("/<row>")
def take(row):
    Seats(redis.Redis()).take(row, int(request.form["count"]))
    return ""
""",
    "a field of a hash": """
from redis import Redis

store = Redis()

@bp.post("/<id>")
def take(id):
    left = int(store.hget("stock", id))  # SF602
    store.hset("stock", id, left - 1)
    return ""
""",
    "a number in a file": """
from pathlib import Path

TICKETS = Path("/var/lib/acme/tickets")

@bp.post("/")
def ticket():
    with TICKETS.open() as file:
        last = int(file.read())
    TICKETS.write_text(f"{last + 1}")  # SF602
    return str(last)
""",
    "a list in a file, by helpers": """
import json

def load():
    with open("guests.json") as file:
        return json.load(file)

def save(guests):
    with open("guests.json", "w") as file:
        json.dump(guests, file)  # SF602

@bp.post("/")
def sign():
    guests = load()
    guests.append(request.form["name"])
    save(guests)
    return ""
""",
    "a file in whose place a new one is put, by a helper": """
import json
import os
import shutil
import tempfile

STOCK = "/srv/stock.json"

def put(target, stock):
    with tempfile.NamedTemporaryFile("w", delete=False) as new:
        json.dump(stock, new)
    os.replace(new.name, target)

@bp.post("/<item>")
def take(item):
    with open(STOCK) as file:
        stock = json.load(file)
    stock[item] -= 1
    put(STOCK, stock)  # SF602
    return ""

class Serial:
    path = "/srv/serial"

    def next(self):
        with open(self.path) as file:
            number = int(file.read()) + 1
        with open("/srv/serial.new", "w") as file:
            file.write(str(number))
        shutil.move("/srv/serial.new", self.path)  # SF602
        return number

@bp.post("/serial")
def serial():
    return str(Serial().next())
""",
    "a row that is found again as the newest": """
import sqlite3

def add(db, name):
    with db:
        db.execute("INSERT INTO guests (name) VALUES (?)", (name,))

@bp.post("/<name>")
def enter(name):
    db = sqlite3.connect("guests.db")
    add(db, name)
    number = db.execute("SELECT MAX(id) FROM guests").fetchone()[0]  # SF602
    return str(number)
""",
    "a model that is found again as the newest": MODELS
    + """
@bp.post("/items")
def stock():
    db.session.add(Item(stock=int(request.form["stock"])))
    db.session.commit()
    item = Item.query.order_by(Item.id.desc()).first()  # SF602
    return str(item.id)
""",
    "a file that is looked for and then written": """
import os
from pathlib import Path

FOLDER = Path("/srv/votes")

@bp.post("/<name>")
def vote(name):
    ballot = FOLDER / name
    if not ballot.is_file():  # SF602
        ballot.write_text(request.form["choice"])
    return ""

@bp.post("/upload")
def upload():
    given = request.files["scan"]
    target = os.path.join("/srv/scans", given.filename)
    while os.path.exists(target):  # SF602
        target += "_"
    given.save(target)
    return ""
""",
}

FINE = {
    "a lock that a property gives": TANK.replace("GATE", "self._gate").replace("MARK", ""),
    "a file that a request has just named": """
import shutil
from pathlib import Path
from uuid import uuid4

def begin(name):
    sheet = Path("/sheets") / name
    shutil.copy("empty.svg", sheet)
    sheet.write_text(sheet.read_text().replace("NAME", name))

@bp.post("/")
def new():
    name = f"sheet-{uuid4()}"
    begin(name)
    return name
""",
    "a new file in the place of one's own, of another one, of a locked one": """
import fcntl
import json
from pathlib import Path

class Basket:
    def __init__(self, owner):
        self.path = Path("/srv/baskets", owner)

    def put(self, item):
        new = self.path.with_suffix(".new")
        new.write_text(self.path.read_text() + item.replace(",", " "))
        new.replace(self.path)

@bp.post("/<item>")
def choose(item):
    Basket(session["user"]).put(item)
    return ""

@bp.post("/publish")
def publish():
    draft, page = Path("/srv/draft.html"), Path("/srv/page.html")
    new = page.with_suffix(".new")
    new.write_text(draft.read_text().replace("TITLE", request.form["title"]))
    new.rename(page)
    return ""

def stored(path, stock):
    new = path.with_suffix(".new")
    new.write_text(json.dumps(stock))
    new.replace(path)

@bp.post("/stock/<item>")
def take(item):
    path = Path("/srv/stock.json")
    with open("/srv/stock.lock", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        stock = json.loads(path.read_text())
        stored(path, {**stock, item: stock[item] - 1})
    return ""
""",
    "a file of one's own, another file, a locked one": """
import json
import portalocker
from pathlib import Path

def mine():
    return Path("/var/lib/acme") / session["user"]

@bp.post("/mine")
def count():
    path = mine()
    path.write_text(str(int(path.read_text()) + 1))
    return ""

@bp.post("/copy/<int:number>")
def copy(number):
    source, target = Path(f"/in/{number}"), Path(f"/out/{number}")
    target.write_bytes(source.read_bytes())
    return ""

@bp.post("/all")
def everybody():
    with open("all.json", "r+") as file:
        portalocker.lock(file, portalocker.LOCK_EX)
        known = json.load(file)
        json.dump([*known, 1], file)
    return ""
""",
    "the row that the request itself inserted": """
import sqlite3

@bp.post("/<name>")
def enter(name):
    guests = sqlite3.connect("guests.db")
    with guests:
        guests.execute("INSERT INTO guests (name) VALUES (?)", (name,))
        (number,) = guests.execute("SELECT max(id) FROM guests").fetchone()  # nobody else writes meanwhile
    guests.execute("INSERT INTO visits (guest) VALUES (?)", (number,))
    guests.commit()
    last = guests.execute("SELECT * FROM news ORDER BY id DESC LIMIT 1").fetchone()
    mine = guests.execute("SELECT * FROM visits WHERE guest = ? ORDER BY id DESC LIMIT 1", (number,)).fetchone()
    ten = guests.execute("SELECT * FROM visits ORDER BY id DESC LIMIT 10").fetchall()
    return str([last, mine, ten])
""",
    "the model that the request itself inserted": MODELS
    + """
@bp.post("/items")
def stock():
    item = Item(stock=int(request.form["stock"]))
    db.session.add(item)
    db.session.commit()
    newest = Item.query.filter_by(stock=item.stock).order_by(Item.id.desc()).first()
    return str([item.id, newest, Item.query.order_by(Item.id.desc()).limit(5).all()])
""",
    "a file that is made in one step, for each user, or the same by whomever": """
import threading
from pathlib import Path

FOLDER = Path("/srv/votes")
lock = threading.Lock()

@bp.post("/<name>")
def vote(name):
    ballot = FOLDER / name
    if ballot.exists():
        abort(409)
    with ballot.open("x") as file:
        file.write(request.form["choice"])
    return ""

@bp.post("/<name>/locked")
def locked(name):
    ballot = FOLDER / name
    with lock:
        if ballot.exists():
            abort(409)
        ballot.write_text(request.form["choice"])
    return ""

@bp.post("/mine")
def mine():
    note = FOLDER / str(session["uid"])
    if note.exists():
        abort(409)
    note.write_text(request.form["choice"])
    return ""

@bp.get("/<name>/page")
def page(name):
    kept = FOLDER / f"{name}.html"
    if not kept.exists():
        kept.write_text(f"<h1>{len(name)} {name}</h1>")
    return kept.read_text()

@bp.post("/<name>/again")
def again(name):
    ballot = FOLDER / name
    if not ballot.parent.exists():
        abort(404)
    ballot.write_text(request.form["choice"])
    return ""
""",
    "under a lock": """
import threading

_lock = threading.RLock()
hits = {"all": 0}
left = 3
taken = set()

@bp.get("/")
def show():
    global left
    with _lock:
        hits["all"] += 1
        if left < 1:
            abort(409)
        left -= 1
    return ""

@bp.get("/claim/<name>")
def claim(name):
    with _lock:
        if name in taken:
            abort(409)
        taken.add(name)
    return ""
""",
    "reserved under the lock, given back under it again": """
import threading

gate = threading.Lock()
open_ = 0
exports = set()

@bp.post("/<name>")
def export(name):
    global open_
    mine = gate
    with mine:
        if open_ > 3 or name in exports:
            abort(503)
        open_ += 1
        exports.add(name)
    try:
        return name.upper()
    finally:
        with mine:
            open_ -= 1
            exports.discard(name)
""",
    "acquired and released": """
import threading

gate = threading.Lock()
total = 0

@bp.get("/")
def show():
    global total
    gate.acquire()
    try:
        total += 1
    finally:
        gate.release()
    return str(total)
""",
    "a helper whose callers hold the lock": """
import threading

lock = threading.Lock()
total = 0

def _add():
    global total
    total += 1

@bp.get("/")
def show():
    with lock:
        _add()
    return ""
""",
    "a decorator that locks": """
import threading

lock = threading.Lock()
total = 0

def synchronized(function):
    def inner(*args):
        with lock:
            return function(*args)
    return inner

@synchronized
def add():
    global total
    total += 1

@bp.get("/")
def show():
    add()
    return ""
""",
    "the lock of the one instance": """
import threading

class Meter:
    def __init__(self):
        self._lock = threading.Lock()
        self.value = 0
        self.by_path = {}

    def tick(self, path):
        with self._lock:
            self.value += 1
            self.by_path[path] = self.by_path.get(path, 0) + 1

meter = Meter()

@bp.before_request
def count():
    meter.tick(request.path)
""",
    "a known name is checked first": """
import threading

lock = threading.Lock()
hits = {"GET": 0, "POST": 0}

@bp.before_app_request
def count():
    if request.method not in hits:
        return
    with lock:
        hits[request.method] += 1
""",
    "checked twice": """
import threading

lock = threading.Lock()
client = None

def get():
    global client
    if client is None:
        with lock:
            if client is None:
                client = object()
    return client

@bp.get("/")
def show():
    return str(get())
""",
    "a counter of the request": """
@bp.before_request
def start():
    g.queries = 0

@bp.get("/")
def show():
    g.queries += 1
    session["visits"] = session.get("visits", 0) + 1
    total = 0
    total += 1
    return str(total)
""",
    "kept elsewhere: a cache, a note of many failures, one step, watched, one's own": """
import redis

class Kept:
    def __init__(self, store):
        self.store = store

    def page(self, name):
        if self.store.exists(name):
            return self.store.get(name)
        self.store.set(name, text := name.upper())
        return text

    def fine(self, host):
        if self.store.get(host):
            return True
        self.store.set(host, 1)
        return True

    def enter(self, name):
        if self.store.exists(f"shut:{name}"):
            abort(429)
        if self.store.incr(name) > 5:
            self.store.setex(f"shut:{name}", 600, 1)

    def first(self, name):
        if self.store.exists(name) or not self.store.set(name, 1, nx=True):
            abort(409)

    def grow(self):
        mine = f"size:{session['uid']}"
        self.store.set(mine, int(self.store.get(mine)) + 1)

    def reset(self, token):
        key = f"reset:{token}"
        if not self.store.exists(key):
            abort(410)
        self.store.set(f"word:{token}", request.form["word"])

    def take(self, item):
        self.store.watch(item)
        left = int(self.store.get(item))
        self.store.multi()
        self.store.set(item, left - 1)

kept = Kept(redis.Redis())

@bp.post("/<name>")
def enter(name):
    kept.enter(name)
    kept.first(name)
    kept.reset(name)
    kept.grow()
    kept.take(name)
    return kept.page(name) if kept.fine(request.host) else ""
""",
    "counted by another service": """
from redis import Redis
from prometheus_client import Counter

store = Redis()
HITS = Counter("hits", "Hits")

@bp.get("/")
def show():
    HITS.inc()
    return str(store.incr("hits"))
""",
    "counted while the app is made": """
made = 0

@bp.record
def setup(state):
    global made
    made += 1
""",
    "the database counts, or holds the row": """
import sqlite3

@bp.post("/<int:item>")
def take(item):
    db = sqlite3.connect("shop.db")
    done = db.execute("UPDATE items SET stock = stock - ? WHERE id = ? AND stock >= ?", (1, item, 1))
    if done.rowcount != 1:
        abort(409)
    db.commit()
    return str(db.execute("SELECT stock FROM items WHERE id = ?", (item,)).fetchone()[0] + 1)

@bp.post("/<int:item>/hold")
def hold(item):
    db = sqlite3.connect("shop.db")
    db.execute("BEGIN IMMEDIATE")
    (stock,) = db.execute("SELECT stock FROM items WHERE id = ?", (item,)).fetchone()
    db.execute("UPDATE items SET stock = ? WHERE id = ?", (stock - 1, item))
    db.commit()
    return ""

@bp.post("/<int:item>/version")
def versioned(item):
    db = sqlite3.connect("shop.db")
    row = db.execute("SELECT stock, version FROM items WHERE id = ?", (item,)).fetchone()
    new = (row[0] - 1, item, row[1])
    done = db.execute("UPDATE items SET stock = ?, version = version + 1 WHERE id = ? AND version = ?", new)
    return "" if done.rowcount else abort(409)

@bp.post("/<int:item>/name")
def rename(item):
    db = sqlite3.connect("shop.db")
    row = db.execute("SELECT id FROM items WHERE id = ?", (item,)).fetchone()
    db.execute("UPDATE items SET name = ? WHERE id = ?", (request.form["name"].strip(), row[0]))
    db.commit()
    return ""
""",
    "a model whose row is held, or that lets the database count": MODELS
    + """
@bp.post("/<int:id>")
def take(id):
    item = db.session.get(Item, id, with_for_update=True)
    if item.stock < 1:
        abort(409)
    item.stock -= 1
    db.session.commit()
    return ""

@bp.post("/<int:id>/give")
def give(id):
    item = db.session.get(Item, id)
    item.stock = Item.stock + int(request.form["n"])
    item.name = request.form["name"].strip()
    db.session.commit()
    return ""

@bp.post("/<int:id>/set")
def put(id):
    Item.query.filter_by(id=id).update({"stock": Item.stock - 1})
    return ""

@bp.get("/")
def show():
    items = Item.query.all()
    for item in items:
        item.stock *= 100
    return str([item.stock for item in items])
""",
    "a field that others count in": """
from pymongo import MongoClient
from redis import Redis

items, store = MongoClient().shop.items, Redis()

@bp.post("/<id>")
def take(id):
    items.update_one({"_id": id, "stock": {"$gt": 0}}, {"$inc": {"stock": -1}})
    return str(store.hincrby("stock", id, -1) + items.find_one({"_id": id})["stock"])
""",
    "a file whose lock is held": """
import fcntl
from pathlib import Path

COUNT = Path("count.txt")

@bp.get("/")
def show():
    with open("count.lock", "a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        COUNT.write_text(str(int(COUNT.read_text()) + 1))
    return ""
""",
    "a claim in one step": """
taken = {}

@bp.post("/<int:seat>")
def claim(seat):
    token = object()
    if taken.setdefault(seat, token) is not token:
        abort(409)
    return ""
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_read_that_nothing_protects(
    project: Callable[..., Path], found: Callable[..., object], name: str
) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF602") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF601", "SF602", "SF603") == []


SERIAL = """
import threading

gate = threading.Lock()

@bp.post("/")
def serial():
    with gate:
        {more}
        with open("serial") as file:
            last = int(file.read())
        with open("serial", "w") as file:
            file.write(str(last + 1))  # SF602
    return str(last)
"""


@pytest.mark.parametrize(
    ("command", "more", "there"),
    [
        ("gunicorn -w 4 acme:create_app()", "pass", True),
        ("gunicorn --workers=1 --threads=8 acme:create_app()", "pass", False),
        ("waitress-serve --threads=4 --call acme:create_app", "pass", False),
        ("gunicorn -w 4 acme:create_app()", "fcntl.flock(guard, fcntl.LOCK_EX)", False),
    ],
)
def test_a_lock_of_threads_between_processes(project, found, command, more, there) -> None:
    files = service(SERIAL.format(more=more)) | {"Procfile": f"web: {command}\n"}
    assert found(project(files), "SF602") == (marks(files) if there else [])
