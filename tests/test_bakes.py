"""Every combination of the choices gives a service that is whole, clean and verified."""

import ast
import itertools
import json
import re
import tomllib
from pathlib import Path

import jinja2
import pytest
import yaml

from tests.conftest import BIN, Bake, run, tree

CHOICES = {
    "example": ("yes", "no"),
    "deploy": ("container", "none"),
    "ci": ("github", "none"),
    "verification": ("full", "static"),
}
COMBINATIONS = [dict(zip(CHOICES, answers, strict=True)) for answers in itertools.product(*CHOICES.values())]
# Copied as they are: braces there are Flask's templates, tests of them, and workflow expressions.
VERBATIM = ("src/", "verify/", "tests/", ".github/")


@pytest.fixture(scope="module", params=COMBINATIONS, ids=lambda answers: "-".join(answers.values()))
def combination(request: pytest.FixtureRequest) -> dict[str, str]:
    answers: dict[str, str] = request.param
    return answers


@pytest.fixture
def service(combination: dict[str, str], bake: Bake) -> Path:
    return bake(**combination)


def test_nothing_of_the_template_is_left_in_it(service: Path) -> None:
    for path in files(service):
        text = (service / path).read_text("utf-8")
        assert "cookiecutter" not in path
        assert not re.search(r"cookiecutter\s*\.\s*_*(?:project|package|name|desc|auth)", text), path
        assert path.startswith(VERBATIM) or not re.search(r"\{\{|\{%|\{#", text), path


def test_every_file_of_it_parses(service: Path) -> None:
    environment = jinja2.Environment(autoescape=True)
    for path in files(service):
        text = (service / path).read_text("utf-8")
        match Path(path).suffix:
            case ".py":
                ast.parse(text)
            case ".toml":
                tomllib.loads(text)
            case ".yml" | ".yaml":
                yaml.safe_load(text)
            case ".json":
                json.loads(text)
            case ".html":
                environment.parse(text)


def test_it_has_what_was_asked_for_and_no_more(combination: dict[str, str], service: Path) -> None:
    def has(path: str) -> bool:
        return (service / path).exists()

    deployed = combination["deploy"] == "container"
    assert {has(path) for path in ("Dockerfile", "compose.yaml", ".dockerignore", "deploy")} == {deployed}
    assert has(".github") == (combination["ci"] == "github")
    assert has(".env") and has("LICENSE")
    traces = [path for path, content in tree(service).items() if is_example(path, content)]
    assert bool(traces) == (combination["example"] == "yes"), traces


def is_example(path: str, content: str) -> bool:
    names = r"(/|\.|import )notes\b|\bnotes(_api)?,"
    return not path.startswith("verify/") and bool(re.search(names, f"/{path}\n{content}"))


def test_it_is_formatted_and_linted(service: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = run(BIN / "ruff", *command, "--no-cache", ".", cwd=service)
        assert done.returncode == 0, done.stdout


def test_its_files_are_verified_without_a_finding(service: Path) -> None:
    done = run(BIN / "python", "-m", "verify", "--stage", "static", "--format", "json", cwd=service)
    (report,) = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert {result["status"] for result in report["results"]} == {"passed"}
    assert {result["threat"] for result in report["results"]} == {"T1", "T2", "T3", "T4", "T5", "T6"}


@pytest.mark.parametrize("example", CHOICES["example"])
def test_its_types_are_strict_and_its_own_tests_pass(example: str, installed: Bake) -> None:
    root = installed(example=example)
    for command in (["mypy"], ["pytest", "-q"], ["python", "-m", "verify"]):
        done = run("uv", "run", "--quiet", *command, cwd=root)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_its_python_does_not_depend_on_the_other_choices(combination: dict[str, str], bake: Bake) -> None:
    """So that types and tests, which take long, need looking at once for each answer to `example`."""
    sources = {path: content for path, content in python(bake(**combination)).items() if path[:7] != "deploy/"}
    default = python(bake(example=combination["example"]))
    assert sources == {path: content for path, content in default.items() if path[:7] != "deploy/"}


def python(root: Path) -> dict[str, str]:
    return {path: content for path, content in tree(root).items() if path.endswith((".py", ".html"))}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("MIT", "MIT License"),
        ("Apache-2.0", "Apache License\n"),
        ("BSD-3-Clause", "BSD 3-Clause License"),
        ("Proprietary", "All rights reserved."),
    ],
)
def test_the_licence_is_the_one_asked_for(answer: str, words: str, bake: Bake) -> None:
    text = (bake(license=answer) / "LICENSE").read_text("utf-8")
    assert words in text
    assert "{{" not in text


def test_its_secret_is_for_its_owner_and_not_for_git(bake: Bake) -> None:
    root = bake()
    assert (root / ".env").stat().st_mode & 0o777 == 0o600
    git = f"--git-dir={root / 'unused.git'}"
    assert run("git", git, "init", "-q", cwd=root).returncode == 0
    private = [".env", ".venv/x", "instance/sessions.sqlite3"]
    assert run("git", git, "--work-tree=.", "check-ignore", *private, cwd=root).stdout.split() == private


def test_its_dockerfile_is_clean_and_holds_no_key(bake: Bake) -> None:
    root = bake()
    done = run(BIN / "hadolint", "Dockerfile", cwd=root)
    assert done.returncode == 0, done.stdout
    text = (root / "Dockerfile").read_text("utf-8")
    assert not re.search(r"SECRET_KEY\s*=", text)
    assert text.rstrip().endswith('CMD ["gunicorn"]')
    (web,) = yaml.safe_load((root / "compose.yaml").read_text("utf-8"))["services"].values()
    assert web["read_only"] is True
    assert web["cap_drop"] == ["ALL"]
    assert web["security_opt"] == ["no-new-privileges:true"]
    assert web["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert web["environment"]["TRUSTED_HOSTS"].startswith("${TRUSTED_HOSTS:?")
    settings = re.findall(r"^#([A-Z0-9_]+)=", (root / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert sorted(web["environment"]) == sorted({*settings} - {"APP_ENV", "BIND"})  # which the image decides


def test_workflows_here_and_in_a_service_pin_the_same_actions(template: Path) -> None:
    def pins(root: Path) -> dict[str, str]:
        text = "".join(path.read_text("utf-8") for path in (root / ".github/workflows").iterdir())
        found = re.findall(r"uses: (\S+)@([0-9a-f]{40}) # (v[\d.]+)\n", text)
        assert len(found) == text.count("uses: ")
        return {action: f"{commit} {version}" for action, commit, version in found}

    service = pins(template / "{{cookiecutter.project_slug}}")
    assert pins(template).items() <= service.items()


def files(root: Path) -> list[str]:
    return [path for path in tree(root) if Path(path).suffix not in (".ico", ".png", ".woff2")]
