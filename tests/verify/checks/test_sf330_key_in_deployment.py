import pytest

from .deployed import Found, Write

POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      env:\n        - name: SECRET_KEY\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("compose.yaml", "services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: hunter2\n", 5),
        ("compose.yaml", "services:\n  web:\n    image: x\n    environment:\n      - APP_SECRET_KEY=${K:-dev}\n", 5),
        ("Dockerfile", "FROM python:3\nENV SECRET_KEY=hunter2\nCMD gunicorn a:b\n", 2),
        ("Dockerfile", "FROM python:3\nARG SECRET_KEY=hunter2\nENV SECRET_KEY=$SECRET_KEY\nCMD gunicorn a:b\n", 2),
        ("Dockerfile", 'FROM x\nARG K=hunter2\nRUN true && \\\n  echo "SECRET_KEY=$K" >> .env\nCMD gunicorn a:b\n', 4),
        ("k8s/pod.yaml", POD + "          value: hunter2\n", 8),
        ("k8s/map.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  SECRET_KEY: hunter2\n", 4),
        ("k8s/secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  secret-key: hunter2\n", 4),
        ("k8s/secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  SESSION_SECRET: aHVudGVyMg==\n", 4),
        ("web.service", "[Service]\nEnvironment=SECRET_KEY=hunter2\nExecStart=gunicorn a:b\n", 2),
        ("fly.toml", '[env]\nJWT_SECRET_KEY = "hunter2"\n', 2),
        ("render.yaml", "services:\n- runtime: docker\n  envVars:\n  - key: SECRET_KEY\n    value: hunter2\n", 5),
        ("start.sh", "#!/bin/sh\nexport SECRET_KEY='hunter2'\nexec gunicorn a:b\n", 2),
    ],
)
def test_the_key_is_found(project: Write, found: Found, path: str, text: str, line: int) -> None:
    assert found(project({path: text}), "SF330") == [("SF330", path, line)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", "services:\n  web:\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?set it}\n"),
        ("compose.yaml", "services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-}\n"),
        ("compose.yaml", "services:\n  web:\n    image: x\n    environment: [SECRET_KEY]\n"),
        ("compose.yaml", "services:\n  web:\n    environment:\n      SECRET_KEY_FILE: /run/secrets/key\n"),
        ("Dockerfile", "FROM python:3\nENV SESSION_KEY_PREFIX=shop: SECRET_KEY_MIN_LENGTH=32\nCMD gunicorn a:b\n"),
        ("Dockerfile", "FROM python:3\nRUN SECRET_KEY=build-only flask assets build\nCMD gunicorn a:b\n"),
        ("Dockerfile", "FROM python:3\nARG SECRET_KEY\nCMD gunicorn a:b\n"),
        ("Dockerfile", "FROM python:3\nRUN echo SECRET_KEY=unset > /dev/null\nFROM x\nCMD gunicorn a:b\n"),
        ("Dockerfile", "FROM python:3\nRUN echo \"SECRET_KEY=$(cat /run/key)\" > .env && echo SECRET_KEY=none\n"),
        ("k8s/pod.yaml", POD + "          valueFrom:\n            secretKeyRef: {name: shop, key: key}\n"),
        ("k8s/secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  SECRET_KEY: <filled in by the operator>\n"),
        ("k8s/secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  SECRET_KEY: ENC[x]\nsops: {version: 3}\n"),
        ("k8s/sealed.yaml", "apiVersion: a/v1\nkind: SealedSecret\nspec:\n  encryptedData: {SECRET_KEY: AgB}\n"),
        ("web.service", "[Service]\nEnvironmentFile=/etc/shop/env\nExecStart=gunicorn a:b\n"),
        ("start.sh", "#!/bin/sh\nexport SECRET_KEY=\"$(cat /run/secrets/key)\"\nexec gunicorn a:b\n"),
    ],
)  # fmt: skip
def test_where_no_key_is_written(project: Write, found: Found, path: str, text: str) -> None:
    assert found(project({path: text}), "SF330") == []


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (': "${SECRET_KEY:=hunter2}"', [2]),
        ("export SECRET_KEY=${SECRET_KEY:-hunter2}", [2]),
        (': "${SECRET_KEY:?is not set}"', []),
        ("export SECRET_KEY=${SECRET_KEY:-$(cat /run/secrets/key)}", []),
        ('if [ "${SECRET_KEY:-unset}" = unset ]; then exit 1; fi', []),
        ("# : ${SECRET_KEY:=hunter2}", []),
    ],
)
def test_what_a_script_gives_a_key_that_is_set_elsewhere(
    project: Write, found: Found, line: str, lines: list[int]
) -> None:
    """Whoever starts the image without the compose file gets it."""
    files = {
        "Dockerfile": 'FROM python:3\nCOPY . .\nENTRYPOINT ["sh", "start.sh"]\n',
        "start.sh": f"#!/bin/sh\n{line}\nexec gunicorn a:b\n",
        "compose.yaml": "services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?set it}\n",
    }
    assert found(project(files), "SF330") == [("SF330", "start.sh", number) for number in lines]


def test_a_key_among_the_arguments_of_a_build(project: Write, found: Found) -> None:
    compose = "services:\n  web:\n    build:\n      context: .\n      args:\n        KEY: hunter2\n"
    docker = "FROM python:3\nARG KEY\nENV SECRET_KEY=$KEY\nCMD gunicorn a:b\n"
    assert found(project({"compose.yaml": compose, "Dockerfile": docker}), "SF330") == [("SF330", "compose.yaml", 6)]
    unused = docker.replace("ENV SECRET_KEY=$KEY", "RUN SECRET_KEY=$KEY flask assets build")
    assert found(project({"Dockerfile": unused}), "SF330") == []


ENV = "SECRET_KEY=hunter2\n"


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"Dockerfile": "FROM python:3\nWORKDIR /app\nCOPY . .\n", ".env": ENV}, 3),
        ({"Dockerfile": "FROM python:3\nCOPY src .env* /app/\n", ".env": ENV, ".dockerignore": "*.md\n"}, 2),
        ({"Dockerfile": "FROM python:3\nADD . /app\n", "deploy/web.env": ENV, ".dockerignore": ".env\n*.env\n"}, 2),
        ({"Dockerfile": "FROM python:3\nCOPY . .\n", ".env": ENV, ".dockerignore": ".*\n!.env\n"}, 2),
        ({"Dockerfile": "FROM python:3 AS b\nWORKDIR /app\nCOPY . .\nFROM x\nCOPY --from=b /app /app\n", ".env": ENV},
         5),
        ({"Dockerfile": "FROM python:3\nCOPY .env.example .env\n", ".env.example": ENV}, 2),
    ],
)  # fmt: skip
def test_a_file_with_a_key_is_copied_into_the_image(
    project: Write, found: Found, files: dict[str, str], line: int
) -> None:
    assert found(project(files | {".gitignore": ".env\n"}), "SF330") == [("SF330", "Dockerfile", line)]


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM python:3\nCOPY . .\n", ".dockerignore": ".env*\n"},
        {"Dockerfile": "FROM python:3\nCOPY . .\n", ".dockerignore": "*\n!src\n"},
        {"Dockerfile": "FROM python:3\nCOPY . .\n", "Dockerfile.dockerignore": "**/.env\n"},
        {"Dockerfile": "FROM python:3\nCOPY --exclude=.env . .\n"},
        {"Dockerfile": "FROM python:3\nCOPY src pyproject.toml /app/\n"},
        {"Dockerfile": "FROM x AS b\nWORKDIR /app\nCOPY . .\nFROM x\nCOPY --from=b /app/dist /srv\n"},
        {"Dockerfile.dev": "FROM python:3\nCOPY . .\n"},
        {"web/Dockerfile": "FROM python:3\nCOPY . .\n"},
        {"compose.yaml": "services:\n  web:\n    build: web\n", "web/Dockerfile": "FROM python:3\nCOPY . .\n"},
        {"Dockerfile": "FROM python:3\nCOPY . .\n", ".env": "SECRET_KEY=\n", ".env.example": ENV},
    ],
)
def test_a_file_with_a_key_stays_out_of_the_image(project: Write, found: Found, files: dict[str, str]) -> None:
    assert found(project({".env": ENV, ".gitignore": ".env\n"} | files), "SF330") == []


def workflow(key: str, run: str = "flyctl deploy", job: str = "deploy", more: str = "") -> dict[str, str]:
    head = f"on: push\njobs:\n  {job}:\n    runs-on: x\n    steps:\n{more}"
    return {".github/workflows/ci.yml": f"{head}      - run: |\n          {run}\n        env:\n          {key}\n"}


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (workflow("SECRET_KEY: hunter2"), 9),
        (workflow("K: hunter2", "heroku config:set SECRET_KEY=$K"), 7),
        (workflow("A: b", "kubectl create secret generic web --from-literal=SECRET_KEY=hunter2"), 7),
        (workflow("SECRET_KEY: hunter2", "./roll.sh", "production"), 9),
    ],
)  # fmt: skip
def test_a_workflow_hands_a_key_to_production(project: Write, found: Found, files: dict[str, str], line: int) -> None:
    assert found(project(files), "SF330") == [("SF330", ".github/workflows/ci.yml", line)]


@pytest.mark.parametrize(
    "files",
    [
        workflow("SECRET_KEY: hunter2", "pytest -q"),
        workflow("SECRET_KEY: hunter2", "flask assets build"),
        workflow("SECRET_KEY: hunter2", "./serve.sh", "browser"),
        workflow("SECRET_KEY: ${{ secrets.SECRET_KEY }}"),
        workflow("SECRET_KEY: hunter2", "docker run -e SECRET_KEY=$SECRET_KEY latest pytest"),
    ],
)
def test_a_workflow_keeps_a_key_to_itself(project: Write, found: Found, files: dict[str, str]) -> None:
    assert found(project(files), "SF330") == []
