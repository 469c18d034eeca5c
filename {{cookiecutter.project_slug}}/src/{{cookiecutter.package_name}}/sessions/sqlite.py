"""Sessions in an SQLite file: the store for one machine, without a server."""

import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from ..refusal import Refused
from ..settings import Settings
from .store import Changes, Login, Pool, Record

Answer = TypeVar("Answer")
SLICE, PAUSE = 250, 0.05  # expired rows deleted at once, seconds between: a writer waits for milliseconds only
PURGE_EVERY = 60.0  # seconds
ALIVE = "seen > ? AND created > ?"
SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    key BLOB PRIMARY KEY, data BLOB NOT NULL, user TEXT, created INTEGER NOT NULL, seen INTEGER NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS session_seen ON session (seen);
CREATE INDEX IF NOT EXISTS session_user ON session (user) WHERE user IS NOT NULL;
"""


class Connection(sqlite3.Connection):
    """Knows which file it was opened on."""

    inode = 0


class SQLiteStore:
    """One row a session, in write-ahead mode: readers never wait, writers wait for one another."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path, self._idle, self._absolute = path, settings.session_idle, settings.session_absolute
        self._timeout = settings.session_timeout / 2  # a request may wait twice: when it reads and when it writes
        self._pool = Pool(self._connect, Connection.close, self._usable, (sqlite3.Error, OSError))
        self._writing = threading.Lock()
        self._purge_at = 0.0

    def check(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._path.chmod(0o600)  # what SQLite puts beside it gets the same mode
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)  # workers start together, and a change of mode does not wait
                db = self._connect()
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(SCHEMA)
                db.close()
            finally:
                os.close(folder)
        except (sqlite3.Error, OSError) as error:
            raise Refused(
                f"SESSION_URL: no sessions can be kept in {self._path} ({error}). Name a file in a folder"
                " that the service may write to, for example sqlite:////var/lib/app/sessions.sqlite3."
            ) from error

    def load(self, key: bytes) -> Record | None:
        query = f"SELECT data, user, created, seen FROM session WHERE key = ? AND {ALIVE}"  # noqa: S608
        row = self._pool.run(lambda db: db.execute(query, (key, *self._limits())).fetchone())
        return row and Record(unpack(row[0]), row[1], int(row[2]), int(row[3]))

    def create(self, key: bytes, record: Record, agent: str) -> None:
        row = (key, pack(record.data), record.user, record.created, record.seen, agent)
        self._write(lambda db: db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", row))
        if time.monotonic() >= self._purge_at:  # once a minute, beside the requests and never in one
            self._purge_at = time.monotonic() + PURGE_EVERY
            threading.Thread(target=self.purge, name="session-purge", daemon=True).start()

    def merge(self, key: bytes, changes: Changes, now: int) -> bool:
        def work(db: Connection) -> bool:
            query = f"SELECT data FROM session WHERE key = ? AND {ALIVE}"  # noqa: S608
            row = db.execute(query, (key, *self._limits())).fetchone()
            if row is None:
                return False
            merged = {**unpack(row[0]), **changes}
            data = pack({name: text for name, text in merged.items() if text is not None})
            db.execute("UPDATE session SET data = ?, seen = max(seen, ?) WHERE key = ?", (data, now, key))
            return True

        return self._write(work)

    def rename(self, old: bytes, new: bytes, login: Login | None = None) -> bool:
        stamps = "".join(f", {column} = ?" for column in Login._fields) if login else ""
        update = f"UPDATE session SET key = ?{stamps} WHERE key = ? AND {ALIVE}"  # noqa: S608
        return self._write(lambda db: db.execute(update, (new, *(login or ()), old, *self._limits())).rowcount == 1)

    def delete(self, key: bytes) -> None:
        self._write(lambda db: db.execute("DELETE FROM session WHERE key = ?", (key,)))

    def delete_user(self, user: str) -> int:
        return self._write(lambda db: db.execute("DELETE FROM session WHERE user = ?", (user,)).rowcount)

    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]:
        query = f"SELECT key, created, seen, agent FROM session WHERE user = ? AND {ALIVE}"  # noqa: S608
        return self._pool.run(lambda db: db.execute(query, (user, *self._limits())).fetchall())

    def ping(self) -> None:
        # A full disk and a read-only file show only when something is written.
        self._write(lambda db: db.execute("PRAGMA user_version = 1"))

    def purge(self) -> int:
        """Delete all expired rows, in small slices, and return how many there were."""
        delete = "DELETE FROM session WHERE rowid IN (SELECT rowid FROM session WHERE seen <= ? LIMIT ?)"
        purged, count = 0, SLICE
        while count == SLICE:
            # Past its absolute limit a session is not touched any more, and idle soon.
            idle_since = int(time.time()) - self._idle
            count = self._write(lambda db, since=idle_since: db.execute(delete, (since, SLICE)).rowcount)
            purged += count
            time.sleep(PAUSE)
        return purged

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def _write(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do `work` in a transaction that has the lock from its start: none fails half-way for want of it."""

        def transaction(db: Connection) -> Answer:
            # A worker's threads queue up here, first come, first served; SQLite's own waiting is a lottery.
            if not self._writing.acquire(timeout=self._timeout):
                raise TimeoutError
            try:
                db.execute("BEGIN IMMEDIATE")
                answer = work(db)
                db.execute("COMMIT")
            finally:
                self._writing.release()
            return answer

        return self._pool.run(transaction)

    def _limits(self) -> tuple[int, int]:
        """Return the times after which a live session was last seen, and created."""
        now = int(time.time())
        return now - self._idle, now - self._absolute

    def _connect(self) -> Connection:
        uri = f"file:{quote(str(self._path))}?mode=rw"  # not made here: a file that is lost is no empty store
        db = sqlite3.connect(uri, self._timeout, 0, None, False, Connection, uri=True)
        db.inode = self._path.stat().st_ino
        db.text_factory = lambda raw: raw.decode(errors="replace")
        db.execute("PRAGMA synchronous = NORMAL")  # what is committed outlives kill -9, and commits need no fsync
        return db

    def _usable(self, db: Connection) -> bool:
        return db.inode == self._path.stat().st_ino


def pack(data: Mapping[str, str]) -> bytes:
    """Encode a session's data."""
    return json.dumps(data, separators=(",", ":")).encode()


def unpack(raw: bytes) -> dict[str, str]:
    """Decode what `pack` made.

    Raises:
        Exception: any, when it was somebody else.
    """
    data: Any = json.loads(raw)
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise TypeError("a session's data is a JSON object of strings")
    return data
