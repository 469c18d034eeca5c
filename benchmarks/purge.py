"""Latency over HTTP while a million expired sessions wait and are purged: `make bench`.

    python -m benchmarks.purge [--rounds 5] [--expired 1000000]

Two services as generated, side by side in one run, at an equal, moderate pace: one store holds nothing but the
session in use, the other purges its expired rows meanwhile. The promise: no request notices. Needs `wrk`.
"""

import argparse
import hashlib
import secrets
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.hot_path import PACE, Contestant, generated

ROWS = ("cookie sent, session untouched", "session read", "session written")
SECONDS = 3  # of one load
WEEK = 7 * 86_400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--expired", type=int, default=1_000_000, help="sessions")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        scratch = Path(folder)
        service = generated(scratch)
        tidy, purging = (contestant(service, scratch / name) for name in ("tidy.sqlite3", "purging.sqlite3"))
        for one in (tidy, purging):
            one.start()
            running.callback(one.stop)
        fill(scratch / "purging.sqlite3", arguments.expired)
        for one in (tidy, purging):
            one.visit()  # storing a new session starts the purge
        rows = [size(scratch / "purging.sqlite3")]
        began = time.monotonic()
        samples: dict[str, list[tuple[float, float]]] = {row: [] for row in ROWS}
        for turn in range(arguments.rounds):
            for row, pairs in samples.items():
                order = (tidy, purging) if turn % 2 else (purging, tidy)
                found = {one.name: one.load(row, SECONDS, PACE)["p99"] for one in order}
                pairs.append((found[tidy.name], found[purging.name]))
        seconds = time.monotonic() - began
        rows.append(size(scratch / "purging.sqlite3"))
    rate = (rows[0] - rows[1]) / seconds
    print(f"{rows[0]} sessions at the beginning, {rows[1]} at the end: {rate:.0f} purged a second\n")
    print("| p99 | tidy | purging | ratio, median of the rounds |\n|---|---|---|---|")
    for row, pairs in samples.items():
        first, second = (statistics.median(values) for values in zip(*pairs, strict=True))
        ratio = statistics.median(two / one for one, two in pairs)
        print(f"| {row} | {first:.1f} ms | {second:.1f} ms | {ratio:.2f} |")


def contestant(service: Path, store: Path) -> Contestant:
    env = {"SECRET_KEY": secrets.token_hex(32), "SERVICE": "my_service", "RATE_LIMIT": "1000000"}
    return Contestant(store.stem, "ours", service / ".venv", service, {**env, "SESSION_URL": f"sqlite:///{store}"})


def fill(store: Path, count: int) -> None:
    """Leave the rows of sessions that ended a week ago."""
    then, data = time.time() - WEEK, b'{"cart":"[1,2,3]","theme":"\\"dark\\""}'
    rows = ((hashlib.sha256(b"%d" % n).digest(), data, None, then, then, None) for n in range(count))
    with sqlite3.connect(store) as db:
        db.executemany("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", rows)
    db.close()


def size(store: Path) -> int:
    with sqlite3.connect(store) as db:
        (rows,) = db.execute("SELECT count(*) FROM session").fetchone()
    db.close()
    return int(rows)


if __name__ == "__main__":
    main()
