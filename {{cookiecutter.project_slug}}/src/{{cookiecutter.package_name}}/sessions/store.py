"""What a session store does, and how both of ours reach theirs."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

BREATHER = 1.0  # seconds for which a store that failed is left alone: not every request waits for it
TRIAL = 5.0  # seconds for which, after that, one request alone may try: a name server may keep it waiting
Changes = Mapping[str, str | None]  # key -> value in Flask's tagged JSON; None deletes the key
Record = tuple[dict[str, str], str | None, float]  # key -> value in Flask's tagged JSON; the user; last seen
Login = tuple[str, float, str] | None  # the user, the time in seconds since the epoch, the user agent
Answer = TypeVar("Answer")


class StoreDown(Exception):
    """The session store does not answer. A request that needs it ends with 503, never as an anonymous one."""


class SessionInfo(NamedTuple):
    """One of a user's sessions, for a page that lists their devices."""

    created: datetime
    last_seen: datetime
    user_agent: str


class Store(Protocol):
    """A session's key is the HMAC of its id; an expired session is as good as none.

    Every method raises StoreDown, within SESSION_TIMEOUT, when the store cannot do what it is asked.
    """

    def check(self) -> None: ...  # get ready and keep nothing open; Refused: it can never work
    def load(self, key: bytes) -> Record | None: ...  # any other exception: what is there is not a session
    # In one step: the keys that changed and no others, a login, a move to another key. False: it has ended.
    def write(
        self, key: bytes, changes: Changes, to: bytes = b"", login: Login = None, new: bool = False, touch: bool = True
    ) -> bool: ...
    def delete(self, key: bytes) -> None: ...
    def delete_user(self, user: str) -> int: ...  # how many sessions that ended
    def sessions_of(self, user: str) -> list[tuple[float, float, str]]: ...  # created, last seen, user agent
    def ping(self) -> None: ...  # can it be written to?


class Connection(Protocol):
    """What a pool keeps."""

    def usable(self) -> bool: ...  # does it still lead to the store?
    def close(self) -> None: ...


Kept = TypeVar("Kept", bound=Connection)


@dataclass
class Pool(Generic[Kept]):
    """Connections, opened on first use and so not shared across a fork, and a fuse for a store that is down."""

    connect: Callable[[], Kept]
    failed: Callable[[BaseException], bool]  # is it the store's fault?
    idle: deque[Kept] = field(default_factory=deque)
    closed_until: float = 0.0

    def run(self, work: Callable[[Kept], Answer]) -> Answer:
        """Do `work` on a connection."""
        if self.closed_until:
            if time.monotonic() < self.closed_until:
                raise StoreDown("The session store failed a moment ago.")
            self.closed_until = time.monotonic() + TRIAL
        connection = None
        try:
            connection = self.take()
            answer = work(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if not self.failed(error):
                self.closed_until = 0.0
                raise
            self.closed_until = time.monotonic() + BREATHER
            self.idle.clear()  # what else is open may lead nowhere as well, and each would be found out by a request
            raise StoreDown(f"The session store does not answer: {type(error).__name__}.") from error
        self.closed_until = 0.0
        self.idle.append(connection)
        return answer

    def take(self) -> Kept:
        """Return an idle connection that still leads to the store, or a new one."""
        with suppress(IndexError):
            while True:
                connection = self.idle.pop()
                if connection.usable():
                    return connection
                connection.close()
        return self.connect()
