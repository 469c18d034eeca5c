"""Where in a page does a value land, and can it do harm there?

Templates are walked the way they render: from the outermost parent through blocks, includes, macros with their
arguments and loops, with what Python passes to `render_template`; beside them runs a small HTML state machine.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import nodes

from ..readers.python import Module, Unreadable
from ..readers.templates import Template, read, template_name
from .autoescape import Autoescape
from .flow import NONE, Atom, Func, Kind, Source, Stored
from .values import Const, OneOf, Value

if TYPE_CHECKING:
    from ..project import Project

Harm = Literal["raw", "name", "unquoted", "json", "script", "url"]
NAVIGATES = {"href", "action", "formaction", "xlink:href", "data", "ping", "manifest"}
FETCHES = {("script", "src"), ("iframe", "src"), ("frame", "src"), ("embed", "src")}
RAW_TEXT = {"script", "style", "title", "textarea", "noscript", "xmp"}
HARMLESS_FILTERS = {
    "int", "float", "length", "count", "round", "abs", "sum", "urlencode", "filesizeformat", "wordcount", "xmlattr",
}  # fmt: skip
REGISTERS = ("template_filter", "template_global")
RENDERS = {"flask.render_template", "flask.stream_template"}
STRINGS = {"flask.render_template_string", "flask.stream_template_string"}
QUOTES = "\"'"
DEPTH = 12  # includes and macros inside each other


@dataclass(frozen=True)
class Flaw:
    harm: Harm
    path: str
    line: int
    shown: str  # the value as the template spells it
    where: str  # the place it lands in, in words
    source: Source


@dataclass(frozen=True)
class Val:
    """A value in a template: Python expressions and places it is made of, and what has been done to it."""

    exprs: tuple[tuple[Module, ast.expr], ...] = ()
    atoms: frozenset[Atom] = NONE
    safe: bool = False  # autoescape leaves it alone
    escaped: bool = False  # its text cannot open a tag
    json: bool = False
    fixed: bool = False  # begins with the template's own text

    def __or__(self, other: Val) -> Val:
        clean = not self.exprs and not self.atoms, not other.exprs and not other.atoms
        return Val(
            tuple(dict.fromkeys(self.exprs + other.exprs)),
            self.atoms | other.atoms,
            self.safe or other.safe,
            (self.escaped or clean[0]) and (other.escaped or clean[1]) and not all(clean),
            self.json or other.json,
            self.fixed and (other.fixed or clean[1]),
        )


@dataclass
class Page:
    """How far the HTML has come, as a browser reads it."""

    mode: str = "text"  # text open tag name value " ' bare comment raw
    tag: str = ""
    attribute: str = ""
    value: str = ""
    quote: str = ""  # of the script's string that is open
    inert: bool = False  # a <script> of data, which nobody runs

    def feed(self, text: str) -> None:
        for char in text:
            getattr(self, "_quoted" if self.mode in QUOTES else f"_{self.mode}")(char)

    def _text(self, char: str) -> None:
        if char == "<":
            self.mode, self.tag = "open", ""

    def _open(self, char: str) -> None:
        if self.tag == "!-" and char == "-":
            self.mode, self.value = "comment", ""
        elif char == ">":
            self._close()
        elif char.isspace():
            self.mode, self.attribute = ("tag", "") if self.tag else ("text", "")
            self.inert = False
        else:
            self.tag += char.lower()

    def _tag(self, char: str) -> None:
        if char == ">":
            self._close()
        elif char == "=" and self.attribute:
            self.mode, self.value = "value", ""
        elif not char.isspace() and char != "/":
            self.mode, self.attribute = "name", char.lower()

    def _name(self, char: str) -> None:
        if char in "=>" or char.isspace():
            self.mode = "tag"
            if not char.isspace():
                self._tag(char)
        else:
            self.attribute += char.lower()

    def _value(self, char: str) -> None:
        if char in "\"'":
            self.mode = char
        elif char == ">":
            self._close()
        elif not char.isspace():
            self.mode, self.value = "bare", char

    def _quoted(self, char: str) -> None:
        if char == self.mode:
            self._end_value()
        else:
            self.value += char

    def _bare(self, char: str) -> None:
        if char.isspace() or char == ">":
            self._end_value()
            self._tag(char)
        else:
            self.value += char

    def _end_value(self) -> None:
        if (self.tag, self.attribute) == ("script", "type"):
            self.inert = not any(word in self.value.lower() for word in ("javascript", "module", "ecmascript"))
        self.mode, self.attribute = "tag", ""

    def _close(self) -> None:
        self.mode = "raw" if self.tag.rstrip("/") in RAW_TEXT else "text"
        self.attribute = self.value = self.quote = ""

    def _comment(self, char: str) -> None:
        self.value = (self.value + char)[-3:]
        if self.value == "-->":
            self.mode = "text"

    def _raw(self, char: str) -> None:
        last = self.value[-1:]
        self.value = (self.value + char)[-len(self.tag) - 3 :]
        if self.value.lower().endswith(f"</{self.tag}"):
            self.mode, self.tag, self.attribute = "tag", "/", ""
        elif self.tag == "script":
            if self.quote in ("//", "/*"):
                ended = char == "\n" if self.quote == "//" else last + char == "*/"
                self.quote = "" if ended else self.quote
            elif not self.quote and last + char in ("//", "/*"):
                self.quote = last + char
            elif char in "\"'`" and last != "\\":
                self.quote = {"": char, char: ""}.get(self.quote, self.quote)

    def slot(self) -> None:
        """A value is put in here."""
        if self.mode == "value":
            self.mode = "bare"
        if self.mode == "open":
            self.tag += "?"
        elif self.mode not in ("text", "raw"):
            self.value += "?"

    @property
    def handler(self) -> bool:
        return self.attribute.startswith(("on", "x-", "@", "v-", "ng-", "hx-on")) or self.attribute[:1] == ":"

    def judge(self, value: Val) -> tuple[Harm, Kind, str] | None:
        """The harm that request data could do here, and which kind of data can."""
        if self.mode == "comment" or (self.mode == "raw" and self.tag in ("title", "textarea")):
            return None
        if self.mode in ("open", "tag", "name"):
            return "unquoted", "code", "among the attributes of a tag"
        if self.mode in ("value", "bare"):
            return "unquoted", "code", f"the unquoted attribute {self.attribute}="
        if self.mode == "raw":
            if self.tag == "style":
                return "script", "code", "a <style> element"
            if self.tag != "script" or self.inert or (value.json and self.quote in ("", "'", "//", "/*")):
                return None
            return "script", "code", f"a {self.quote} string of a script" if self.quote else "a <script>"
        if self.mode in "\"'":
            if value.json and self.mode == '"':
                return "json", "code", f'the double-quoted attribute {self.attribute}="…"'
            if self.handler or self.attribute in ("style", "srcdoc"):
                return None if value.json else ("script", "code", f"the attribute {self.attribute}")
            loads = self.attribute in NAVIGATES or (self.tag, self.attribute) in FETCHES
            if loads and not value.fixed and not self.value.strip():
                return "url", "url", f"the URL of <{self.tag} {self.attribute}>"
        return None


Env = Mapping[str, Any]  # name -> Val, nodes.Macro with its template, or a dict of an imported template


@dataclass
class Walk:
    """One rendering: the template's files, the blocks that win, the HTML so far."""

    markup: Markup
    page: Page = field(default_factory=Page)
    blocks: dict[str, list[tuple[Template, nodes.Block]]] = field(default_factory=lambda: defaultdict(list))
    depth: int = 0
    callers: list[tuple[Template, list[nodes.Node], Env, bool]] = field(default_factory=list)
    inside: list[tuple[str, int]] = field(default_factory=list)  # blocks, and which template's version of them
    flaws: set[Flaw] = field(default_factory=set)

    def render(self, template: Template, env: dict[str, Any], escaped: bool) -> None:
        self.markup.seen.add(template)
        if self.depth > DEPTH:
            return
        self.depth += 1
        for block in template.tree.find_all(nodes.Block):
            self.blocks[block.name].append((template, block))
        parent = template.tree.find(nodes.Extends)
        if parent is not None:
            for node in template.tree.body:  # imports and sets count, text outside of blocks does not
                if not isinstance(node, nodes.Output):
                    self.statement(template, node, env, escaped, quiet=True)
            for base in self.named(template, parent.template, env):
                self.render(base, env, escaped)
        else:
            self.body(template, template.tree.body, env, escaped)
        self.depth -= 1

    def body(self, template: Template, body: Iterable[nodes.Node], env: dict[str, Any], escaped: bool) -> None:
        for node in body:
            self.statement(template, node, env, escaped)

    def block(self, name: str, version: int, env: dict[str, Any], escaped: bool) -> None:
        if version < len(self.blocks[name]) and len(self.inside) < DEPTH:
            owner, block = self.blocks[name][version]
            self.inside.append((name, version))
            self.body(owner, block.body, dict(env), escaped)
            self.inside.pop()

    def branch(self, template: Template, bodies: list[tuple[list[nodes.Node], dict[str, Any]]], escaped: bool) -> None:
        before, after = replace(self.page), None
        for body, env in bodies:
            self.page = replace(before)
            self.body(template, body, env, escaped)
            after = after or self.page
        self.page = after or before

    def statement(  # noqa: PLR0915
        self, t: Template, node: nodes.Node, env: dict[str, Any], escaped: bool, quiet: bool = False
    ) -> None:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    self.page.feed(part.data)
                else:
                    self.output(t, part, env, escaped)
        elif isinstance(node, nodes.If):
            tests: list[nodes.If] = [node, *node.elif_]
            bodies = [(one.body, {**env, **self.checked(one.test, env)}) for one in tests]
            for _, inner in bodies[:1] if not node.else_ and not node.elif_ else ():
                env.update({k: v for k, v in inner.items() if k not in env})
            self.branch(t, [*bodies, (node.else_, env)], escaped)
        elif isinstance(node, nodes.For):
            inner = dict(env)
            self.bind(node.target, replace(self.value(t, node.iter, env), safe=False), inner)
            self.branch(t, [(node.body, inner), (node.else_, env)], escaped)
        elif isinstance(node, nodes.Assign):
            self.bind(node.target, self.value(t, node.node, env), env)
        elif isinstance(node, nodes.AssignBlock):
            outer, self.page = self.page, Page()
            self.body(t, node.body, dict(env), escaped)
            self.page = outer
            self.bind(node.target, Val(safe=True), env)
        elif isinstance(node, nodes.Macro):
            env[node.name] = (t, node, env)
        elif isinstance(node, nodes.CallBlock):
            self.callers.append((t, node.body, env, escaped))
            self.output(t, node.call, env, escaped)
            self.callers.pop()
        elif isinstance(node, nodes.With):
            inner = dict(env)
            for target, value in zip(node.targets, node.values, strict=True):
                self.bind(target, self.value(t, value, env), inner)
            self.body(t, node.body, inner, escaped)
        elif isinstance(node, nodes.Include):
            for other in self.named(t, node.template, env):
                self.render(other, dict(env), other.escaped)
        elif isinstance(node, nodes.Import | nodes.FromImport):
            for other in self.named(t, node.template, env):
                self.markup.seen.add(other)
                made: dict[str, Any] = {}
                for one in other.tree.body:
                    if not isinstance(one, nodes.Output):
                        self.statement(other, one, made, escaped, quiet=True)
                if isinstance(node, nodes.Import):
                    env[node.target] = made
                else:
                    pairs = [(name, name) if isinstance(name, str) else name for name in node.names]
                    env.update({alias: made[name] for name, alias in pairs if name in made})
        elif isinstance(node, nodes.Block) and not quiet:
            self.block(node.name, 0, env, escaped)
        elif isinstance(node, nodes.ScopedEvalContextModifier):
            wanted = next((o.value for o in node.options if o.key == "autoescape"), None)
            on = wanted.value if isinstance(wanted, nodes.Const) else escaped
            self.body(t, node.body, env, bool(on))
        elif isinstance(node, nodes.FilterBlock | nodes.Scope):
            self.body(t, node.body, dict(env), escaped)

    def named(self, t: Template, expr: nodes.Expr, env: Env) -> list[Template]:
        """The templates that a tag names; a name that the client chooses is a flaw."""
        if isinstance(expr, nodes.CondExpr):
            branches = [expr.expr1, *([expr.expr2] if expr.expr2 else [])]
            return [one for part in branches for one in self.named(t, part, env)]
        if isinstance(expr, nodes.List | nodes.Tuple):
            return [one for part in expr.items for one in self.named(t, part, env)]
        if isinstance(expr, nodes.Const):
            found = self.markup.templates.get(str(expr.value))
            return [found] if found else []
        self.flaw("name", t, expr, self.value(t, expr, env), "code", "the name of a template")
        return []

    def output(self, t: Template, expr: nodes.Expr, env: dict[str, Any], escaped: bool) -> None:
        if isinstance(expr, nodes.CondExpr):
            for part, holds in ((expr.expr1, True), (expr.expr2, False)):
                if part is not None:
                    page = replace(self.page)
                    self.output(t, part, {**env, **self.checked(expr.test, env)} if holds else env, escaped)
                    self.page = page
            return self.page.slot()
        if isinstance(expr, nodes.Call):
            if isinstance(expr.node, nodes.Name) and expr.node.name == "caller" and self.callers:
                return self.body(*self._caller())
            if isinstance(expr.node, nodes.Name) and expr.node.name == "super":
                return self.block(self.inside[-1][0], self.inside[-1][1] + 1, env, escaped) if self.inside else None
            macro = self.lookup(expr.node, env)
            if isinstance(macro, tuple) and self.depth < DEPTH:
                return self.macro(t, expr, macro, env, escaped)
        value = self.value(t, expr, env)
        if (value.safe or not escaped) and not value.escaped:
            self.flaw("raw", t, expr, value, "html", "the page, unescaped")
        if judged := self.page.judge(value):
            self.flaw(judged[0], t, expr, value, judged[1], judged[2])
        self.page.slot()

    def _caller(self) -> tuple[Template, list[nodes.Node], dict[str, Any], bool]:
        template, body, env, escaped = self.callers[-1]
        return template, body, dict(env), escaped

    def macro(self, t: Template, call: nodes.Call, macro: Any, env: Env, escaped: bool) -> None:
        owner, node, outer = macro
        inner = dict(outer)
        names = [arg.name for arg in node.args]
        for name, default in zip(names[len(names) - len(node.defaults) :], node.defaults, strict=True):
            inner[name] = self.value(owner, default, outer)
        inner |= {name: self.value(t, arg, env) for name, arg in zip(names, call.args, strict=False)}
        inner |= {keyword.key: self.value(t, keyword.value, env) for keyword in call.kwargs}
        self.depth += 1
        self.body(owner, node.body, inner, owner.escaped if owner is not t else escaped)
        self.depth -= 1

    def flaw(  # noqa: PLR0917
        self, harm: Harm, t: Template, expr: nodes.Node, value: Val, kind: Kind, where: str
    ) -> None:
        if source := self.markup.source(value, kind):
            self.flaws.add(Flaw(harm, t.path, expr.lineno + t.offset, show(expr), where, source))

    def bind(self, target: nodes.Node, value: Val, env: dict[str, Any]) -> None:
        for name in target.find_all(nodes.Name) if not isinstance(target, nodes.Name) else [target]:
            env[name.name] = value

    def checked(self, test: nodes.Node, env: Env) -> dict[str, Val]:
        """Names that a test leaves no harm in: one of a few, or a URL with a fixed start."""
        if isinstance(test, nodes.And):
            return self.checked(test.left, env) | self.checked(test.right, env)
        if isinstance(test, nodes.Compare) and isinstance(test.expr, nodes.Name):
            few = isinstance(test.ops[0].expr, nodes.List | nodes.Tuple | nodes.Const | nodes.Dict)
            return {test.expr.name: Val()} if few and test.ops[0].op in ("in", "eq") else {}
        if isinstance(test, nodes.Call) and isinstance(test.node, nodes.Getattr) and test.node.attr == "startswith":
            name = getattr(test.node.node, "name", "")
            if isinstance(env.get(name), Val):
                return {name: replace(env[name], fixed=True)}
        return {}

    def lookup(self, node: nodes.Node, env: Env) -> Any:
        if isinstance(node, nodes.Name):
            return env.get(node.name)
        if isinstance(node, nodes.Getattr) and isinstance(module := self.lookup(node.node, env), dict):
            return module.get(node.attr)
        return None

    # ------------------------------------------------------------------ values

    def value(self, t: Template, expr: nodes.Node, env: Env) -> Val:
        if isinstance(expr, nodes.Name):
            found = env.get(expr.name, Val())
            if expr.name == "request" and expr.name not in env:
                return Val(atoms=frozenset({Source("request", t.path, expr.lineno + t.offset)}))
            return found if isinstance(found, Val) else Val(safe=True)
        if isinstance(expr, nodes.Getattr | nodes.Getitem):
            return self.attribute(t, expr, env)
        if isinstance(expr, nodes.Filter):
            return self.filtered(t, expr, env)
        if isinstance(expr, nodes.Call):
            return self.called(t, expr, env)
        if isinstance(expr, nodes.Concat | nodes.Add):
            parts = expr.nodes if isinstance(expr, nodes.Concat) else [expr.left, expr.right]
            values = [self.value(t, part, env) for part in parts]
            whole = Val()
            for value in values:
                whole |= value
            # a safe part makes Jinja escape the others; what was raw in it stays raw
            raw = [v for v in values if v.safe and not v.escaped and (v.exprs or v.atoms)]
            start = isinstance(parts[0], nodes.Const) and bool(str(parts[0].value).strip())
            return replace(whole, safe=bool(raw), fixed=start or values[0].fixed)
        if isinstance(expr, nodes.CondExpr):
            value = self.value(t, expr.expr1, {**env, **self.checked(expr.test, env)})
            return value | self.value(t, expr.expr2, env) if expr.expr2 else value
        if isinstance(expr, nodes.Compare | nodes.Not | nodes.Test | nodes.Const):
            return Val()
        return self.union(t, [n for n in expr.iter_child_nodes() if isinstance(n, nodes.Expr | nodes.Pair)], env)

    def union(self, t: Template, parts: Iterable[nodes.Node], env: Env) -> Val:
        whole = Val()
        for part in parts:
            whole |= self.value(t, part, env)
        return whole

    def attribute(self, t: Template, expr: nodes.Getattr | nodes.Getitem, env: Env) -> Val:
        key = expr.attr if isinstance(expr, nodes.Getattr) else getattr(expr.arg, "value", None)
        if isinstance(expr.node, nodes.Name) and expr.node.name not in env:
            if expr.node.name == "session":
                return Val(atoms=frozenset({Stored("session", str(key)), Stored("session", "*")}))
            if expr.node.name == "request" and key in ("method", "endpoint", "blueprint", "host", "scheme", "url_root"):
                return Val()
            if expr.node.name == "g":
                return Val(atoms=frozenset({Stored("attr", str(key))}))
        base, flow = self.value(t, expr.node, env), self.markup.project.flow
        if not base.exprs and not base.atoms:
            return Val()
        items = [(m, item) for m, e in base.exprs if (item := flow.item(m, e, key)) is not None]
        if items:
            return replace(base, exprs=tuple(items))
        if any(isinstance(atom, Source) for atom in base.atoms) and not base.exprs:
            what = {Source(show(expr), a.path, a.line) if isinstance(a, Source) else a for a in base.atoms}
            return replace(base, atoms=frozenset(what))
        owners = [self.markup.project.names.class_of(m, e) for m, e in base.exprs] or [None]
        return replace(base, atoms=base.atoms | {Stored("attr", str(key), owner) for owner in owners})

    def filtered(self, t: Template, expr: nodes.Filter, env: Env) -> Val:
        base = self.value(t, expr.node, env) if expr.node is not None else Val()
        name = expr.name
        if name in ("map", "sort", "groupby", "unique", "selectattr", "rejectattr") and expr.args:
            name = str(getattr(expr.args[0], "value", ""))
        attr = next((str(getattr(k.value, "value", "")) for k in expr.kwargs if k.key == "attribute"), "")
        if attr:
            base = replace(base, atoms=base.atoms | {Stored("attr", attr)})
        if name in HARMLESS_FILTERS:
            return Val()
        if name == "safe":
            return replace(base, safe=True)
        if name == "tojson":
            return replace(base, safe=True, escaped=True, json=True)
        if name in ("e", "escape", "forceescape"):
            keeps = base.json and name != "forceescape"
            if base.json and not keeps:
                return Val()  # JSON without a bare quote: nothing left to break out with
            return replace(base, safe=True, escaped=base.escaped or not base.safe, json=keeps)
        if name == "format":  # Markup escapes what is formatted into it
            return base if base.safe else self.union(t, expr.args, env) | base
        if func := self.markup.filters.get(name):
            return self._through(t, base, *func)
        if name in ("default", "d", "replace"):
            return replace(self.union(t, expr.args, env) | base, safe=base.safe)
        return base

    def _through(self, t: Template, base: Val, module: Module, func: Func) -> Val:
        flow = self.markup.project.flow
        if not flow.summary(module, func, "code"):
            return Val()
        if any(flow.is_markup(module, value) for value in self.markup.project.names.returned(func)):
            return replace(base, safe=True, escaped=True)  # a Markup of raw data is found where it is made
        return base if flow.summary(module, func, "html") else replace(base, escaped=True)

    def called(self, t: Template, expr: nodes.Call, env: Env) -> Val:
        given = [*expr.args, *(keyword.value for keyword in expr.kwargs)]
        if isinstance(expr.node, nodes.Name):
            name = expr.node.name
            if name == "get_flashed_messages":
                return Val(atoms=frozenset({Stored("flash", "")}))
            if name in ("url_for", "range", "csrf_token", "lipsum", "super", "caller"):
                return Val()
            if isinstance(env.get(name), tuple):
                return Val(safe=True)
            if func := self.markup.filters.get(name):
                return self._through(t, self.union(t, given, env), *func)
            return self.union(t, [expr.node, *given], env)
        if isinstance(expr.node, nodes.Getattr):
            base = self.value(t, expr.node.node, env)
            if expr.node.attr in ("isdigit", "startswith", "endswith", "count", "find", "index", "strftime"):
                return Val()
            if expr.node.attr == "get" and expr.args and isinstance(expr.args[0], nodes.Const):
                key = nodes.Getitem(expr.node.node, expr.args[0], "load", lineno=expr.lineno)
                return self.attribute(t, key, env) | self.union(t, expr.args[1:], env)
            if expr.node.attr == "format" and base.safe:
                return base
            return base | self.union(t, given, env)
        return self.union(t, given, env)


def show(expr: nodes.Node) -> str:
    """A template's expression, as its author wrote it or nearly so."""
    if isinstance(expr, nodes.Name):
        return str(expr.name)
    if isinstance(expr, nodes.Const):
        return repr(expr.value)
    if isinstance(expr, nodes.Getattr):
        return f"{show(expr.node)}.{expr.attr}"
    if isinstance(expr, nodes.Getitem):
        return f"{show(expr.node)}[{show(expr.arg)}]"
    if isinstance(expr, nodes.Filter):
        return f"{show(expr.node) if expr.node else ''}|{expr.name}"
    if isinstance(expr, nodes.Call):
        return f"{show(expr.node)}({', '.join(show(arg) for arg in expr.args)})"
    if isinstance(expr, nodes.Concat):
        return " ~ ".join(show(part) for part in expr.nodes)
    return "…"


@dataclass
class Markup:
    project: Project
    seen: set[Template] = field(default_factory=set)

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Every template by the loader's name; one that does not parse is a problem."""
        found: dict[str, Template] = {}
        for path in self.project.paths:
            name = template_name(path)
            if name is not None and (source := self.project.text(path)) is not None:
                template = read(path, source, name)
                if isinstance(template, Template) and not template.escaped:
                    template = replace(template, escaped=Autoescape(self.project, name).on())
                if isinstance(template, Unreadable):
                    self.project.problem(path, template.line, template.message)
                else:
                    found.setdefault(name, template)
        return found

    @cached_property
    def filters(self) -> dict[str, tuple[Module, Func]]:
        """The project's functions that templates call, by the name they have there."""
        found: dict[str, tuple[Module, Func]] = {}

        def add(module: Module, func: ast.AST | None, names: Iterable[ast.expr | None]) -> None:
            if isinstance(func, ast.expr):
                known = self.project.names.definition(self.project.names.dotted(module, func) or "")
                module, func = known or (module, None)
            if isinstance(func, Func):
                name = next((str(n.value) for n in names if isinstance(n, ast.Constant)), func.name)
                found[name] = (module, func)

        for module in self.project.modules.values():
            for func in module.nodes(ast.FunctionDef):
                for one in func.decorator_list:
                    call = one if isinstance(one, ast.Call) else None
                    if getattr(call.func if call else one, "attr", "").removeprefix("app_") in REGISTERS:
                        add(module, func, [*call.args, *(k.value for k in call.keywords)] if call else [])
            for node in module.nodes(ast.Assign):  # app.jinja_env.filters["name"] = function
                for target in node.targets:
                    if isinstance(target, ast.Subscript) and getattr(target.value, "attr", "") in (
                        "filters",
                        "globals",
                    ):
                        add(module, node.value, [target.slice])
            for used in module.nodes(ast.Call):
                if isinstance(used.func, ast.Attribute):
                    if used.func.attr.removeprefix("add_").removeprefix("app_") in REGISTERS and used.args:
                        add(module, used.args[0], [*used.args[1:], *(k.value for k in used.keywords)])
                    if used.func.attr == "update" and getattr(used.func.value, "attr", "") in ("filters", "globals"):
                        for keyword in used.keywords:
                            add(module, keyword.value, [ast.Constant(keyword.arg)])
        return found

    def source(self, value: Val, kind: Kind) -> Source | None:
        flow = self.project.flow
        atoms = value.atoms.union(*(flow.atoms(module, expr, kind) for module, expr in value.exprs))
        return flow.source(atoms, kind)

    # ------------------------------------------------------------------ what Python renders

    @cached_property
    def shared(self) -> dict[str, Val]:
        """What context processors give to every template."""
        found: dict[str, Val] = {}
        for func, module in self.project.calls.views.items():
            words = [getattr(getattr(d, "func", d), "attr", "") for d in getattr(func, "decorator_list", ())]
            if isinstance(func, Func) and any(word.endswith("context_processor") for word in words):
                for value in self.project.names.returned(func):
                    found |= self.context(module, [ast.keyword(None, value)])
        return found

    def context(self, module: Module, keywords: list[ast.keyword]) -> dict[str, Val]:
        """The names that keywords and unpacked dictionaries give to a template."""
        found: dict[str, Val] = {}
        for keyword in keywords:
            if keyword.arg is not None:
                found[keyword.arg] = Val(((module, keyword.value),))
                continue
            value = keyword.value
            known = self.project.flow.defined(module, value)[1] if isinstance(value, ast.Name) else []
            for target, worth in self._added(module, value):
                found[target] = Val(((module, worth),))
            for one in [d.value for d in reversed(known)] or [value]:
                if isinstance(one, ast.Dict):
                    pairs = zip(one.keys, one.values, strict=True)
                    found |= {str(k.value): Val(((module, v),)) for k, v in pairs if isinstance(k, ast.Constant)}
                elif isinstance(one, ast.Call) and getattr(one.func, "id", "") == "dict":
                    found |= self.context(module, one.keywords)
        return found

    def _added(self, module: Module, mapping: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        """`context["name"] = value` and `context.update(name=value)`; of `locals()`, every assignment."""
        func, spelt = self.project.names.function(mapping), ast.unparse(mapping)
        here = isinstance(mapping, ast.Call) and getattr(mapping.func, "id", "") == "locals"
        for node in ast.walk(func) if func else ():
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if here and isinstance(target, ast.Name):
                        yield target.id, node.value
                    key = target.slice if isinstance(target, ast.Subscript) else None
                    if isinstance(key, ast.Constant) and ast.unparse(target) == f"{spelt}[{key.value!r}]":
                        yield str(key.value), node.value
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{spelt}.update":
                yield from ((k.arg, k.value) for k in node.keywords if k.arg)

    def names(self, module: Module, expr: ast.expr | None) -> list[str]:
        """The constant names that an expression can have."""
        if isinstance(expr, ast.List | ast.Tuple):
            return [name for part in expr.elts for name in self.names(module, part)]

        def constants(value: Value | None) -> Iterator[str]:
            if isinstance(value, Const) and isinstance(value.value, str):
                yield value.value
            for one in value.values if isinstance(value, OneOf) else ():
                yield from constants(one)

        return list(constants(self.project.values.of(module, expr))) if expr is not None else []

    @cached_property
    def sites(self) -> list[tuple[Module, ast.Call, list[Template], dict[str, Val]]]:
        """Every place that renders: the templates it can render and what it passes to them."""
        found = []
        for module, call, dotted in list(self.project.calls.all()):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if dotted in RENDERS or dotted in STRINGS:
                named = [k.value for k in call.keywords if k.arg in ("template_name_or_list", "source")]
                first = next(iter([*call.args[:1], *named]), None)
                keywords, inline = call.keywords, dotted in STRINGS
            elif method in ("render", "render_async", "generate", "stream") and isinstance(call.func, ast.Attribute):
                made = self.made(module, call.func.value)
                if made is None or not made.args:
                    continue
                first, keywords = made.args[0], call.keywords + [ast.keyword(None, arg) for arg in call.args]
                inline = not getattr(made.func, "attr", "").endswith("_template")
            else:
                continue
            for owner, name, more in self._passed(module, call, first):
                env = self.shared | self.context(module, keywords) | self.context(owner, more)
                found.append((module, call, self._templates(owner, name, inline), env))
        return found

    def made(self, module: Module, expr: ast.expr) -> ast.Call | None:
        """The `get_template(…)`, `from_string(…)` or `Template(…)` that an expression comes from."""
        if isinstance(expr, ast.Name):
            known = self.project.flow.defined(module, expr)[1]
            expr = known[0].value if known else expr
        if isinstance(expr, ast.Call):
            last = expr.func.attr if isinstance(expr.func, ast.Attribute) else getattr(expr.func, "id", "")
            if last in ("get_template", "select_template", "get_or_select_template", "from_string", "Template"):
                return expr
        return None

    def _passed(
        self, module: Module, call: ast.Call, first: ast.expr | None
    ) -> Iterator[tuple[Module, ast.expr | None, list[ast.keyword]]]:
        """The template's name; where a helper takes it as a parameter, what each caller passes."""
        func = self.project.names.function(call)
        params = [arg.arg for arg in func.args.args] if func else []
        if func and isinstance(first, ast.Name) and first.id in params:
            for owner, caller in self.project.calls.callers(func):
                more = [k for k in caller.keywords if k.arg not in params]
                yield owner, self.project.calls.argument(func, caller, first.id), more
        else:
            yield module, first, []

    def _templates(self, module: Module, first: ast.expr | None, inline: bool) -> list[Template]:
        if not inline:
            return [self.templates[name] for name in self.names(module, first) if name in self.templates]
        value = self.project.values.of(module, first) if first is not None else None
        if isinstance(value, Const) and isinstance(value.value, str):
            template = read(value.origin[0], value.value, None, value.origin[1])
            return [template] if isinstance(template, Template) else []
        return []

    @cached_property
    def flaws(self) -> list[Flaw]:
        """What is wrong in templates, over all the places that render them."""
        found: set[Flaw] = set()
        for _, _, templates, env in self.sites:
            for template in templates:
                if template.escaped:
                    found |= self.walked(template, env)
        for template in self.templates.values():  # nobody seems to render these: `request` and the like still count
            if template.escaped and template not in self.seen:
                found |= self.walked(template, self.shared)
        return sorted(found, key=lambda flaw: (flaw.path, flaw.line, flaw.harm))

    def walked(self, template: Template, env: Mapping[str, Val]) -> set[Flaw]:
        walk = Walk(self)
        walk.render(template, dict(env), template.escaped)
        return walk.flaws
