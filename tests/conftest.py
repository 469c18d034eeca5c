"""Fixtures that every test of the template shares: a clean copy of it, and what is made from it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

# Byte code beside the template's files would be copied into what is made from it.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

REPOSITORY = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

Done = subprocess.CompletedProcess[str]
Bake = Callable[..., Path]


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, typed: Sequence[str] = ()) -> Done:
    """Run a command as a person would, in our environment plus `env`; `typed` answers its prompts."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        input="".join(f"{line}\n" for line in typed),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def tree(root: Path) -> dict[str, str]:
    """Every file below `root`, without what is installed there: two trees are the same when these are equal.

    Of a mode only what runs counts: the rest is the umask's.
    """
    return {
        path.relative_to(root).as_posix(): f"{path.stat().st_mode & 0o111:o} "
        + path.read_bytes().decode("utf-8", "backslashreplace")
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".venv" not in path.relative_to(root).parts
    }


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """cookiecutter's and git's settings of whoever runs the tests stay out, and replay files too."""
    home = tmp_path_factory.mktemp("home")
    config = home / "cookiecutter.yaml"
    config.write_text(f"replay_dir: {home / 'replay'}\ncookiecutters_dir: {home / 'cookiecutters'}\n")
    gitconfig = home / "gitconfig"
    gitconfig.write_text("[user]\nname = Test\nemail = test@example.com\n[init]\ndefaultBranch = main\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COOKIECUTTER_CONFIG", str(config))
        patch.setenv("GIT_CONFIG_GLOBAL", str(gitconfig))
        patch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
        for name in ("VIRTUAL_ENV", "SECRET_KEY", "APP_ENV", "FLASK_DEBUG", "FLASK_APP", "BIND"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a git repository of its own, with the files that git knows or would know."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=REPOSITORY)
    copy = tmp_path_factory.mktemp("template") / "cookiecutter-secure-flask"
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():  # and not deleted just now
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, copy / name)
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "The template"]):
        assert run("git", *command, cwd=copy).returncode == 0
    return copy


@pytest.fixture(scope="session")
def bake(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Bake:
    """`bake(example="no")` is a service made with these answers; shared, so copy it to change it."""
    made: dict[tuple[tuple[str, str], ...], Path] = {}

    def bake(**answers: str) -> Path:
        answers = {"verification": "static", **answers}
        key = tuple(sorted(answers.items()))
        if key not in made:
            out = tmp_path_factory.mktemp("bake")
            done = cookiecutter(template, "--output-dir", out, cwd=out, **answers)
            assert done.returncode == 0, done.stdout + done.stderr
            (made[key],) = out.iterdir()
        return made[key]

    return bake


@pytest.fixture
def service(bake: Bake, tmp_path: Path) -> Path:
    """A bake that may be changed."""
    return Path(shutil.copytree(bake(), tmp_path / "service", ignore=shutil.ignore_patterns(".venv", "__pycache__")))


@pytest.fixture(scope="session")
def installed(bake: Bake) -> Bake:
    """The same, with its dependencies in `.venv`."""

    def installed(**answers: str) -> Path:
        root = bake(**answers)
        if not (root / ".venv").exists():
            done = run("uv", "sync", "--quiet", cwd=root)
            assert done.returncode == 0, done.stderr
        return root

    return installed


def cookiecutter(template: Path | str, *options: str | Path, cwd: Path = REPOSITORY, **answers: str) -> Done:
    given = [f"{question}={answer}" for question, answer in answers.items()]
    return run("cookiecutter", "--no-input", *options, template, *given, cwd=cwd)
