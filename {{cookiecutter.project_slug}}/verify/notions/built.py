"""HTML that Python puts together: what it fills in, and where in the page that lands."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module
from .calls import spelt
from .html import AMONG, Harm, Page
from .values import Call, Const

if TYPE_CHECKING:
    from .flow import Flow, Source

Flawed: TypeAlias = tuple[ast.expr, Harm, str, "Source"]  # what is filled in, its harm, the place in words, the data
HOLES = {"format": re.compile(r"\{(\w*)(?:[.\[!:][^{}]*)?\}"), "%": re.compile(r"%(?:\((\w+)\))?[-+# \d.]*[a-zA-Z]")}
DEPTH = 12


def flawed(flow: Flow, module: Module, text: ast.expr, raw: bool = True) -> Iterator[Flawed]:
    """Data that escaping does not make harmless where it lands. `raw`: nothing is escaped but by hand."""
    page = Page()
    for piece in pieces(flow, module, text):
        if isinstance(piece, str):
            page.feed(piece)
            continue
        verdict = page.judge() and page.judge(flow.is_json(module, piece))
        told = raw and (verdict or page.quoted) and flow.tainted(module, piece, "html")  # as not escaped at all
        if not told:
            if verdict and verdict[2] != AMONG and (source := flow.tainted(module, piece, verdict[1])):
                yield piece, verdict[0], verdict[2], source
            elif raw and page.quoted and (source := flow.tainted(module, piece, "quote")):
                yield piece, "quote", "an attribute, with quotes that nothing escaped", source
        page.slot()


def pieces(flow: Flow, module: Module, text: ast.expr, depth: int = 0) -> Iterator[str | ast.expr]:
    """A text in its order: what the source writes out, and the expressions between."""

    def of(*parts: ast.expr | None) -> Iterator[str | ast.expr]:
        for part in parts if depth < DEPTH else ():
            yield from pieces(flow, module, part, depth + 1) if part is not None else ()

    match text:
        case ast.Constant(value=str(written)):
            yield written
        case ast.JoinedStr(values=parts):
            yield from of(*parts)
        case ast.FormattedValue(value=value):
            yield from of(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from of(left, right)
        case ast.BinOp(left=template, op=ast.Mod(), right=given):
            values = given.elts if isinstance(given, ast.Tuple) else [given]
            yield from of(*_filled(flow, module, template, "%", values, {}))
        case ast.Call(func=ast.Attribute(value=template, attr="format"), args=args, keywords=keywords):
            named = {keyword.arg: keyword.value for keyword in keywords if keyword.arg}
            yield from of(*_filled(flow, module, template, "format", args, named))
        case ast.Call(args=[written]) if spelt(text) == "Markup":
            yield from of(written)
        case ast.Name() if len(known := flow.defined(text)) == 1 and known[0].replaces:
            found = list(of(known[0].value))
            yield from found if found != [known[0].value] else [text]
        case _:
            yield text


def _filled(
    flow: Flow, module: Module, template: ast.expr, way: str, values: list[ast.expr], named: dict[str, ast.expr]
) -> Iterator[ast.expr]:
    known = flow.project.values.of(module, template)
    while isinstance(known, Call) and known.dotted == "markupsafe.Markup" and known.args:
        known = known.args[0]
    if not isinstance(known, Const) or not isinstance(known.value, str):
        yield template
        return
    given = iter(values)
    for number, part in enumerate(HOLES[way].split(known.value)):  # text, name, text, name, text
        if number % 2 == 0:
            yield ast.Constant(part)
        elif part and not part.isdigit():
            yield from [named[part]] if part in named else []
        else:
            yield from values[int(part) :][:1] if part else itertools.islice(given, 1)
