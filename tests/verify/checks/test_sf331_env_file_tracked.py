import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[dict[str, str]], Path]
Found = Callable[..., list[tuple[str, str, int]]]
KEY = "A=1\nSECRET_KEY=hunter2\n"


@pytest.mark.parametrize(
    ("path", "patterns"),
    [(".env", ""), (".env", ".env*\n!.env\n"), ("deploy/web.env", "/web.env\n"), (".env.production", ".env\n")],
)
def test_a_key_that_git_takes_along(project: Write, found: Found, path: str, patterns: str) -> None:
    assert found(project({path: KEY, ".gitignore": patterns}), "SF331") == [("SF331", path, 2)]


@pytest.mark.parametrize(
    ("path", "patterns"),
    [(".env", ".env\n"), (".env", ".env*\n!.env.example\n"), ("deploy/web.env", "deploy/*.env\n"),
     ("deploy/web.env", "deploy/\n"), ("deploy/web.env", "*.env\n"), (".env.example", "")],
)  # fmt: skip
def test_a_key_that_stays_here(project: Write, found: Found, path: str, patterns: str) -> None:
    assert found(project({path: KEY, ".gitignore": patterns}), "SF331") == []


def test_no_key_and_a_placeholder(project: Write, found: Found) -> None:
    assert found(project({".env": "SECRET_KEY=\nSESSION_URL=redis://redis\nJWT_SECRET=<yours>\n"}), "SF331") == []


def test_a_file_that_was_added_before_it_was_ignored(project: Write, found: Found) -> None:
    root = project({".env": KEY})
    for arguments in (["init", "-q"], ["add", ".env"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    (root / ".gitignore").write_text(".env\n")
    assert found(root, "SF331") == [("SF331", ".env", 2)]
