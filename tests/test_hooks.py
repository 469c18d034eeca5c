"""The two hooks, function by function, and what they print when something is wrong."""

import importlib.util
import json
import os
import shutil
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest
from jinja2 import Environment

from tests.conftest import BIN, REPOSITORY, Bake, Done, cookiecutter, run

GOOD = {
    "project_name": "Orders",
    "project_slug": "orders-api",
    "package_name": "orders_api",
    "description": "Takes orders.",
    "author_name": "Ada",
    "author_email": "ada@example.com",
    "license": "MIT",
    "example": "yes",
    "deploy": "container",
    "ci": "github",
    "verification": "static",
}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "hooks" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, module)
        patch.setattr(sys, "path", list(sys.path))  # the hook secures its own
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pre() -> ModuleType:
    return load("pre_gen_project")


@pytest.fixture(scope="module")
def post() -> ModuleType:
    return load("post_gen_project")


@pytest.mark.parametrize(
    ("slug", "package", "wanted"),
    [
        ("../x", "x_api", "project_slug '../x' is not usable: lower-case letters"),
        ("/tmp/x", "x_api", "project_slug '/tmp/x' is not usable: lower-case letters"),
        ("a\\b", "x_api", "project_slug 'a\\\\b' is not usable: lower-case letters"),
        ("Orders", "orders", "project_slug 'Orders' is not usable: lower-case letters"),
        ("orders--api", "orders", "project_slug 'orders--api' is not usable: lower-case letters"),
        ("orders\n", "orders", "project_slug 'orders\\n' is not usable: lower-case letters"),
        ("", "orders", "project_slug '' is not usable: lower-case letters"),
        ("a" * 64, "orders", "at most 63 characters"),
        ("flask", "orders", "project_slug 'flask' is not usable: a service made here depends on a package"),
        ("flask-session", "orders", "depends on a package of that name"),
        ("orders", "9lives", "package_name '9lives' is not usable: lower-case letters"),
        ("orders", "orders-api", "package_name 'orders-api' is not usable: lower-case letters"),
        ("orders", "_orders", "package_name '_orders' is not usable: lower-case letters"),
        ("orders", "örders", "package_name 'örders' is not usable: lower-case letters"),
        ("orders", "class", "package_name 'class' is not usable: it is a Python keyword"),
        ("orders", "match", "package_name 'match' is not usable: it is a Python keyword"),
        ("orders", "json", "package_name 'json' is not usable: Python's standard library has a module"),
        ("orders", "verify", "package_name 'verify' is not usable: a service made here installs or has"),
        ("orders", "tests", "package_name 'tests' is not usable: a service made here installs or has"),
        ("orders", "werkzeug", "package_name 'werkzeug' is not usable: a service made here installs or has"),
    ],
)
def test_a_name_that_cannot_work_is_refused_with_an_example(
    pre: ModuleType, slug: str, package: str, wanted: str
) -> None:
    (problem,) = pre.name_problems({"project_slug": slug, "package_name": package})
    assert wanted in problem
    assert "for example '" in problem


@pytest.mark.parametrize(("slug", "package"), [("orders", "orders"), ("a1-b2-c3", "a1_b2"), ("x", "x")])
def test_a_name_that_works_is_taken(pre: ModuleType, slug: str, package: str) -> None:
    assert pre.name_problems({"project_slug": slug, "package_name": package}) == []


def test_every_name_that_a_service_installs_is_refused(pre: ModuleType, installed: Bake) -> None:
    script = (
        "import importlib.metadata as m, json;"
        "print(json.dumps([sorted(m.packages_distributions()), [d.name for d in m.distributions()]]))"
    )
    root = installed()
    modules, distributions = json.loads(run(root / ".venv/bin/python", "-c", script, cwd=root).stdout)
    unusable = {name for name in modules if not pre.PACKAGE.fullmatch(name)}
    assert set(modules) - unusable - pre.TAKEN - sys.stdlib_module_names - {"my_service"} == set()
    assert {name.lower().replace("-", "_") for name in distributions} - pre.TAKEN == {"my_service"}


@pytest.mark.parametrize("text", ["\x00", "\x07", "\x1b[31m", "\x7f", "\ud800"])
@pytest.mark.parametrize("question", ["project_name", "description", "author_name", "author_email"])
def test_control_characters_are_refused(pre: ModuleType, question: str, text: str) -> None:
    (problem,) = pre.text_problems(GOOD | {question: f"a{text}b"})
    assert problem.startswith(f"{question} has control characters (U+")


@pytest.mark.parametrize("question", ["project_name", "author_name"])
def test_an_empty_name_is_refused(pre: ModuleType, question: str) -> None:
    (problem,) = pre.text_problems(GOOD | {question: " \t"})
    assert problem.startswith(f"{question} is empty")


@pytest.mark.parametrize("question", ["license", "example", "deploy", "ci", "verification"])
def test_an_unknown_choice_is_refused(pre: ModuleType, question: str) -> None:
    (problem,) = pre.choice_problems(GOOD | {question: "maybe"})
    assert problem.startswith(f"{question} 'maybe' is not usable: one of ")


def test_the_choices_of_the_hook_are_those_of_the_questions(pre: ModuleType) -> None:
    questions = json.loads((REPOSITORY / "cookiecutter.json").read_text("utf-8"))
    assert {q: tuple(a) for q, a in questions.items() if isinstance(a, list) and q[0] != "_"} == pre.CHOICES


@pytest.mark.parametrize("version", ["1.7.3", "2.0.0", "2.6.0"])
def test_an_old_cookiecutter_is_refused_by_name(pre: ModuleType, version: str) -> None:
    (problem,) = pre.tool_problems((3, 11), version)
    assert problem.startswith(f"cookiecutter {version} is too old: 2.7 or newer is needed")


def test_an_old_python_is_refused(pre: ModuleType) -> None:
    (problem,) = pre.tool_problems((3, 10), "2.7.1")
    assert problem.startswith("cookiecutter runs on Python 3.10: 3.11 or newer is needed")
    assert pre.tool_problems((3, 11), "2.7.0") == pre.tool_problems((3, 14), "2.10") == []


def test_a_secret_is_made_once_and_for_its_owner_only(post: ModuleType, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        post.make_secret(tmp_path)
    finally:
        os.umask(umask)
    env = tmp_path / ".env"
    first = env.read_text()
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert first.startswith("SECRET_KEY=") and len(first.strip().partition("=")[2]) == 64
    post.make_secret(tmp_path)
    assert env.read_text() == first


def test_a_line_that_is_gone_from_the_template_is_an_error(post: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "blueprints.py"
    path.write_text("home,\n")
    with pytest.raises(LookupError, match="has no line 'notes,'"):
        post.drop_lines(path, ["notes,"])


@pytest.mark.parametrize("name", ["pre_gen_project", "post_gen_project"])
@pytest.mark.parametrize(
    "text", ['"""', "'''", "\\", '\\"""', "a\nb", "{{ x }}", "{% raw %}", "</script>", "🚀", "\ud800"]
)
def test_answers_reach_a_hook_as_they_are(name: str, text: str) -> None:
    answers = GOOD | {"description": text, "author_name": f"{text}{text}"}
    source = (REPOSITORY / "hooks" / f"{name}.py").read_text("utf-8")
    rendered = Environment(autoescape=False).from_string(source).render(cookiecutter=answers)  # noqa: S701  # as cookiecutter does
    (line,) = [line.partition("json.loads(")[2] for line in rendered.splitlines() if "json.loads(r" in line]
    literal = compile(line.removesuffix(")"), name, "eval")
    assert json.loads(eval(literal)) == answers  # noqa: S307  # the literal that the hook has


def test_a_module_planted_in_the_temporary_folder_is_not_imported(template: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    for name in ("json", "re", "secrets", "verify", "unicodedata"):
        (shared / f"{name}.py").write_text(f"open({str(tmp_path / 'pwned')!r}, 'w')")
    done = run(
        *("cookiecutter", "--no-input", "--output-dir", tmp_path / "out", template, "verification=static"),
        cwd=tmp_path,
        env={"TMPDIR": str(shared)},
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pwned").exists()


@pytest.fixture
def faulty(template: Path, tmp_path: Path) -> Path:
    """The template, with a development server in it."""
    copy = tmp_path / "faulty"
    shutil.copytree(template, copy)
    wsgi = copy / "{{cookiecutter.project_slug}}/src/{{cookiecutter.package_name}}/wsgi.py"
    wsgi.write_text(wsgi.read_text() + '\napp.run(host="0.0.0.0")\n')
    return copy


def test_a_fault_stops_the_generation_and_says_where_it_is(faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = cookiecutter(faulty, "--output-dir", out, verification="static")
    assert done.returncode != 0
    assert "src/my_service/wsgi.py:" in done.stderr
    assert "fix: " in done.stderr
    assert "--keep-project-on-failure" in done.stderr
    assert not (out / "my-service").exists()


def test_a_service_with_a_fault_can_be_kept(faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = cookiecutter(faulty, "--keep-project-on-failure", "--output-dir", out, verification="static")
    assert done.returncode != 0
    assert (out / "my-service/src/my_service/wsgi.py").exists()


def generate(template: Path, out: Path, **env: str) -> Done:
    return run(BIN / "cookiecutter", "--no-input", "--output-dir", out, template, cwd=out.parent, env=env)


def test_what_a_person_sees_at_the_end(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = generate(template, out)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    table = [line.split() for line in lines if line[:2] in ("T1", "T2", "T3", "T4", "T5", "T6")]
    assert [row[0] for row in table] == ["T1", "T2", "T3", "T4", "T5", "T6"]
    assert all(int(cell) > 0 for row in table for cell in row[-3:]), done.stdout
    assert lines[-4:] == ["Next:", f"  cd {out / 'my-service'}", "  uv run gunicorn", ""]
    assert "not run" not in done.stdout
    secret = (out / "my-service/.env").read_text().strip().partition("=")[2]
    assert secret not in done.stdout + done.stderr


def test_without_a_network_a_stage_is_not_run_and_never_passed(template: Path, tmp_path: Path) -> None:
    done = generate(template, tmp_path / "out", UV_OFFLINE="1", UV_CACHE_DIR=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert "runtime: not run, because uv sync failed: " in done.stdout
    assert "uv run python -m verify --stage runtime" in done.stdout
    assert done.stdout.count("not run, because") == 2
    assert (tmp_path / "out/my-service/.env").exists()


def test_without_uv_a_stage_is_not_run_and_never_passed(template: Path, tmp_path: Path) -> None:
    # an interpreter with cookiecutter and without uv beside it
    bare = tmp_path / "bare"
    done = run(sys.executable, "-m", "venv", "--without-pip", bare, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (site,) = bare.glob("lib/python*/site-packages")
    (library,) = BIN.parent.glob("lib/python*/site-packages")
    (site / "tools.pth").write_text(str(library))
    done = run(
        *(bare / "bin/python", "-m", "cookiecutter", "--no-input", "--output-dir", tmp_path / "out", template),
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "UV": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "runtime: not run, because uv is not installed" in done.stdout
