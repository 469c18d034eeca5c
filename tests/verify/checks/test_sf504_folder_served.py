import pytest

from verify import engine

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


@pytest.mark.parametrize(("folder", "line"), [("app.instance_path", None), ("app.root_path", 9)])
def test_the_instance_folder_for_those_who_are_let_in_is_fine(project, found, folder, line):
    text = APP.format(given="", folder=folder).replace("@app.get", "from flask_login import login_required\n@app.get")
    files = TREE | {"shop/__init__.py": text.replace("\ndef files", "\n@login_required\ndef files")}
    assert found(project(files), "SF504") == ([("SF504", "shop/__init__.py", line)] if line else [])


def test_the_folder_is_named_as_flask_finds_it(project):
    text = """\
from flask import Blueprint, Flask, send_file
bp = Blueprint("web", __name__, static_folder=".")
app = Flask("shop", static_folder="assets/..")
@app.get("/<path:name>")
def show(name): return send_file("data/../keys/" + name)
"""
    files = {"src/shop/__init__.py": "", "src/shop/web/__init__.py": "", "src/shop/web/app.py": text}
    root = project(files | {"src/shop/keys/tls.pem": "x"})
    results = engine.run(root, only=["SF504"]).results
    said = [finding.message.partition(":")[0] for each in results for finding in each.findings]
    assert sorted(said) == [
        "the folder that is served, `src/shop/keys`, holds src/shop/keys/tls.pem",
        "the folder that is served, `src/shop/web`, holds src/shop/web/__init__.py",
        "the folder that is served, `src/shop`, holds src/shop/__init__.py",
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("send_file(str(HERE) + '/' + name)", "<path:name>"),
        ("send_file(HERE / name)", "<name>"),
        ("send_file(os.path.join(app.root_path, name))", "<path:name>"),
        ("send_file(f'{HERE}/{name}')", "<path:name>"),
        ("send_from_directory('..', name)", "<path:name>"),
        ("send_from_directory(app.root_path, path=name)", "<path:name>"),
        ("send_from_directory(app.config['FILES'], name)", "<path:name>"),
    ],
)
def test_a_view_that_sends_what_its_url_names_from_the_program(project, found, line, rule):
    text = APP.replace("send_from_directory\n", "send_file, send_from_directory\n").replace("<path:name>", rule)
    text = text.format(given="", folder="").replace("send_from_directory(, name)", line)
    text = text.replace("@app", "app.config['FILES'] = HERE\n@app", 1)
    files = TREE | {"shop/__init__.py": text, "settings.toml": ""}
    assert found(project(files), "SF504") == [("SF504", "shop/__init__.py", 8)]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("send_file(HERE / 'data' / name)", "<path:name>"),
        ("send_file(HERE / f'{name}.css')", "<path:name>"),  # there is none below
        ("send_file(HERE / name)", "<int:name>"),
        ("send_from_directory(app.root_path, 'favicon.ico')", "<path:name>"),
        ("send_from_directory(HERE.parent / 'docs', name)", "<path:name>"),
        ("send_file(find(name))", "<path:name>"),
        ("send_file(HERE / name) if name in ('a.css', 'b.css') else ''", "<name>"),
    ],
)
def test_a_view_that_sends_from_elsewhere_or_a_file_of_its_own_choice_is_fine(project, found, line, rule):
    text = APP.replace("send_from_directory\n", "send_file, send_from_directory\n").replace("<path:name>", rule)
    text = text.format(given="", folder="").replace("send_from_directory(, name)", line)
    assert found(project(TREE | {"shop/__init__.py": text, "docs/a.html": ""}), "SF504") == []


@pytest.mark.parametrize(
    ("served", "private"),
    [
        ('SharedDataMiddleware(app.wsgi_app, {"/m": app.instance_path})', True),
        ('SharedDataMiddleware(app.wsgi_app, {"/s": str(HERE / "static"), "/k": str(HERE / "keys")})', True),
        ('SharedDataMiddleware(app.wsgi_app, exports=PUBLIC)', True),
        ('WhiteNoise(app.wsgi_app, root=HERE)', True),
        ('SharedDataMiddleware(app.wsgi_app, {"/m": os.path.join(app.instance_path, "media")})', False),
        ('SharedDataMiddleware(app.wsgi_app, {"/m": app.config["MEDIA"]})', False),
        ('WhiteNoise(app.wsgi_app, root=HERE / "static")', False),
        ('SharedDataMiddleware(app.wsgi_app, {"/s": ("shop", "static")})', False),
    ],
)  # fmt: skip
def test_a_middleware_that_serves_a_folder(project, found, served, private):
    head = "from werkzeug.middleware.shared_data import SharedDataMiddleware\nfrom whitenoise import WhiteNoise\n"
    setup = (
        'PUBLIC = {"/k": os.path.dirname(__file__)}\napp.config["MEDIA"] = os.path.join(app.instance_path, "media")\n'
    )
    text = head + APP.format(given="", folder='"data"') + f"{setup}app.wsgi_app = {served}\n"
    assert found(project(TREE | {"shop/__init__.py": text}), "SF504") == (
        [("SF504", "shop/__init__.py", 12)] if private else []
    )
