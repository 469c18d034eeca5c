"""The generated service on its own Gunicorn configuration, with a session store that the tests can torment."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import cookiecutter

HERE = Path(__file__).parent
COOKIE = "__Host-session"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def eventually(true: Callable[[], bool], seconds: float) -> float:
    """Wait until `true()` and return how long that took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - start


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]
    seconds: float


class Browser:
    """One connection and one cookie, and no retries."""

    def __init__(self, port: int, sid: str = "") -> None:
        self.port, self.sid = port, sid
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def __del__(self) -> None:
        self.connection.close()

    def get(self, path: str) -> Answer:
        start = time.monotonic()
        headers = {"Cookie": f"{COOKIE}={self.sid}"} if self.sid else {}
        try:
            self.connection.request("GET", path, headers=headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except OSError:
            self.connection.close()
            raise
        for value in response.headers.get_all("Set-Cookie", []):
            self.sid = value.split(";")[0].removeprefix(f"{COOKIE}=")
        return Answer(response.status, text, dict(response.headers), time.monotonic() - start)


@dataclass
class Redis:
    """Debian's Redis on a port of our own."""

    folder: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        kept = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(["redis-server", *where, *kept, *self.options], stdout=log)
        eventually(lambda: self.say("PING").startswith((b"+PONG", b"-NOAUTH")), 10)

    def say(self, line: str) -> bytes:
        """Send one command and return what comes back at once."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as redis:
            redis.sendall(f"{line}\r\n".encode())
            return redis.recv(65536)
        return b""

    def signal(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def stop(self) -> None:
        if self.process:
            self.signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator["Redis | Path"]:
    """A session store: a Redis, or the path of an SQLite file."""
    if request.param == "sqlite":
        yield tmp_path / "kept" / "sessions.sqlite3"
        return
    yield request.getfixturevalue("redis")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def url(store: Redis | Path) -> str:
    return store.url if isinstance(store, Redis) else f"sqlite:///{store}"


@pytest.fixture(scope="session")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default service, as it is without hooks."""
    out = tmp_path_factory.mktemp("source")
    done = cookiecutter(template, "--accept-hooks", "no", "--output-dir", out, cwd=out)
    assert done.returncode == 0, done.stderr
    return out / "my-service"


class Service:
    """Gunicorn, as a deployment starts it."""

    def __init__(self, source: Path, folder: Path, session_url: str, **variables: str) -> None:
        self.port = free_port()
        self.folder, self.source = folder, source
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{source / 'src'}:{HERE}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SESSION_URL": session_url,
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "2",
            "THREADS": "8",
            "LOG_LEVEL": "WARNING",
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, app: str = "lab:app") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "-c", str(self.source / "gunicorn.conf.py"), app]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=log, stderr=log)
        return self.process

    def start(self) -> "Service":
        self.launch()
        eventually(self.alive, 20)
        workers: set[str] = set()

        def both_answer() -> bool:
            workers.add(self.browser().get("/lab/plain").headers["X-Worker"])
            return len(workers) == 2

        eventually(both_answer, 20)
        return self

    @property
    def log(self) -> Path:
        return self.folder / f"gunicorn-{self.port}.log"

    def alive(self) -> bool:
        with suppress(OSError):
            return self.browser().get("/healthz").status == 200
        assert self.process and self.process.poll() is None, self.log.read_text()
        return False

    def browser(self, sid: str = "") -> Browser:
        return Browser(self.port, sid)

    def workers(self) -> list[int]:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill(self) -> None:
        """Kill every process at once, as a power cut would."""
        assert self.process
        for pid in [self.process.pid, *self.workers()]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


Serve = Callable[..., Service]


@pytest.fixture
def serve(source: Path, tmp_path: Path) -> Iterator[Serve]:
    """`serve(store, THREADS="4")` is a running service; as many as a test wants."""
    running: list[Service] = []

    def start(store: Redis | Path, **variables: str) -> Service:
        running.append(Service(source, tmp_path, url(store), **variables))
        return running[-1].start()

    yield start
    for service in running:
        service.stop()
