"""The same service, wherever the template comes from, and with or without its hooks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import cookiecutter, run, tree

# Made by the hook or by uv, or cruft's own: not part of what the template is.
MADE = (".env", "uv.lock", ".cruft.json")


def relative(template: Path, out: Path) -> list[str | Path]:
    shutil.copytree(template, out.parent / "here", ignore=shutil.ignore_patterns(".git"))
    return ["cookiecutter", "--no-input", "-o", "out", "here"]


def absolute(template: Path, out: Path) -> list[str | Path]:
    return ["cookiecutter", "--no-input", "-o", out, template]


def git(template: Path, out: Path) -> list[str | Path]:
    return ["cookiecutter", "--no-input", "-o", out, f"git+file://{template}"]


def zipped(template: Path, out: Path) -> list[str | Path]:
    archive = out.parent / "template.zip"
    prefix = "--prefix=cookiecutter-secure-flask/"
    assert run("git", "archive", prefix, f"--output={archive}", "HEAD", cwd=template).returncode == 0
    return ["cookiecutter", "--no-input", "-o", out, archive]


def cruft(template: Path, out: Path) -> list[str | Path]:
    return ["cruft", "create", "--no-input", "--output-dir", out, str(template)]


def without_hooks(template: Path, out: Path) -> list[str | Path]:
    return ["cookiecutter", "--no-input", "--accept-hooks", "no", "-o", out, template]


def leftovers(template: Path, out: Path) -> list[str | Path]:
    """A local folder that somebody works in, with what their tools left there."""
    copy = out.parent / "worked-in"
    shutil.copytree(template, copy)
    for name in ("verify/__pycache__", "tests/__pycache__", ".ruff_cache/0.17.6", ".mypy_cache"):
        folder = copy / "{{cookiecutter.project_slug}}" / name
        folder.mkdir(parents=True)
        (folder / "rubbish").write_bytes(b"{{ looks like text for long enough" + bytes(range(0x80, 0xA0)))
    return ["cookiecutter", "--no-input", "-o", out, copy]


def generated(source: Callable[[Path, Path], list[str | Path]], template: Path, folder: Path) -> dict[str, str]:
    out = folder / "out"
    out.mkdir()
    command = source(template, out)
    answers = ["--extra-context", '{"verification": "static"}'] if source is cruft else ["verification=static"]
    done = run(*command, *answers, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: content for name, content in tree(out / "my-service").items() if name not in MADE}


@pytest.fixture(scope="session")
def expected(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return generated(absolute, template, tmp_path_factory.mktemp("expected"))


@pytest.mark.parametrize("source", [relative, git, zipped, cruft, without_hooks, leftovers])
def test_the_same_tree_from(
    source: Callable[[Path, Path], list[str | Path]],
    template: Path,
    expected: dict[str, str],
    tmp_path: Path,
) -> None:
    found = generated(source, template, tmp_path)
    assert sorted(found) == sorted(expected)
    assert [name for name in found if found[name] != expected[name]] == []


def test_without_hooks_a_service_has_no_key_and_says_how_to_make_one(template: Path, tmp_path: Path) -> None:
    done = cookiecutter(template, "--accept-hooks", "no", "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    root = tmp_path / "my-service"
    assert not (root / ".env").exists()
    started = run("uv", "run", "--quiet", "gunicorn", cwd=root)
    assert started.returncode != 0
    assert "SECRET_KEY" in started.stdout + started.stderr
    assert "uv run flask secret-key" in started.stdout + started.stderr
