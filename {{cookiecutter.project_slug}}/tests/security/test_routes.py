from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Blueprint, Flask


@pytest.fixture
def refuse(module: Callable[..., Any]) -> Callable[[Flask], None]:
    checked: Callable[[Flask], None] = module("security.routes").refuse
    return checked


def one() -> str:
    return "one"


def other() -> str:
    return "other"


@pytest.mark.parametrize(
    ("first", "second", "url"),
    [
        ("/a", "/a", "/a"),
        ("/a", "/a/", "/a"),
        ("/u/<name>", "/u/me", "/u/me"),
        ("/u/<name>", "/u/<slug>", "/u/1"),
        ("/u/<name>", "/u/<int:number>", "/u/1"),
        ("/<path:page>", "/a/b", "/a/b"),
        ("/<path:page>", "/u/<int:number>", "/u/1"),
        ("/<any(de, en):language>", "/en", "/en"),
        ("/<uuid:key>", "/<name>", "/6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("/v<int:number>", "/v1", "/v1"),
    ],
)
def test_two_rules_that_match_one_url_are_refused(
    refuse: Callable[[Flask], None], first: str, second: str, url: str
) -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule(first, "first", one)
    app.add_url_rule(second, "second", other)
    with pytest.raises(click.ClickException) as refused:
        refuse(app)
    here = Path(__file__)
    message = refused.value.message
    assert f"GET {url} can reach" in message
    assert f"first ({first}, {here}:{one.__code__.co_firstlineno})" in message
    assert f"second ({second}, {here}:{other.__code__.co_firstlineno})" in message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/a", "/b"),
        ("/a", "/a/b"),
        ("/u/<int:number>", "/u/me"),
        ("/u/<uuid:key>", "/u/<int:number>"),
        ("/u/<name>", "/u/<name>/posts"),
        ("/<any(de, en):language>", "/fr"),
        ("/files/<path:name>", "/static/<path:name>"),
    ],
)
def test_rules_that_cannot_meet_are_fine(refuse: Callable[[Flask], None], first: str, second: str) -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule(first, "first", one)
    app.add_url_rule(second, "second", other)
    refuse(app)


def test_one_url_with_different_methods_is_fine(refuse: Callable[[Flask], None]) -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/a", "first", one, methods=["GET"])
    app.add_url_rule("/a", "second", other, methods=["POST"])
    refuse(app)


def test_a_blueprint_without_a_prefix_is_refused(refuse: Callable[[Flask], None]) -> None:
    app = Flask(__name__)
    app.register_blueprint(Blueprint("shop", __name__))
    with pytest.raises(click.ClickException, match=r"blueprint 'shop' of .* has no prefix: write one, .*\"/shop\""):
        refuse(app)


def test_two_blueprints_with_one_prefix_are_refused(refuse: Callable[[Flask], None]) -> None:
    app = Flask(__name__)
    app.register_blueprint(Blueprint("shop", __name__, url_prefix="/shop"))
    app.register_blueprint(Blueprint("till", __name__, url_prefix="/shop/"))
    with pytest.raises(click.ClickException, match=r"blueprints 'shop' of .* and 'till' of .* share the prefix /shop/"):
        refuse(app)


def test_a_rule_that_nothing_reaches_is_refused(refuse: Callable[[Flask], None]) -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/a", "first", one, build_only=True)
    with pytest.raises(click.ClickException, match=r"first \(/a, .*\) can never be reached"):
        refuse(app)


def test_the_list_of_blueprints_is_the_services_url_space(app: Flask, module: Callable[..., Any]) -> None:
    assert list(app.blueprints.values()) == list(module("blueprints").BLUEPRINTS)
    rules = {rule.endpoint.rpartition(".")[0] for rule in app.url_map.iter_rules()}
    assert rules == {*app.blueprints, ""}
