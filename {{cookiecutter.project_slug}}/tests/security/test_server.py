import os
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
from flask import Flask

RUN = "from {0} import create_app; create_app().run(port=0)"
RUN_OPEN = "from {0} import create_app; create_app().run(host='0.0.0.0', port=0)"
RUN_SIMPLE = "from werkzeug.serving import run_simple; from {0} import create_app; run_simple({1!r}, 0, create_app())"


def python(code: str, profile: str) -> str:
    environment = {**os.environ, "APP_ENV": profile}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "profile", "host"),
    [
        (RUN, "production", "127.0.0.1"),
        (RUN_OPEN, "development", "0.0.0.0"),
        (RUN_SIMPLE.replace("{1!r}", "'127.0.0.1'"), "production", "127.0.0.1"),
        (RUN_SIMPLE.replace("{1!r}", "'0.0.0.0'"), "development", "0.0.0.0"),
        (RUN_SIMPLE.replace("{1!r}", "'::'"), "test", "::"),
    ],
)
def test_werkzeugs_server_is_refused_before_it_binds(app: Flask, code: str, profile: str, host: str) -> None:
    assert python(code.format(app.import_name), profile).endswith(
        f"Werkzeug's development server does not run on {host} when APP_ENV is {profile}:"
        " start the service with `uv run gunicorn`, or on loopback with `uv run flask run`."
    )


@pytest.mark.parametrize(("profile", "host"), [("production", "127.0.0.1"), ("development", "0.0.0.0")])
def test_flask_run_is_refused_in_one_sentence(app: Flask, profile: str, host: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", app.import_name, "run", "--host", host, "--port", "0"]
    environment = {**os.environ, "APP_ENV": profile}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Werkzeug's development server does not run on {host}")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.7:8000"])
def test_the_development_profile_is_refused_on_the_network(create_app: Callable[..., Flask], bind: str) -> None:
    with pytest.raises(click.ClickException, match="APP_ENV is development, and BIND opens it to the network"):
        create_app(APP_ENV="development", BIND=bind)


@pytest.mark.parametrize(
    ("profile", "name", "status"),
    [("production", "127.0.0.1", 503), ("development", "0.0.0.0", 503), ("development", "127.0.0.1", 200)],
)
def test_one_that_slips_through_answers_nothing_but_a_refusal(
    create_app: Callable[..., Flask], profile: str, name: str, status: int
) -> None:
    client = create_app(APP_ENV=profile).test_client()
    environ = {"werkzeug.socket": object(), "SERVER_NAME": name}
    assert client.get("/", environ_overrides=environ).status_code == status
