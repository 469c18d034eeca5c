from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def client(app: Flask, module: Callable[..., Any]) -> FlaskClient:
    app.add_url_rule("/pay", view_func=lambda: "paid", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    app.add_url_rule("/hook", "hook", module("security.csrf").csrf_exempt(lambda: "heard"), methods=["POST"])
    return app.test_client()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://localhost"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_another_site_is_refused(client: FlaskClient, method: str, headers: dict[str, str]) -> None:
    assert client.open("/pay", method=method, headers=headers).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_and_the_address_bar_are_not(client: FlaskClient, site: str) -> None:
    assert client.post("/pay", headers={"Sec-Fetch-Site": site}).text == "paid"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://localhost", 200),
        ("https://evil.example", 403),
        ("https://localhost.evil.example", 403),
        ("https://localhost:8443", 403),
        ("http://localhost", 403),
        ("//localhost", 403),
        ("http://[", 403),
        ("null", 403),
        ("", 403),
        (None, 403),
    ],
)
def test_old_browsers_prove_themselves_by_their_origin(
    app: Flask, client: FlaskClient, origin: str | None, status: int
) -> None:
    old_browser = FlaskClient(app, app.response_class)
    headers = {} if origin is None else {"Origin": origin}
    assert old_browser.post("/pay", base_url="https://localhost", headers=headers).status_code == status


def test_the_refusal_tells_a_program_what_to_send(app: Flask, client: FlaskClient) -> None:
    program = FlaskClient(app, app.response_class)
    detail = program.post("/pay", base_url="https://localhost").get_json(force=True)["detail"]
    assert detail == "This request does not say where it comes from: send Origin: https://localhost."


def test_reading_is_never_refused(client: FlaskClient) -> None:
    assert client.get("/pay", headers={"Sec-Fetch-Site": "cross-site"}).text == "paid"


def test_a_view_can_opt_out(client: FlaskClient) -> None:
    assert client.post("/hook", headers={"Sec-Fetch-Site": "cross-site"}).text == "heard"
