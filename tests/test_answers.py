"""Answers are data: whatever a person types is written down, nothing of it is executed, every file still parses."""

import ast
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import BIN, Bake, cookiecutter, run, tree

TEXTS = [
    "double \" single ' both",
    "triple \"\"\" and '''",
    'back\\slash \\n \\" at the end\\',
    "two\nlines",
    "return\r\nand\ttab",
    '"""); import pathlib; pathlib.Path("pwned").touch(); ("""',
    "'''); open('pwned', 'w'); ('''",
    '"\n[tool.verify.accept]\nSF101 = []\n#',
    "$(touch pwned) `touch pwned` ; touch pwned",
    "<script>alert(1)</script> [x](javascript:alert(1)) | cell",
    "---\n- yaml: &a [*a]",
    "emoji 🚀 👩‍🚀 日本語 \u202eright to left",
    "line\u2028separator",
]
BRACES = ["{{ 7 * 7 }}", "{% raw %}", "{# gone #}", "}} {{ cookiecutter.__class__ }}", "{{", "%}"]


def check(root: Path, text: str) -> None:
    """Every file parses, and the places where the text belongs have it."""
    for path in root.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    for path in [*root.rglob("*.yml"), *root.rglob("*.yaml")]:
        yaml.safe_load(path.read_text("utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    line = " ".join(text.split())
    assert project["description"] == line
    assert project["authors"] == [{"name": line, "email": line}]
    assert f"Copyright (c) {line}" in (root / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("text", TEXTS)
def test_free_text_is_data(template: Path, tmp_path: Path, text: str) -> None:
    texts = dict.fromkeys(("project_name", "description", "author_name", "author_email"), text)
    done = run(
        *("cookiecutter", "--no-input", "--output-dir", tmp_path, template, "verification=static"),
        *("project_slug=orders", "package_name=orders"),
        *(f"{question}={answer}" for question, answer in texts.items()),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    check(tmp_path / "orders", text)
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("text", BRACES)
def test_braces_that_a_person_types_stay_braces(template: Path, tmp_path: Path, text: str) -> None:
    # On the command line cookiecutter renders an answer before the template sees it; at its questions it does not.
    typed = [text, "orders", "orders", text, text, text, "", "", "", "", "2"]
    done = run(BIN / "cookiecutter", "--output-dir", tmp_path, template, cwd=tmp_path, typed=typed)
    assert done.returncode == 0, done.stdout + done.stderr
    check(tmp_path / "orders", text)


def test_a_service_with_strange_answers_installs(installed: Bake) -> None:
    text = '"Zoë" \\ 🚀 <script> \'n sons, ltd.\n{ } ='
    root = installed(
        project_name=text,
        project_slug="orders",
        package_name="orders",
        description=text,
        author_name=text,
        author_email=text,
    )
    done = run(root / ".venv/bin/flask", "routes", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "home.index" in done.stdout


def test_every_problem_is_named_at_once(template: Path, tmp_path: Path) -> None:
    done = cookiecutter(
        template,
        "--output-dir",
        tmp_path,
        project_name=" ",
        project_slug="Orders",
        package_name="import",
        description="\x1b[31m",
        author_name="",
    )
    assert done.returncode != 0
    problems = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert problems == ["project_slug", "package_name", "project_name", "description", "author_name"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("slug", ["../../x", "../neighbour/x", "sub/x", "..", "."])
def test_a_slug_that_leads_elsewhere_changes_nothing_there(template: Path, tmp_path: Path, slug: str) -> None:
    out = tmp_path / "a/b/out"
    out.mkdir(parents=True)
    (tmp_path / "a/b/neighbour").mkdir()
    (tmp_path / "a/b/neighbour/precious").write_text("kept")
    (tmp_path / "a/precious").write_text("kept")
    (out / "precious").write_text("kept")
    before = tree(tmp_path)
    for options in ([], ["--overwrite-if-exists"]):
        done = cookiecutter(template, *options, "--output-dir", out, project_slug=slug, package_name="x")
        assert done.returncode != 0
    assert tree(tmp_path) == before


@pytest.mark.parametrize("options", [[], ["--overwrite-if-exists"], ["-f", "--skip-if-file-exists"]])
def test_a_folder_with_something_in_it_is_left_alone(template: Path, tmp_path: Path, options: list[str]) -> None:
    target = tmp_path / "my-service"
    target.mkdir()
    (target / "precious").write_text("kept")
    (target / "json.py").write_text("raise SystemExit('imported from the target')")
    before = tree(tmp_path)
    done = cookiecutter(template, *options, "--output-dir", tmp_path)
    assert done.returncode != 0
    assert "imported from the target" not in done.stderr
    assert tree(tmp_path) == before
