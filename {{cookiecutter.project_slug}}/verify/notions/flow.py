"""Does request data reach this expression?

`atoms` says what an expression is made of: request data (`Source`), parameters of the function around it (`Param`) and
places that it reads (`Stored`); it follows definitions, operators and what helpers return. `source` then follows
parameters to every call site and places to everything that is ever written there.

A `kind` says what the data could do. What cleans one kind leaves the others: `data` nothing cleans, `code` is template
source, names and scripts, `html` is escaped, `quote` is `html` with its quotes, `url` has a fixed start.
"""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, ancestors, assigned, parent, place
from .calls import arguments, defaults
from .html import Kind
from .locals import COMPREHENSIONS, Definition, Locals
from .markdown import ANY_LINK, lets_html_through
from .names import ENDS, Function
from .parts import Parts, Passed, Seen
from .places import QUERY, READS, Places, Stored, keyed
from .quotes import TEXTS, Quotes
from .values import Call, Const

if TYPE_CHECKING:
    from ..project import Project

# Sources. Of `request` everything counts but these; so do path parameters, by their converter, and form objects.
HARMLESS = {
    "method", "endpoint", "blueprint", "blueprints", "url_rule", "is_json", "is_secure", "scheme", "content_length",
    "max_content_length", "routing_exception", "remote_addr", "host", "host_url", "root_path", "script_root",
    "url_root",
}  # fmt: skip
HERE = {"path", "full_path", "url", "base_url"}  # what begins as the server wants it
FORMS = (".FlaskForm", "wtforms.Form")
PLAIN_FIELD = re.compile(r".*\.(Integer|Decimal|Float|Boolean|Date|DateTime|Time|Select|Radio|Submit)\w*Field")
RULE = re.compile(r"<(?:(\w+)(?:\([^>]*\))?:)?(\w+)>")
FREE_TEXT = {"", "string", "path", "default"}

# Sanitisers: calls, by full name or by `.method`, whose result cannot do this any more.
PLAIN = r"""int|float|bool|len|abs|round|sum|ord|hash|id|isinstance|hasattr|any|all|range|type|decimal\.Decimal
|(datetime|uuid|hashlib|hmac|secrets|bcrypt|argon2|time|logging|random|sys)\..*
|(flask_)?babel\.(\w+\.)*format_\w+|\.(secure_filename|url_for|jsonify|redirect|abort
|slugify|wrap_file|send_file|send_from_directory|(render|stream)_template(_string)?|render|quote|quote_plus|quote_from_bytes|urlencode
|hexdigest|digest|count|index|find|startswith|endswith|is(digit|alpha|alnum|identifier|format)|timestamp|total_seconds|tell)
"""
ESCAPES = r"|\.(escape|escape_silent|htmlsafe_(json_)?dumps|tojson|render_.*|highlight|__html__|get_description)"
ESCAPES += r"|markupsafe\.Markup|\.html_params"
SANITISES = r"|\.(clean|sanitize|sanitise|clean_html|sanitize_html)"  # which leaves quotes alone
CLEAN: dict[Kind, re.Pattern[str]] = {
    "data": re.compile(r"(?!)"),
    "code": re.compile(PLAIN, re.X),
    "url": re.compile(PLAIN, re.X),
    "html": re.compile(PLAIN + ESCAPES + SANITISES, re.X),
    "quote": re.compile(PLAIN + ESCAPES, re.X),
}
HTML = ("html", "quote")
DECODES = {  # what they give may hold what escaping has not seen
    "unescape", "unquote", "unquote_plus", "unquote_to_bytes", "striptags", "normalize", "b64decode",
    "urlsafe_b64decode", "unhexlify", "fromhex",
}  # fmt: skip
PLAIN_TYPES = {"int", "float", "bool", "UUID", "Decimal", "date", "datetime", "timedelta"}
SHAPES = {"isdigit", "isalnum", "isalpha", "isdecimal", "isnumeric", "isidentifier", "fullmatch", "match"}
DANGEROUS: dict[Kind, str] = {  # what a text of plain words does not need to do it
    "code": "<>\"'`{}%()=;:/\\&",
    "url": ":",
    "html": "<",
    "quote": "<\"'",
}
FIXED_START = re.compile(r"\s*(?!javascript:|data:|vbscript:|[{%\s]).", re.I)

# What passes its arguments on, beside the functions of libraries; and places that hold data between requests.
CARRY = {
    "format", "format_map", "join", "replace", "sub", "ljust", "rjust", "center", "substitute", "safe_substitute",
    "model_validate", "convert", "translate", "partition", "load", "loads",
}  # fmt: skip
FETCH = {"get", "hget", "hgetall", "lrange", "smembers", "read_text", "read_bytes", "read", "mget", "lindex", "lpop"}
LOOKS_UP = re.compile(r"\.(get|find|fetch|search|select|look_?up|query)(_\w+)?\Z")  # of a library: finds something else
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
    _kinds: dict[ast.expr, str | None] = field(default_factory=dict)
    _depth: int = 0

    @cached_property
    def locals(self) -> Locals:
        return Locals(self.project.names)

    @cached_property
    def places(self) -> Places:
        return Places(self.project)

    @cached_property
    def parts(self) -> Parts:
        return Parts(self)

    @cached_property
    def quotes(self) -> Quotes:
        return Quotes(self.project)

    def tainted(self, module: Module, expr: ast.expr, kind: Kind = "data") -> Source | None:
        """The request data that reaches the expression, if any."""
        return self.source(self.atoms(module, expr, kind), kind)

    def source(self, atoms: Atoms, kind: Kind) -> Source | None:
        seen: set[Atom] = set()
        todo = sorted(atoms, key=_order)
        while todo:
            atom = todo.pop(0)
            if isinstance(atom, Source):
                return atom
            if atom not in seen and (atom, kind) not in self._harmless:
                seen.add(atom)
                todo += sorted(
                    self._passed(atom, kind) if isinstance(atom, Param) else self._put(atom, kind), key=_order
                )
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
        if kind == "url" and self.fixed_start(module, expr):
            return NONE
        match expr:
            case ast.Name() | ast.Attribute() if names.is_app(module, expr):
                return NONE  # what it holds is found by its own name
            case ast.Name():
                return self._name(module, expr, dotted, kind)
            case ast.Attribute(attr="config" | "session") if keyed(dotted) or expr.attr == "session":
                return NONE  # what is behind them is found by its key, table or attribute
            case ast.Attribute() if before := self.locals.put(expr):
                return self.atoms(module, before, kind)
            case ast.Attribute(value=ast.Name() as error, attr=attr) if self.quotes.of(module, error) is not None:
                return self.atoms(module, error, kind) if attr in TEXTS else NONE
            case ast.Attribute() if self._checked(module, expr, ast.unparse(expr), kind):
                return NONE
            case (
                ast.Attribute(ast.Name() as field, "data" | "raw_data")
                | ast.Call(func=ast.Attribute(ast.Name() as field, "_value"))
            ) if field.id != "self" and self.locals.defined(field)[0] in self.widgets:
                return frozenset({Source(f"form field {ast.unparse(expr)}", module.path, expr.lineno)})
            case ast.Attribute(value=value, attr=attr):
                owner = self.places.owner(module, value) or self.kind_of(module, value)
                if owner and self.is_form(owner):
                    return self.field(owner, attr, module.path, expr)
                if owner and (computed := self.computed(owner, attr)):
                    return NONE.union(*(self.atoms(*one, kind) for one in computed))
                held = NONE if owner and self.places.has(owner, attr) else self.atoms(module, value, kind)
                return held | {Stored("attribute", attr, owner)}
            case ast.Subscript(slice=key) if where := keyed(dotted):
                return _entry(where, key)
            case (  # a WSGI server's
                ast.Subscript(value=ast.Name(id="environ"), slice=ast.Constant(value=key))
                | ast.Call(func=ast.Attribute(ast.Name(id="environ"), "get"), args=[ast.Constant(value=key), *_])
            ):
                asked = Source(ast.unparse(expr), module.path, expr.lineno)
                return frozenset({asked}) if key == "QUERY_STRING" else NONE
            case ast.Call(args=[key, *default]) if where := keyed(re.sub(r"\.(get|pop)\Z", "", dotted)):
                return self._all(module, default, kind) | _entry(where, key)
            case ast.Call():
                return self._call(module, expr, dotted, kind)
            case ast.Subscript(value=ast.Attribute(attr=attr), slice=key):
                return self._item(module, expr.value, key, kind) | {Stored("entry", f"{attr}[{ast.unparse(key)}]")}
            case ast.Subscript(value=value, slice=key):
                return self._item(module, value, key, kind)
            case ast.FormattedValue(value=value, format_spec=spec):
                number = spec is not None and re.search(r"[dfxXeg%]'\Z", ast.unparse(spec))
                return NONE if number else self.atoms(module, value, kind)
            case ast.BinOp(left=left, op=op, right=right) if not isinstance(op, ast.FloorDiv | ast.Pow):
                if kind in HTML and (self.is_markup(module, left) or self.is_markup(module, right)):
                    return NONE  # Markup escapes what it is joined with
                text = getattr(left, "value", "%s")
                if isinstance(op, ast.Mod) and isinstance(text, str) and not re.search(r"%[^dif%]*[sra]", text):
                    return NONE
                return self._all(module, [left, right], kind)
            case ast.IfExp():
                return self._all(module, self._branches(expr), kind)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return self.atoms(module, element, kind)
            case ast.DictComp(key=key, value=value):
                return self._all(module, [key, value], kind)
            case ast.Compare() | ast.Lambda() | ast.Constant() | ast.BinOp():  # whose result is a number
                return NONE
        return self._all(module, (part for part in ast.iter_child_nodes(expr) if isinstance(part, ast.expr)), kind)

    def _request(self, module: Module, expr: ast.expr, dotted: str, kind: Kind) -> Atoms:
        typed = [k.value for k in expr.keywords if k.arg == "type"] if isinstance(expr, ast.Call) else []
        plain = kind != "data" and any(getattr(one, "id", "") in PLAIN_TYPES for one in typed)
        part, key = f"{dotted}...".split(".")[2:4]
        if part == "view_args" and kind != "data":
            key = key or str(getattr(getattr(expr, "slice", None), "value", ""))
            plain = key in self._converters and self._converters[key].isdisjoint(FREE_TEXT)
        if plain or part in HARMLESS or (kind == "url" and part in HERE):
            return NONE
        if isinstance(expr, ast.Name) and self._checked(module, expr, expr.id, kind):
            return NONE
        return frozenset({Source(ast.unparse(expr)[:60], module.path, expr.lineno)})

    def _branches(self, expr: ast.IfExp) -> list[ast.expr]:
        """The branches that can be taken: a parameter that nobody passes is its default."""
        function = self.project.names.function(expr)
        if function and isinstance(expr.test, ast.Name):
            args = [*function.args.posonlyargs, *function.args.args]
            defaults = dict(zip([arg.arg for arg in reversed(args)], reversed(function.args.defaults), strict=False))
            default, calls = defaults.get(expr.test.id), self.project.calls
            passed = any(calls.argument(function, call, expr.test.id) for _, call in calls.callers(function))
            if isinstance(default, ast.Constant) and not passed:
                return [expr.body if default.value else expr.orelse]
        return [expr.body, expr.orelse]

    def computed(self, owner: str, attr: str) -> list[tuple[Module, ast.expr]]:
        """What a property returns."""
        found = self.project.names.definition(self.project.names.method(owner, attr))
        if not found or not isinstance(found[1], Function):
            return []
        kept = any(ast.unparse(one).endswith("property") for one in found[1].decorator_list)
        return [(found[0], value) for value in self.project.names.returned(found[1])] if kept else []

    def is_form(self, kind: str) -> bool:
        return any(base.endswith(FORMS) for base in self.project.names.ancestry(kind))

    def field(self, form: str, attr: str, path: str, at: ast.expr) -> Atoms:
        """What the field of a form may hold: not a text when its type says so; its errors are what validators raise."""
        names = self.project.names
        owner, declared = names.definition(names.method(form, attr)) or (None, None)
        made = getattr(declared, "value", None)
        if owner and isinstance(made, ast.Call) and PLAIN_FIELD.fullmatch(names.dotted(owner, made.func) or ""):
            return NONE
        if attr == "errors":
            return frozenset({Stored("errors", "")})
        if declared is None and attr != "data":  # nobody types this in
            return frozenset({Stored("attribute", attr, form)})
        return frozenset({Source(f"form field {ast.unparse(at)}", path, at.lineno)})

    @cached_property
    def widgets(self) -> set[ast.AST | None]:
        """The functions that make the HTML of a form's field, when a text can be typed into that."""
        names, found = self.project.names, set[ast.AST | None]()
        for module in self.project.modules.values():
            for node in module.nodes(ast.keyword, ast.Assign):
                match node, parent(node):
                    case (ast.keyword("widget", made), ast.Call(func=field)) | (
                        ast.Assign([ast.Name("widget")], made),
                        ast.ClassDef() as field,
                    ):
                        kind = names.class_of(module, made)
                        renders = names.method(kind, "__call__") if kind else names.dotted(module, made)
                        if not any(map(PLAIN_FIELD.fullmatch, names.ancestry(names.dotted(module, field) or ""))):
                            found.update((self.project.calls.function(renders) or ())[1:])
        return found

    def _item(self, module: Module, holder: ast.expr, key: ast.expr, kind: Kind) -> Atoms:
        """What is under a key: of what is written out exactly that, else whatever the holder is made of."""
        known = self.parts.under(module, holder, key.value) if isinstance(key, ast.Constant) else None
        return (
            self.atoms(module, holder, kind) if known is None else NONE.union(*(self.seen(one, kind) for one in known))
        )

    def fixed_start(self, module: Module, expr: ast.expr) -> bool:
        """A text that begins with its own words cannot be made a `javascript:` URL."""
        value = self.project.values.of(module, expr)
        while isinstance(value, Call) and value.dotted in ("fstring", "+", "%", "str.format") and value.args:
            value = value.args[0]
        return isinstance(value, Const) and FIXED_START.match(str(value.value)) is not None

    def leaves(self, module: Module, expr: ast.expr, calls: Passed = (), depth: int = 0) -> Iterator[Seen]:
        """What an expression may be when names, branches and helpers are looked through."""
        found: list[Seen] = []
        match expr:
            case ast.IfExp():
                found = [(module, one, calls) for one in self._branches(expr)]
            case ast.Await(value=value):
                found = [(module, value, calls)]
            case ast.Name():
                known = [(module, one.value, calls) for one in self.defined(expr) if one.replaces]
                found = known or [(*one, ()) for one in self.places.variable(module, expr)]
            case ast.Subscript(value=holder, slice=ast.Constant(value=key)) if under := self.parts.under(
                module, holder, key, calls
            ):
                found = under
            case ast.Subscript(value=ast.Name() as container):
                found = [(*one, ()) for one in self.places.variable(module, container)]
            case ast.Call() if target := self.project.calls.target(module, expr):
                by = (*calls, (module, expr, target[1]))
                found = [(target[0], value, by) for value in self.answers(target[1], expr)]
        for owner, value, by in found if depth < 8 else ():
            yield from self.leaves(owner, value, by, depth + 1)
        if not found:
            yield module, expr, calls

    def is_json(self, module: Module, expr: ast.expr, cut: bool = False) -> bool:
        """Is this JSON in which nothing can end a script? `cut`: each `<` in it is replaced later."""
        return all(self._makes_json(owner, leaf, cut) for owner, leaf, _ in self.leaves(module, expr))

    def _makes_json(self, module: Module, expr: ast.expr, cut: bool) -> bool:
        match expr:
            case ast.Call(func=ast.Attribute(value=text, attr="replace"), args=[ast.Constant(value=old), *_]):
                return self.is_json(module, text, cut or old == "<")
            case ast.Call(func=func, args=[inner, *_]):
                word = (self.project.names.dotted(module, func) or "").rpartition(".")[2]
                wrapped = word == "Markup" and self.is_json(module, inner, cut)
                return wrapped or word.startswith("htmlsafe_") or (cut and word == "dumps")
        return False

    def is_markup(self, module: Module, expr: ast.expr) -> bool:
        """Is this a Markup, which escapes whatever is formatted into it or added to it?"""
        if expr not in self._markup:
            self._markup[expr] = False  # also of one that is made of itself
            leaves = list(itertools.islice(self.leaves(module, expr), MOST)) if self._depth < DEEPEST else []
            self._depth += 1
            self._markup[expr] = bool(leaves) and all(self._makes_markup(owner, leaf) for owner, leaf, _ in leaves)
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
        if kind != "data" and re.search(r"(\A|\.)url_for\Z", dotted):
            return NONE  # also of a helper of this name
        if target := self.project.calls.target(module, call):
            built = target[1].name == "__init__"
            return self._all(module, values, kind) if built else self._returned(module, call, *target, kind)
        method = func.attr if isinstance(func, ast.Attribute) else ""
        if kind in HTML and (through := lets_html_through(self.project, module, call)) is not None:
            kinds: set[Kind] = {kind, "url"} if dotted.startswith(ANY_LINK) else {kind}
            return NONE.union(*(self._all(module, values, one) for one in kinds if through))
        word = dotted.rpartition(".")[2] or method
        cleaned = CLEAN[kind].fullmatch(dotted) or CLEAN[kind].fullmatch(f".{word}")
        if cleaned and not (kind == "quote" and self._keeps_quotes(call, dotted)):
            return NONE
        if kind in HTML and word in DECODES:
            return self._all(module, [*([func.value] if isinstance(func, ast.Attribute) else []), *values], "code")
        found = names.definition(dotted)
        if found and isinstance(found[1], ast.ClassDef):
            listed = kind != "data" and any(base.endswith("Enum") for base in names.ancestry(dotted))
            return NONE if listed else self._all(module, values, kind)
        if dotted == "map" and len(call.args) > 1:
            return self._mapped(module, call, kind)
        if kind != "data" and kind != "code" and (dotted in ("open", "io.open") or self._of_plugin(func)):
            return NONE  # what a file or a plugin holds is not its name
        outside = (package := dotted.partition(".")[0]) not in self._packages
        if kind != "data" and outside and package not in sys.stdlib_module_names and LOOKS_UP.search(dotted):
            values = []
        if not isinstance(func, ast.Attribute):
            return self._all(module, values, kind)
        if kind == "html" and method == "replace" and getattr(values[0], "value", "") == "<":
            return NONE
        if kind in HTML and self.is_markup(module, func.value):
            return NONE
        held = self.project.values.of(module, func.value) if method == "split" else None
        pattern = method in ("sub", "subn") or getattr(held, "dotted", "") == "re.compile"
        base = NONE if pattern else self.atoms(module, func.value, kind)
        if method in QUERY:
            return frozenset(self.places.stores(module, call, READS))  # and not how it was connected
        if method == "get" and call.args:
            default = self._all(module, call.args[1:], kind)
            return self._item(module, func.value, call.args[0], kind) | default | self.places.stores(module, call)
        if method in FETCH:
            return base | self.places.stores(module, call)
        if method == "sub" and (put := self._put_for(module, call, kind)):
            return self.atoms(module, put, kind)
        of_class = re.search(r"(?:\A|\.)[A-Z]\w*(\.\w+)+\Z", dotted)  # of these only the receiver counts
        library = dotted and not found and not of_class and outside
        if method in CARRY or library or pattern:
            return base | self._all(module, values, kind)
        return base

    def _keeps_quotes(self, call: ast.Call, dotted: str) -> bool:
        """`html.escape(text, quote=False)`, or that of xml.sax, which has to be told."""
        quote = [*call.args[1:2], *(keyword.value for keyword in call.keywords)]
        told = ast.unparse(quote[0]) if quote else ""
        return told == "False" if dotted == "html.escape" else dotted.startswith("xml.") and '"' not in told

    def _put_for(self, module: Module, call: ast.Call, kind: Kind) -> ast.expr | None:
        """What `re.sub(r"[^a-z0-9-]", "", text)` puts in the place of what is dangerous, when none of it is left."""
        given, values = call.args, self.project.values
        pattern = values.of(module, given[0] if len(given) == 3 else getattr(call.func, "value", call))
        while isinstance(pattern, Call) and pattern.dotted == "re.compile" and pattern.args:
            pattern = pattern.args[0]
        if len(given) not in (2, 3) or call.keywords or not isinstance(pattern, Const) or kind not in DANGEROUS:
            return None
        put = given[-2]
        text = str(getattr(put, "value", ""))
        try:
            left = [re.sub(str(pattern.value), text, f"{one}a{one}{one} {one}") for one in DANGEROUS[kind]]
        except (re.error, IndexError):
            return None
        return None if any(one in after for one, after in zip(DANGEROUS[kind], left, strict=True)) else put

    @cached_property
    def _packages(self) -> set[str]:
        return {name.partition(".")[0] for name in self.project.names.modules}

    def _returned(self, module: Module, call: ast.Call, owner: Module, function: Function, kind: Kind) -> Atoms:
        """What a helper returns, with this call's arguments in the place of its parameters."""
        if kind != "data" and getattr(function.returns, "id", "") in PLAIN_TYPES | {"Response"}:
            return NONE
        found = self._passing(self.summary(owner, function, kind, call), ((module, call, function),), kind)
        over = ((self.project.names.module(one), one) for one in self.project.calls.overrides(function))
        return found.union(*(self._returned(module, call, *one, kind) for one in over))

    def answers(self, function: Function, call: ast.Call | None) -> list[ast.expr]:
        """What a function returns: to this call nothing from below `if flag:` of a flag that the call leaves off."""
        found = self.project.names.returned(function)
        given = defaults(function) if call and len(found) > 1 else {}
        flags = {arg.arg for arg, value in given.items() if getattr(value, "value", True) in (False, None)}
        bound = self.project.names.bindings(self.project.names.module(function), function) if flags else {}
        off = {name for name in flags if call and len(bound[name]) == 1 and not self.given(function, call, name)}
        return [one for one in found if not (off and _asked_for(one, off))]

    def _passing(self, atoms: Atoms, calls: Passed, kind: Kind) -> Atoms:
        """With the arguments of these calls in the place of the parameters."""
        for module, call, function in reversed(calls):
            mine = {atom for atom in atoms if isinstance(atom, Param) and atom.function is function}
            given = (self._all(module, self.given(function, call, one.name), kind) for one in mine)
            atoms = (atoms - mine).union(*given)
        return atoms

    def seen(self, seen: Seen, kind: Kind) -> Atoms:
        """What an expression is made of that was reached through calls."""
        return self._passing(self.atoms(seen[0], seen[1], kind), seen[2], kind)

    def _mapped(self, module: Module, call: ast.Call, kind: Kind) -> Atoms:
        """What `map(function, values)` gives."""
        made = ast.copy_location(ast.Call(call.args[0], call.args[1:], []), call)
        place(made, call, module.tree)
        found = NONE
        for owner, function, _ in self.leaves(module, call.args[0]):
            target = self.project.names.definition(self.project.names.dotted(owner, function) or "")
            if target and isinstance(target[1], Function):
                found |= self._returned(module, made, target[0], target[1], kind)
            else:
                found |= self._call(module, made, self.project.names.dotted(owner, function) or "", kind)
        return found

    def _of_plugin(self, func: ast.expr) -> bool:
        """A function that was looked up by its name belongs to a plugin, which answers for what it returns."""
        known = [one.value for one in self.defined(func)] if isinstance(func, ast.Name) else [func]
        return any(ast.unparse(one).startswith("getattr(") for one in known)

    def summary(self, module: Module, function: Function, kind: Kind, call: ast.Call | None = None) -> Atoms:
        """What a function's returned and yielded values are made of."""
        yields = [node.value for node in ast.walk(function) if isinstance(node, ast.Yield) and node.value]
        return self._all(module, self.answers(function, call) + yields, kind)

    def given(self, function: Function, call: ast.Call, name: str) -> list[ast.expr]:
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
            if used is function and not (kind == "code" and function in self.project.markup.compiling):
                yield Source(f"what a template passes to {function.name}()", module.path, function.lineno)
        if view := self.project.calls.views.get(function):
            rules = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
            own = {converter for converter, word in RULE.findall(rules) if word == name}
            known = own or self._converters.get(name, set())
            if known & FREE_TEXT or (known and kind == "data"):
                yield Source(f"path parameter {name!r}", view.path, function.lineno)
        if function.name in ("process_result_value", "process_bind_param"):
            yield from self._stored(function, kind)
        for module, call in self.project.calls.callers(function):
            yield from self._all(module, self.given(function, call, name), kind)

    def _stored(self, function: Function, kind: Kind) -> Iterator[Atom]:
        """What SQLAlchemy gives to a method of a column's type: what it has stored, made of what columns are given."""
        names, spelt = self.project.names, self.project.calls.spelt
        owner = names.dotted(names.module(function), names.owner(function)) or ""
        stores = self.project.calls.function(names.method(owner, "process_bind_param"))
        if stores and function is not stores[1]:
            yield from self.summary(*stores, kind)
            return
        for module, call in [*spelt.get("Column", ()), *spelt.get("mapped_column", ())]:
            if any(names.dotted(module, getattr(one, "func", one)) == owner for one in arguments(call)):
                for column, _ in assigned(parent(call) or call):
                    yield Stored("attribute", ast.unparse(column), names.dotted(module, names.owner(call)))

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
        known = [one for one in known if not self._by_method(module, one.node)]
        found = self._all(module, (one.value for one in known), kind)
        raised = None if known else self.quotes.of(module, name)
        if raised is not None:
            return NONE.union(*(self.atoms(owner, value, kind) for owner, value in raised))
        if isinstance(function, Function):
            types = {a.arg: getattr(a.annotation, "id", "") for a in ast.walk(function.args) if isinstance(a, ast.arg)}
            plain = kind != "data" and types.get(name.id) in PLAIN_TYPES
            return found if plain else found | {Param(function, name.id)}
        return found if known or not dotted else frozenset({Stored("name", dotted)})

    def _by_method(self, module: Module, node: ast.AST) -> bool:
        """`table.add(…)` of a class of the project: its method says what it does with the data."""
        return isinstance(node, ast.Call) and self.project.calls.target(module, node) is not None

    def _checked(self, module: Module, use: ast.expr, name: str, kind: Kind, depth: int = 0) -> bool:
        """Has the code around the use made sure that the value is one of a few, or begins as it must?"""
        name = _looked_up(use) or name
        tests = itertools.islice(self._tests(module, use, name), MOST if kind != "data" and depth < 8 else 0)
        return any(
            self._outlives(module, test, name, kind, depth)
            if isinstance(test, ast.Call) and holds is None
            else self._promises(module, test, name, holds is True, kind, depth)
            for test, holds in tests
        )

    def _outlives(self, module: Module, call: ast.Call, name: str, kind: Kind, depth: int) -> bool:
        """Would this call have raised if `name` could do harm?"""
        given = [one for one in call.args if isinstance(one, ast.Name) and one.id == name]
        target = self.project.calls.target(module, call) if given and depth < 8 else None
        if not target:
            return False
        owner, function = target
        params = [a.arg for a in function.args.args if self.given(function, call, a.arg)[:1] == given[:1]]
        for stmt in function.body:
            refused = [stmt.test] if isinstance(stmt, ast.If) and isinstance(stmt.body[-1], ast.Raise) else []
            for param in params:
                if any(self._promises(owner, test, param, False, kind, depth + 1) for test in refused):
                    return True
                if any(self._outlives(owner, one, param, kind, depth + 1) for one in _calls([stmt])):
                    return True
            if any(isinstance(node, ast.Return) for node in ast.walk(stmt)):
                break
        return False

    def _tests(self, module: Module, use: ast.expr, name: str) -> Iterator[tuple[ast.expr, bool | None]]:
        """The tests made before the use is reached, and how they came out; a call that returned is one, with None."""
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
                    elif isinstance(earlier, ast.Try) and all(_ends(one.body[-1]) for one in earlier.handlers):
                        yield from ((call, None) for call in _calls(earlier.body))
                    else:
                        yield from ((call, None) for call in _calls([earlier]))
            if isinstance(up, Function):
                return
            inner = up

    def _leaves(self, module: Module, last: ast.stmt, name: str) -> bool:
        """Does this end of a branch leave the block, or put the value right?"""
        match last:
            case ast.Assign(targets=[target], value=value):
                return ast.unparse(target) == name and not self.tainted(module, value)
        return _ends(last)

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
            case ast.Name():  # what is empty does no harm, as long as nothing is put into it
                scope, places = self.project.names.lookup(module, test, name) or (module.tree, [])
                places = [*places, *self.project.names.grown(module, scope).get(name, ())]
                return not holds and all(getattr(one.node, "lineno", 0) <= test.lineno for one in places)
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
                    params = [a.arg for a in function.args.args if self.given(function, test, a.arg)[:1] == given[:1]]
                    yes = [one for one in self.project.names.returned(function) if getattr(one, "value", True)]

                    def vouched(value: ast.expr, param: str) -> bool:
                        return again(value, True, owner, param) or self._checked(owner, value, param, kind, depth + 1)

                    return bool(yes) and any(all(vouched(value, param) for value in yes) for param in params)
                return bool(given) and word in SHAPES
        return False

    def _about(self, expr: ast.expr, name: str, depth: int = 0) -> bool:
        """Does the expression speak of `name`, itself or through one local (`parts = urlsplit(name)`)?

        Of a holder, what is under one key says nothing about the others.
        """
        holder = name.partition("[")[0]
        return any(
            (_looked_up(node) or holder) == name
            if ast.unparse(node) == holder
            else (
                depth == 0
                and isinstance(node, ast.Name)
                and any(
                    self._taken_apart(one.value, holder) and self._about(one.value, name, 1)
                    for one in self.defined(node)
                )
            )
            for node in ast.walk(expr)
            if isinstance(node, ast.Name | ast.Attribute)
        )

    def _taken_apart(self, made: ast.expr, holder: str) -> bool:
        """Is this the value in another form, `urlsplit(next)`, `next.strip()`? What a store says of it is not."""
        match made:
            case ast.Call(func=ast.Attribute(value=value)) if ast.unparse(value) == holder:
                return True
            case ast.Call(func=func):
                return self.project.names.dotted(self.project.names.module(made), func) is not None
        return True

    def _put(self, stored: Stored, kind: Kind) -> Iterator[Atom]:
        for module, value in self.places.put(stored):
            yield from self.atoms(module, value, kind)

    def kind_of(self, module: Module, expr: ast.expr) -> str | None:
        """The class of an object, or of the objects that a list or dictionary has been filled with."""
        if expr not in self._kinds:
            self._kinds[expr] = None  # also of one that is made of itself
            own = self.project.names.class_of(module, expr)
            held = (self.kind_of(*one) for one in self._held(module, expr)) if own is None else ()
            self._kinds[expr] = own or next((kind for kind in held if self.project.names.is_class(kind)), None)
        return self._kinds[expr]

    def _held(self, module: Module, expr: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
        match expr:
            case ast.Name():
                held = [(module, one.value) for one in self.defined(expr)] or self.places.variable(module, expr)
                yield from ((at, getattr(leaf, "elt", leaf)) for one in held for at, leaf, _ in self.leaves(*one))
            case ast.Attribute(value=holder, attr=attr) if owner := self.places.owner(module, holder):
                yield from self.places.put(Stored("attribute", attr, owner))


def _order(atom: Atom) -> tuple[str, ...]:
    """The same finding names the same source each time."""
    if isinstance(atom, Param):
        return ("", atom.name, str(getattr(atom.function, "lineno", 0)), atom.function.name)
    return (str(atom),)


def _ends(last: ast.stmt) -> bool:
    match last:
        case ast.Expr(value=ast.Call(func=func)):
            return ast.unparse(func).rpartition(".")[2] in ("abort", "exit")
    return isinstance(last, ENDS)


def _calls(body: list[ast.stmt]) -> list[ast.Call]:
    """The calls that the statements are, or whose result they keep."""
    return [one.value for one in body if isinstance(one, ast.Expr | ast.Assign) and isinstance(one.value, ast.Call)]


def _entry(where: str, key: ast.expr) -> Atoms:
    return frozenset({Stored(where, str(getattr(key, "value", "*"))), Stored(where, "*")})


def _asked_for(expr: ast.expr, flags: set[str]) -> bool:
    """Does this stand below `if flag:`?"""
    around = [*ancestors(expr)]
    tests = (up for up in around if isinstance(up, ast.If) and getattr(up.test, "id", None) in flags)
    return any(stmt in around for test in tests for stmt in test.body)


def _looked_up(holder: ast.AST) -> str:
    """The entry that the source looks up in this holder: `data['kind']`, for `data.get("kind")` too; or ""."""
    up = parent(holder)
    got = parent(up) if isinstance(up, ast.Attribute) and up.attr == "get" else None
    key = up.slice if isinstance(up, ast.Subscript) else next(iter(getattr(got, "args", ())), None)
    return f"{ast.unparse(holder)}[{key.value!r}]" if isinstance(key, ast.Constant) else ""
