"""Slow clients wait without a thread; quick ones notice nothing, and get their answer in one packet."""

import socket
import time
from typing import Any

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def connect(server: Any) -> socket.socket:
    return socket.create_connection(server.place, timeout=5)


def test_half_sent_requests_hold_up_nobody(server: Any) -> None:
    slow = [connect(server) for _ in range(40)]
    for connection in slow:
        connection.sendall(HEAD)
    time.sleep(0.2)
    assert server.ask(HEAD + b"Connection: close\r\n\r\n").startswith("HTTP/1.1 200 OK")
    for connection in slow:  # and each of them is served once the rest is there
        connection.sendall(b"Connection: close\r\n\r\n")
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        connection.close()


def test_heads_without_an_end_hold_up_nobody(server: Any) -> None:
    endless = [connect(server) for _ in range(24)]
    for connection in endless:
        connection.sendall(HEAD + b"X: " + b"a" * 100_000)
    time.sleep(0.2)
    assert server.ask(HEAD + b"Connection: close\r\n\r\n").startswith("HTTP/1.1 200 OK")
    for connection in endless:
        connection.close()


def test_a_head_may_come_byte_by_byte(server: Any) -> None:
    with connect(server) as connection:
        for byte in HEAD + b"\r\n":
            connection.sendall(bytes([byte]))
            time.sleep(0.002)
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


def test_requests_on_one_connection_are_all_answered(server: Any) -> None:
    with connect(server) as connection:
        connection.sendall((HEAD + b"\r\n") * 3 + HEAD + b"Connection: close\r\n\r\n")
        answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == 4


def test_a_body_may_come_later_than_its_head(server: Any) -> None:
    with connect(server) as connection:
        connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        time.sleep(0.2)
        connection.sendall(b"x" * 100_000)
        assert connection.recv(12) == b"HTTP/1.1 403"


def test_a_client_that_gives_up_is_forgotten(server: Any) -> None:
    with connect(server) as connection:
        connection.sendall(HEAD)
    assert server.ask(HEAD + b"Connection: close\r\n\r\n").startswith("HTTP/1.1 200 OK")


def test_head_and_body_come_in_one_packet(server: Any) -> None:
    with connect(server) as connection:
        for _ in range(100):  # the second of two packets often comes soon enough to be read with the first
            connection.sendall(HEAD + b"\r\n")
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert head.endswith(b"object-src 'none'")
            assert body == b'{"status":"ok"}'
