from collections.abc import Callable
from pathlib import Path

import pytest

from verify.project import Project

Write = Callable[[dict[str, str]], Path]


def test_writes_are_told_with_their_place(project: Write) -> None:
    text = """from flask import Flask
from conf import Live

app = Flask(__name__)
app.config["A"] = 1
app.config.update(B=2)
if app.testing:
    app.config["C"] = 3
app.config.from_object(Live)
app.secret_key = "k"
"""
    made = Project(
        project(
            {"app.py": text, "conf.py": "class Base:\n    D = 4\n\n\nclass Live(Base):\n    E = 5\n    small = 6\n"}
        )
    )
    assert [(write.key, write.path, write.line) for write in made.config.writes()] == [
        ("A", "app.py", 5),
        ("B", "app.py", 6),
        ("C", "app.py", 8),
        ("E", "conf.py", 6),
        ("D", "conf.py", 2),
        ("SECRET_KEY", "app.py", 10),
    ]
    assert [made.config.holds(write) for write in made.config.writes("A", "C")] == [True, False]


@pytest.mark.parametrize(("chosen", "keys"), [("Live('eu')", ["A", "B", "C"]), ("Live", ["A"])])
def test_an_instance_has_what_its_class_gives_it(project: Write, chosen: str, keys: list[str]) -> None:
    conf = """class Base:
    def __init__(self):
        self.A = 4
        self.B = 5

class Live(Base):
    A = 1
    def __init__(self, region):
        super().__init__()
        self.C = self.small = 2
        self.D = "eu"
        if region != "eu":
            self.D = region
"""
    text = f"import conf\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config.from_object(conf.{chosen})\n"
    made = Project(project({"app.py": text, "conf.py": conf}))
    assert sorted(write.key for write in made.config.writes()) == keys


def test_a_file_that_a_template_is_filled_into(project: Write) -> None:
    conf = """# for the machine
DEBUG = True
SECRET_KEY = "{{ secret_key }}"
{% if mail %}
MAIL_SERVER = '{{ mail }}'
{% endif %}
"""
    text = 'from flask import Flask\n\napp = Flask(__name__)\napp.config.from_pyfile("{}", silent=True)\n'
    files = {"app.py": text.format("notes.cfg"), "deploy/notes.cfg.j2": conf}
    made = Project(project(files))
    assert [(write.key, write.path, write.line) for write in made.config.writes()] == [
        ("DEBUG", "deploy/notes.cfg.j2", 2),
        ("SECRET_KEY", "deploy/notes.cfg.j2", 3),
        ("MAIL_SERVER", "deploy/notes.cfg.j2", 5),
    ]
    assert made.values.literal(made.config.writes("SECRET_KEY")[0].value) is None
    both = text.replace("app.config.", "app.debug = False\napp.config.", 1).format("notes.cfg")
    assert len(Project(project(files | {"app.py": both})).config.effective("DEBUG")) == 2  # it may not be there yet
    other = Project(project(files | {"app.py": text.format("other.cfg"), "deploy/notes.cfg.j2": conf}))
    assert other.config.writes() == []
    broken = Project(project(files | {"deploy/notes.cfg.j2": "{% for one in all %}\n  {{ one }}: no Python\n"}))
    assert (broken.config.writes(), broken.problems) == ([], [])


def test_a_switch_is_placed_where_it_is_set(project: Write) -> None:
    conf = 'DEBUG = False\nNAME = "x"\n\n\nclass Live:\n    SESSION_COOKIE_SECURE = DEBUG\n    SECRET_KEY = NAME\n'
    text = "from flask import Flask\nimport conf\n\napp = Flask(__name__)\napp.config.from_object(conf.Live)\n"
    writes = Project(project({"app.py": text, "conf.py": conf})).config.writes()
    assert {write.key: (write.path, write.line) for write in writes} == {
        "SESSION_COOKIE_SECURE": ("conf.py", 6),
        "SECRET_KEY": ("conf.py", 2),  # a text is what is wrong, or not
    }


def test_the_last_write_wins(project: Write) -> None:
    text = """
from flask import Flask

app = Flask('x')
app.debug = True
app.config['DEBUG'] = False
"""
    made = Project(project({"app.py": text}))
    assert [write.line for write in made.config.effective("DEBUG")] == [6]


def test_a_file_that_does_not_parse_is_a_problem(project: Write) -> None:
    text = """
import json
from flask import Flask

app = Flask('x')
app.config.from_file('c.json', load=json.load)
"""
    made = Project(project({"app.py": text, "c.json": '{"A": 1,\n "B" 2}'}))
    assert made.config.writes() == []
    assert [(problem.path, problem.line) for problem in made.problems] == [("c.json", 2)]


def test_the_configuration_is_followed_wherever_it_is_handed(project: Write) -> None:
    text = """
from flask import Flask

def fill(settings):
    settings["A"] = 1

app = Flask("x")
fill(app.config)
kept = app.config
kept |= {"B": 2}
for key, value in {"C": 3, "D": 4}.items():
    kept[key] = value
"""
    made = Project(project({"app.py": text}))
    assert [(write.key, made.config.holds(write)) for write in made.config.writes()] == [
        ("A", True),
        ("B", True),
        ("C", True),
        ("D", True),
    ]
