"""The id is opaque, the store does not know it, and only ids that we gave out are worth anything."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

KEYS = [secrets.token_urlsafe(48) for _ in range(3)]


def test_the_cookie_is_an_opaque_id_with_all_its_attributes(client: FlaskClient) -> None:
    header = client.get("/lab/set/color/red").headers["Set-Cookie"]
    name_and_id, *attributes = header.split("; ")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    name, sid = name_and_id.split("=")
    assert (name, len(sid)) == ("__Host-session", 43)  # 256 bits in base64


def test_in_development_the_cookie_works_without_https(service: Callable[..., Flask]) -> None:
    client = service(APP_ENV="development").test_client()
    header = client.get("/lab/set/color/red", base_url="http://localhost").headers["Set-Cookie"]
    assert header.startswith("session=")
    assert "Secure" not in header
    assert client.get("/lab/get", base_url="http://localhost").json == {"color": "red"}


def test_the_store_holds_an_hmac_of_the_id_and_opens_no_session(
    client: FlaskClient, browser: Callable[..., FlaskClient], cookie: Any, raw: Any, app: Flask
) -> None:
    client.get("/lab/set/color/red")
    (key,) = raw.keys()
    assert key == hmac.digest(str(app.secret_key).encode(), cookie(client).encode(), hashlib.sha256)
    assert browser(key.hex()).get("/lab/get").json == {}


def test_a_stolen_file_does_not_contain_the_id(client: FlaskClient, cookie: Any, tmp_path: Path) -> None:
    client.get("/lab/set/color/red")
    for path in tmp_path.rglob("*.sqlite3*"):
        assert cookie(client).encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_sessions_survive_a_new_secret_key_and_move_to_it(service: Callable[..., Flask], cookie: Any) -> None:
    client = service(SECRET_KEY=KEYS[0]).test_client()
    client.get("/lab/set/color/red")
    sid = cookie(client)
    rotations = [(KEYS[1], KEYS[0]), (KEYS[1], None), (KEYS[2], None)]
    kept = []
    for key, fallback in rotations:
        client = service(SECRET_KEY=key, SECRET_KEY_FALLBACKS=fallback).test_client()
        client.set_cookie("__Host-session", sid, secure=True)
        kept.append(client.get("/lab/get").json)
    assert kept == [{"color": "red"}, {"color": "red"}, {}]


UNKNOWN = secrets.token_urlsafe(32)
HOSTILE = {
    "unknown": f"__Host-session={UNKNOWN}",
    "empty": "__Host-session=",
    "short": "__Host-session=abc",
    "path": "__Host-session=../../../etc/passwd",
    "bytes": "__Host-session=\xff\xfe\x00",
    "sql": "__Host-session=' OR 1=1 --",
    "4 KB": f"__Host-session={'A' * 4097}",
    "quoted": f'__Host-session="{UNKNOWN}"',
    "a thousand": "; ".join(f"c{n}=1" for n in range(1000)),
    "a thousand of ours": "; ".join([f"__Host-session={UNKNOWN}"] * 1000),
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_cookie_is_no_session_and_no_error(header: str, app: Flask, raw: Any) -> None:
    client = app.test_client(use_cookies=False)
    response = client.get("/lab/get", headers={"Cookie": header})
    assert (response.status_code, response.json) == (200, {})
    assert "Set-Cookie" not in response.headers
    assert raw.keys() == []  # it is not adopted
    stored = client.get("/lab/set/color/red", headers={"Cookie": header})
    assert UNKNOWN not in stored.headers["Set-Cookie"]


def test_two_cookies_of_our_name_are_no_session(client: FlaskClient, cookie: Any, app: Flask) -> None:
    client.get("/lab/set/color/red")
    both = f"__Host-session={cookie(client)}; __Host-session={UNKNOWN}"
    assert app.test_client(use_cookies=False).get("/lab/get", headers={"Cookie": both}).json == {}
