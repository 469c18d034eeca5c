from collections.abc import Callable

import pytest
from flask import Flask, request


def with_form(app: Flask) -> Flask:
    app.add_url_rule("/form", view_func=lambda: str(len(request.form)), methods=["GET", "POST"])
    return app


def statuses(app: Flask, count: int, address: str = "192.0.2.1") -> list[int]:
    client = app.test_client()
    return [client.post("/form", environ_base={"REMOTE_ADDR": address}).status_code for _ in range(count)]


def test_a_client_that_writes_too_often_is_told_when_to_come_back(create_app: Callable[..., Flask]) -> None:
    app = with_form(create_app(RATE_LIMIT="3", WEB_CONCURRENCY="1"))
    assert statuses(app, 5) == [200, 200, 200, 429, 429]
    response = app.test_client().post("/form", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert 15 <= int(response.headers["Retry-After"]) <= 20


def test_other_clients_are_not_held_back_by_it(create_app: Callable[..., Flask]) -> None:
    app = with_form(create_app(RATE_LIMIT="1", WEB_CONCURRENCY="1"))
    assert statuses(app, 2, "192.0.2.1") + statuses(app, 1, "192.0.2.2") == [200, 429, 200]


def test_an_ipv6_customer_is_one_client(create_app: Callable[..., Flask]) -> None:
    app = with_form(create_app(RATE_LIMIT="1", WEB_CONCURRENCY="1"))
    assert statuses(app, 1, "2001:db8::1") + statuses(app, 1, "2001:db8::2") + statuses(app, 1, "2001:db8:0:1::1") == [
        200,
        429,
        200,
    ]


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("203.0.113.9", "203.0.113.9:5678"),
        ("2001:db8::1", "[2001:db8::2]:443"),
        ("2001:db8::1", "[2001:db8::3]"),
        ("fe80::1%eth0", "fe80::2"),
        ("un:known", "un:known"),
    ],
)
def test_a_client_is_the_same_however_a_proxy_writes_its_address(
    create_app: Callable[..., Flask], address: str, same: str
) -> None:
    app = with_form(create_app(RATE_LIMIT="1", WEB_CONCURRENCY="1", TRUSTED_PROXIES="1"))
    assert statuses(app, 1, address) + statuses(app, 1, same) == [200, 429]


def test_workers_share_the_limit(create_app: Callable[..., Flask]) -> None:
    assert statuses(with_form(create_app(RATE_LIMIT="4", WEB_CONCURRENCY="2")), 3) == [200, 200, 429]


def test_reading_is_not_limited(create_app: Callable[..., Flask]) -> None:
    client = with_form(create_app(RATE_LIMIT="1", WEB_CONCURRENCY="1")).test_client()
    assert {client.get("/form").status_code for _ in range(5)} == {200}


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1100, 413)])
def test_a_body_has_a_limit(create_app: Callable[..., Flask], size: int, status: int) -> None:
    client = with_form(create_app(MAX_CONTENT_LENGTH="1024")).test_client()
    assert client.post("/form", data={"a": "x" * size}).status_code == status


def test_a_multipart_form_has_a_limit_of_parts(app: Flask) -> None:
    many = {f"field{number}": "x" for number in range(101)}
    response = with_form(app).test_client().post("/form", data=many, content_type="multipart/form-data")
    assert response.status_code == 413
