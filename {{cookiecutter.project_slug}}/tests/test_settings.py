import inspect
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

BAD = {
    "APP_ENV": ("staging", "must be one of production, development, test, for example APP_ENV=production"),
    "SESSION_URL": ("mysql://db", "must name a session store, for example sqlite:////var/lib/app/sessions.sqlite3"),
    "SESSION_IDLE_SECONDS": ("soon", "must be a whole number from 1 to 2592000, for example SESSION_IDLE_SECONDS=1800"),
    "SESSION_ABSOLUTE_SECONDS": ("0", "must be a whole number from 1 to 2592000"),
    "SESSION_MAX_BYTES": ("1e6", "must be a whole number from 1024 to 1048576"),
    "SESSION_TIMEOUT": ("nan", "must be a number from 0.05 to 10, for example SESSION_TIMEOUT=1.0"),
    "TRUSTED_HOSTS": ("*", "must be host names without wildcards"),
    "TRUSTED_PROXIES": ("-1", "must be a whole number from 0 to 10"),
    "BIND": ("8000", "must be an address and a port or a socket's path, for example BIND=0.0.0.0:8000"),
    "WEB_CONCURRENCY": ("0", "must be a whole number from 1 to 256"),
    "THREADS": ("many", "must be a whole number from 1 to 256"),
    "LOG_LEVEL": ("verbose", "must be one of DEBUG, INFO, WARNING, ERROR"),
    "MAX_CONTENT_LENGTH": ("1MB", "must be a whole number from 1024 to 1073741824"),
    "RATE_LIMIT": ("", "must be a whole number from 1 to 1000000"),
}


@pytest.fixture
def from_env(module: Callable[..., Any], environment: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Any]:
    environment.setattr(module("settings"), "project_root", lambda: tmp_path)  # without the developer's .env
    read: Callable[[], Any] = module("settings").Settings.from_env
    return read


def refusal(from_env: Callable[[], Any]) -> str:
    with pytest.raises(click.ClickException) as refused:
        from_env()
    return refused.value.message


def test_production_is_what_nobody_chose(from_env: Callable[[], Any], environment: pytest.MonkeyPatch) -> None:
    environment.delenv("APP_ENV")
    settings = from_env()
    assert settings.profile == "production"
    assert settings.secure_cookies is True
    assert settings.trusted_hosts == ("localhost", "127.0.0.1")
    assert settings.trusted_proxies == 0
    assert settings.bind == "127.0.0.1:8000"


def test_the_example_file_has_every_setting_with_its_default(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch
) -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    defaults = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", example, re.MULTILINE))
    read = re.findall(r'(?:env\.\w+\(|number\(env,)\s*"(\w+)"', inspect.getsource(from_env))
    assert sorted(defaults) == sorted(read)
    environment.delenv("APP_ENV")
    settings = from_env()
    for name in read:
        if defaults[name] and name != "SESSION_URL":  # which the tests have one of their own for
            environment.setenv(name, defaults[name])
    assert from_env() == settings


@pytest.mark.parametrize(("name", "value", "sentence"), [(name, *rest) for name, rest in BAD.items()])
def test_a_setting_that_makes_no_sense_is_refused(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    environment.setenv(name, value)
    assert f"{name} {sentence}" in refusal(from_env)


@pytest.mark.parametrize(("name", "value"), [("TRUSTED_HOSTS", ""), ("TRUSTED_HOSTS", " , "), ("BIND", "[::1]:65536")])
def test_what_would_be_dangerous_or_impossible_is_refused(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    assert f"{name} {BAD[name][1]}" in refusal(from_env)


def test_all_problems_come_at_once(from_env: Callable[[], Any], environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SECRET_KEY")
    for name, (value, _) in BAD.items():
        environment.setenv(name, value)
    lines = refusal(from_env).splitlines()
    assert {line.split()[0] for line in lines[1:]} == {"SECRET_KEY", *BAD}


def test_a_missing_key_says_how_to_make_one(from_env: Callable[[], Any], environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SECRET_KEY")
    message = refusal(from_env)
    assert "SECRET_KEY is not set. `uv run flask secret-key --write` makes one and puts it into .env" in message


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
def test_a_weak_key_is_refused_without_repeating_it(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv(name, "hunter2-is-short")
    message = refusal(from_env)
    assert f"{name} has 16 characters, at least 32 random ones are wanted" in message
    assert "hunter2" not in message


def test_a_key_in_a_file_of_the_repository_is_refused(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = secrets.token_urlsafe(48)
    (tmp_path / "compose.yaml").write_text(f"services:\n  web:\n    environment:\n      SECRET_KEY: {key}\n")
    environment.setenv("SECRET_KEY", key)
    message = refusal(from_env)
    assert "SECRET_KEY is in compose.yaml, which the repository publishes" in message
    assert key not in message


def test_secrets_are_read_from_files(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/key").write_text("Zq8-3vJx_Lm4Rt7WpYb2Kd9Hn" * 2 + "\n")
    environment.delenv("SECRET_KEY")
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "run/key"))
    assert from_env().secret_key == "Zq8-3vJx_Lm4Rt7WpYb2Kd9Hn" * 2
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    environment.setenv("THREADS", "many")
    lines = refusal(from_env).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["SECRET_KEY_FILE", "THREADS"]
    assert "SECRET_KEY_FILE must name a file to read, for example /run/secrets/secret_key." in lines[1]


def test_the_environment_wins_over_the_env_file(
    from_env: Callable[[], Any], environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("THREADS=3\nWEB_CONCURRENCY=5\n")
    environment.setenv("THREADS", "7")
    assert (from_env().threads, from_env().workers) == (7, 5)


def test_a_settings_object_does_not_print_secrets(from_env: Callable[[], Any]) -> None:
    settings = from_env()
    assert settings.secret_key not in repr(settings)
    assert settings.session_url not in repr(settings)


def test_settings_are_frozen(from_env: Callable[[], Any]) -> None:
    with pytest.raises(AttributeError):
        from_env().secret_key = "other"
