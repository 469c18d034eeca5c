"""The service on its own Gunicorn, attacked on a loopback port: `project.live` for the checks of the live stage."""

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
from dataclasses import dataclass, replace
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


HALF = b"POST /-verify-/keep HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def cookies(self) -> dict[str, str]:
        """Each Set-Cookie line by the name of its cookie."""
        return {line.partition("=")[0]: line for line in self.headers.get_all("Set-Cookie", [])}

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
    place: tuple[str, int] | None = None  # of its view, where that is the project's own
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
        with contextlib.closing(http.client.HTTPConnection(*self.live.place, timeout=10)) as connection:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode(errors="replace"))
        for name, line in answer.cookies.items():
            self.jar[name] = line.partition("=")[2].partition(";")[0]
            if not self.jar[name] or "max-age=0" in line.lower():
                del self.jar[name]
        return answer


class Live:
    """The service at `address`, what it logs and the folder of its store."""

    def __init__(self, place: tuple[str, int], folder: Path) -> None:
        self.place = place
        self.address = f"{place[0]}:{place[1]}"
        self.folder = folder
        self.log = folder / "log"

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

    def routes(self) -> list[Route]:
        """Ask the service for its routes, and each view that changes something for its fields."""
        visitor = self.visitor()
        listed = visitor.request("GET", "/-verify-/routes").json()
        known = [
            Route(each["endpoint"], each["rule"], method, each["place"] and tuple(each["place"]))
            for each in listed
            for method in each["methods"]
        ]
        return [route if route.method in ("GET", "DELETE") else self._learn(visitor, route) for route in known]

    def _learn(self, visitor: Visitor, route: Route) -> Route:
        """A 422 names the fields that it misses; a form on the page of the same URL has them too."""
        for as_json in (True, False):
            asked: dict[str, Any] = {"data": {}} if as_json else {"form": {}}
            answer = visitor.request(route.method, fill(route.rule, "sample"), **asked)
            said = answer.json()
            errors = said.get("errors", []) if isinstance(said, dict) else []
            fields = [str(each.get("field")) for each in errors if isinstance(each, dict)]
            fields = fields or (FIELD.findall(answer.text) if answer.status == 422 else [])
            if fields and fields != ["body"]:
                return replace(route, fields=tuple(fields), as_json=as_json)
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

    def leaks(self, seconds: float = 1.5, requests: int = 20_000, stop_at_first: bool = False) -> list[Route]:
        """Let many visitors use every route at once; the ones that sent a visitor what another had sent."""
        routes = [each for each in self.routes() if "static" not in each.endpoint]
        routes.append(Route("verify.keep", "/-verify-/keep", "POST", fields=("mine",)))
        routes += [Route(f"verify.{name}", f"/-verify-/{name}", "GET") for name in ("kept", "echo", "slow", "crash")]
        deadline = time.monotonic() + seconds
        found: dict[str, Route] = {}
        budget = iter(range(requests))

        def use(number: int) -> None:
            people = [(self.visitor(), f"v{secrets.token_hex(8)}v") for _ in range(number, VISITORS, THREADS)]
            turn = number
            while time.monotonic() < deadline and not (found and stop_at_first) and next(budget, None) is not None:
                visitor, mine = people[turn % len(people)]
                route = routes[(turn * 7 + number) % len(routes)]
                turn += 1
                with contextlib.suppress(OSError, http.client.HTTPException):  # a worker that is being replaced
                    if turn % 50 == 0:  # somebody gives up in the middle of a request
                        with socket.create_connection(self.place, timeout=5) as connection:
                            connection.sendall(HALF)
                    answer = self.send(visitor, route, mine)
                    seen = answer.text + "".join(f"{key}: {value}\n" for key, value in answer.headers.items())
                    if set(MARKER.findall(seen)) - {mine}:
                        found[route.endpoint] = route

        workers = [threading.Thread(target=use, args=(number,)) for number in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return [route for _, route in sorted(found.items())]


def fill(rule: str, text: str) -> str:
    """Build a URL of `rule` with `text` for its variables, or with what their converters take."""
    return VARIABLE.sub(lambda match: SAMPLES.get(match[1] or "", quote(text, safe="%")), rule)


@contextlib.contextmanager
def serving(root: Path, target: str, **variables: str) -> Iterator[Live]:
    """Gunicorn as production starts it, with a key and a store of its own; gone when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = probe.getsockname()
    with tempfile.TemporaryDirectory(prefix="verify-live-") as scratch:
        live = Live(place, Path(scratch))
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "VIRTUAL_ENV")}
        environment = kept | {
            "APP_ENV": "production",
            "BIND": live.address,
            "HOME": scratch,
            "LOG_LEVEL": "INFO",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", f"{scratch}/pycache"),
            "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}{os.pathsep}{Path(__file__).parents[1]}",
            "RATE_LIMIT": "1000000",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SESSION_URL": f"sqlite:///{scratch}/sessions.sqlite3",
            "THREADS": "8",
            "VERIFY_TARGET": target,
            "WEB_CONCURRENCY": "2",
        }
        with live.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "verify.driven:app"],
                cwd=root,
                env=environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _await(live, process, root)
            yield live
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(live: Live, process: subprocess.Popen[bytes], root: Path) -> None:
    started = time.monotonic()
    while time.monotonic() < started + START and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if live.get("/healthz").status == 200:
                return
        time.sleep(0.03)
    text = live.log.read_text(errors="replace").replace(f"{root}/", "")
    refusal = text.rfind("The service does not start")  # Gunicorn says more around it
    said = text[refusal:].partition("\n{")[0] if refusal >= 0 else text[-600:]
    raise CannotRun(f"`gunicorn` did not start the service: {said.strip() or 'no answer'}")
