from collections.abc import Callable

import pytest
from flask import Flask, request

PROXIED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.acme.org"}


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8000", 200), ("evil.example", 400), ("localhost.evil.example", 400), ("", 400)],
)
def test_only_loopback_names_are_answered_unless_told(app: Flask, host: str, status: int) -> None:
    assert app.test_client().get("/", headers={"Host": host}).status_code == status


def test_a_leading_dot_covers_subdomains(create_app: Callable[..., Flask]) -> None:
    client = create_app(TRUSTED_HOSTS=".acme.org, other.org").test_client()
    names = ("a.acme.org", "other.org", "localhost")
    statuses = {name: client.get("/", headers={"Host": name}).status_code for name in names}
    assert statuses == {"a.acme.org": 200, "other.org": 200, "localhost": 400}


def test_probes_answer_under_any_name(app: Flask) -> None:
    assert app.test_client().get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def caller(app: Flask) -> str:
    app.add_url_rule("/caller", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    return app.test_client().get("/caller", base_url="http://localhost", headers=PROXIED).text


def test_forwarded_headers_are_not_believed_unless_told(app: Flask) -> None:
    assert caller(app) == "127.0.0.1 http localhost"


def test_one_proxy_is_believed_when_there_is_one(create_app: Callable[..., Flask]) -> None:
    assert caller(create_app(TRUSTED_PROXIES="1", TRUSTED_HOSTS="api.acme.org")) == "203.0.113.9 https api.acme.org"


def test_a_client_cannot_add_an_address_in_front_of_the_proxys(create_app: Callable[..., Flask]) -> None:
    app = create_app(TRUSTED_PROXIES="1")
    app.add_url_rule("/caller", view_func=lambda: str(request.remote_addr))
    headers = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    assert app.test_client().get("/caller", headers=headers).text == "203.0.113.9"


def test_a_prefix_is_never_taken_from_outside(create_app: Callable[..., Flask]) -> None:
    app = create_app(TRUSTED_PROXIES="1")
    app.add_url_rule("/root", view_func=lambda: request.root_path)
    assert app.test_client().get("/root", headers={"X-Forwarded-Prefix": "/admin"}).text == ""
