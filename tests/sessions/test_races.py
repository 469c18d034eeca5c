"""Nothing is lost and nothing comes back when requests cross, on two workers with eight threads each."""

import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path

from tests.sessions.conftest import Browser, Redis, Serve, Service

ROUNDS = 200
PATIENT = {"SESSION_TIMEOUT": "10"}  # a busy machine is no outage
WRITING = {Path: 60, Redis: 6}  # seconds, by the kind of store: only SQLite's writers wait for one another


def at_once(*tasks: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def started(service: Service) -> tuple[str, Browser]:
    browser = service.browser()
    browser.get("/lab/set/first/yes")
    return browser.sid, browser


def test_two_requests_that_change_different_keys_both_survive(serve: Serve, store: Redis | Path) -> None:
    service = serve(store, **PATIENT)
    sid, reader = started(service)
    left, right = service.browser(sid), service.browser(sid)
    lost = 0
    for n in range(ROUNDS):
        at_once(partial(left.get, f"/lab/late/left/{n}/0.005"), partial(right.get, f"/lab/late/right/{n}/0.005"))
        found = json.loads(reader.get("/lab/get").text)
        lost += (found["left"], found["right"]) != (str(n), str(n))
    assert lost == 0


def test_an_ended_session_never_comes_back(serve: Serve, store: Redis | Path) -> None:
    service = serve(store, **PATIENT)
    writer, ender = service.browser(), service.browser()
    resurrected, taken_away = 0, 0
    for n in range(ROUNDS):
        ender.sid = ""
        ender.get("/lab/login/alice")
        old = writer.sid = ender.sid
        end = "/lab/logout" if n % 2 else "/lab/login/alice"
        at_once(partial(writer.get, "/lab/late/late/yes/0.006"), partial(ender.get, end))
        resurrected += service.browser(old).get("/lab/get").text.strip() != "{}"
        taken_away += writer.sid == ""  # the late answer must not delete the new cookie
    assert (resurrected, taken_away) == (0, 0)


def test_a_user_is_logged_out_on_every_machine(serve: Serve, store: Redis | Path) -> None:
    key = PATIENT | {"SECRET_KEY": "j2Xo9sQ8vB4nM1kL7pR3tY6wZ5cD0fGhAeUiHgTq"}
    here, there = serve(store, **key), serve(store, **key)
    laptop, phone = here.browser(), there.browser()
    laptop.get("/lab/login/alice")
    phone.get("/lab/login/alice")
    assert here.browser(phone.sid).get("/lab/members").text == "alice"
    assert laptop.get("/lab/everywhere/alice").text == "2"
    assert phone.get("/lab/members").status == 401


def test_writers_wait_for_one_another_and_lose_nothing(serve: Serve, store: Redis | Path) -> None:
    service = serve(store, **PATIENT)
    sid, _ = started(service)
    until = time.monotonic() + next(seconds for kind, seconds in WRITING.items() if isinstance(store, kind))

    def write(name: str) -> tuple[int, list[int]]:
        browser, count, bad = service.browser(sid), 0, []
        while time.monotonic() < until:
            status = browser.get(f"/lab/set/{name}/{count}").status
            bad += [status] if status != 200 else []
            count += 1
        return count, bad

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(write, [f"w{n}" for n in range(16)]))
    found = json.loads(service.browser(sid).get("/lab/get").text)
    assert [bad for _, bad in results] == [[]] * 16
    assert [found[f"w{n}"] for n in range(16)] == [str(count - 1) for count, _ in results]
    assert "locked" not in service.log.read_text()


def test_a_killed_worker_loses_at_most_the_requests_that_it_served(serve: Serve, store: Redis | Path) -> None:
    service = serve(store, **PATIENT)
    sid, _ = started(service)
    confirmed: dict[str, int] = {}
    until = time.monotonic() + 3

    def write(name: str) -> None:
        browser, count = service.browser(sid), 0
        while time.monotonic() < until:
            count += 1
            try:
                if browser.get(f"/lab/set/{name}/{count}").status == 200:
                    confirmed[name] = count
            except (OSError, HTTPException):
                browser = service.browser(sid)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.7)
        os.kill(service.workers()[0], signal.SIGKILL)
    for thread in threads:
        thread.join()
    found = json.loads(service.browser(sid).get("/lab/get").text)
    assert len(confirmed) == 6
    assert all(int(found[name]) >= count for name, count in confirmed.items())


def test_when_everything_is_killed_no_committed_session_is_lost(serve: Serve, store: Redis | Path) -> None:
    service = serve(store, **PATIENT)
    browsers = [service.browser() for _ in range(50)]
    for n, browser in enumerate(browsers):
        assert browser.get(f"/lab/set/number/{n}").status == 200
    service.kill()
    if isinstance(store, Redis):
        store.stop()
        store.start()
    service.start()
    for n, browser in enumerate(browsers):
        assert json.loads(service.browser(browser.sid).get("/lab/get").text) == {"number": str(n)}
    if isinstance(store, Path):
        with sqlite3.connect(store) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
