import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.project import Project

Write = Callable[[dict[str, str]], Path]


def started(root: Path) -> list[str]:
    return [" ".join(command.argv) for command in Project(root).launch.commands if command.argv]


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("exec gunicorn a:b", "gunicorn a:b"),
        ("/srv/.venv/bin/gunicorn a:b", "gunicorn a:b"),
        ("A=1 B=2 gunicorn a:b", "gunicorn a:b"),
        ("env -i A=1 gunicorn a:b", "gunicorn a:b"),
        ("python3.12 -X dev -m gunicorn a:b", "gunicorn a:b"),
        ("python -u -m shop.serve --port 80", "python -m shop.serve --port 80"),
        ("uv run --frozen --no-dev gunicorn a:b", "gunicorn a:b"),
        ("poetry run flask run", "flask run"),
        ("gosu app:app tini -s -- gunicorn a:b", "gunicorn a:b"),
        ("dumb-init -- sh -c 'gunicorn a:b'", "gunicorn a:b"),
        ("bash -lc 'cd /srv; exec gunicorn a:b'", "cd /srv|gunicorn a:b"),
        ("newrelic-admin run-program gunicorn a:b", "gunicorn a:b"),
        ("./bin/start", "gunicorn a:b"),
        ("sh bin/start", "gunicorn a:b"),
        ("uv run src/serve.py", "python src/serve.py"),
        ("echo flask run", "echo flask run"),
        ("chmod +x bin/start", "chmod +x bin/start"),
    ],
)
def test_wrappers_are_taken_off(project: Write, line: str, program: str) -> None:
    root = project({"Procfile": f"web: {line}\n", "bin/start": "#!/bin/sh\nexec gunicorn a:b\n"})
    assert started(root) == program.split("|")


def test_compose_runs_the_image_with_its_own_environment(project: Write) -> None:
    root = project(
        {
            "Dockerfile": 'FROM x AS a\nENV A=1 B=1\nENTRYPOINT ["gunicorn"]\nCMD ["a:b"]\nFROM x AS z\nCMD ["z"]\n',
            "compose.yaml": "services:\n  web:\n    build: {context: ., target: a}\n    environment: {B: 2}\n"
            "    env_file: [c.env]\n",
            "c.env": "B=3\nC=3\n",
        }
    )
    launch = Project(root).launch
    assert started(root) == ["gunicorn a:b"]
    assert [(v.value, v.path, v.line) for name in "ABC" for v in launch.env(name)] == [
        ("1", "Dockerfile", 2), ("2", "compose.yaml", 4), ("3", "c.env", 2),
    ]  # fmt: skip


def test_a_value_that_the_operator_gives_is_not_known(project: Write) -> None:
    root = project({"compose.yaml": "services:\n  web:\n    image: x\n    environment: {A: '${A}', B: '${B:-2}'}\n"})
    launch = Project(root).launch
    assert launch.env("A") == [] and launch.env("B") == ["2"]


def test_build_arguments_of_compose_win(project: Write) -> None:
    docker = "ARG V=3\nFROM python:$V\nARG A=1\nENV A=$A\nCMD gunicorn a:b\n"
    compose = "services:\n  web:\n    build: {context: ., args: {A: 0}}\n"
    assert Project(project({"Dockerfile": docker, "compose.yaml": compose})).launch.env("A") == ["0"]


def test_the_code_that_production_comes_to(project: Write) -> None:
    root = project(
        {
            "src/shop/__init__.py": "from .make import make\n\n\ndef create_app():\n    return make()\n",
            "src/shop/make.py": "def make():\n    pass\n\n\ndef other():\n    pass\n",
            "src/shop/spare.py": "def main():\n    pass\n\n\nmain()\n",
            "Procfile": 'web: gunicorn "shop:create_app()"\n',
        }
    )
    one = Project(root)
    make, spare = one.modules["src/shop/make.py"], one.modules["src/shop/spare.py"]
    functions = [(module, f) for module in (make, spare) for f in module.tree.body if isinstance(f, ast.FunctionDef)]
    reached = [one.reach.entry(module, function.body[0]) for module, function in functions]
    assert [command is not None for command in reached] == [True, False, False]


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yaml": "services: [\n"},
        {"compose.yaml": "- a\n"},
        {"compose.yaml": "services:\n  web: 3\n  b:\n    build: [1]\n    command: {a: b}\n    env_file: {x: y}\n"},
        {"k8s/a.yaml": "apiVersion: v1\nkind: List\nitems: [{containers: {a: 1}}, {containers: [3, {env: 3}]}]\n"},
        {"Dockerfile": "CMD flask run\n"},
        {"a.sh": ". ./a.sh\nsh a.sh\n./a.sh\n"},
        {"compose.yaml": "services:\n  a:\n    extends: {file: b.yaml, service: a}\n",
         "b.yaml": "services:\n  a:\n    extends: {file: compose.yaml, service: a}\n"},
        {"pyproject.toml": "[project]\nscripts = 3\n[tool]\npoetry = 3\n", "Procfile": "web: python\n"},
        {"pyproject.toml": "tool = 3\n", "Procfile": "web:\nweb: sh\nweb: sh -c\nweb: python -m\nweb: env\n"},
    ],
)  # fmt: skip
def test_odd_files_do_not_stop_it(project: Write, files: dict[str, str]) -> None:
    Project(project(files)).launch.env("A")


def test_scripts_without_end_are_a_problem(project: Write) -> None:
    root = project({"Procfile": "web: sh a.sh\n", "a.sh": "sh a.sh\n" * 30})
    one = Project(root)
    assert one.launch.commands is not None
    assert [problem.message for problem in one.problems] == ["scripts that start each other without end: not judged"]
