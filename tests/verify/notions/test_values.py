import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.notions.values import Const, Env, Unknown, Value
from verify.project import Project

Write = Callable[[dict[str, str]], Path]


def last(project: Write, text: str, **modules: str) -> tuple[Project, Value]:
    """The value of the last assignment of a module."""
    files = {"shop/main.py": text, "shop/__init__.py": ""} | {f"shop/{name}.py": code for name, code in modules.items()}
    made = Project(project(files))
    module = made.modules["shop/main.py"]
    statement = list(module.nodes(ast.Assign))[-1]
    return made, made.values.settle(made.values.of(module, statement.value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = 'x' + 'y' * 2", "xyy"),
        ("n = 3\na = f'{n}-{n + 1:d}'", "3-4"),
        ("a = '{}:{b}'.format(1, b=2)", "1:2"),
        ("a = ' A '.strip().lower()", "a"),
        ("a = ','.join(['1', '2'])", "1,2"),
        ("w = ('b', 'c')\na = ''.join(['a', *w])", "abc"),
        ("D = dict(k=1, **{'j': 2})\na = D['j']", 2),
        ("D = {}\nD.update(k=5)\na = D.get('k')", 5),
        ("D = {'x': {'y': 7}}\na = D['x']['y']", 7),
        ("a = (1, 2, 3)[1]", 2),
        ("class C:\n    x = 1\nclass D(C):\n    pass\na = D.x", 1),
        ("class C:\n    def __init__(self):\n        self.x = 4\nc = C()\na = c.x", 4),
        ("from types import SimpleNamespace as N\nn = N(x=9)\na = n.x", 9),
        ("def f(x=2):\n    if x > 1:\n        return 'big'\n    return 'small'\na = f()", "big"),
        ("def f(x=2):\n    if x > 1:\n        return 'big'\n    return 'small'\na = f(1)", "small"),
        ("a = 'x' if 0 else 'y'", "y"),
        ("def f(x):\n  match x:\n    case 1 | 2: return 'few'\n    case _: return 'many'\na = f(2)", "few"),
        ("def f(x):\n  match x:\n    case None: return 'no'\n    case 3 as n: return 'y'\na = f(3)", "y"),
        ("x = 1\nx = 2\na = x", 2),
        ("x = 1\nif False:\n    x = 2\na = x", 1),
        ("import os\na = os.environ.get('UNSET', 'd')", "d"),
        ("import os\na = bool(os.environ.get('UNSET', '0'))", True),
        ("import os\na = os.environ.get('UNSET') or 'd'", "d"),
        ("import os\na = os.environ.get('UNSET', 'off') in ('on', '1')", False),
        ("from os import environ as e\na = int(e.get('UNSET', '7')) * 60", 420),
        ("a = {f'A_{k}': v for k, v in (('X', 1),)}['A_X']", 1),
        ("a = getattr(__import__('shop.other', fromlist=['x']), 'y', 3)", 3),
        ("import os\na = any([os.getenv('A', ''), os.getenv('B', 'x')])", True),
        ("class C:\n    x = 1\nclass D(C):\n    x = 2\nkinds = {'c': C, 'd': D}\nchosen = kinds['d']\na = chosen.x", 2),
        ("import shop.other as o\na = getattr(o, 'k'.upper(), None)", "k"),
        ("from .other import *\na = K", "k"),
        ("from shop import other as o\na = o.K.upper()", "K"),
    ],
)
def test_a_value_is_worked_out(project: Write, text: str, value: object) -> None:
    found = last(project, text, other="K = 'k'\n")[1]
    assert isinstance(found, Const)
    assert found.value == value


@pytest.mark.parametrize(
    "text",
    [
        "import os\na = os.environ['K']",
        "a = open('x').read()",
        "import sys\na = ['x', *sys.argv]",
        "def f():\n    return f()\na = f()",
        "a = b\nb = a",
        "a = 'x' * 10 ** 9",
        "a = [1][5]",
        "a = 1 / 0",
        "a = " + "(" * 80 + "1" + ")" * 80 + " + f()" * 300,
        "import subprocess\na = subprocess.run(['touch', 'x'])",
        "from flask import request\ndef f(x: str):\n    return x.lstrip('/')\na = f(request.path)",
    ],
)
def test_what_cannot_be_known_is_not_guessed(project: Write, text: str) -> None:
    made, found = last(project, text)
    assert not isinstance(found, Const)
    assert made.values.truth(found) is None or isinstance(found, Unknown) is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("K = 'own'\nfrom .other import *\na = K", "k"),
        ("from .other import *\nK = 'own'\na = K", "own"),
        ("import shop.again as o\na = o.K", "k"),
    ],
)
def test_a_star_import_binds_where_it_stands(project: Write, text: str, value: object) -> None:
    found = last(project, text, other="K = 'k'\n_hidden = 1\n", again="K = 'own'\nfrom .other import *\n")[1]
    assert isinstance(found, Const)
    assert found.value == value


def test_a_file_that_is_read_may_have_sections(project: Write) -> None:
    files = {
        "a.py": "import json\nfrom pathlib import Path\nx = json.loads(Path('b.json').read_text())['live']['DEBUG']\n",
        "b.json": '{\n  "live": {"DEBUG": true}\n}\n',
    }
    made = Project(project(files))
    module = made.modules["a.py"]
    assert made.values.of(module, next(module.nodes(ast.Assign)).value) == Const(True, ("b.json", 2))


def test_a_use_sees_what_was_bound_before_it(project: Write) -> None:
    text = """
def f(a):
    b = 1
    with open('x'):
        b = 2
    try:
        b = 3
    except OSError:
        raise
    if a:
        b = 4
    kept = b
    b = 5
"""
    made = Project(project({"a.py": text}))
    module = made.modules["a.py"]
    kept = next(node for node in module.nodes(ast.Assign) if ast.unparse(node.targets[0]) == "kept").value
    assert isinstance(kept, ast.Name)
    _, places = made.names.reaching(module, kept) or (None, [])
    assert [ast.unparse(one.value) for one in places if one.value] == ["4", "3"]


def test_a_look_up_keeps_its_name_and_default(project: Write) -> None:
    made = Project(project({"a.py": "import os\nx = os.environ.get('K', 'd')\n"}))
    module = made.modules["a.py"]
    value = made.values.of(module, next(module.nodes(ast.Assign)).value)
    assert value == Env("K", Const("d", ("a.py", 2)), None, ("a.py", 2))


def test_the_deployment_decides(project: Write) -> None:
    files = {
        "a.py": "import os\nx = os.environ.get('K', 'd')\n",
        "Dockerfile": 'FROM python:3.13\nENV K=live\nCMD ["gunicorn", "a:x"]\n',
    }
    made = Project(project(files))
    module = made.modules["a.py"]
    value = made.values.of(module, next(module.nodes(ast.Assign)).value)
    assert made.values.settle(value) == Const("live", ("Dockerfile", 2))


def test_a_value_knows_where_it_was_written(project: Write) -> None:
    files = {"a.py": "from b import K\nx = K\n", "b.py": "\n\nK = 5\n"}
    made = Project(project(files))
    module = made.modules["a.py"]
    assert made.values.of(module, next(module.nodes(ast.Assign)).value) == Const(5, ("b.py", 3))
