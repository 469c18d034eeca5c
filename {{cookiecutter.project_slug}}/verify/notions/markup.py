"""Where in a page does a value land, and can it do harm there?

Templates are walked the way they render: from the outermost parent through blocks, includes, macros with their
arguments and loops, with what Python passes to them; beside the walk runs the page as a browser reads it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import Any, TypeAlias

from jinja2 import nodes

from ..readers.python import Module, parent
from ..readers.templates import Template
from .built import flawed
from .flow import CLEAN, HARMLESS, HERE, MARKUP, Atom, Param, Source
from .html import Harm, Kind, Page
from .locals import member
from .names import GROW, Function
from .places import Stored
from .renders import RENDER_TEXT, Expr, Renders

Env: TypeAlias = dict[str, Any]  # name -> Val, Macro, or the Env of an imported template
HARMLESS_FILTERS = {
    "int", "float", "length", "count", "round", "abs", "sum", "urlencode", "filesizeformat", "wordcount",
}  # fmt: skip
HARMLESS_CALLS = {"url_for", "range", "csrf_token", "lipsum", "isdigit", "startswith", "endswith", "count", "strftime"}
TAKES_SOURCE = RENDER_TEXT | {"jinja2.Template", "jinja2.nativetypes.NativeTemplate", "jinja2.DictLoader"}
ENVIRONMENT = re.compile(r"jinja|[Ee]nvironment|overlay\(")
FIELD = "a form"  # as the owner of an attribute
DEPTH = 12  # includes and macros inside each other


@dataclass(frozen=True)
class Flaw:
    path: str
    line: int
    harm: Harm
    where: str  # the place it lands in, in words
    source: Source


@dataclass(frozen=True)
class Val:
    """A value in a template: what it is made of, and what has been done to it."""

    parts: frozenset[Atom | Expr] = frozenset()
    safe: bool = False  # autoescape leaves it alone
    escaped: bool = False  # its text cannot open a tag
    json: bool = False
    fixed: bool = False  # begins with the template's own text
    replaced: frozenset[str] = frozenset()  # what `|replace` has left none of, or none without a backslash before it

    def __or__(self, other: Val) -> Val:
        if not (self.parts and other.parts):
            return self if self.parts else other
        both = (self.escaped and other.escaped, self.json or other.json, self.fixed and other.fixed)
        replaced = self.replaced & other.replaced
        safe = self.raw or other.raw or (self.safe and other.safe)  # what is escaped does not make the other raw
        return Val(self.parts | other.parts, safe, *both, replaced)

    @property
    def raw(self) -> bool:
        return self.safe and not self.escaped


@dataclass(frozen=True, eq=False)
class Macro:
    template: Template
    node: nodes.Macro
    env: Env


@dataclass
class Walk:
    """One rendering: the template's files, the blocks that win, the HTML so far."""

    markup: Markup
    page: Page = field(default_factory=Page)
    blocks: dict[str, list[tuple[Template, nodes.Block]]] = field(default_factory=lambda: defaultdict(list))
    inside: list[tuple[str, int]] = field(default_factory=list)  # blocks, and which template's version of them
    callers: list[tuple[Template, nodes.CallBlock, Env, bool]] = field(default_factory=list)
    flaws: set[Flaw] = field(default_factory=set)
    depth: int = 0

    def render(self, t: Template, env: Env) -> None:
        self.markup.seen.add(t)
        if self.depth > DEPTH:
            return
        self.depth += 1
        for block in t.tree.find_all(nodes.Block):
            self.blocks[block.name].append((t, block))
        if (parent := t.tree.find(nodes.Extends)) is not None:
            self.body(t, _silent(t.tree.body), env, t.escaped)
            for base in self.named(t, parent.template, env):
                self.render(base, env)
        else:
            self.body(t, t.tree.body, env, t.escaped)
        self.depth -= 1

    def body(self, t: Template, body: Iterable[nodes.Node], env: Env, escaped: bool) -> None:
        for node in body:
            self.statement(t, node, env, escaped)

    def block(self, name: str, version: int, env: Env) -> None:
        """Jinja compiles a block by itself: what is around it does not switch its escaping."""
        if version < len(self.blocks[name]) and len(self.inside) < DEPTH:
            owner, block = self.blocks[name][version]
            self.inside.append((name, version))
            self.body(owner, block.body, dict(env), owner.escaped)
            self.inside.pop()

    def branches(self, t: Template, bodies: list[tuple[list[nodes.Node], Env]], escaped: bool) -> None:
        """Each begins where the condition stands; what follows goes on from the first."""
        before, ends = self.page, []
        for body, env in bodies:
            self.page = replace(before)
            self.body(t, body, env, escaped)
            ends.append(self.page)
        self.page = ends[0]

    def statement(self, t: Template, node: nodes.Node, env: Env, escaped: bool) -> None:
        match node:
            case nodes.Output(nodes=parts):
                for part, after in zip_longest(parts, parts[1:]):
                    if isinstance(part, nodes.TemplateData):
                        self.page.feed(part.data)
                    else:
                        self.output(t, part, env, escaped, getattr(after, "data", ""))
            case nodes.If(elif_=others, else_=otherwise):
                bodies = [(one.body, {**env, **self.checked(one.test, env)}) for one in [node, *others]]
                self.branches(t, [*bodies, (otherwise, env)], escaped)
            case nodes.For(target=target, iter=iterated, body=body, else_=otherwise):
                inner = dict(env)
                rows = replace(self.value(t, iterated, env), safe=False)
                flashes = rows.parts == {Stored("flash", "0")}
                if isinstance(target, nodes.Tuple) and (flashes or isinstance(iterated, nodes.Name | nodes.Getattr)):
                    for number, one in enumerate(target.items):
                        self.bind(one, self.part(t, node, rows, number), inner)
                elif isinstance(target, nodes.Tuple) and (columns := _columns(iterated)):
                    for one, column in zip(target.items, columns, strict=False):
                        self.bind(one, self.all(t, column, env), inner)
                else:
                    self.bind(target, rows, inner)
                self.branches(t, [(body, inner), (otherwise, env)], escaped)
            case nodes.With(targets=targets, values=values, body=body):
                inner = dict(env)
                for target, value in zip(targets, values, strict=True):
                    self.bind(target, self.value(t, value, env), inner)
                self.body(t, body, inner, escaped)
            case nodes.Assign(target=target, node=value):
                self.bind(target, self.value(t, value, env), env)
            case nodes.AssignBlock(target=target, body=body):
                outer, self.page = self.page, Page()
                self.body(t, body, dict(env), escaped)
                self.page = outer
                self.bind(target, Val(), env)
            case nodes.ExprStmt(node=value):  # {% do … %}
                self.value(t, value, env)
            case nodes.Macro(name=name):
                env[name] = Macro(t, node, env)
            case nodes.CallBlock(call=call):
                self.callers.append((t, node, env, escaped))
                self.output(t, call, env, escaped)
                self.callers.pop()
            case nodes.Include(template=name):
                for other in self.named(t, name, env):
                    self.render(other, dict(env))
            case nodes.Import(template=name, target=target):
                env[target] = self.imported(t, name, env)
            case nodes.FromImport(template=name, names=names):
                made = self.imported(t, name, env)
                for pair in names:
                    original, alias = (pair, pair) if isinstance(pair, str) else pair
                    env[alias] = made.get(original, Val())
            case nodes.Block(name=name):
                self.block(name, 0, env)
            case nodes.ScopedEvalContextModifier(options=[nodes.Keyword(key="autoescape", value=on)], body=body):
                self.body(t, body, env, bool(getattr(on, "value", escaped)))
            case nodes.FilterBlock(body=body) | nodes.Scope(body=body) | nodes.ScopedEvalContextModifier(body=body):
                self.body(t, body, dict(env), escaped)

    def imported(self, t: Template, name: nodes.Expr, env: Env) -> Env:
        made: Env = {}
        for other in self.named(t, name, env):
            self.markup.seen.add(other)
            self.body(other, _silent(other.tree.body), made, other.escaped)
        return made

    def named(self, t: Template, name: nodes.Expr, env: Env) -> list[Template]:
        """The templates that a tag names; a name that the client chooses is a flaw."""
        match name:
            case nodes.CondExpr(expr1=one, expr2=other):
                return [found for part in (one, other) if part is not None for found in self.named(t, part, env)]
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return [found for part in items for found in self.named(t, part, env)]
            case nodes.Const(value=value):
                return [self.markup.templates[value]] if value in self.markup.templates else []
        self.flaw("name", t, name, self.value(t, name, env), "code", "the name of a template")
        return []

    def output(self, t: Template, expr: nodes.Node, env: Env, escaped: bool, after: str = "") -> None:
        match expr:
            case nodes.CondExpr(test=test, expr1=one, expr2=other):
                before = replace(self.page)
                self.output(t, one, {**env, **self.checked(test, env)}, escaped, after)
                if other is not None:
                    end, self.page = self.page, before
                    self.output(t, other, env, escaped, after)
                    self.page = end
                return
            case nodes.Call(node=nodes.Name(name="caller")) if self.callers:
                owner, called, outer, outer_escaped = self.callers[-1]
                return self.body(owner, called.body, dict(outer), outer_escaped)
            case nodes.Call(node=nodes.Name(name="super")) if self.inside:
                name, version = self.inside[-1]
                return self.block(name, version + 1, env)
            case nodes.Call(node=called) if isinstance(macro := self.lookup(called, env), Macro):
                return self.macro(t, expr, macro, env)
        value = self.value(t, expr, env)
        bare = value.safe or not escaped
        if bare and not value.escaped and (self.page.quoted or "<" not in value.replaced):
            self.flaw("raw", t, expr, value, "quote" if self.page.quoted else "html", "the page, unescaped")
        verdict = self.page.judge(value.json, value.fixed, after, frozenset() if bare else value.replaced)
        if verdict and (value.json or not self.markup.is_json(value) or (verdict := self.page.judge(json=True))):
            harm, kind, where = verdict
            self.flaw(harm, t, expr, value, kind, where)
        self.page.slot()

    def macro(self, t: Template, call: nodes.Call, macro: Macro, env: Env) -> None:
        node, owner = macro.node, macro.template
        names = [arg.name for arg in node.args]
        defaults = zip(reversed(names), reversed(node.defaults), strict=False)
        inner = macro.env | {name: self.value(owner, default, macro.env) for name, default in defaults}
        inner |= {name: self.value(t, arg, env) for name, arg in zip(names, call.args, strict=False)}
        inner |= {keyword.key: self.value(t, keyword.value, env) for keyword in call.kwargs}
        if self.depth < DEPTH:
            self.depth += 1
            self.body(owner, node.body, inner, owner.escaped)
            self.depth -= 1

    def flaw(self, harm: Harm, t: Template, expr: nodes.Node, value: Val, kind: Kind, where: str) -> None:
        if source := self.markup.source(value, kind):
            self.flaws.add(Flaw(t.path, expr.lineno + t.offset, harm, where, source))

    def bind(self, target: nodes.Node, value: Val, env: Env) -> None:
        for name in [target] if isinstance(target, nodes.Name) else target.find_all(nodes.Name):
            env[name.name] = value

    def checked(self, test: nodes.Node, env: Env) -> Env:
        """Names that a test leaves no harm in: one of a few, or a URL with a fixed start."""
        match test:
            case nodes.And(left=left, right=right):
                return self.checked(left, env) | self.checked(right, env)
            case nodes.Compare(expr=nodes.Name(name=name), ops=[nodes.Operand(op="in" | "eq", expr=few)]):
                return {name: Val()} if isinstance(few, nodes.List | nodes.Tuple | nodes.Const | nodes.Dict) else {}
            case nodes.Call(node=nodes.Getattr(node=nodes.Name(name=name), attr="startswith")):
                return {name: replace(env[name], fixed=True)} if isinstance(env.get(name), Val) else {}
        return {}

    def lookup(self, node: nodes.Node, env: Env) -> Any:
        match node:
            case nodes.Name(name=name):
                return env.get(name)
            case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if isinstance(module := env.get(name), dict):
                return module.get(attr)
        return None

    # ------------------------------------------------------------------ values

    def value(self, t: Template, expr: nodes.Node | None, env: Env) -> Val:
        match expr:
            case nodes.Name(name="request") if "request" not in env:
                return Val(frozenset({Source("request", t.path, expr.lineno + t.offset)}))
            case nodes.Name(name=name):
                found = env.get(name)
                return found if isinstance(found, Val) else Val()
            case nodes.Getattr(node=node, attr=key) | nodes.Getitem(node=node, arg=nodes.Const(value=key)):
                return self.attribute(t, node, key, env)
            case nodes.Getitem(node=node):
                return self.value(t, node, env)
            case nodes.Filter():
                return self.filtered(t, expr, env)
            case nodes.Call():
                return self.called(t, expr, env)
            case nodes.Concat(nodes=parts):
                return self.joined(t, parts, env)
            case nodes.Add(left=left, right=right):
                return self.joined(t, [left, right], env)
            case nodes.CondExpr(test=test, expr1=one, expr2=other):
                return self.value(t, one, {**env, **self.checked(test, env)}) | self.value(t, other, env)
            case None | nodes.Compare() | nodes.Not() | nodes.Test() | nodes.Const():
                return Val()
            case (
                nodes.Sub() | nodes.Div() | nodes.FloorDiv() | nodes.Pow()
                | nodes.Mul(left=nodes.Const(value=int() | float()))
            ):  # fmt: skip
                return Val()
        return self.all(t, expr.iter_child_nodes(), env)

    def all(self, t: Template, parts: Iterable[nodes.Node], env: Env) -> Val:
        whole = Val()
        for part in parts:
            whole |= self.value(t, part, env)
        return whole

    def is_field(self, value: Val) -> bool:
        """Is this a field of a form, as opposed to what was typed into it?"""
        return bool(value.parts) and all(isinstance(part, Stored) and part.owner == FIELD for part in value.parts)

    def joined(self, t: Template, parts: list[nodes.Expr], env: Env) -> Val:
        """A safe part makes Jinja escape the others; what was raw in it stays raw."""
        values = [self.value(t, part, env) for part in parts]
        start = parts[0].value if isinstance(parts[0], nodes.Const) else ""
        raw = any(value.raw and value.parts for value in values)
        fixed = next((value.fixed for value in values if value.parts), False) or values[0].fixed
        return replace(self.all(t, parts, env), safe=raw, fixed=bool(str(start).strip()) or fixed)

    def attribute(self, t: Template, node: nodes.Node, key: str | int, env: Env) -> Val:
        match node:
            case nodes.Name(name="session") if "session" not in env:
                return Val(frozenset({Stored("session", str(key)), Stored("session", "*")}))
            case nodes.Name(name="g") if "g" not in env:
                return Val(frozenset({Stored("attribute", str(key), "flask.g")}))
            case nodes.Name(name="request") if "request" not in env and key in HARMLESS:
                return Val()
            case nodes.Name(name="request") if "request" not in env and key in HERE:
                return replace(self.part(t, node, self.value(t, node, env), key), fixed=True)
        return self.part(t, node, self.value(t, node, env), key)

    def part(self, t: Template, node: nodes.Node, base: Val, key: str | int) -> Val:
        """What is under a key of a value, or is an attribute of it."""
        flow, found = self.markup.project.flow, set[Atom | Expr]()
        for part in base.parts:
            match part:
                case Expr(module=module, node=holder) if (kind := flow.kind_of(module, holder)) and flow.is_form(kind):
                    typed = flow.field(kind, str(key), t.path, holder)
                    found |= {Stored("attribute", str(key), FIELD)} if typed else set()
                case Expr(module=module, node=holder, calls=calls):
                    known = flow.parts.under(module, holder, key, calls)
                    found |= {Expr(*one) for one in known or ()}
                    found |= {Expr(module, member(holder, key), calls)} if known is None else set()
                case Source(what=what):
                    found.add(replace(part, what=f"{what}.{key}"))
                case Stored(owner="a form", key=name):
                    source = Source(f"form field {name}", t.path, node.lineno + t.offset)
                    found.add(source if key == "data" else part)
                case Stored(place="flash"):
                    found.add(Stored("flash", "1") if key == 0 else part)
                case _:
                    found |= {part, Stored("attribute", str(key))}
        return replace(base, parts=frozenset(found))

    def filtered(self, t: Template, expr: nodes.Filter, env: Env) -> Val:
        base, name, flow = self.value(t, expr.node, env), expr.name, self.markup.project.flow
        if name == "map" and expr.args:
            name = str(getattr(expr.args[0], "value", ""))
        name = self.markup.aliases.get(name, name)
        for keyword in expr.kwargs:
            if keyword.key == "attribute":
                base = replace(base, parts=base.parts | {Stored("attribute", str(getattr(keyword.value, "value", "")))})
        if name in HARMLESS_FILTERS or (name == "forceescape" and base.json):
            return Val()  # of JSON without a bare quote nothing is left to break out with
        if name == "xmlattr":  # escapes the values; whoever chooses the keys names the attributes
            keys: set[Atom | Expr] = set()
            for part in base.parts:
                if isinstance(part, Expr):
                    known = flow.parts.keys(part.module, part.node)
                    keys |= {Expr(*one) for one in known if not flow.fixed_start(*one[:2])}
                else:
                    keys.add(part)
            chosen = replace(base, parts=frozenset(keys), safe=True, escaped=True)
            return Val() if isinstance(expr.node, nodes.Dict) else chosen
        if name == "safe":
            return replace(base, safe=True)
        if name == "tojson":
            return replace(base, safe=True, escaped=True, json=True)
        if name in ("e", "escape", "forceescape", "urlize"):
            return replace(base, safe=True, escaped=base.escaped or not base.safe)
        if name == "striptags":  # and decodes what is left
            return replace(base, safe=False, escaped=False)
        if name in self.markup.functions:
            return self.through(t, expr, base, *self.markup.functions[name])
        if name == "replace":
            base = replace(base, replaced=_replaced(base.replaced, *(getattr(one, "value", "") for one in expr.args)))
        if name in ("format", "default", "d", "replace") and not (name == "format" and base.safe):
            return replace(self.all(t, expr.args, env) | base, safe=base.safe)
        return base  # also of a safe text that formats: it escapes its arguments

    def through(self, t: Template, expr: nodes.Node, base: Val, module: Module, function: Function) -> Val:
        """What a function of the project, called by a template, does to a value."""
        if function in self.markup.compiling:
            self.flaw("source", t, expr, base, "code", f"{function.name}()")
        flow, returned = self.markup.project.flow, self.markup.project.names.returned(function)
        made = flow.summary(module, function, "code")
        if not any(isinstance(atom, Param) and atom.function is function for atom in made):
            base = Val(frozenset(Expr(module, value) for value in returned if made))
        if any(flow.is_markup(module, value) for value in returned):
            return replace(base, safe=True, escaped=True)  # a Markup of raw data is found where it is made
        return base if flow.summary(module, function, "html") else replace(base, escaped=True)

    def fill(self, t: Template, held: nodes.Node, env: Env) -> None:
        """Note what the template puts something into."""
        if isinstance(held, nodes.Name):
            into = self.value(t, held, env).parts if held.name in env else {self.markup.globals.get(held.name)}
            self.markup.filled |= {(t.path, held.lineno + t.offset, one) for one in into if isinstance(one, Expr)}

    def called(self, t: Template, expr: nodes.Call, env: Env) -> Val:
        given = [*expr.args, *(keyword.value for keyword in expr.kwargs)]
        if isinstance(expr.node, nodes.Getattr) and expr.node.attr in GROW:
            self.fill(t, expr.node.node, env)
        match expr.node:
            case nodes.Name(name="get_flashed_messages"):
                return Val(frozenset({Stored("flash", "0")}))
            case nodes.Name(name=word) | nodes.Getattr(attr=word) if word in HARMLESS_CALLS:
                return Val()
            case nodes.Name(name=name) if name in self.markup.tables:
                return Val(frozenset({self.markup.tables[name]}))
            case nodes.Name(name=name) if name in self.markup.functions:
                return self.through(t, expr, self.all(t, given, env), *self.markup.functions[name])
            case nodes.Getattr(node=mapping, attr="get") if expr.args and isinstance(expr.args[0], nodes.Const):
                return self.attribute(t, mapping, str(expr.args[0].value), env) | self.all(t, expr.args[1:], env)
            case _ if self.is_field(self.value(t, expr.node, env)):
                return Val()  # a form renders its fields escaped
            case nodes.Getattr(node=text, attr="format") if (base := self.value(t, text, env)).safe:
                return base
            case nodes.Getattr(node=receiver, attr=word) if word in self.markup.methods:
                return self.through(t, expr, self.all(t, [receiver, *given], env), *self.markup.methods[word])
            case nodes.Getattr(node=receiver, attr=word):
                cleaned = CLEAN["html"].fullmatch(f".{word}") is not None
                value = self.all(t, [receiver, *given], env)
                return replace(value, escaped=value.escaped or cleaned)
        return self.all(t, [expr.node, *given], env)


def _replaced(before: frozenset[str], old: str = "", new: str = "", *_: object) -> frozenset[str]:
    """A backslash before a character protects it until the backslashes are doubled themselves."""
    if new != f"\\{old}" and old in new:
        return before
    return frozenset({old, *(before - {"`", "${"} if old == "\\" else before)})


def _columns(rows: nodes.Node) -> list[tuple[nodes.Node, ...]]:
    """Of tuples that the template writes out: what stands first in each, second in each, and so on."""
    written = [getattr(row, "items", None) for row in getattr(rows, "items", ())]
    return [*zip(*written, strict=False)] if None not in written else []


def _silent(body: list[nodes.Node]) -> list[nodes.Node]:
    """What counts of a template that extends or is imported: its imports, sets and macros, not its text."""
    return [node for node in body if not isinstance(node, nodes.Output | nodes.Block)]


class Markup(Renders):
    def source(self, value: Val, kind: Kind) -> Source | None:
        flow = self.project.flow
        atoms = [
            flow.seen((p.module, p.node, p.calls), kind) if isinstance(p, Expr) else frozenset({p}) for p in value.parts
        ]
        return flow.source(frozenset().union(*atoms), kind)

    def is_json(self, value: Val) -> bool:
        """Is this JSON in which nothing can end a script?"""
        flow = self.project.flow
        return bool(value.parts) and all(isinstance(p, Expr) and flow.is_json(p.module, p.node) for p in value.parts)

    def walked(self, template: Template, context: dict[str, Expr]) -> set[Flaw]:
        walk = Walk(self)
        walk.render(template, {name: Val(frozenset({expr})) for name, expr in context.items()})
        return walk.flaws

    @cached_property
    def compiled(self) -> list[tuple[Module, ast.Call, ast.expr]]:
        """The calls that compile a template, with its source."""
        found = []
        for module, call, dotted in self.project.calls.all():
            takes = dotted in TAKES_SOURCE
            match call.func:
                case ast.Attribute(attr="from_string" | "compile" | "compile_expression", value=held):
                    made = [one.value for one in self.project.flow.defined(held)] if isinstance(held, ast.Name) else []
                    words = [f"{self.project.names.class_of(module, held)} {dotted}", *map(ast.unparse, [held, *made])]
                    takes = any(map(ENVIRONMENT.search, words)) and "andbox" not in "".join(words)
            source = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "source")][:1]
            found += [(module, call, source[0])] if takes and source else []
        return found

    @cached_property
    def compiling(self) -> set[ast.AST]:
        """The functions that compile what they are given: of a filter it matters what templates give to it."""
        flow = self.project.flow
        made = (atom for module, _, source in self.compiled for atom in flow.atoms(module, source, "code"))
        return {atom.function for atom in made if isinstance(atom, Param)}

    @cached_property
    def promised(self) -> list[tuple[Module, ast.expr]]:
        """The texts that Python declares to be safe HTML."""
        names = self.project.names
        found = [
            (module, call.args[0])
            for module, call, dotted in self.project.calls.all()
            if call.args and dotted and MARKUP in names.ancestry(dotted)
            if getattr(parent(call), "attr", "") not in ("unescape", "striptags")  # which give a plain text
        ]
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef):
                found += [(module, one) for one in names.returned(function)] if function.name == "__html__" else []
        return found

    @cached_property
    def built(self) -> set[Flaw]:
        """What is wrong in the HTML that Python puts together, beside what is not escaped at all."""
        texts = [(*one, True) for one in self.promised]
        for module in self.project.modules.values():
            for node in module.nodes(ast.Attribute, ast.BinOp):
                fills = isinstance(node.op, ast.Mod) if isinstance(node, ast.BinOp) else node.attr == "format"
                if fills and self.project.flow.is_markup(module, getattr(node, "left", getattr(node, "value", node))):
                    whole = parent(node) if isinstance(node, ast.Attribute) else node
                    texts += [(module, whole, False)] if isinstance(whole, ast.Call | ast.BinOp) else []
        texts += [(module, text, True) for *_, seen in self.project.pages.bodies for module, text, _ in seen]
        return {
            Flaw(module.path, piece.lineno, harm, where, source)
            for module, text, raw in texts
            for piece, harm, where, source in flawed(self.project.flow, module, text, raw)
        }

    @cached_property
    def flaws(self) -> list[Flaw]:
        """What is wrong in templates, over all the places that render them."""
        found: set[Flaw] = set()
        for render in self.renders:
            for template in render.templates:
                if template.escaped:
                    found |= self.walked(template, render.context)
        for template in self.templates.values():  # nobody seems to render these: `request` and the like still count
            if template.escaped and template not in self.seen:
                found |= self.walked(template, self.shared)
        every = sorted(found | self.built, key=lambda flaw: (flaw.path, flaw.line, flaw.harm, str(flaw.source)))
        return [*{(flaw.path, flaw.line, flaw.harm, flaw.where): flaw for flaw in reversed(every)}.values()][::-1]
