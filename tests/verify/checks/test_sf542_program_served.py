import pytest

TEXT = """\
import os
from flask import Flask

def create_app():
    app = Flask(__name__, static_folder=None)
    app.static_folder = os.path.join(app.root_path, *{parts})
    app.add_url_rule("/files/<path:filename>", "static", app.send_static_file)
    return app
"""
TREE = {"shop/files/a.css": "a {}", "shop/keys/tls.pem": "x"}


@pytest.mark.parametrize("parts", ["[os.pardir]", "[]", '["keys"]', '"files/..".split("/")'])
def test_a_folder_with_the_program_or_a_key(project, found, parts):
    root = project(TREE | {"shop/__init__.py": TEXT.format(parts=parts)})
    assert found(root, "SF542") == [("SF542", "shop/__init__.py", 7)]


def test_a_folder_of_its_own_and_one_that_no_rule_serves_are_fine(project, found):
    assert found(project(TREE | {"shop/__init__.py": TEXT.format(parts='["files"]')}), "SF542") == []
    unserved = TEXT.format(parts="[os.pardir]").replace('"static", app.send_static_file', '"other", create_app')
    assert found(project(TREE | {"shop/__init__.py": unserved}), "SF542") == []
