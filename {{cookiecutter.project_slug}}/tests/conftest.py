"""The service as production runs it: nothing is switched off for tests, and the client behaves like a browser."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

PACKAGE = "{{ cookiecutter.package_name }}"  # the one place where the tests name it


class Browser(FlaskClient):
    """A client that sends what browsers send, over HTTPS."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Make a request from a page of the service itself, unless the test says otherwise."""
        kwargs = {"base_url": "https://localhost", "buffered": True, **kwargs}
        kwargs["headers"] = {"Sec-Fetch-Site": "same-origin", **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Start from the smallest environment that the service accepts."""
    for name in set(os.environ) - {"PATH", "HOME", "LANG", "TMPDIR", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(48))
    monkeypatch.setenv("SESSION_URL", f"sqlite:///{tmp_path}/sessions.sqlite3")
    return monkeypatch


@pytest.fixture(scope="session")
def module() -> Callable[..., Any]:
    """Import a module of the service by its name in the package: `module("security.csrf")`."""

    def load(name: str = "") -> Any:
        return import_module(f"{PACKAGE}.{name}".rstrip("."))

    return load


@pytest.fixture
def create_app(environment: pytest.MonkeyPatch, module: Callable[..., Any]) -> Callable[..., Flask]:
    """Build the service in the environment, with `variables` on top; None unsets one."""

    def create(**variables: str | None) -> Flask:
        for name, value in variables.items():
            environment.delenv(name, raising=False)
            if value is not None:
                environment.setenv(name, value)
        app: Flask = module().create_app()
        app.test_client_class = Browser
        return app

    return create


@pytest.fixture
def app(create_app: Callable[..., Flask]) -> Flask:
    """Return the service."""
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser at the service."""
    return app.test_client()


class Server:
    """The service on Gunicorn, on a free port of this machine."""

    def __init__(self, **variables: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.place: tuple[str, int] = probe.getsockname()
        self.address = f"{self.place[0]}:{self.place[1]}"
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("gunicorn")],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "APP_ENV": "production", "BIND": self.address, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + 30
        while not self.ask(b"GET /healthz HTTP/1.0\r\n\r\n"):
            assert time.monotonic() < deadline, "Gunicorn does not answer"
            time.sleep(0.05)

    def ask(self, request: bytes) -> str:
        """Send bytes and return the answer; none if nobody listens."""
        try:
            with socket.create_connection(self.place, timeout=5) as connection:
                connection.sendall(request)
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        except ConnectionError:
            return ""

    def output(self) -> str:
        """Wait for its end and return what it printed."""
        return self.process.communicate(timeout=40)[0]


@pytest.fixture
def server(environment: pytest.MonkeyPatch) -> Iterator[Server]:
    """Serve during a test."""
    running = Server()
    running.wait()
    yield running
    running.process.terminate()
    running.output()


@pytest.fixture
def start(environment: pytest.MonkeyPatch) -> type[Server]:
    """Start Gunicorn with other variables, and wait for nothing."""
    return Server
