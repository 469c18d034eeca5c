"""Idioms of other applications that once were taken for faults; beside some, the fault that they are near.

A line that must be named says so in a comment.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.project import Project

HEAD = """\
from flask import Flask, Response, render_template, request
from markupsafe import Markup

app = Flask(__name__)
"""
FORM = """
from flask_wtf import FlaskForm
from wtforms import StringField

class Search(FlaskForm):
    word = StringField("Word")
"""
IDIOMS = {
    "CORS: each view answers OPTIONS too": """
@app.route("/a", methods=["OPTIONS", "GET"])
def read():
    return {}

@app.route("/a", methods=["OPTIONS", "DELETE"])
def delete():
    return {}
""",
    "a form's field gets a value": f"""{FORM}
@app.get("/")
def index():
    form = Search()
    form.word.data = request.args["word"]
    return render_template("form.html", form=form)
""",
    "a REST resource answers with what its library makes JSON": """
from flask_restful import Resource

class Word(Resource):
    def get(self):
        return request.args["word"]
""",
    "a filter gives a text to a template, not to a browser": """
def shout(text):
    return text.upper()

app.add_template_filter(shout)
""",
    "a type that is worked out, in a helper": """
def page():
    answer = Response(request.get_data())
    answer.headers["Content-Type"] = request.args["type"]
    return answer

@app.get("/")
def index():
    return page()
""",
    "escaped by hand, and by a highlighter": """
from pygments import highlight

@app.get("/")
def index():
    text = request.args["text"]
    plain = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;").replace('"', "&#34;")
    return render_template("page.html", one=Markup(plain), two=Markup(highlight(text, None, None)))
""",
    "a number as its language writes it": """
from flask_babel import format_currency

@app.template_filter("currency")
def currency(amount):
    return format_currency(amount, "EUR").strip()

@app.get("/")
def index():
    one = currency(request.args["one"])
    two = f"{request.args['two']:,.2f}"
    return render_template("page.html", one=Markup("<em>" + one + "</em>"), two=Markup(two))
""",
    "replaced without escaping": """
@app.get("/")
def index():
    return render_template("page.html", one=Markup(request.args["text"].replace(".", "<br>")))  # SF404
""",
    "a thread's object that its library empties": """
from werkzeug.local import Local, LocalManager

local = Local()
app.wsgi_app = LocalManager([local]).make_middleware(app.wsgi_app)

@app.before_request
def load():
    local.who = request.args["who"]
""",
    "a thread's object that nobody empties": """
from werkzeug.local import Local

local = Local()

@app.get("/")
def load():
    if "who" in request.args:
        local.who = request.args["who"]  # SF607
    return {"who": local.who}
""",
    "a library's method is not ours of the same name": """
from threading import Thread

class Watcher:
    def start(self):
        self.running = True

watcher = Watcher()
watcher.start()

@app.get("/")
def index():
    Thread(target=print).start()
    return {}
""",
    "told once, and kept by nobody": """
import logging

told = set()

@app.before_request
def warn():
    if request.endpoint not in told:
        told.add(request.endpoint)
        logging.warning("%s is old", request.endpoint)
""",
    "sold once": """
sold = set()

@app.post("/<seat>")
def buy(seat):
    if seat in sold:  # SF602
        return {"sold": False}
    sold.add(seat)
    return {"sold": True}
""",
    "a text that is given back in the place of a table": """
NOTHING = "nothing"

def entries(key=None):
    if key:
        return NOTHING
    return {}

@app.get("/")
def index():
    found = entries()
    found["last"] = request.args["last"]
    return found
""",
    "a row that a model fetches by its key": """
import peewee

class Person(peewee.Model):
    name = peewee.CharField()

@app.post("/<int:key>")
def rename(key):
    person = Person[key]
    person.name = request.form["name"]
    person.save()
    return {}
""",
    "the environment of a program, under a lock": """
import os
import subprocess
import threading

class Remote:
    lock = threading.Lock()

    def _prepare(self, key):
        os.environ["GIT_SSH_COMMAND"] = f"ssh -i {key}"

    def push(self, key):
        with self.lock:
            self._prepare(key)
            subprocess.run(["git", "push"])

remote = Remote()

@app.post("/push")
def push():
    remote.push(request.form["key"])
    return {}
""",
    "the environment of a program, of whoever comes last": """
import os
import subprocess

@app.post("/push")
def push():
    os.environ["GIT_SSH_COMMAND"] = request.form["command"]  # SF608
    subprocess.run(["git", "push"])
    return {}
""",
    "an object of its own for each call": """
class Editing:
    def save(self, text):
        self.text = text

def editing():
    return Editing()

class Pages:
    def edit(self, text):
        editing().save(text)

def handle(pages):
    pages.edit(request.args["text"])

@app.get("/")
def index(pages):
    handle(pages)
    return {}
""",
}


@pytest.mark.parametrize("name", IDIOMS)
def test_only_the_fault_is_named(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    source = HEAD + IDIOMS[name]
    files = {
        "app.py": source,
        "templates/form.html": '{{ form.word }} {{ form.word(class="wide")|safe }}',
        "templates/page.html": "{{ one }} {{ two }}",
    }
    wanted = [
        (match[1], "app.py", number)
        for number, line in enumerate(source.split("\n"), 1)
        if (match := re.search(r"# (SF\d+)", line))
    ]
    ids = ("SF404", "SF405", "SF406", "SF501", "SF601", "SF602", "SF607", "SF608")
    assert found(project(files), *ids) == wanted


def test_what_was_typed_into_a_field_is_still_data(project: Callable[..., Path], found: Callable[..., object]) -> None:
    view = '\n@app.get("/")\ndef index():\n    return render_template("form.html", form=Search())\n'
    root = project({"app.py": HEAD + FORM + view, "templates/form.html": "<p>\n{{ form.word.data|safe }}"})
    assert found(root, "SF406") == [("SF406", "templates/form.html", 2)]


def test_what_is_escaped_does_not_make_the_rest_raw(project: Callable[..., Path], found: Callable[..., object]) -> None:
    view = """
@app.get("/")
def index():
    return render_template("page.html", a=request.args["a"], b=request.args["b"])
"""
    page = """\
{{ a if b else b|e|safe }}
{% set c = b|e|safe %}{% trans %}{{ a }} and {{ c }}{% endtrans %}
{{ (a if b else b|e)|safe }}
{{ a|safe if b else b|e }}
"""
    root = project({"app.py": HEAD + view, "templates/page.html": page})
    assert found(root, "SF406") == [("SF406", "templates/page.html", 3), ("SF406", "templates/page.html", 4)]


@pytest.mark.parametrize(("made", "views"), [("FastAPI()", 0), ("Flask(__name__)", 1), ("unknown()", 1)])
def test_a_view_is_not_another_framework_s(project: Callable[..., Path], made: str, views: int) -> None:
    head = "from fastapi import FastAPI\nfrom flask import Flask\nfrom elsewhere import unknown\n\n"
    root = project({"app.py": f'{head}api = {made}\n\n@api.get("/")\ndef index(word):\n    return word\n'})
    assert len(Project(root).calls.views) == views


def test_a_method_of_the_class_that_has_it(project: Callable[..., Path], found: Callable[..., object]) -> None:
    source = """
class Simple:
    def __init__(self, name):
        self.name = name

    def form(self):
        return render_template("page.html")

    def echo(self):
        return self.name

class Proxied:
    def __init__(self, name):
        self.name = name

if app.config["SIMPLE"]:
    manager = Simple(request.args["name"])
else:
    manager = Proxied(request.args["name"])

@app.get("/")
def index():
    return manager.form()

@app.get("/echo")
def echo():
    return manager.echo()
"""
    head = HEAD.count("\n")
    root = project({"app.py": HEAD + source, "templates/page.html": "<p></p>"})
    last = head + source.count("\n")
    assert found(root, "SF405") == [("SF405", "app.py", last)]


def test_a_view_that_asks_a_helper_who_it_is(project: Callable[..., Path], found: Callable[..., object]) -> None:
    source = """
from flask import abort, session

def granted():
    return session.get("rights", "").split(",")

def may(what):
    return what in granted()

def full():
    return False

@app.get("/a")
def a():
    if not may("read"):
        abort(403)
    return {}

@app.get("/b")
def b():
    if not may("list"):
        abort(403)
    return {}

@app.post("/c")
def c():
    if not may("create"):
        abort(403)
    return {}
"""
    assert found(project({"app.py": HEAD + source}), "SF514") == []
    unasked = (HEAD + source).replace('may("create")', "full()")
    line = 1 + unasked[: unasked.index('@app.post("/c")')].count("\n")
    assert found(project({"app.py": unasked}), "SF514") == [("SF514", "app.py", line)]
