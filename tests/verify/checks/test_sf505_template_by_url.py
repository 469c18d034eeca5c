import pytest

TEXT = """\
from flask import Flask, abort, render_template, session
PAGES = {"about", "terms"}
app = Flask(__name__)
@app.get("/staff")
def staff():
    if "uid" not in session:
        abort(403)
    return render_template("staff/board.html")
@app.get("/<path:page>")
def show(page):
    return render_template(page + ".html")
"""


@pytest.mark.parametrize("name", ['page + ".html"', 'f"{page}.html"'])
def test_an_open_view_that_renders_what_its_url_names(project, found, name):
    text = TEXT.replace('page + ".html"', name)
    by_variable = TEXT.replace("def show(page):\n", f"def show(page):\n    name = {name}\n").replace(
        '(page + ".html")', "(name)"
    )
    for one in (text, by_variable):
        assert found(project({"app.py": one}), "SF505") == [("SF505", "app.py", 9)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/<path:page>", "/<any(about, terms):page>"),
        ("/<path:page>", "/<page>"),  # one segment never names a template in a folder
        ('page + ".html"', '"pages/" + page + ".html"'),
        ("def show(page):\n", "def show(page):\n    if page not in PAGES: abort(404)\n"),
        ("def show(page):\n", "def show(page):\n    if 'uid' not in session: abort(401)\n"),
        ("abort(403)", "pass"),  # nothing is guarded, so nothing is walked around
    ],
)
def test_pages_that_are_listed_or_apart_are_fine(project, found, old, new):
    assert found(project({"app.py": TEXT.replace(old, new)}), "SF505") == []
