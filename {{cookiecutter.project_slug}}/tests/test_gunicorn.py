"""The service on the server that production runs."""

import json
import urllib.request
from typing import Any

import pytest

SMUGGLED = [
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4, 5\r\n\r\nabcd",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    b"GET  /  HTTP/1.1\r\nHost: localhost\r\n\r\n",
]


def test_it_serves_without_a_banner_and_stops_gracefully(server: Any) -> None:
    with urllib.request.urlopen(f"http://{server.address}/", timeout=5) as response:
        assert response.status == 200
        assert "Server" not in response.headers
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    server.process.terminate()
    lines = [json.loads(line) for line in server.output().splitlines()]
    assert server.process.returncode == 0
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/"]
    assert lines[-1]["event"] == "Shutting down: Master"


def test_requests_that_proxies_read_differently_are_refused(server: Any) -> None:
    for request in SMUGGLED:
        assert server.ask(request).startswith("HTTP/1.1 400 "), request


def test_a_request_that_is_refused_unread_is_logged_without_the_id_of_another(server: Any) -> None:
    good = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    server.ask(good + SMUGGLED[-1])  # one connection, so one thread
    for _ in range(16):  # and all of them
        server.ask(good.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    for request in SMUGGLED * 4:
        server.ask(request)
    server.process.terminate()
    lines = [json.loads(line) for line in server.output().splitlines()]
    refused = [line["request_id"] for line in lines if line["event"].startswith("Invalid request from")]
    assert refused == ["-"] * 21


def test_a_client_cannot_move_the_urls(server: Any) -> None:
    request = b"GET /x/healthz HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /x\r\nConnection: close\r\n\r\n"
    assert not server.ask(request).startswith("HTTP/1.1 200")


def test_a_client_cannot_choose_the_scheme(server: Any) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    assert "send Origin: http://localhost." in server.ask(head)


def test_a_bad_environment_is_refused_once_in_words(start: Any) -> None:
    refused = start(SECRET_KEY="hunter2", THREADS="0")
    first, *problems = refused.output().splitlines()
    assert refused.process.returncode == 1
    assert first == "The service does not start:"
    assert [line.split()[0] for line in problems] == ["SECRET_KEY", "THREADS"]
    assert "hunter2" not in "".join(problems)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"FLASK_DEBUG": "1"}, "the environment variable FLASK_DEBUG must not be on"),
        (
            {"APP_ENV": "development", "BIND": "192.0.2.1:8000"},
            "APP_ENV is development, and BIND opens it to the network",
        ),
    ],
)
def test_what_is_dangerous_is_refused_once_before_a_socket_is_open(
    start: Any, variables: dict[str, str], sentence: str
) -> None:
    refused = start(WEB_CONCURRENCY="2", **variables)
    said = refused.output()
    assert said.startswith(f"The service does not start: {sentence}")
    assert "Listening" not in said
    assert "Traceback" not in said
    assert refused.process.returncode == 1
