"""Sessions in an SQLite file: the store for one machine, without a server."""

import fcntl
import json
import os
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from ..refusal import Refused
from ..settings import Settings
from .store import Changes, Login, Pool, Record, StoreDown

SLICE, PAUSE = 50, 0.02  # expired rows deleted at once, seconds in between: writers wait for a millisecond
PURGE_EVERY = 60.0  # seconds
FAILURES = (sqlite3.Error, OSError)
unpack = msgspec.json.Decoder(dict[str, str]).decode  # raises when a session's data is anything else
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS session (
    key BLOB PRIMARY KEY, data BLOB NOT NULL, user TEXT, created REAL NOT NULL, seen REAL NOT NULL, agent TEXT
);
CREATE INDEX IF NOT EXISTS session_seen ON session (seen);
CREATE INDEX IF NOT EXISTS session_user ON session (user) WHERE user IS NOT NULL;
"""
LOAD = "SELECT data, user, seen FROM session WHERE key = ? AND seen > ? AND created > ?"
LIST = "SELECT created, seen, agent FROM session WHERE user = ? AND seen > ? AND created > ?"
# Each write is one statement, and so one transaction. Merging in SQL keeps what a parallel request has written.
INSERT = "INSERT INTO session VALUES (?, json_patch('{}', ?), ?, ?, ?, ?)"
UPDATE = "UPDATE session SET data = json_patch(CAST(data AS TEXT), ?){} WHERE key = ? AND seen > ? AND created > ?"
CHANGE = UPDATE.format("")
TOUCH = UPDATE.format(", seen = ?")  # in an index: takes twice as long
MOVE = TOUCH.replace(
    " WHERE", ", key = ?, user = coalesce(?, user), created = coalesce(?, created), agent = coalesce(?, agent) WHERE"
)
PURGE = "DELETE FROM session WHERE rowid IN (SELECT rowid FROM session WHERE seen <= ? LIMIT ?)"


class Connection(sqlite3.Connection):
    """Knows which file it was opened on, and closes without being told."""

    path: Path
    inode = 0

    def usable(self) -> bool:
        return self.inode == self.path.stat().st_ino

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # it could not even be opened
            self.close()


class SQLiteStore:
    """One row a session, in write-ahead mode: readers never wait, writers wait for one another."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path, self._idle, self._absolute = path, settings.session_idle, settings.session_absolute
        self._timeout = settings.session_timeout / 2  # a request may wait twice: when it reads and when it writes
        self._pool = Pool(self._connect, lambda error: isinstance(error, FAILURES))
        self._writing = threading.Lock()
        self._purge_at = 0.0

    def check(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)  # not its parents: they would be a typing error
            self._path.touch(mode=0o600)  # what SQLite puts beside it gets the same mode
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)  # workers start together; a change of journal mode does not wait
                self._connect().executescript(SCHEMA)
                self._path.chmod(0o600)  # only now is it known to be ours
            finally:
                os.close(folder)
        except FAILURES as error:
            raise Refused(
                f"SESSION_URL: no sessions can be kept in {self._path} ({error}). Name a file in a folder that"
                " the service may write to, for example sqlite:////var/lib/app/sessions.sqlite3."
            ) from error

    def load(self, key: bytes) -> Record | None:
        row = self._pool.run(lambda db: db.execute(LOAD, (key, *self._limits())).fetchone())
        return row and (unpack(row[0]), row[1], float(row[2]))

    def write(
        self, key: bytes, changes: Changes, to: bytes = b"", login: Login = None, new: bool = False, touch: bool = True
    ) -> bool:
        now, data = time.time(), json.dumps(changes)
        user, created, agent = login or (None, None, None)
        if new:
            if time.monotonic() >= self._purge_at:  # now and then, and beside the requests: none waits for it
                self._purge_at = time.monotonic() + PURGE_EVERY
                threading.Thread(target=self.purge, name="session-purge", daemon=True).start()
            return self._write(INSERT, key, data, user, created or now, now, agent) == 1
        if to or login:
            return self._write(MOVE, data, now, to or key, user, created, agent, key, *self._limits()) == 1
        if touch:
            return self._write(TOUCH, data, now, key, *self._limits()) == 1
        return self._write(CHANGE, data, key, *self._limits()) == 1

    def delete(self, key: bytes) -> None:
        self._write("DELETE FROM session WHERE key = ?", key)

    def delete_user(self, user: str) -> int:
        return self._write("DELETE FROM session WHERE user = ?", user)

    def sessions_of(self, user: str) -> list[tuple[float, float, str]]:
        return self._pool.run(lambda db: db.execute(LIST, (user, *self._limits())).fetchall())

    def ping(self) -> None:
        self._write("PRAGMA user_version = 1")  # a full disk shows only when one writes

    def purge(self) -> None:
        """Delete the expired rows, in small slices."""
        with suppress(StoreDown):  # the next purge will do it
            # A session past its absolute limit is touched no more, and soon idle too.
            while self._write(PURGE, self._limits()[0], SLICE) == SLICE:
                self._pool.run(lambda db: db.execute("PRAGMA wal_checkpoint").fetchone())  # or a request has to
                time.sleep(PAUSE)

    def _write(self, statement: str, *values: object) -> int:
        """Execute one statement and return how many rows it has written."""

        def execute(db: Connection) -> int:
            # A worker's threads queue up here, first come, first served; SQLite's own waiting is a lottery.
            if not self._writing.acquire(timeout=self._timeout):
                raise TimeoutError
            try:
                return db.execute(statement, values).rowcount
            finally:
                self._writing.release()

        return self._pool.run(execute)

    def _limits(self) -> tuple[float, float]:
        """Return the times after which a live session was last seen, and created."""
        now = time.time()
        return now - self._idle, now - self._absolute

    def _connect(self) -> Connection:
        uri = f"file:{quote(str(self._path))}?mode=rw"  # not made here: a file that is lost is no empty store
        db = sqlite3.connect(uri, self._timeout, 0, None, False, Connection, uri=True)
        db.path, db.inode = self._path, self._path.stat().st_ino
        db.text_factory = lambda raw: raw.decode(errors="replace")
        db.execute("PRAGMA synchronous = NORMAL")  # what is committed outlives kill -9, and commits need no fsync
        db.execute("PRAGMA wal_autocheckpoint = 4000")  # pages, 16 MB: a commit that moves them takes its time
        return db
