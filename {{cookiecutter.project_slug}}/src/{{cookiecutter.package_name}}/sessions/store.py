"""What every session store does, and what the stores share: pooled connections and giving up quickly."""

import json
import os
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from ..settings import Settings

BREATHER = 1.0  # seconds for which a store that failed is left alone: not every request waits for it

Connection = TypeVar("Connection")
Answer = TypeVar("Answer")


class StoreDown(Exception):
    """The session store does not answer: the request that needs it ends with 503, never as an anonymous one."""


class Unreadable(Exception):
    """The store holds something that this service did not write there."""


@dataclass(slots=True)
class Record:
    """A session in the store: for each key its value in Flask's tagged JSON. Times are seconds since the epoch."""

    data: dict[str, str]
    user: str | None
    created: int
    seen: int


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One of a user's sessions, for a page that lists their devices."""

    created: datetime
    last_seen: datetime
    user_agent: str
    current: bool


class Store(ABC, Generic[Connection]):
    """A session store. A key is the HMAC of a session id; expired sessions are as good as absent.

    Every method raises StoreDown within the timeout when the store does not do its work.
    """

    failures: tuple[type[Exception], ...]  # what the driver raises

    def __init__(self, settings: Settings) -> None:
        self.idle = settings.session_idle
        self.absolute = settings.session_absolute
        self.timeout = settings.session_timeout / 2  # a request may wait twice: when it reads and when it writes
        self._retry_at = 0.0
        self._start()

    @abstractmethod
    def check(self) -> None:
        """Prepare the store when the service starts, and keep nothing open.

        Raises:
            Refused: when it can never work as configured.
        """

    @abstractmethod
    def load(self, key: bytes) -> Record | None:
        """Read a session.

        Raises:
            Unreadable: when it is not one.
        """

    @abstractmethod
    def create(self, key: bytes, record: Record, agent: str) -> None:
        """Store a new session, last used with the user agent `agent`."""

    @abstractmethod
    def merge(self, key: bytes, changes: Mapping[str, str | None], now: int) -> bool:
        """Write (None: delete) the keys in `changes` and no others; False when the session has ended meanwhile."""

    @abstractmethod
    def rename(self, old: bytes, new: bytes, login: tuple[str, int, str] | None = None) -> bool:
        """Move a session to another key, for a `login` (user, time, user agent); False when it has ended."""

    @abstractmethod
    def delete(self, key: bytes) -> None:
        """End a session."""

    @abstractmethod
    def delete_user(self, user: str) -> int:
        """End all sessions of a user and return how many there were."""

    @abstractmethod
    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]:
        """List the key, the times of creation and last use, and the user agent of a user's sessions."""

    @abstractmethod
    def ping(self) -> None:
        """Return when the store answers."""

    @abstractmethod
    def _open(self) -> Connection:
        """Connect."""

    @abstractmethod
    def _close(self, connection: Connection) -> None:
        """Disconnect, without a complaint."""

    @abstractmethod
    def _usable(self, connection: Connection) -> bool:
        """Whether a pooled connection still leads to the store."""

    def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do `work` on a connection of this process."""
        if self._pid != os.getpid():
            self._start()
        if time.monotonic() < self._retry_at:
            raise StoreDown("the session store failed a moment ago")
        try:
            connection = self._connect()
        except self.failures as error:
            raise self._down(error) from error
        try:
            answer = work(connection)
        except BaseException as error:
            self._close(connection)
            if isinstance(error, self.failures):
                raise self._down(error) from error
            raise
        self._pool.append(connection)
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        while self._pool:
            self._close(self._pool.pop())

    def _start(self) -> None:
        """Begin without connections: those that a fork copied belong to the parent, which goes on using them."""
        self._inherited = getattr(self, "_pool", None)  # kept, because dropping them would close them
        self._pid = os.getpid()
        self._pool: deque[Connection] = deque()
        self.writing = threading.Lock()

    def _connect(self) -> Connection:
        while self._pool:
            connection = self._pool.pop()
            if self._usable(connection):
                return connection
            self._close(connection)
        return self._open()

    def _down(self, error: Exception) -> StoreDown:
        self._retry_at = time.monotonic() + BREATHER
        self.close()
        return StoreDown(f"the session store does not answer: {type(error).__name__}")


def unpack(raw: bytes) -> dict[str, str]:
    """Read back what `json.dumps` made of a session's data.

    Raises:
        Unreadable: for anything else.
    """
    try:
        data = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable from error
    if type(data) is not dict or not all(type(value) is str for value in data.values()):
        raise Unreadable
    return data
