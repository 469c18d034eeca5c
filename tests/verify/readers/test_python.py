import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.readers.python import Module, Unreadable, ancestors, module_name, read


def test_nodes_come_in_source_order_with_their_parents() -> None:
    module = read("a/b.py", "def f():\n    return g(h())\n\nx = f()\n")
    assert isinstance(module, Module)
    assert [call.lineno for call in module.nodes(ast.Call)] == [2, 2, 4]
    inner = list(module.nodes(ast.Call))[1]
    assert [type(node).__name__ for node in ancestors(inner)] == ["Call", "Return", "FunctionDef", "Module"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("src/acme/__init__.py", "acme"), ("acme/a.py", "acme.a"), ("services/x/src/y/z.py", "y.z"), ("wsgi.py", "wsgi")],
)
def test_a_module_has_the_name_that_imports_it(path: str, name: str) -> None:
    assert module_name(path) == name


@pytest.mark.parametrize(
    ("text", "line"), [("x = (\n", 1), ("\nfor\n", 2), ("(" * 5000, 1), ("x = '\0'", 1), ("-" * 100_000 + "1", 1)]
)
def test_what_does_not_parse_is_told(text: str, line: int) -> None:
    found = read("a.py", text)
    assert isinstance(found, Unreadable)
    assert found.line == line


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert isinstance(read("a.py", text), Module | Unreadable)
