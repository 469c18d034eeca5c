from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory

CLICK = """
import click
from shop import create_app

@click.command()
@click.option("--port", default=5000)
@click.option("--debug-mode/--no-debug-mode", default=OFF)
def up(port, debug_mode):
    create_app().run(port=port, debug=debug_mode)
"""
OPTION = """
import argparse
from shop import create_app

parser = argparse.ArgumentParser()
parser.add_argument("-d", "--debug", action="store_true")
create_app().run(debug=parser.parse_args().debug)
"""
FAULTS = {
    "an option of click that is on unless it is taken back": factory("", cli=CLICK.replace("OFF)", "True)  # SF202")),
    "run": factory("app.run(debug=True)  # SF202"),
    "by position": factory('app.run("127.0.0.1", 5000, True)  # SF202'),
    "unpacked": factory("from shop.base import O\napp.run(**O)", base="O = dict(port=80,\n    debug=1)  # SF202\n"),
    "in a main block": factory(
        "",
        main="""
from shop import create_app

if __name__ == "__main__":
    create_app().run(debug=True)  # SF202
""",
    ),
    "Werkzeug's": factory(
        """
from werkzeug.serving import run_simple as go
go('localhost', 80, app, use_debugger=True)  # SF202
"""
    ),
    "Werkzeug's by position": factory(
        """
import werkzeug.serving as w
w.run_simple('localhost', 80, app, False, True)  # SF202
"""
    ),
    "a constant": factory("from shop.base import ON\napp.run(debug=ON)", base="ON = not 0  # SF202\n"),
    "text": factory('app.run(debug=os.environ.get("SHOP_DEBUG", "0"))  # SF202'),
    "a subclass": factory(
        "from shop.base import Shop\nShop(__name__).run(debug=True)  # SF202",
        base="from flask import Flask\n\nclass Shop(Flask):\n    pass\n",
    ),
    "later, in a thread": factory(
        "from threading import Thread\nThread(target=app.run, kwargs={'debug': True}).start()  # SF202"
    ),
    "an app that is handed over": factory(
        "from shop.base import Runner\nRunner(app).start()",
        base="""
class Runner:
    def __init__(self, app):
        self.app = app

    def start(self):
        self.app.run(debug=True)  # SF202
""",
    ),
    "an option that is on unless it is given": factory(
        "",
        main="""
import argparse
from shop import create_app

parser = argparse.ArgumentParser()
parser.add_argument("--no-debug", dest="debug", action="store_false")  # SF202
parser.add_argument("--debug", action="store_true")
create_app().run(debug=parser.parse_args().debug)
""",
    ),
    "an option that the image gives": factory("", main=OPTION) | {"Procfile": "web: python -m shop.main -d  # SF202\n"},
    "sockets": factory("""
from flask_socketio import SocketIO
io = SocketIO(app)
io.run(app, debug=True)  # SF202
"""),
}
FINE = {
    "an option of click that is off unless it is given": factory("", cli=CLICK.replace("OFF", "False")),
    "an option that is off unless it is given": factory("", main=OPTION),
    "an option that the image takes back": factory(
        "",
        main="""
import argparse
from shop import create_app

parser = argparse.ArgumentParser()
parser.add_argument("--loud", dest="debug", action="store_true", default=True)
parser.add_argument("--quiet", dest="debug", action="store_false")
create_app().run(debug=parser.parse_args().debug)
""",
    )
    | {"Dockerfile": 'FROM python:3\nCMD ["python", "-m", "shop.main", "--quiet"]\n'},
    "an option that the image takes back in its other form": factory(
        "",
        main="""
from argparse import ArgumentParser, BooleanOptionalAction as Switch
from shop import create_app

parser = ArgumentParser()
parser.add_argument("--loud", action=Switch, default=True)
create_app().run(debug=parser.parse_args().loud)
""",
    )
    | {"Procfile": "web: python -m shop.main --no-loud\n"},
    "off": factory("app.run(debug=False)"),
    "not said": factory("app.run(use_reloader=True)"),
    "compared": factory('app.run(debug=os.environ.get("SHOP_DEBUG") == "1")'),
    "something else that runs": factory("""
class Job:
    def run(self, debug):
        pass
Job().run(debug=True)
"""),
    "for developers": factory("""
if os.environ.get("SHOP_ENV", "live") == "dev":
    app.run(debug=True)
"""),
    "evaluation without the debugger": factory(
        """
from werkzeug.serving import run_simple
run_simple('localhost', 80, app, use_evalex=True, use_debugger=False)
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF202") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF202") == []
