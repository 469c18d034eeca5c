from collections.abc import Callable
from typing import Annotated, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import Meta, Struct


class Order(Struct):
    item: Annotated[str, Meta(min_length=1, max_length=5, description="1 to 5 characters are wanted")]
    count: Annotated[int, Meta(ge=1, description="a whole number from 1 is wanted")] = 1


class Profile(Struct):
    name: str = "?"
    age: int | None = None
    news: bool = False
    tags: list[str] = []


@pytest.fixture
def client(app: Flask, module: Callable[..., Any]) -> FlaskClient:
    inputs = module("inputs")

    def view(read: Callable[[type[Order]], Order]) -> Callable[[], dict[str, object]]:
        return lambda: (lambda order: {"item": order.item, "count": order.count})(read(Order))

    app.add_url_rule("/json", "json", view(inputs.from_json), methods=["POST"])
    app.add_url_rule("/form", "form", view(inputs.from_form), methods=["POST"])
    return app.test_client()


def test_json_becomes_a_typed_value(client: FlaskClient) -> None:
    assert client.post("/json", json={"item": " tea ", "count": 2}).json == {"item": "tea", "count": 2}


def test_a_form_becomes_the_same(client: FlaskClient) -> None:
    assert client.post("/form", data={"item": "tea", "count": "2"}).json == {"item": "tea", "count": 2}


@pytest.mark.parametrize(
    ("form", "profile"),
    [
        ({"name": "", "age": "", "news": "on", "tags": ["a", "b"]}, Profile("", None, True, ["a", "b"])),
        ({"name": " ada ", "age": "36", "news": "true", "tags": "a"}, Profile("ada", 36, True, ["a"])),
        ({}, Profile()),
    ],
)
def test_a_form_is_read_as_browsers_send_it(
    app: Flask, module: Callable[..., Any], form: dict[str, object], profile: Profile
) -> None:
    with app.test_request_context(method="POST", data=form):
        assert module("inputs").from_form(Profile) == profile


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"item": "1 to 5 characters are wanted"}),
        ({"item": "   "}, {"item": "1 to 5 characters are wanted"}),
        ({"item": "coffee"}, {"item": "1 to 5 characters are wanted"}),
        ({"item": 5}, {"item": "1 to 5 characters are wanted"}),
        ({"item": "tea", "count": "2"}, {"count": "a whole number from 1 is wanted"}),
        ({"item": "tea", "admin": True}, {"admin": "no such field"}),
        ({"count": 0}, {"item": "1 to 5 characters are wanted", "count": "a whole number from 1 is wanted"}),
        (["tea"], {"body": "a JSON object is wanted"}),
    ],
)
def test_what_is_wrong_is_a_422_that_names_every_field(
    client: FlaskClient, body: object, fields: dict[str, str]
) -> None:
    response = client.post("/json", json=body)
    assert response.status_code == 422
    errors = response.get_json(force=True)["errors"]
    assert {error["field"]: error["message"] for error in errors} == fields


def test_an_answer_does_not_outgrow_the_question(client: FlaskClient) -> None:
    response = client.post("/json", json={f"field{number}": 1 for number in range(1000)})
    assert len(response.get_json(force=True)["errors"]) == 11  # ten unknown ones, and the one that is missing


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"item": "\\ud800"}', "application/json", 400),
        ('{"\\ud800": 1}', "application/json", 400),
        ("{}", "text/plain", 415),
    ],
)
def test_what_is_no_json_is_refused(client: FlaskClient, body: str, kind: str, status: int) -> None:
    assert client.post("/json", data=body, content_type=kind).status_code == status
