TEXT = """\
from flask import Flask
from .auth import login_required
app = Flask(__name__)
@app.get("/invoice/<int:number>")
@login_required
def by_number(number): return {}
@app.get("/invoice/<number>")
def by_text(number): return {}
"""
AUTH = """\
from functools import wraps
from flask import abort, session
def login_required(view):
    @wraps(view)
    def inner(*a, **k):
        if "uid" not in session:
            abort(401)
        return view(*a, **k)
    return inner
"""


def files(text: str) -> dict[str, str]:
    return {"shop/__init__.py": text, "shop/auth.py": AUTH}


def test_an_open_string_rule_beside_a_guarded_number_rule(project, found):
    assert found(project(files(TEXT)), "SF502") == [("SF502", "shop/__init__.py", 7)]


def test_an_open_view_that_makes_a_number_of_its_value(project, found):
    text = TEXT.replace("/<number>", "/<ref>").replace(
        "by_text(number): return {}", "by_text(ref): return {'n': int(ref)}"
    )
    assert found(project(files(text)), "SF502") == [("SF502", "shop/__init__.py", 7)]


def test_the_same_guard_on_both_other_values_and_other_paths_are_fine(project, found):
    both = TEXT.replace('"/invoice/<number>")\n', '"/invoice/<number>")\n@login_required\n')
    slug = TEXT.replace("/<number>", "/<slug>").replace("by_text(number)", "by_text(slug)")
    apart = TEXT.replace("/invoice/<number>", "/public/<number>")
    post = TEXT.replace('get("/invoice/<number>")', 'post("/invoice/<number>")')
    for text in (both, slug, apart, post):
        assert found(project(files(text)), "SF502") == []
