"""A check that cannot answer never counts as a pass, and broken input is a result."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from verify import checks, engine
from verify.engine import Check, Finding, Report
from verify.problem import CannotRun
from verify.project import Project

Write = Callable[[dict[str, str]], Path]
HERE = Finding("app.py", 1, "seen", "do this")


def passes(project: Project) -> Iterator[Finding]:
    yield from ()


def fails(project: Project) -> Iterator[Finding]:
    yield HERE
    yield HERE


def crashes(project: Project) -> Iterator[Finding]:
    yield HERE
    raise RecursionError("too deep")


def cannot(project: Project) -> Iterator[Finding]:
    raise CannotRun("nothing to look at")
    yield HERE


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`only(run, …)`: these are all the checks there are, SF101, SF102, …"""

    def only(*runs: engine.Run) -> None:
        checks = [Check(f"SF1{n:02}", "T1", "static", run, "Title.") for n, run in enumerate(runs, 1)]
        monkeypatch.setattr(engine, "all_checks", lambda: checks)

    return only


def statuses(report: Report) -> list[str]:
    return [result.status for result in report.results]


@pytest.mark.parametrize(
    ("runs", "expected", "code"),
    [
        ([passes], ["passed"], 0),
        ([passes, fails], ["passed", "failed"], 1),
        ([passes, crashes], ["passed", "crashed"], 2),
        ([passes, cannot], ["passed", "not run"], 2),
        ([fails, crashes], ["failed", "crashed"], 1),
        ([], [], 2),
    ],
)
def test_exit_codes(
    only: Callable[..., None], project: Write, runs: list[engine.Run], expected: list[str], code: int
) -> None:
    only(*runs)
    report = engine.run(project({}), ["static"])
    assert (statuses(report), report.exit_code) == (expected, code)


def test_a_finding_is_told_once_and_a_crash_says_where(only: Callable[..., None], project: Write) -> None:
    only(fails, crashes)
    failed, crashed = engine.run(project({}), ["static"]).results
    assert failed.findings == (HERE,)
    assert crashed.findings == ()
    assert crashed.reason.startswith("RecursionError at test_engine.py:")


@pytest.mark.parametrize("text", ["def (:", "import nothing_of_this_name", "1 / 0", "\0", "raise SystemError"])
def test_a_file_that_cannot_be_imported_is_a_crashed_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Write, text: str
) -> None:
    monkeypatch.setattr(engine, "_registry", {each.id: each for each in engine.all_checks()})
    (tmp_path / "sf198_half_written.py").write_text(text)
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    (result,) = engine.run(project({}), ["live"], only={"SF198"}).results
    assert (result.check.threat, result.check.stage, result.status) == ("T1", "live", "crashed")
    assert result.reason.startswith(
        ("SyntaxError", "ValueError", "ModuleNotFoundError", "ZeroDivisionError", "SystemError")
    )


def test_two_checks_cannot_share_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_registry", {"SF101": Check("SF101", "T1", "static", os.walk, "")})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="SF101 is taken by os"):
        engine.check("SF101", threat="T1", stage="static")(passes)


def test_only_the_projects_own_files_are_read(project: Write) -> None:
    own = ["app.py", ".env", ".env.example", ".flaskenv", ".github/workflows/ci.yml", "src/acme/verify.py"]
    others = [
        ".git/config",
        ".venv/lib/x.py",
        "node_modules/x.js",
        "build/x.py",
        "tests/x.py",
        "test_app.py",
        "src/app_test.py",
        "conftest.py",
        ".ruff_cache/x",
        "docs/conf.py",
        "src/__pycache__/x.py",
        "verify/engine.py",
        "verify/checks/x.py",
    ]
    assert Project(project(dict.fromkeys(own + others, ""))).paths == tuple(sorted(own))


def problems(root: Path) -> list[tuple[str, int, str]]:
    """What the static stage could not judge; it must have ended in words, with code 2."""
    report = engine.run(root, ["static"])
    assert not report.count("crashed"), [result.reason for result in report.results if result.reason]
    assert report.exit_code == 2
    return [(each.path, each.line, each.message) for each in report.problems]


def test_python_that_does_not_parse(project: Write) -> None:
    ((path, line, _),) = problems(project({"app.py": "x = 1\n", "broken.py": "x = 1\ndef f(:\n"}))
    assert (path, line) == ("broken.py", 2)


def test_binary_and_badly_encoded_files(project: Write) -> None:
    root = project({})
    (root / "binary.py").write_bytes(b"\x7fELF\0\0")
    (root / "latin.py").write_bytes(b"x = 1\nname = '\xe9'\n")
    assert [(path, line) for path, line, _ in problems(root)] == [("binary.py", 1), ("latin.py", 2)]


def test_twenty_megabytes_of_minified_javascript(project: Write) -> None:
    ((path, _, message),) = problems(project({"static/app.min.js": "a=1;" * (5 << 20)}))
    assert path == "static/app.min.js"
    assert "20.0 MiB is more than the limit" in message


def test_symbolic_links(project: Write, tmp_path: Path) -> None:
    root = project({"src/acme/app.py": "x = 1\n"})
    (tmp_path / "elsewhere.py").write_text("x = 1\n")
    (root / "src" / "acme" / "loop").symlink_to(root / "src", target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "gone.py").symlink_to(root / "nothing.py")
    (root / "out.py").symlink_to(tmp_path / "elsewhere.py")
    (root / "alias.py").symlink_to(root / "src" / "acme" / "app.py")
    assert [path for path, *_ in problems(root)] == ["gone.py", "out.py", "self.py", "src/acme/loop"]
    assert Project(root).paths == ("alias.py", "src/acme/app.py")


def test_broken_configuration_of_the_verifier(project: Write) -> None:
    assert [path for path, *_ in problems(project({"pyproject.toml": "[tool.verify\n"}))] == ["pyproject.toml"]


def test_the_static_stage_runs_no_project_code(project: Write, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    root = project({"src/acme/__init__.py": trap, "gunicorn.conf.py": trap, "setup.py": trap, "wsgi.py": trap})
    engine.run(root, ["static"])
    assert not (tmp_path / "ran").exists()
