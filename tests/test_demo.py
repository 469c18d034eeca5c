"""The commands of the README, run as a newcomer runs them."""

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Bake, run

TIME_LIMIT = 120  # seconds; a first `make demo` installs everything


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until something answers on the port, or the process has given up."""
    until = time.monotonic() + TIME_LIMIT
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


@contextmanager
def serving(*command: str, cwd: Path, port: int, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server in its own process group, stopped as an operator stops it; its output goes to `server.log`."""
    log = cwd / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **env},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            assert answers(port, process), log.read_text("utf-8")
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def ask(port: int, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode()
    finally:
        connection.close()


def gone(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_uv_run_gunicorn_serves_notes_and_stops_on_term(installed: Bake, tmp_path: Path) -> None:
    root = tmp_path / "service"
    shutil.copytree(installed(), root, symlinks=True)
    assert run("uv", "sync", "--quiet", cwd=root).returncode == 0  # the copy's own installation
    port = free_port()
    with serving("uv", "run", "gunicorn", cwd=root, port=port, BIND=f"127.0.0.1:{port}") as process:
        status, headers, page = ask(port, "GET", "/")
        assert status == 200
        assert headers["content-type"].startswith("text/html")
        assert "gunicorn" not in headers.get("server", "").lower()
        assert "<!doctype html>" in page.lower()

        assert ask(port, "GET", "/healthz")[0] == 200
        assert ask(port, "GET", "/readyz")[0] == 200

        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert ask(port, "POST", "/notes/", "text=hello", **form, Sec_Fetch_Site="cross-site")[0] == 403
        status, headers, _ = ask(port, "POST", "/notes/", "text=hello", **form, Sec_Fetch_Site="same-origin")
        assert status in (302, 303)
        cookie, _, attributes = headers["set-cookie"].partition(";")
        assert cookie.startswith("__Host-session=")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= {
            part.strip().lower() for part in attributes.split(";")
        }
        status, _, listed = ask(port, "GET", "/api/v1/notes", Cookie=cookie)
        assert (status, json.loads(listed)) == (200, {"notes": [{"text": "hello"}]})
        assert json.loads(ask(port, "GET", "/api/v1/notes")[2]) == {"notes": []}

        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
    assert gone(port)


def test_what_the_image_holds_serves(installed: Bake, tmp_path: Path) -> None:
    """The steps of the Dockerfile, without Docker: its uv commands, and only the files that it copies."""
    root = installed()
    build, image = tmp_path / "build", tmp_path / "image"
    build.mkdir()
    for name in ("pyproject.toml", "uv.lock", "README.md"):
        shutil.copy(root / name, build)
    steps = re.findall(r"^RUN (uv sync .*)$", (root / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert len(steps) == 2
    for step in steps:
        done = run(*step.split(), "--quiet", cwd=build)
        assert done.returncode == 0, done.stderr
        shutil.copytree(root / "src", build / "src", dirs_exist_ok=True)
    shutil.rmtree(build / "src")  # the last stage has it from the installation alone
    (image / "deploy").mkdir(parents=True)
    for name in ("pyproject.toml", "gunicorn.conf.py", "deploy/healthcheck.py"):
        shutil.copy(root / name, image / name)

    port = free_port()
    env = {"BIND": f"127.0.0.1:{port}", "SECRET_KEY": secrets.token_urlsafe(48), "TRUSTED_HOSTS": "a.example"}
    gunicorn = str(build / ".venv/bin/gunicorn")
    with serving(gunicorn, cwd=image, port=port, **env):
        assert ask(port, "GET", "/", Host="a.example")[0] == 200
        assert ask(port, "GET", "/", Host="b.example")[0] == 400
        healthy = run(build / ".venv/bin/python", "deploy/healthcheck.py", cwd=image, env=env)
        assert healthy.returncode == 0, healthy.stderr
    healthy = run(build / ".venv/bin/python", "deploy/healthcheck.py", cwd=image, env=env)
    assert healthy.returncode != 0


@pytest.fixture(scope="module")
def clone(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone: the first command sets up its tools."""
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    shutil.copytree(template, folder)
    return folder


@pytest.mark.xdist_group("clone")
def test_make_demo_on_a_fresh_machine(clone: Path) -> None:
    port = free_port()
    with serving("make", "demo", f"PORT={port}", "OUT=there", cwd=clone, port=port):
        assert ask(port, "GET", "/")[0] == 200
        assert ask(port, "GET", "/healthz")[0] == 200
    said = (clone / "server.log").read_text("utf-8")
    assert f"http://127.0.0.1:{port}" in said
    assert "not run" not in said
    assert len(re.findall(r"^T[1-6] ", said, re.MULTILINE)) == 6
    assert (clone / "there/my-service/pyproject.toml").exists()
    assert gone(port)


@pytest.mark.xdist_group("clone")
def test_make_new_asks_and_generates(clone: Path, tmp_path: Path) -> None:
    typed = ["Orders API", "", "", "", "", "", "", "2", "2", "2", "2"]
    done = run("make", "new", f"OUT={tmp_path / 'mine'}", cwd=clone, typed=typed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "mine/orders-api/src/orders_api").is_dir()
    assert not (tmp_path / "mine/orders-api/Dockerfile").exists()


@pytest.mark.xdist_group("clone")
def test_make_new_refuses_in_sentences(clone: Path, tmp_path: Path) -> None:
    typed = ["Orders API", "Orders", "json", "", "", "", "", "", "", "", ""]
    done = run("make", "new", f"OUT={tmp_path / 'mine'}", cwd=clone, typed=typed)
    assert done.returncode != 0
    assert "Nothing was generated:\n  - project_slug 'Orders' is not usable" in done.stderr
    assert "  - package_name 'json' is not usable" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "mine/Orders").exists()
