"""Gunicorn's threaded worker, with patience: a client gets a thread when its request's head is there, not before.

Otherwise as many half-sent requests as there are threads, from one laptop, stop the service (slowloris).
And Gunicorn's response, without a banner and in fewer packets.
"""

import socket
from io import BytesIO
from typing import Any

from gunicorn.http import wsgi
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker  # type: ignore[attr-defined]

from . import logs

END_OF_HEAD = b"\r\n\r\n"
MAX_HEAD = 65_536  # bytes; a browser sends about one thousand
SMALL = 65_536  # bytes of a body that are worth a copy


class Worker(ThreadWorker):
    """Hand connections back to the poller until it is worth a thread to read them."""

    def handle(self, conn: TConn) -> Any:
        """Serve a request whose head has arrived; defer one whose head has not."""
        logs.request_id.set("-")  # this thread's last request is over, and the next one may be refused unread
        if self.cfg.is_ssl:  # bytes on the socket are not the client's yet
            return super().handle(conn)
        conn.init()
        received = conn.parser.unreader.buf  # type: ignore[union-attr]
        received.seek(0, 2)
        try:
            data = conn.sock.recv(MAX_HEAD, socket.MSG_DONTWAIT)
            received.write(data)
            gone = not data
        except BlockingIOError:
            gone = False
        head = received.getvalue()
        if gone or END_OF_HEAD in head:
            return super().handle(conn)
        if len(head) <= MAX_HEAD:
            return _DEFER
        conn.sock.shutdown(socket.SHUT_RD)  # a head without an end would hold a thread as well
        return False


class Response(wsgi.Response):
    """What a worker answers with."""

    def default_headers(self) -> list[str]:
        """Leave out the `Server` banner (ASVS 13.4.6)."""
        return [line for line in super().default_headers() if not line.startswith("Server:")]

    def write(self, arg: bytes) -> None:
        """Send the head together with the body. Gunicorn's two calls wake the client, and other threads, twice."""
        if self.headers_sent or len(arg) > SMALL:
            super().write(arg)
            return
        client, packet = self.sock, Packet()
        self.sock = packet  # type: ignore[assignment]
        try:
            super().write(arg)
        finally:
            self.sock = client
        client.sendall(packet.getvalue())


class Packet(BytesIO):
    """Takes the place of a socket for a moment."""

    sendall = BytesIO.write
