import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.readers.config import read
from verify.readers.python import Unreadable


def test_json_keys_have_lines() -> None:
    assert read("a.json", '{\n  "A": 1,\n\n  "B": {"C": 2}\n}') == [("A", 1, 2), ("B", {"C": 2}, 4)]


def test_toml_keys_have_lines() -> None:
    assert read("a.toml", 'A = 1\n# B\n"B" = true\n[C]\nA = 2\n') == [("A", 1, 1), ("B", True, 3), ("C", {"A": 2}, 4)]


def test_yaml_keys_have_lines_and_values_their_own() -> None:
    found = read("a.yml", "A: &a\n  D: true\nB:\n  <<: *a\n")
    assert found == [("A", {"D": "true"}, 1), ("B", {"D": "true"}, 3)]
    assert isinstance(found, list)
    assert [value["D"].line for _, value, _ in found] == [2, 2]


def test_a_key_of_a_table_is_not_the_top_level_one() -> None:
    found = read("a.toml", "[t]\nDEBUG = true\n")
    assert isinstance(found, list)
    assert [key for key, _, _ in found] == ["t"]


@pytest.mark.parametrize("text", ["[", "{", '{"a": }', "[" * 100_000, "[1, 2]"])
def test_broken_json(text: str) -> None:
    found = read("a.json", text)
    assert isinstance(found, Unreadable) or found == []


@given(st.text(), st.sampled_from(["a.json", "a.toml", "a.yaml"]))
def test_no_text_raises(text: str, path: str) -> None:
    read(path, text)
