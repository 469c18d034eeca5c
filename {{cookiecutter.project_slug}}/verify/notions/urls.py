"""Werkzeug's router in small: which rule answers a URL? Literals first, then weights, then registration order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
_TOKEN = re.compile(r"/|<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<args>.*?)\))?:)?(?P<name>[a-zA-Z_]\w*)>|[^</]+")
# What a visitor may type in the place of a variable; a converter keeps the ones that it accepts.
_SAMPLES = ("zq", "7", "a-b", "4711", "x1", "zq_x", "ABC", "AB12", "de-DE", "1.5", "2031-02-03", "zq.txt", "-3", "v1",
            "20310203", "deadbeef", "zq@x.org", "0b5e9ddc-6f52-4b5e-8d3c-0d2b8f6a7c11", "zq/7",
            *("z" * n for n in range(1, 41)), *("1" * n for n in range(2, 13)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Converter:
    regex: str = r"[^/]+"
    weight: int = 100
    isolating: bool = True  # False: its value may hold a slash
    takes_regex: bool = False  # <regex("[a-z]+"):x>: the rule's own text is the regex


BUILT_IN: Mapping[str, Converter] = {
    "default": Converter(), "string": Converter(), "any": Converter(), "path": Converter(r"[^/].*?", 200, False),
    "int": Converter(r"\d+", 50), "float": Converter(r"\d+\.\d+", 50),
    "uuid": Converter(r"[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """A host and a rule, as one text: `www.example.org/notes/<int:note>`."""

    regex: str
    head: tuple[str, ...]  # the steps before the first variable
    order: tuple[tuple[object, ...], ...]  # of two rules that match, the one with the smaller order answers
    shape: str  # the rule with `*` for each variable, `**` where a value may hold slashes
    variables: Mapping[str, str]  # name -> the regex of its values
    urls: tuple[str, ...]  # samples that match; empty when none of ours fits its converters
    listed: bool  # it has variables, and the rule itself names each of their values


@lru_cache(maxsize=1024)
def _accepted(regex: str) -> tuple[str, ...]:
    try:
        return tuple(sample for sample in _SAMPLES if re.fullmatch(regex, sample))
    except re.error:
        return ()


def _with_arguments(base: Converter, name: str, args: str) -> tuple[Converter, tuple[str, ...]]:
    """The converter with the rule's arguments, and values that it accepts."""
    items = [item.strip().strip("\"'") for item in args.split(",")] if args else []
    options = {key.strip(): value.strip() for key, _, value in (item.partition("=") for item in items)}
    regex = base.regex
    if name == "any":
        return replace(base, regex="|".join(map(re.escape, items))), tuple(items)
    if base.takes_regex:
        regex = args.strip().lstrip("ru").strip("\"'")
    elif name in ("default", "string") and options:
        size = options.get("length") or f"{options.get('minlength', '1')},{options.get('maxlength', '')}"
        regex = f"[^/]{{{size}}}"
    elif options.get("signed") == "True":
        regex = f"-?{regex}"
    return replace(base, regex=regex), _accepted(regex)


def parse(rule: str, known: Mapping[str, Converter] = BUILT_IN) -> Pattern:
    steps: list[tuple[list[tuple[int, int]], list[int]]] = [([], [])]  # its literals and its variables, as weights
    variables: dict[str, str] = {}
    urls, shape, regex, open_end, kinds = [""], "", "", False, set[str]()
    for token in _TOKEN.finditer(rule):
        literals, weights = steps[-1]
        if token["name"]:
            kind = token["converter"] or "default"
            kinds.add(kind)
            converter, values = _with_arguments(known.get(kind, Converter()), kind, token["args"] or "")
            open_end = open_end or not converter.isolating
            variables[token["name"]] = converter.regex
            weights.append(converter.weight)
            regex += f"(?:{converter.regex})"
            shape += "*" if converter.isolating else "**"
            urls = [url + value for url in urls[:3] for value in values]
            continue
        if token[0] != "/":
            literals.append((len(literals), -len(token[0])))
        elif not open_end:
            steps.append(([], []))
        regex, shape, urls = regex + re.escape(token[0]), shape + token[0], [url + token[0] for url in urls]
    order = tuple((-len(step[0]), tuple(step[0]), -len(step[1]), tuple(step[1])) if step[1] else () for step in steps)
    dynamic = next((n for n, step in enumerate(order) if step), len(order))
    head = tuple(shape.rstrip("/").split("/")[:dynamic])
    return Pattern(regex + "?" * rule.endswith("/"), head, order, shape, variables, tuple(urls), kinds == {"any"})


@dataclass(slots=True)
class Router(Generic[T]):
    """Rules by their literal beginning: few are tried for a URL, however many there are."""

    rules: dict[tuple[str, ...], list[tuple[Pattern, frozenset[str], T]]] = field(default_factory=dict)

    def add(self, pattern: Pattern, methods: frozenset[str], rule: T) -> None:
        self.rules.setdefault(pattern.head, []).append((pattern, methods, rule))

    def answer(self, url: str, method: str) -> T | None:
        steps = tuple(url.split("/"))
        found = [
            (pattern, rule)
            for n in range(len(steps) + 1)
            for pattern, methods, rule in self.rules.get(steps[:n], ())
            if method in methods and re.fullmatch(pattern.regex, url)
        ]
        return min(found, key=lambda one: one[0].order)[1] if found else None
