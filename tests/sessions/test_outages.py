"""The store fails in every way that stores fail; the service says so in time, and recovers by itself."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from tests.sessions.conftest import Browser, Redis, Serve, Service, eventually, free_port

TIMEOUT = 1.0  # SESSION_TIMEOUT
SLACK = 0.5  # for a busy machine


def hold_up(service: Service, member: Browser, outage: "Outage", store: Redis | Path) -> None:
    """Check the promise while the store is out, and after it is back."""
    with outage(store):
        answers = [member.get("/lab/members") for _ in range(6)]
        assert {answer.status for answer in answers} == {503}, [answer.text for answer in answers]
        assert max(answer.seconds for answer in answers) < TIMEOUT + SLACK
        assert all("Retry-After" in answer.headers for answer in answers)
        assert service.browser().get("/lab/set/color/red").status == 503
        assert service.browser().get("/lab/get").status == 200  # a visitor without a session needs no store
        plain = [member.get(path) for path in ("/", "/lab/plain", "/healthz", "/static/style.css")]
        assert [answer.status for answer in plain] == [200] * 4
        assert max(answer.seconds for answer in plain) < SLACK
        ready = member.get("/readyz")
        assert (ready.status, ready.seconds < TIMEOUT + SLACK) == (503, True)
    # Each of the two workers finds out for itself.
    eventually(lambda: all(member.get("/lab/members").status == 200 for _ in range(8)), 2 + SLACK)
    assert member.get("/lab/members").text == "alice"
    assert member.get("/readyz").status == 200


Outage = Callable[..., AbstractContextManager[None]]


@contextmanager
def stopped(redis: Redis) -> Iterator[None]:
    redis.stop()
    yield
    redis.start()


@contextmanager
def frozen(redis: Redis) -> Iterator[None]:
    redis.signal(signal.SIGSTOP)
    yield
    redis.signal(signal.SIGCONT)


@contextmanager
def replica(redis: Redis) -> Iterator[None]:
    """Read-only, and without a master to read from."""
    redis.say("CONFIG SET replica-serve-stale-data no")
    redis.say(f"REPLICAOF 127.0.0.1 {free_port()}")
    yield
    redis.say("REPLICAOF NO ONE")


@contextmanager
def impostor(redis: Redis, says: bytes, every: float) -> Iterator[None]:
    """Something else listens on the port, and talks."""
    redis.stop()
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", redis.port))

    def talk(client: socket.socket) -> None:
        with suppress(OSError), client:
            client.sendall(b"+")
            while not over.wait(every):
                client.sendall(says)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()
    redis.start()


nonsense = partial(impostor, says=b"HTTP/1.1 400 Bad Request\r\n", every=0.01)
drip = partial(impostor, says=b"O", every=0.3)  # each byte well within the timeout, but no end of them


@pytest.mark.parametrize(
    "outage", [stopped, frozen, replica, nonsense, drip], ids=["stopped", "frozen", "replica", "nonsense", "drip"]
)
def test_redis(outage: Outage, serve: Serve, redis: Redis) -> None:
    service = serve(redis)
    member = service.browser()
    member.get("/lab/login/alice")
    hold_up(service, member, outage, redis)


@contextmanager
def gone(path: Path) -> Iterator[None]:
    path.parent.rename(path.parent.with_suffix(".away"))
    yield
    path.parent.with_suffix(".away").rename(path.parent)


@contextmanager
def overwritten(path: Path) -> Iterator[None]:
    """Garbage in its place, and the file itself back from elsewhere later."""
    with gone(path):
        path.parent.mkdir()
        path.write_bytes(os.urandom(8192))
        yield
        shutil.rmtree(path.parent)


@pytest.mark.parametrize("outage", [gone, overwritten])
def test_sqlite(outage: Outage, serve: Serve, tmp_path: Path) -> None:
    store = tmp_path / "kept" / "sessions.sqlite3"
    service = serve(store)
    member = service.browser()
    member.get("/lab/login/alice")
    hold_up(service, member, outage, store)


def test_sqlite_that_somebody_else_has_locked(serve: Serve, tmp_path: Path) -> None:
    store = tmp_path / "sessions.sqlite3"
    service = serve(store)
    member = service.browser()
    member.get("/lab/login/alice")
    with sqlite3.connect(store, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        assert member.get("/lab/members").status == 200  # reading goes on
        answer = member.get("/lab/set/color/red")
        assert (answer.status, answer.seconds < TIMEOUT + SLACK) == (503, True)
        assert service.browser().get("/readyz").status == 503
        db.execute("ROLLBACK")
    db.close()
    eventually(lambda: all(member.get("/lab/set/color/red").status == 200 for _ in range(8)), 2 + SLACK)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A file system that was mounted anew, for reading; who is not allowed to do that takes the permissions away."""
    if os.geteuid() == 0:
        change: list[list[str | Path]] = [["mount", "--bind", "-o", "ro", folder, folder], ["umount", "--lazy", folder]]
    else:
        change = [["chmod", "-R", permissions, folder] for permissions in ("u-w", "u+w")]
    subprocess.run(change[0], check=True)
    try:
        yield
    finally:
        subprocess.run(change[1], check=True)


def test_a_read_only_file_system(serve: Serve, tmp_path: Path) -> None:
    store = tmp_path / "kept" / "sessions.sqlite3"
    service = serve(store)
    member = service.browser()
    member.get("/lab/login/alice")
    with read_only(store.parent):
        for pid in service.workers():  # those that run have the file open: what matters is who opens it now
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: service.alive() and service.browser().get("/readyz").status == 503, 20)
        member = service.browser(member.sid)
        for _ in range(8):
            reader = member.get("/lab/members")
            assert (reader.status, reader.text) == (200, "alice") or reader.status == 503
            answer = member.get("/lab/set/color/red")
            assert (answer.status, answer.seconds < TIMEOUT + SLACK) == (503, True)
            assert "Retry-After" in answer.headers
            assert member.get("/lab/plain").status == 200
    eventually(lambda: all(member.get("/lab/set/color/red").status == 200 for _ in range(8)), 2 + SLACK)
    assert member.get("/lab/members").text == "alice"


def test_a_full_disk(serve: Serve, tmp_path: Path) -> None:
    """A limit on the size of files, which fails in the same place, stands for the disk."""
    store = tmp_path / "sessions.sqlite3"
    service = serve(store)
    member = service.browser()
    member.get("/lab/login/alice")
    size = store.with_name(store.name + "-wal").stat().st_size + 100_000

    def limit(bytes_: str) -> None:
        for pid in service.workers():
            subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={bytes_}:unlimited"], check=True)

    limit(str(size))
    statuses = [member.get(f"/lab/set/big{n}/{'x' * 3000}").status for n in range(20)]
    assert set(statuses) == {200, 503}
    assert member.get("/lab/plain").status == 200
    assert member.get("/readyz").status == 503
    limit("unlimited")
    eventually(lambda: all(member.get("/lab/set/color/red").status == 200 for _ in range(8)), 2 + SLACK)
    assert member.get("/lab/members").text == "alice"


def test_a_full_redis(serve: Serve, redis: Redis) -> None:
    service = serve(redis)
    member = service.browser()
    member.get("/lab/login/alice")
    redis.say("CONFIG SET maxmemory 1")
    assert member.get("/lab/members").status == 200
    assert member.get("/lab/set/color/red").status == 503
    redis.say("CONFIG SET maxmemory 0")
    eventually(lambda: all(member.get("/lab/set/color/red").status == 200 for _ in range(8)), 2 + SLACK)


def test_redis_that_was_restarted_while_nobody_asked(serve: Serve, redis: Redis) -> None:
    service = serve(redis)
    member = service.browser()
    member.get("/lab/login/alice")
    redis.stop()
    redis.start()
    assert [member.get("/lab/members").status for _ in range(4)] == [200] * 4


@dataclass
class Proxy:
    """Stands between the service and Redis. `deaf` connections swallow what is sent; others may get a session twice."""

    redis: Redis
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    ends: list[socket.socket] = field(default_factory=list)
    deaf: set[socket.socket] = field(default_factory=set)
    twice = False

    @property
    def store(self) -> Redis:
        return replace(self.redis, port=self.listener.getsockname()[1])

    def listen(self) -> None:
        with suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.redis.port))
                self.ends += [client, server]
                for way in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self.pump, args=way, daemon=True).start()

    def pump(self, source: socket.socket, target: socket.socket, replies: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self.deaf:
                    target.sendall(data * 2 if self.twice and replies and data[:1] == b"*" else data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(redis: Redis) -> Iterator[Proxy]:
    made = Proxy(redis)
    threading.Thread(target=made.listen, daemon=True).start()
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    for end in (made.listener, *made.ends):
        end.close()


def test_connections_that_lead_nowhere_any_more_are_given_up_together(serve: Serve, proxy: Proxy) -> None:
    service = serve(proxy.store)
    member = service.browser()
    member.get("/lab/login/alice")
    with ThreadPoolExecutor(32) as crowd:
        list(crowd.map(lambda _: service.browser(member.sid).get("/lab/members"), range(400)))
    assert len(proxy.ends) > 8
    proxy.deaf.update(proxy.ends)  # a firewall has forgotten them; new ones work
    eventually(lambda: all(service.browser(member.sid).get("/lab/members").status == 200 for _ in range(8)), 2 + SLACK)


def test_a_reply_that_nobody_asked_for_is_given_to_nobody(serve: Serve, proxy: Proxy) -> None:
    service = serve(proxy.store)
    alice, bob = service.browser(), service.browser()
    alice.get("/lab/login/alice")
    bob.get("/lab/login/bob")
    proxy.twice = True
    assert alice.get("/lab/members").text == "alice"  # and once more, in a connection that is kept
    proxy.twice = False
    assert [bob.get("/lab/members").text for _ in range(8)] == ["bob"] * 8


def test_a_slow_greeting_is_no_second_chance(serve: Serve, redis: Redis) -> None:
    """Every reply takes nearly as long as a request may wait, and a connection needs several."""
    service = serve(redis, SESSION_TIMEOUT="4")  # two seconds for reading
    member = service.browser()
    member.get("/lab/login/alice")
    with impostor(redis, says=b"OK\r\n+", every=1.9):
        answers = [member.get("/lab/members") for _ in range(4)]
    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < 2 + SLACK


def test_a_user_who_may_not_do_what_sessions_need_is_refused(source: Path, redis: Redis, tmp_path: Path) -> None:
    redis.say("ACL SETUSER half on >hunter2hunter2 ~session* +@all")
    redis.say("ACL SETUSER reader on >hunter2hunter2 ~* +@read +@scripting +@connection")
    for place in (
        f"half:hunter2hunter2@127.0.0.1:{redis.port}/0",
        f"reader:hunter2hunter2@127.0.0.1:{redis.port}/0",
        f"127.0.0.1:{redis.port}/99",
    ):
        service = Service(source, tmp_path, f"redis://{place}")
        assert service.launch("my_service.wsgi:app").wait(20) != 0
        said = service.log.read_text()
        assert re.search(rf"SESSION_URL: Redis at 127.0.0.1:{redis.port} refuses this user, password or database", said)
        assert "hunter2" not in said


def test_a_password_that_is_wrong_is_refused_without_repeating_it(source: Path, redis: Redis, tmp_path: Path) -> None:
    redis.say("CONFIG SET requirepass right-password")
    for given in ("", "default:hunter2hunter2@", ":hunter2hunter2@"):
        service = Service(source, tmp_path, f"redis://{given}127.0.0.1:{redis.port}/0")
        process = service.launch("my_service.wsgi:app")
        assert process.wait(20) != 0
        said = service.log.read_text()
        assert re.search(rf"SESSION_URL: Redis at 127.0.0.1:{redis.port} refuses", said), said
        assert "hunter2" not in said
        assert "Traceback" not in said
    service = Service(source, tmp_path, f"redis://:right-password@127.0.0.1:{redis.port}/0").start()
    assert service.browser().get("/readyz").status == 200
    service.stop()


def test_redis_over_tls_is_believed_only_with_a_certificate_that_is_trusted(source: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-nodes", "-days", "1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject, *files], check=True, capture_output=True
    )
    encrypted = free_port()
    options = [
        f"--tls-port {encrypted}",
        f"--tls-cert-file {certificate}",
        f"--tls-key-file {key}",
        "--tls-auth-clients no",
    ]
    redis = Redis(tmp_path, options=tuple(word for option in options for word in option.split()))
    redis.start()
    try:
        address = f"rediss://default:hunter2hunter2@127.0.0.1:{encrypted}/0"
        redis.say("CONFIG SET requirepass hunter2hunter2")
        stranger = Service(source, tmp_path, address)
        assert stranger.launch("my_service.wsgi:app").wait(20) != 0
        said = stranger.log.read_text()
        refusal = (
            f"SESSION_URL: the certificate of Redis at 127.0.0.1:{encrypted} is not trusted (self-signed certificate)."
        )
        assert refusal in said
        assert "hunter2" not in said
        service = Service(source, tmp_path, f"{address}?ssl_ca_certs={certificate}").start()
        member = service.browser()
        member.get("/lab/login/alice")
        assert [member.get("/lab/members").text for _ in range(8)] == ["alice"] * 8
        service.stop()
    finally:
        redis.stop()


@pytest.mark.parametrize(
    "rest", ["host:port/0", "host/zero", "host:6379#/0", "host?ssl_cert_reqs=none", "host?ssl_ca_certs=/nowhere.pem"]
)
def test_an_address_of_redis_that_cannot_be_one_is_refused(rest: str, source: Path, tmp_path: Path) -> None:
    service = Service(source, tmp_path, f"rediss://default:hunter2hunter2@{rest}")
    assert service.launch("my_service.wsgi:app").wait(20) != 0
    said = service.log.read_text()
    assert "SESSION_URL: this is no address of Redis, or ssl_ca_certs is no file of certificates." in said
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_the_service_starts_before_its_redis(serve: Serve, tmp_path: Path) -> None:
    redis = Redis(tmp_path)
    service = serve(redis)
    assert service.browser().get("/readyz").status == 503
    redis.start()
    try:
        eventually(lambda: all(service.browser().get("/readyz").status == 200 for _ in range(8)), 2 + SLACK)
    finally:
        redis.stop()


def test_a_reload_during_an_outage_stops_nobody(serve: Serve, tmp_path: Path) -> None:
    store = tmp_path / "kept" / "sessions.sqlite3"
    service = serve(store)
    with overwritten(store):
        old = service.workers()
        assert service.process
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: not set(service.workers()) & set(old) and service.alive(), 20)
        assert service.browser().get("/lab/plain").status == 200
    eventually(lambda: all(service.browser().get("/readyz").status == 200 for _ in range(8)), 20)


def test_a_worker_that_starts_during_an_outage_stops_nobody(serve: Serve, tmp_path: Path) -> None:
    store = tmp_path / "kept" / "sessions.sqlite3"
    service = serve(store)
    with overwritten(store):
        for pid in service.workers():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: service.alive() and service.browser().get("/readyz").status == 503, 20)
    eventually(lambda: all(service.browser().get("/readyz").status == 200 for _ in range(8)), 20)
