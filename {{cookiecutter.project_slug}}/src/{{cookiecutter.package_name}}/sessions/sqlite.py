"""Sessions in an SQLite file: the store for one machine, without a server."""

import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from ..refusal import Refused
from ..settings import Settings
from .store import Record, Store, unpack

SLICE = 250  # expired rows deleted at once: a writer waits for a few milliseconds at most
PAUSE = 0.05  # seconds between two slices
PURGE_EVERY = 60.0  # seconds
Answer = TypeVar("Answer")

SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    key BLOB PRIMARY KEY, data BLOB NOT NULL, user TEXT, created INTEGER NOT NULL, seen INTEGER NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS session_seen ON session (seen);
CREATE INDEX IF NOT EXISTS session_user ON session (user) WHERE user IS NOT NULL;
"""
ALIVE = "seen > ? AND created > ?"


class SQLiteStore(Store[sqlite3.Connection]):
    """One row a session, in write-ahead mode: readers never wait, writers wait for each other."""

    failures = (sqlite3.Error, OSError)

    def __init__(self, path: Path, settings: Settings) -> None:
        super().__init__(settings)
        self.path = path
        self._purge_at = 0.0

    def check(self) -> None:
        """Make the folder and the file, for the service's own eyes, and the table."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self.path.chmod(0o600)  # the files that SQLite puts beside it get the same mode
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)  # workers start together; a change of journal mode does not wait
                db = self._open()
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(SCHEMA)
                db.close()
            finally:
                os.close(folder)
        except self.failures as error:
            raise Refused(
                f"SESSION_URL: sessions cannot be kept in {self.path} ({error}):"
                " name a file in a folder that the service may write, for example sqlite:////var/lib/app/sessions.sqlite3."
            ) from error

    def load(self, key: bytes) -> Record | None:
        """Read one row."""
        query = f"SELECT data, user, created, seen FROM session WHERE key = ? AND {ALIVE}"  # noqa: S608
        row = self.run(lambda db: db.execute(query, (key, *self._limits())).fetchone())
        return row and Record(unpack(row[0]), *row[1:])

    def create(self, key: bytes, record: Record, agent: str) -> None:
        """Insert a row."""
        row = (key, pack(record.data), record.user, record.created, record.seen, agent)
        self._write(lambda db: db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", row))
        self._purge_sometimes()

    def merge(self, key: bytes, changes: Mapping[str, str | None], now: int) -> bool:
        """Read, merge and update a row in one transaction; a row that is gone stays gone."""

        def work(db: sqlite3.Connection) -> bool:
            query = f"SELECT data FROM session WHERE key = ? AND {ALIVE}"  # noqa: S608
            row = db.execute(query, (key, *self._limits())).fetchone()
            if row is None:
                return False
            merged = unpack(row[0]) | changes
            data = pack({name: text for name, text in merged.items() if text is not None})
            db.execute("UPDATE session SET data = ?, seen = max(seen, ?) WHERE key = ?", (data, now, key))
            return True

        return self._write(work)

    def rename(self, old: bytes, new: bytes, login: tuple[str, int, str] | None = None) -> bool:
        """Update the key, and the columns that a login sets."""
        stamps = "".join(f", {column} = ?" for column in ("user", "created", "agent")) if login else ""
        update = f"UPDATE session SET key = ?{stamps} WHERE key = ? AND {ALIVE}"  # noqa: S608
        values = (new, *(login or ()), old, *self._limits())
        return self._write(lambda db: db.execute(update, values).rowcount == 1)

    def delete(self, key: bytes) -> None:
        """Delete a row."""
        self._write(lambda db: db.execute("DELETE FROM session WHERE key = ?", (key,)))

    def delete_user(self, user: str) -> int:
        """Delete a user's rows."""
        return self._write(lambda db: db.execute("DELETE FROM session WHERE user = ?", (user,)).rowcount)

    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]:
        """Select a user's rows."""
        query = f"SELECT key, created, seen, agent FROM session WHERE user = ? AND {ALIVE}"  # noqa: S608
        return self.run(lambda db: db.execute(query, (user, *self._limits())).fetchall())

    def ping(self) -> None:
        """Take the lock for writing: a full disk or a read-only file shows only there."""
        self._write(lambda db: db.execute("UPDATE session SET seen = seen WHERE 0"))

    def purge(self) -> int:
        """Delete all expired rows, in small slices, and return how many there were."""
        delete = "DELETE FROM session WHERE rowid IN (SELECT rowid FROM session WHERE seen <= ? LIMIT ?)"
        purged = 0
        while True:
            # A session past its absolute limit is never touched again, so it is idle soon enough.
            expired = (int(time.time()) - self.idle, SLICE)
            count = self._write(lambda db, expired=expired: db.execute(delete, expired).rowcount)
            purged += count
            if count < SLICE:
                return purged
            time.sleep(PAUSE)

    def _purge_sometimes(self) -> None:
        """Purge once a minute, beside the requests and never in one."""
        if time.monotonic() >= self._purge_at:
            self._purge_at = time.monotonic() + PURGE_EVERY
            threading.Thread(target=self.purge, name="session-purge", daemon=True).start()

    def _write(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do `work` in a transaction that holds the lock for writing from the start: it cannot fail half-way."""

        def transaction(db: sqlite3.Connection) -> Answer:
            # The threads of a worker queue up here, in order; SQLite's own waiting is a lottery.
            if not self.writing.acquire(timeout=self.timeout):
                raise TimeoutError("writers wait too long")
            try:
                db.execute("BEGIN IMMEDIATE")
                answer = work(db)
                db.execute("COMMIT")
            finally:
                self.writing.release()
            return answer

        return self.run(transaction)

    def _limits(self) -> tuple[int, int]:
        """Return the times before which a session must not be last seen, or created."""
        now = int(time.time())
        return now - self.idle, now - self.absolute

    def _open(self) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.path))}?mode=rw"  # never created here: a lost file is no empty store
        db = sqlite3.connect(uri, timeout=self.timeout, isolation_level=None, check_same_thread=False, uri=True)
        db.text_factory = lambda raw: raw.decode(errors="replace")
        db.execute("PRAGMA synchronous = NORMAL")  # outlives kill -9, and does not wait for the disk at each commit
        return db

    def _close(self, connection: sqlite3.Connection) -> None:
        connection.close()

    def _usable(self, connection: sqlite3.Connection) -> bool:
        return True


def pack(data: Mapping[str, str]) -> bytes:
    """Write a session's data the way `unpack` reads it."""
    return json.dumps(data, separators=(",", ":")).encode()
