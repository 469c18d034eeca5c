"""A store that cannot work stops the start; one that stops working costs only those who need it."""

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import DictLoader


def refusal(create_app: Callable[..., Flask], module: Callable[..., Any], url: str) -> str:
    """Return why the service does not start with this SESSION_URL."""
    with pytest.raises(module("refusal").Refused) as refused:
        create_app(SESSION_URL=url)
    return str(refused.value)


@pytest.mark.parametrize("url", ["memcached://user:hunter2@localhost", "hunter2", "sqlite:relative", "valkey://h/0"])
def test_an_unknown_store_is_refused(url: str, create_app: Callable[..., Flask], module: Callable[..., Any]) -> None:
    sentence = refusal(create_app, module, url)
    assert "SESSION_URL" in sentence
    assert "hunter2" not in sentence


def test_a_folder_that_cannot_be_written_is_refused(
    create_app: Callable[..., Flask], module: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    sentence = refusal(create_app, module, f"sqlite:///{tmp_path}/file/sessions.sqlite3")
    assert re.search(r"SESSION_URL: no sessions can be kept in .*file/sessions.sqlite3 .*for example", sentence)


def test_a_file_that_is_no_database_is_refused(
    create_app: Callable[..., Flask], module: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "sessions.sqlite3").write_text("These are not the sessions that you are looking for. " * 50)
    assert "file is not a database" in refusal(create_app, module, f"sqlite:///{tmp_path}/sessions.sqlite3")


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_refused_is_left_as_it_was(
    kind: str, create_app: Callable[..., Flask], module: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "not-ours"
    path.mkdir() if kind == "folder" else path.write_text("nor a database " * 99)
    path.chmod(0o755)
    refusal(create_app, module, f"sqlite:///{path}")
    assert path.stat().st_mode & 0o777 == 0o755


def break_store(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every connection fail from now on, as when the store is gone."""

    def refuse() -> Any:
        raise OSError("gone")

    monkeypatch.setattr(app.extensions["session_store"]._pool, "take", refuse)


def test_without_the_store_only_those_who_need_it_are_turned_away(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/lab/login/alice")
    with monkeypatch.context() as outage:
        break_store(app, outage)
        response = client.get("/lab/get")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.headers["Cache-Control"] == "no-store"
        assert client.get("/lab/set/color/red").status_code == 503
        assert app.test_client().get("/lab/set/color/red").status_code == 503  # at the end, when it is stored
        assert app.test_client().get("/lab/get").status_code == 200  # has no session, needs no store
        assert client.get("/lab/plain").status_code == 200
        assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)
    deadline = time.monotonic() + 2
    while client.get("/lab/get").status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (client.get("/lab/get").json or {})["user_id"] == "alice"
    assert client.get("/readyz").status_code == 200


def test_an_error_page_that_shows_who_is_logged_in_does_without(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.jinja_env.loader = DictLoader({"error.html": "{{ session.user_id }}"})
    client.get("/lab/login/alice")
    assert client.get("/nowhere", headers={"Accept": "text/html"}).text == "alice"
    break_store(app, monkeypatch)
    for path, status, retry in (("/lab/get", 503, "5"), ("/nowhere", 404, None)):
        response = client.get(path, headers={"Accept": "text/html"})
        assert (response.status_code, response.headers.get("Retry-After")) == (status, retry)
        assert response.content_type == "application/problem+json"


def test_while_one_request_tries_whether_the_store_is_back_the_others_are_told_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = app.extensions["session_store"]
    break_store(app, monkeypatch)
    assert app.test_client().get("/readyz").status_code == 503
    trying, told = threading.Event(), threading.Event()

    def hang() -> Any:  # a name server that does not answer
        trying.set()
        told.wait(10)
        raise OSError("gone")

    monkeypatch.setattr(store._pool, "take", hang)
    time.sleep(1.1)
    thread = threading.Thread(target=app.test_client().get, args=("/readyz",))
    thread.start()
    trying.wait(10)
    assert app.test_client().get("/readyz").status_code == 503
    assert not told.is_set()
    told.set()
    thread.join()
