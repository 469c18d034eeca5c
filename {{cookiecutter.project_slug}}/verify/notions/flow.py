"""Does request data reach this expression?

`atoms` says what an expression is made of: request data (`Source`), parameters of the function around it (`Param`) and
places that it reads (`Stored`); it follows definitions, operators and what helpers return. `source` then follows
parameters to every call site and places to everything that is ever written there.

A `kind` says what the data could do. What cleans one kind leaves the others: `data` nothing cleans, `code` is template
source, names and scripts, `html` is escaped, `url` has a fixed start.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, ancestors
from .calls import arguments
from .html import Kind
from .locals import COMPREHENSIONS, GROW, Definition, Locals
from .names import Function
from .values import Call, Const

if TYPE_CHECKING:
    from ..project import Project

# Sources. Of `request` everything counts but these; so do path parameters, by their converter, and form objects.
HARMLESS = {
    "method", "endpoint", "blueprint", "blueprints", "url_rule", "is_json", "is_secure", "scheme", "content_length",
    "max_content_length", "routing_exception", "remote_addr", "host", "host_url", "root_path", "script_root",
    "url_root",
}  # fmt: skip
FORMS = (".FlaskForm", "wtforms.Form")
RULE = re.compile(r"<(?:(\w+)(?:\([^>]*\))?:)?(\w+)>")
FREE_TEXT = {"", "string", "path", "default"}

# Sanitisers: calls, by full name or by `.method`, whose result cannot do this any more.
PLAIN = r"""int|float|bool|len|abs|round|sum|ord|hash|id|isinstance|hasattr|any|all|range|type|decimal\.Decimal
|(datetime|uuid|hashlib|hmac|secrets|bcrypt|argon2|time|logging|random|sys)\..*
|(flask_)?babel\.(\w+\.)*format_\w+|\.(secure_filename|url_for|jsonify|redirect|abort
|slugify|wrap_file|send_file|send_from_directory|(render|stream)_template(_string)?|render|quote|quote_plus|quote_from_bytes|urlencode
|hexdigest|digest|count|index|find|startswith|endswith|is(digit|alpha|alnum|identifier|format)|timestamp|total_seconds|tell)
"""
ESCAPES = r"|\.(escape|escape_silent|clean|sanitize|sanitise|clean_html|sanitize_html|tojson|htmlsafe_dumps|render_.*"
ESCAPES += r"|highlight|__html__)"
CLEAN: dict[Kind, re.Pattern[str]] = {
    "data": re.compile(r"(?!)"),
    "code": re.compile(PLAIN, re.X),
    "url": re.compile(PLAIN, re.X),
    "html": re.compile(PLAIN + ESCAPES + r"|markupsafe\.Markup", re.X),
}
PLAIN_TYPES = {"int", "float", "bool", "UUID", "Decimal", "date", "datetime", "timedelta"}
SHAPES = {"isdigit", "isalnum", "isalpha", "isdecimal", "isnumeric", "isidentifier", "fullmatch", "match"}
KEEPS_PLAIN = re.compile(r"\[\^[\w\\ -]+\]\+?")  # re.sub(r"[^a-z0-9-]", "", text)
FIXED_START = re.compile(r"\s*(?!javascript:|data:|vbscript:|[{%\s]).", re.I)

# What passes its arguments on, beside the functions of libraries; and places that hold data between requests.
CARRY = {
    "format", "format_map", "join", "replace", "sub", "ljust", "rjust", "center", "substitute", "safe_substitute",
    "model_validate", "convert", "translate", "partition", "load", "loads",
}  # fmt: skip
KEEP = {"set", "setex", "hset", "lpush", "rpush", "sadd", "write_text", "write_bytes", "put", "write", "hmset", "xadd"}
FETCH = {"get", "hget", "hgetall", "lrange", "smembers", "read_text", "read_bytes", "read", "mget", "lindex", "lpop"}
QUERY = {"execute", "executemany", "query"}
WRITES = re.compile(r"\s*(?:insert\b.*?\binto|replace\s+into|update)\s+[\"`\[]?(\w+)", re.I | re.S)
READS = re.compile(r"\b(?:from|join)\s+[\"`\[]?(\w+)", re.I)
MARKUP = "markupsafe.Markup"


@dataclass(frozen=True)
class Source:
    what: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.what} ({self.path}:{self.line})"


@dataclass(frozen=True)
class Param:
    function: Function
    name: str


@dataclass(frozen=True)
class Stored:
    place: str  # "name", "attribute", "session", "table", "store", "flash"
    key: str
    owner: str | None = None  # class of the object, where it is known


Atom: TypeAlias = Source | Param | Stored
Atoms: TypeAlias = frozenset[Atom]
NONE: Atoms = frozenset()
DEEPEST, MOST = 60, 200  # helpers and expressions inside each other; texts that one may be, tests before a use


@dataclass
class Flow:
    project: Project
    _atoms: dict[tuple[ast.AST, Kind], Atoms] = field(default_factory=dict)
    _harmless: set[tuple[Atom, Kind]] = field(default_factory=set)
    _markup: dict[ast.expr, bool] = field(default_factory=dict)
    _depth: int = 0

    @cached_property
    def locals(self) -> Locals:
        return Locals(self.project.names)

    def tainted(self, module: Module, expr: ast.expr, kind: Kind = "data") -> Source | None:
        """The request data that reaches the expression, if any."""
        return self.source(self.atoms(module, expr, kind), kind)

    def source(self, atoms: Atoms, kind: Kind) -> Source | None:
        seen: set[Atom] = set()
        todo = sorted(atoms, key=repr)
        while todo:
            atom = todo.pop(0)
            if isinstance(atom, Source):
                return atom
            if atom not in seen and (atom, kind) not in self._harmless:
                seen.add(atom)
                todo += self._passed(atom, kind) if isinstance(atom, Param) else self._put(atom, kind)
        self._harmless |= {(atom, kind) for atom in seen}
        return None

    def defined(self, name: ast.Name) -> list[Definition]:
        """The definitions that can reach this use of a local name, latest first."""
        return self.locals.defined(name)[1]

    # ------------------------------------------------------------------ expressions

    def atoms(self, module: Module, expr: ast.expr, kind: Kind) -> Atoms:
        if (expr, kind) not in self._atoms:
            self._atoms[expr, kind] = NONE  # recursion in the code under judgement ends here
            if self._depth < DEEPEST:
                self._depth += 1
                self._atoms[expr, kind] = self._made_of(module, expr, kind)
                self._depth -= 1
        return self._atoms[expr, kind]

    def _all(self, module: Module, values: Iterable[ast.expr], kind: Kind) -> Atoms:
        return NONE.union(*(self.atoms(module, value, kind) for value in values))

    def _made_of(self, module: Module, expr: ast.expr, kind: Kind) -> Atoms:
        names = self.project.names
        named = {ast.Call: "func", ast.Subscript: "value"}.get(type(expr))
        dotted = names.dotted(module, getattr(expr, named) if named else expr) or ""
        if dotted.startswith("flask.request"):
            return self._request(module, expr, dotted, kind)
        if kind == "url" and self._fixed_start(module, expr):
            return NONE
        match expr:
            case ast.Name():
                return self._name(module, expr, dotted, kind)
            case ast.Attribute(value=value, attr=attr):
                owner = self._owner(module, value)
                if owner and any(base.endswith(FORMS) for base in names.ancestry(owner)):
                    return frozenset({Source(f"form field {ast.unparse(expr)}", module.path, expr.lineno)})
                return self.atoms(module, value, kind) | {Stored("attribute", attr, owner)}
            case ast.Subscript(slice=key) if dotted == "flask.session":
                return _session(key)
            case ast.Call(args=[key, *default]) if dotted in ("flask.session.get", "flask.session.pop"):
                return self._all(module, default, kind) | _session(key)
            case ast.Call():
                return self._call(module, expr, dotted, kind)
            case ast.Subscript(value=value, slice=key):
                return self.atoms(module, self.item(value, getattr(key, "value", None)) or value, kind)
            case ast.FormattedValue(value=value, format_spec=spec):
                number = spec is not None and re.search(r"[dfxXeg%]'\Z", ast.unparse(spec))
                return NONE if number else self.atoms(module, value, kind)
            case ast.BinOp(left=left, op=op, right=right):
                if kind == "html" and (self.is_markup(module, left) or self.is_markup(module, right)):
                    return NONE  # Markup escapes what it is joined with
                text = getattr(left, "value", "%s")
                if isinstance(op, ast.Mod) and isinstance(text, str) and not re.search(r"%[^dif%]*[sra]", text):
                    return NONE
                return self._all(module, [left, right], kind)
            case ast.IfExp(body=body, orelse=orelse):
                return self._all(module, [body, orelse], kind)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return self.atoms(module, element, kind)
            case ast.DictComp(key=key, value=value):
                return self._all(module, [key, value], kind)
            case ast.Compare() | ast.Lambda() | ast.Constant():
                return NONE
        return self._all(module, (part for part in ast.iter_child_nodes(expr) if isinstance(part, ast.expr)), kind)

    def _request(self, module: Module, expr: ast.expr, dotted: str, kind: Kind) -> Atoms:
        typed = [k.value for k in expr.keywords if k.arg == "type"] if isinstance(expr, ast.Call) else []
        plain = kind != "data" and any(getattr(one, "id", "") in PLAIN_TYPES for one in typed)
        if plain or f"{dotted}..".split(".")[2] in HARMLESS:
            return NONE
        if isinstance(expr, ast.Name) and self._checked(module, expr, expr.id, kind):
            return NONE
        return frozenset({Source(ast.unparse(expr)[:60], module.path, expr.lineno)})

    def item(self, mapping: ast.expr, key: object) -> ast.expr | None:
        """The value under a constant key of a dictionary that is written out."""
        if isinstance(mapping, ast.Name):
            known = [one.value for one in self.defined(mapping) if one.replaces]
            mapping = known[0] if len(known) == 1 else mapping
        return dict(pairs(mapping)).get(key)

    def _fixed_start(self, module: Module, expr: ast.expr) -> bool:
        """A text that begins with its own words cannot be made a `javascript:` URL."""
        value = self.project.values.of(module, expr)
        while isinstance(value, Call) and value.dotted in ("fstring", "+", "%", "str.format") and value.args:
            value = value.args[0]
        return isinstance(value, Const) and FIXED_START.match(str(value.value)) is not None

    def leaves(self, module: Module, expr: ast.expr, depth: int = 0) -> Iterator[tuple[Module, ast.expr]]:
        """What an expression may be when names, branches and helpers are looked through."""
        found: list[tuple[Module, ast.expr]] = []
        match expr:
            case ast.IfExp(body=one, orelse=other):
                found = [(module, one), (module, other)]
            case ast.Await(value=value):
                found = [(module, value)]
            case ast.Name():
                known = [(module, one.value) for one in self.defined(expr) if one.replaces]
                found = known or self.stored(module, expr)
            case ast.Subscript(value=ast.Name() as container):
                found = self.stored(module, container)
            case ast.Call() if target := self.project.calls.target(module, expr):
                found = [(target[0], value) for value in self.project.names.returned(target[1])]
        for owner, value in found if depth < 8 else ():
            yield from self.leaves(owner, value, depth + 1)
        if not found:
            yield module, expr

    def is_markup(self, module: Module, expr: ast.expr) -> bool:
        """Is this a Markup, which escapes whatever is formatted into it or added to it?"""
        if expr not in self._markup:
            self._markup[expr] = False  # also of one that is made of itself
            leaves = list(itertools.islice(self.leaves(module, expr), MOST)) if self._depth < DEEPEST else []
            self._depth += 1
            self._markup[expr] = bool(leaves) and all(self._makes_markup(owner, leaf) for owner, leaf in leaves)
            self._depth -= 1
        return self._markup[expr]

    def _makes_markup(self, module: Module, expr: ast.expr) -> bool:
        match expr:
            case ast.BinOp(left=left, right=right):
                return self.is_markup(module, left) or self.is_markup(module, right)
            case ast.Call(func=func) if (self.project.names.dotted(module, func) or "").startswith("markupsafe."):
                return True
            case ast.Call(func=ast.Attribute(value=text, attr=attr)):
                return attr not in ("unescape", "striptags") and self.is_markup(module, text)
        return False

    # ------------------------------------------------------------------ calls

    def _call(self, module: Module, call: ast.Call, dotted: str, kind: Kind) -> Atoms:
        names, func, values = self.project.names, call.func, arguments(call)
        if target := self.project.calls.target(module, call):
            built = target[1].name == "__init__"
            return self._all(module, values, kind) if built else self._returned(module, call, *target, kind)
        method = func.attr if isinstance(func, ast.Attribute) else ""
        if any(CLEAN[kind].fullmatch(word) for word in (dotted, f".{dotted.rpartition('.')[2] or method}")):
            return NONE
        found = names.definition(dotted)
        if found and isinstance(found[1], ast.ClassDef):
            listed = kind != "data" and any(base.endswith("Enum") for base in names.ancestry(dotted))
            return NONE if listed else self._all(module, values, kind)
        if not isinstance(func, ast.Attribute):
            return self._all(module, values, kind)
        if kind == "html" and method == "replace" and getattr(values[0], "value", "") == "<":
            return NONE
        if method == "unescape":
            return self._all(module, [func.value, *values], "code")
        if kind == "html" and self.is_markup(module, func.value):
            return NONE
        base = self.atoms(module, func.value, kind)
        if method in QUERY:
            return base | self._stores(module, call, READS)
        if method in FETCH:
            if (item := self.item(func.value, getattr(next(iter(call.args), None), "value", None))) is not None:
                return self.atoms(module, item, kind)
            default = self._all(module, call.args[1:], kind) if method == "get" else NONE
            return base | default | self._stores(module, call)
        if dotted == "re.sub" and kind != "data" and KEEPS_PLAIN.fullmatch(str(getattr(values[0], "value", ""))):
            return self.atoms(module, values[1], kind)
        of_class = re.search(r"(?:\A|\.)[A-Z]\w*\.\w+\Z", dotted)  # of these only the receiver counts
        library = dotted and not found and not of_class and dotted.partition(".")[0] not in self._packages
        if method in CARRY or library:
            return base | self._all(module, values, kind)
        return base

    @cached_property
    def _packages(self) -> set[str]:
        return {name.partition(".")[0] for name in self.project.names.modules}

    def _returned(self, module: Module, call: ast.Call, owner: Module, function: Function, kind: Kind) -> Atoms:
        """What a helper returns, with this call's arguments in the place of its parameters."""
        if kind != "data" and getattr(function.returns, "id", "") in PLAIN_TYPES | {"Response"}:
            return NONE
        summary = self.summary(owner, function, kind)
        mine = {atom for atom in summary if isinstance(atom, Param) and atom.function is function}
        return (summary - mine).union(*(self._all(module, self._given(function, call, one.name), kind) for one in mine))

    def summary(self, module: Module, function: Function, kind: Kind) -> Atoms:
        """What a function's returned and yielded values are made of."""
        yields = [node.value for node in ast.walk(function) if isinstance(node, ast.Yield) and node.value]
        return self._all(module, self.project.names.returned(function) + yields, kind)

    def _given(self, function: Function, call: ast.Call, name: str) -> list[ast.expr]:
        """What a call passes for a parameter: its argument, or what `*args`, `**kwargs` and `self` stand for."""
        exact, own = self.project.calls.argument(function, call, name), function.args
        if exact is not None:
            return [exact]
        if own.vararg and own.vararg.arg == name:
            return call.args
        if own.kwarg and own.kwarg.arg == name:
            return [keyword.value for keyword in call.keywords]
        if name == "self" and isinstance(call.func, ast.Attribute):
            return [call.func.value]
        return [keyword.value for keyword in call.keywords if keyword.arg is None]

    def _passed(self, param: Param, kind: Kind) -> Iterator[Atom]:
        """What a parameter is called with, by the project, by Flask and by templates."""
        function, name = param.function, param.name
        if name == "self":
            return
        for module, used in self.project.markup.functions.values():
            if used is function:
                yield Source(f"what a template passes to {function.name}()", module.path, function.lineno)
        if view := self.project.calls.views.get(function):
            rules = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
            own = {converter for converter, word in RULE.findall(rules) if word == name}
            known = own or self._converters.get(name, set())
            if known & FREE_TEXT or (known and kind == "data"):
                yield Source(f"path parameter {name!r}", view.path, function.lineno)
        for module, call in self.project.calls.callers(function):
            yield from self._all(module, self._given(function, call, name), kind)

    @cached_property
    def _converters(self) -> dict[str, set[str]]:
        """The converters of every parameter of a rule: `add_url_rule` may stand anywhere."""
        found: dict[str, set[str]] = defaultdict(set)
        for module in self.project.modules.values():
            for node in module.nodes(ast.Constant):
                if isinstance(node.value, str) and node.value.startswith("/"):
                    for converter, name in RULE.findall(node.value):
                        found[name].add(converter)
        return found

    # ------------------------------------------------------------------ names, and checks before their use

    def _name(self, module: Module, name: ast.Name, dotted: str, kind: Kind) -> Atoms:
        if self._checked(module, name, name.id, kind):
            return NONE
        function, known = self.locals.defined(name)
        found = self._all(module, (one.value for one in known), kind)
        if isinstance(function, Function):
            types = {a.arg: getattr(a.annotation, "id", "") for a in ast.walk(function.args) if isinstance(a, ast.arg)}
            plain = kind != "data" and types.get(name.id) in PLAIN_TYPES
            return found if plain else found | {Param(function, name.id)}
        return found if known or not dotted else frozenset({Stored("name", dotted)})

    def _checked(self, module: Module, use: ast.expr, name: str, kind: Kind, depth: int = 0) -> bool:
        """Has the code around the use made sure that the value is one of a few, or begins as it must?"""
        tests = itertools.islice(self._tests(module, use, name), MOST if kind != "data" and depth < 8 else 0)
        return any(self._promises(module, test, name, holds, kind, depth) for test, holds in tests)

    def _tests(self, module: Module, use: ast.expr, name: str) -> Iterator[tuple[ast.expr, bool]]:
        """The tests that have been made when the use is reached, and how they came out."""
        inner: ast.AST = use
        for up in ancestors(use):
            if isinstance(up, ast.IfExp | ast.If | ast.While) and inner is not up.test:
                yield up.test, inner is up.body or (isinstance(up.body, list) and inner in up.body)
            elif isinstance(up, ast.BoolOp):
                before = itertools.takewhile(lambda test, use=inner: test is not use, up.values)  # type: ignore[misc]
                yield from ((test, isinstance(up.op, ast.And)) for test in before)
            elif isinstance(up, COMPREHENSIONS):
                yield from ((test, True) for generator in up.generators for test in generator.ifs)
            for block in (getattr(up, part, None) for part in ("body", "orelse", "finalbody")):
                for earlier in block[: block.index(inner)] if isinstance(block, list) and inner in block else ():
                    if isinstance(earlier, ast.Assert):
                        yield earlier.test, True
                    elif isinstance(earlier, ast.If) and self._leaves(module, earlier.body[-1], name):
                        yield earlier.test, False
            if isinstance(up, Function):
                return
            inner = up

    def _leaves(self, module: Module, last: ast.stmt, name: str) -> bool:
        """Does this end of a branch leave the block, or put the value right?"""
        match last:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                return target == name and not self.tainted(module, value)
            case ast.Expr(value=ast.Call(func=func)):
                return ast.unparse(func).rpartition(".")[2] in ("abort", "exit")
        return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break)

    def _promises(self, module: Module, test: ast.expr, name: str, holds: bool, kind: Kind, depth: int = 0) -> bool:
        """Does a test that came out as `holds` promise that `name` is harmless?"""

        def again(other: ast.expr, comes_out: bool = holds, owner: Module = module, about: str = name) -> bool:
            return depth < 8 and self._promises(owner, other, about, comes_out, kind, depth + 1)

        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return again(operand, not holds)
            case ast.BoolOp(op=op, values=values):
                return (any if isinstance(op, ast.And) == holds else all)(again(value) for value in values)
            case ast.NamedExpr(value=value) | ast.Call(func=ast.Name(id="bool"), args=[value]):
                return again(value)
            case ast.Name(id=other) if other != name:
                known = [one.value for one in self.defined(test) if one.replaces]
                return bool(known) and all(again(value) for value in known)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]):
                return again(left, holds == isinstance(op, ast.IsNot))
            case ast.Compare(left=left, ops=[op], comparators=[few]) if self._about(left, name):
                if not isinstance(op, ast.In | ast.Eq if holds else ast.NotIn | ast.NotEq):
                    return False
                if any(getattr(part, "attr", "") in ("scheme", "netloc") for part in ast.walk(left)):
                    return kind == "url"
                return bool(getattr(few, "value", True)) and not self.tainted(module, few, "code")
            case ast.Call(func=func) if holds:
                word = func.attr if isinstance(func, ast.Attribute) else ""
                if isinstance(func, ast.Attribute) and self._about(func.value, name):
                    return word in SHAPES or (kind == "url" and word == "startswith")
                given = [argument for argument in arguments(test) if self._about(argument, name)]
                if given and (target := self.project.calls.target(module, test)):
                    owner, function = target
                    params = [a.arg for a in function.args.args if self._given(function, test, a.arg)[:1] == given[:1]]
                    yes = [one for one in self.project.names.returned(function) if getattr(one, "value", True)]

                    def vouched(value: ast.expr, param: str) -> bool:
                        return again(value, True, owner, param) or self._checked(owner, value, param, kind, depth + 1)

                    return bool(yes) and any(all(vouched(value, param) for value in yes) for param in params)
                return bool(given) and word in SHAPES
        return False

    def _about(self, expr: ast.expr, name: str, depth: int = 0) -> bool:
        """Does the expression speak of `name`, itself or through one local (`parts = urlsplit(name)`)?"""
        return any(
            node.id == name or (depth == 0 and any(self._about(one.value, name, 1) for one in self.defined(node)))
            for node in ast.walk(expr)
            if isinstance(node, ast.Name)
        )

    # ------------------------------------------------------------------ places

    def stored(self, module: Module, container: ast.expr) -> list[tuple[Module, ast.expr]]:
        """What is ever put into a variable of a module."""
        dotted = self.project.names.dotted(module, container) or ""
        return [(owner, value) for owner, value, _ in self._writes.get(("name", dotted), ())]

    def _put(self, atom: Stored, kind: Kind) -> Iterator[Atom]:
        """What was ever written to a place."""
        ancestry = self.project.names.ancestry(atom.owner) if atom.owner else []
        for module, value, owner in self._writes.get((atom.place, atom.key), ()):
            if not owner or not ancestry or owner in ancestry:
                yield from self.atoms(module, value, kind)

    @cached_property
    def _writes(self) -> dict[tuple[str, str], list[tuple[Module, ast.expr, str | None]]]:
        found: dict[tuple[str, str], list[tuple[Module, ast.expr, str | None]]] = defaultdict(list)
        for module in self.project.modules.values():
            for place, value in self._written(module):
                found[place.place, place.key].append((module, value, place.owner))
        return found

    def _written(self, module: Module) -> Iterator[tuple[Stored, ast.expr]]:
        for assign in module.nodes(ast.Assign):
            for target in assign.targets:
                yield from ((place, assign.value) for place in self._places(module, target))
        for other in module.nodes(ast.AnnAssign, ast.AugAssign):
            if other.value is not None:
                yield from ((place, other.value) for place in self._places(module, other.target))
        for call in module.nodes(ast.Call):
            yield from self._written_by(module, call, self.project.names.dotted(module, call.func) or "")

    def _written_by(self, module: Module, call: ast.Call, dotted: str) -> Iterator[tuple[Stored, ast.expr]]:
        found = self.project.names.definition(dotted)
        if dotted == "flask.flash":
            yield from ((Stored("flash", ""), value) for value in call.args[:1])
        elif found and isinstance(found[1], ast.ClassDef):  # the fields of a dataclass or model
            fields = [getattr(one.target, "id", "") for one in found[1].body if isinstance(one, ast.AnnAssign)]
            named = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
            for name, value in [*zip(fields, call.args, strict=False), *named]:
                yield Stored("attribute", name, dotted), value
        if not isinstance(call.func, ast.Attribute):
            return
        method, receiver = call.func.attr, call.func.value
        if method in GROW:
            yield from ((place, value) for place in self._places(module, receiver) for value in arguments(call))
        if method in KEEP:
            yield from ((store, value) for store in self._stores(module, call) for value in arguments(call))
        if method in QUERY:
            tables = self._stores(module, call, WRITES)
            yield from ((table, value) for table in tables for value in arguments(call)[1:])

    def _places(self, module: Module, target: ast.expr) -> Iterator[Stored]:
        names = self.project.names
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    yield from self._places(module, part)
            case ast.Subscript(value=value, slice=key) if names.dotted(module, value) == "flask.session":
                yield Stored("session", str(getattr(key, "value", "*")))
            case ast.Subscript(value=value):
                yield from self._places(module, value)
            case ast.Attribute(value=value, attr=attr):
                yield Stored("attribute", attr, self._owner(module, value))
            case ast.Name(id=name):
                bound = names.lookup(module, target, name)
                if bound and isinstance(bound[0], ast.ClassDef):
                    yield Stored("attribute", name, names.dotted(module, bound[0]))
                elif dotted := names.dotted(module, target):
                    yield Stored("session", "*") if dotted == "flask.session" else Stored("name", dotted)

    def _owner(self, module: Module, holder: ast.expr) -> str | None:
        """The class that an attribute belongs to: of an object, or written out (`Order.query`)."""
        dotted = self.project.names.dotted(module, holder)
        written_out = dotted is not None and self.project.names.is_class(dotted)
        return dotted if written_out else self.project.names.class_of(module, holder)

    def _stores(self, module: Module, call: ast.Call, tables: re.Pattern[str] | None = None) -> set[Stored]:
        """The object that a call keeps data in or fetches it from; of SQL, the tables that it names."""
        names, values = self.project.names, self.project.values
        if tables is None:
            held = call.func.value if isinstance(call.func, ast.Attribute) else call
            return {Stored("store", names.dotted(module, held) or names.class_of(module, held) or ast.unparse(held))}
        parts = [part for one in call.args[:1] for part in ast.walk(one) if isinstance(part, ast.expr)]
        known = [values.of(module, part) for part in parts]
        sql = " ".join(text.value for text in known[:2] if isinstance(text, Const) and isinstance(text.value, str))
        return {Stored("table", table.lower()) for table in tables.findall(sql)}


def _session(key: ast.expr) -> Atoms:
    return frozenset({Stored("session", str(getattr(key, "value", "*"))), Stored("session", "*")})


def pairs(node: ast.AST) -> Iterator[tuple[object, ast.expr]]:
    """The constant keys and their values in a dictionary written out, or in what adds to one."""
    match node:
        case ast.Dict(keys=keys, values=values):
            written = zip(keys, values, strict=True)
            yield from ((key.value, value) for key, value in written if isinstance(key, ast.Constant))
        case ast.Call(func=ast.Name(id="dict") | ast.Attribute(attr="update"), keywords=keywords):
            yield from ((keyword.arg, keyword.value) for keyword in keywords if keyword.arg)
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=value):
            yield key, value
