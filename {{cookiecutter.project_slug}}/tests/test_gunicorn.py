"""The service on the server that production runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def gunicorn(**variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [Path(sys.executable).with_name("gunicorn")],
        cwd=ROOT,
        env={**os.environ, "APP_ENV": "production", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def raw(address: str, request: bytes) -> str:
    host, _, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    except ConnectionError:
        return ""


@pytest.fixture
def server(environment: pytest.MonkeyPatch) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    process = gunicorn(BIND=address)
    started = time.monotonic()
    while raw(address, b"GET /healthz HTTP/1.0\r\n\r\n") == "":
        assert time.monotonic() < started + 30
        time.sleep(0.05)
    yield address, process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=40)


def test_it_serves_without_a_banner_and_stops_gracefully(server: tuple[str, Any]) -> None:
    address, process = server
    with urllib.request.urlopen(f"http://{address}/", timeout=5) as response:
        assert response.status == 200
        assert "Server" not in response.headers
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/"]
    assert lines[-1]["event"] == "Shutting down: Master"


SMUGGLED = [
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4, 5\r\n\r\nabcd",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    b"GET  /  HTTP/1.1\r\nHost: localhost\r\n\r\n",
]


def test_requests_that_proxies_read_differently_are_refused(server: tuple[str, Any]) -> None:
    for request in SMUGGLED:
        assert raw(server[0], request).startswith("HTTP/1.1 400 "), request


def test_a_client_cannot_move_the_urls(server: tuple[str, Any]) -> None:
    request = b"GET /x/healthz HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /x\r\nConnection: close\r\n\r\n"
    assert not raw(server[0], request).startswith("HTTP/1.1 200")


def test_a_bad_environment_is_refused_once_in_words(environment: pytest.MonkeyPatch) -> None:
    process = gunicorn(SECRET_KEY="hunter2", THREADS="0")
    output, _ = process.communicate(timeout=40)
    assert process.returncode == 1
    first, *problems = output.splitlines()
    assert first == "The service does not start:"
    assert [line.split()[0] for line in problems] == ["SECRET_KEY", "THREADS"]
    assert "hunter2" not in output


def test_a_service_that_refuses_does_not_start_again_and_again(environment: pytest.MonkeyPatch) -> None:
    process = gunicorn(FLASK_DEBUG="1", BIND="127.0.0.1:0")
    output, _ = process.communicate(timeout=40)
    assert process.returncode == 4
    assert "The service does not start: the environment variable FLASK_DEBUG" in output
