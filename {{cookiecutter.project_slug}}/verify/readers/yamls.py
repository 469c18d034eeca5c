"""YAML as dictionaries, lists and `Text`, which knows its line; nothing is constructed, nothing unfolds without end."""

import re
from typing import TypeAlias

import yaml

from ..problem import Problem
from .shell import Text

Tree: TypeAlias = Text | list["Tree"] | dict[str, "Tree"] | None

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH = 200_000, 20_000, 50
NULL = "tag:yaml.org,2002:null"


class Plain(Text):
    """One that is written without quotes: YAML may read it as something else than a text."""

    @property
    def meaning(self) -> object:
        try:
            return yaml.safe_load(self)
        except (yaml.YAMLError, ValueError):
            return str(self)


class _TooMuch(Exception):
    pass


def read(path: str, text: str) -> tuple[list[Tree], Problem | None]:
    """The documents of a file. Keys are `Text` too; Helm's placeholders are empty values, a workflow's variables."""
    if len(text) > MAX_CHARACTERS:
        return [], Problem(path, 1, f"more than {MAX_CHARACTERS:,} characters of YAML: not judged")
    text = re.sub(r"(\$?)\{\{[^{}\n]*\}\}", lambda match: "$EXPRESSION" if match[1] else "", text)
    try:
        budget = [MAX_NODES]
        nodes = yaml.compose_all(text, Loader=yaml.SafeLoader)
        return [_tree(node, path, budget, 0) for node in nodes if node is not None], None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return [], Problem(path, line, f"does not parse as YAML: {error.problem}")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return [], Problem(path, 1, f"does not parse as YAML: {type(error).__name__}")
    except _TooMuch:
        return [], Problem(path, 1, "YAML that unfolds without end (anchors inside anchors?): not judged")


def _tree(node: yaml.Node, path: str, budget: list[int], depth: int) -> Tree:
    budget[0] -= 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        raise _TooMuch
    if isinstance(node, yaml.SequenceNode):
        return [_tree(each, path, budget, depth + 1) for each in node.value]
    if not isinstance(node, yaml.MappingNode):
        kind = Text if getattr(node, "style", None) else Plain
        return None if node.tag == NULL else kind(str(node.value), path, _line(node))
    merged: dict[str, Tree] = {}
    own: dict[str, Tree] = {}
    for key, value in node.value:
        tree = _tree(value, path, budget, depth + 1)
        if getattr(key, "value", None) == "<<":
            for base in items(tree) or [tree]:
                merged = {**mapping(base), **merged}
        elif isinstance(key, yaml.ScalarNode):
            own[Text(str(key.value), path, key.start_mark.line + 1)] = tree
    return {**merged, **own}


def _line(node: yaml.Node) -> int:
    """Where a text begins: a block does below its `|`."""
    return int(node.start_mark.line) + (2 if getattr(node, "style", "") in ("|", ">") else 1)


def get(tree: Tree, *keys: str) -> Tree:
    """What is below these keys; None as soon as one is not there."""
    for key in keys:
        tree = mapping(tree).get(key)
    return tree


def mapping(tree: Tree) -> dict[str, Tree]:
    return tree if isinstance(tree, dict) else {}


def items(tree: Tree) -> list[Tree]:
    return tree if isinstance(tree, list) else []


def texts(tree: Tree) -> list[Text]:
    """A string or a list of strings, as a list."""
    return [each for each in items(tree) or [tree] if isinstance(each, Text)]
