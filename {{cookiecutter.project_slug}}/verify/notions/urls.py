"""Werkzeug's router in small: which rule answers a URL? Literals first, then weights, then registration order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
_TOKEN = re.compile(r"/|<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<args>.*?)\))?:)?(?P<name>[a-zA-Z_]\w*)>|[^</]+")
_UUID = "0b5e9ddc-6f52-4b5e-8d3c-0d2b8f6a7c11"
# What a visitor may type in the place of a variable; a converter keeps the ones that it accepts.
_SAMPLES = ("zq", "7", "a-b", "4711", "x1", "zq_x", "ABC", "AB12", "de-DE", "1.5", "2031-02-03", "zq.txt", "-3", "v1",
            "20310203", "deadbeef", "zq@x.org", _UUID, "zq/7", *("z" * n for n in range(1, 41)),
            *("1" * n for n in range(2, 13)))  # fmt: skip


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
class Part:
    """One step: a literal segment, or a regex for one segment (`final`: for everything that is left)."""

    content: str
    static: bool
    final: bool = False
    weight: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    parts: tuple[Part, ...]
    shape: str  # the rule with `*` for each variable, `**` where a value may hold slashes
    names: tuple[str, ...]
    accepts: tuple[str, ...]  # the regex of each variable
    urls: tuple[str, ...]  # samples that match; empty when none of ours fits its converters


@lru_cache(maxsize=1024)
def _accepted(regex: str) -> tuple[str, ...]:
    try:
        return tuple(sample for sample in _SAMPLES if re.fullmatch(regex, sample))
    except re.error:
        return ()


def _apply(base: Converter, name: str, args: str) -> tuple[Converter, tuple[str, ...]]:
    """The converter with the rule's arguments, and values that it accepts."""
    items = [item.strip().strip("\"'") for item in args.split(",")] if args else []
    options = {key.strip(): value.strip() for key, _, value in (item.partition("=") for item in items)}
    regex = base.regex
    if name == "any":
        return Converter("|".join(map(re.escape, items))), tuple(items)
    if base.takes_regex:
        regex = args.strip().lstrip("ru").strip("\"'")
    elif name in ("default", "string") and options:
        size = options.get("length") or f"{options.get('minlength', '1')},{options.get('maxlength', '')}"
        regex = f"[^/]{{{size}}}"
    elif options.get("signed") == "True":
        regex = f"-?{regex}"
    return Converter(regex, base.weight, base.isolating), _accepted(regex)


@lru_cache(maxsize=65536)
def _parse(rule: str, known: tuple[tuple[str, Converter], ...]) -> Pattern:
    parts: list[Part] = []
    names: list[str] = []
    accepts: list[str] = []
    urls, shape, regex, literal, final = [""], "", "", "", False
    statics: list[tuple[int, int]] = []
    weights: list[int] = []

    def part() -> Part:
        weight = (-len(statics), tuple(statics), -len(weights), tuple(weights))
        return Part(regex, False, final, weight) if weights else Part(literal, True)

    for token in _TOKEN.finditer(rule):
        if token["name"]:
            kind = token["converter"] or "default"
            converter, values = _apply(dict(known).get(kind, Converter()), kind, token["args"] or "")
            final = final or not converter.isolating
            regex += f"(?:{converter.regex})"
            weights.append(converter.weight)
            shape += "*" if converter.isolating else "**"
            urls = [url + value for url in urls[:3] for value in values]
            names.append(token["name"])
            accepts.append(converter.regex)
            continue
        if token[0] == "/" and not final:
            parts.append(part())
            regex, literal, statics, weights = "", "", [], []
        else:
            if token[0] != "/":
                statics.append((len(statics), -len(token[0])))
            regex, literal = regex + re.escape(token[0]), literal + token[0]
        shape += token[0]
        urls = [url + token[0] for url in urls]
    return Pattern((*parts, part()), shape, tuple(names), tuple(accepts), tuple(urls))


def parse(rule: str, known: Mapping[str, Converter] = BUILT_IN) -> Pattern:
    return _parse(rule, tuple(known.items()))


@dataclass(slots=True)
class Router(Generic[T]):
    """A tree of steps, like Werkzeug's matcher: filling it and asking it are linear in the number of rules."""

    literal: "dict[str, Router[T]]" = field(default_factory=dict)
    dynamic: "list[tuple[Part, Router[T]]]" = field(default_factory=list)
    rules: list[tuple[frozenset[str], T]] = field(default_factory=list)

    def add(self, host: Pattern, path: Pattern, methods: frozenset[str], rule: T) -> None:
        state = self
        for part in (*host.parts, *path.parts):
            if part.static:
                state = state.literal.setdefault(part.content, Router())
                continue
            known = next((after for seen, after in state.dynamic if seen == part), None)
            if known is None:
                known = Router()
                state.dynamic.append((part, known))
                state.dynamic.sort(key=lambda entry: entry[0].weight)
            state = known
        state.rules.append((methods, rule))

    def answer(self, parts: list[str], method: str) -> T | None:
        if not parts:  # `/a` is redirected to `/a/` when only that one is there
            here = [*self.rules, *(self.literal[""].rules if "" in self.literal else ())]
            return next((rule for methods, rule in here if method in methods), None)
        if parts[0] in self.literal and (found := self.literal[parts[0]].answer(parts[1:], method)) is not None:
            return found
        for part, after in self.dynamic:
            target, rest = ("/".join(parts), []) if part.final else (parts[0], parts[1:])
            if re.fullmatch(part.content, target) and (found := after.answer(rest, method)) is not None:
                return found
        return None
