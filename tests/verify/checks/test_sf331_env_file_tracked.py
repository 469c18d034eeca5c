import subprocess
from pathlib import Path

import pytest

from .deployed import Found, Write

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


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("inside", ["", "services/shop/"])
def test_a_file_that_was_added_before_it_was_ignored(project: Write, found: Found, inside: str) -> None:
    root = project({f"{inside}.env": KEY})
    git(root, "init", "-q")
    git(root, "add", ".")
    (root / inside / ".gitignore").write_text(".env\n")
    assert found(root / inside, "SF331") == [("SF331", ".env", 2)]


def test_a_second_work_tree_has_an_index_of_its_own(project: Write, found: Found) -> None:
    root = project({"shop/.env": KEY, "shop/.gitignore": ".env\n"})
    git(root, "init", "-q")
    git(root, "add", "-f", ".")
    git(root, "commit", "-qm", "a")
    git(root, "worktree", "add", "-q", "../second")
    assert found(root.parent / "second" / "shop", "SF331") == [("SF331", ".env", 2)]
    git(root.parent / "second", "rm", "-q", "--cached", "shop/.env")
    assert found(root.parent / "second" / "shop", "SF331") == []


def test_the_rules_above_the_service_and_the_machines_own(project: Write, found: Found) -> None:
    root = project({".gitignore": "shop/.env\n", "shop/.env": KEY, "mail/.env": KEY})
    git(root, "init", "-q")
    assert found(root / "shop", "SF331") == []
    assert found(root / "mail", "SF331") == [("SF331", ".env", 2)]
    (root / ".git" / "info" / "exclude").write_text("mail/\n")
    assert found(root / "mail", "SF331") == []
