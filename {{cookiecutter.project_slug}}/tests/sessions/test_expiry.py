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
