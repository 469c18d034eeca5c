"""Folders as Flask and the os module find them, exactly."""

import importlib
import os
import sys
from pathlib import Path

import pytest

from verify.notions.folders import folder, home, private_file, served
from verify.project import Project

PACKAGE = {
    "src/shop/__init__.py": "",
    "src/shop/web/__init__.py": "",
    "src/shop/web/files.py": "",
    "src/shop/assets/a.css": "a {}",
    "deploy/tls.pem": "x",
}


def value(project: Project):
    """Of the last assignment in the module."""
    module = next(one for path, one in project.modules.items() if path.endswith("files.py"))
    return project.values.of(module, getattr(module.tree.body[-1], "value", None))


@pytest.mark.parametrize(
    "path",
    [
        "__file__",
        "os.path.dirname(__file__)",
        "os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
        'os.path.join(os.path.dirname(__file__), "..", "assets")',
        'os.path.join(os.path.dirname(__file__), os.pardir) + "/assets"',
        'os.path.abspath("src") + os.sep + "shop"',
        "Path(__file__).parent",
        "Path(__file__).resolve().parents[2]",
        'Path(__file__).parent.parent / "assets"',
        'Path("src").resolve().joinpath("shop", "assets")',
        'f"{Path.cwd()}/src"',
        "os.getcwd()",
        'Path(__file__, "../../../../..").resolve()',
    ],
)
def test_a_path_is_the_one_that_python_makes(project, path):
    text = f"import os\nfrom pathlib import Path\nPATH = {path}\n"
    root = project(PACKAGE | {"src/shop/web/files.py": text})
    names: dict[str, object] = {"__file__": str(root / "src/shop/web/files.py")}
    before = Path.cwd()
    os.chdir(root)
    try:
        exec(text, names)  # noqa: S102 — our own text, to have Python's word for it
    finally:
        os.chdir(before)
    real = os.path.relpath(os.path.normpath(str(names["PATH"])), root)
    known = Project(root)
    assert folder(known, value(known)) == ("" if real == "." else real)


@pytest.mark.parametrize("path", ['os.environ["FILES"]', "load()", 'os.path.join(load(), "x")', "BASE"])
def test_a_path_that_nobody_knows(project, path):
    text = f"import os\nPATH = {path}\n"
    known = Project(project(PACKAGE | {"src/shop/web/files.py": text}))
    assert folder(known, value(known)) is None


@pytest.mark.parametrize("name", ["__name__", "__package__", '"shop"', '"shop.web"', '__name__.split(".")[0]'])
@pytest.mark.parametrize("where", ["root_path", "instance_path"])
def test_relative_paths_start_where_flask_has_them(project, monkeypatch, name, where):
    text = f"from flask import Flask\napp = Flask({name})\nPATH = app.{where}\n"
    root = project(PACKAGE | {"src/shop/web/files.py": text})
    monkeypatch.syspath_prepend(root / "src")
    try:
        app = importlib.import_module("shop.web.files").app
    finally:
        for module in ("shop", "shop.web", "shop.web.files"):
            sys.modules.pop(module, None)
    real = os.path.relpath(getattr(app, where), root)
    known = Project(root)
    assert folder(known, value(known)) == real
    assert where != "root_path" or home(known, known.routes.apps[0]) == real


SENDS = """\
import os
from pathlib import Path
from flask import Blueprint, Flask, request, send_file, send_from_directory
from werkzeug.utils import safe_join
BASE = Path(__file__).parent.parent
app = Flask("shop")
app.config["FILES"] = str(BASE)
@app.get("/{rule}")
def show(name="a.css"):
    return {send}
"""


@pytest.mark.parametrize(
    ("rule", "send", "path", "names"),
    [
        ("<path:name>", "send_from_directory(BASE, name)", "src/shop", ".+"),
        ("<name>", "send_from_directory(BASE, name)", "src/shop", "[^/]+"),
        ("<path:name>", 'send_from_directory("assets", name)', "src/shop/assets", ".+"),
        ("<path:name>", 'send_from_directory(app.config["FILES"], name)', "src/shop", ".+"),
        ("<path:name>", 'send_from_directory(directory=app.root_path, path=name + ".css")', "src/shop", r".+\.css"),
        ("<path:name>", 'send_file(str(BASE) + "/" + name)', "src/shop", ".+"),
        ("<path:name>", 'send_file(f"{BASE}/web/{name}")', "src/shop/web", ".+"),
        ("<path:name>", "send_file(BASE / name)", "src/shop", ".+"),
        ("<path:name>", "send_file(safe_join(str(BASE), name))", "src/shop", ".+"),
        ("<path:name>", 'send_file(os.path.join("assets", "2031-" + name))', "src/shop/assets", r"2031\-.+"),
        ("<name>", 'send_file(BASE / request.args["file"])', "src/shop", ".+"),
    ],
)
def test_what_a_view_sends(project, rule, send, path, names):
    known = Project(project(PACKAGE | {"src/shop/web/files.py": SENDS.format(rule=rule, send=send)}))
    assert [(found, regex) for _, found, regex in served(known)] == [(path, names)]


@pytest.mark.parametrize(
    "send",
    [
        'send_from_directory(app.root_path, "robots.txt")',
        "send_from_directory(BASE, load(3))",
        "send_file(load(name))",
        'send_from_directory(BASE, name) if name in {"a.css", "b.css"} else {}',
        "send_from_directory(os.path.join(BASE, load(4)), name)",
    ],
)
def test_a_file_that_no_visitor_names_or_a_folder_that_nobody_knows(project, send):
    known = Project(project(PACKAGE | {"src/shop/web/files.py": SENDS.format(rule="<path:name>", send=send)}))
    assert [*served(known)] == []


def test_a_private_file_is_named_when_it_can_be_reached(project):
    known = Project(project(PACKAGE))
    assert private_file(known, "deploy") == "deploy/tls.pem"
    assert private_file(known, "deploy", r".+\.css") is None
    assert private_file(known, "src", "[^/]+") is None
    assert private_file(known, "src/shop/assets") is None
    assert private_file(known, "../elsewhere") == "everything around the project"
    assert private_file(known, "src/instance") == "databases and settings of the instance folder"
