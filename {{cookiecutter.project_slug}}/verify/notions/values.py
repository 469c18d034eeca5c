"""Which value an expression has: constants, environment look-ups with their defaults, and what is made from them.

`of` keeps what it cannot know as a symbol (an `Env`, a `Call`); `settle` replaces the symbols by what production's
environment says. Nothing of the project is executed: only a short list of pure functions is folded.
"""

from __future__ import annotations

import ast
import json
import operator
import os.path
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from ..readers import ini
from ..readers.python import Module, ancestors, parent
from ..readers.shell import Text
from .calls import defaults, me, parameters, spelt
from .names import IMPORTS, Binding, Function, Scope, synthetic

if TYPE_CHECKING:
    from ..project import Project

Origin: TypeAlias = tuple[str, int]
NOWHERE: Origin = ("", 0)
DEPTH = 40
FUEL = 5_000  # expressions that one value may be made of; functions that call each other twice double them
MOST = 50  # places that bind one name
LARGEST = 5_000  # parts of a value
LONGEST = 10_000  # no folded text grows beyond this
ROWS = 500  # of a literal that a loop goes through


class Measured:
    __slots__ = ("_size",)

    @property
    def size(self) -> tuple[int, int]:
        """How many parts a value is made of, and on how many levels."""
        if not hasattr(self, "_size"):
            inner = [part.size for part in parts(self)]
            size = (1 + sum(count for count, _ in inner), 1 + max((level for _, level in inner), default=0))
            object.__setattr__(self, "_size", size)
        return self._size  # type: ignore[attr-defined,no-any-return]


@dataclass(frozen=True, slots=True)
class Const(Measured):
    value: Any
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Env(Measured):
    """A look-up in the environment; `default` None: a missing variable is an error."""

    name: str
    default: Value | None
    cast: str | None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Call(Measured):
    """A call or an operation ("or", "if", "==", "str.lower") that was not folded."""

    dotted: str
    args: tuple[Value, ...] = ()
    origin: Origin = NOWHERE
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Measured):
    """A dictionary, or an object with attributes."""

    items: tuple[tuple[Any, Value], ...]
    origin: Origin = NOWHERE

    def get(self, key: object) -> Value | None:
        return next((value for name, value in reversed(self.items) if name == key), None)


@dataclass(frozen=True, slots=True)
class OneOf(Measured):
    values: tuple[Value, ...]
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Unknown(Measured):
    name: str | None = None  # the full name, where there is one: a class, a module, a library's constant
    origin: Origin = NOWHERE


Value: TypeAlias = Const | Env | Call | Table | OneOf | Unknown
Frame: TypeAlias = dict[tuple[ast.AST, str], Value]  # parameters of the call, or names of the loop, that is looked into


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression is looked at."""

    module: Module
    frame: Frame | None
    here: Origin


TRUE_WORDS = {"1", "true", "t", "yes", "y", "on"}
FALSE_WORDS = {"0", "false", "f", "no", "n", "off", ""}


def _boolean(text: object) -> bool:
    word = str(text).strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(word)
    return word in TRUE_WORDS


def _times(a: Any, b: Any) -> Any:
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    if not numbers and (b if isinstance(a, str | bytes | list | tuple) else a) > LONGEST // 10:
        raise ValueError("too long")
    return a * b


COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.BitOr: "|",
}  # fmt: skip
PURE: dict[str, Callable[..., Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b, "not": operator.not_,
    "is": operator.is_, "is not": operator.is_not,
    "+": operator.add, "-": operator.sub, "*": _times, "/": operator.truediv, "//": operator.floordiv,
    "%": lambda a, b: a % b if isinstance(a, int) else a.replace("%s", "{}").format(*(b if type(b) is tuple else [b])),
    "|": operator.or_, "item": operator.getitem, "slice": lambda a, *ends: a[slice(*ends)],
    "[]": lambda *parts: list(parts), "()": lambda *parts: parts,
    "fstring": lambda *parts: "".join(map(str, parts)), "typing.cast": lambda _, value: value,
    "bool": bool, "str": str, "int": int, "float": float, "len": len, "sorted": sorted, "any": any, "all": all,
    "list": list, "tuple": tuple, "set": frozenset, "frozenset": frozenset,
    "os.path.splitext": os.path.splitext, "json.loads": json.loads, "ast.literal_eval": ast.literal_eval,
    "distutils.util.strtobool": _boolean, "datetime.timedelta": timedelta,
}  # fmt: skip
METHODS = {
    "lower", "upper", "strip", "casefold", "title", "capitalize", "replace", "split", "startswith", "endswith", "join",
    "format", "encode", "decode", "hex", "lstrip", "rstrip", "rsplit", "removeprefix", "removesuffix", "isdigit",
    "total_seconds", "partition", "rpartition",
}  # fmt: skip
TABLES = {"dict", "types.SimpleNamespace", "types.MappingProxyType", "collections.ChainMap",
          "werkzeug.datastructures.ImmutableDict"}  # fmt: skip
AS_TABLE = {"asdict", "_asdict", "vars", "model_dump", "dict"}  # what gives the fields of an object as a dictionary
LOADERS = {"json.load", "json.loads", "tomllib.load", "tomllib.loads", "tomli.load", "toml.load", "yaml.load",
           "yaml.safe_load", "yaml.full_load"}  # fmt: skip
PARSERS = {"configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"}
FIELDS = {"dataclasses.field", "attrs.field", "attr.ib", "pydantic.Field"}
LOOK_UPS = {"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.environ.__getitem__"}
READERS = {"environs.Env", "environs.FlaskEnv", "environs.FileAwareEnv", "environ.Env", "decouple.Config",
           "decouple.AutoConfig", "decouple.config", "starlette.config.Config"}  # fmt: skip
CASTS: dict[str, Callable[[str], Any]] = {
    "bool": _boolean, "boolean": _boolean, "strtobool": _boolean, "int": int, "float": float, "json": json.loads,
}  # fmt: skip
DERIVED = ("str.", "hashlib.", "hmac.", "base64.", "binascii.", "codecs.", "fstring", "+", "*", "%", "bytes", "str",
           "uuid.uuid5", "uuid.uuid3", "uuid.UUID", "zlib.", "[]", "()")  # fmt: skip
RANDOM = ("secrets.token_", "os.urandom", "uuid.uuid1", "uuid.uuid4", "random.", "secrets.choice", "secrets.randbits",
          "time.", "os.getpid", "secrets.SystemRandom", "cryptography.fernet.Fernet")  # fmt: skip
PRODUCTION = {"production", "prod", "live"}


class Values:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._known: dict[ast.AST, Value] = {}
        self._busy: set[ast.AST] = set()
        self._depth = self._fuel = 0

    # ------------------------------------------------------------------ expression -> value

    def of(self, module: Module, expr: ast.AST | None, frame: Frame | None = None) -> Value:
        """The value of an expression; `frame` holds the arguments of the call whose body is looked into."""
        if expr is None:
            return Const(None)
        if frame is None and expr in self._known:
            return self._known[expr]
        at = At(module, frame, (module.path, getattr(expr, "lineno", 1)))
        if self._depth == 0:
            self._fuel = FUEL
        self._fuel -= 1
        if self._depth > DEPTH or self._fuel < 0 or expr in self._busy:
            return Unknown(None, at.here)
        self._busy.add(expr)
        self._depth += 1
        try:
            value = self._of(at, expr)
        finally:
            self._busy.discard(expr)
            self._depth -= 1
        if value.size > (LARGEST, 0) or value.size[1] > DEPTH * 2:  # it doubles at each step, or is a tower
            value = Unknown(None, at.here)
        if frame is None:
            self._known[expr] = value
        return value

    def _of(self, at: At, expr: ast.AST) -> Value:
        def of(node: ast.AST) -> Value:
            return self.of(at.module, node, at.frame)

        match expr:
            case ast.Constant(value=value):
                return Const(value, at.here)
            case ast.Name(id="__debug__"):  # true in all but an optimising Python
                return Call("not", (Env("PYTHONOPTIMIZE", Const("0"), "int", at.here),), at.here)
            case ast.Name():
                return self._name(at, expr)
            case ast.Attribute() | ast.Subscript() | ast.Call() if switch := self._switch(at.module, expr):
                return Unknown(f"flask.Config.{switch}", at.here)
            case ast.Attribute():
                return self._attribute(at, expr)
            case ast.Subscript(value=inner, slice=ast.Slice(lower=first, upper=last, step=None)):
                ends = (of(one) if one else Const(None) for one in (first, last))
                return self._fold("slice", (of(inner), *ends), at.here)
            case ast.Subscript(value=inner, slice=index):
                key = of(index)
                if isinstance(key, Const) and self.names.dotted(at.module, inner) == "os.environ":
                    return Env(str(key.value), None, None, at.here)
                if self.names.class_of(at.module, inner) == "flask.Config":
                    return Call("item", (Unknown("flask.current_app.config"), key), at.here)
                return self.item(of(inner), key, at.here)
            case ast.Call(func=ast.Attribute(value=inner, attr="get"), args=[key, *_]) if (
                self.names.class_of(at.module, inner) == "flask.Config"
            ):
                return Call("item", (Unknown("flask.current_app.config"), of(key)), at.here)
            case ast.Call():
                return self._call(at, expr)
            case ast.Dict() | ast.DictComp():
                return Table(tuple(self._entries(at, expr)), at.here)
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
                rows = self.rows(at.module, expr.generators[0], at.frame) if isinstance(expr, ast.GeneratorExp) else ()
                turns = tuple(self.of(at.module, part, row) for row in rows if not expr.generators[0].ifs)
                return self._fold("[]", turns, at.here) if turns else Call("for", (of(part),), at.here)
            case ast.JoinedStr(values=parts):
                return self._fold("fstring", tuple(map(of, parts)), at.here)
            case ast.FormattedValue(value=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner):
                return of(inner)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                spread = (
                    elements(of(one.value)) or [of(one)] if isinstance(one, ast.Starred) else [of(one)] for one in parts
                )
                return self._fold("[]" if isinstance(expr, ast.List) else "()", tuple(chain(*spread)), at.here)
            case ast.BoolOp(op=logic, values=parts):
                return Call("or" if isinstance(logic, ast.Or) else "and", tuple(map(of, parts)), at.here)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._fold("not", (of(inner),), at.here)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self._fold("-", (Const(0), of(inner)), at.here)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return self._fold(BINARY[type(op)], (of(left), of(right)), at.here)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = zip([left, *rights], ops, rights, strict=False)
                return _all([self._fold(COMPARE[type(op)], (of(a), of(b)), at.here) for a, op, b in sides], at.here)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return _choice(of(test), of(body), of(orelse), at.here)
        return Unknown(None, at.here)

    def _switch(self, module: Module, expr: ast.expr) -> str | None:
        """The switch of Flask for developers that this asks for: `app.debug`, `current_app.config["TESTING"]`."""
        match expr:
            case ast.Attribute(value=app, attr="debug" | "testing" as key):
                return key.upper() if self.names.is_app(module, app) else None
            case ast.Subscript(value=config, slice=ast.Constant("DEBUG" | "TESTING" as key)) | ast.Call(
                ast.Attribute(value=config, attr="get"), [ast.Constant("DEBUG" | "TESTING" as key), *_]
            ):
                return key if self.names.class_of(module, config) == "flask.Config" else None
        return None

    def _entries(self, at: At, expr: ast.Dict | ast.DictComp) -> Iterator[tuple[Any, Value]]:
        """What a dictionary holds, written out or made for each element of a literal."""
        if isinstance(expr, ast.DictComp):
            frames: list[Frame | None] = [*self.rows(at.module, expr.generators[0], at.frame)]
            pairs: list[tuple[ast.expr | None, ast.expr]] = [(expr.key, expr.value)]
        else:
            frames, pairs = [at.frame], list(zip(expr.keys, expr.values, strict=True))
        for frame in frames:
            for key, item in pairs:
                value = self.of(at.module, item, frame)
                if key is None:
                    yield from value.items if isinstance(value, Table) else ()
                elif isinstance(name := self.settle(self.of(at.module, key, frame)), Const) and _hashable(name.value):
                    yield name.value, value

    def rows(self, module: Module, loop: ast.For | ast.comprehension, frame: Frame | None = None) -> Iterator[Frame]:
        """What the names of a loop over a literal stand for, turn by turn."""
        targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        for row in elements(self.of(module, loop.iter, frame))[:ROWS]:
            one = isinstance(loop.target, ast.Name)
            cells = [row] if one else [self.item(row, Const(n), row.origin) for n in range(len(targets))]
            names = [(loop, target.id) if isinstance(target, ast.Name) else (target, "") for target in targets]
            yield {**(frame or {}), **dict(zip(names, cells, strict=True))}

    def _fold(
        self, name: str, args: tuple[Value, ...], here: Origin, keywords: tuple[tuple[str, Value], ...] = ()
    ) -> Value:
        """Do a pure operation on constants; keep it as a symbol otherwise."""
        if name == "|" and isinstance(args[0], Table) and isinstance(args[1], Table):
            return Table((*args[0].items, *args[1].items), here)
        plain = [one.value for one in args if isinstance(one, Const)]
        named = {key: one.value for key, one in keywords if isinstance(one, Const)}
        if len(plain) < len(args) or len(named) < len(keywords):
            return Call(name, args, here, keywords)
        try:
            if name in PURE:
                result = PURE[name](*plain, **named)
            elif name.startswith("str.") and name[4:] in METHODS and isinstance(plain[0], str | bytes | timedelta):
                result = getattr(plain[0], name[4:])(*plain[1:], **named)
            else:
                return Call(name, args, here, keywords)
        except Exception:  # whatever a pure function thinks of a strange argument: there is no value
            return Unknown(None, here)
        large = isinstance(result, str | bytes | list | tuple) and len(result) > LONGEST
        return Call(name, args, here, keywords) if large else Const(result, here)

    # ------------------------------------------------------------------ names

    def _name(self, at: At, expr: ast.Name) -> Value:
        found = self.names.reaching(at.module, expr)
        if found is None or (found[1] and found[1][0].kind in {"import", "def"}):
            return self.named(self.names.dotted(at.module, expr), at.here)
        scope, places = found
        if len(places) > MOST:
            return Unknown(None, at.here)
        around = {expr, *ancestors(expr)}
        value: Value | None = None
        for place in reversed(places):
            given = at.frame.get((place.node, expr.id)) if at.frame else None
            value = given or self._bound(at, scope, place, around, value)
        return self._filled(at, scope, expr.id, value) if value is not None else Unknown(None, at.here)

    def _bound(self, at: At, scope: Scope, place: Binding, around: set[ast.AST], before: Value | None) -> Value:
        """The value after one more place that binds the name, given its value before."""
        node, here = place.node, (at.module.path, getattr(place.source or place.node, "lineno", 1))
        if isinstance(node, ast.arg):
            return self._parameter(at.module, scope, node)
        new: Value = Unknown(None, here)
        if isinstance(node, ast.AnnAssign) and place.value is None:
            return before or new
        if place.kind == "value" or isinstance(node, ast.withitem):
            new = self.of(at.module, place.value, at.frame)
        elif isinstance(node, ast.AugAssign) and before is not None and (name := BINARY.get(type(node.op))):
            new = self._fold(name, (before, self.of(at.module, node.value, at.frame)), here)
        tests = self.conditions(at.module, node, scope, around, frame=at.frame) if before is not None else []
        return _choice(_all(tests, here), new, before, here) if before is not None and tests else new

    def conditions(
        self, module: Module, node: ast.AST, stop: ast.AST | None = None, around: set[ast.AST] | None = None,
        *, frame: Frame | None = None,
    ) -> list[Value]:  # fmt: skip
        """What must hold for a statement to run: the tests around it, Unknown for loops and handlers."""
        out: list[Value] = []
        inner: ast.AST = node
        for up in ancestors(node):
            out += self._guards(module, up, inner, frame)
            if up is stop or isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
                break
            here = (module.path, getattr(up, "lineno", 1))
            match up if up not in (around or ()) else None:
                case ast.If(test=asked, body=body) | ast.IfExp(test=asked, body=body) if inner is not asked:
                    test = self.of(module, asked, frame)
                    chosen = inner is body or (isinstance(body, list) and inner in body)
                    out.append(test if chosen else self._fold("not", (test,), here))
                case ast.For(iter=ast.expr() as every) if elements(self.of(module, every, frame)):
                    pass  # it has turns
                case ast.match_case() as one if isinstance(whole := parent(one), ast.Match):
                    out += self._case(module, whole, one, frame)
                case ast.For() | ast.AsyncFor() | ast.While() | ast.ExceptHandler():
                    out.append(Unknown(None, here))
                case ast.Try(body=body, handlers=[_, *_]) if inner in body:
                    out.append(Unknown(None, here))
            inner = up
        return out

    def _case(self, module: Module, whole: ast.Match, case: ast.match_case, frame: Frame | None) -> Iterator[Value]:
        """What must hold for a case to be taken: its own pattern fits, and none before it does."""
        subject = self.of(module, whole.subject, frame)

        def fits(pattern: ast.pattern | None) -> Value:
            match pattern:
                case None:
                    return Const(True)
                case ast.MatchAs(pattern=inner):
                    return fits(inner)
                case ast.MatchValue(value=expr):
                    return self._fold("==", (subject, self.of(module, expr, frame)), NOWHERE)
                case ast.MatchSingleton(value=value):
                    return self._fold("is", (subject, Const(value)), NOWHERE)
                case ast.MatchOr(patterns=patterns):
                    return Call("or", tuple(map(fits, patterns)))
            return Unknown()

        for one in whole.cases[: whole.cases.index(case) + 1]:
            taken = _all([fits(one.pattern), *([self.of(module, one.guard, frame)] if one.guard else [])], NOWHERE)
            yield taken if one is case else self._fold("not", (taken,), NOWHERE)

    def _guards(self, module: Module, up: ast.AST, inner: ast.AST, frame: Frame | None) -> list[Value]:
        """Tests before a statement, in its own block, that end the function in production."""
        block = getattr(up, "body", None)
        if not isinstance(block, list) or inner not in block or isinstance(up, ast.Module | ast.ClassDef):
            return []
        before = [stmt for stmt in block[: block.index(inner)] if isinstance(stmt, ast.If) and not stmt.orelse]
        ends = [stmt for stmt in before if isinstance(stmt.body[-1], ast.Return | ast.Raise | ast.Continue)]
        tests = [self.of(module, stmt.test, frame) for stmt in ends]
        return [self._fold("not", (test,), NOWHERE) for test in tests if self.truth(test)]

    def _parameter(self, module: Module, scope: Scope, arg: ast.arg) -> Value:
        """What the project's calls pass for a parameter, else its default."""
        here = (module.path, arg.lineno)
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            return Unknown(None, here)
        marks = [mark for mark in scope.decorator_list if isinstance(mark, ast.Call) and spelt(mark) == "option"]
        options = [self.kwargs(module, mark).get("default") for mark in marks if arg.arg in _variables(mark)]  # click's
        default = self._defaults(module, scope).get((arg, arg.arg)) or next(iter(options), None)
        told = self.project.reach.told.get(self.names.dotted(module, scope) or "", ())
        found: list[Value] = []
        for where, call in [*self.project.calls.callers(scope)[:12], *told]:
            given = self.project.calls.argument(scope, call, arg.arg)
            value = self.of(where, given) if given is not None else default
            if value is not None and value not in found:
                found.append(value)
        if not found:
            return default or Unknown(None, here)
        return found[0] if len(found) == 1 else OneOf(tuple(found), here)

    def _defaults(self, module: Module, function: Function | ast.Lambda) -> Frame:
        return {(arg, arg.arg): self.of(module, value) for arg, value in defaults(function).items()}

    def _filled(self, at: At, scope: Scope, name: str, value: Value) -> Value:
        """A dictionary with what later statements put into it: `D["x"] = 1`, `D.update(x=1)`."""
        if not isinstance(value, Table):
            return value
        items = list(value.items)
        for stmt in dict.fromkeys(more.node for more in self.names.grown(at.module, scope).get(name, ())):
            if self.names.scope(at.module, stmt) is scope:
                items += self.put(at.module, stmt, at.frame)
        return Table(tuple(items), value.origin)

    def put(self, module: Module, stmt: ast.AST, frame: Frame | None = None) -> Iterator[tuple[Any, Value]]:
        """What a statement puts into a mapping."""
        match stmt:
            case ast.AugAssign(value=value):
                table = self.of(module, value, frame)
                yield from table.items if isinstance(table, Table) else ()
            case ast.Call(func=ast.Attribute(attr="update" | "from_mapping")):
                yield from self.table(module, stmt, frame)
            case (
                ast.Assign(targets=[ast.Subscript(slice=name), *_], value=value)
                | ast.Call(func=ast.Attribute(attr="setdefault" | "__setitem__"), args=[name, value])
            ):
                key = self.settle(self.of(module, name, frame))
                if isinstance(key, Const) and _hashable(key.value):
                    yield key.value, self.of(module, value, frame)

    def named(self, dotted: str | None, here: Origin) -> Value:
        """The value behind a full name of the project: a module's variable or a class's attribute."""
        dotted = self.names.canonical(dotted) if dotted else None
        found = self.names.definition(dotted) if dotted else None
        if found is None or dotted is None:
            return Unknown(dotted, here)
        module, node = found
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            name, owner = dotted.rpartition(".")[2], self.names.scope(module, node)
            if isinstance(owner, ast.ClassDef):
                return self._field(module, owner, node, name)
            return self._name(At(module, None, here), synthetic(name, owner))
        if isinstance(node, ast.FunctionDef):
            marks = {getattr(one, "id", getattr(one, "attr", "")) for one in node.decorator_list}
            if marks & {"property", "cached_property"}:
                return self._returns(module, node, {})
        return Unknown(dotted, here)

    def _field(self, module: Module, owner: ast.ClassDef, node: ast.AST, name: str) -> Value:
        """What the body of a class gives an attribute: a value, a field's default, a variable of the environment."""
        here = (module.path, getattr(node, "lineno", 1))
        expr = self.names.bindings(module, owner)[name][-1].value
        dotted = self.names.dotted(module, owner) or ""
        if isinstance(expr, ast.Call) and self.names.dotted(module, expr.func) in FIELDS:
            given = {keyword.arg: keyword.value for keyword in expr.keywords}
            expr = given.get("default") or given.get("default_factory") or next(iter(expr.args), None)
            expr = expr.body if isinstance(expr, ast.Lambda) else expr
        value = self.of(module, expr) if expr is not None else None
        if any(base.endswith("BaseSettings") for base in self.names.bases(dotted)):
            cast = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else None
            said = [one for one in ast.walk(owner) if isinstance(one, ast.keyword | ast.Assign)]
            prefixes = [self.of(module, one.value) for one in said if ast.unparse(one).startswith("env_prefix")]
            alias = re.search(r"\b(?:alias|validation_alias|env)=[^']*'(\w+)'", ast.unparse(node))
            full = alias[1] if alias else f"{getattr(next(iter(prefixes), None), 'value', '')}{name}"
            return Env(full.upper(), value, cast, here)
        bases = (f"{base}.{name}" for base in self.names.ancestry(dotted)[1:])  # an annotation alone binds nothing
        bound = (base for base in bases if getattr((self.names.definition(base) or (0, 0))[1], "value", None))
        return value or next((self.named(base, here) for base in bound), Unknown(f"{dotted}.{name}", here))

    # ------------------------------------------------------------------ attributes and items

    def _attribute(self, at: At, expr: ast.Attribute) -> Value:
        if not (isinstance(expr.value, ast.Name) and expr.value.id == "self"):
            holder = self.of(at.module, expr.value, at.frame)
            if not isinstance(holder, Unknown) or self.names.is_class(holder.name):
                value = self.attribute(holder, expr.attr, at.here)
                if not isinstance(value, Unknown):
                    return value
        value = self.named(self.names.dotted(at.module, expr), at.here)
        if isinstance(value, Unknown) and (kind := self.names.class_of(at.module, expr.value)):
            for owner, node in self.names.classes(kind):
                for assigned in self.names.attributes(owner, node).get(expr.attr, ()):
                    return self.of(owner, assigned)
        return value

    def attribute(self, holder: Value, name: str, here: Origin = NOWHERE) -> Value:
        """`holder.name`: of a class, of an instance made with keywords, of a namespace."""
        match holder:
            case OneOf() | Call(dotted="or" | "if"):
                return _each(holder, lambda one: self.attribute(one, name, here), here)
            case Table():
                return holder.get(name) or Unknown(None, here)
            case Unknown(name=str(dotted)) if dotted:
                return self.named(self.names.method(dotted, name), here)
            case Call(dotted="str.parse_args", origin=(path, _)):
                return self._option(path, name) or Unknown(None, here)
            case Call(dotted="flask.Blueprint", args=(own, *_)) if name == "name":
                return own
            case Call(dotted=dotted, args=args, keywords=keywords):
                if self.names.is_class(dotted):
                    given = dict(zip(self.fields(dotted), args, strict=False)) | dict(keywords)
                    return given.get(name) or self.named(self.names.method(dotted, name), here)
                return Call(f"str.{name}", (holder,), here)
        return Unknown(None, here)

    def fields(self, dotted: str) -> list[str]:
        """The fields of a dataclass, a named tuple or a model, in order, those of its bases first."""
        bodies = (stmt for _, node in [*self.names.classes(dotted)][::-1] for stmt in node.body)
        every = (stmt.target for stmt in bodies if isinstance(stmt, ast.AnnAssign))
        return [*dict.fromkeys(target.id for target in every if isinstance(target, ast.Name))]

    def _option(self, path: str, name: str) -> Value | None:
        """What production's command line gives for an option: what naming it means, or the first default."""
        unnamed: list[Value] = []
        for module, call in (one for one in self.project.calls.spelt.get("add_argument", ()) if one[0].path == path):
            given, words = self.kwargs(module, call), [str(getattr(arg, "value", "")) for arg in call.args]
            target = getattr(given.get("dest"), "value", None)
            if name in ([target] if target else _variables(call)):
                action = given.get("action", Const(None))
                unset = {"store_true": False, "store_false": True}.get(str(getattr(action, "value", "")))
                words += [f"--no-{word[2:]}" for word in words if unset is None]  # argparse.BooleanOptionalAction
                command = self.project.reach.entry(module, call)
                for word in command.argv if command else ():
                    if word.partition("=")[0] in words:
                        here = (word.path, word.line)
                        return Unknown(None, here) if unset is None else Const(not unset, here)
                unnamed.append(given.get("default", Const(unset, action.origin)))
        return next(iter(unnamed), None)

    def item(self, holder: Value, key: Value, here: Origin, default: Value | None = None) -> Value:
        """`holder[key]`; a key that only production knows picks the production entry, else any of them."""
        wanted = self.settle(key)
        match holder, wanted:
            case Table(), Const(value=name):
                return holder.get(name) or default or Unknown(None, here)
            case Table(items=items), _:
                likely = [value for name, value in items if str(name).lower() in PRODUCTION]
                every = tuple(likely or (value for _, value in items))
                return every[0] if len(every) == 1 else OneOf(every, here) if every else Unknown(None, here)
            case Const(value=whole), Const(value=name):
                try:
                    return Const(whole[name], holder.origin)
                except (TypeError, KeyError, IndexError):
                    return Unknown(None, here)
            case Call(dotted="[]" | "()", args=args), Const(value=int(n)) if -len(args) <= n < len(args):
                return args[n]
            case Call() | Unknown(name=str()), Const():
                return Call("item", (holder, wanted), here)
        return Unknown(None, here)

    # ------------------------------------------------------------------ calls

    def kwargs(self, module: Module, call: ast.Call, frame: Frame | None = None) -> dict[str, Value]:
        """The keywords of a call, those of unpacked dictionaries too."""
        found: dict[str, Value] = {}
        for keyword in call.keywords:
            value = self.of(module, keyword.value, frame)
            found |= {keyword.arg: value} if keyword.arg else dict(value.items) if isinstance(value, Table) else {}
        return found

    def table(self, module: Module, call: ast.Call, frame: Frame | None = None) -> list[tuple[Any, Value]]:
        """What `dict(…)`, `update(…)`, `from_mapping(…)` are given."""
        out: list[tuple[Any, Value]] = []
        for value in (self.of(module, arg, frame) for arg in call.args):
            rows = elements(Call("str.items", (value,)) if isinstance(value, Table) else value)
            for key, one in ((self.item(row, Const(0), NOWHERE), self.item(row, Const(1), NOWHERE)) for row in rows):
                out += [(key.value, one)] if isinstance(key, Const) and _hashable(key.value) else []
        return [*out, *self.kwargs(module, call, frame).items()]

    def _call(self, at: At, call: ast.Call) -> Value:
        dotted = self.names.dotted(at.module, call.func)
        args = tuple(self.of(at.module, arg, at.frame) for arg in call.args if not isinstance(arg, ast.Starred))
        named = self.kwargs(at.module, call, at.frame)
        if dotted is None and isinstance(call.func, ast.Name):  # `cast(…)`, where the caller gave cast=bool
            made = self.of(at.module, call.func, at.frame)
            dotted = made.name if isinstance(made, Unknown) else None
        if dotted in LOADERS and args and (path := self.file(args[0])):
            return Table(tuple(self.project.config.pairs(path)), at.here)
        if dotted in PARSERS and (sections := [*self._parsed(at.module)]):
            return Table(tuple(sections), at.here)
        if dotted in IMPORTS:
            return Unknown(self.names.dotted(at.module, call), at.here)
        if (found := self._environment(at, call, dotted, args, named)) is not None:
            return found
        if dotted in TABLES:
            return Table(tuple(self.table(at.module, call, at.frame)), at.here)
        if dotted == "getattr" and len(args) >= 2 and isinstance(name := self.settle(args[1]), Const):
            value = self.attribute(args[0], str(name.value), at.here)
            known = not isinstance(value, Unknown) or self.names.is_class(value.name)
            return value if known or len(args) == 2 else args[2]
        elsewhere = not (dotted and self.names.definition(dotted))
        if elsewhere and spelt(call) in AS_TABLE and named.keys() <= {"exclude", "mode"}:
            held = next(iter(call.args), getattr(call.func, "value", None))
            made, kind = self.of(at.module, held, at.frame), self.names.class_of(at.module, held)
            made = Unknown(kind) if isinstance(made, Unknown) else made
            left = [key.value for key in elements(named.get("exclude", Const(()))) if isinstance(key, Const)]
            if fields := self.fields(str(kind or getattr(made, "dotted", ""))):
                items = tuple((name, self.attribute(made, name, at.here)) for name in fields if name not in left)
                return Table(items, at.here)
        if elsewhere and isinstance(call.func, ast.Attribute):
            attr, holder = call.func.attr, self.of(at.module, call.func.value, at.frame)
            of_parser = attr.startswith("get") and (dotted or "").rpartition(".")[0] in PARSERS
            if of_parser and isinstance(holder, Table) and len(args) > 1:
                entry = self.item(self.item(holder, args[0], at.here), args[1], at.here, named.get("fallback"))
                return _cast(entry, attr.removeprefix("get"))
            if attr in {"get", "pop", "setdefault"} and isinstance(holder, Table) and args:
                return self.item(holder, args[0], at.here, args[1] if len(args) > 1 else Const(None, at.here))
            if attr == "copy" and isinstance(holder, Table):
                return holder
            text = dotted == f"str.{attr}" and getattr(holder, "name", None) != "str"  # `def f(path: str)`
            known = text or not isinstance(holder, Unknown) or (dotted is None and holder.name is not None)
            if known and dotted not in PURE:
                return self._fold(f"str.{attr}", (holder, *args), at.here, tuple(named.items()))
        target = self.project.calls.target(at.module, call)
        if target is not None and target[1].name != "__init__":
            if (mine := me(target[1])) and isinstance(call.func, ast.Attribute):
                named[mine.arg] = self.of(at.module, call.func.value, at.frame)
            return self._inlined(target, args, named, at.here)
        return self._fold(dotted or "", args, at.here, tuple(named.items()))

    def _parsed(self, module: Module) -> Iterator[tuple[str, Value]]:
        """The sections of the project's INI files that a module reads; all that they hold is text."""
        readers = (f"{kind}.{word}" for kind in PARSERS for word in ("read", "read_file"))
        for where, call in self.project.calls.named(*readers):
            path = self.file(self.of(module, call.args[0])) if where is module and call.args else None
            rows = [*ini.entries(path, self.project.text(path) or "")] if path else []
            for section in dict.fromkeys(row.section for row in rows):
                inside = [row for row in rows if row.section in (section, "DEFAULT")]
                texts = [(row.key.lower(), Const(str(row.value), (row.value.path, row.value.line))) for row in inside]
                yield section, Table(tuple(texts), texts[0][1].origin)

    def _environment(
        self, at: At, call: ast.Call, dotted: str | None, args: tuple[Value, ...], named: dict[str, Value]
    ) -> Env | None:
        """A look-up in the environment, by the standard library or by a settings library."""
        name = args[0] if args else named.get("name") or named.get("key")
        if not isinstance(name, Const) or not isinstance(name.value, str):
            return None
        default = named.get("default", args[1] if len(args) > 1 else None)
        if dotted in LOOK_UPS:
            strict = dotted.endswith("__getitem__")
            return Env(name.value, default or (None if strict else Const(None, at.here)), None, at.here)
        head, _, method = (dotted or "").rpartition(".")
        if head not in READERS and not READERS & {dotted, self.names.class_of(at.module, call.func)}:
            return None
        made = named.get("cast")
        cast = made.name if isinstance(made, Unknown) else method if head in READERS else None
        return Env(name.value, default, cast, at.here)

    def _inlined(
        self, target: tuple[Module, Function], args: tuple[Value, ...], named: dict[str, Value], here: Origin
    ) -> Value:
        """What a call of a function of the project gives."""
        value = self.result(*target, dict(zip(parameters(target[1]), args, strict=False)) | named)
        # a default that the caller wrote is the caller's mistake: say where it was written
        given = {id(one) for one in (*args, *named.values()) if isinstance(one, Const)}
        return replace(value, origin=here) if isinstance(value, Env | Call) and _holds(value, given) else value

    def result(self, module: Module, function: Function | ast.Lambda, given: dict[str, Value]) -> Value:
        """What a function returns for these arguments."""
        every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        frame = self._defaults(module, function) | {(a, a.arg): given[a.arg] for a in every if a.arg in given}
        if isinstance(function, ast.Lambda):
            return self.of(module, function.body, frame)
        return self._returns(module, function, frame)

    def _returns(self, module: Module, function: Function, frame: Frame) -> Value:
        here = (module.path, function.lineno)
        if function in self._busy:
            return Unknown(None, here)
        self._busy.add(function)
        try:
            value: Value | None = None
            for expr in reversed(self.names.returned(function)):
                one = self.of(module, expr, frame)
                tests = self.conditions(module, expr, function, frame=frame)
                where = (module.path, expr.lineno)
                value = _choice(_all(tests, where), one, value, where) if value is not None and tests else one
            return value or Unknown(None, here)
        finally:
            self._busy.discard(function)

    def file(self, value: Value) -> str | None:
        """The project's file that a value opens or reads: `open("a.json")`, `Path("a.json").read_text()`."""
        if isinstance(value, Const) and isinstance(value.value, str):
            return self.project.config.file(value.value, value.origin[0])
        parts = reversed(value.args) if isinstance(value, Call) else ()
        return next((path for one in parts if (path := self.file(one))), None)

    # ------------------------------------------------------------------ value -> value in production

    def settle(self, value: Value) -> Value:
        """The value in production: variables that no file sets have their default; conditions pick their branch."""
        match value:
            case Env():
                return self._settled(value)
            case Unknown(name="flask.Config.DEBUG" | "flask.Config.TESTING" as name):
                return Const(self.project.config.on(name.rpartition(".")[2]), value.origin)
            case OneOf(values=values, origin=origin):
                return OneOf(tuple(map(self.settle, values)), origin)
            case Call(dotted="if", args=(test, one, other)):
                truth = self.truth(test)
                if truth is None:
                    return OneOf((self.settle(one), self.settle(other)), value.origin)
                return self.settle(one if truth else other)
            case Call(dotted="or" | "and", args=args):
                for arg in args[:-1]:
                    truth = self.truth(arg)
                    if truth in (None, value.dotted == "or"):
                        return self.settle(arg) if truth is not None else Unknown(None, value.origin)
                return self.settle(args[-1])
            case Call("any" | "all" as word, (Call("[]", parts),)) if (
                truth := together({self.truth(one) for one in parts}, word == "any")
            ) is not None:
                return Const(truth, value.origin)
            case Call(dotted=dotted, args=args, origin=origin, keywords=keywords):
                ready = tuple((key, self.settle(one)) for key, one in keywords)
                return self._fold(dotted, tuple(map(self.settle, args)), origin, ready)
        return value

    def _settled(self, env: Env) -> Value:
        found = [Const(str(one), (one.path, one.line)) for one in self.project.launch.env(env.name)[:1]]
        value = found[0] if found else self.settle(env.default or Unknown(None, env.origin))
        return _cast(value, (env.cast or "").rpartition(".")[2])

    def may_run(self, module: Module, node: ast.AST) -> bool:
        """Is there no condition around a statement that is false in production?"""
        return False not in map(self.truth, self.conditions(module, node))

    def truth(self, value: Value) -> bool | None:
        """Is it true in production? None: the files do not tell."""
        if isinstance(value, Call) and value.dotted in {"or", "and"}:
            return together({self.truth(one) for one in value.args}, value.dotted == "or")
        match self.settle(value):
            case Const(value=plain):
                return bool(plain)
            case Table(items=items):
                return bool(items)
            case OneOf(values=values):
                truths = {self.truth(one) for one in values}
                return truths.pop() if len(truths) == 1 else None
        return None

    def literal(self, value: Value) -> Const | None:
        """The constant in the source that a value may be, or is derived from by nothing but fixed functions."""
        match value:
            case Const(value=str() | bytes() as text) if text:
                return value
            case Const(value=list() | tuple() as parts):
                return value if any(isinstance(part, str | bytes) and part for part in parts) else None
            case Env(default=default) if default is not None:
                return self.literal(default)
            case OneOf(values=options) | Call(dotted="or", args=options) | Call(dotted="if", args=(_, *options)):
                return next((found for one in options if (found := self.literal(one))), None)
            case Call(dotted=dotted, args=args) if dotted.startswith(DERIVED) and args:
                made = [one if isinstance(one, Const) else self.literal(one) for one in args]
                texts = [one for one in made if one is not None and isinstance(one.value, str | bytes) and one.value]
                fixed = all(one or isinstance(arg, Unknown) for one, arg in zip(made, args, strict=True))
                return replace(texts[0], origin=value.origin) if fixed and made[0] and texts else None
        return None

    def random(self, value: Value) -> Call | None:
        """The call that makes a value anew in every process."""
        if isinstance(value, Call) and value.dotted.startswith(RANDOM):
            return value
        inside = parts(value) if not isinstance(value, Table) else []
        return next((found for one in inside if (found := self.random(one))), None)

    def leaves(self, value: Value) -> Iterator[Value]:
        """Every value that it may turn out to be: branches, alternatives, defaults of look-ups."""
        match value:
            case OneOf(values=options) | Call(dotted="or" | "and", args=options) | Call("if", args=(_, *options)):
                for one in options:
                    yield from self.leaves(one)
            case _:
                yield value
                if isinstance(value, Env) and value.default is not None:
                    yield from self.leaves(value.default)


def _variables(option: ast.Call) -> list[str]:
    """What an option of a command line is called in Python: "--log-level" is log_level."""
    words = (str(getattr(arg, "value", "")) for arg in option.args)
    return [word.partition("/")[0].lstrip("-").replace("-", "_") for word in words]


def _cast(value: Value, name: str) -> Value:
    """What a settings library makes of a text."""
    if name in CASTS and isinstance(value, Const) and isinstance(value.value, str):
        try:
            return Const(CASTS[name](value.value), value.origin)
        except ValueError:
            return Unknown(None, value.origin)
    return value


def together(truths: set[bool | None], decisive: bool) -> bool | None:
    """What "or" says of these (one that is True decides), or "and" (one that is False does)."""
    return decisive if decisive in truths else None if None in truths else not decisive


def holder(node: ast.AST) -> ast.expr | None:
    """The mapping that a statement puts something into, or the object whose method it calls."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript(value=held), *_]) | ast.AugAssign(target=held, op=ast.BitOr())
            | ast.Call(func=ast.Attribute(value=held))
        ):  # fmt: skip
            return held
    return None


def _all(tests: list[Value], here: Origin) -> Value:
    return tests[0] if len(tests) == 1 else Call("and", tuple(tests), here)


def _choice(test: Value, one: Value, other: Value, here: Origin) -> Value:
    if isinstance(test, Const):
        return one if test.value else other
    return Call("if", (test, one, other), here)


def _each(value: Value, ask: Callable[[Value], Value], here: Origin) -> Value:
    """The answer for each value that it may be."""
    match value:
        case Call(dotted="if", args=(test, one, other)):
            return _choice(test, ask(one), ask(other), here)
        case OneOf(values=options) | Call(dotted="or", args=options):
            known = tuple(ask(one) for one in options if not isinstance(one, Const))
            return known[0] if len(known) == 1 else OneOf(known, here)
    return ask(value)


def elements(value: Value) -> list[Value]:
    """What a loop over a value goes through."""
    match value:
        case Const(value=list() | tuple() as parts):
            return [Const(part, value.origin) for part in parts]
        case Call(dotted="[]" | "()", args=args):
            return list(args)
        case Call(dotted="str.items", args=(Table(items=items),)):
            return [Call("()", (Const(key, one.origin), one), one.origin) for key, one in items]
        case Call(dotted="str.values", args=(Table(items=items),)):
            return [one for _, one in items]
        case Table(items=items):
            return [Const(key, one.origin) for key, one in items]
    return []


def written(plain: object, origin: Origin) -> Value:
    """What a file holds, as a value."""
    if isinstance(plain, dict):
        return Table(tuple((key, written(one, origin)) for key, one in plain.items()), origin)
    if isinstance(plain, Text):
        return Const(getattr(plain, "meaning", plain.value), (plain.path, plain.line))
    return Const(plain, origin)


def parts(value: Measured) -> list[Value]:
    """The values that a value is made of."""
    match value:
        case Call(args=args, keywords=keywords):
            return [*args, *(part for _, part in keywords)]
        case OneOf(values=parts):
            return list(parts)
        case Table(items=items):
            return [part for _, part in items]
        case Env(default=part) if part is not None:
            return [part]
    return []


def _holds(value: Value, given: set[int]) -> bool:
    """Is one of these constants inside the value, a default or a branch?"""
    return id(value) in given or any(_holds(one, given) for one in parts(value))


def _hashable(value: object) -> bool:
    return isinstance(value, str | bytes | int | float | bool | tuple | None)
