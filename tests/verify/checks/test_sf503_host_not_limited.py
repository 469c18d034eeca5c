import pytest

TEXT = """\
from flask import Flask
app = Flask(__name__, host_matching=True, static_host="static.example.org")
@app.get("/", host="www.example.org")
def home(): return {}
@app.get("/stats", host="intern.example.org")
def stats(**given): return {}
"""


def test_named_hosts_are_fine(project, found):
    assert found(project({"app.py": TEXT}), "SF503") == []


@pytest.mark.parametrize("host", ['host="<host>"', 'host="<path:host>"', 'host="<name>:8000"', 'methods=["GET"]'])
def test_a_host_that_anybody_can_send_or_none(project, found, host):
    text = TEXT.replace('app.get("/stats", host="intern.example.org")', f'app.route("/stats", {host})')
    assert found(project({"app.py": text}), "SF503") == [("SF503", "app.py", 5)]


@pytest.mark.parametrize("host", ["<tenant>.example.org", "<any('a.org', 'b.org'):host>"])
def test_a_variable_inside_of_ones_own_domain_is_fine(project, found, host):
    assert found(project({"app.py": TEXT.replace("intern.example.org", host)}), "SF503") == []


def test_a_host_without_host_matching_limits_nothing(project, found):
    text = TEXT.replace(', host_matching=True, static_host="static.example.org"', "")
    assert found(project({"app.py": text}), "SF503") == [("SF503", "app.py", 3), ("SF503", "app.py", 5)]


SUBDOMAIN = """\
from flask import Blueprint, Flask
app = Flask(__name__{given})
staff = Blueprint("staff", __name__, subdomain="staff")
@staff.get("/")
def home(): return {{}}
@app.get("/terms", subdomain="www")
def terms(): return {{}}
app.register_blueprint(staff)
{later}
"""


def test_a_subdomain_that_nobody_matches_answers_nowhere(project, found):
    text = SUBDOMAIN.format(given="", later="")
    assert found(project({"app.py": text}), "SF503") == [("SF503", "app.py", 3), ("SF503", "app.py", 6)]
    for given, later in ((", subdomain_matching=True", ""), ("", "app.subdomain_matching = True")):
        assert found(project({"app.py": SUBDOMAIN.format(given=given, later=later)}), "SF503") == []
