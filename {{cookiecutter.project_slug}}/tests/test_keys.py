import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        ("", "has 0 characters, at least 32 random ones are wanted"),
        ("x" * 31, "has 31 characters, at least 32 random ones are wanted"),
        ("x" * 64, "repeats 1 characters, at least 12 different ones are wanted"),
        ("0123456789" * 5, "repeats 10 characters, at least 12 different ones are wanted"),
        ("please-change-me-before-production-0123456789", "is a placeholder out of an example, a random one is wanted"),
        ("insecure_key_for_dev_0123456789abcdefghijklm", "is a placeholder out of an example, a random one is wanted"),
        ("<put-your-secret-here-0123456789abcdefghij>", "is a placeholder out of an example, a random one is wanted"),
    ],
)
def test_what_can_be_guessed_is_weak(module: Callable[..., Any], key: str, weakness: str) -> None:
    assert module("keys").weakness(key) == weakness


def test_new_keys_are_strong_and_never_the_same(module: Callable[..., Any]) -> None:
    keys = {module("keys").new() for _ in range(100)}
    assert len(keys) == 100
    assert {module("keys").weakness(key) for key in keys} == {None}


def test_an_env_file_that_git_tracks_publishes_its_key(module: Callable[..., Any], tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True, capture_output=True)

    (tmp_path / ".env").write_text("SECRET_KEY=k\n")
    git("init")
    git("add", ".env")
    assert module("keys").published_in("no-such-key", tmp_path) == ".env"


def test_a_key_in_a_tracked_file_is_published_and_in_an_ignored_one_is_not(
    module: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_text("SECRET_KEY: my-key\n")
    assert module("keys").published_in("my-key", tmp_path) == "compose.yaml"
    subprocess.run(["git", "-C", tmp_path, "init"], check=True, capture_output=True)
    (tmp_path / "README.md").touch()
    subprocess.run(["git", "-C", tmp_path, "add", "README.md"], check=True, capture_output=True)
    assert module("keys").published_in("my-key", tmp_path) is None
    subprocess.run(["git", "-C", tmp_path, "add", "compose.yaml"], check=True, capture_output=True)
    assert module("keys").published_in("my-key", tmp_path) == "compose.yaml"
