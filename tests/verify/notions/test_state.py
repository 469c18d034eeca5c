"""All that outlives a request, by every way that leads to it: one fault or none, and always the right check."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ..checks.marked import marks, service

ALL = [f"SF60{number}" for number in range(1, 9)]
FAULTS = {
    "dispatch dict": """
last = {}
def a(value):
    last["a"] = value  # SF601
ACTIONS = {"a": a}
@bp.post("/<name>")
def do(name):
    ACTIONS[name](request.form["value"])
    return ""
""",
    "signal handler": """
from flask import request_started
current = {}
@request_started.connect
def started(sender, **extra):
    current["path"] = request.path  # SF601
""",
    "what a class only declares, and another does": """
from abc import ABC, abstractmethod
DEFAULT = ["read"]
class Rights(ABC):
    @abstractmethod
    def granted(self, groups):
        \"\"\"What the groups may do.\"\"\"
class Idle:
    def granted(self, groups):
        DEFAULT.extend(groups)
class Stored(Rights):
    def granted(self, groups):
        rights = DEFAULT
        rights.extend(groups)  # SF601
        return rights
def rights() -> Rights:
    return Stored()
@bp.post("/login")
def login():
    return {"rights": rights().granted(request.json["groups"])}
""",
    "a table of another module": """
from acme import settings
@bp.post("/")
def change():
    settings.THEME["name"] = request.form["name"]  # SF601
    return ""
""",
    "dataclass singleton": """
from dataclasses import dataclass
@dataclass
class State:
    user: str = ""
state = State()
@bp.before_request
def load():
    state.user = request.headers.get("X-User", "")  # SF601
""",
    "walrus": """
seen = []
@bp.get("/")
def show():
    if q := request.args.get("q"):
        seen.append(q)  # SF601
    return seen
""",
    "comprehension": """
seen = set()
@bp.get("/")
def show():
    [seen.add(x) for x in request.args.getlist("x")]  # SF601
    return sorted(seen)
""",
    "heap": """
import heapq
jobs = []
@bp.post("/")
def add():
    heapq.heappush(jobs, (int(request.form["p"]), request.form["what"]))  # SF601
    return ""
""",
    "list item": """
slots = [None] * 4
@bp.post("/<int:n>")
def put(n):
    slots[n] = request.form["what"]  # SF601
    return ""
""",
    "a token that is checked, then deleted": """
tokens = {"a": 1}
@bp.post("/<t>")
def use(t):
    if t not in tokens:  # SF602
        abort(403)
    del tokens[t]
    return ""
""",
    "a list of the one instance": """
class Feed:
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)  # SF601
feed = Feed()
@bp.post("/")
def add():
    feed.push(request.form["x"])
    return ""
""",
    "class via self.__class__": """
class Page:
    last = None
    def show(self):
        self.__class__.last = request.path  # SF601
@bp.get("/")
def show():
    Page().show()
    return ""
""",
    "class via type(self)": """
class Page:
    last = None
    def show(self):
        type(self).last = request.path  # SF601
@bp.get("/")
def show():
    Page().show()
    return ""
""",
    "flask subclass": """
from flask import Flask
class App(Flask):
    tenant = None
    def preprocess_request(self):
        self.tenant = request.host  # SF601
        return super().preprocess_request()
app = App(__name__)
""",
    "memo with get": """
_cache = {}
def profile():
    found = _cache.get("p")
    if found is None:
        found = {"name": session["name"]}
        _cache["p"] = found  # SF601
    return found
@bp.get("/")
def show():
    return profile()
""",
    "memo walrus attr": """
class Repo:
    _me = None
    def me(self):
        if self._me is None:
            self._me = session["user"]  # SF601
        return self._me
repo = Repo()
@bp.get("/")
def show():
    return repo.me()
""",
    "keywords of a helper": """
ctx = {}
def bind(**values):
    ctx.update(values)  # SF601
@bp.before_request
def load():
    bind(user=session.get("user"))
""",
    "arguments of a helper": """
ctx = []
def note(*values):
    ctx.extend(values)  # SF601
@bp.before_request
def load():
    note(session.get("user"))
""",
    "error handler": """
errors = []
@bp.errorhandler(404)
def missing(error):
    errors.append(request.url)  # SF601
    return "", 404
""",
    "context processor": """
shared = {"title": "x"}
@bp.app_context_processor
def inject():
    shared["user"] = session.get("user")  # SF601
    return shared
""",
    "template global": """
calls = []
@bp.app_template_filter("mark")
def mark(value):
    calls.append(value)  # SF601
    return value
""",
    "current_user global flask-login": """
from flask_login import current_user
who = None
@bp.before_request
def load():
    global who
    who = current_user  # SF601
""",
    "a table of the app": """
@bp.record_once
def setup(state):
    state.app.online = {}
@bp.before_request
def load():
    current_app.online["last"] = session.get("user")  # SF601
""",
    "config list": """
@bp.record_once
def setup(state):
    state.app.config["SEEN"] = []
@bp.before_request
def load():
    current_app.config["SEEN"].append(request.remote_addr)  # SF601
""",
    "bp attr list": """
bp.seen = []
@bp.before_request
def load():
    bp.seen.append(request.remote_addr)  # SF601
""",
    "func attr dict": """
def lookup(key):
    lookup.cache["last"] = key  # SF601
    return key
lookup.cache = {}
@bp.get("/<key>")
def show(key):
    return lookup(key)
""",
    "a thread of our own class": """
import threading
class Worker(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
    def run(self):
        current_app.logger.info("x")
@bp.post("/")
def go():
    w = Worker()  # SF605
    w.start()
    return ""
""",
    "executor map": """
from concurrent.futures import ThreadPoolExecutor
def work(n):
    return request.args.get(str(n))
@bp.get("/")
def go():
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, range(3)))  # SF605
""",
    "executor submit bound method": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor()
class Job:
    def run(self):
        return session["user"]
@bp.get("/")
def go():
    job = Job()
    pool.submit(job.run)  # SF605
    return ""
""",
    "yield from": """
def inner():
    yield request.path
def outer():
    yield "x"
    yield from inner()
@bp.get("/")
def show():
    return Response(outer())  # SF605
""",
    "a class's connection, by self": """
import sqlite3
class Repo:
    db = sqlite3.connect("x.db", check_same_thread=False)  # SF606
    def all(self):
        return self.db.execute("select 1").fetchall()
@bp.get("/")
def show():
    return Repo().all()
""",
    "conn by closure": """
import sqlite3
def routes(path):
    db = sqlite3.connect(path, check_same_thread=False)  # SF606
    def view():
        return str(db.execute("select 1").fetchall())
    return view
bp.add_url_rule("/", view_func=routes("x.db"))
""",
    "conn by config": """
import sqlite3
@bp.record_once
def setup(state):
    state.app.config["DB"] = sqlite3.connect("x.db", check_same_thread=False)  # SF606
@bp.get("/")
def show():
    return str(current_app.config["DB"].execute("select 1").fetchall())
""",
    "sqlalchemy session": """
from sqlalchemy.orm import sessionmaker
Session = sessionmaker()
db = Session()  # SF606
@bp.get("/")
def show():
    return str(db.execute("select 1"))
""",
    "lock on the write only": """
import threading
lock = threading.Lock()
stock = {"a": 1}
@bp.post("/<sku>")
def buy(sku):
    left = stock[sku]
    if left == 0:  # SF602
        abort(409)
    with lock:
        stock[sku] = left - 1
    return ""
""",
    "two locks": """
import threading
stock = 5
read_lock = threading.Lock()
@bp.post("/")
def buy():
    global stock
    with read_lock:
        left = stock  # SF602
    with read_lock:
        stock = left - 1
    return ""
""",
    "await between": """
import asyncio
total = 0
@bp.get("/")
async def show():
    global total
    value = total  # SF602
    await asyncio.sleep(0)
    total = value + 1
    return str(total)
""",
    "werkzeug local": """
from werkzeug.local import Local
local = Local()
@bp.get("/")
def show():
    if "u" in request.args:
        local.user = request.args["u"]  # SF607
    return getattr(local, "user", "")
""",
    "thread-local dict": """
import threading
local = threading.local()
local.data = {}
@bp.get("/")
def show():
    if "u" in request.args:
        local.data["user"] = request.args["u"]  # SF607
    return ""
""",
    "timezone": """
import os, time
@bp.get("/")
def show():
    os.environ["TZ"] = session["tz"]  # SF608
    return ""
""",
    "random numbers": """
import random
@bp.get("/")
def show():
    random.seed(request.args["seed"])  # SF608
    return str(random.random())
""",
    "cached method": """
from functools import lru_cache
class Service:
    @lru_cache  # SF604
    def me(self):
        return session["user"]
service = Service()
@bp.get("/")
def show():
    return service.me()
""",
    "cached property via prop": """
from functools import cache
class Ctx:
    @property
    def user(self):
        return g.user
ctx = Ctx()
@cache  # SF604
def rights():
    return load(ctx.user)
""",
    "cached localproxy": """
from functools import cache
from werkzeug.local import LocalProxy
user = LocalProxy(lambda: g.user)
@cache  # SF604
def rights():
    return user.rights
""",
    "extension class init_app": """
class Audit:
    def __init__(self):
        self.actor = None
    def init_app(self, app):
        app.before_request(self.load)
    def load(self):
        self.actor = request.headers.get("X-User")  # SF601
audit = Audit()
""",
    "closure in init_app": """
class Audit:
    def init_app(self, app):
        @app.before_request
        def load():
            self.actor = request.headers.get("X-User")  # SF601
audit = Audit()
""",
    "list sort": """
PRICES = [3, 1, 2]
@bp.get("/")
def show():
    PRICES.insert(0, int(request.args["p"]))  # SF601
    return PRICES
""",
    "default dict of view class": """
from flask.views import View
class Page(View):
    context = {"title": "x"}  # SF603
    def dispatch_request(self):
        self.context.update(user=session.get("user"))
        return self.context
bp.add_url_rule("/", view_func=Page.as_view("page"))
""",
    "rows of the tenant's own database, cached": """
import functools, sqlite3
def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(session["tenant"] + ".db")
    return g.db
@functools.lru_cache # SF604
def countries():
    return get_db().execute("select * from c").fetchall()
@bp.get("/")
def show():
    return str(countries())
""",
    "what is kept in g is the visitor's": """
last = None
@bp.before_request
def load():
    g.user = session.get("user")
@bp.get("/")
def show():
    global last
    last = g.user  # SF601
    return ""
""",
    "what a slice shares": """
ROWS = [{"a": 1}]
@bp.get("/")
def show():
    rows = ROWS[:]
    rows[0]["q"] = request.args["q"]  # SF601
    return rows
""",
    "a method of an object that nobody can tell": """
known = {}
class Info:
    def __init__(self):
        self.last = None
    def touch(self, who):
        self.last = who  # SF601
def setup(names):
    for name in names:
        known[name] = Info()
setup(["a"])
@bp.get("/<name>")
def show(name):
    known.get(name).touch(request.remote_addr)
    return ""
""",
    "a flag that the password decides": """
logged_in = False
@bp.post("/login")
def login():
    global logged_in
    if request.form["password"] == current_app.config["PASSWORD"]:
        logged_in = True  # SF601
    return ""
""",
    "a flag of the one instance": """
class Auth:
    def __init__(self):
        self.ok = False
    def login(self, word):
        if word == "x":
            self.ok = True  # SF601
auth = Auth()
@bp.post("/login")
def login():
    auth.login(request.form["password"])
    return ""
""",
    "a context in which the threads of a pool start": """
from concurrent.futures import ThreadPoolExecutor
def begin(app):
    context = app.app_context()
    context.push()  # SF607
def letter(to):
    g.setdefault("to", to)
    current_app.logger.info(g.to)
@bp.record_once
def setup(state):
    state.app.extensions["post"] = ThreadPoolExecutor(2, initializer=begin, initargs=(state.app,))
    state.app.extensions["fax"] = ThreadPoolExecutor(2, initializer=state.app.app_context().push)  # SF607
@bp.post("/")
def send():
    current_app.extensions["post"].submit(letter, request.form["to"])  # SF605
    return ""
""",
    "a context that is entered and never left": """
@bp.before_request
def enter():
    ctx = current_app.test_request_context("/x")
    ctx.push()  # SF607
""",
    "a task of a queue": """
from celery import shared_task
@shared_task
def send():
    mail(session["user"])
@bp.post("/")
def go():
    send.delay()  # SF605
    return ""
""",
    "a job of a queue": """
from rq import Queue
from redis import Redis
queue = Queue(connection=Redis())
def work():
    mail(request.form["to"])
@bp.post("/")
def go():
    queue.enqueue(work)  # SF605
    return ""
""",
    "one entry of a cache for all": """
from flask_caching import Cache
cache = Cache()
@bp.get("/me")
def me():
    found = cache.get("me")
    if found is None:
        found = load(session["user"])
        cache.set("me", found)  # SF601
    return found
""",
    "an upload under a fixed name": """
@bp.post("/")
def put():
    request.files["f"].save("/tmp/upload.csv")  # SF608
    return ""
""",
    "settings from a mapping": """
@bp.before_app_request
def enter():
    current_app.config.from_mapping(TENANT=request.host)  # SF601
""",
    "standard output": """
import sys, io
@bp.get("/")
def show():
    sys.stdout = io.StringIO()  # SF608
    return ""
""",
    "a connection that its holder is given": """
import sqlite3
class Repo:
    def __init__(self, *, db):
        self.db = db
    def all(self):
        return self.db.execute("select 1").fetchall()
def build():
    return Repo(db=sqlite3.connect("x.db", check_same_thread=False))  # SF606
repo = build()
@bp.get("/")
def show():
    return str(repo.all())
""",
    "the session in a queue": """
from queue import Queue
jobs = Queue()
@bp.post("/")
def add():
    jobs.put({"owner": session})  # SF605
    return ""
""",
    "a page in a Redis of the app's, by its address": """
import json
from redis import StrictRedis
@bp.record_once
def setup(state):
    state.app.extensions["pages"] = StrictRedis.from_url("redis://pages")
def kept(address, make):
    if page := current_app.extensions["pages"].get(address):
        return page
    page = make()
    current_app.extensions["pages"].set(address, page, ex=30)  # SF601
    return page
@bp.get("/bills/<int:year>")
def bills(year):
    return kept(f"bills:{request.path}", lambda: json.dumps([year, session["customer"]]))
""",
    "one entry of Redis for all": """
from redis import Redis
store = Redis.from_url("redis://cache")
@bp.get("/")
def show():
    found = store.get("figures")
    if found:
        return found
    figures = str(session["user"])
    store.setex("figures", 60, figures)  # SF601
    return figures
""",
    "tested before the lock is taken": """
import threading
lock = threading.Lock()
seats = {"a": 3}
@bp.post("/<s>")
def book(s):
    if seats[s] > 0:  # SF602
        with lock:
            seats[s] -= 1
        return "ok"
    return "full", 409
""",
    "one response for all": """
page = Response("x")
@bp.get("/")
def show():
    page.headers["X-User"] = session["user"]  # SF601
    return page
""",
    "the one instance that __new__ gives": """
class Context:
    _instance = None
    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
@bp.before_app_request
def load():
    Context().user = session.get("user")  # SF601
""",
    "a method of the one instance that __new__ gives": """
class Context:
    _instance = None
    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
    def enter(self, user):
        self.user = user  # SF601
@bp.before_app_request
def load():
    Context().enter(session.get("user"))
""",
    "a callback on close": """
@bp.get("/")
def show():
    response = Response("x")
    @response.call_on_close
    def done():  # SF605
        print(session["user"])
    return response
""",
    "an engine's connection": """
from sqlalchemy import create_engine, text
engine = create_engine("sqlite://")
db = engine.connect()  # SF606
@bp.get("/")
def show():
    return str(db.execute(text("select 1")).scalar())
""",
    "an open file": """
log = open("audit.log", "a")  # SF606
@bp.post("/")
def send():
    log.write(request.path)
    return ""
""",
    "a subclass of what is made to be shared": """
import logging
class Who(logging.Filter):
    user = None
    def filter(self, record):
        record.user = self.user
        return True
who = Who()
@bp.before_app_request
def load():
    who.user = session.get("user")  # SF601
""",
    "a handler of Socket.IO": """
from flask_socketio import SocketIO
sio = SocketIO()
rooms = {}
@sio.on("join")
def join(data):
    rooms["last"] = request.sid  # SF601
""",
    "an attribute of the standard library": """
import json
@bp.get("/")
def show():
    json.encoder.FLOAT_REPR = request.args["f"]  # SF608
    return ""
""",
    "what a local list was given": """
CACHE = {}
@bp.get("/")
def show():
    rows = []
    rows.append(session["user"])
    CACHE["rows"] = rows  # SF601
    return ""
""",
    "what a local dictionary was given": """
CACHE = {}
@bp.get("/")
def show():
    row = {}
    row["user"] = session["user"]
    CACHE["row"] = row  # SF601
    return ""
""",
    "a receiver that is connected by a call": """
from flask import template_rendered
seen = []
def note(sender, template, context, **extra):
    seen.append(context.get("user"))  # SF601
template_rendered.connect(note)
""",
    "a registry of sessions that nobody empties": """
from sqlalchemy.orm import scoped_session, sessionmaker
db_session = scoped_session(sessionmaker())  # SF607
@bp.get("/x")
def showx():
    return str(db_session.execute("select 1"))
""",
    "the database in a thread": """
import threading
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
def work(n):
    db.session.delete(n)
def count():
    print(User.query.count())
@bp.get("/")
def go():
    threading.Thread(target=work, args=(1,)).start()  # SF605
    return ""
@bp.get("/x")
def gox():
    threading.Thread(target=count).start()  # SF605
    return ""
""",
    "one session of a factory": """
from sqlalchemy.orm import scoped_session, sessionmaker
session_ = None
def init(engine):
    global session_
    Session = scoped_session(sessionmaker(bind=engine))
    session_ = Session()  # SF606
init("x")
@bp.get("/x")
def showx():
    return str(session_.execute("select 1"))
""",
    "the variables of an object": """
class Cfg: pass
cfg = Cfg()
@bp.post("/")
def enter():
    vars(cfg).update(request.form)  # SF601
    return ""
""",
    "a view in one line": """
seen = []
bp.add_url_rule("/x", "x", lambda: str(seen.append(request.args["q"])))  # SF601
""",
    "a connection that a class keeps": """
import sqlite3
class Db:
    _conn = None
    @classmethod
    def get(cls):
        if cls._conn is None:
            cls._conn = sqlite3.connect("x", check_same_thread=False)  # SF606
        return cls._conn
@bp.get("/x")
def x():
    return str(Db.get().execute("select 1").fetchall())
""",
    "a connection that is cached": """
import sqlite3, functools
@functools.cache
def db():
    return sqlite3.connect("x", check_same_thread=False)  # SF606
@bp.get("/x")
def x():
    return str(db().execute("select 1").fetchall())
""",
    "an object as default": """
class Options:
    def __init__(self):
        self.user = None
def run(options=Options()):  # SF603
    options.user = session["user"]
    return options.user
@bp.get("/x")
def x():
    return run()
""",
    "a lock that a helper makes each time": """
import threading
_calls = {"n": 0}
def exclusive():
    return threading.Lock()
@bp.before_app_request
def count():
    with exclusive():
        _calls["n"] += 1  # SF602
""",
    "one form for all": """
from wtforms import Form, StringField
class Search(Form):
    q = StringField()
form = Search()
@bp.get("/")
def show():
    form.process(request.args)  # SF601
    return form.q.data
""",
    "locks in a circle": """
n = 0
def a():
    return b()
def b():
    return a()
@bp.before_app_request
def count():
    global n
    x = a()
    with a():
        n += 1  # SF602
    with x:
        n += 1
def gen():
    with gen():
        yield
@bp.before_app_request
def count2():
    global n
    with gen():
        n += 1  # SF602
""",
}
FINE = {
    "what is found, or the member of an enumeration that says that nothing is": """
from enum import Enum
class Answer(Enum):
    NOTHING = "nothing"
def found(name):
    if name.isspace():
        return Answer.NOTHING
    return load(name)
@bp.post("/<name>")
def rename(name):
    item = found(name)
    if not isinstance(item, Answer):
        item.title = request.form["title"]
    return ""
""",
    "threadlocal try finally": """
import threading
local = threading.local()
@bp.get("/")
def show():
    local.user = request.args["u"]
    try:
        return work()
    finally:
        del local.user
""",
    "threadlocal set always in the view that reads": """
import threading
local = threading.local()
def render():
    return local.user
@bp.get("/")
def show():
    local.user = request.args.get("u")
    return render()
""",
    "locked store class": """
import threading
class Store:
    def __init__(self):
        self._items = {}
        self._lock = threading.Lock()
    def put(self, key, value):
        with self._lock:
            self._items[key] = value
    def get(self, key):
        with self._lock:
            return self._items.get(key)
store = Store()
@bp.post("/<key>")
def put(key):
    store.put(key, request.get_json())
    return ""
""",
    "memo in class by arg": """
class Rates:
    def __init__(self):
        self._known = {}
    def of(self, code):
        if code not in self._known:
            self._known[code] = fetch(code)
        return self._known[code]
rates = Rates()
@bp.get("/<code>")
def show(code):
    return rates.of(code)
""",
    "memo by tuple": """
_memo = {}
def page(tenant, lang):
    key = (tenant, lang)
    if key not in _memo:
        _memo[key] = build(tenant, lang)
    return _memo[key]
@bp.get("/")
def show():
    return page(g.tenant, request.args["lang"])
""",
    "memo get/set": """
_memo = {}
def page(tenant):
    found = _memo.get(tenant)
    if found is None:
        found = build(tenant)
        _memo[tenant] = found
    return found
@bp.get("/")
def show():
    return page(g.tenant)
""",
    "setdefault memo": """
_memo = {}
@bp.get("/<code>")
def show(code):
    return _memo.setdefault(code, build(code))
""",
    "queue of jobs": """
from queue import SimpleQueue
import threading
jobs = SimpleQueue()
def loop():
    while True:
        print(jobs.get())
threading.Thread(target=loop, daemon=True).start()
@bp.post("/")
def add():
    jobs.put({"to": request.form["to"]})
    return ""
""",
    "refresh settings": """
import time
_config, _at = {}, 0
def config():
    global _config, _at
    if time.time() - _at > 60:
        _config = load()
        _at = time.time()
    return _config
@bp.get("/")
def show():
    return config()
""",
    "once": """
_done = False
@bp.before_app_request
def once():
    global _done
    if _done:
        return
    _done = True
""",
    "local class instance in view": """
class Cart:
    def __init__(self):
        self.lines = {}
    def add(self, sku):
        self.lines[sku] = self.lines.get(sku, 0) + 1
@bp.get("/")
def show():
    cart = Cart()
    for sku in request.args.getlist("sku"):
        cart.add(sku)
    return cart.lines
""",
    "object kept in g": """
class Tracker:
    def __init__(self):
        self.queries = []
def tracker():
    if "tracker" not in g:
        g.tracker = Tracker()
    return g.tracker
@bp.get("/")
def show():
    tracker().queries.append(request.path)
    tracker().last = request.path
    return ""
""",
    "mapping proxy": """
from types import MappingProxyType
BASE = MappingProxyType({"a": 1})
@bp.get("/")
def show():
    options = {**BASE}
    options.update(request.args)
    return options
""",
    "sorted copy": """
ROWS = [3, 1]
@bp.get("/")
def show():
    rows = sorted(ROWS)
    rows.append(int(request.args["n"]))
    more = ROWS[:]
    more.append(1)
    other = ROWS + [int(request.args["n"])]
    other.append(2)
    return rows
""",
    "list comp of dicts": """
ROWS = [{"a": 1}]
@bp.get("/")
def show():
    rows = [dict(row) for row in ROWS]
    for row in rows:
        row["q"] = request.args["q"]
    return rows
""",
    "thread started at startup with app": """
import threading
def work(app):
    with app.app_context():
        print(current_app.name)
@bp.record_once
def start(state):
    threading.Thread(target=work, args=(state.app,), daemon=True).start()
""",
    "executor with values": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor()
def work(path):
    return path
@bp.get("/")
def go():
    return pool.submit(work, request.path).result()
""",
    "flask_executor": """
@bp.get("/")
def show():
    def helper():
        return request.path
    return Response(helper())
""",
    "stream with list": """
@bp.get("/")
def show():
    rows = [request.path for _ in range(3)]
    return Response(iter(rows))
""",
    "generator called with request values": """
def rows(args):
    for key in args:
        yield key
@bp.get("/")
def show():
    return Response(rows(request.args.to_dict()))
""",
    "lock attr module namespace": """
import threading
class _State:
    lock = threading.Lock()
    count = 0
@bp.get("/")
def show():
    with _State.lock:
        _State.count += 1
    return str(_State.count)
""",
    "condition": """
import threading
cond = threading.Condition()
jobs = []
@bp.post("/")
def add():
    with cond:
        jobs.append(request.form["x"])
        cond.notify()
    return ""
""",
    "contextvar token": """
from contextvars import ContextVar
user = ContextVar("u")
@bp.before_request
def enter():
    g.token = user.set(request.headers.get("X-User"))
@bp.teardown_request
def leave(exc):
    user.reset(g.token)
""",
    "atomic counter": """
import itertools
ids = itertools.count()
@bp.get("/")
def show():
    n = next(ids)
    return str(n)
""",
    "click state": """
import click
done = []
@bp.cli.command()
def go():
    done.append(1)
""",
    "deque maxlen timings": """
import time
from collections import deque
timings = deque(maxlen=100)
@bp.before_app_request
def start():
    g.start = time.monotonic()
@bp.after_app_request
def note(response):
    timings.append(1)
    return response
""",
    "class body tuple & override": """
class Form:
    fields = ["a"]
    def __init__(self):
        self.fields = list(type(self).fields)
    def add(self, name):
        self.fields.append(name)
@bp.get("/")
def show():
    form = Form()
    form.add(request.args["x"])
    return form.fields
""",
    "annotated class body default None": """
class Form:
    errors: list | None = None
    def check(self):
        self.errors = []
        self.errors.append(request.path)
@bp.get("/")
def show():
    form = Form()
    form.check()
    return form.errors
""",
    "rows by a connection in g, remembered": """
import sqlite3
countries = None
def get_db():
    if "db" not in g:
        g.db = sqlite3.connect("x.db")
    return g.db
def load():
    global countries
    if countries is None:
        countries = get_db().execute("select * from c").fetchall()
    return countries
@bp.get("/")
def show():
    return str(load())
""",
    "rows by a connection in g, cached": """
import functools, sqlite3
def get_db():
    if not hasattr(g, "db"):
        g.db = sqlite3.connect("x.db")
    return g.db
@functools.lru_cache
def countries():
    return get_db().execute("select * from c").fetchall()
@bp.get("/")
def show():
    return str(countries())
""",
    "a slice is a copy": """
FORMATS = ["a", "b"]
@bp.get("/")
def show():
    formats = FORMATS[:]
    if "a" in formats:
        formats.remove("a")
    formats.append(request.args["x"])
    return formats
""",
    "rows of a model": """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class Preference(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    value = db.Column(db.String)
@bp.get("/")
def show():
    for row in Preference.query:
        row.value = row.value.lower()
    for row in Preference.query.all():
        row.value = row.value + request.args["x"]
    one = Preference.query.get(1)
    one.value = request.args["y"]
    return ""
""",
    "remembered when hasattr says no": """
class Store:
    def find(self, word):
        if not hasattr(self, "_fts"):
            self._fts = self.probe()
        return self._fts
    def probe(self):
        return True
store = Store()
@bp.get("/<word>")
def show(word):
    return str(store.find(word))
""",
    "a time of an object that nobody can tell": """
import datetime, threading
known = {}
mutex = threading.Lock()
class Info:
    def __init__(self):
        self.last = None
    def touch(self, when):
        with mutex:
            self.last = when
def setup(names):
    for name in names:
        known[name] = Info()
setup(["a"])
@bp.get("/<name>")
def show(name):
    known.get(name).touch(datetime.datetime.now())
    return ""
""",
    "set up once by a helper": """
_ready = False
def prepare():
    global _ready
    _ready = True
@bp.before_app_request
def once():
    if not _ready:
        prepare()
""",
    "settings that load and save themselves": """
import json
class Settings:
    def __init__(self):
        self.title = ""
        self.load()
    def load(self):
        with open("settings.json") as file:
            self.title = json.load(file)["title"]
    def save(self):
        with open("settings.json.new", "a") as file:
            json.dump({"title": self.title}, file)
settings = Settings()
@bp.post("/settings")
def change():
    settings.title = request.form["title"]
    settings.save()
    return ""
""",
    "another entry of the same table": """
@bp.record_once
def setup(state):
    state.app.config["A"] = 1
def load_files():
    for key in ["A", "B"]:
        name = current_app.config.get(f"{key}_FILE")
        if not name or current_app.config.get(key):
            continue
        with open(name) as file:
            current_app.config[key] = file.read()
@bp.get("/")
def show():
    load_files()
    return ""
""",
    "a context in which the threads of a pool start, for the app alone": """
from concurrent.futures import ThreadPoolExecutor
def begin(app):
    context = app.app_context()
    context.push()
def letter(to):
    current_app.logger.info(to)
    with current_app.app_context():
        g.to = to
@bp.record_once
def setup(state):
    state.app.extensions["post"] = ThreadPoolExecutor(2, initializer=begin, initargs=(state.app,))
    state.app.extensions["fax"] = ThreadPoolExecutor(2, initializer=state.app.app_context().push)
@bp.post("/")
def send():
    current_app.extensions["post"].submit(letter, request.form["to"])
    return ""
""",
    "a context that is left again": """
@bp.get("/")
def enter():
    ctx = current_app.app_context()
    ctx.push()
    try:
        return ""
    finally:
        ctx.pop()
""",
    "a thread enters a context of its own": """
import threading
def work(app):
    ctx = app.app_context()
    ctx.push()
    print(current_app.name)
@bp.get("/")
def go():
    threading.Thread(target=work, args=(current_app._get_current_object(),)).start()
    return ""
""",
    "a task that is given the values": """
from celery import shared_task
@shared_task
def send(to):
    mail(to)
@bp.post("/")
def go():
    send.delay(request.form["to"])
    return ""
""",
    "an entry of a cache for each user": """
from flask_caching import Cache
cache = Cache()
@bp.get("/me")
def me():
    key = f"me:{session['user']}"
    found = cache.get(key)
    if found is None:
        found = load(session["user"])
        cache.set(key, found)
    return found
""",
    "headers of one call": """
import requests
http = requests.Session()
@bp.get("/")
def show():
    return http.get("https://a.example", headers={"Authorization": request.headers["Authorization"]}).text
""",
    "an entry of Redis for each user": """
from redis import Redis
store = Redis.from_url("redis://cache")
@bp.get("/")
def show():
    found = store.get(f"figures:{session['user']}")
    if found:
        return found
    figures = str(session["user"])
    store.setex(f"figures:{session['user']}", 60, figures)
    return figures
""",
    "in a Redis of the app's: by who asks, a claim, who changed a record last": """
import json
from redis import StrictRedis
@bp.record_once
def setup(state):
    state.app.extensions["pages"] = StrictRedis.from_url("redis://pages")
@bp.get("/bills/<int:year>")
def bills(year):
    pages, key = current_app.extensions["pages"], f"{request.cookies['visitor']}:{request.path}"
    if page := pages.get(key):
        return page
    page = json.dumps([year, session["customer"]])
    pages.set(key, page, ex=30)
    return page
@bp.post("/desks/<desk>")
def sit(desk):
    pages = current_app.extensions["pages"]
    if not pages.exists(desk):
        pages.set(desk, session["customer"])
    return ""
@bp.post("/notes/<id>")
def note(id):
    pages = StrictRedis()
    note = json.loads(pages.get(f"note:{id}"))
    note["by"] = session["customer"]
    pages.set(f"note:{id}", json.dumps(note))
    return note
""",
    "an entry of Redis by what it is made from": """
from redis import Redis
store = Redis.from_url("redis://cache")
def page(path):
    if found := store.get(path):
        return found
    store.set(path, render(path))
    return store.get(path)
@bp.get("/<path>")
def show(path):
    return page(path)
""",
    "a value in Redis that is meant for all": """
import redis
store = redis.Redis.from_url("redis://x")
@bp.post("/announce")
def announce():
    store.set("announcement", request.form["text"])
    return ""
@bp.get("/")
def show():
    return store.get("announcement") or ""
""",
    "a __new__ that makes one each time": """
class Point(tuple):
    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))
@bp.get("/")
def show():
    p = Point(1, 2)
    p.label = request.args["l"]
    return str(p)
""",
    "tested again under the lock": """
import threading
lock = threading.Lock()
client = None
def get_client():
    global client
    if client is None:
        with lock:
            if client is None:
                client = make()
    return client
@bp.get("/")
def show():
    return str(get_client())
""",
    "a default that is made for each request": """
@bp.get("/")
def show():
    def add(x, into=[]):
        into.append(x)
        return into
    return add(request.args["x"])
""",
    "a registry of sessions that the teardown empties": """
from sqlalchemy.orm import scoped_session, sessionmaker
db_session = scoped_session(sessionmaker())
@bp.teardown_app_request
def end(error):
    db_session.remove()
@bp.get("/x")
def showx():
    return str(db_session.execute("select 1"))
""",
    "the database in a thread with a context": """
import threading
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
def work(app, n):
    with app.app_context():
        db.session.delete(n)
@bp.get("/")
def go():
    threading.Thread(target=work, args=(current_app._get_current_object(), 1)).start()
    return ""
""",
    "a default that a model copies": """
from pydantic import BaseModel
class Body(BaseModel):
    tags: list = []
    def add(self, t):
        self.tags.append(t)
@bp.post("/")
def post():
    body = Body()
    body.add(request.form["t"])
    return ""
""",
    "a lock for each key": """
import threading
from collections import defaultdict
locks = defaultdict(threading.Lock)
left = {"a": 3}
@bp.post("/<k>")
def take(k):
    with locks[k]:
        if left[k] > 0:
            left[k] -= 1
    return ""
""",
    "a file that is read at start": """
import json
with open("words.json") as file:
    WORDS = json.load(file)
DATA = open("x.txt").read()
@bp.get("/")
def show():
    return str(WORDS) + DATA
""",
    "a lock that a helper hands out": """
import threading
_lock = threading.Lock()
_calls = {"n": 0}
def exclusive():
    return _lock
@bp.before_app_request
def count():
    with exclusive():
        _calls["n"] += 1
""",
    "a lock in a context manager": """
import threading
from contextlib import contextmanager
_lock = threading.Lock()
n = 0
@contextmanager
def exclusive():
    _lock.acquire()
    try:
        yield
    finally:
        _lock.release()
@bp.before_app_request
def count():
    global n
    with exclusive():
        n += 1
""",
    "a value that a callback takes along": """
import threading
@bp.get("/x")
def x():
    def work(path=request.path):
        print(path)
    threading.Thread(target=work).start()
    response = Response("x")
    response.call_on_close(lambda who=session.get("u"): print(who))
    return response
""",
    "a class that makes itself in a circle": """
class Odd:
    def __new__(cls):
        return cls.make(cls)
    def make(self):
        return self
    def run(self, x):
        self.x = x
@bp.get("/x")
def x():
    g.a = g.b
    g.b = g.a
    odd = Odd()
    odd.run(request.args["x"])
    Odd().run(g.a)
    return ""
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_finds_exactly_this(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name], settings='THEME = {"name": "x"}\n')
    assert found(project(files), *ALL) == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_finds_nothing(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), *ALL) == []


def factory(body: str) -> dict[str, str]:
    """A service whose factory enters a context."""
    made = f"def create_app():\n    app = Flask(__name__)\n{body}    return app\n"
    return {"src/acme/__init__.py": f"from flask import Flask\n{made}"}


def test_finds_a_context_that_the_factory_never_leaves(
    project: Callable[..., Path], found: Callable[..., object]
) -> None:
    files = factory("    app.app_context().push()  # SF607\n    prepare()\n")
    assert found(project(files), *ALL) == marks(files)


def test_finds_a_context_at_import_of_what_is_served(
    project: Callable[..., Path], found: Callable[..., object]
) -> None:
    files = factory("") | {
        "wsgi.py": "from acme import create_app\napp = create_app()\napp.app_context().push()  # SF607\n"
    }
    command = {"Dockerfile": 'FROM python:3.13-slim\nCOPY . .\nCMD ["gunicorn", "wsgi:app"]\n'}
    assert found(project(files), *ALL) == []  # perhaps of a worker, or a shell
    assert found(project(files | command), *ALL) == marks(files)


def test_a_context_that_the_factory_leaves_is_fine(project: Callable[..., Path], found: Callable[..., object]) -> None:
    assert (
        found(project(factory("    ctx = app.app_context()\n    ctx.push()\n    prepare()\n    ctx.pop()\n")), *ALL)
        == []
    )
