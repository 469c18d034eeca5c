"""Gunicorn's threaded worker, with patience: a client gets a thread when its request's head is there, not before.

Otherwise as many half-sent requests as there are threads, from one laptop, stop the service (slowloris).
"""

import socket
from typing import Any

from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker  # type: ignore[attr-defined]

from . import logs

END_OF_HEAD = b"\r\n\r\n"
MAX_HEAD = 65_536  # bytes; a browser sends about one thousand


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
