from collections.abc import Callable
from pathlib import Path

import pytest

from verify import engine

from .marked import marks, service

FAULTS = {
    "a global": """
viewer = None

@bp.before_request
def load():
    global viewer
    viewer = request.headers.get("X-User")  # SF601
""",
    "two names at once": """
who = where = None

@bp.get("/")
def show():
    global who, where
    who, where = request.args["who"], request.args["where"]  # SF601
    return who
""",
    "the one view of Flask-Admin": """
from flask_admin import Admin, BaseView, expose

class Shelves(BaseView):
    @expose("/", methods=("GET", "POST"))
    def index(self):
        self.floor = request.values.get("floor")  # SF601
        return self.render("shelves.html")

admin = Admin()
admin.add_view(Shelves(name="shelves"))
""",
    "an attribute of another module": """
from acme import state

@bp.get("/")
def show():
    state.current = request.args["name"]  # SF601
    return state.current
""",
    "a list": """
seen = []

@bp.post("/")
def add():
    seen.append(request.get_json())  # SF601
    return seen
""",
    "a bounded deque": """
from collections import deque

recent = deque(maxlen=10)

@bp.get("/<word>")
def search(word):
    recent.appendleft(word)  # SF601
    return list(recent)
""",
    "a set in place": """
names = set()

@bp.get("/")
def show():
    global names
    names |= {request.args["name"]}  # SF601
    return sorted(names)
""",
    "a list through +=": """
names: list[str] = []

@bp.get("/")
def show():
    local = names
    local += request.args.getlist("name")  # SF601
    return local
""",
    "setdefault and append": """
by_day = {}

@bp.get("/<day>")
def show(day):
    by_day.setdefault(day, []).append(request.remote_addr)  # SF601
    return by_day
""",
    "an element of a constant table": """
MENU = {"main": {"title": "Main"}}

@bp.get("/")
def show():
    entry = MENU["main"]
    entry["title"] = request.args["title"]  # SF601
    return entry
""",
    "what a shallow copy shares": """
OPTIONS = {"columns": ["id"], "size": 20}

@bp.get("/")
def show():
    options = dict(OPTIONS)
    options["columns"].append(request.args["column"])  # SF601
    return options
""",
    "what a copy from a helper shares": """
PROFILE = {"name": "", "tags": ["new"], "seen": 0}
LIMITS = {"hosts": [], "most": 5}

def profile():
    made = PROFILE.copy()
    made["name"] = request.args["name"]
    return made

@bp.get("/")
def show():
    mine = profile()
    mine["seen"] += 1
    mine["tags"] += request.args.getlist("tag")  # SF601
    limits = LIMITS | {"most": 9}
    limits["hosts"].append(request.remote_addr)  # SF601
    return [mine, limits]
""",
    "the fallback of a session key": """
EMPTY = []

@bp.get("/")
def show():
    cart = session.get("cart", EMPTY)
    cart.append(request.args["sku"])  # SF601
    return cart
""",
    "a helper that gets the shared list": """
log = []

def note(where, what):
    where.append(what)  # SF601

@bp.get("/")
def show():
    note(log, request.args["q"])
    return log
""",
    "a helper that gives the shared dictionary": """
_settings = {"theme": "light"}

def settings():
    return _settings

@bp.get("/")
def show():
    settings()["theme"] = request.cookies.get("theme")  # SF601
    return settings()
""",
    "class attributes": """
class Current:
    user = None

@bp.before_request
def load():
    Current.user = session.get("user")  # SF601
""",
    "a class method": """
class Current:
    user = None

    @classmethod
    def enter(cls, user):
        cls.user = user  # SF601

@bp.before_request
def load():
    Current.enter(session["user"])
""",
    "setattr on a class": """
class Current:
    pass

@bp.before_request
def load():
    setattr(Current, "user", g.user)  # SF601
""",
    "a module's only instance": """
class Tracker:
    def __init__(self):
        self.last = None

    def seen(self, name):
        self.last = name  # SF601

tracker = Tracker()

@bp.get("/")
def show():
    tracker.seen(request.args["name"])
    return str(tracker.last)
""",
    "an instance that the app holds": """
class Client:
    def __init__(self, url):
        self.url, self.token = url, ""

    def use(self, token):
        self.token = token  # SF601

@bp.record_once
def setup(state):
    state.app.extensions["client"] = Client("https://api")

@bp.get("/")
def show():
    client = current_app.extensions["client"]
    client.use(request.headers["Authorization"])
    return client.url
""",
    "a view that is made once": """
from flask.views import MethodView

class Base(MethodView):
    init_every_request = False

class Form(Base):
    def post(self):
        self.data = request.form.to_dict()  # SF601
        return self.data

bp.add_url_rule("/", view_func=Form.as_view("form"))
""",
    "the app's settings": """
@bp.post("/theme")
def theme():
    current_app.config["THEME"] = request.form["theme"]  # SF601
    return ""
""",
    "a constant setting": """
@bp.post("/off")
def off():
    current_app.config["OFFLINE"] = True  # SF601
    return ""
""",
    "settings by update": """
@bp.post("/")
def change():
    current_app.config.update(request.get_json())  # SF601
    return ""
""",
    "globals of templates": """
@bp.before_request
def load():
    current_app.jinja_env.globals["user"] = session.get("user")  # SF601
""",
    "an attribute of the app": """
@bp.before_request
def load():
    current_app.tenant = request.host.split(".")[0]  # SF601
""",
    "the app behind its proxy": """
@bp.before_request
def load():
    app = current_app._get_current_object()
    app.tenant = request.host  # SF601
""",
    "an attribute of a function": """
def render():
    return render.user

@bp.get("/")
def show():
    render.user = request.args["user"]  # SF601
    return render()
""",
    "a closure of the factory of views": """
def page(title):
    last = []

    def view():
        last.append(request.args["q"])  # SF601
        return {"last": last}

    return view

bp.add_url_rule("/", view_func=page("x"))
""",
    "a closure of a decorator": """
import functools

def remembers(view):
    last = None

    @functools.wraps(view)
    def inner(*args):
        nonlocal last
        last = request.args.get("q")  # SF601
        return view(*args)

    return inner

@bp.get("/")
@remembers
def show():
    return ""
""",
    "the headers of a shared client": """
import requests as http

client = http.Session()

@bp.get("/")
def show():
    client.headers.update({"Authorization": request.headers["Authorization"]})  # SF601
    return client.get("https://api").json()
""",
    "the credentials of a shared client": """
import requests

client = requests.Session()

@bp.get("/")
def show():
    client.auth = (session["user"], session["token"])  # SF601
    return client.get("https://api").json()
""",
    "a memo without a key": """
cache = {}

def load():
    return {"name": session["name"]}

@bp.get("/")
def show():
    if "me" not in cache:
        cache["me"] = load()  # SF601
    return cache["me"]
""",
    "a memo by the id of an object": """
cache = {}

@bp.get("/")
def show():
    key = id(request)
    if key not in cache:
        cache[key] = list(request.headers)  # SF601
    return cache[key]
""",
    "a memo under a lock but without a key": """
import threading

lock = threading.Lock()
cache = {}

@bp.get("/")
def show():
    with lock:
        if "me" not in cache:
            cache["me"] = {"name": session["name"]}  # SF601
    return cache["me"]
""",
    "a slot under a lock": """
import threading

lock = threading.Lock()
current = None

@bp.get("/")
def show():
    global current
    with lock:
        current = request.args["name"]  # SF601
    return current
""",
    "a lock of its own per request": """
import threading

seen = []

@bp.get("/")
def show():
    lock = threading.Lock()
    with lock:
        seen.append(request.args["name"])  # SF601
    return seen
""",
    "globals()": """
@bp.get("/")
def show():
    globals()["user"] = request.args["user"]  # SF601
    return ""
""",
    "the argument of a view": """
latest = {}

@bp.get("/<int:number>")
def show(number):
    latest["number"] = number  # SF601
    return latest
""",
    "a hash that all feed": """
import hashlib

digest = hashlib.sha256()

@bp.post("/")
def add():
    digest.update(request.get_data())  # SF601
    return digest.hexdigest()
""",
    "a subclass of dict": """
class Store(dict):
    pass

store = Store()

@bp.post("/<name>")
def put(name):
    store[name] = request.get_json()  # SF601
    return ""
""",
    "a middleware": """
class Tenant:
    def __init__(self, app):
        self.app, self.host = app, ""

    def __call__(self, environ, start_response):
        self.host = environ["HTTP_HOST"]  # SF601
        return self.app(environ, start_response)

@bp.record_once
def wrap(state):
    state.app.wsgi_app = Tenant(state.app.wsgi_app)
""",
    "a nested view of the factory of the app": """
def install(app):
    seen = {}

    @app.get("/seen")
    def show():
        seen["last"] = request.remote_addr  # SF601
        return seen
""",
    "an async view": """
chosen = None

@bp.get("/")
async def show():
    global chosen
    chosen = request.args["code"]  # SF601
    return chosen
""",
    "a namespace": """
from types import SimpleNamespace

ctx = SimpleNamespace(user=None)

@bp.before_request
def load():
    ctx.user = request.headers.get("X-User")  # SF601
""",
    "a form kept whole": """
import threading

lock = threading.Lock()
kept = []

@bp.before_request
def keep():
    with lock:
        kept.append(request._get_current_object())  # SF601
""",
    "a receiver that a view connects": """
from flask import got_request_exception

@bp.post("/orders/<code>")
def order(code):
    def report(sender, exception, **more):
        current_app.logger.error("order %s of %s", code, request.path)

    got_request_exception.connect(report, weak=False)  # SF601
    return code
""",
    "a hook that a view adds": """
@bp.get("/<lang>")
def show(lang):
    @current_app.after_request  # SF601
    def label(response):
        response.headers["Content-Language"] = lang
        return response

    return lang
""",
    "a filter of the log": """
import logging

log = logging.getLogger(__name__)

class Tag(logging.Filter):
    def __init__(self, tag):
        super().__init__()
        self.tag = tag

@bp.before_request
def tag():
    log.addFilter(Tag(session.get("user")))  # SF601
""",
    "one response for all": """
from flask import make_response

GONE = Response("gone", 410)

@bp.get("/")
def show():
    answer = make_response(GONE)
    answer.headers["X-Asked"] = request.args["q"]  # SF601
    return answer
""",
    "what g and the session hold": """
RIGHTS = {"read": True}
EMPTY = {"items": []}

@bp.before_request
def load():
    g.rights = RIGHTS
    g.rights.update(session.get("rights", {}))  # SF601

@bp.post("/")
def add():
    session["cart"] = EMPTY
    session["cart"]["items"].append(request.form["item"])  # SF601
    return ""
""",
    "a setter of a library's object": """
import random
from github import Github

dice, hub = random.Random(), Github()
tracker = Github()

@bp.get("/")
def show():
    tracker.set_token(session["token"])  # SF601
    return ""
""",
    "the one instance of a class": """
class Basket:
    _one = None

    def __new__(cls):
        if cls._one is None:
            cls._one = super().__new__(cls)
            cls._one.items = []
        return cls._one

@bp.post("/")
def add():
    Basket().items.append(request.form["item"])  # SF601
    return ""
""",
    "the one instance by its metaclass": """
class One(type):
    made = {}

    def __call__(cls, *args):
        if cls not in cls.made:
            cls.made[cls] = super().__call__(*args)
        return cls.made[cls]

class Basket(metaclass=One):
    def __init__(self):
        self.items = []

@bp.post("/")
def add():
    Basket().items.append(request.form["item"])  # SF601
    return ""
""",
    "a lifetime that one visitor chooses": """
from datetime import timedelta

@bp.post("/login")
def login():
    if request.form.get("remember"):
        current_app.permanent_session_lifetime = timedelta(days=30)  # SF601
    return ""
""",
    "sorted for one visitor": """
WARES = [{"name": "b", "price": 2}, {"name": "a", "price": 3}]

@bp.get("/")
def show():
    WARES.sort(key=lambda ware: ware[request.args["by"]])  # SF601
    return WARES
""",
    "a queue that whoever asks empties": """
from queue import LifoQueue

class Box:
    def __init__(self):
        self.waiting = LifoQueue()

    def take(self):
        letter = self.waiting.get()  # SF601
        return {"letter": letter}

box = Box()

@bp.post("/")
def send():
    box.waiting.put_nowait((request.form["to"], request.form["text"]))
    return ""

@bp.get("/")
def show():
    return box.take()
""",
    "everybody's in one entry of a cache": """
from flask_caching import Cache

cache = Cache()

@bp.get("/")
def present():
    names = cache.get("present") or []
    names.append(session["user"])
    cache.set("present", names)  # SF601
    return names
""",
    "a letter and headers that all requests fill in": """
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from werkzeug.datastructures import Headers

REMINDER, COVER = EmailMessage(), MIMEMultipart("related")
COMMON = Headers([("Cache-Control", "no-store")])

@bp.post("/remind")
def remind():
    letter = REMINDER
    del letter["Cc"]
    letter["Cc"] = request.form["cc"]  # SF601
    COVER.attach(request.form["text"])  # SF601
    COMMON.add_header("X-Copy", request.form["cc"])  # SF601
    return "", COMMON
""",
    "a hook that is put into the app's own list": """
from functools import partial

def stamp(tenant, response):
    response.headers["X-Tenant"] = tenant
    return response

@bp.get("/enter")
def enter():
    hooks = current_app.after_request_funcs.setdefault(bp.name, [])
    hooks.append(partial(stamp, request.host))  # SF601
    return ""

@bp.get("/leave")
def leave():
    tenant = request.args["tenant"]
    current_app.teardown_appcontext_funcs.append(lambda error: print(tenant))  # SF601
    return ""
""",
    "a visitor's answer that is kept by the URL": """
from flask_caching import Cache

cache = Cache()

@bp.get("/sums/<int:year>")
def sums(year):
    found = cache.get(request.full_path)
    if found is None:
        found = f"{year + 1} {session['user']}"
        cache.set(request.full_path, found)  # SF601
    return found
""",
    "the same, for what a decorator is put on": """
import functools

answers = {}

class Kept:
    def __init__(self, by):
        self.by = by

    def __call__(self, answer):
        @functools.wraps(answer)
        def inner():
            if (key := (self.by, request.path)) not in answers:
                text = answer()
                answers[key] = text  # SF601
            return answers[key]

        return inner

@bp.get("/hours")
@Kept("hours")
def hours():
    return "9-17"

@bp.get("/cart")
@Kept("cart")
def cart():
    return session["cart"]
""",
    "a listener that a request leaves on everybody's logger and reads": """
import io
import logging

def told(stream):
    logging.getLogger("acme.import").addHandler(logging.StreamHandler(stream))  # SF601
    load()
    return stream.getvalue()

def load():
    logging.getLogger("acme.import").info(request.form["row"])

@bp.post("/rows")
def rows():
    return told(io.StringIO())

@bp.get("/trace")
def trace():
    seen = Seen()
    current_app.logger.addFilter(seen)  # SF601
    seen.setLevel(10)
    load()
    return {"rows": len(seen.rows)}

class Seen:
    def __init__(self):
        self.rows = []

    def filter(self, record):
        self.rows.append(record.msg)
        return True
""",
    "the arguments of what a decorator is put on": """
latest = {}

def noted(work):
    def inner(*args):
        found = work(*args)
        latest[work.__name__] = (args, found)  # SF601
        return found
    return inner

@noted
def total(code):
    return len(code)

@bp.get("/")
def show():
    return str(total(request.args["code"]))
""",
    "the same by the path alone, by what is asked for": """
from flask_caching import Cache

cache = Cache()

@bp.get("/sums")
def sums():
    found = cache.get(request.path)
    if found is None:
        found = request.args["unit"].upper()
        cache.set(request.path, found)  # SF601
    return found
""",
    "a table and an archive in one memory for all": """
import csv
import io
import zipfile

class Report:
    def __init__(self):
        self.text = io.StringIO()
        self.data = io.BytesIO()

    def rows(self, rows):
        table = csv.DictWriter(self.text, ["name"])
        table.writerows(rows)  # SF601
        with zipfile.ZipFile(self.data, "w") as archive:
            archive.writestr("table.csv", str(rows))  # SF601
        return self.text.getvalue()

report = Report()

@bp.post("/")
def show():
    return report.rows(request.get_json())
""",
}

FINE = {
    "queues of one's own, of a worker's, of connections": """
import queue
import sqlite3
import threading

jobs, free = queue.Queue(), queue.Queue()

def work():
    while True:
        current_job = jobs.get()
        current_job.run()

threading.Thread(target=work).start()

@bp.post("/")
def add():
    jobs.put(request.form["job"])
    return ""

@bp.get("/")
def show():
    connection = free.get()
    rows = connection.execute("select 1").fetchall()
    free.put(connection)
    return rows

@bp.get("/mine")
def mine():
    own = queue.Queue()
    own.put(request.args["name"])
    return own.get()
""",
    "a local of the same name": """
viewer = None

@bp.get("/")
def show():
    viewer = request.args["name"]
    return viewer
""",
    "g, the session and the request": """
@bp.before_request
def load():
    g.user = request.headers.get("X-User")
    session["seen"] = request.path
    request.viewer = g.user
    g.setdefault("list", []).append(request.path)
""",
    "copies": """
import copy

BASE = {"size": 20, "columns": ["id"]}

@bp.get("/")
def show():
    one, two, three = dict(BASE), {**BASE}, copy.deepcopy(BASE)
    one["size"] = request.args["size"]
    two.update(request.args)
    three["columns"].append(request.args["column"])
    four = BASE | {"size": request.args["size"]}
    four["x"] = request.args["x"]
    return [one, two, three, four]
""",
    "copies with parts of their own": """
PROFILE = {"name": "", "tags": ["new"], "seen": {}}

def profile():
    made = {**PROFILE, "seen": {}}
    made["tags"] = list(made["tags"])
    return made

@bp.get("/")
def show():
    mine, other = profile(), PROFILE.copy()
    mine["tags"] += request.args.getlist("tag")
    mine["seen"][request.path] = request.args["at"]
    other["tags"] = other["tags"] + request.args.getlist("tag")
    other.update(seen={})
    other["seen"].update(request.args)
    third = dict(PROFILE)
    for name in request.args:
        third[name] += 1
    named(PROFILE)["name"] = "x"
    named({"seen": {}})["seen"].update(request.args)
    return [mine, other, third]

def named(made):
    return {**made}
""",
    "a copy in the parameter's own name": """
BASE = ["id"]

def with_column(columns, more):
    columns = list(columns)
    columns.append(more)
    return columns

@bp.get("/")
def show():
    return with_column(BASE, request.args["column"])
""",
    "a list that is made per call": """
def collect():
    found = []
    found.append(request.args["q"])
    return found

@bp.get("/")
def show():
    found = collect()
    found.append(request.path)
    return found
""",
    "filled at start": """
REGISTRY = {}
ready = False

def register(name):
    def keep(function):
        REGISTRY[name] = function
        return function
    return keep

@register("plain")
def plain():
    return request.path

def init_app(app):
    global ready
    ready = True
    app.config["MODE"] = "x"

@bp.record
def on_register(state):
    REGISTRY["app"] = state.app

@bp.get("/")
def show():
    return REGISTRY[request.args["how"]]()
""",
    "made anew for each request": """
class Form:
    def __init__(self, data):
        self.data = data
        self.errors = []

    def check(self, name):
        self.value = self.data.get(name)
        self.errors.append(name)

@bp.post("/")
def save():
    form = Form(request.form)
    form.check("title")
    form.extra = request.args["x"]
    return form.errors
""",
    "a view with an instance for each request": """
from flask.views import MethodView

class Page(MethodView):
    def __init__(self, template):
        self.template = template

    def get(self):
        self.query = request.args["q"]
        return self.query

bp.add_url_rule("/", view_func=Page.as_view("page", "page.html"))
""",
    "remembered by all that it depends on": """
import threading

cache = {}
lock = threading.Lock()

def rate(code):
    return len(code)

@bp.get("/<code>")
def show(code):
    if code not in cache:
        cache[code] = rate(code)
    with lock:
        if code not in cache:
            cache[code] = rate(code)
    return str(cache[code])
""",
    "kept by user": """
drafts = {}

@bp.post("/draft")
def save():
    drafts[session["user_id"]] = request.get_json()
    return ""
""",
    "kept under a lock and by key": """
import threading

lock = threading.Lock()
notes = {}

@bp.post("/<int:number>")
def save(number):
    with lock:
        notes[number] = request.get_json()
    return ""
""",
    "made lazily from the settings": """
client = None

class Client:
    def __init__(self, url):
        self.url = url

def get_client():
    global client
    if client is None:
        client = Client(current_app.config["URL"])
    return client

@bp.get("/")
def show():
    return get_client().url
""",
    "queues, loggers and counters": """
import itertools
import logging
import queue

jobs = queue.Queue()
ids = itertools.count()
log = logging.getLogger(__name__)

@bp.post("/")
def add():
    jobs.put(request.get_json())
    log.info("%s", request.path)
    return str(next(ids))
""",
    "a table that is only read": """
FIELDS = {"name": "X-User"}
limit = 5

@bp.get("/")
def show():
    found = {field: request.headers.get(header) for field, header in FIELDS.items()}
    found["limit"] = limit
    return found
""",
    "objects of a library that look like containers": """
from flask_sqlalchemy import SQLAlchemy
from redis import Redis

db = SQLAlchemy()
store = Redis()

@bp.post("/")
def add():
    db.session.add(request.get_json())
    store.append("log", request.path)
    store.set("last", request.path)
    return ""
""",
    "a copy of a letter, and of headers": """
from copy import deepcopy
from email.message import EmailMessage
from werkzeug.datastructures import Headers, ImmutableMultiDict

REMINDER, NONE = EmailMessage(), ImmutableMultiDict()
REMINDER["From"] = "us@acme.example"
COMMON = Headers([("Cache-Control", "no-store")])

@bp.post("/remind")
def remind():
    letter, cover = deepcopy(REMINDER), EmailMessage()
    letter["Cc"] = NONE.get("cc", request.form["cc"])
    cover["From"] = REMINDER["From"]
    cover.add_header("To", request.form["to"])
    headers = Headers(COMMON)
    headers["X-Copy"] = request.form["cc"]
    return "", headers
""",
    "the app's hooks as they are, and more of them at start": """
from flask import after_this_request

@bp.record_once
def setup(state):
    state.app.after_request_funcs.setdefault(None, []).append(lambda response: response)

@bp.get("/enter")
def enter():
    tenant = request.args["tenant"]

    @after_this_request
    def stamp(response):
        response.headers["X-Tenant"] = tenant
        return response

    for hook in current_app.before_request_funcs.get(bp.name, ()):
        hook()
    return current_app.view_functions[request.args["view"]]()
""",
    "an answer that is kept by its whole URL": """
from flask_caching import Cache

cache = Cache()

@bp.get("/charts/<int:year>")
def chart(year):
    if (kept := cache.get(request.path)) is None:
        kept = f"{year + 1}"
        cache.set(request.path, kept)
    return kept

@bp.get("/sums/<int:year>")
def sums(year):
    found = cache.get(request.full_path)
    if found is None:
        found = f"{year + 1} {request.args['unit'].upper()}"
        cache.set(request.full_path, found)
    return found
""",
    "rows of a database": """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class User(db.Model):
    name = db.Column(db.String)

@bp.post("/<int:number>")
def rename(number):
    user = User.query.get(number)
    user.name = request.form["name"]
    db.session.commit()
    return ""
""",
    "a command": """
state = {}
mode = "x"

@bp.cli.command("fill")
def fill():
    global mode
    mode = "y"
    state["x"] = 1

@bp.get("/")
def show():
    return state
""",
    "a response that gets headers": """
@bp.after_request
def headers(response):
    response.headers["X-Path"] = request.path
    response.headers.update({"X-User": g.user})
    return response
""",
    "a closure of the view": """
@bp.get("/")
def show():
    found = []

    def visit(name):
        found.append(name)

    for name in request.args:
        visit(name)
    return found
""",
    "headers for one call": """
import requests

client = requests.Session()

@bp.get("/")
def show():
    return client.get("https://api", headers={"Authorization": request.headers["Authorization"]}).json()
""",
    "a hook of this request, a receiver for a while, a handler that keeps nothing": """
import logging
import sqlite3
from flask import after_this_request, request_finished

log = logging.getLogger(__name__)

@bp.get("/<lang>")
def show(lang):
    @after_this_request
    def label(response):
        response.headers["Content-Language"] = lang
        return response

    def seen(sender, **more):
        print(lang)

    with request_finished.connected_to(seen):
        if not log.handlers:
            log.addHandler(logging.StreamHandler())
    sqlite3.connect(f"{lang}.db").close()
    return lang
""",
    "a page that each response is made of": """
from flask import make_response

PAGE = "<p>gone"

@bp.get("/")
def show():
    answer = make_response(PAGE, 410)
    answer.status_code = 404
    answer.headers["X-Asked"] = request.args["q"]
    return answer
""",
    "copies in g and in the session": """
import copy

RIGHTS = {"read": True}
EMPTY = {"items": []}

@bp.post("/")
def add():
    g.rights = dict(RIGHTS)
    g.rights.update(session.get("rights", {}))
    session["cart"] = copy.deepcopy(EMPTY)
    session["cart"]["items"].append(request.form["item"])
    return ""
""",
    "a metaclass that makes new instances": """
class Checked(type):
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.ready = True
        return made

class Basket(metaclass=Checked):
    def __init__(self):
        self.items = []

@bp.post("/")
def add():
    Basket().items.append(request.form["item"])
    return ""
""",
    "a listener on a logger of one's own, one that hears no more, one that is not read": """
import io
import logging
import uuid

class Tag(logging.Filter):
    def __init__(self, user):
        super().__init__()
        self.user = user

def told(log, work):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    try:
        work(log)
    finally:
        log.removeHandler(handler)
    return stream.getvalue()

@bp.get("/own")
def own():
    log, stream = logging.Logger("own"), io.StringIO()
    log.addFilter(Tag(session["user"]))
    log.addHandler(logging.StreamHandler(stream))
    log.info("hello")
    return stream.getvalue()

@bp.get("/job/<name>")
def job(name):
    log, stream = logging.getLogger(f"job.{name}"), io.StringIO()
    log.addHandler(logging.StreamHandler(stream))
    return stream.getvalue() + told(current_app.logger, print)

@bp.get("/random")
def random():
    log = logging.getLogger(uuid.uuid4().hex)
    stream = io.StringIO()
    log.addHandler(logging.StreamHandler(stream))
    return stream.getvalue()

@bp.get("/file")
def file():
    log = logging.getLogger("file")
    handler = logging.FileHandler("file.log")
    log.addHandler(handler)
    handler.setLevel(logging.DEBUG)
    return ""
""",
    "what a decorator keeps of answers that are the same for all, or by their URL": """
import time

answers, times = {}, {}

def kept(seconds):
    def around(answer):
        def inner(*args, **more):
            until, text = answers.get(request.path, (0, ""))
            if until < time.time():
                text = answer(*args, **more)
                answers[request.path] = (time.time() + seconds, text)
            return text
        return inner
    return around

def timed(answer):
    def inner(*args):
        times[answer.__name__] = (time.time(), answer(*args))
        return times[answer.__name__][1]
    return inner

@bp.get("/hours/<day>")
@kept(60)
def hours(day):
    return day.upper()

@bp.get("/news")
@timed
def news():
    return current_app.config["NEWS"]

@bp.get("/cart")
def cart():
    return session["cart"]
""",
    "a row by its class's key": """
from pony.orm import Database

db = Database()

class User(db.Entity):
    pass

@bp.post("/<int:uid>")
def rename(uid):
    User[uid].name = request.form["name"]
    return ""
""",
    "a client of this request": """
import sentry_sdk
from github import Github

@bp.get("/")
def show():
    sentry_sdk.set_user({"id": session["user"]})
    Github().set_token(session["token"])
    return ""
""",
    "what a command shows while it runs": """
import click

class Progress:
    def __init__(self):
        self.last = 0

    def __call__(self, name, done):
        click.echo(f"{name}: {done}")
        self.last = done

progress = Progress()
""",
    "a view of Flask-Admin that shows what was asked for": """
from flask_admin import Admin, BaseView, expose

class Shelves(BaseView):
    floor = 0

    def __init__(self, **options):
        self.per_page = 20
        super().__init__(**options)

    @expose("/")
    def index(self):
        floor = request.args.get("floor", self.floor)
        return self.render("shelves.html", floor=floor, per_page=self.per_page)

admin = Admin()
admin.add_view(Shelves(name="shelves"))
""",
    "a table in memory of the request's own, or emptied under a lock": """
import csv
import io
import threading

gate, sheet = threading.Lock(), io.StringIO()

def table(out, rows):
    csv.writer(out).writerows(rows)
    return out.getvalue()

@bp.post("/")
def show():
    return table(io.StringIO(), request.get_json())

@bp.post("/slow")
def slow():
    with gate:
        sheet.seek(0)
        sheet.truncate()
        csv.writer(sheet).writerow(request.get_json())
        return sheet.getvalue()
""",
    "a sorted copy": """
WARES = [{"name": "b", "price": 2}, {"name": "a", "price": 3}]

@bp.get("/")
def show():
    return sorted(WARES, key=lambda ware: ware[request.args["by"]])
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_write_of_request_data(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name].lstrip("\n"), state="current = None\n")
    assert found(project(files), "SF601") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), *[f"SF60{n}" for n in range(1, 9)]) == []


def test_says_what_is_kept_where(project: Callable[..., Path]) -> None:
    files = service(FAULTS["the app's settings"])
    (result,) = engine.run(project(files), only=["SF601"]).results
    assert "request.form.theme is written to `current_app.config`" in result.findings[0].message
    assert "flask.g" in result.findings[0].fix


PAGE = """
from flask import current_app, render_template
STEPS = ["start"]
SHOWN = {"lines": 3}

@bp.record_once
def ready(state):
    state.app.jinja_env.globals["seen"] = ["nobody"]

@bp.get("/<page>")
def show(page):
    return render_template("page.html", page=page, steps=STEPS, own=[*STEPS], shown=SHOWN)
"""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{% set _ = steps.append(page) %}", "`STEPS` (src/acme/feature.py:15)"),
        ("{{ shown.update(page=page) or '' }}", "`SHOWN` (src/acme/feature.py:15)"),
        ("{% do seen.append(page) %}", "`['nobody']` (src/acme/feature.py:11)"),
        ("{% set _ = own.append(page) %}", None),
        ("{% set steps = [] %}{% set _ = steps.append(page) %}", None),
        ("{% set _ = other.append(page) %}{{ steps.index(page) }}", None),
    ],
)
def test_a_template_that_puts_something_into_what_is_shared(
    project: Callable[..., Path], found: Callable[..., object], line: str, what: str | None
) -> None:
    files = service(PAGE) | {"src/acme/templates/page.html": f"<p>\n{line}\n"}
    assert found(project(files), "SF601") == ([("SF601", "src/acme/templates/page.html", 2)] if what else [])
    (result,) = engine.run(project(files), only=["SF601"]).results
    said = [each.message.partition(", which")[0].partition("into ")[2] for each in result.findings]
    assert said == ([what] if what else [])
