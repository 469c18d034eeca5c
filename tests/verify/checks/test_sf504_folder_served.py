import pytest

APP = """\
import os
from pathlib import Path
from flask import Flask, Blueprint, current_app, send_from_directory
HERE = Path(__file__).parent
app = Flask(__name__, {given})
@app.get("/files/<path:name>")
def files(name): return send_from_directory({folder}, name)
"""
TREE = {
    "shop/static/a.css": "a {}",
    "shop/keys/private.pem": "x",
    "shop/data/list.csv": "1",
    "shop/templates/a.html": "",
}


@pytest.mark.parametrize(
    "given",
    ['static_folder="."', 'static_folder=".."', 'static_folder=""', "static_folder=HERE", "static_folder=str(HERE)",
     "static_folder=os.path.dirname(__file__)", 'static_folder=os.path.join(os.path.dirname(__file__), "keys")',
     'static_folder="keys"', 'static_folder=HERE.parent, static_url_path="/dl"', 'static_folder="/"'],
)  # fmt: skip
def test_a_static_folder_with_more_than_assets(project, found, given):
    files = TREE | {"shop/__init__.py": APP.format(given=given, folder='"data"')}
    assert found(project(files), "SF504") == [("SF504", "shop/__init__.py", 5)]


@pytest.mark.parametrize(
    "given", ['static_folder="static"', 'static_folder=HERE / "static"', "static_folder=None", 'static_folder="data"',
              'static_url_path="/"', 'static_folder=os.environ["ASSETS"]']
)  # fmt: skip
def test_a_folder_of_its_own_is_fine(project, found, given):
    files = TREE | {"shop/__init__.py": APP.format(given=given, folder='"data"')}
    assert found(project(files), "SF504") == []


@pytest.mark.parametrize(
    "folder",
    [
        "app.root_path",
        "current_app.root_path",
        '"."',
        "os.getcwd()",
        "HERE",
        "app.instance_path",
        "current_app.instance_path",
    ],
)
def test_sending_from_a_folder_with_the_program(project, found, folder):
    files = TREE | {"shop/__init__.py": APP.format(given="", folder=folder)}
    assert found(project(files), "SF504") == [("SF504", "shop/__init__.py", 7)]


@pytest.mark.parametrize(
    "folder", ['os.path.join(app.root_path, "data")', "HERE / 'data'", 'current_app.config["UPLOADS"]']
)
def test_sending_from_a_folder_of_data_is_fine(project, found, folder):
    files = TREE | {"shop/__init__.py": APP.format(given="", folder=folder)}
    assert found(project(files), "SF504") == []
