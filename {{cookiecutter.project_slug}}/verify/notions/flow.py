"""Does request data reach this expression?

Backwards from the expression: definitions that reach it, returns of helpers with their arguments put in, parameters
through every call site, and what was stored (globals, attributes, session, tables) through everything written there.
A `kind` says what the value must not be able to do; what sanitises one kind does not sanitise another:
`data` (nothing does), `code` (template source and names, scripts), `html` (escape() does), `url` (a fixed start does).
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..readers.python import Module, ancestors, parent
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

Kind = Literal["data", "code", "html", "url"]
Func = ast.FunctionDef | ast.AsyncFunctionDef
NONE: frozenset[Atom] = frozenset()

HARMLESS_REQUEST = {
    "method", "endpoint", "blueprint", "blueprints", "url_rule", "is_json", "is_secure", "scheme", "content_length",
    "max_content_length", "routing_exception", "remote_addr", "host", "host_url", "root_path", "script_root",
    "url_root",
}  # fmt: skip
PLAIN = {
    "int", "float", "bool", "len", "abs", "round", "sum", "ord", "hash", "id", "isinstance", "hasattr", "any",
    "all", "range", "complex", "divmod", "callable", "type", "uuid.UUID", "decimal.Decimal",
    "werkzeug.utils.secure_filename", "flask.url_for", "flask.jsonify", "flask.json.jsonify", "flask.redirect",
    "flask.abort", "flask.send_file", "flask.render_template", "flask.render_template_string",
    "flask.stream_template", "flask.stream_template_string", "flask.send_from_directory", "urllib.parse.quote",
    "urllib.parse.quote_plus", "urllib.parse.urlencode", "flask.helpers.url_for", "urllib.parse.quote_from_bytes",
}  # fmt: skip
PLAIN_ROOTS = {"datetime", "uuid", "hashlib", "hmac", "secrets", "bcrypt", "argon2", "time", "logging", "random", "sys"}
PLAIN_METHODS = {
    "hexdigest", "digest", "count", "index", "find", "startswith", "endswith", "isdigit", "isalpha", "isalnum",
    "keys_view", "isoformat", "timestamp", "total_seconds", "bit_length", "render", "tell",
}  # fmt: skip
PLAIN_TYPES = {"int", "float", "bool", "UUID", "Decimal", "date", "datetime", "timedelta", "Markup", "Response"}
ESCAPES = {
    "escape",
    "escape_silent",
    "clean",
    "sanitize",
    "sanitise",
    "clean_html",
    "sanitize_html",
    "tojson",
    "htmlsafe_dumps",
}
MARKUP = {"markupsafe.Markup", "flask.Markup", "jinja2.Markup", "jinja2.utils.markupsafe.Markup"}
CARRY = {
    "format", "format_map", "join", "replace", "sub", "render_unicode", "ljust", "rjust", "center",
    "safe_substitute", "substitute", "model_validate", "convert", "translate", "union", "partition",
    "validate_python", "load", "loads",
}  # fmt: skip
GROW = {"append", "add", "extend", "insert", "update", "setdefault", "appendleft", "write", "put", "__setitem__"}
KEEP = {"set", "setex", "hset", "lpush", "rpush", "sadd", "write_text", "write_bytes", "put", "write", "hmset", "xadd"}
FETCH = {
    "get",
    "hget",
    "hgetall",
    "lrange",
    "smembers",
    "read_text",
    "read_bytes",
    "read",
    "mget",
    "lindex",
    "lpop",
    "rpop",
}
SHAPES = {"isdigit", "isalnum", "isalpha", "isdecimal", "isnumeric", "isidentifier"}
WRITES = re.compile(r"\s*(?:insert\b.*?\binto|replace\s+into|update)\s+[\"`\[]?(\w+)", re.I | re.S)
READS = re.compile(r"\b(?:from|join)\s+[\"`\[]?(\w+)", re.I)
RULE = re.compile(r"<(?:(\w+)(?:\([^>]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Source:
    what: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.what} ({self.path}:{self.line})"


@dataclass(frozen=True)
class Param:
    func: Func
    name: str


@dataclass(frozen=True)
class Stored:
    place: str  # "name", "attr", "session", "table", "store", "flash"
    key: str
    owner: str | None = None  # class of the object, where it is known


Atom = Source | Param | Stored


@dataclass(frozen=True)
class Definition:
    value: ast.expr
    end: tuple[int, int]
    statement: ast.stmt
    replaces: bool


@dataclass
class Flow:
    project: Project
    _atoms: dict[tuple[ast.AST, Kind], frozenset[Atom]] = field(default_factory=dict)
    _answers: dict[tuple[Atom, Kind], Source | None] = field(default_factory=dict)
    _definitions: dict[ast.AST, dict[str, list[Definition]]] = field(default_factory=dict)

    def tainted(self, module: Module, expr: ast.expr, kind: Kind = "data") -> Source | None:
        """The request data that reaches the expression, if any."""
        return self.source(self.atoms(module, expr, kind), kind)

    def source(self, atoms: frozenset[Atom], kind: Kind) -> Source | None:
        seen: set[Atom] = set()
        todo = sorted(atoms, key=repr)
        while todo:
            atom = todo.pop(0)
            if atom in seen:
                continue
            seen.add(atom)
            found = atom if isinstance(atom, Source) else self._answers.get((atom, kind))
            if found:
                self._answers |= {(start, kind): found for start in atoms} if len(atoms) == 1 else {}
                return found
            if (atom, kind) not in self._answers:
                todo += self._behind(atom, kind)
        self._answers |= {(atom, kind): None for atom in seen}
        return None

    def _behind(self, atom: Atom, kind: Kind) -> list[Atom]:
        """What a parameter is called with, or what was ever stored in a place."""
        if isinstance(atom, Param):
            return list(self._arguments(atom, kind))
        found: set[Atom] = set()
        for module, value, owner in self._stores.get((atom.place, atom.key), ()) if isinstance(atom, Stored) else ():
            known = isinstance(atom, Stored) and atom.owner and owner
            if not known or owner in self.project.names.ancestry(str(atom.owner)):  # type: ignore[union-attr]
                found |= self.atoms(module, value, kind)
        return list(found)

    def _arguments(self, param: Param, kind: Kind) -> Iterator[Atom]:
        calls, func, name = self.project.calls, param.func, param.name
        used = next((module for module, known in self.project.markup.filters.values() if known is func), None)
        if used and name != "self":
            yield Source(f"what a template passes to {func.name}()", used.path, func.lineno)
        if module := calls.views.get(func):
            here = (module.path, func.lineno)
            texts = [node.value for d in func.decorator_list for node in ast.walk(d) if isinstance(node, ast.Constant)]
            own = [m[1] for text in texts if isinstance(text, str) for m in RULE.finditer(text) if m[2] == name]
            known = set(own) or self._converters.get(name, set())
            if known & {None, "string", "path", "default"} or (known and kind == "data"):
                yield Source(f"path parameter {name!r}", *here)
        for module, call in calls.callers(func):
            given = calls.argument(func, call, name)
            if given is not None:
                yield from self.atoms(module, given, kind)
            elif (func.args.vararg and name == func.args.vararg.arg) or (
                func.args.kwarg and name == func.args.kwarg.arg
            ):
                for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
                    yield from self.atoms(module, value, kind)
            else:
                for spread in [keyword.value for keyword in call.keywords if keyword.arg is None]:
                    yield from self.atoms(module, spread, kind)

    @cached_property
    def _converters(self) -> dict[str, set[str | None]]:
        found: dict[str, set[str | None]] = defaultdict(set)
        for module in self.project.modules.values():
            for node in module.nodes(ast.Constant):
                if isinstance(node.value, str) and node.value.startswith("/"):
                    for match in RULE.finditer(node.value):
                        found[match[2]].add(match[1])
        return found

    # ------------------------------------------------------------------ what is stored where

    @cached_property
    def _stores(self) -> dict[tuple[str, str], list[tuple[Module, ast.expr, str | None]]]:
        found: dict[tuple[str, str], list[tuple[Module, ast.expr, str | None]]] = defaultdict(list)
        for module in self.project.modules.values():
            pairs = [(target, node.value) for node in module.nodes(ast.Assign) for target in node.targets]
            pairs += [(node.target, node.value) for node in module.nodes(ast.AugAssign)]
            pairs += [(node.target, node.value) for node in module.nodes(ast.AnnAssign) if node.value is not None]
            for target, value in pairs:
                for place, owner in self._places(module, target):
                    found[place].append((module, value, owner))
            for call in module.nodes(ast.Call):
                for place, value, owner in self._kept(module, call):
                    found[place].append((module, value, owner))
        return found

    def _places(self, module: Module, target: ast.expr) -> Iterator[tuple[tuple[str, str], str | None]]:
        names = self.project.names
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                yield from self._places(module, part)
        elif isinstance(target, ast.Subscript):
            dotted = names.dotted(module, target.value)
            if dotted == "flask.session":
                yield ("session", str(getattr(target.slice, "value", "*"))), None
            else:
                yield from self._places(module, target.value)
        elif isinstance(target, ast.Attribute):
            yield ("attr", target.attr), names.class_of(module, target.value)
        elif isinstance(target, ast.Name):
            bound = names.lookup(module, target, target.id)
            if bound and isinstance(bound[0], ast.Module | ast.ClassDef):
                place = (
                    ("name", f"{module.name}.{target.id}") if isinstance(bound[0], ast.Module) else ("attr", target.id)
                )
                yield place, names.dotted(module, bound[0]) if isinstance(bound[0], ast.ClassDef) else None
                if bound[1][-1].kind == "import":
                    yield ("name", str(names.dotted(module, target))), None

    def _kept(self, module: Module, call: ast.Call) -> Iterator[tuple[tuple[str, str], ast.expr, str | None]]:
        names = self.project.names
        dotted = names.dotted(module, call.func) or ""
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        if dotted == "flask.flash":
            yield from ((("flash", ""), value, None) for value in call.args[:1])
        found = names.definition(dotted) if dotted else None
        if found and isinstance(found[1], ast.ClassDef):
            fields = [
                s.target.id for s in found[1].body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]
            pairs = [*zip(fields, call.args, strict=False), *((k.arg, k.value) for k in call.keywords if k.arg)]
            yield from ((("attr", name), value, dotted) for name, value in pairs)
        if not isinstance(call.func, ast.Attribute):
            return
        method, receiver = call.func.attr, call.func.value
        if method in GROW:
            if names.dotted(module, receiver) == "flask.session":
                yield from ((("session", k.arg or "*"), k.value, None) for k in call.keywords)
                yield from ((("session", str(getattr(call.args[0], "value", "*"))), v, None) for v in call.args[1:])
            else:
                kept = values[1:] if method == "setdefault" else values
                yield from ((place, v, owner) for place, owner in self._places(module, receiver) for v in kept)
        if method in KEEP:
            yield from ((("store", self._receiver(module, receiver)), value, None) for value in values)
        if method in {"execute", "executemany", "query", "run"} and len(call.args) > 1:
            for table in WRITES.findall(self._sql(module, call)):
                yield from ((("table", table.lower()), value, None) for value in values[1:])

    def stored(self, module: Module, container: ast.expr) -> list[tuple[Module, ast.expr]]:
        """What is ever put into a container at the top of a module."""
        found = self._stores.get(("name", self.project.names.dotted(module, container) or ""), [])
        return [(owner, value) for owner, value, _ in found]

    def _receiver(self, module: Module, receiver: ast.expr) -> str:
        names = self.project.names
        return names.dotted(module, receiver) or names.class_of(module, receiver) or ast.unparse(receiver)

    def _sql(self, module: Module, call: ast.Call) -> str:
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Call) and first.args:  # text("select …")
            first = first.args[0]
        value = self.project.values.of(module, first) if first is not None else None
        return str(value.value) if isinstance(value, Const) else ""

    # ------------------------------------------------------------------ expressions

    def atoms(self, module: Module, expr: ast.expr, kind: Kind) -> frozenset[Atom]:
        """What an expression is made of: request data, parameters of the function around it, places read."""
        if (expr, kind) not in self._atoms:
            self._atoms[expr, kind] = NONE  # recursion in the code under judgement ends here
            self._atoms[expr, kind] = self._compute(module, expr, kind)
        return self._atoms[expr, kind]

    def _union(self, module: Module, values: list[ast.expr], kind: Kind) -> frozenset[Atom]:
        return NONE.union(*(self.atoms(module, value, kind) for value in values))

    def _compute(self, module: Module, expr: ast.expr, kind: Kind) -> frozenset[Atom]:
        if kind == "url" and self._fixed_start(module, expr):
            return NONE
        if isinstance(expr, ast.Name | ast.Attribute | ast.Call):
            dotted = self.project.names.dotted(module, expr.func if isinstance(expr, ast.Call) else expr)
            if dotted and dotted.startswith("flask.request"):
                return self._request(module, expr, dotted, kind)
            if isinstance(expr, ast.Call):
                return self._call(module, expr, dotted or "", kind)
        if isinstance(expr, ast.Name):
            return self._name(module, expr, kind)
        if isinstance(expr, ast.Attribute):
            owner = self.project.names.class_of(module, expr.value)
            if any(
                base.endswith(("wtf.FlaskForm", "wtf.form.FlaskForm", "wtforms.Form")) for base in self._bases(owner)
            ):
                return frozenset({Source(f"form field {ast.unparse(expr)}", module.path, expr.lineno)})
            return self.atoms(module, expr.value, kind) | {Stored("attr", expr.attr, owner)}
        if isinstance(expr, ast.Subscript):
            dotted = self.project.names.dotted(module, expr.value) or ""
            if dotted.startswith("flask.request"):
                return self._request(module, expr, dotted, kind)
            if dotted == "flask.session":
                return self._session(str(getattr(expr.slice, "value", "*")))
            if (item := self.item(module, expr.value, getattr(expr.slice, "value", None))) is not None:
                return self.atoms(module, item, kind)
            return self.atoms(module, expr.value, kind)
        if isinstance(expr, ast.FormattedValue):
            spec = ast.unparse(expr.format_spec) if expr.format_spec else ""
            return NONE if re.search(r"[dfxXeg%]'\Z", spec) else self.atoms(module, expr.value, kind)
        if isinstance(expr, ast.BinOp):
            if kind == "html" and (self.is_markup(module, expr.left) or self.is_markup(module, expr.right)):
                return NONE  # Markup escapes what it is joined with
            left = expr.left.value if isinstance(expr.left, ast.Constant) else None
            if isinstance(expr.op, ast.Mod) and isinstance(left, str) and not re.search(r"%[^dif%]*[sra]", left):
                return NONE
            return self._union(module, [expr.left, expr.right], kind)
        if isinstance(expr, ast.IfExp):
            return self._union(module, [expr.body, expr.orelse], kind)
        if isinstance(expr, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.atoms(module, expr.elt, kind)
        if isinstance(expr, ast.DictComp):
            return self._union(module, [expr.key, expr.value], kind)
        if isinstance(expr, ast.Compare | ast.Lambda | ast.Constant):
            return NONE
        return self._union(module, [one for one in ast.iter_child_nodes(expr) if isinstance(one, ast.expr)], kind)

    def _bases(self, owner: str | None) -> set[str]:
        return {owner, *self.project.names.bases(owner)} if owner else set()

    def _request(self, module: Module, expr: ast.expr, dotted: str, kind: Kind) -> frozenset[Atom]:
        part = f"{dotted}...".split(".")[2]
        given = [k.value for k in expr.keywords if k.arg == "type"] if isinstance(expr, ast.Call) else []
        if part in HARMLESS_REQUEST or (kind != "data" and any(getattr(one, "id", "") in PLAIN for one in given)):
            return NONE
        if isinstance(expr, ast.Name) and kind != "data" and self._checked(module, expr, kind):
            return NONE
        return frozenset({Source(ast.unparse(expr)[:60], module.path, expr.lineno)})

    @staticmethod
    def _session(key: str) -> frozenset[Atom]:
        return frozenset({Stored("session", key), Stored("session", "*")})

    def item(self, module: Module, expr: ast.expr, key: object) -> ast.expr | None:
        """The value under a constant key of a dictionary written out where it is used."""
        value = expr
        if isinstance(expr, ast.Name):
            known = [d for d in self.defined(module, expr)[1] if d.replaces]
            value = known[0].value if len(known) == 1 else expr
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "dict":
            return next((k.value for k in value.keywords if k.arg == key and key is not None), None)
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            return next((v for k, v in pairs if isinstance(k, ast.Constant) and k.value == key), None)
        return None

    def _fixed_start(self, module: Module, expr: ast.expr) -> bool:
        """A text that begins with its own words cannot be made a `javascript:` URL."""
        first: ast.expr | None = expr.values[0] if isinstance(expr, ast.JoinedStr) and expr.values else None
        if isinstance(expr, ast.BinOp):
            first = expr.left
        elif isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute) and expr.func.attr == "format":
            first = expr.func.value
        if first is None:
            return False
        value = self.project.values.of(module, first)
        start = str(value.value).strip() if isinstance(value, Const) else ""
        return bool(re.match(r"[^{%]", start)) and not start.lower().startswith(("javascript:", "data:", "vbscript:"))

    def is_markup(self, module: Module, expr: ast.expr, depth: int = 0) -> bool:
        """Is this a Markup, which escapes whatever is formatted into it or added to it?"""
        names = self.project.names
        if depth > 8:
            return False
        if isinstance(expr, ast.BinOp):
            return self.is_markup(module, expr.left, depth + 1) or self.is_markup(module, expr.right, depth + 1)
        if isinstance(expr, ast.IfExp):
            return self.is_markup(module, expr.body, depth + 1) and self.is_markup(module, expr.orelse, depth + 1)
        if isinstance(expr, ast.Call):
            dotted = names.dotted(module, expr.func) or ""
            if dotted in MARKUP or dotted.startswith("markupsafe."):
                return True
            if target := self.project.calls.target(module, expr):
                values = names.returned(target[1])
                return bool(values) and all(self.is_markup(target[0], value, depth + 1) for value in values)
            plain = getattr(expr.func, "attr", "") in ("unescape", "striptags")
            receiver = expr.func.value if isinstance(expr.func, ast.Attribute) and not plain else None
            return receiver is not None and self.is_markup(module, receiver, depth + 1)
        if isinstance(expr, ast.Name):
            known = self.defined(module, expr)[1]
            if known:
                return all(self.is_markup(module, d.value, depth + 1) for d in known if d.replaces)
            found = names.definition(names.dotted(module, expr) or "")
            value = getattr(found[1], "value", None) if found else None
            return found is not None and isinstance(value, ast.expr) and self.is_markup(found[0], value, depth + 1)
        return False

    # ------------------------------------------------------------------ calls

    def _call(self, module: Module, call: ast.Call, dotted: str, kind: Kind) -> frozenset[Atom]:
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        last = dotted.rpartition(".")[2] or getattr(call.func, "attr", "")
        if target := self.project.calls.target(module, call):
            if target[1].name == "__init__":
                return self._union(module, values, kind)
            return self._returns(module, call, target, kind)
        if kind != "data" and (dotted in PLAIN or dotted.split(".", maxsplit=1)[0] in PLAIN_ROOTS):
            return NONE
        if kind == "html" and (last in ESCAPES or dotted in MARKUP or last.startswith(("render", "redirect"))):
            return NONE  # a Markup of raw data is a finding where it is made, a template's value in the template
        found = self.project.names.definition(dotted) if dotted else None
        if found and isinstance(found[1], ast.ClassDef):
            listed = kind != "data" and any(base.endswith("Enum") for base in self._bases(dotted))
            return NONE if listed else self._union(module, values, kind)
        if not isinstance(call.func, ast.Attribute):
            return self._union(module, values[:1] + values[2:] if dotted == "getattr" else values, kind)
        receiver, method = call.func.value, call.func.attr
        if dotted in ("flask.session.get", "flask.session.pop"):
            default = self._union(module, call.args[1:], kind)
            return default | self._session(str(getattr(call.args[0], "value", "*")) if call.args else "*")
        if method == "unescape":
            return self._union(module, [receiver, *values], "code")
        if (kind != "data" and method in PLAIN_METHODS) or (kind == "html" and self.is_markup(module, receiver)):
            return NONE
        base = self.atoms(module, receiver, kind)
        if method in {"execute", "executemany", "query"}:
            return base | {Stored("table", table.lower()) for table in READS.findall(self._sql(module, call))}
        if method in FETCH:
            base |= {Stored("store", self._receiver(module, receiver))}
            if (
                item := self.item(module, receiver, getattr(call.args[0], "value", None) if call.args else None)
            ) is not None:
                return self.atoms(module, item, kind)
            return base | (self._union(module, call.args[1:], kind) if method == "get" else NONE)
        if re.sub(r"\W", "", dotted) == "resub" and kind != "data" and len(values) == 3:
            kept = self.project.values.of(module, values[0])
            if isinstance(kept, Const) and re.fullmatch(r"\[\^[\w\\ -]+\]\+?", str(kept.value)):
                return self.atoms(module, values[1], kind)  # everything but plain characters is replaced
        parts = dotted.split(".")
        library = dotted and not found and parts[0] not in {n.split(".")[0] for n in self.project.names.modules}
        instance = len(parts) > 1 and parts[-2][:1].isupper()
        if method in CARRY or (library and not instance):
            return base | self._union(module, values, kind)
        return base

    def _returns(self, module: Module, call: ast.Call, target: tuple[Module, Func], kind: Kind) -> frozenset[Atom]:
        """What a helper returns, with this call's arguments in the place of its parameters."""
        owner, func = target
        if kind != "data" and isinstance(func.returns, ast.Name) and func.returns.id in PLAIN_TYPES - {"Markup"}:
            return NONE
        found: set[Atom] = set()
        for atom in self.summary(owner, func, kind):
            if isinstance(atom, Param) and atom.func is func:
                given = self.project.calls.argument(func, call, atom.name)
                if given is not None:
                    found |= self.atoms(module, given, kind)
                elif func.args.vararg and func.args.vararg.arg == atom.name:
                    found |= self._union(module, call.args, kind)
                elif func.args.kwarg and func.args.kwarg.arg == atom.name:
                    found |= self._union(module, [keyword.value for keyword in call.keywords], kind)
                elif atom.name == "self" and isinstance(call.func, ast.Attribute):
                    found |= self.atoms(module, call.func.value, kind)
                else:
                    found |= self._union(module, [k.value for k in call.keywords if k.arg is None], kind)
            else:
                found.add(atom)
        return frozenset(found)

    def summary(self, module: Module, func: Func, kind: Kind) -> frozenset[Atom]:
        """What a function's returned and yielded values are made of."""
        values = self.project.names.returned(func)
        yields = [n.value for n in ast.walk(func) if isinstance(n, ast.Yield) and n.value is not None]
        return self._union(module, values + yields, kind)

    # ------------------------------------------------------------------ names

    def _scope_definitions(self, module: Module, scope: ast.AST) -> dict[str, list[Definition]]:
        if scope not in self._definitions:
            found: dict[str, list[Definition]] = defaultdict(list)
            for node in ast.walk(scope):
                for target, value, replaces in _defining(node):
                    statement = node if isinstance(node, ast.stmt) else _statement(node)
                    end = (value.end_lineno or 0, value.end_col_offset or 0)
                    for name, worth in _spread(target, value):
                        found[name].append(Definition(worth, end, statement, replaces))
            for known in found.values():
                known.sort(key=lambda d: d.end)
            self._definitions[scope] = found
        return self._definitions[scope]

    def defined(self, module: Module, name: ast.Name) -> tuple[ast.AST | None, list[Definition]]:
        """The function that a local name belongs to, and the definitions that can reach this use of it."""
        around = [name, *ancestors(name)]
        for scope in (up for up in around if isinstance(up, Func | ast.Lambda)):
            params = {arg.arg for arg in ast.walk(scope.args) if isinstance(arg, ast.arg)}
            known = self._scope_definitions(module, scope).get(name.id, [])
            if not known and name.id not in params:
                continue
            use = (name.lineno, name.col_offset)
            nested = next(up for up in around if isinstance(up, Func | ast.Lambda)) is not scope
            loops = [up for up in around if isinstance(up, ast.For | ast.AsyncFor | ast.While)]
            reaching = []
            for definition in reversed(known):
                if definition.end > use and not nested:
                    if any(up in loops for up in ancestors(definition.statement)):
                        reaching.append(definition)
                    continue
                reaching.append(definition)
                if definition.replaces and not nested and _dominates(definition.statement, around):
                    return None, reaching
            return (scope if name.id in params else None), reaching
        return None, []

    def _name(self, module: Module, name: ast.Name, kind: Kind) -> frozenset[Atom]:
        if kind != "data" and self._checked(module, name, kind):
            return NONE
        for up in ancestors(name):
            if isinstance(up, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
                for generator in up.generators:
                    for bound, value in _spread(generator.target, generator.iter):
                        if bound == name.id and generator.iter not in [name, *ancestors(name)]:
                            return self.atoms(module, value, kind)
        scope, known = self.defined(module, name)
        found = self._union(module, [definition.value for definition in known], kind)
        if isinstance(scope, Func):
            arg = next(a for a in ast.walk(scope.args) if isinstance(a, ast.arg) and a.arg == name.id)
            plain = isinstance(arg.annotation, ast.Name) and arg.annotation.id in PLAIN_TYPES - {"Markup", "Response"}
            if kind == "data" or not plain:
                found |= {Param(scope, name.id)}
        if scope is None and not known:
            dotted = self.project.names.dotted(module, name)
            found = frozenset({Stored("name", dotted)}) if dotted else NONE
        return found

    # ------------------------------------------------------------------ checks before use

    def _checked(self, module: Module, name: ast.Name, kind: Kind) -> bool:
        """Has the code around the use made sure that the value is one of a few, or begins as it must?"""
        child: ast.AST = name
        for up in ancestors(name):
            if isinstance(up, ast.IfExp | ast.If | ast.While) and child is not up.test:
                inside = child is up.body if isinstance(up, ast.IfExp) else child in up.body
                if self._asserts(module, up.test, name.id, inside, kind):
                    return True
            if isinstance(up, ast.BoolOp) and child in up.values:
                before = up.values[: up.values.index(child)]
                if any(self._asserts(module, test, name.id, isinstance(up.op, ast.And), kind) for test in before):
                    return True
            if isinstance(up, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
                tests = [test for generator in up.generators for test in generator.ifs]
                if any(self._asserts(module, test, name.id, True, kind) for test in tests if test is not child):
                    return True
            for block in (getattr(up, "body", None), getattr(up, "orelse", None), getattr(up, "finalbody", None)):
                if isinstance(block, list) and child in block:
                    for earlier in block[: block.index(child)]:
                        if isinstance(earlier, ast.Assert) and self._asserts(module, earlier.test, name.id, True, kind):
                            return True
                        leaves = isinstance(earlier, ast.If) and self._leaves(module, earlier.body, name.id)
                        if leaves and self._asserts(module, earlier.test, name.id, False, kind):
                            return True
            if isinstance(up, Func):
                return False
            child = up
        return False

    def _leaves(self, module: Module, body: list[ast.stmt], name: str) -> bool:
        last = body[-1]
        if isinstance(last, ast.Assign):  # put right instead
            plain = isinstance(last.value, ast.Constant) or not self.tainted(module, last.value)
            return plain and any(isinstance(t, ast.Name) and t.id == name for t in last.targets)
        called = last.value.func if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None
        return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break) or (
            called is not None and (self.project.names.dotted(module, called) or "").endswith(("abort", "sys.exit"))
        )

    def _asserts(  # noqa: PLR0917
        self, module: Module, test: ast.expr, name: str, holds: bool, kind: Kind, depth: int = 0
    ) -> bool:
        """Does `test` being `holds` promise something about `name`?"""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._asserts(module, test.operand, name, not holds, kind, depth)
        if isinstance(test, ast.BoolOp):
            some = isinstance(test.op, ast.And) == holds
            return (any if some else all)(self._asserts(module, v, name, holds, kind, depth) for v in test.values)
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            op, left, right = test.ops[0], test.left, test.comparators[0]
            if isinstance(op, ast.In | ast.Eq if holds else ast.NotIn | ast.NotEq) and self._about(module, left, name):
                part = any(isinstance(n, ast.Attribute) and n.attr in {"scheme", "netloc"} for n in ast.walk(left))
                if isinstance(right, ast.Constant) and right.value in (None, "", 0):
                    return False
                return (kind == "url" or not part) and (part or not self.tainted(module, right, "code"))
            part = isinstance(op, ast.Is | ast.IsNot) and isinstance(left, ast.Call)  # re.fullmatch(…) is None
            return part and isinstance(op, ast.IsNot) == holds and self._asserts(module, left, name, True, kind, depth)
        if isinstance(test, ast.NamedExpr):
            return self._asserts(module, test.value, name, holds, kind, depth)
        if not (isinstance(test, ast.Call) and holds):
            return False
        called = test.func.attr if isinstance(test.func, ast.Attribute) else ""
        if isinstance(test.func, ast.Attribute) and self._about(module, test.func.value, name):
            return called in SHAPES or (kind == "url" and called == "startswith")
        given = [arg for arg in test.args if self._about(module, arg, name)]
        if given and called in {"fullmatch", "match"}:
            return True
        target = self.project.calls.target(module, test)
        if given and target and depth < 4:
            params = [
                a.arg for a in target[1].args.args if self.project.calls.argument(target[1], test, a.arg) in given
            ]
            values = self.project.names.returned(target[1])
            return any(self._asserts(target[0], v, p, True, kind, depth + 1) for p in params for v in values)
        return False

    def _about(self, module: Module, expr: ast.expr, name: str, depth: int = 0) -> bool:
        """Does the expression speak of `name`, itself or through one local (`parts = urlsplit(name)`)?"""
        for node in ast.walk(expr):
            if isinstance(node, ast.Name):
                if node.id == name:
                    return True
                if depth == 0 and any(self._about(module, d.value, name, 1) for d in self.defined(module, node)[1]):
                    return True
        return False


def _statement(node: ast.AST) -> ast.stmt:
    return next(up for up in ancestors(node) if isinstance(up, ast.stmt))


def _defining(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """(target, value, does it replace what was there) of a node that gives or adds to names."""
    if isinstance(node, ast.Assign):
        yield from ((_root(target), node.value, target is _root(target)) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield _root(node.target), node.value, True
    elif isinstance(node, ast.AugAssign):
        yield _root(node.target), node.value, False
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value, True
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield node.target, node.iter, True
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr, True
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GROW:
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield _root(node.func.value), value, False


def _root(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def _spread(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from _spread(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        parts = value.elts if same and isinstance(value, ast.Tuple | ast.List) else [value] * len(target.elts)
        for one, worth in zip(target.elts, parts, strict=True):
            yield from _spread(one, worth)


def _dominates(statement: ast.stmt, around: list[ast.AST]) -> bool:
    """Has this statement always run when the use does? It has when they share its block."""
    up = parent(statement)
    blocks = (getattr(up, field, None) for field in ("body", "orelse", "finalbody"))
    block = next((b for b in blocks if isinstance(b, list) and statement in b), [])
    return any(node in block for node in around)
