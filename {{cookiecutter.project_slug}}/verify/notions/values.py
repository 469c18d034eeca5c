"""Which value an expression has: constants, environment look-ups with their defaults, and what is made from them.

`of` keeps what it cannot know as a symbol (an `Env`, a `Call`); `settle` replaces the symbols by what production's
environment says. Nothing of the project is executed: only a short list of pure functions is folded.
"""

from __future__ import annotations

import ast
import base64
import json
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from ..readers.python import Module, ancestors, parent
from .names import IMPORTS, Binding, Function, Scope

if TYPE_CHECKING:
    from ..project import Project

Origin: TypeAlias = tuple[str, int]
NOWHERE: Origin = ("", 0)
DEPTH = 40
FUEL = 5_000  # expressions that one value may be made of; functions that call each other twice double them
MOST = 50  # places that bind one name
LARGEST = 5_000  # parts of a value
LONGEST = 10_000  # no folded text grows beyond this


@dataclass(frozen=True, slots=True)
class Const:
    value: Any
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Env:
    """A look-up in the environment; `default` None: a missing variable is an error."""

    name: str
    default: Value | None
    cast: str | None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Call:
    """A call or an operation ("or", "if", "==", "str.lower") that was not folded."""

    dotted: str
    args: tuple[Value, ...] = ()
    origin: Origin = NOWHERE
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary, or an object with attributes."""

    items: tuple[tuple[Any, Value], ...]
    origin: Origin = NOWHERE

    def get(self, key: object) -> Value | None:
        return next((value for name, value in reversed(self.items) if name == key), None)


@dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[Value, ...]
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Unknown:
    name: str | None = None  # the full name, where there is one: a class, a module, a library's constant
    origin: Origin = NOWHERE


Value: TypeAlias = Const | Env | Call | Table | OneOf | Unknown

Frame: TypeAlias = dict[str, Value] | None  # the arguments of the call whose body is looked into

TRUE_WORDS = {"1", "true", "t", "yes", "y", "on"}
FALSE_WORDS = {"0", "false", "f", "no", "n", "off", ""}


def _boolean(text: object) -> bool:
    word = str(text).strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(word)
    return word in TRUE_WORDS


def _timedelta(*args: float, **kwargs: float) -> timedelta:
    return timedelta(*args, **kwargs)


COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.BitOr: "|",
}  # fmt: skip
PURE: dict[str, Callable[..., Any]] = {
    "item": operator.getitem, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b, "not": operator.not_,
    "is": lambda a, b: a == b if isinstance(a, bool) or a is None else a is b,
    "is not": lambda a, b: a != b if isinstance(a, bool) or a is None else a is not b,
    "+": operator.add, "-": operator.sub, "/": operator.truediv, "//": operator.floordiv, "|": operator.or_,
    "*": lambda a, b: a * b if (isinstance(a, int | float) and isinstance(b, int | float)) or
    (b if isinstance(a, str | bytes | list | tuple) else a) <= LONGEST // 10 else 1 / 0,
    "%": lambda a, b: a % b if isinstance(a, int) else
    a.replace("%s", "{}").format(*(b if isinstance(b, tuple) else [b])),
    "bool": bool, "str": str, "int": int, "float": float,
    "bytes": lambda a, *_: a.encode() if isinstance(a, str) else bytes(a),
    "list": list, "tuple": tuple, "set": frozenset, "frozenset": frozenset, "len": len, "sorted": sorted,
    "json.loads": json.loads, "ast.literal_eval": ast.literal_eval, "base64.b64decode": base64.b64decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode, "base64.b64encode": base64.b64encode,
    "bytes.fromhex": bytes.fromhex, "binascii.unhexlify": bytes.fromhex, "distutils.util.strtobool": _boolean,
    "setuptools._distutils.util.strtobool": _boolean, "datetime.timedelta": _timedelta,
    "any": any, "all": all, "fstring": lambda *parts: "".join(map(str, parts)),
    "typing.cast": lambda _, value: value,
}  # fmt: skip
LOADERS = {
    "json.load",
    "json.loads",
    "tomllib.load",
    "tomllib.loads",
    "tomli.load",
    "tomli.loads",
    "yaml.safe_load",
    "toml.load",
}
METHODS = {
    "lower", "upper", "strip", "casefold", "title", "capitalize", "replace", "split", "startswith", "endswith", "join",
    "format", "encode", "decode", "hex", "lstrip", "rstrip", "removeprefix", "removesuffix", "isdigit", "total_seconds",
    "rsplit",
}  # fmt: skip
DERIVED = ("str.", "hashlib.", "hmac.", "base64.", "binascii.", "codecs.", "fstring", "+", "*", "%", "bytes", "str",
           "uuid.uuid5", "uuid.uuid3", "uuid.UUID", "zlib.", "list")  # fmt: skip
RANDOM = ("secrets.token_", "os.urandom", "uuid.uuid1", "uuid.uuid4", "random.", "secrets.choice", "secrets.randbits",
          "time.", "os.getpid", "secrets.SystemRandom", "cryptography.fernet.Fernet")  # fmt: skip
READERS = {"environs.Env", "environs.FlaskEnv", "environs.FileAwareEnv", "environ.Env", "decouple.Config",
           "decouple.AutoConfig", "decouple.config", "starlette.config.Config"}  # fmt: skip


class Values:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._known: dict[ast.AST, Value] = {}
        self._busy: set[ast.AST] = set()
        self._depth = self._fuel = 0
        self._stored: dict[Module, dict[str, list[ast.AST]]] = {}

    # ------------------------------------------------------------------ expression -> value

    def of(self, module: Module, expr: ast.AST | None, frame: Frame = None) -> Value:
        """The value of an expression; `frame` holds the arguments of the call whose body is looked into."""
        if expr is None:
            return Const(None)
        if frame is None and expr in self._known:
            return self._known[expr]
        here = (module.path, getattr(expr, "lineno", 1))
        if self._depth == 0:
            self._fuel = FUEL
        self._fuel -= 1
        if self._depth > DEPTH or self._fuel < 0 or expr in self._busy:
            return Unknown(None, here)
        self._busy.add(expr)
        self._depth += 1
        try:
            value = self._of(module, expr, frame, here)
        finally:
            self._busy.discard(expr)
            self._depth -= 1
        if not _small(value):
            value = Unknown(None, here)
        if frame is None:
            self._known[expr] = value
        return value

    def _of(self, module: Module, expr: ast.AST, frame: Frame, here: Origin) -> Value:
        def of(node: ast.AST | None) -> Value:
            return self.of(module, node, frame)

        match expr:
            case ast.Constant(value=value):
                return Const(value, here)
            case ast.Name():
                return self._name(module, expr, frame, here)
            case ast.Attribute():
                return self._attribute(module, expr, frame, here)
            case ast.Subscript():
                return self._subscript(module, expr, frame, here)
            case ast.Call():
                return self._call(module, expr, frame, here)
            case ast.JoinedStr(values=parts):
                return self._fold("fstring", tuple(of(part) for part in parts), here)
            case ast.FormattedValue(value=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner):
                return of(inner)
            case ast.Dict(keys=keys, values=values):
                items: list[tuple[Any, Value]] = []
                for key, item in zip(keys, values, strict=True):
                    made = of(item)
                    if key is None:
                        items += made.items if isinstance(made, Table) else ()
                    elif isinstance(name := self.settle(of(key)), Const) and _hashable(name.value):
                        items.append((name.value, made))
                return Table(tuple(items), here)
            case ast.DictComp():
                return self._comprehended(module, expr, frame, here)
            case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
                args = tuple(of(one) for one in elts)
                if all(isinstance(one, Const) for one in args):
                    plain = [one.value for one in args if isinstance(one, Const)]
                    return Const(plain if isinstance(expr, ast.List) else tuple(plain), here)
                return Call("list", args, here)
            case ast.BoolOp(op=op, values=values):
                return Call("or" if isinstance(op, ast.Or) else "and", tuple(of(one) for one in values), here)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._fold("not", (of(operand),), here)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._fold("-", (Const(0), of(operand)), here)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                one, two = of(left), of(right)
                if isinstance(op, ast.BitOr) and isinstance(one, Table) and isinstance(two, Table):
                    return Table((*one.items, *two.items), here)
                return self._fold(BINARY[type(op)], (one, two), here)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._fold(COMPARE[type(op)], (of(left), of(right)), here)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = [left, *rights]
                pairs = [
                    self._fold(COMPARE[type(op)], (of(a), of(b)), here)
                    for a, op, b in zip(sides, ops, rights, strict=False)
                ]
                return Call("and", tuple(pairs), here)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._choice(of(test), of(body), of(orelse), here)
        return Unknown(None, here)

    def _choice(self, test: Value, one: Value, other: Value, here: Origin) -> Value:
        if isinstance(test, Const):
            return one if test.value else other
        return Call("if", (test, one, other), here)

    def _fold(
        self, name: str, args: tuple[Value, ...], here: Origin, keywords: tuple[tuple[str, Value], ...] = ()
    ) -> Value:
        """Do a pure operation on constants; keep it as a symbol otherwise."""
        if all(isinstance(one, Const) for one in (*args, *(value for _, value in keywords))):
            plain = [one.value for one in args if isinstance(one, Const)]
            named = {key: one.value for key, one in keywords if isinstance(one, Const)}
            try:
                if name in PURE and (name == "datetime.timedelta" or not named):
                    result = PURE[name](*plain, **named)
                elif name.startswith("str.") and name[4:] in METHODS and isinstance(plain[0], str | bytes | timedelta):
                    result = getattr(plain[0], name[4:])(*plain[1:], **named)
                else:
                    return Call(name, args, here, keywords)
                if not isinstance(result, str | bytes | list | tuple) or len(result) <= LONGEST:
                    return Const(result, here)
            except Exception:  # whatever a pure function thinks of a strange argument: there is no value
                return Unknown(None, here)
        return Call(name, args, here, keywords)

    # ------------------------------------------------------------------ names and attributes

    def _name(self, module: Module, expr: ast.Name, frame: Frame, here: Origin) -> Value:
        found = self.names.lookup(module, expr, expr.id)
        if found is None:
            return self.named(self.names.dotted(module, expr), here)
        scope, places = found
        if len(places) > MOST:
            return Unknown(None, here)
        if places[-1].kind in {"import", "def"}:
            return self.named(self.names.dotted(module, expr), here)
        same = scope is self.names.scope(module, expr)
        around = {expr, *ancestors(expr)}
        value: Value | None = None
        for place in places:
            later = same and getattr(place.node, "lineno", 0) >= expr.lineno and place.kind != "param"
            if later and not any(isinstance(up, ast.For | ast.While) for up in around & set(ancestors(place.node))):
                continue
            if place.node in around:
                continue
            value = self._bound(module, scope, place, around, before=value, frame=frame)
        return self._filled(module, scope, expr, value, frame) if value is not None else Unknown(None, here)

    def _bound(
        self, module: Module, scope: Scope, place: Binding, around: set[ast.AST], *, before: Value | None,
        frame: Frame,
    ) -> Value:  # fmt: skip
        """The value after one more place that binds the name, given its value before."""
        where = (module.path, getattr(place.node, "lineno", 1))
        if isinstance(place.node, ast.arg):
            return self._parameter(module, scope, place.node, frame)
        if isinstance(place.node, ast.AnnAssign) and place.value is None:
            return before or Unknown(None, where)
        plain = place.kind == "value" or isinstance(place.node, ast.withitem)
        new = self.of(module, place.value, frame) if plain else Unknown(None, where)
        if isinstance(place.node, ast.AugAssign) and before is not None:
            plus = self.of(module, place.node.value, frame)
            op = BINARY.get(type(place.node.op))
            if isinstance(before, Table) and isinstance(plus, Table):
                return Table((*before.items, *plus.items), before.origin)
            new = self._fold(op, (before, plus), where) if op else new
        tests = self.conditions(module, place.node, scope, around, frame=frame)
        if before is None or not tests:
            return new
        if any(isinstance(test, Unknown) for test in tests):
            return OneOf((before, new), where)
        return self._choice(tests[0] if len(tests) == 1 else Call("and", tuple(tests), where), new, before, where)

    def conditions(
        self, module: Module, node: ast.AST, stop: ast.AST | None = None, around: set[ast.AST] | None = None,
        *, frame: Frame = None,
    ) -> list[Value]:  # fmt: skip
        """What must hold for a statement to run: the tests around it, Unknown for loops and handlers."""
        out: list[Value] = []
        inner: ast.AST = node
        for up in ancestors(node):
            out += self._guards(module, up, inner, frame)
            if up is stop or isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
                break
            if not around or up not in around:
                here = (module.path, getattr(up, "lineno", 1))
                if isinstance(up, ast.If | ast.IfExp) and inner is not up.test:
                    test = self.of(module, up.test, frame)
                    body = inner is up.body or (isinstance(up.body, list) and inner in up.body)
                    out.append(test if body else self._fold("not", (test,), here))
                elif isinstance(up, ast.For | ast.AsyncFor | ast.While | ast.ExceptHandler | ast.match_case) or (
                    isinstance(up, ast.Try) and inner in up.body and up.handlers
                ):
                    out.append(Unknown(None, here))
            inner = up
        return out

    def _guards(self, module: Module, up: ast.AST, inner: ast.AST, frame: Frame) -> list[Value]:
        """Tests before a statement, in its own block, that end the function in production."""
        block = getattr(up, "body", None)
        if not isinstance(block, list) or inner not in block or isinstance(up, ast.Module | ast.ClassDef):
            return []
        before = [stmt for stmt in block[: block.index(inner)] if isinstance(stmt, ast.If) and not stmt.orelse]
        ends = [stmt for stmt in before if isinstance(stmt.body[-1], ast.Return | ast.Raise | ast.Continue)]
        tests = [self.of(module, stmt.test, frame) for stmt in ends]
        return [self._fold("not", (test,), NOWHERE) for test in tests if self.truth(test)]

    def _parameter(self, module: Module, scope: Scope, arg: ast.arg, frame: Frame) -> Value:
        """What a parameter holds: what this call passes, else what the project's calls pass, else its default."""
        here = (module.path, arg.lineno)
        if frame is not None and arg.arg in frame:
            return frame[arg.arg]
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            return Unknown(None, here)
        default = self.default(module, scope, arg.arg)
        found: list[Value] = []
        for where, call in self.project.calls.callers(scope)[:12]:
            given = self.project.calls.argument(scope, call, arg.arg)
            value = self.of(where, given, None) if given is not None else default
            if value is not None and value not in found:
                found.append(value)
        if not found:
            return default or Unknown(None, here)
        return found[0] if len(found) == 1 else OneOf(tuple(found), here)

    def default(self, module: Module, function: Function, name: str) -> Value | None:
        every = [*function.args.posonlyargs, *function.args.args]
        pairs = list(zip(reversed(every), reversed(function.args.defaults), strict=False))
        pairs += [
            (a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None
        ]
        return next((self.of(module, value) for arg, value in pairs if arg.arg == name), None)

    def _filled(self, module: Module, scope: Scope, expr: ast.Name, value: Value, frame: Frame) -> Value:
        """A dictionary with what later statements put into it: `D["x"] = 1`, `D.update(x=1)`."""
        if not isinstance(value, Table):
            return value
        items = list(value.items)
        for stmt in self._stores(module).get(expr.id, ()):
            if self.names.scope(module, stmt) is not scope:
                continue
            if isinstance(stmt, ast.Assign) and isinstance(stmt.targets[0], ast.Subscript):
                key = self.settle(self.of(module, stmt.targets[0].slice, frame))
                if isinstance(key, Const) and _hashable(key.value):
                    items.append((key.value, self.of(module, stmt.value, frame)))
            elif isinstance(stmt, ast.Call):
                items += self.table(module, stmt, frame)
        return Table(tuple(items), value.origin)

    def _stores(self, module: Module) -> dict[str, list[ast.AST]]:
        if module not in self._stored:
            found: dict[str, list[ast.AST]] = {}
            for stmt in module.nodes(ast.Assign):
                if isinstance(stmt.targets[0], ast.Subscript) and isinstance(stmt.targets[0].value, ast.Name):
                    found.setdefault(stmt.targets[0].value.id, []).append(stmt)
            for call in module.nodes(ast.Call):
                if (
                    isinstance(call.func, ast.Attribute)
                    and call.func.attr == "update"
                    and isinstance(call.func.value, ast.Name)
                ):
                    found.setdefault(call.func.value.id, []).append(call)
            self._stored[module] = found
        return self._stored[module]

    def named(self, dotted: str | None, here: Origin) -> Value:
        """The value behind a full name of the project: a module's variable or a class's attribute."""
        found = self.names.definition(dotted) if dotted else None
        if found is None or dotted is None:
            return Unknown(dotted, here)
        module, node = found
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            name = dotted.rpartition(".")[2]
            owner = self.names.scope(module, node)
            if isinstance(owner, ast.ClassDef):
                value = self._class_attribute(module, owner, node, name)
            else:
                last = ast.Name(name, ast.Load(), lineno=1 << 30, col_offset=0)
                last._parent = owner  # type: ignore[attr-defined]
                value = self._name(module, last, None, here)
            return value
        if isinstance(node, ast.FunctionDef) and any(
            getattr(one, "id", getattr(one, "attr", "")) in {"property", "cached_property"}
            for one in node.decorator_list
        ):
            return self._returns(module, node, {})
        return Unknown(dotted, here)

    def _class_attribute(self, module: Module, owner: ast.ClassDef, node: ast.AST, name: str) -> Value:
        place = self.names.bindings(module, owner)[name][-1]
        value = self.of(module, place.value, None) if place.value is not None else None
        dotted = self.names.dotted(module, owner) or ""
        if any(base.endswith("BaseSettings") for base in self.names.bases(dotted)):
            prefix = self._env_prefix(module, owner)
            cast = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else None
            inner = value.args[0] if isinstance(value, Call) and value.args else value
            default = dict(value.keywords).get("default") if isinstance(value, Call) and value.keywords else inner
            return Env(prefix + name.upper(), default, cast, (module.path, getattr(node, "lineno", 1)))
        if isinstance(value, Call) and value.dotted in {
            "dataclasses.field",
            "attrs.field",
            "attr.ib",
            "pydantic.Field",
        }:
            given = dict(value.keywords)
            return given.get("default") or given.get("default_factory") or (value.args[0] if value.args else Unknown())
        return value if value is not None else Unknown(dotted + "." + name, (module.path, getattr(node, "lineno", 1)))

    def _env_prefix(self, module: Module, owner: ast.ClassDef) -> str:
        for name in ("model_config", "Config"):
            for place in self.names.bindings(module, owner).get(name, ()):
                for keyword in ast.walk(place.node):
                    if isinstance(keyword, ast.keyword) and keyword.arg == "env_prefix":
                        value = self.of(module, keyword.value)
                        return str(value.value).upper() if isinstance(value, Const) else ""
        return ""

    def _attribute(self, module: Module, expr: ast.Attribute, frame: Frame, here: Origin) -> Value:
        dotted = self.names.dotted(module, expr)
        holder: Value = Unknown()
        if not (isinstance(expr.value, ast.Name) and expr.value.id == "self"):
            holder = self.of(module, expr.value, frame)
            if not isinstance(holder, Unknown):
                value = self.attribute(holder, expr.attr, here)
                if not isinstance(value, Unknown):
                    return value
        value = self.named(dotted, here)
        if isinstance(value, Unknown) and (kind := self.names.class_of(module, expr.value)):
            for base in self.names.ancestry(kind):
                found = self.names.definition(base)
                if found and isinstance(found[1], ast.ClassDef):
                    for assigned in self.names.attributes(found[0], found[1]).get(expr.attr, ()):
                        return self.of(found[0], assigned, None)
        return value

    def attribute(self, holder: Value, name: str, here: Origin = NOWHERE) -> Value:
        """`holder.name`: of a class, of an instance made with keywords, of a namespace."""
        if isinstance(holder, OneOf):
            return OneOf(tuple(self.attribute(one, name, here) for one in holder.values), here)
        if isinstance(holder, Table):
            return holder.get(name) or Unknown(None, here)
        if isinstance(holder, Unknown) and holder.name:
            return self.named(self.names.method(holder.name, name), here)
        if isinstance(holder, Call) and holder.dotted == "or":
            known = [one for one in holder.args if not isinstance(one, Const)]
            return self.attribute(OneOf(tuple(known)) if len(known) != 1 else known[0], name, here)
        if isinstance(holder, Call) and holder.dotted == "if":
            test, one, other = holder.args
            return self._choice(test, self.attribute(one, name, here), self.attribute(other, name, here), here)
        if (
            isinstance(holder, Call)
            and (found := self.names.definition(holder.dotted))
            and isinstance(found[1], ast.ClassDef)
        ):
            given = dict(holder.keywords)
            if name in given:
                return given[name]
            fields = [stmt.target.id for stmt in found[1].body
                      if isinstance(stmt, ast.AnnAssign) and isinstance(stmt.target, ast.Name)]  # fmt: skip
            if name in fields and fields.index(name) < len(holder.args):
                return holder.args[fields.index(name)]
            return self.named(self.names.method(holder.dotted, name), here)
        return Call(f"str.{name}", (holder,), here) if isinstance(holder, Call) else Unknown(None, here)

    def _subscript(self, module: Module, expr: ast.Subscript, frame: Frame, here: Origin) -> Value:
        key = self.of(module, expr.slice, frame)
        if self.names.dotted(module, expr.value) in {"os.environ", "os.environb"} and isinstance(key, Const):
            return Env(str(key.value), None, None, here)
        return self.item(self.of(module, expr.value, frame), key, here)

    def item(self, holder: Value, key: Value, here: Origin, default: Value | None = None) -> Value:
        """`holder[key]`; a key that only production knows picks the production entry, else any of them."""
        wanted = self.settle(key)
        if isinstance(holder, Table):
            if isinstance(wanted, Const):
                return holder.get(wanted.value) or default or Unknown(None, here)
            likely = [value for name, value in holder.items if str(name).lower() in {"production", "prod", "live"}]
            every = tuple(likely or (value for _, value in holder.items))
            return every[0] if len(every) == 1 else OneOf(every, here) if every else Unknown(None, here)
        if isinstance(holder, Const) and isinstance(wanted, Const):
            try:
                return Const(holder.value[wanted.value], holder.origin)
            except (TypeError, KeyError, IndexError):
                return Unknown(None, here)
        if (
            isinstance(holder, Call)
            and holder.dotted == "list"
            and isinstance(wanted, Const)
            and isinstance(wanted.value, int)
        ) and -len(holder.args) <= wanted.value < len(holder.args):
            return holder.args[wanted.value]
        if isinstance(holder, Call) and isinstance(wanted, Const):
            return Call("item", (holder, wanted), here)
        return Unknown(None, here)

    def _comprehended(self, module: Module, expr: ast.DictComp, frame: Frame, here: Origin) -> Value:
        """A dictionary comprehension over a literal: one entry for each element."""
        loop = expr.generators[0]
        source = self.of(module, loop.iter, frame)
        rows: list[Value] = []
        if isinstance(source, Const) and isinstance(source.value, list | tuple):
            rows = [Const(one, here) for one in source.value]
        elif isinstance(source, Call) and source.dotted == "list":
            rows = list(source.args)
        elif isinstance(source, Call) and source.dotted == "str.items" and isinstance(source.args[0], Table):
            rows = [Call("list", (Const(key), value), here) for key, value in source.args[0].items]
        names = [one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)]
        items: list[tuple[Any, Value]] = []
        for row in rows[:500]:
            cells = (
                [row]
                if isinstance(loop.target, ast.Name)
                else [self.item(row, Const(n), here) for n in range(len(names))]
            )
            inner = {**(frame or {}), **{f"\0{name}": cell for name, cell in zip(names, cells, strict=True)}}
            key = self.settle(self._looped(module, expr.key, inner))
            if isinstance(key, Const) and _hashable(key.value):
                items.append((key.value, self._looped(module, expr.value, inner)))
        return Table(tuple(items), here)

    def _looped(self, module: Module, expr: ast.expr, frame: dict[str, Value]) -> Value:
        """An expression in which a comprehension's own names stand for the row at hand."""
        rows = {name[1:]: value for name, value in frame.items() if name.startswith("\0")}

        def fill(node: ast.expr) -> Value:
            here = (module.path, node.lineno)
            match node:
                case ast.Name(id=name) if name in rows:
                    return rows[name]
                case ast.JoinedStr(values=parts):
                    return self._fold("fstring", tuple(fill(part) for part in parts), here)
                case ast.FormattedValue(value=inner):
                    return fill(inner)
                case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                    return self._fold(BINARY[type(op)], (fill(left), fill(right)), here)
                case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in METHODS and not node.keywords:
                    return self._fold(f"str.{attr}", (fill(inner), *map(fill, node.args)), here)
            return self.of(module, node, frame)

        return fill(expr)

    # ------------------------------------------------------------------ calls

    def kwargs(self, module: Module, call: ast.Call) -> dict[str, Value]:
        """The keywords of a call, those of unpacked dictionaries too."""
        return {key: value for key, value in self._keywords(module, call, None) if isinstance(key, str)}

    def _keywords(self, module: Module, call: ast.Call, frame: Frame) -> list[tuple[Any, Value]]:
        out: list[tuple[Any, Value]] = []
        for keyword in call.keywords:
            value = self.of(module, keyword.value, frame)
            if keyword.arg is not None:
                out.append((keyword.arg, value))
            elif isinstance(value, Table):
                out += value.items
        return out

    def table(self, module: Module, call: ast.Call, frame: Frame = None) -> list[tuple[Any, Value]]:
        """What `dict(…)`, `update(…)`, `from_mapping(…)` are given."""
        out: list[tuple[Any, Value]] = []
        for arg in call.args:
            value = self.of(module, arg, frame)
            if isinstance(value, Table):
                out += value.items
            elif isinstance(value, Const) and isinstance(value.value, list | tuple):
                out += [(row[0], Const(row[1], value.origin)) for row in value.value
                        if isinstance(row, list | tuple) and len(row) == 2 and _hashable(row[0])]  # fmt: skip
            elif isinstance(value, Call) and value.dotted == "list":
                pairs = [(self.item(row, Const(0), NOWHERE), self.item(row, Const(1), NOWHERE)) for row in value.args]
                out += [(key.value, worth) for key, worth in pairs if isinstance(key, Const)]
        return out + self._keywords(module, call, frame)

    def _call(self, module: Module, call: ast.Call, frame: Frame, here: Origin) -> Value:
        dotted = self.names.dotted(module, call.func)
        args = tuple(self.of(module, arg, frame) for arg in call.args if not isinstance(arg, ast.Starred))
        pairs = self._keywords(module, call, frame)
        named = {key: value for key, value in pairs if isinstance(key, str)}
        if dotted in LOADERS and args and (path := self.file(args[0])):
            return Table(
                tuple((key, Const(one, (path, line))) for key, one, line in self.project.config.pairs(path)), here
            )
        if dotted in IMPORTS:
            return Unknown(self.names.dotted(module, call), here)
        looked_up = self._environment(module, call, dotted, args, named=named, here=here)
        if looked_up is not None:
            return looked_up
        if dotted in {"dict", "types.SimpleNamespace", "types.MappingProxyType", "collections.ChainMap"}:
            return Table(tuple(self.table(module, call, frame)), here)
        if dotted == "getattr" and len(args) >= 2 and isinstance(args[1], Const):
            value = self.attribute(args[0], str(args[1].value), here)
            return args[2] if isinstance(value, Unknown) and len(args) > 2 else value
        if isinstance(call.func, ast.Attribute) and not (dotted and self.names.definition(dotted)):
            attr, holder = call.func.attr, self.of(module, call.func.value, frame)
            if attr in {"get", "pop", "setdefault"} and isinstance(holder, Table) and args:
                return self.item(holder, args[0], here, args[1] if len(args) > 1 else Const(None, here))
            if attr in {"copy", "items", "values", "keys"} and isinstance(holder, Table):
                return holder if attr == "copy" else Call(f"str.{attr}", (holder,), here)
            known = not isinstance(holder, Unknown) or (dotted is None and holder.name is not None)
            if known and (dotted is None or dotted not in PURE):
                return self._fold(f"str.{attr}", (holder, *args), here, tuple(named.items()))
        target = self.project.calls.target(module, call)
        if target is not None and target[1].name != "__init__":
            return self._inlined(module, call, target, args, named=named, here=here)
        return self._fold(dotted or "", args, here, tuple(named.items()))

    def _environment(
        self, module: Module, call: ast.Call, dotted: str | None, args: tuple[Value, ...],
        *, named: dict[str, Value], here: Origin,
    ) -> Value | None:  # fmt: skip
        """A look-up in the environment, by the standard library or by a settings library."""
        name = args[0] if args else named.get("name") or named.get("key")
        if not isinstance(name, Const) or not isinstance(name.value, str):
            return None
        if dotted in {
            "os.getenv",
            "os.environ.get",
            "os.environ.pop",
            "os.environ.setdefault",
            "os.environ.__getitem__",
        }:
            default = args[1] if len(args) > 1 else named.get("default", Const(None, here))
            return Env(name.value, default if dotted[-3:] != "m__" else None, None, here)
        head, _, last = (dotted or "").rpartition(".")
        reader, cast = (head, last) if head in READERS else (dotted, None)
        if dotted not in READERS and head not in READERS:
            if self.names.class_of(module, call.func) not in READERS:
                return None
            reader, cast = self.names.class_of(module, call.func), None
        given = named.get("default", named.get("_default", args[1] if len(args) > 1 else None))
        made = named.get("cast")
        if isinstance(made, Unknown) and made.name:
            cast = made.name
        return Env(name.value, given, cast if cast not in {"str", "__call__"} else None, here) if reader else None

    def _inlined(
        self, module: Module, call: ast.Call, target: tuple[Module, Function], args: tuple[Value, ...],
        *, named: dict[str, Value], here: Origin,
    ) -> Value:  # fmt: skip
        owner, function = target
        order = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
        if isinstance(parent(function), ast.ClassDef) and order and order[0] in {"self", "cls"}:
            order = order[1:]
        frame = {name: value for name in [*order, *(arg.arg for arg in function.args.kwonlyargs)]
                 if (value := self.default(owner, function, name)) is not None}  # fmt: skip
        frame |= dict(zip(order, args, strict=False)) | {
            key: value for key, value in named.items() if key in {*order, *frame}
        }
        value = self._returns(owner, function, frame)
        # a default that the caller wrote is the caller's mistake: say where it was written
        given = {id(one) for one in (*args, *named.values()) if isinstance(one, Const)}
        return replace(value, origin=here) if isinstance(value, Env | Call) and _holds(value, given) else value

    def _returns(self, module: Module, function: Function, frame: dict[str, Value]) -> Value:
        if function in self._busy:
            return Unknown(None, (module.path, function.lineno))
        self._busy.add(function)
        try:
            value: Value | None = None
            for expr in reversed(self.names.returned(function)):
                one = self.of(module, expr, frame)
                tests = self.conditions(module, expr, function, frame=frame)
                here = (module.path, expr.lineno)
                if value is None or not tests:
                    value = one
                elif any(isinstance(test, Unknown) for test in tests):
                    value = OneOf((one, value), here)
                else:
                    value = self._choice(
                        tests[0] if len(tests) == 1 else Call("and", tuple(tests), here), one, value, here
                    )
            return value or Unknown(None, (module.path, function.lineno))
        finally:
            self._busy.discard(function)

    def file(self, value: Value, depth: int = 0) -> str | None:
        """The project's file that a value opens or reads: `open("a.json")`, `Path("a.json").read_text()`."""
        if isinstance(value, Const) and isinstance(value.value, str):
            return self.project.config.file(value.value, value.origin[0])
        if isinstance(value, Call) and depth < 12:
            return next((path for one in reversed(value.args) if (path := self.file(one, depth + 1))), None)
        return None

    # ------------------------------------------------------------------ value -> value in production

    def settle(self, value: Value, depth: int = 0) -> Value:
        """The value in production: variables that no file sets have their default; conditions pick their branch."""
        if depth > DEPTH:
            return Unknown()
        match value:
            case Env():
                return self._settled(value, depth)
            case OneOf(values=values, origin=origin):
                return OneOf(tuple(self.settle(one, depth + 1) for one in values), origin)
            case Call(dotted="if", args=(test, one, other)):
                truth = self.truth(test, depth + 1)
                if truth is None:
                    return OneOf((self.settle(one, depth + 1), self.settle(other, depth + 1)), value.origin)
                return self.settle(one if truth else other, depth + 1)
            case Call(dotted="or" | "and", args=args):
                for arg in args[:-1]:
                    truth = self.truth(arg, depth + 1)
                    if truth is None:
                        return Unknown(None, value.origin)
                    if truth is (value.dotted == "or"):
                        return self.settle(arg, depth + 1)
                return self.settle(args[-1], depth + 1)
            case Call(dotted=dotted, args=args, origin=origin, keywords=keywords):
                ready = tuple((key, self.settle(one, depth + 1)) for key, one in keywords)
                return self._fold(dotted, tuple(self.settle(arg, depth + 1) for arg in args), origin, ready)
        return value

    def _settled(self, env: Env, depth: int) -> Value:
        for setting in self.project.launch.env(env.name):
            return self._cast(Const(str(setting), (setting.path, setting.line)), env.cast)
        if env.default is None:
            return Unknown(None, env.origin)
        value = self.settle(env.default, depth + 1)
        return self._cast(value, env.cast) if isinstance(value, Const) else value

    @staticmethod
    def _cast(value: Const, cast: str | None) -> Value:
        if cast in {"bool", "environs.bool", "boolean"} and isinstance(value.value, str):
            word = value.value.strip().lower()
            return (
                Const(word in TRUE_WORDS, value.origin)
                if word in TRUE_WORDS | FALSE_WORDS
                else Unknown(None, value.origin)
            )
        if cast == "int" and isinstance(value.value, str) and value.value.strip().lstrip("-").isdigit():
            return Const(int(value.value), value.origin)
        return value

    def truth(self, value: Value, depth: int = 0) -> bool | None:
        """Is it true in production? None: the files do not tell."""
        if isinstance(value, Call) and value.dotted in {"or", "and"} and depth < DEPTH:
            truths = {self.truth(one, depth + 1) for one in value.args}
            decisive = value.dotted == "or"
            return decisive if decisive in truths else None if None in truths else not decisive
        settled = self.settle(value, depth + 1)
        if isinstance(settled, Const):
            return bool(settled.value)
        if isinstance(settled, Table):
            return bool(settled.items)
        if isinstance(settled, OneOf):
            truths = {self.truth(one, depth + 1) for one in settled.values}
            return truths.pop() if len(truths) == 1 else None
        return None

    def literal(self, value: Value, depth: int = 0) -> Const | None:
        """The constant in the source that a value may be, or is derived from by nothing but fixed functions."""
        if depth > DEPTH:
            return None
        match value:
            case Const(value=str() | bytes() as text) if text:
                return value
            case Const(value=list() | tuple() as parts):
                return value if any(isinstance(part, str | bytes) and part for part in parts) else None
            case Env(default=default) if default is not None:
                return self.literal(default, depth + 1)
            case OneOf(values=options) | Call(dotted="or", args=options) | Call(dotted="if", args=(_, *options)):
                return next((found for one in options if (found := self.literal(one, depth + 1))), None)
            case Call(dotted=dotted, args=args) if dotted.startswith(DERIVED) and args:
                made = [one if isinstance(one, Const) else self.literal(one, depth + 1) for one in args]
                texts = [one for one in made if one is not None and isinstance(one.value, str | bytes) and one.value]
                fixed = all(one or isinstance(arg, Unknown) for one, arg in zip(made, args, strict=True))
                return replace(texts[0], origin=value.origin) if fixed and made[0] and texts else None
        return None

    def random(self, value: Value, depth: int = 0) -> Call | None:
        """The call that makes a value anew in every process."""
        if depth > DEPTH:
            return None
        match value:
            case Env(default=default) if default is not None:
                return self.random(default, depth + 1)
            case OneOf(values=parts):
                return next((found for one in parts if (found := self.random(one, depth + 1))), None)
            case Call(dotted=dotted, args=parts):
                if dotted.startswith(RANDOM):
                    return value
                return next((found for one in parts if (found := self.random(one, depth + 1))), None)
        return None

    def leaves(self, value: Value, depth: int = 0) -> Iterator[Value]:
        """Every value that it may turn out to be: branches, alternatives, defaults of look-ups."""
        if depth > DEPTH:
            return
        if isinstance(value, OneOf):
            for one in value.values:
                yield from self.leaves(one, depth + 1)
        elif isinstance(value, Call) and value.dotted in {"if", "or", "and"}:
            for one in value.args[1 if value.dotted == "if" else 0 :]:
                yield from self.leaves(one, depth + 1)
        else:
            yield value
            if isinstance(value, Env) and value.default is not None:
                yield from self.leaves(value.default, depth + 1)


def _holds(value: Value | None, given: set[int], depth: int = 0) -> bool:
    """Is one of these constants the default of a look-up inside the value?"""
    if isinstance(value, Env):
        return id(value.default) in given or _holds(value.default, given, depth + 1)
    return isinstance(value, Call) and depth < 8 and any(_holds(one, given, depth + 1) for one in value.args)


def _small(value: Value) -> bool:
    """Is this a value that can be looked through? One that doubles at each step is not."""
    stack, left = [value], LARGEST
    while stack and left:
        one, left = stack.pop(), left - 1
        match one:
            case Call(args=args, keywords=keywords):
                stack += [*args, *(part for _, part in keywords)]
            case OneOf(values=parts):
                stack += parts
            case Table(items=items):
                stack += [part for _, part in items]
            case Env(default=part) if part is not None:
                stack.append(part)
    return not stack


def _hashable(value: object) -> bool:
    return isinstance(value, str | bytes | int | float | bool | tuple | None)
