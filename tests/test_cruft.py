"""A service made with cruft follows its template: updates merge, and its secret never shows."""

import json
from pathlib import Path

import pytest

from tests.conftest import run


def commit(folder: Path, message: str) -> None:
    for command in (["add", "--all"], ["commit", "-q", "-m", message]):
        done = run("git", *command, cwd=folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def service(template: Path, tmp_path: Path) -> Path:
    """A committed service, made with cruft from a clone of the template that a test may change."""
    done = run("git", "clone", "-q", template, tmp_path / "template", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run("cruft", "create", "--no-input", "--output-dir", tmp_path, tmp_path / "template", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "runtime: not run" in done.stdout
    root = tmp_path / "my-service"
    assert not (root / ".venv").exists()
    run("git", "init", "-q", cwd=root)
    commit(root, "Generated")
    return root


def test_a_new_service_has_nothing_to_tell_cruft(service: Path) -> None:
    tracked = run("git", "ls-files", cwd=service).stdout.split()
    assert ".cruft.json" in tracked
    assert ".env" not in tracked
    secret = (service / ".env").read_text().strip().partition("=")[2]
    assert secret not in (service / ".cruft.json").read_text()
    # an installation and a lock are not differences either
    assert run("uv", "sync", "--quiet", cwd=service).returncode == 0
    done = run("cruft", "diff", "--exit-code", cwd=service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert secret not in done.stdout


def test_an_update_merges_and_keeps_the_secret(service: Path) -> None:
    template = service.parent / "template"
    source = template / "{{cookiecutter.project_slug}}"
    env = (service / ".env").read_bytes()

    # the service goes on: a change of its own
    wsgi = service / "src/my_service/wsgi.py"
    wsgi.write_text(wsgi.read_text() + "\n# ours\n")
    commit(service, "A change of our own")
    # and so does the template: a changed file, a new one
    security = source / "SECURITY.md"
    security.write_text(security.read_text() + "\nA new promise.\n")
    (source / "deploy/notes.md").write_text("New in this version.\n")
    commit(template, "The next version")

    done = run("cruft", "update", "--skip-apply-ask", cwd=service)
    assert done.returncode == 0, done.stdout + done.stderr
    status = run("git", "status", "--porcelain", "--untracked-files=all", cwd=service).stdout
    changed = sorted(line[3:] for line in status.splitlines())
    assert changed == [".cruft.json", "SECURITY.md", "deploy/notes.md"]
    assert "A new promise." in (service / "SECURITY.md").read_text()
    assert wsgi.read_text().endswith("# ours\n")
    assert not list(service.rglob("*.rej"))

    secret = env.decode().strip().partition("=")[2]
    assert (service / ".env").read_bytes() == env
    assert secret not in run("git", "diff", "HEAD", cwd=service).stdout
    head = run("git", "rev-parse", "HEAD", cwd=template).stdout.strip()
    assert json.loads((service / ".cruft.json").read_text())["commit"] == head
