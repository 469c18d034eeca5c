"""The service on its own Gunicorn, attacked on a loopback port: `project.live` for the checks of the live stage."""

import atexit
import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from .problem import CannotRun

VISITORS, THREADS = 64, 16
START = 15.0  # seconds that the service may take to answer
MARKER = re.compile(r"v[0-9a-f]{16}v")
FIELD = re.compile(r"<(?:input|textarea)[^>]*\bname=\"([^\"]+)\"")
VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")
SAMPLES = {"int": "7", "float": "1.5", "uuid": "0b1e6f0c-7d0e-4b8a-9d9f-3a1c5e2f7a64"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def cookies(self) -> dict[str, str]:
        """Each Set-Cookie line by the name of its cookie."""
        lines = [value for key, value in self.headers if key.lower() == "set-cookie"]
        return {line.partition("=")[0]: line for line in lines}

    def json(self) -> Any:
        with contextlib.suppress(ValueError):
            return json.loads(self.text)
        return {}


@dataclass(frozen=True)
class Route:
    """One rule and method of the service, with the fields that its view asks for."""

    endpoint: str
    rule: str
    method: str
    path: str
    line: int
    fields: tuple[str, ...] = ()
    as_json: bool = False


class Visitor:
    """A client with a cookie jar, as a browser on one of the service's own pages."""

    def __init__(self, live: "Live") -> None:
        self.live = live
        self.jar: dict[str, str] = {}

    def request(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        data: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and keep the cookies of its answer."""
        sent = {"Host": self.live.address, "Origin": f"http://{self.live.address}", **(headers or {})}
        body = None
        if form is not None:
            sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form).encode()
        elif data is not None:
            sent["Content-Type"], body = "application/json", json.dumps(data).encode()
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        connection = http.client.HTTPConnection(*self.live.place, timeout=10)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read().decode(errors="replace"))
        finally:
            connection.close()
        for name, line in answer.cookies.items():
            self.jar[name] = line.partition("=")[2].partition(";")[0]
            if not self.jar[name] or "max-age=0" in line.lower():
                del self.jar[name]
        return answer


class Live:
    """Gunicorn as production starts it, with a key and a store of its own, until `stop`."""

    def __init__(self, root: Path, target: str, **variables: str) -> None:
        self.target = target
        self._scratch = tempfile.TemporaryDirectory(prefix="verify-live-")
        self.folder = Path(self._scratch.name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.place: tuple[str, int] = probe.getsockname()
        self.address = f"{self.place[0]}:{self.place[1]}"
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "VIRTUAL_ENV")}
        environment = kept | {
            "APP_ENV": "production",
            "BIND": self.address,
            "HOME": self._scratch.name,
            "LOG_LEVEL": "INFO",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", f"{self.folder}/pycache"),
            "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}{os.pathsep}{Path(__file__).parents[1]}",
            "RATE_LIMIT": "1000000",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SESSION_URL": f"sqlite:///{self.folder}/sessions.sqlite3",
            "THREADS": "8",
            "VERIFY_TARGET": target,
            "WEB_CONCURRENCY": "2",
        }
        self.log = self.folder / "log"
        atexit.register(self.stop)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "verify.driven:app"],
                cwd=root,
                env=environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._await()

    def _await(self) -> None:
        started = time.monotonic()
        while time.monotonic() < started + START and self._process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Visitor(self).request("GET", "/healthz").status == 200:
                    return
            time.sleep(0.03)
        tail = self.log.read_text(errors="replace")[-600:]
        self.stop()
        raise CannotRun(f"`gunicorn` did not start the service: {tail.strip() or 'no answer'}")

    def stop(self) -> None:
        """Stop Gunicorn, by its process id, and leave nothing behind."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._scratch.cleanup()

    def visitor(self) -> Visitor:
        return Visitor(self)

    def get(self, path: str, **headers: str) -> Answer:
        return Visitor(self).request("GET", path, headers=headers)

    def raw(self, data: bytes) -> bytes:
        """Send bytes that no client library would, and return the answer."""
        with socket.create_connection(self.place, timeout=5) as connection:
            connection.sendall(data)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65536), b""))
        return b""

    def abort(self) -> None:
        """Give up in the middle of a request."""
        with socket.create_connection(self.place, timeout=5) as connection:
            connection.sendall(b"POST /-verify-/keep HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1")

    def routes(self) -> list[Route]:
        """Ask the service for its routes, and each view that changes something for its fields."""
        visitor = self.visitor()
        found = []
        for each in visitor.request("GET", "/-verify-/routes").json():
            for method in each["methods"]:
                route = Route(each["endpoint"], each["rule"], method, each["path"], each["line"])
                found.append(route if method in ("GET", "DELETE") else self._learn(visitor, route))
        return found

    def _learn(self, visitor: Visitor, route: Route) -> Route:
        """A 422 names the fields that it misses; a form on the page of the same URL has them too."""
        url = fill(route.rule, "sample")
        for as_json in (True, False):
            answer = visitor.request(route.method, url, **({"data": {}} if as_json else {"form": {}}))
            errors = answer.json().get("errors", []) if isinstance(answer.json(), dict) else []
            fields = [str(each.get("field")) for each in errors if isinstance(each, dict)]
            fields = fields or (FIELD.findall(answer.text) if answer.status == 422 else [])
            if fields and fields != ["body"]:
                return Route(route.endpoint, route.rule, route.method, route.path, route.line, tuple(fields), as_json)
        return route

    def send(self, visitor: Visitor, route: Route, text: str) -> Answer:
        """Call a route with `text` in every place that a visitor can fill."""
        url = f"{fill(route.rule, text)}?{urlencode(dict.fromkeys(('q', 'name', 'text', 'next'), text))}"
        values = dict.fromkeys(route.fields, text)
        headers = {"X-Text": text, "User-Agent": text, "Accept": "text/html"}
        if route.method in ("GET", "DELETE"):
            return visitor.request(route.method, url, headers=headers)
        sent: dict[str, Any] = {"data": values} if route.as_json else {"form": values}
        return visitor.request(route.method, url, headers=headers, **sent)

    def leaks(self, seconds: float = 1.5, requests: int = 20_000, stop_at_first: bool = False) -> list[str]:
        """Let many visitors use every route at once; name the endpoints that sent one what another had sent."""
        routes = [each for each in self.routes() if "static" not in each.endpoint]
        routes += [
            Route("verify.keep", "/-verify-/keep", "POST", "", 1, ("mine",)),
            *(Route(f"verify.{name}", f"/-verify-/{name}", "GET", "", 1) for name in ("kept", "echo", "slow", "crash")),
        ]
        deadline = time.monotonic() + seconds
        found: dict[str, str] = {}
        budget = iter(range(requests))

        def use(number: int) -> None:
            people = [(self.visitor(), f"v{secrets.token_hex(8)}v") for _ in range(number, VISITORS, THREADS)]
            turn = number
            while time.monotonic() < deadline and not (found and stop_at_first) and next(budget, None) is not None:
                visitor, mine = people[turn % len(people)]
                route = routes[(turn * 7 + number) % len(routes)]
                turn += 1
                with contextlib.suppress(OSError, http.client.HTTPException):  # a worker that is being replaced
                    if turn % 50 == 0:
                        self.abort()
                    answer = self.send(visitor, route, mine)
                    seen = answer.text + "".join(f"{key}: {value}\n" for key, value in answer.headers)
                    if set(MARKER.findall(seen)) - {mine}:
                        found[route.endpoint] = f"{route.path}:{route.line}" if route.path else ""

        workers = [threading.Thread(target=use, args=(number,)) for number in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return [f"{endpoint} {place}".strip() for endpoint, place in sorted(found.items())]


def fill(rule: str, text: str) -> str:
    """Build a URL of `rule` with `text` for its variables, or with what their converters take."""
    return VARIABLE.sub(lambda match: SAMPLES.get(match[1] or "", quote(text, safe="%")), rule)


@contextlib.contextmanager
def serving(root: Path, target: str, **variables: str) -> Iterator[Live]:
    """Serve while a block runs."""
    live = Live(root, target, **variables)
    try:
        yield live
    finally:
        live.stop()
