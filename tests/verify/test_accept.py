"""An acceptance says what, why and until when; one that is wrong in any way accepts nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from verify import engine

Write = Callable[[dict[str, str]], Path]
TODAY = date(2027, 1, 15)
FAULT = "from flask import Flask\napp = Flask(__name__)\napp.debug = True\n"


def verified(project: Write, table: str, source: str = FAULT) -> engine.Report:
    root = project({"app.py": source, "pyproject.toml": f"[tool.verify.accept]\n{table}\n"})
    return engine.run(root, only={"SF201"}, today=TODAY)


def test_an_accepted_finding_is_shown_with_its_reason(project: Write) -> None:
    report = verified(project, 'SF201 = { path = "app.py", reason = "a demo", until = 2027-01-15 }')
    (result,) = report.results
    assert (result.status, result.findings, report.problems, report.exit_code) == ("accepted", (), [], 0)
    assert [(finding.line, reason) for finding, reason in result.accepted] == [(3, "a demo")]


def test_an_acceptance_is_for_one_file(project: Write) -> None:
    table = 'SF201 = [{ path = "other.py", reason = "a demo", until = 2027-01-15 }]'
    report = verified(project, table)
    assert (report.results[0].status, report.exit_code) == ("failed", 1)
    assert [each.message for each in report.problems] == ["acceptance of SF201 in other.py: passes now, remove it"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'SF999 = { path = "app.py", reason = "r", until = 2027-02-01 }',
            "acceptance of SF999: there is no such check",
        ),
        ('SF201 = { path = "app.py", until = 2027-02-01 }', "acceptance of SF201: no reason"),
        ('SF201 = { path = "app.py", reason = " ", until = 2027-02-01 }', "acceptance of SF201: no reason"),
        ('SF201 = { reason = "r", until = 2027-02-01 }', "acceptance of SF201: no path"),
        ('SF201 = { path = "app.py", reason = "r" }', "acceptance of SF201: no date"),
        ('SF201 = { path = "app.py", reason = "r", until = "soon" }', "acceptance of SF201: no date"),
        (
            'SF201 = { path = "app.py", reason = "r", until = 2027-01-14 }',
            "acceptance of SF201: its last day was 2027-01-14",
        ),
        (
            'SF201 = { path = "app.py", reason = "r", until = 2027-02-01, line = 3 }',
            "acceptance of SF201: unknown key line",
        ),
        ('SF201 = "because"', "acceptance of SF201: 'because' is not a table"),
    ],
)
def test_a_wrong_acceptance_accepts_nothing(project: Write, table: str, message: str) -> None:
    report = verified(project, table)
    assert (report.results[0].status, report.exit_code) == ("failed", 1)
    assert report.results[0].accepted == ()
    (problem,) = report.problems
    assert (problem.path, problem.line) == ("pyproject.toml", 2)
    assert problem.message.startswith(message)


def test_an_acceptance_of_what_passes_now_is_an_error(project: Write) -> None:
    table = 'SF201 = { path = "app.py", reason = "a demo", until = 2027-02-01 }'
    report = verified(project, table, source=FAULT.replace("True", "False"))
    assert report.exit_code == 2
    assert [each.message for each in report.problems] == ["acceptance of SF201 in app.py: passes now, remove it"]


def test_an_acceptance_waits_while_its_check_does_not_run(project: Write) -> None:
    root = project(
        {"pyproject.toml": '[tool.verify.accept]\nSF240 = { path = "a.py", reason = "r", until = 2027-02-01 }'}
    )
    assert engine.run(root, only={"SF201"}, today=TODAY).exit_code == 0


def test_the_table_must_be_one(project: Write) -> None:
    root = project({"pyproject.toml": "[tool.verify]\naccept = 3\n"})
    report = engine.run(root, only={"SF201"}, today=TODAY)
    assert report.exit_code == 2
    assert "is not a table" in report.problems[0].message


def test_a_file_that_cannot_be_judged_can_be_accepted(project: Write) -> None:
    table = 'unreadable = { path = "static/app.js", reason = "a bundle, made by our build", until = 2027-02-01 }'
    root = project({"pyproject.toml": f"[tool.verify.accept]\n{table}\n", "static/app.js": "a=1;" * (1 << 19)})
    assert engine.run(root, only={"SF201"}, today=TODAY).exit_code == 0
    (root / "static" / "app.js").write_text("a=1;")
    assert engine.run(root, only={"SF201"}, today=TODAY).exit_code == 2
