"""One connection to Redis, on hiredis: redis-py takes as long to import as all of Flask, and eight megabytes."""

import select
import socket
import ssl
import time
import weakref
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from hiredis import Reader, ReplyError, pack_command

INCOMPLETE = object()


class Connection:
    """Asks one thing at a time; all that is asked for one purpose, opening it included, has one time limit."""

    def __init__(self, opened: socket.socket, timeout: float, deadline: float) -> None:
        self._socket, self._timeout, self._deadline = opened, timeout, deadline
        self._reader = Reader(notEnoughData=INCOMPLETE)
        self._readable = select.poll()
        self._readable.register(opened, select.POLLIN)
        weakref.finalize(self, opened.close)

    def ask(self, *words: str | bytes | float) -> Any:
        """Send a command and return the reply: an integer, bytes, None, or a list of these.

        Raises:
            ReplyError: the server refuses, its text begins with a code.
            ProtocolError, OSError: it does not speak the protocol, or not in time.
        """
        self._socket.settimeout(max(0, self._deadline - time.monotonic()))
        self._socket.sendall(pack_command(words))  # type: ignore[arg-type]  # of any length, whatever it says
        while (reply := self._reader.gets()) is INCOMPLETE:
            self._socket.settimeout(max(0, self._deadline - time.monotonic()))
            received = self._socket.recv(65536)
            if not received:
                raise ConnectionResetError
            self._reader.feed(received)
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def usable(self) -> bool:
        """Start the time anew, unless an idle connection was closed, or holds an answer that nobody asked for."""
        self._deadline = time.monotonic() + self._timeout
        return not self._readable.poll(0) and not self._reader.has_data()

    def close(self) -> None:
        self._socket.close()


class Address(NamedTuple):
    """Where a server is, and what it is told first."""

    host: str
    port: int
    greeting: list[tuple[str, ...]]
    tls: ssl.SSLContext | None

    def connect(self, timeout: float) -> Connection:
        deadline = time.monotonic() + timeout
        opened = socket.create_connection((self.host, self.port), timeout)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            opened = self.tls.wrap_socket(opened, server_hostname=self.host)
        connection = Connection(opened, timeout, deadline)
        for command in self.greeting:
            connection.ask(*command)
        return connection


def parse(url: str) -> Address:
    """Read redis[s]://[[user]:password@][host][:port][/database][?ssl_ca_certs=file].

    Raises:
        ValueError, OSError: it cannot be one.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    authorities = options.pop("ssl_ca_certs", None)
    if options or parts.fragment:  # a "#" in a password that is not quoted
        raise ValueError
    greeting = []
    if parts.password:
        greeting.append(("AUTH", *filter(None, [unquote(parts.username or "")]), unquote(parts.password)))
    if database := parts.path.strip("/"):
        greeting.append(("SELECT", str(int(database))))
    tls = ssl.create_default_context(cafile=authorities) if parts.scheme == "rediss" else None
    return Address(parts.hostname or "localhost", parts.port or 6379, greeting, tls)
