"""Sessions end by themselves: when nobody uses them, and at the latest after the absolute limit."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass for the service: `clock(60)`. The server of Redis has a clock of its own."""
    start, real = 0.0, time.time

    def forward(seconds: float) -> None:
        nonlocal start
        start += seconds

    monkeypatch.setattr("time.time", lambda: real() + start)
    return forward


def test_a_session_that_nobody_uses_ends(client: FlaskClient, clock: Callable[[float], None]) -> None:
    client.get("/lab/set/color/red")
    clock(1790)
    assert client.get("/lab/get").json == {"color": "red"}
    clock(1790)
    assert client.get("/lab/get").json == {"color": "red"}
    clock(1801)
    assert client.get("/lab/get").json == {}


def test_a_session_in_use_ends_at_the_absolute_limit(
    service: Callable[..., Flask], clock: Callable[[float], None]
) -> None:
    client = service(SESSION_ABSOLUTE_SECONDS="3000").test_client()
    client.get("/lab/set/color/red")
    alive = []
    for _ in range(4):
        clock(1000)
        alive.append(client.get("/lab/get").json == {"color": "red"})
    assert alive == [True, True, False, False]


def test_a_session_that_outlives_an_earlier_limit_is_still_its_users(
    service: Callable[..., Flask], clock: Callable[[float], None]
) -> None:
    laptop = service(SESSION_ABSOLUTE_SECONDS="3000").test_client()
    laptop.get("/lab/login/alice")
    sid = laptop.get_cookie("__Host-session")
    assert sid
    later = service(SESSION_ABSOLUTE_SECONDS="9000")
    laptop, phone = later.test_client(), later.test_client()
    laptop.set_cookie("__Host-session", sid.value, secure=True)
    for _ in range(3):
        clock(1200)
        assert "user_id" in (laptop.get("/lab/get").json or {})
    phone.get("/lab/login/alice")
    assert len(phone.get("/lab/devices/alice").json or []) == 2
    assert phone.get("/lab/everywhere/alice").text == "2"
    assert laptop.get("/lab/get").json == {}


def test_a_session_that_is_too_old_for_a_new_limit_is_not_listed(
    service: Callable[..., Flask], clock: Callable[[float], None]
) -> None:
    service().test_client().get("/lab/login/alice")
    clock(700)
    assert service(SESSION_IDLE_SECONDS="600").test_client().get("/lab/devices/alice").json == []


def test_the_time_of_last_use_is_written_once_a_minute(
    client: FlaskClient, clock: Callable[[float], None], calls: list[str]
) -> None:
    client.get("/lab/set/color/red")
    clock(61)
    calls.clear()
    for _ in range(5):
        client.get("/lab/get")
    assert len(calls) == 5 + 1


def test_limits_of_seconds_hold_in_real_time(service: Callable[..., Flask], raw: Any) -> None:
    client = service(SESSION_IDLE_SECONDS="2", SESSION_ABSOLUTE_SECONDS="4").test_client()
    client.get("/lab/set/color/red")
    alive = []
    for _ in range(5):
        time.sleep(1.2)
        alive.append(client.get("/lab/get").json == {"color": "red"})
    assert alive == [True, True, True, False, False]


def test_expired_sessions_are_purged(app: Flask, client: FlaskClient, clock: Callable[[float], None], raw: Any) -> None:
    if not raw.sqlite:
        client.get("/lab/set/color/red")
        (key,) = raw.do("", "KEYS", "session:*")
        assert 1700 < raw.do("", "TTL", key) <= 1800  # the server does it
        return
    for _ in range(3):
        app.test_client().get("/lab/set/color/red")
    clock(1000)
    client.get("/lab/set/color/blue")
    clock(1000)
    app.extensions["session_store"].purge()
    assert len(raw.keys()) == 1
