"""Latency of the session stores while they grow, and while a million expired sessions wait to be purged.

    python -m benchmarks.session_store [--sizes 1000,100000,1000000]

The promise: the median of a read and of a write stays within a factor of two from the smallest to the largest, and
a purge changes nothing for those who read and write. The caller is kept on one core, Redis on the other: where both are
free to move, an answer takes 25 or 60 µs as chance has it. Needs `redis-server`.
"""

import argparse
import hashlib
import importlib
import json
import os
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.hot_path import free_port, pinned

PACKAGE = Path(__file__).parent.parent / "{{cookiecutter.project_slug}}" / "src" / "{{cookiecutter.package_name}}"
DATA = {"user_id": json.dumps("alice"), "cart": json.dumps(list(range(20))), "theme": json.dumps("dark")}
CALLS = 5000
IDLE = 1800


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print(f"{'store':8}{'sessions':>10}{'read p50':>10}{'p99':>8}{'write p50':>11}{'p99':>8}   microseconds")
    for name, stores in (("SQLite", sqlite_stores), ("Redis", redis_stores)):
        medians = []
        with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as grow:
            for size in sizes:
                store = grow(size)
                keys = [key(n) for n in range(size - 1000, size)]
                reads = measure(store.load, keys)
                writes = measure(partial(change, store), keys)
                show(name, size, reads, writes)
                medians.append((percentile(reads, 50), percentile(writes, 50)))
            if name == "SQLite":
                purge(store, Path(folder) / "sessions.sqlite3", keys)
        for what, values in zip(("reads", "writes"), zip(*medians, strict=True), strict=True):
            print(f"  {what}: the slowest median is {max(values) / min(values):.2f} times the fastest")


def purge(store: Any, path: Path, keys: list[bytes]) -> None:
    """Let everything expire but what is measured, and purge beside the requests."""
    with sqlite3.connect(path) as db:
        (size,) = db.execute("SELECT count(*) FROM session").fetchone()
        db.execute("UPDATE session SET seen = seen - ? WHERE rowid <= ?", (2 * IDLE, size - len(keys)))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    waiting = [measure(store.load, keys), measure(lambda key: store.write(key, {}), keys)]
    show("expired", size, *waiting)
    begin = time.monotonic()
    thread = threading.Thread(target=store.purge)
    thread.start()
    beside = [measure(store.load, keys), measure(lambda key: store.write(key, {}), keys)]
    show("purging", size, *beside)
    thread.join(20)
    with sqlite3.connect(path) as db:
        (left,) = db.execute("SELECT count(*) FROM session").fetchone()
    db.close()
    rate = (size - left) / (time.monotonic() - begin)
    wal = path.with_name(f"{path.name}-wal").stat().st_size / 1e6
    print(f"  purged {size - left} sessions, {rate:.0f} a second; the write-ahead log has {wal:.1f} MB")


def change(store: Any, key: bytes) -> None:
    store.write(key, {"cart": json.dumps(secrets.token_hex(8))})


def measure(call: Callable[[bytes], object], keys: list[bytes]) -> list[float]:
    """Time CALLS calls, in seconds."""
    times = []
    for n in range(CALLS):
        begin = time.perf_counter()
        call(keys[n * 7 % len(keys)])
        times.append(time.perf_counter() - begin)
    return times


def show(name: str, size: int, reads: list[float], writes: list[float]) -> None:
    figures = [percentile(times, n) * 1e6 for times in (reads, writes) for n in (50, 99)]
    print("{:8}{:>10}{:>10.0f}{:>8.0f}{:>11.0f}{:>8.0f}".format(name, size, *figures), flush=True)


def percentile(times: list[float], n: int) -> float:
    return statistics.quantiles(times, n=100)[n - 1]


@contextmanager
def sqlite_stores(folder: Path) -> Iterator[Callable[[int], Any]]:
    path, done = folder / "sessions.sqlite3", 0

    def grow(size: int) -> Any:
        nonlocal done
        store = open_store(f"sqlite:///{path}")
        now, data = time.time(), json.dumps(DATA).encode()
        rows = ((key(n), data, f"user{n % 9973}", now, now, "agent") for n in range(done, size))
        with sqlite3.connect(path) as db:
            db.executemany("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", rows)
        db.close()
        done = size
        return store

    yield grow


@contextmanager
def redis_stores(folder: Path) -> Iterator[Callable[[int], Any]]:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    server = subprocess.Popen([*pinned(1), "redis-server", *options], stdout=subprocess.DEVNULL)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    done = 0

    def grow(size: int) -> Any:
        nonlocal done
        now = time.time()
        with subprocess.Popen(
            ["redis-cli", "-p", str(port), "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as client:
            pipe = cast(IO[bytes], client.stdin)
            for n in range(done, size):
                session = f"session:{key(n).hex()}"
                fields = {"created": now, "seen": now, **{f"={name}": text for name, text in DATA.items()}}
                pipe.write(pack("HSET", session, *(word for pair in fields.items() for word in pair)))
                pipe.write(pack("EXPIRE", session, IDLE))
        done = size
        return open_store(f"redis://127.0.0.1:{port}/0")

    try:
        time.sleep(0.5)
        yield grow
    finally:
        server.terminate()
        server.wait()


def key(n: int) -> bytes:
    """Return a key as scattered as the HMAC of an id."""
    return hashlib.sha256(str(n).encode()).digest()


def pack(*words: object) -> bytes:
    encoded = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)


def open_store(url: str) -> Any:
    settings = importlib.import_module("service.settings").Settings(
        profile="production", secret_key="", secret_key_fallbacks=(), session_url=url, session_idle=IDLE,
        session_absolute=43_200, session_max_bytes=65_536, session_timeout=1.0, trusted_hosts=(), trusted_proxies=0,
        bind="", workers=1, threads=1, log_level="INFO", max_content_length=0, rate_limit=0, root=Path("/"),
    )  # fmt: skip
    store = importlib.import_module("service.sessions").make_store(settings)
    store.check()
    return store


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as importable:
        (Path(importable) / "service").symlink_to(PACKAGE)  # its own name cannot be imported
        sys.path.insert(0, importable)
        main()
