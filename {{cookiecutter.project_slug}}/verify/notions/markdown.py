"""Which Markdown renderers let the HTML through that stands in a text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..readers.python import Module
from .values import Call, Const, Table, Value

if TYPE_CHECKING:
    from ..project import Project

METHODS = {"render", "renderInline", "convert", "parse"}
KEEP_HTML = {"commonmark", "gfm-like", "gfm-like2"}  # presets of markdown-it
ANY_LINK = ("markdown.", "markdown2.")  # what makes a link of any text, `[a](javascript:…)` too
ESCAPES = {  # by the keyword that asks for it, and what that is when nobody says
    "mistune.create_markdown": ("escape", True), "mistune.markdown": ("escape", True),
    "mistune.Markdown": ("escape", True), "markdown2.markdown": ("safe_mode", False),
    "markdown2.Markdown": ("safe_mode", False),
}  # fmt: skip


def lets_html_through(project: Project, module: Module, call: ast.Call) -> bool | None:
    """Does HTML in a Markdown text survive this call? None where it does not render Markdown, as far as is known."""
    values, func = project.values, call.func
    dotted = project.names.dotted(module, func) or ""
    if dotted.startswith(("markdown.", "cmarkgfm.")):
        return dotted.startswith("markdown.") or "UNSAFE" in ast.unparse(call)
    held = func.value if isinstance(func, ast.Attribute) and func.attr in METHODS else func
    made = values.of(module, call if dotted in ESCAPES else held)
    while isinstance(made, Call) and made.dotted.startswith("str.") and made.args:  # MarkdownIt(…).enable("table")
        if made.dotted == "str.disable" and "html_block" in str(made.args[1:]):
            return False
        made = made.args[0]
    if not isinstance(made, Call):
        return None
    given = dict(made.keywords)
    if made.dotted in ("markdown_it.MarkdownIt", "markdown_it.main.MarkdownIt"):
        given |= zip(("config", "options_update"), made.args, strict=False)
        options = given.get("options_update")
        put = project.flow.places.written.get(("entry", "options['html']"), ())
        kept: Value | None = options.get("html") if isinstance(options, Table) else None
        for owner, later, _ in put:
            kept = values.of(owner, later)
        return _is(kept) if kept else getattr(given.get("config"), "value", "commonmark") in KEEP_HTML
    if made.dotted not in ESCAPES:
        return None
    keyword, by_default = ESCAPES[made.dotted]
    renderer = given.get("renderer")
    given |= renderer.keywords if isinstance(renderer, Call) else ()
    return not (_is(given[keyword]) if keyword in given else by_default)


def _is(value: Value) -> bool:
    return not isinstance(value, Const) or bool(value.value)
