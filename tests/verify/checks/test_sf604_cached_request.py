from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "lru_cache": """
from functools import lru_cache

@lru_cache(maxsize=None)  # SF604
def menu():
    return [session["role"]]

@bp.get("/")
def show():
    return menu()
""",
    "two calls down": """
import functools

def tenant():
    return g.tenant

def brand():
    return {"name": tenant()}

@functools.cache  # SF604
def page():
    return brand()

@bp.get("/")
def show():
    return page()
""",
    "by call": """
from functools import cache as remember

def _load():
    return request.headers["X-Tenant"]

load = remember(_load)  # SF604

@bp.get("/")
def show():
    return load()
""",
    "by call with options": """
import functools

def _load():
    return request.headers["X-Tenant"]

load = functools.lru_cache(maxsize=4)(_load)  # SF604
""",
    "an argument that is not all": """
from functools import cache

@cache  # SF604
def price(code):
    return f"{code} {request.accept_languages}"
""",
    "cachetools": """
from cachetools import TTLCache, cached

@cached(TTLCache(10, 60))  # SF604
def menu():
    return [session["role"]]
""",
    "a cached view": """
from flask_caching import Cache

cache = Cache()

@bp.get("/")
@cache.cached(timeout=60)  # SF604
def show():
    return f"Hello {session['name']}"
""",
    "a cached view by path, not by query": """
from flask_caching import Cache

cache = Cache()

@bp.get("/")
@cache.cached(timeout=60)  # SF604
def show():
    return request.args["q"]
""",
    "memoize": """
from flask_caching import Cache

cache = Cache()

@cache.memoize(50)  # SF604
def orders(year):
    return load(year, g.user)
""",
    "a memo of our own": """
import functools

def memo(function):
    kept = {}

    @functools.wraps(function)
    def inner(*args):
        if args not in kept:
            kept[args] = function(*args)
        return kept[args]

    return inner

@memo  # SF604
def me():
    return request.headers["X-User"]
""",
    "a cached property of the one instance": """
from functools import cached_property

class Site:
    @cached_property  # SF604
    def tenant(self):
        return request.host

site = Site()

@bp.get("/")
def show():
    return site.tenant
""",
    "through flask-login": """
from functools import cache
from flask_login import current_user

@cache  # SF604
def rights():
    return current_user.roles
""",
    "a personal answer that proxies keep": """
from flask import jsonify, make_response

def badges():
    return {"badges": session.get("badges", [])}

@bp.get("/badges")
def show():
    answer = make_response(badges())
    answer.headers.set("Cache-Control", "max-age=600")  # SF604
    return answer

@bp.get("/mail")
def mail():
    answer = jsonify(address=g.user.mail)
    answer.cache_control.public = True  # SF604
    return answer

@bp.get("/cart")
def cart():
    return {"cart": request.cookies["cart"]}, 200, {"cache-control": "s-maxage=5"}  # SF604
""",
}

FINE = {
    "what may be kept by whom": """
from flask import jsonify

@bp.get("/me")
def me():
    answer = jsonify(name=session["name"])
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.cache_control.max_age = 600
    answer.cache_control.private = True
    return answer

@bp.get("/list")
def listed():
    if session.get("name"):
        return jsonify(name=session["name"])
    answer = jsonify(request.args.getlist("name"))
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer

@bp.get("/key")
def by_key():
    return {"key": request.authorization.token}, {"Cache-Control": "public", "Vary": "Authorization"}

@bp.after_request
def static(answer):
    answer.headers["Cache-Control"] = "no-store" if "name" in session else "public"
    return answer
""",
    "by argument": """
from functools import cache

@cache
def brand(tenant):
    return {"tenant": tenant}

@bp.get("/")
def show():
    return brand(request.headers["X-Tenant"])
""",
    "from the settings": """
from functools import lru_cache

@lru_cache
def rates():
    return current_app.config["RATES"]
""",
    "a cached view by its query": """
from flask_caching import Cache

cache = Cache()

@bp.get("/<code>")
@cache.cached(timeout=60, query_string=True)
def show(code):
    return request.args["q"] + request.path

@bp.get("/me")
@cache.cached(timeout=60, make_cache_key=lambda *a, **k: session["user"])
def me():
    return session["user"]
""",
    "a cached property of a request's object": """
from functools import cached_property

class Page:
    @cached_property
    def tenant(self):
        return request.host

@bp.get("/")
def show():
    return Page().tenant
""",
    "not a cache": """
import functools

def logged(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)
    return inner

@logged
def me():
    return request.headers["X-User"]
""",
    "kept in g": """
def me():
    if "me" not in g:
        g.me = request.headers["X-User"]
    return g.me
""",
}


PARTS = (
    "{% set limit = config.LIMIT %}\n{% if session.dark %}{% set tone = 1 %}{% endif %}{% macro mark() %}{% endmacro %}"
)
IN_MACRO = "{% set tone = config.TONE %}{% macro mark() %}{% set tone = session.tone %}{{ tone }}{% endmacro %}"

IN_NAMESPACE = """{% set page = namespace(title="", marks=0) %}
{% macro mark(title) %}{% set page.title = title %}{% set page.marks = page.marks + 1 %}{% endmacro %}"""
IN_LIST = """{% set said = [] %}
{% macro say(text) %}{% set _ = said.append(text) %}{{ said|length }}{% endmacro %}"""
OWN_LIST = """{% set words = [] %}{% set _ = words.append("some") %}
{% macro say(text, more) %}{% set said = [] %}{% set _ = said.append(text), more.append(text) %}{% endmacro %}"""
OWN_NAMESPACE = """{% set page, first = namespace(marks=0), namespace() %}
{% macro mark(title) %}{% set page = namespace(title=title) %}{% set page.title = title ~ "!" %}{% endmacro %}
{% macro count() %}{% set page.marks = page.marks + 1 %}{% endmacro %}
{% macro top(rows) %}{% set first.one = "" %}{% for row in rows %}{% set first.one = row %}{% endfor %}{% endmacro %}"""


@pytest.mark.parametrize(
    ("parts", "how", "there"),
    [
        (PARTS, 'from "parts.html" import mark', True),
        (PARTS, 'import "parts.html" as parts', True),
        (PARTS, 'import "parts.html" as parts with context', False),
        (PARTS, 'include "parts.html"', False),
        (IN_MACRO, 'from "parts.html" import mark', False),
        (IN_NAMESPACE, 'from "parts.html" import mark', True),
        (IN_NAMESPACE, 'import "parts.html" as parts', True),
        (IN_NAMESPACE, 'import "parts.html" as parts with context', False),
        (OWN_NAMESPACE, 'from "parts.html" import mark', False),
        (IN_LIST, 'import "parts.html" as parts', True),
        (IN_LIST, 'import "parts.html" as parts with context', False),
        (OWN_LIST, 'import "parts.html" as parts', False),
    ],
)
def test_an_imported_template(project: Callable[..., Path], found: Callable[..., object], parts, how, there) -> None:
    files = {"templates/parts.html": parts, "templates/page.html": "<p>\n{% " + how + " %}"}
    assert found(project(files), "SF604") == ([("SF604", "templates/page.html", 2)] if there else [])


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_cache(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF604") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF604", "SF601") == []
