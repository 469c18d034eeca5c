APP = """\
from flask import Blueprint, Flask
app = Flask(__name__)
one = Blueprint("one", __name__, url_prefix="/one", template_folder="one_pages")
two = Blueprint("two", __name__, url_prefix="/two", template_folder="two_pages")
app.register_blueprint(one)
app.register_blueprint(two)
"""


def test_one_name_in_two_folders(project, found):
    root = project({"shop/__init__.py": APP, "shop/one_pages/edit.html": "1", "shop/two_pages/edit.html": "2"})
    assert found(root, "SF506") == [("SF506", "shop/__init__.py", 4)]


def test_the_applications_own_folder_comes_first(project, found):
    root = project({"shop/__init__.py": APP, "shop/one_pages/base.html": "1", "shop/templates/base.html": "0"})
    assert found(root, "SF506") == [("SF506", "shop/__init__.py", 3)]


def test_folders_of_their_own_name_and_one_folder_for_both_are_fine(project, found):
    root = project({"shop/__init__.py": APP, "shop/one_pages/one/edit.html": "1", "shop/two_pages/two/edit.html": "2"})
    assert found(root, "SF506") == []
    same = APP.replace("two_pages", "one_pages")
    assert found(project({"shop/__init__.py": same, "shop/one_pages/one/edit.html": "1"}), "SF506") == []
