"""What a session store does, and how both of ours reach theirs."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

BREATHER = 1.0  # seconds for which a store that failed is left alone: not every request waits for it
Changes = Mapping[str, str | None]  # key -> value in Flask's tagged JSON; None deletes the key
Connection = TypeVar("Connection")
Answer = TypeVar("Answer")


class StoreDown(Exception):
    """The session store does not answer. A request that needs it ends with 503, never as an anonymous one."""


class Record(NamedTuple):
    """A session as it is stored. Times are seconds since the epoch."""

    data: dict[str, str]  # key -> value in Flask's tagged JSON
    user: str | None
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

    def check(self) -> None:
        """Prepare the store and keep nothing open; Refused when it can never work."""

    def load(self, key: bytes) -> Record | None:
        """Read a session; any exception but StoreDown: what is stored there is none."""

    def write(
        self, key: bytes, changes: Changes, to: bytes = b"", login: Login | None = None, new: bool = False
    ) -> bool:
        """Write the keys that changed, and no others, in one step, with a login or a move `to` another key.

        False: the session has ended. Only a `new` one is made.
        """

    def delete(self, key: bytes) -> None:
        """End a session."""

    def delete_user(self, user: str) -> int:
        """End a user's sessions and return how many there were."""

    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]:
        """List a user's sessions: key, created, seen, agent."""

    def ping(self) -> None:
        """Return when the store can be written to."""


@dataclass
class Pool(Generic[Connection]):
    """Connections, opened on first use and so never shared across a fork, and a fuse for a store that is down."""

    connect: Callable[[], Connection]
    close: Callable[[Connection], None]
    usable: Callable[[Connection], bool]
    failures: tuple[type[Exception], ...]
    idle: deque[Connection] = field(default_factory=deque)
    closed_until: float = 0.0

    def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do `work` on a connection."""
        if time.monotonic() < self.closed_until:
            raise StoreDown("The session store failed a moment ago.")
        connection = None
        try:
            connection = self.take()
            answer = work(connection)
        except BaseException as error:
            if connection is not None:
                self.close(connection)
            if not isinstance(error, self.failures):
                raise
            self.closed_until = time.monotonic() + BREATHER
            raise StoreDown(f"The session store does not answer: {type(error).__name__}.") from error
        self.idle.append(connection)
        return answer

    def take(self) -> Connection:
        """Return an idle connection that still leads somewhere, or a new one."""
        while True:
            try:
                connection = self.idle.pop()
            except IndexError:
                return self.connect()
            if self.usable(connection):
                return connection
            self.close(connection)
