"""`python -m verify`, called as people call it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from verify import engine

Write = Callable[[dict[str, str]], Path]
CLEAN = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
FAULT = CLEAN.replace("return Flask(__name__)", "app = Flask(__name__)\n    app.debug = True\n    return app")


def verify(*args: str | Path) -> subprocess.CompletedProcess[str]:
    service = REPOSITORY / "{{cookiecutter.project_slug}}"
    command = [sys.executable, "-m", "verify", *map(str, args)]
    return subprocess.run(command, cwd=service, capture_output=True, encoding="utf-8", timeout=120)


def test_a_finding_names_the_place_and_the_fix(project: Write) -> None:
    done = verify(project({"app.py": FAULT}), "--stage", "static")
    assert (done.returncode, done.stderr) == (1, "")
    assert "  app.py:6  SF201  " in done.stdout
    assert "\n      fix: " in done.stdout
    assert "\033[" not in done.stdout, "no colour unless a terminal shows it"


def test_the_last_line_counts_the_checks(project: Write) -> None:
    done = verify(project({"app.py": CLEAN}), "--stage", "static")
    number = sum(check.stage == "static" for check in engine.all_checks())
    assert done.returncode == 0
    last = done.stdout.splitlines()[-1]
    assert last == f"{number} checks: {number} passed, 0 failed, 0 accepted, 0 crashed, 0 not run"


def test_static_and_runtime_are_what_a_foreign_project_gets(project: Write) -> None:
    report = json.loads(verify(project({"app.py": CLEAN}), "--format", "json").stdout)
    assert {result["stage"] for result in report[0]["results"]} == {"static", "runtime"}


@pytest.mark.parametrize(
    ("args", "reason", "first"),
    [
        ((), "could not boot app:create_app: ModuleNotFoundError at app.py:1: No module named 'nowhere'", "SF240"),
        (("--stage", "live"), "the live stage starts services made from the template only, and this is none", "SF170"),
    ],
)
def test_what_a_whole_stage_lacks_is_said_once(project: Write, args: tuple[str, ...], reason: str, first: str) -> None:
    done = verify(project({"app.py": f"import nowhere\n{CLEAN}"}), *args)
    said = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (2, "")
    assert next(line for line in said if "not run" in line) == f"not run: {reason}"
    assert done.stdout.count(reason) == 1
    assert said[said.index(f"not run: {reason}") + 1].split()[0] == first


def test_several_roots_are_one_table(project: Write, tmp_path: Path) -> None:
    first = project({"app.py": CLEAN})
    second = tmp_path / "orders"
    second.mkdir()
    (second / "app.py").write_text(FAULT)
    done = verify(first, second, "--stage", "static")
    assert done.returncode == 1
    rows = [line.split() for line in done.stdout.splitlines()[-5:-1]]
    assert rows[0] == ["T1", "T2", "T3", "T4", "T5", "T6"]
    assert rows[1] == ["service", "·", "·", "·", "·", "·", "·"]
    assert rows[2] == ["orders", "·", "1", "·", "·", "·", "·"]


def test_a_report_goes_to_a_file(project: Write, tmp_path: Path) -> None:
    out = tmp_path / "report.sarif"
    done = verify(project({"app.py": FAULT}), "--stage", "static", "--format", "sarif", "--output", out)
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads(out.read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_explain_prints_the_page_of_a_check() -> None:
    done = verify("--explain", "sf201")
    (check,) = (check for check in engine.all_checks() if check.id == "SF201")
    assert done.returncode == 0
    assert done.stdout == f"SF201 · T2 debug mode and interactive debugger · static\n\n{check.doc}\n"


def test_list_has_a_line_for_every_check() -> None:
    lines = verify("--list").stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [[c.id, c.threat, c.stage] for c in engine.all_checks()]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--explain", "SF999"], 1, "there is no check 'SF999'"),
        (["nowhere"], 2, "nowhere is not a folder"),
        (["--stage", "all-of-it"], 2, "invalid choice"),
    ],
)
def test_a_wrong_call_is_told_why(args: list[str], code: int, said: str) -> None:
    done = verify(*args)
    assert done.returncode == code
    assert said in done.stderr
