import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

ON = ["1", "true", "yes", "on", "False!"]


@pytest.mark.parametrize("value", ON)
@pytest.mark.parametrize("profile", ["production", "test", None])
def test_flask_debug_in_the_environment_is_refused(
    create_app: Callable[..., Flask], profile: str | None, value: str
) -> None:
    with pytest.raises(click.ClickException, match="the environment variable FLASK_DEBUG and "):
        create_app(APP_ENV=profile, FLASK_DEBUG=value)


@pytest.mark.parametrize("value", ["0", "false", "No", ""])
def test_flask_debug_that_is_off_is_fine(create_app: Callable[..., Flask], value: str) -> None:
    assert create_app(FLASK_DEBUG=value).debug is False


def test_debug_needs_the_development_profile_and_a_switch(create_app: Callable[..., Flask]) -> None:
    assert create_app(APP_ENV="development").debug is False
    assert create_app(APP_ENV="development", FLASK_DEBUG="1").debug is True


@pytest.mark.parametrize("switch", ["DEBUG", "TESTING", "PROPAGATE_EXCEPTIONS", "TRAP_HTTP_EXCEPTIONS"])
def test_switches_in_the_configuration_are_refused(app: Flask, module: Callable[..., Any], switch: str) -> None:
    app.config[switch] = True
    with pytest.raises(click.ClickException, match=rf"app.config\['{switch}'\] must not be on"):
        module("security.debug").refuse(app, module("settings").Settings.from_env())


def test_an_env_file_is_read_too(module: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FLASK_DEBUG=1\n")
    settings = dataclasses.replace(module("settings").Settings.from_env(), root=tmp_path)
    with pytest.raises(click.ClickException, match="the environment variable FLASK_DEBUG must not be on"):
        module().create_app(settings)


def test_debug_that_is_switched_on_later_stops_the_service(app: Flask) -> None:
    app.debug = True
    response = app.test_client().get("/")
    assert response.status_code == 503
    assert response.json == {"status": "debug mode is on"}
