"""Logging in, logging out, and ending a user's sessions wherever they are."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

Open = Callable[..., FlaskClient]


def test_login_renews_the_id_and_keeps_what_the_visitor_stored(client: FlaskClient, browser: Open, cookie: Any) -> None:
    client.get("/lab/set/cart/apple")
    before = cookie(client)
    client.get("/lab/login/alice")
    assert cookie(client) != before
    assert browser(before).get("/lab/get").json == {}  # the old id is dead
    found = client.get("/lab/get").json
    assert found is not None
    assert (found["cart"], found["user_id"]) == ("apple", "alice")
    assert "authenticated_at" in found


def test_login_ends_another_users_session_first(client: FlaskClient, browser: Open, cookie: Any) -> None:
    client.get("/lab/login/alice")
    client.get("/lab/set/secret/of-alice")
    of_alice = cookie(client)
    client.get("/lab/login/bob")
    found = client.get("/lab/get").json
    assert found is not None
    assert (found["user_id"], "secret" in found) == ("bob", False)
    assert browser(of_alice).get("/lab/get").json == {}
    assert client.get("/lab/devices/alice").json == []


def test_logout_ends_the_session_in_the_store_and_in_the_browser(
    client: FlaskClient, browser: Open, cookie: Any
) -> None:
    client.get("/lab/login/alice")
    sid = cookie(client)
    response = client.get("/lab/logout")
    assert cookie(client) == ""
    deletion = response.headers["Set-Cookie"]
    assert all(
        part in deletion for part in ("__Host-session=;", "Max-Age=0", "Secure", "HttpOnly", "Path=/", "SameSite=Lax")
    )
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser(sid).get("/lab/get").json == {}


@pytest.mark.parametrize("end", ["/lab/logout", "/lab/login/alice", "/lab/login/bob", "/lab/everywhere/alice"])
def test_logout_wins_against_a_request_in_flight(
    end: str, app: Flask, client: FlaskClient, browser: Open, cookie: Any
) -> None:
    @app.get("/lab/during/<path:end>")
    def during(end: str) -> str:
        assert session["user_id"] == "alice"
        browser(sid).get(f"/{end}")
        session["late"] = "write"
        return ""

    client.get("/lab/login/alice")
    sid = cookie(client)
    response = client.get(f"/lab/during{end}")
    assert "Set-Cookie" not in response.headers  # it would overwrite the cookie of the next session
    assert browser(sid).get("/lab/get").json == {}


def test_clear_ends_a_session_and_what_follows_gets_a_new_id(app: Flask, client: FlaskClient, cookie: Any) -> None:
    @app.get("/lab/clear")
    def clear() -> str:
        session.clear()
        session["goodbye"] = "alice"
        return ""

    client.get("/lab/login/alice")
    before = cookie(client)
    client.get("/lab/clear")
    assert cookie(client) not in ("", before)
    assert client.get("/lab/get").json == {"goodbye": "alice"}
    assert client.get("/lab/devices/alice").json == []


def test_all_sessions_of_a_user_are_listed_and_ended(browser: Open) -> None:
    laptop, phone, other = browser(), browser(), browser()
    laptop.get("/lab/login/alice", headers={"User-Agent": "laptop"})
    phone.get("/lab/login/alice", headers={"User-Agent": "phone"})
    other.get("/lab/login/bob", headers={"User-Agent": "elsewhere"})
    assert sorted(laptop.get("/lab/devices/alice").json or []) == ["laptop", "phone"]
    assert laptop.get("/lab/everywhere/alice").text == "2"
    assert [c.get("/lab/get").json for c in (laptop, phone)] == [{}, {}]
    assert (other.get("/lab/get").json or {})["user_id"] == "bob"
    assert other.get("/lab/devices/alice").json == []


def test_a_client_that_does_not_say_what_it_is_is_listed_too(client: FlaskClient) -> None:
    client.get("/lab/login/alice", headers={"User-Agent": ""})
    assert client.get("/lab/devices/alice").json == [""]


@pytest.mark.parametrize("user", [7, None, ""])
def test_a_user_is_named_by_a_text(user: Any, app: Flask, sessions: Any) -> None:
    with app.test_request_context():
        for ask in (sessions.login_session, sessions.end_all_sessions, sessions.sessions_of):
            with pytest.raises(ValueError, match=r"login_session\(str\(user.id\)\)"):
                ask(user)


def test_a_login_whose_session_cannot_be_saved_loses_nothing_else(
    app: Flask, client: FlaskClient, sessions: Any, cookie: Any
) -> None:
    @app.get("/lab/too-much")
    def too_much() -> str:
        sessions.login_session("alice")
        session["list"] = []
        session["list"].extend(range(50_000))
        return ""

    client.get("/lab/set/cart/full")
    before = cookie(client)
    assert client.get("/lab/too-much").status_code == 413
    assert cookie(client) not in ("", before)
    assert client.get("/lab/get").json == {"cart": "full"}
