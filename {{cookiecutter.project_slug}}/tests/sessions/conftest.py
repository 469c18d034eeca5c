"""The promises about sessions hold for each store: every test here runs once for SQLite and once for Redis.

Redis joins in where `redis-server` is installed.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, request, session
from flask.testing import FlaskClient

REDIS = shutil.which("redis-server")
STORES = ["sqlite", "redis"] if REDIS else ["sqlite"]


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a Redis of our own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen([str(REDIS), *options], stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield port
        server.terminate()


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kept/sessions.sqlite3"
    return f"redis://127.0.0.1:{request.getfixturevalue('redis_port')}/0"


@pytest.fixture
def sessions(module: Callable[[str], Any]) -> Any:
    """Return the package under test."""
    return module("sessions")


@pytest.fixture
def service(create_app: Callable[..., Flask], sessions: Any, url: str) -> Callable[..., Flask]:
    """Build the service with a few views that use the session: `service(SESSION_IDLE_SECONDS="2")`."""

    def build(**variables: str | None) -> Flask:
        app = create_app(SESSION_URL=url, **variables)
        lab = Blueprint("lab", __name__, url_prefix="/lab")

        @lab.get("/set/<key>/<value>")
        def set_(key: str, value: str) -> str:
            session[key] = value
            return "stored"

        @lab.get("/get")
        def get() -> dict[str, Any]:
            return dict(session)

        @lab.get("/plain")
        def plain() -> str:
            return "no session"

        @lab.get("/append")
        def append() -> dict[str, Any]:
            session.setdefault("list", []).append(len(session["list"]))
            return dict(session)

        @lab.get("/login/<user>")
        def login(user: str) -> str:
            sessions.login_session(user)
            return "welcome"

        @lab.get("/logout")
        def logout() -> str:
            sessions.end_session()
            return "bye"

        @lab.get("/everywhere/<user>")
        def everywhere(user: str) -> str:
            return str(sessions.end_all_sessions(user))

        @lab.get("/devices/<user>")
        def devices(user: str) -> list[str]:
            return [info.user_agent for info in sessions.sessions_of(user)]

        @lab.get("/fill/<int:size>")
        def fill(size: int) -> str:
            session["big"] = "x" * size
            return request.path

        app.register_blueprint(lab)
        return app

    return build


@pytest.fixture
def app(service: Callable[..., Flask]) -> Flask:
    """Return the service with the views."""
    return service()


@pytest.fixture
def raw(app: Flask) -> "Raw":
    """Look into the store behind the service's back."""
    return Raw(app)


class Raw:
    """What somebody sees, and does, who got into the store."""

    def __init__(self, app: Flask) -> None:
        self.pool = app.extensions["session_store"]._pool
        self.sqlite = hasattr(app.extensions["session_store"], "purge")

    def do(self, sql: str, *command: Any) -> Any:
        """Run the SQL in SQLite, or the command in Redis."""

        def work(connection: Any) -> Any:
            if self.sqlite:
                return connection.execute(sql).fetchall()
            return connection.ask(*command)

        return self.pool.run(work)

    def keys(self) -> list[bytes]:
        """Return the keys of all sessions."""
        if self.sqlite:
            return [key for (key,) in self.do("SELECT key FROM session")]
        return sorted(bytes.fromhex(key[8:].decode()) for key in self.do("", "KEYS", "session:*"))

    def plant(self, garbage: bytes, whole: bool) -> None:
        """Replace what every session holds, as a whole or in one of its values."""
        if self.sqlite:
            data = garbage if whole else json.dumps({"color": garbage.decode("latin-1")}).encode()
            self.do(f"UPDATE session SET data = x'{data.hex()}'")  # noqa: S608
            return
        for key in self.do("", "KEYS", "session:*"):
            self.do("", *(["SET", key, garbage] if whole else ["HSET", key, "=color", garbage]))


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest, url: str) -> None:
    """Empty Redis: SQLite has a file of its own in each test."""
    if url.startswith("redis"):
        with socket.create_connection(("127.0.0.1", request.getfixturevalue("redis_port"))) as redis:
            redis.sendall(b"FLUSHALL\r\n")
            assert redis.recv(16) == b"+OK\r\n"


@pytest.fixture
def calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every use of the store."""
    store = app.extensions["session_store"]
    used: list[str] = []
    run = store._pool.run

    def counted(work: Any) -> Any:
        used.append("call")
        return run(work)

    monkeypatch.setattr(store._pool, "run", counted)
    return used


@pytest.fixture
def cookie() -> Callable[[FlaskClient], str]:
    """Read the id that a browser has: `cookie(client)`."""

    def read(client: FlaskClient) -> str:
        kept = client.get_cookie("__Host-session")
        return kept.value if kept else ""

    return read


@pytest.fixture
def browser(app: Flask) -> Callable[..., FlaskClient]:
    """Open a browser, with this id in its cookie: `browser(id)`."""

    def open_(sid: str = "") -> FlaskClient:
        client = app.test_client()
        if sid:
            client.set_cookie("__Host-session", sid, secure=True)
        return client

    return open_
