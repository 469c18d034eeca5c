"""What a session store does, and how both of ours reach theirs."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

BREATHER = 1.0  # seconds for which a store that failed is left alone: not every request waits for it


class StoreDown(Exception):
    """The session store does not answer. A request that needs it ends with 503, never as an anonymous one."""


Changes = Mapping[str, str | None]  # key -> value in Flask's tagged JSON; None deletes the key


class Record(NamedTuple):
    """A session as it is stored. Times are seconds since the epoch."""

    data: dict[str, str]  # key -> value, in Flask's tagged JSON
    user: str | None
    created: int
    seen: int


class Login(NamedTuple):
    """What a login writes into a session."""

    user: str
    created: int
    agent: str


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One of a user's sessions, for a page that lists their devices."""

    created: datetime
    last_seen: datetime
    user_agent: str
    current: bool


class Store(Protocol):
    """A session's key is the HMAC of its id; an expired session is as good as none.

    Every method raises StoreDown, within SESSION_TIMEOUT, when the store cannot do what it is asked.
    """

    def check(self) -> None: ...  # prepare the store, keep nothing open; Refused if it can never work
    def load(self, key: bytes) -> Record | None: ...  # any exception: what is stored there is not a session
    def create(self, key: bytes, record: Record, agent: str) -> None: ...
    def merge(self, key: bytes, changes: Changes, now: int) -> bool: ...  # False: it has ended
    def rename(self, old: bytes, new: bytes, login: Login | None = None) -> bool: ...
    def delete(self, key: bytes) -> None: ...
    def delete_user(self, user: str) -> int: ...  # how many sessions that ended
    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]: ...  # key, created, seen, agent
    def ping(self) -> None: ...


Connection = TypeVar("Connection")
Answer = TypeVar("Answer")


class Pool(Generic[Connection]):
    """Idle connections, opened on first use and so never shared across a fork, and a fuse for a store that is down."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        close: Callable[[Connection], None],
        usable: Callable[[Connection], bool],
        failures: tuple[type[Exception], ...],
    ) -> None:
        self._connect, self._close, self._usable, self._failures = connect, close, usable, failures
        self._idle: deque[Connection] = deque()
        self._closed_until = 0.0

    def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do `work` on a connection."""
        if time.monotonic() < self._closed_until:
            raise StoreDown("The session store failed a moment ago.")
        connection = None
        try:
            connection = self._take()
            answer = work(connection)
        except BaseException as error:
            if connection is not None:
                self._close(connection)
            if not isinstance(error, self._failures):
                raise
            self._closed_until = time.monotonic() + BREATHER
            self.close()
            raise StoreDown(f"The session store does not answer ({type(error).__name__}).") from error
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._close(self._idle.pop())

    def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if self._usable(connection):
                return connection
            self._close(connection)
        return self._connect()
