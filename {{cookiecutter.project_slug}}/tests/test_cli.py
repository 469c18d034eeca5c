from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner


@pytest.fixture
def secret_key(module: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr(module("cli"), "project_root", lambda: tmp_path)
    return module("cli").secret_key


def test_secret_key_prints_a_good_one(module: Callable[..., Any], secret_key: Any) -> None:
    key = CliRunner().invoke(secret_key).output.strip()
    assert module("keys").weakness(key) is None


def test_secret_key_writes_a_file_that_is_nobody_elses(
    module: Callable[..., Any], secret_key: Any, tmp_path: Path
) -> None:
    result = CliRunner().invoke(secret_key, ["--write"])
    name, _, key = (tmp_path / ".env").read_text().strip().partition("=")
    assert name == "SECRET_KEY"
    assert module("keys").weakness(key) is None
    assert key not in result.output
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_secret_key_never_overwrites_a_key(secret_key: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=precious\n")
    result = CliRunner().invoke(secret_key, ["--write"])
    assert result.exit_code == 1
    assert "exists and is left alone" in result.output
    assert (tmp_path / ".env").read_text() == "SECRET_KEY=precious\n"
