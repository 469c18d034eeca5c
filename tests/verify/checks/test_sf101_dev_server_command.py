import pytest

from .deployed import POD, Found, Write

SHIP = """jobs:
  ship:
    steps:
      - run: flask run &
      - uses: appleboy/ssh-action@v1
        with:
          host: shop
          script: |
"""


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("Dockerfile", 'FROM python:3\nCMD ["flask", "--app", "shop", "run"]\n', 2),
        ("Dockerfile", "FROM python:3\nCMD flask run -h 0.0.0.0\n", 2),
        ("Dockerfile", "FROM python:3\nCMD cd /srv && exec flask run\n", 2),
        ("Dockerfile", 'FROM python:3\nENTRYPOINT ["flask"]\nCMD ["run"]\n', 3),
        ("Dockerfile", 'FROM python:3\nENTRYPOINT ["tini", "--", "gosu", "app"]\nCMD ["flask", "run"]\n', 3),
        ("Dockerfile", 'FROM python:3 AS a\nCMD ["flask", "run"]\nFROM a AS b\nUSER 1\n', 2),
        ("Dockerfile", 'FROM python:3\nCMD ["sh", "-c", "flask db upgrade && flask run"]\n', 2),
        ("Dockerfile", 'FROM python:3\nCMD ["uv", "run", "--no-dev", "flask", "run"]\n', 2),
        ("Dockerfile", 'FROM python:3\nCMD ["python", "-c", "import shop; shop.app.run(host=\'0.0.0.0\')"]\n', 2),
        ("Procfile", "web: FLASK_APP=shop flask run --port $PORT\n", 1),
        ("Procfile", "web: env FLASK_APP=shop poetry run flask run\n", 1),
        ("Procfile", "web: python -m flask --app shop run\n", 1),
        ("compose.yaml", "services:\n  web:\n    image: shop\n    command: flask run\n", 4),
        ("compose.yaml", "services:\n  web:\n    image: shop\n    entrypoint: [flask]\n    command:\n      - run\n", 6),
        ("docker-compose.prod.yml", "services:\n  web:\n    image: shop\n    command: bash -c 'flask run'\n", 4),
        ("compose.override.yaml", "services:\n  web:\n    image: shop\n    command: flask run\n", 4),
        ("k8s/web.yaml", POD + "          command: [flask]\n          args: [run]\n", 9),
        ("k8s/web.yaml", POD + '          args: ["flask", "run", "-h", "0.0.0.0"]\n', 8),
        ("deploy/web.service", "[Service]\nExecStart=/usr/bin/env FLASK_APP=shop \\\n  flask run\n", 3),
        ("deploy/supervisord.conf", "[program:web]\ncommand = flask run -h 0.0.0.0\n", 2),
        (
            "roles/web/templates/web.service.j2",
            "[Service]\n{% if port %}\nExecStart={{ venv | default('/srv/v') }}/bin/flask run -p {{ port }}\n",
            3,
        ),
        ("fly.toml", '[processes]\n  app = "flask run"\n', 2),
        ("railway.toml", '[deploy]\nstartCommand = "flask run -h 0.0.0.0"\n', 2),
        ("render.yaml", "services:\n  - type: web\n    startCommand: pip list && flask run\n", 3),
        ("app.yaml", "runtime: python312\nentrypoint: flask run -p $PORT\n", 2),
        ("heroku.yml", "run:\n  web: flask run\n", 2),
        ("ecs/taskdef.json", '{"containerDefinitions": [\n{"name": "web",\n"command": ["flask", "run"]}]}\n', 3),
        (".github/workflows/deploy.yml", SHIP + "            cd /srv\n            nohup flask run -h :: &\n", 10),
        (
            "web.config",
            '<!-- <httpPlatform\n-->\n<httpPlatform processPath="C:\\python\\python.exe"\n'
            'stdoutLogEnabled="true" arguments="-m flask run -h 0.0.0.0" />\n',
            4,
        ),
        ("deploy/crontab", "A=1\n@reboot www /srv/venv/bin/flask -A shop run\n", 2),
        ("etc/cron.d/shop", "@reboot cd /srv && (flask run -h 0.0.0.0 >> /var/log/shop &)\n", 1),
        ("serve.sh", "#!/bin/sh\nflask run -h 0.0.0.0\n", 2),
        ("docs.yaml", POD + "          command: [python3, -m, http.server]\n", 8),
    ],
)
def test_the_command_is_named(project: Write, found: Found, path: str, text: str, line: int) -> None:
    assert found(project({path: text}), "SF101") == [("SF101", path, line)]


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM python:3\n# CMD flask run\nCMD gunicorn shop:app\n"},
        {"Dockerfile": 'FROM python:3\nENTRYPOINT ["gunicorn"]\nCMD ["flask:run"]\n'},
        {"Dockerfile": "FROM python:3\nRUN flask run --help\nCMD flask db upgrade && gunicorn shop:app\n"},
        {"Dockerfile": "FROM python:3\nCMD flask run\nCMD gunicorn shop:app\n"},
        {"Dockerfile": "FROM python:3\nHEALTHCHECK CMD flask run-checks\nCMD gunicorn shop:app\n"},
        {"Dockerfile": "FROM python:3 AS dev\nCMD flask run\nFROM python:3\nCMD gunicorn shop:app\n"},
        {"Dockerfile.dev": "FROM python:3\nCMD flask run -h 0.0.0.0\n"},
        {"Dockerfile": "FROM python:3\nCMD flask run\n",
         "compose.yaml": "services:\n  web:\n    build: .\n    command: gunicorn shop:app\n"},
        {"Dockerfile": "FROM python:3 AS web\nCMD gunicorn shop:app\nFROM web AS extra\nCMD flask run\n",
         "compose.yaml": "services:\n  web:\n    build: {context: ., target: web}\n"},
        {"compose.yaml": "services:\n  web:\n    profiles: [debug]\n    image: shop\n    command: flask run\n"},
        {"compose.local.yaml": "services:\n  web:\n    image: shop\n    command: flask run\n"},
        {"compose.yaml": "services:\n  web:\n    image: shop\n    command: flask run\n",
         "compose.prod.yaml": "services:\n  web:\n    command: gunicorn shop:app\n"},
        {"Procfile": "web: gunicorn shop:app\nrelease: flask db upgrade\ndev: flask run\n"},
        {"deploy/web.service": "[Service]\nExecStartPre=flask run-migrations\nExecStart=gunicorn shop:app\n"},
        {"deploy/web.service": "[Service]\nExecStart=flask run\nExecStart=\nExecStart=gunicorn shop:app\n"},
        {"supervisord.conf": "[program:web]\ncommand=flask run\nautostart=false\n"},
        {"supervisord.conf.j2": "[program:web]\ncommand={{ venv }}/bin/gunicorn {{ flask run }} shop:app\n"},
        {"fly.toml": '[processes]\napp = "gunicorn shop:app"\nclean = "flask --app shop run-cleanup"\n'},
        {"run.sh": "#!/bin/sh\nflask run\n"},  # a developer's, on loopback
        {"scripts/dev.sh": "#!/bin/sh\nflask run -h 0.0.0.0\n"},
        {"app.yaml": "kind: Pod\napiVersion: v1\nspec:\n  command: flask run\n"},
        {"render.yaml": "services:\n  - buildCommand: flask run-build\n    startCommand: gunicorn shop:app\n"},
        {".github/workflows/deploy.yml": "jobs:\n  a:\n    steps:\n      - run: flask run &\n"},
        {".github/workflows/deploy.yml": SHIP + "            gunicorn shop:app\n"},
        {"web.config": '<!-- <httpPlatform processPath="a" arguments="-m flask run" /> -->\n'
                       '<httpPlatform processPath="C:\\python.exe" arguments="-m waitress shop:app" />\n'},
        {"shop.cron": "@reboot www gunicorn shop:app\n0 3 * * * www flask run\n# @reboot flask run\n"},
        {"cron.d/shop-dev": "@reboot www flask run\n"},
        {"docs.sh": "#!/bin/sh\npython3 -m http.server -b localhost 8000\n"},
        {"k8s/overlays/dev/web.yaml": POD + "          args: [flask, run]\n"},
    ],
)  # fmt: skip
def test_what_only_looks_like_it(project: Write, found: Found, files: dict[str, str]) -> None:
    assert found(project(files), "SF101") == []


TASKS = """\
[tool.pdm.scripts]
serve = "gunicorn shop:app"
try = {cmd = "flask run -h 0.0.0.0", env = {A = "b"}}
"""


@pytest.mark.parametrize(("command", "line"), [("pdm run serve", 0), ("pdm run try", 3)])
def test_a_task_runner_runs_a_task(project: Write, found: Found, command: str, line: int) -> None:
    root = project({"pyproject.toml": TASKS, "Procfile": f"web: {command}\n"})
    assert found(root, "SF101") == ([("SF101", "pyproject.toml", line)] if line else [])


START = """#!/bin/sh
if [ "$STAGE" = "development" ]; then
    exec flask run -h 0.0.0.0
fi
case "$1" in
    web) exec gunicorn shop:app ;;
    dev) exec flask run ;;
    *) exec "$@" ;;
esac
"""


@pytest.mark.parametrize(
    ("cmd", "line"),
    [('["web"]', 0), ('["dev"]', 7), ('["gunicorn", "shop:app"]', 0), ('["flask", "run"]', -5)],
)
def test_a_script_runs_what_it_is_given(project: Write, found: Found, cmd: str, line: int) -> None:
    docker = f'FROM python:3\nCOPY start.sh /start.sh\nENV A=b\nENTRYPOINT ["/start.sh"]\nCMD {cmd}\n'
    root = project({"Dockerfile": docker, "start.sh": START})
    expected = [] if not line else [("SF101", "start.sh" if line > 0 else "Dockerfile", abs(line))]
    assert found(root, "SF101") == expected


def test_a_branch_that_the_environment_selects(project: Write, found: Found) -> None:
    docker = 'FROM python:3\nENV STAGE=development\nENTRYPOINT ["sh", "start.sh", "web"]\n'
    assert found(project({"Dockerfile": docker, "start.sh": START}), "SF101") == [("SF101", "start.sh", 3)]


MAKE = """HOST ?= 127.0.0.1
APP := shop

.PHONY: dev serve

dev: assets
	@flask --app $(APP) run --host $(HOST)

assets:
	npm run build

serve:
	gunicorn --bind $(HOST):8000 $(APP):app
"""


@pytest.mark.parametrize(
    ("command", "line"), [("make dev HOST=0.0.0.0", 7), ("make", 7), ("make serve", 0), ("make -s assets", 0)]
)
def test_make_runs_a_target(project: Write, found: Found, command: str, line: int) -> None:
    root = project({"Procfile": f"web: {command}\n", "Makefile": MAKE})
    assert found(root, "SF101") == ([("SF101", "Makefile", line)] if line else [])


GROUP = "from flask.cli import FlaskGroup\nfrom shop import create_app\n\nstaff = FlaskGroup(create_app=create_app)\n"
MARKED = """import click
from flask.cli import FlaskGroup


@click.group(cls=FlaskGroup, name="shop")
def staff():
    "Everything that the staff does."


@staff.command()
def tidy(): ...
"""
SCRIPTS = '[project]\nname = "shop"\n[project.scripts]\nshop-staff = "shop.staff:staff"\n'


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("python staff.py run -h ::", {"staff.py": GROUP + "if __name__ == '__main__':\n    staff()\n"}),
        ("./staff.py run", {"staff.py": GROUP + "staff.main()\n"}),
        (
            "python -m shop --app shop run",
            {"shop/staff.py": MARKED, "shop/__main__.py": "from .staff import *\nstaff()"},
        ),
        ("shop-staff run --port 80", {"shop/staff.py": GROUP, "shop/__init__.py": "", "pyproject.toml": SCRIPTS}),
        ("shop-staff run", {"src/shop/staff.py": MARKED, "src/shop/__init__.py": "", "pyproject.toml": SCRIPTS}),
        (
            "shop-staff run",
            {
                "src/shop/staff.py": GROUP + "def start():\n    staff()\n",
                "pyproject.toml": SCRIPTS.replace(":staff", ":start"),
            },
        ),
        ("python manage.py run", {"manage.py": "import sys\nfrom flask.cli import main\n\nmain(sys.argv[1:])\n"}),
    ],
)
def test_a_program_that_is_flask_by_another_name(
    project: Write, found: Found, line: str, files: dict[str, str]
) -> None:
    assert found(project({**files, "Procfile": f"web: {line}\n"}), "SF101") == [("SF101", "Procfile", 1)]
    assert found(project({**files, "Procfile": f"web: {line.replace('run', 'tidy')}\n"}), "SF101") == []


@pytest.mark.parametrize(
    "code",
    [
        GROUP + "@staff.command('run')\ndef serve(): ...\n\nstaff()\n",
        GROUP.replace("=create_app)", "=create_app, add_default_commands=False)") + "staff()\n",
        GROUP.replace("flask.cli import Flask", "shop.cli import Flask") + "staff()\n",
        GROUP + "def nobody():\n    staff()\n",
        GROUP + "staff(['tidy'])\n",
    ],
)
def test_a_program_that_does_not_hand_its_words_on(project: Write, found: Found, code: str) -> None:
    assert found(project({"staff.py": code, "Procfile": "web: python staff.py run\n"}), "SF101") == []
