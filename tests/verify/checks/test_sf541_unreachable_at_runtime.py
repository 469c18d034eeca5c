import pytest

TEXT = """\
from flask import Flask

def one(**given): return "1"
def two(**given): return "2"
VIEWS = {{"one": one, "two": two}}

def create_app():
    app = Flask(__name__)
    for name, rule in sections():
        app.add_url_rule(rule, name, VIEWS[name])
    return app

def sections():
    return [(name, {rule}) for name in "one two".split()]
"""


@pytest.mark.parametrize("rule", ['"/page"', '"/<int:number>"', 'f"/<{name}>"'])
def test_a_rule_that_the_map_never_gives_its_turn(project, found, rule):
    assert found(project({"shop.py": TEXT.format(rule=rule)}), "SF541") == [("SF541", "shop.py", 10)]


@pytest.mark.parametrize("rule", ['f"/{name}"', 'f"/<int:number>/{name}"', 'f"/{name}/<path:rest>"'])
def test_rules_of_their_own_are_fine(project, found, rule):
    assert found(project({"shop.py": TEXT.format(rule=rule)}), "SF541") == []


def test_one_view_under_two_names_and_other_methods_are_fine(project, found):
    same = TEXT.replace("VIEWS[name]", "create_app").format(rule='"/page"')
    assert found(project({"shop.py": same}), "SF541") == []
    methods = TEXT.replace("VIEWS[name])", 'VIEWS[name], methods=["GET" if name == "one" else "POST"])')
    assert found(project({"shop.py": methods.format(rule='"/page"')}), "SF541") == []
