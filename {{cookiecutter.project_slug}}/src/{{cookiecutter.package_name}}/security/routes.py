"""Routes: no two of them answer the same URL, and each can be reached.

Werkzeug takes the first of two rules that match, without a word: one view is dead, or an open one stands
before a guarded one.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

from flask import Flask
from werkzeug.routing import Rule

from ..refusal import Refused

VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^:<>]+)>")
# One text at least of each of Werkzeug's converters; the other rule's own words are tried too.
SAMPLES = ("1", "a", "1.5", "-1", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "a/b")


def refuse(app: Flask) -> None:
    """Refuse to start with routes that collide, or with a blueprint without a prefix of its own.

    Raises:
        Refused: with every problem, naming endpoints and files.
    """
    if problems := [*prefix_problems(app), *collisions(app)]:
        raise Refused("The service does not start:\n  " + "\n  ".join(problems))


def prefix_problems(app: Flask) -> Iterator[str]:
    """Find blueprints without a prefix, or with the prefix of another."""
    owners: dict[tuple[str, str], str] = {}
    for name, blueprint in app.blueprints.items():
        if not blueprint.url_prefix:
            yield (
                f"blueprint {name!r} of {blueprint.import_name} has no prefix:"
                f' write one, for example Blueprint("{name}", __name__, url_prefix="/{name}").'
            )
            continue
        place = (name.rpartition(".")[0], blueprint.url_prefix.rstrip("/"))
        other = owners.setdefault(place, name)
        if other != name:
            yield (
                f"blueprints {other!r} of {app.blueprints[other].import_name} and {name!r} of"
                f" {blueprint.import_name} share the prefix {blueprint.url_prefix}: give each its own."
            )


def collisions(app: Flask) -> Iterator[str]:
    """Find pairs of rules that can match one URL with one method, and rules that match nothing."""
    groups = defaultdict(list)  # rules that differ in their first word, if it is a plain one, never meet
    for rule in app.url_map.iter_rules():
        groups[rule.rule.split("/")[1] if "<" not in rule.rule.split("/")[1] else "<"].append(rule)
    wild = groups.pop("<", [])
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    pairs += [*combinations(wild, 2), *product(wild, [rule for group in groups.values() for rule in group])]
    for one, other in pairs:
        methods = (one.methods or set()) & (other.methods or set()) - {"OPTIONS"}
        url = common_url(one, other) or common_url(other, one)
        if methods and url and (one.host, one.subdomain) == (other.host, other.subdomain):
            yield (
                f"{min(methods)} {url} can reach {where(app, one)} and {where(app, other)}:"
                " change one of the rules, or narrow a variable with a converter, for example <int:…>."
            )
    for rule in app.url_map.iter_rules():
        if rule.build_only or not rule.methods:
            yield f"{where(app, rule)} can never be reached: give it a rule that matches and a method."


def common_url(rule: Rule, other: Rule) -> str | None:
    """Return a URL of `rule` that `other` matches too, or None."""
    words = other.rule.strip("/").split("/")
    candidates = []
    for position, segment in enumerate(rule.rule.strip("/").split("/")):
        rest = "/".join(VARIABLE.sub("a", word) for word in words[position:])
        fillings = [*SAMPLES, *words[position : position + 1], rest]
        names = VARIABLE.findall(segment)
        texts = [[text for text in fillings if matches(rule, name, text)] for name in names]
        candidates.append([fill(segment, filling) for filling in product(*texts)] if names else [segment])
    pattern = re.compile(
        "/".join(expression(other, word) for word in words)  # "/x" and "/x/" answer the same visitor
    )
    for url in product(*candidates):
        if pattern.fullmatch("/".join(url)):
            return "/" + "/".join(url)
    return None


def matches(rule: Rule, name: str, text: str) -> bool:
    """Whether the variable `name` of `rule` takes `text`."""
    return re.fullmatch(rule._converters[name].regex, text) is not None


def fill(segment: str, texts: tuple[str, ...]) -> str:
    """Put `texts` in the places of the variables of `segment`."""
    values = iter(texts)
    return VARIABLE.sub(lambda _: next(values), segment)


def expression(rule: Rule, segment: str) -> str:
    """Return a regular expression for one segment of `rule`."""
    parts = VARIABLE.split(segment)
    return "".join(
        f"(?:{rule._converters[part].regex})" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )


def where(app: Flask, rule: Rule) -> str:
    """Name an endpoint and the place of its view."""
    view = inspect.unwrap(app.view_functions.get(rule.endpoint, refuse))
    code = view.__code__
    return f"{rule.endpoint} ({rule.rule}, {code.co_filename}:{code.co_firstlineno})"
