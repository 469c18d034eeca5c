import pytest

from .deployed import Found, Write

APP = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
HEAD = "from shop import create_app\n\n\n"
MAIN = '\n\nif __name__ == "__main__":\n    main()\n'


def serve(body: str, head: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{head}from shop import create_app\n\n\ndef main():\n{lines}{MAIN}"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ('create_app().run(host="0.0.0.0")', ""),
        ('create_app().run("::", 8000)', ""),
        ('create_app().run(host="")', ""),
        ('create_app().run(host="10.1.2.3")', ""),
        ('getattr(create_app(), "run")(host="0.0.0.0")', ""),
        ('Flask.run(create_app(), "0.0.0.0")', "from flask import Flask\n"),
        ('create_app().run(**{"host": "0.0.0.0", "port": 80})', ""),
        ('create_app().run(host=os.environ.get("HOST", "0.0.0.0"))', "import os\n"),
        ('run_simple("0.0.0.0", 80, create_app())', "from werkzeug.serving import run_simple\n"),
        ('run_simple(hostname="0.0.0.0", port=80, application=create_app())', "from werkzeug import run_simple\n"),
        ('make_server("0.0.0.0", 80, create_app()).serve_forever()', "from werkzeug.serving import make_server\n"),
        ('ws.ThreadedWSGIServer("0.0.0.0", 80, create_app())', "from werkzeug import serving as ws\n"),
        ('ws.ForkingWSGIServer("0.0.0.0", 80, create_app())', "import werkzeug.serving as ws\n"),
        ('make_server("", 80, create_app())', "from wsgiref.simple_server import make_server\n"),
        ('partial(create_app().run, host="0.0.0.0")()', "from functools import partial\n"),
        ('Thread(target=create_app().run, args=("0.0.0.0", 80)).start()', "from threading import Thread\n"),
        ('Process(target=create_app().run, kwargs=dict(host="0.0.0.0")).start()',
         "from multiprocessing import Process\n"),
        ('pool.submit(run_simple, "0.0.0.0", 80, create_app())',
         "from werkzeug.serving import run_simple\nimport concurrent.futures as cf\npool = cf.ThreadPoolExecutor()\n"),
        ('create_app().run(host=".".join(["0"] * 4))', ""),
        ('os.execvp("flask", ["flask", "run", "--host", "0.0.0.0"])', "import os\n"),
        ('subprocess.run(["python", "-m", "flask", "run", "-h", "0.0.0.0"])', "import subprocess\n"),
        ('os.system("flask --app shop run -h 0.0.0.0")', "import os\n"),
        ('subprocess.call([sys.executable, *START, "-p", "80"])',
         'import subprocess, sys\nSTART = ("-m", "flask", "run", "--host=0.0.0.0")\n'),
        ('pkgutil.resolve_name(KIND)("0.0.0.0", 80, create_app())',
         'import pkgutil\nKIND = "werkzeug.serving:run_simple"\n'),
        ('Quiet("0.0.0.0", 80, create_app()).serve_forever()',
         "from werkzeug.serving import BaseWSGIServer as Base\nclass Own(Base): ...\nclass Quiet(Own): ...\n"),
        ('Many(("", 80), Page).serve_forever()',
         "import http.server\nclass Many(http.server.HTTPServer): ...\nclass Page: ...\n"),
        ('staff.main(args=["run", "-h", "0.0.0.0"] if len(argv) == 1 else argv[1:])',
         "from sys import argv\nfrom flask.cli import FlaskGroup\nstaff = FlaskGroup()\n"),
        ('click.get_current_context().invoke(run_command, host="0.0.0.0")',
         "import click\nfrom flask.cli import run_command\n"),
    ],
)  # fmt: skip
def test_a_server_that_listens_on_the_network(project: Write, found: Found, body: str, head: str) -> None:
    root = project({"src/shop/__init__.py": APP, "src/shop/serve.py": serve(body, head)})
    line = head.count("\n") + 5
    assert found(root, "SF102") == [("SF102", "src/shop/serve.py", line)]


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("create_app().run()", ""),
        ('create_app().run(host="127.0.0.1", port=5000, use_reloader=True)', ""),
        ('create_app().run("localhost")', ""),
        ('create_app().run(host="::1")', ""),
        ('run_simple("127.0.0.1", 80, create_app())', "from werkzeug.serving import run_simple\n"),
        ('run_simple(create_app(), host="0.0.0.0")', "from waitress import serve as run_simple\n"),
        ('app.run(host="0.0.0.0")', "class Robot:\n    def run(self, host): ...\napp = Robot()\n"),
        ('asyncio.run(work("0.0.0.0"))', "import asyncio\nasync def work(host): ...\n"),
        ('Thread(target=Robot().run, args=("0.0.0.0",)).start()',
         "from threading import Thread\nclass Robot:\n    def run(self, host): ...\n"),
        ('subprocess.run(["gunicorn", "--bind", "0.0.0.0:80", "shop:create_app()"])', "import subprocess\n"),
        ('uvicorn.run(create_app(), host="0.0.0.0")', "import uvicorn\n"),
        ('Quiet("0.0.0.0", 80, create_app()).serve_forever()',
         "from cheroot.wsgi import Server\nclass Quiet(Server): ...\n"),
        ('staff.main(["routes"] if len(argv) == 1 else ["run", "-h", "127.0.0.1"])',
         "from sys import argv\nfrom flask.cli import FlaskGroup\nstaff = FlaskGroup()\n"),
        ('subprocess.run(["flask", "routes"], cwd="run")', "import subprocess\n"),
        ('if os.environ.get("STAGE") == "development":\n    create_app().run(host="0.0.0.0")', "import os\n"),
    ],
)  # fmt: skip
def test_what_only_looks_like_it(project: Write, found: Found, body: str, head: str) -> None:
    assert found(project({"src/shop/__init__.py": APP, "src/shop/serve.py": serve(body, head)}), "SF102") == []


@pytest.mark.parametrize(
    "start",
    [
        {"Procfile": "web: python -m shop.serve\n"},
        {"Procfile": "web: python src/shop/serve.py\n"},
        {"Dockerfile": 'FROM python:3\nCMD ["python", "-u", "-m", "shop.serve"]\n'},
        {"Dockerfile": "FROM python:3\nCMD exec shop-serve\n",
         "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop-serve = "shop.serve:main"\n'},
        {"deploy/shop.service": "[Service]\nExecStart=/srv/.venv/bin/python -m shop.serve\n"},
        {"supervisord.conf": "[program:web]\ncommand=python -m shop.serve\n"},
        {"k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n"
                         "      - name: web\n        command: [python]\n        args: [-m, shop.serve]\n"},
        {"compose.yaml": "services:\n  web:\n    image: shop\n    command: uv run python -m shop.serve\n"},
        {"start.py": "from shop.serve import main\n\nmain()\n", "Procfile": "web: python start.py\n"},
    ],
)  # fmt: skip
def test_loopback_that_production_starts(project: Write, found: Found, start: dict[str, str]) -> None:
    root = project({"src/shop/__init__.py": APP, "src/shop/serve.py": serve("create_app().run()"), **start})
    assert found(root, "SF102") == [("SF102", "src/shop/serve.py", 5)]


@pytest.mark.parametrize(
    "start",
    [
        {"Procfile": 'web: gunicorn "shop.serve:create_app()"\n'},  # imports the module, does not run its guard
        {"Procfile.dev": "web: python -m shop.serve\n"},
        {"compose.dev.yaml": "services:\n  web:\n    command: python -m shop.serve\n"},
        {"compose.yaml": "services:\n  web:\n    profiles: [local]\n    command: python -m shop.serve\n"},
        {"Dockerfile": "FROM python:3 AS dev\nCMD python -m shop.serve\nFROM python:3\nCMD gunicorn shop:app\n"},
    ],
)
def test_loopback_that_production_does_not_start(project: Write, found: Found, start: dict[str, str]) -> None:
    root = project({"src/shop/__init__.py": APP, "src/shop/serve.py": serve("create_app().run()"), **start})
    assert found(root, "SF102") == []


def test_a_server_started_by_importing_the_application(project: Write, found: Found) -> None:
    app = "from flask import Flask\n\napp = Flask(__name__)\napp.run()\n"
    root = project({"src/shop/app.py": app, "Procfile": "web: gunicorn shop.app:app\n"})
    assert found(root, "SF102") == [("SF102", "src/shop/app.py", 4)]


def test_a_custom_command(project: Write, found: Found) -> None:
    code = """import click
from flask import Blueprint, current_app
from werkzeug.serving import run_simple

bp = Blueprint("ops", __name__)


@bp.cli.command("up")
@click.option("--host", default="localhost")
def up(host):
    run_simple(host, 80, current_app)
"""
    files = {"src/shop/__init__.py": APP, "src/shop/ops.py": code}
    assert found(project(files), "SF102") == []
    open_one = code.replace('"localhost"', '"0.0.0.0"')
    assert found(project({**files, "src/shop/ops.py": open_one}), "SF102") == [("SF102", "src/shop/ops.py", 11)]


def test_a_method_of_a_subclass(project: Write, found: Found) -> None:
    code = """from flask import Flask


class Shop(Flask):
    def open(self):
        self.run(port=80)


def create_app():
    return Shop(__name__)
"""
    files = {"src/shop/__init__.py": code, "src/shop/__main__.py": "from . import create_app\ncreate_app().open()\n"}
    assert found(project(files), "SF102") == []
    assert found(project({**files, "Procfile": "web: python -m shop\n"}), "SF102") == [
        ("SF102", "src/shop/__init__.py", 6)
    ]


@pytest.mark.parametrize(("server", "line"), [("plain", 8), ("good", 0), ("bare", 20)])
def test_the_server_that_the_environment_chooses(project: Write, found: Found, server: str, line: int) -> None:
    code = """import os

from waitress import serve
from werkzeug.serving import run_simple


def plain(app, host):
    run_simple(host, 80, app)


def good(app, host):
    serve(app, host=host)


SERVERS = {"plain": plain, "good": good, "bare": run_simple}


def main():
    start = SERVERS[os.environ["SERVER"]]
    start(None, "0.0.0.0")


main()
"""
    files = {"serve.py": code, "web.service": f"[Service]\nEnvironment=SERVER={server}\nExecStart=python serve.py\n"}
    assert found(project(files), "SF102") == ([("SF102", "serve.py", line)] if line else [])


@pytest.mark.parametrize(
    ("words", "line"),
    [('["flask", "--app", "shop", "run", f"--host={HOST}", f"--port={port}"]', 0), ('["gunicorn", "shop:app"]', 1)],
)
def test_a_command_line_that_is_put_together(project: Write, found: Found, words: str, line: int) -> None:
    code = f"""import os

HOST = "0.0.0.0"


def words(port):
    return {words}


def main():
    command = words(os.environ["PORT"])
    os.execvp(command[0], command)
"""
    expected = [] if line else [("SF102", "launch.py", 12)]
    assert found(project({"launch.py": code}), "SF102") == expected


@pytest.mark.parametrize(("command", "line"), [("flask run -h 0.0.0.0", 7), ("flask run", 0), ("flask routes", 0)])
def test_a_program_that_gives_itself_a_command_line(project: Write, found: Found, command: str, line: int) -> None:
    code = f"import sys\n\nfrom flask.cli import main\n\ndef start():\n    sys.argv = {command.split()}\n    main()\n"
    assert found(project({"shop.py": APP, "launch.py": code}), "SF102") == [("SF102", "launch.py", line)] * bool(line)


def test_an_app_that_is_handed_over(project: Write, found: Found) -> None:
    code = """from shop import create_app


class Runner:
    def __init__(self, app, options):
        self.app, self.options = app, options

    def run(self):
        self.app.run(**self.options)


Runner(create_app(), {"host": "0.0.0.0"}).run()
"""
    files = {"shop.py": APP, "serve.py": code}
    assert found(project(files), "SF102") == [("SF102", "serve.py", 9)]


@pytest.mark.parametrize(("server", "line"), [("inner", 9), ("outer", 0), ("either", 9)])
@pytest.mark.parametrize(
    "entry", ['partial(run_simple, "0.0.0.0", threaded=True)', 'lambda *given: run_simple("0.0.0.0", *given)']
)
def test_an_entry_of_a_table_that_is_picked(project: Write, found: Found, entry: str, server: str, line: int) -> None:
    table = f"""import sys
from functools import partial

from waitress import serve
from werkzeug.serving import run_simple

STARTS = {{
    "outer": lambda port, app: serve(app, port=port),
    "inner": {entry},
}}
"""
    chosen = "sys.argv[1]" if server == "either" else repr(server)
    code = (
        f"import sys\nfrom shop import create_app, table\nstart = table.STARTS.get({chosen})\nstart(80, create_app())"
    )
    files = {"shop/__init__.py": APP, "shop/table.py": table, "run.py": code, "Procfile": "web: python run.py\n"}
    assert found(project(files), "SF102") == ([("SF102", "shop/table.py", line)] if line else [])


@pytest.mark.parametrize(
    ("use", "line"),
    [("for start in STARTS.values():\n    start(app)", 7), ("for name in STARTS:\n    print(name)", 0)],
)
def test_every_entry_of_a_table_in_a_loop(project: Write, found: Found, use: str, line: int) -> None:
    code = f"""from functools import partial
from shop import create_app
from werkzeug.serving import run_simple

app = create_app()
STARTS = {{
    "web": partial(run_simple, "0.0.0.0", 8000),
}}
{use}
"""
    files = {"shop/__init__.py": APP, "run.py": code, "Procfile": "web: python run.py\n"}
    assert found(project(files), "SF102") == ([("SF102", "run.py", line)] if line else [])


@pytest.mark.parametrize(("stage", "line"), [("try", 12), ("live", 0), ("", 0)])
def test_a_case_that_the_environment_does_not_choose(project: Write, found: Found, stage: str, line: int) -> None:
    code = """import os

from waitress import serve

from shop import create_app

match os.environ.get("STAGE"):
    case "live" | None:
        serve(create_app())
    case "try" | "show" as name if name:
        print(name)
        create_app().run("0.0.0.0")
"""
    unit = f"[Service]\nEnvironment=STAGE={stage}\nExecStart=python serve.py\n" if stage else ""
    files = {"shop.py": APP, "serve.py": code, "web.service": unit}
    assert found(project(files), "SF102") == ([("SF102", "serve.py", line)] if line else [])
