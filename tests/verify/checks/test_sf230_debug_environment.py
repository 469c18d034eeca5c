import pytest

from .deployed import POD, Found, Write

ENV = """          env:
            - name: FLASK_DEBUG
              value: "{value}"
          envFrom:
            - configMapRef: {{name: shop}}
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  FLASK_DEBUG: '1'\n"
KEYED = (POD + ENV).format(value=1).replace('value: "1"', "valueFrom: {configMapKeyRef: {name: other, key: debug}}")
OTHER = MAP.replace("shop", "other").replace("FLASK_DEBUG", "debug")


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        ({"Dockerfile": "FROM python:3\nENV A=1 \\\n    FLASK_DEBUG=true\nCMD gunicorn a:b\n"}, "Dockerfile", 3),
        ({"Dockerfile": "FROM python:3\nENV FLASK_DEBUG off\nCMD gunicorn a:b\n"}, "Dockerfile", 2),
        ({"Dockerfile": "FROM python:3\nARG D=1\nENV FLASK_DEBUG=$D\nCMD gunicorn a:b\n"}, "Dockerfile", 2),
        ({"Dockerfile": "FROM python:3 AS a\nENV FLASK_DEBUG=1\nFROM a\nCMD gunicorn a:b\n"}, "Dockerfile", 2),
        ({"Dockerfile": "FROM python:3\nCMD FLASK_DEBUG=1 gunicorn a:b\n"}, "Dockerfile", 2),
        ({"compose.yaml": "services:\n  web:\n    image: x\n    environment:\n      FLASK_DEBUG: 'yes'\n"},
         "compose.yaml", 5),
        ({"compose.yaml": "services:\n  web:\n    image: x\n    environment:\n      - FLASK_DEBUG=${DEBUG:-1}\n"},
         "compose.yaml", 5),
        ({"compose.yaml": "x-e: &e\n  FLASK_DEBUG: 1\nservices:\n  web:\n    environment:\n      <<: *e\n"},
         "compose.yaml", 2),
        ({"compose.yaml": "services:\n  web:\n    env_file: web.env\n", "web.env": "A=1\nFLASK_DEBUG=1\n"},
         "web.env", 2),
        ({"compose.yaml": "services:\n  web:\n    image: x\n    env_file:\n      - path: web.env\n",
          "web.env": "FLASK_DEBUG=1\n"}, "web.env", 1),
        ({"deploy/web.service": '[Service]\nEnvironment="A=b" "FLASK_DEBUG=1"\nExecStart=gunicorn a:b\n'},
         "deploy/web.service", 2),
        ({"deploy/web.service": "[Service]\nEnvironmentFile=-/srv/shop/deploy/web.env\nExecStart=gunicorn a:b\n",
          "deploy/web.env": "FLASK_DEBUG=1\n"}, "deploy/web.env", 1),
        ({"supervisord.conf": '[program:web]\ncommand=gunicorn a:b\nenvironment=A="1",FLASK_DEBUG="1"\n'},
         "supervisord.conf", 3),
        ({"Procfile": "web: FLASK_DEBUG=1 gunicorn a:b\n"}, "Procfile", 1),
        ({"uwsgi.ini": "[uwsgi]\nmodule = a:b\nenv = A=1\nenv = FLASK_DEBUG=1\n"}, "uwsgi.ini", 4),
        ({"shop.cron": "FLASK_DEBUG=1\n@reboot www gunicorn a:b\n"}, "shop.cron", 1),
        ({"render.yaml": "services:\n- startCommand: gunicorn a:b\n  envVars:\n  - key: FLASK_DEBUG\n    value: 1\n"},
         "render.yaml", 5),
        ({"app.yaml": "env_variables:\n  FLASK_DEBUG: 'yes'\nentrypoint: gunicorn a:b\n"}, "app.yaml", 2),
        ({"web.config": '<httpPlatform processPath="py" arguments="run.py">\n'
          '<environmentVariable name="FLASK_DEBUG" value="1" />\n'}, "web.config", 2),
        ({"Procfile": "web: env FLASK_DEBUG=1 gunicorn a:b\n"}, "Procfile", 1),
        ({"Procfile": "web: gunicorn -e FLASK_DEBUG=1 a:b\n"}, "Procfile", 1),
        ({"Procfile": "web: ./start.sh\n", "start.sh": "#!/bin/sh\nexport FLASK_DEBUG=1\nexec gunicorn a:b\n"},
         "start.sh", 2),
        ({"Procfile": "web: gunicorn a:b\n", "gunicorn.conf.py": 'raw_env = [\n    "A=1",\n    "FLASK_DEBUG=1",\n]\n'},
         "gunicorn.conf.py", 3),
        ({"fly.toml": '[env]\n  FLASK_DEBUG = "1"\n'}, "fly.toml", 2),
        ({"supervisord.conf": '[program:web]\nenvironment=\n  A="1",\n  FLASK_DEBUG="1"\ncommand=gunicorn a:b\n'},
         "supervisord.conf", 4),
        ({"k8s/web.yaml": (POD + ENV).format(value=1)}, "k8s/web.yaml", 10),
        ({"k8s/web.yaml": (POD + ENV).format(value=1).replace("FLASK_DEBUG", "A") + "---\n" + MAP}, "k8s/web.yaml", 19),
        ({"k8s/web.yaml": KEYED + "---\n" + OTHER}, "k8s/web.yaml", 19),
        ({"wsgi.py": 'import os\n\nos.environ["FLASK_DEBUG"] = "1"\n'}, "wsgi.py", 3),
        ({"etc/web@.service": "[Service]\nEnvironment=FLASK_DEBUG=0\nExecStart=gunicorn a:b\n",
          "etc/web@.service.d/limits.conf": "[Service]\nLimitCORE=0\nEnvironment=FLASK_DEBUG=1\n"},
         "etc/web@.service.d/limits.conf", 3),
        ({"web.service.d/a.conf": "[Service]\nEnvironment='FLASK_DEBUG=1'\n"}, "web.service.d/a.conf", 2),
        ({"Dockerfile": "FROM x\nENV FLASK_DEBUG=\nCMD ./up.sh\n",
          "up.sh": "[ -n \"$PORT\" ] || PORT=80\necho ${FLASK_DEBUG:=yes}\nexec gunicorn a:b\n"}, "up.sh", 2),
    ],
)  # fmt: skip
def test_debug_mode_is_named(project: Write, found: Found, files: dict[str, str], path: str, line: int) -> None:
    assert found(project(files), "SF230") == [("SF230", path, line)]


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM python:3\nENV FLASK_DEBUG=0 OTHER_DEBUG=1\nCMD gunicorn a:b\n"},
        {"Dockerfile": "FROM python:3\nENV FLASK_DEBUG=1\nENV FLASK_DEBUG=No\nCMD gunicorn a:b\n"},
        {"Dockerfile": "FROM python:3 AS build\nENV FLASK_DEBUG=1\nFROM python:3\nCMD gunicorn a:b\n"},
        {"Dockerfile": "FROM python:3\nRUN FLASK_DEBUG=1 flask assets\nCMD gunicorn a:b\n"},
        {"Dockerfile": "FROM python:3\nENV FLASK_DEBUG=1\n",
         "compose.yaml": "services:\n  web:\n    build: .\n    environment: {FLASK_DEBUG: 'false'}\n"},
        {"compose.yaml": "services:\n  web:\n    image: x\n    environment:\n      FLASK_DEBUG: ${FLASK_DEBUG}\n"},
        {"compose.yaml": "services:\n  web:\n    image: x\n    environment:\n      FLASK_DEBUG:\n"},
        {"compose.dev.yaml": "services:\n  web:\n    image: x\n    environment: {FLASK_DEBUG: 1}\n"},
        {"compose.yaml": "services:\n  web:\n    image: x\n    profiles: [dev]\n    environment: {FLASK_DEBUG: 1}\n"},
        {".env": "FLASK_DEBUG=1\n", "Procfile": "web: gunicorn a:b\n"},  # nothing of production reads it
        {".flaskenv": "FLASK_DEBUG=1\n", "Procfile": "web: gunicorn a:b\n"},
        {".env": "FLASK_DEBUG=1\n", ".gitignore": ".env\n",
         "compose.yaml": "services:\n  web:\n    image: x\n    env_file: .env\n"},
        {"uwsgi.ini": "[uwsgi]\n# env = FLASK_DEBUG=1\nenv = FLASK_DEBUG=$(FLASK_DEBUG)\n"},
        {"uwsgi-dev.ini": "[uwsgi]\nenv = FLASK_DEBUG=1\n"},
        {"web.env.example": "FLASK_DEBUG=1\n"},
        {"k8s/web.yaml": (POD + ENV).format(value=0) + "---\n" + MAP},  # the variable wins over the map
        {"web.service": "[Service]\nEnvironment=FLASK_DEBUG=1\nExecStart=gunicorn a:b\n",
         "web.service.d/a.conf": "[Service]\nEnvironment=\nEnvironment=FLASK_DEBUG=0\n"},
        {"web.service": "[Service]\nEnvironment=FLASK_DEBUG=1\nExecStart=gunicorn a:b\n",
         "web.service.d/a.conf": "[Service]\nEnvironment=\nEnvironment=A=1\n"},
        {"Dockerfile": "FROM x\nENV FLASK_DEBUG=0\nCMD ./up.sh\n",
         "up.sh": ": ${FLASK_DEBUG:=1}\nexec gunicorn a:b\n"},
        {"Procfile": "web: ./up.sh live\n",
         "up.sh": "if [ \"$1\" = try ]; then\n : ${FLASK_DEBUG:=1}\nfi\ngunicorn a:b\n"},
        {"scripts/debug.sh": "export FLASK_DEBUG=1\ngunicorn a:b\n"},
        {"Procfile": "web: gunicorn a:b\n", "gunicorn.conf.py": 'raw_env = ["FLASK_DEBUG=0"]\nloglevel = "debug"\n'},
    ],
)  # fmt: skip
def test_what_only_looks_like_it(project: Write, found: Found, files: dict[str, str]) -> None:
    assert found(project(files), "SF230") == []


def test_the_override_is_read_without_being_asked_for(project: Write, found: Found) -> None:
    files = {
        "compose.yaml": "services:\n  web:\n    image: x\n    environment: {A: 1}\n",
        "compose.override.yaml": "services:\n  web:\n    environment: {FLASK_DEBUG: 1}\n",
    }
    assert found(project(files), "SF230") == [("SF230", "compose.override.yaml", 3)]
    files["compose.prod.yaml"] = "services:\n  web:\n    environment: {A: 2}\n"
    assert found(project(files), "SF230") == []


@pytest.mark.parametrize(
    "command",
    ["flask run --debug", "flask --app shop --debug run", "python -m flask run --debugger", "uv run flask run --debug"],
)
def test_debug_mode_asked_for_on_the_command_line(project: Write, found: Found, command: str) -> None:
    root = project({"compose.yaml": f"services:\n  web:\n    image: x\n    command: {command}\n"})
    assert found(root, "SF230") == [("SF230", "compose.yaml", 4)]


@pytest.mark.parametrize("command", ["gunicorn --log-level debug a:b", "flask run --no-debug", "flask --debug routes"])
def test_another_debug(project: Write, found: Found, command: str) -> None:
    assert found(project({"Procfile": f"web: {command}\ndev: flask run --debug\n"}), "SF230") == []


def test_a_map_that_no_container_refers_to(project: Write, found: Found) -> None:
    files = {"k8s/web.yaml": (POD + ENV).format(value=0).replace("name: shop", "name: other") + "---\n" + MAP}
    assert found(project(files), "SF230") == []
    assert found(project({"k8s/web.yaml": MAP}), "SF230") == [("SF230", "k8s/web.yaml", 6)]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"wsgi.py": "from dotenv import load_dotenv\n\nload_dotenv('.flaskenv')\n"}, 1),
        ({"wsgi.py": "import dotenv\n\nif DEV:\n    dotenv.load_dotenv('.flaskenv')\n"}, 0),
        ({"wsgi.py": "import dotenv\n\ndotenv.load_dotenv()\n"}, 0),
        ({"wsgi.py": "import dotenv\n\ndotenv.load_dotenv('.flaskenv')\n",
          "Procfile": "web: FLASK_DEBUG=0 gunicorn wsgi"}, 0),
        ({"wsgi.py": "import dotenv\n\nFILE = HERE / '.flaskenv'\ndotenv.load_dotenv(FILE, override=True)\n"}, 1),
        ({"wsgi.py": "import dotenv\n\nFILE = HERE / '.flaskenv'\nVALUES = dotenv.dotenv_values(FILE)\n"}, 0),
    ],
)  # fmt: skip
def test_a_developers_file_that_production_loads(
    project: Write, found: Found, files: dict[str, str], line: int
) -> None:
    root = project({".flaskenv": "FLASK_DEBUG=1\n", "Procfile": "web: gunicorn wsgi\n"} | files)
    assert found(root, "SF230") == ([("SF230", ".flaskenv", line)] if line else [])
