"""The generated pages in a real browser: forms work, nothing breaks the policy, another site gets nowhere."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.conftest import Bake
from verify.live import Live, serving

ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


class Browser:
    """Chromium, driven over the WebDriver protocol."""

    def __init__(self, profile: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._driver = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self._process = subprocess.Popen(
            ["chromedriver", f"--port={self._driver.rpartition(':')[2]}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        options = {"args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        deadline = time.monotonic() + 30
        self._session = "/session"
        while True:
            try:
                made = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
                break
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < deadline, "chromedriver does not start"
                time.sleep(0.1)
        self._session = f"/session/{made['sessionId']}"

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._driver + self._session + path, data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def run(self, script: str) -> Any:
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def submit(self, form: int, **fields: str) -> None:
        """Fill a form of the page, send it and wait for the page that follows."""
        for name, value in fields.items():
            self.run(f"document.forms[{form}].elements[{name!r}].value = {json.dumps(value)}")
        self.run(f"window.old = true; document.forms[{form}].requestSubmit()")
        deadline = time.monotonic() + 20
        while self.run("return window.old === true || document.readyState !== 'complete'"):
            assert time.monotonic() < deadline, "no page followed"
            time.sleep(0.05)

    def notes(self) -> Any:
        return self.run("return [...document.querySelectorAll('li')].map(item => item.textContent)")

    def cookies(self) -> Any:
        return self._call("GET", "/cookie")

    def complaints(self) -> list[str]:
        """What the console says, broken policies among it."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def close(self) -> None:
        self._call("DELETE", "")
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    running = Browser(tmp_path / "profile")
    yield running
    running.close()


@pytest.fixture(scope="module")
def live(bake: Bake) -> Iterator[Live]:
    with serving(bake(), "my_service:create_app") as running:
        yield running


def test_notes_are_kept_shown_as_text_and_cleared(browser: Browser, live: Live) -> None:
    browser.open(f"http://{live.address}/notes/")
    browser.submit(0, text="buy tea")
    browser.submit(0, text="<script>alert(1)</script>")
    assert browser.notes() == ["buy tea", "<script>alert(1)</script>"]
    (cookie,) = browser.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-session", True, True)
    browser.submit(1)
    assert (browser.notes(), browser.cookies()) == ([], [])
    assert browser.complaints() == []


@pytest.mark.parametrize("path", ["/", "/notes/", "/nowhere"])
def test_pages_keep_their_own_policy(browser: Browser, live: Live, path: str) -> None:
    browser.open(f"http://{live.address}{path}")
    sheets = browser.run("return [...document.styleSheets].map(sheet => sheet.cssRules.length > 5)")
    assert sheets == [True]
    assert [line for line in browser.complaints() if "404" not in line] == []


def test_an_injected_script_does_not_run(browser: Browser, live: Live) -> None:
    browser.open(f"http://{live.address}/")
    browser.run("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    assert browser.run("return window.ran") is None
    assert any("Content Security Policy" in line for line in browser.complaints())


def test_another_sites_form_is_refused(browser: Browser, live: Live, tmp_path: Path) -> None:
    form = f'<form method="post" action="http://{live.address}/notes/"><input name="text" value="forged"></form>'
    (tmp_path / "index.html").write_text(form)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as evil:
        Thread(target=evil.serve_forever, daemon=True).start()
        browser.open(f"http://localhost:{evil.server_port}/index.html")
        browser.submit(0)
        assert browser.run("return document.querySelector('h1').textContent") == "Forbidden"
        evil.shutdown()
