"""Who writes shared objects during a request, whose data they then hold, and under which lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from ..readers.python import Module, ancestors, parent
from .shared import Objects, Shared

Source: TypeAlias = "str | ast.arg"  # "request.args.name", or an argument: its callers tell
ROOT = re.compile(r"(?:flask|flask_login|flask_login\.utils|flask_jwt_extended|quart)\.(\w+)")
IDENTITY = {"session", "g", "current_user", "get_jwt", "get_jwt_identity"}
PERSONAL = {"request", *IDENTITY}
BOUND = {*PERSONAL, "current_app", "url_for", "flash", "get_flashed_messages", "render_template", "login_user"}
GROW = {"append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault", "write",
        "writelines", "subtract", "symmetric_difference_update", "__setitem__", "rotate"}  # fmt: skip
SHRINK = {"pop", "popleft", "popitem", "remove", "discard", "clear", "difference_update", "intersection_update",
          "sort", "reverse"}  # fmt: skip
PASSED = {"heapq.heappush", "heapq.heappop", "bisect.insort", "random.shuffle", "operator.setitem"}
LOCK = re.compile(r"(Lock|Semaphore|Condition|\.lock)$")
LOCK_NAME = re.compile(r"lock|mutex|semaphore", re.IGNORECASE)


@dataclass(frozen=True)
class Write:
    """A change of something shared, made while a request is served."""

    module: Module
    node: ast.AST
    shared: Shared
    how: str  # "set" a name or attribute, "item", "grow", "shrink", "add" (a number's +=)
    key: ast.expr | None
    values: tuple[ast.expr, ...]

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 1)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a write: "data" of one request kept, an update "lost", a "default" changed, "stale"."""

    kind: str
    write: Write
    module: Module
    line: int
    data: str  # whose data, where that is known


class Writes(Objects):
    # ------------------------------------------------------------------ writes

    @cached_property
    def writes(self) -> list[Write]:
        found = []
        for module in self.project.modules.values():
            kinds: list[type[ast.AST]] = [ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.Call]
            for node in (node for kind in kinds for node in module.nodes(kind)):
                if self.names.scope(module, node) in self.live:
                    found += list(self._writes(module, node))
        return found

    def _writes(self, module: Module, node: ast.AST) -> Iterator[Write]:
        if isinstance(node, ast.Call):
            yield from self._called(module, node)
            return
        value = getattr(node, "value", None)
        targets = list(getattr(node, "targets", [])) or [node.target]  # type: ignore[attr-defined]
        while targets:
            target = targets.pop()
            if isinstance(target, ast.Tuple | ast.List):
                targets += target.elts
                continue
            plus = isinstance(node, ast.AugAssign)
            if isinstance(target, ast.Subscript):
                base = self.shared(module, target.value)
                if base and (self.container(base) or self._unset(base)):
                    how = "add" if plus else "shrink" if isinstance(node, ast.Delete) else "item"
                    yield Write(module, node, base, how, target.slice, (value,) if value else ())
                continue
            slot = self._slot_of(module, target, plus=plus)
            if slot is not None and (value is not None or isinstance(node, ast.Delete)):
                grows = plus and slot.made is not None and self.mutable(slot.module, slot.made)
                how = "grow" if grows else "add" if plus else "shrink" if isinstance(node, ast.Delete) else "set"
                yield Write(module, node, slot, how, None, (value,) if value else ())

    @staticmethod
    def _unset(base: Shared) -> bool:
        """A name that was None, or nothing, before somebody gave it a container."""
        bare = base.name.isidentifier() and base.kind in {"module", "closure"}
        return bare and (base.made is None or isinstance(base.made, ast.Constant))

    def _slot_of(self, module: Module, target: ast.expr, *, plus: bool) -> Shared | None:
        """The shared name or attribute that an assignment gives a new value."""
        if isinstance(target, ast.Attribute):
            dotted = self.names.dotted(module, target.value) or ""
            base = self.shared(module, target.value)
            if (base is None and plus) or dotted in self.names.modules:
                found = self.shared(module, target)
                return found if dotted in self.names.modules or (found and self.container(found)) else None
            return replace(base, name=f"{base.name}.{target.attr}", made=self._made(base)) if base else None
        found_ = self.names.lookup(module, target, target.id) if isinstance(target, ast.Name) else None
        if found_ is None or not isinstance(target, ast.Name):
            return None
        scope, places = found_
        if scope is self.names.scope(module, target) or scope in self.live:
            alias = self.shared(module, target) if plus else None
            return alias if alias and self.container(alias) else None
        first = next((one for one in places if self.names.function(one.node) not in self.live), places[0])
        if self._exempt(module, first.value):
            return None
        kind = "module" if isinstance(scope, ast.Module) else "closure"
        return Shared(kind, target.id, module, first.node, first.value)

    @staticmethod
    def _made(base: Shared) -> ast.expr | None:
        return None if base.kind != "class" else base.made

    def _called(self, module: Module, call: ast.Call) -> Iterator[Write]:
        dotted = self.names.dotted(module, call.func) or ""
        args = (*call.args, *(one.value for one in call.keywords))
        if dotted == "setattr" and len(call.args) == 3 and (base := self.shared(module, call.args[0])):
            name = getattr(call.args[1], "value", ast.unparse(call.args[1]))
            slot = replace(base, name=f"{base.name}.{name}", made=None)
            yield Write(module, call, slot, "set", None, (call.args[2],))
        elif dotted in PASSED and args and (base := self.shared(module, args[0])):
            yield Write(module, call, base, "grow", None, args[1:])
        elif isinstance(call.func, ast.Attribute) and call.func.attr in GROW | SHRINK | {"set"}:
            base = self.shared(module, call.func.value)
            if base is None or (base.kind == "context") != (call.func.attr == "set"):
                return
            if base.kind == "context":
                yield Write(module, call, base, "set", None, args)
            elif self.container(base) or self._unset(base):
                how = "grow" if call.func.attr in GROW else "shrink"
                keyed = call.func.attr in {"setdefault", "__setitem__"} and len(args) > 1
                yield Write(module, call, base, how, args[0] if keyed else None, args[1:] if keyed else args)

    # ------------------------------------------------------------------ whose data

    def _spelt(self, module: Module, expr: ast.AST) -> str | None:
        """`request.args.name` for every way to read it; None for what is no request data itself."""
        parts: list[str] = []
        node = expr
        while True:
            if isinstance(node, ast.Name | ast.Attribute):
                root = ROOT.fullmatch(self.names.dotted(module, node) or "")
                if root and root[1] in BOUND:
                    return ".".join([root[1], *reversed(parts)])
            if isinstance(node, ast.Attribute):
                if node.attr not in {"get", "getlist", "_get_current_object"}:
                    parts.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Subscript):
                parts.append(ast.unparse(node.slice).strip("'\""))
                node = node.value
            elif isinstance(node, ast.Call):
                if node.args and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getlist"}:
                    parts.append(ast.unparse(node.args[0]).strip("'\""))
                node = node.func
            else:
                return None

    @cached_property
    def _known_sources(self) -> dict[ast.AST, frozenset[Source]]:
        return {}

    def sources(self, module: Module, expr: ast.AST | None) -> frozenset[Source]:
        """What of the request, and which arguments, a value is made from, through locals and helpers."""
        if expr is None:
            return frozenset()
        if expr not in self._known_sources:
            self._known_sources[expr] = frozenset()  # a loop ends here
            self._known_sources[expr] = self._made_from(module, expr)
        return self._known_sources[expr]

    def _made_from(self, module: Module, expr: ast.AST) -> frozenset[Source]:
        found: set[Source] = set()
        spelt = self._spelt(module, expr) if isinstance(expr, ast.expr) else None
        if spelt is not None and spelt.split(".")[0] in PERSONAL:
            return frozenset({spelt})
        if isinstance(expr, ast.Name):
            return self._behind(module, expr)
        if isinstance(expr, ast.Lambda):
            return frozenset(self.personal(self.reads(module, expr)))
        if isinstance(expr, ast.Call):
            if self.names.dotted(module, expr.func) == "id":
                return frozenset()
            target = self.calls.target(module, expr)
            if target is not None:
                found |= self.personal(self.reads(*target))
        for child in ast.iter_child_nodes(expr):
            found |= self.sources(module, child)
        return frozenset(found)

    def _behind(self, module: Module, name: ast.Name) -> frozenset[Source]:
        looked = self.names.lookup(module, name, name.id)
        if looked is None or isinstance(looked[0], ast.ClassDef):
            return frozenset()
        scope, places = looked
        if isinstance(scope, ast.Module):
            return frozenset(self.personal(self._proxied(module, name)))
        found: set[Source] = set()
        for place in self.reaching(name, places):
            if isinstance(place.node, ast.arg):
                me = isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and self._me(scope) is place.node
                found |= frozenset() if me else {place.node}
            elif isinstance(place.node, ast.AugAssign):
                found |= self.sources(module, place.node.value)
            else:
                found |= self.sources(module, place.value or getattr(place.node, "value", None))
        return frozenset(found)

    def _proxied(self, module: Module, node: ast.AST) -> frozenset[str]:
        """What a LocalProxy of the project's, or a property, reads."""
        found = self.names.definition(self.names.dotted(module, node) or "")
        if found and isinstance(found[1], ast.FunctionDef):
            is_property = any("property" in ast.unparse(mark) for mark in found[1].decorator_list)
            return self.reads(*found) if is_property else frozenset()
        value = getattr(found[1], "value", None) if found else None
        if found and isinstance(value, ast.Call) and ast.unparse(value.func).endswith("LocalProxy") and value.args:
            inner = self.names.definition(self.names.dotted(found[0], value.args[0]) or "")
            return self.reads(*inner) if inner else self.reads(found[0], value.args[0])
        return frozenset()

    @cached_property
    def _known_reads(self) -> dict[ast.AST, frozenset[str]]:
        return {}

    def reads(self, module: Module, function: ast.AST) -> frozenset[str]:
        """Everything of the request and the app that a function reads, two or ten calls down."""
        if function not in self._known_reads:
            self._known_reads[function] = frozenset()
            found: set[str] = set()
            for node in ast.walk(function):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    root = ROOT.fullmatch(self.names.dotted(module, node) or "")
                    if root and root[1] in BOUND:
                        chain: ast.AST = node
                        while (up := parent(chain)) and isinstance(up, ast.Attribute | ast.Subscript | ast.Call):
                            if chain not in {getattr(up, "value", None), getattr(up, "func", None)}:
                                break
                            chain = up
                        found.add(self._spelt(module, chain) or root[1])
                    found |= self._proxied(module, node)
                elif isinstance(node, ast.Call) and (target := self.calls.target(module, node)):
                    found |= self.reads(*target)
            self._known_reads[function] = frozenset(found)
        return self._known_reads[function]

    @staticmethod
    def personal(reads: Iterable[str]) -> set[str]:
        return {one for one in reads if one.split(".")[0] in PERSONAL}

    def whose(self, sources: Iterable[Source], seen: frozenset[ast.arg] = frozenset()) -> set[str]:
        """The request data behind sources: arguments are followed to the callers that run during requests."""
        found: set[str] = set()
        for one in sources:
            if isinstance(one, str):
                found.add(one)
                continue
            function = parent(parent(one) or one)
            if one in seen or function not in self.live or function is None:
                continue
            callers = self.calls.callers(function) if not isinstance(function, ast.Lambda) else []  # type: ignore[arg-type]
            if function in self.calls.views or not callers:
                found.add(f"argument {one.arg}")
            for module, call in callers:
                if self.names.scope(module, call) in self.live:
                    if one in {function.args.vararg, function.args.kwarg}:  # type: ignore[attr-defined]
                        for part in [*call.args, *(word.value for word in call.keywords)]:
                            found |= self.whose(self.sources(module, part), seen | {one})
                    given = self.calls.argument(function, call, one.arg)  # type: ignore[arg-type]
                    found |= self.whose(self.sources(module, given), seen | {one})
        return found

    # ------------------------------------------------------------------ locks

    def lock(self, module: Module, node: ast.AST, depth: int = 0) -> ast.AST | None:
        """What holds a lock around a node: the `with` statement, or the whole function."""
        function: ast.AST | None = None
        for up in ancestors(node):
            if isinstance(up, ast.With | ast.AsyncWith):
                if any(self._locks(module, item.context_expr) for item in up.items):
                    return up
            elif isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef):
                function = up
                break
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or depth > 2:
            return None
        turns = [
            (call.lineno, call.func.attr)
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if call.func.attr in {"acquire", "release"} and self._locks(module, call.func.value)
        ]
        line = getattr(node, "lineno", 0)
        before = max((one for one in turns if one[0] < line), default=(0, ""))
        if before[1] == "acquire" and any(name == "release" and at > line for at, name in turns):
            return function
        for mark in function.decorator_list:
            own = self.names.definition(self.names.dotted(module, getattr(mark, "func", mark)) or "")
            for inner in ast.walk(own[1]) if own else ():
                if isinstance(inner, ast.With) and own and self._locks(own[0], inner.items[0].context_expr):
                    return function
        callers = self.calls.callers(function)
        held = bool(callers) and all(self.lock(where, call, depth + 1) for where, call in callers)
        return function if held and function not in self.calls.views else None

    def _locks(self, module: Module, expr: ast.expr) -> bool:
        if isinstance(expr, ast.Call):
            called = self.names.dotted(module, expr.func) or ast.unparse(expr.func)
            made_here = called.startswith(("threading.", "asyncio.", "multiprocessing."))  # nobody else can hold it
            return not made_here and LOCK_NAME.search(called) is not None
        if isinstance(expr, ast.Name):
            found = self.names.lookup(module, expr, expr.id)
            if found and found[0] in self.live and isinstance(found[1][-1].value, ast.Call):
                value = self.names.dotted(module, found[1][-1].value.func) or ""
                if value.startswith(("threading.", "asyncio.", "multiprocessing.")):
                    return False
        if isinstance(expr, ast.Attribute) and (owner := self.names.owner(expr)) is not None:
            mine = isinstance(expr.value, ast.Name) and expr.value.id == "self"
            if mine and expr.attr in self.names.attributes(module, owner) and not self.lasting(module, owner):
                return False
        kind = self.names.class_of(module, expr) or ""
        return bool(LOCK.search(kind) or LOCK_NAME.search(ast.unparse(expr)))

    # ------------------------------------------------------------------ judgement

    def _reads_it(self, write: Write, expr: ast.AST, depth: int = 0) -> ast.AST | None:
        """Where `expr`, perhaps through a local name, reads the object that is written."""
        base = write.shared.name.split("[")[0]
        for node in ast.walk(expr):
            got = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr"
            named = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            if not (got or named) or depth > 3:
                continue
            looked = self.names.lookup(write.module, node, node.id) if isinstance(node, ast.Name) else None
            if looked and looked[0] in self.live and isinstance(node, ast.Name):
                for place in self.reaching(node, looked[1]):
                    if place.value is not None and (found := self._reads_it(write, place.value, depth + 1)):
                        return found
            same = self.shared(write.module, node)
            if same and same.name.split("[")[0] == base and same.kind == write.shared.kind:
                return node
        return None

    @cached_property
    def faults(self) -> list[Fault]:
        found: dict[tuple[str, str, object], Fault] = {}
        for write in self.writes:
            if fault := self._judge(write):
                once = self.names.scope(write.module, write.node) if fault.kind == "lost" else fault.line
                known = found.setdefault((fault.kind, fault.module.path, (once, write.shared.name)), fault)
                if fault.line < known.line:
                    found[fault.kind, fault.module.path, (once, write.shared.name)] = fault
        return list({(one.kind, one.module.path, one.line): one for one in found.values()}.values())

    def _judge(self, write: Write) -> Fault | None:
        shared, module = write.shared, write.module
        if shared.kind == "process":
            return None
        lock = self.lock(module, write.node)
        made_from = frozenset[Source]().union(*(self.sources(module, one) for one in write.values))
        keys = [*shared.keys, *([write.key] if write.key is not None else [])]
        keyed = frozenset[Source]().union(*(self.sources(module, one) for one in keys))
        mine = self.whose(keyed)
        data = self.whose(made_from)
        said = ", ".join(sorted(data)[:2])
        if shared.kind in {"thread", "context"}:
            stale = write.how in {"set", "item", "grow"} and data and not self._cleared(write)
            return Fault("stale", write, module, write.line, said) if stale else None
        read = write.node if write.how == "add" else None
        for value in write.values if write.how in {"set", "item"} else ():
            read = read or self._reads_it(write, value)
        origins = [sub for one in write.values for sub in self._origins(module, one)]
        counts = read is not None and (
            write.how == "add" or not data or any(isinstance(one, ast.BinOp) for one in origins)
        )
        guard, refuses = self._guard(write)
        calls = any(isinstance(one, ast.Call) for one in origins)
        if write.key is not None and read is None and calls and not refuses and made_from <= keyed:
            return None  # remembered by everything that it depends on
        if shared.kind == "cached" or (shared.kind in {"default", "class"} and self._unowned(write) and not lock):
            return Fault("default", write, shared.module, getattr(shared.node, "lineno", 1), said)
        unlocked = lock is None or (read is not None and isinstance(lock, ast.With) and lock not in ancestors(read))
        if guard is not None and (refuses or write.how in {"grow", "shrink"}):
            outside = isinstance(lock, ast.With) and lock not in {guard, *ancestors(guard)}
            if lock is None or outside:
                return Fault("lost", write, module, getattr(guard, "lineno", write.line), said)
        if counts and unlocked and read is not None:
            return Fault("lost", write, module, getattr(read, "lineno", write.line), said)
        if write.how == "shrink" or counts:
            return None
        single = write.how == "set" or (write.how == "item" and not keyed)
        kept = data | (mine if write.how == "item" and not calls else set())
        if any(one.split(".")[0] in IDENTITY for one in mine) and write.how != "set":
            return None
        whole = any(one in PERSONAL for one in data)
        if kept and (single or lock is None or whole):
            return Fault("data", write, module, write.line, ", ".join(sorted(kept)[:2]))
        constant = bool(write.values) and all(isinstance(one, ast.Constant) for one in write.values)
        if single and constant and guard is None and lock is None:
            return Fault("data", write, module, write.line, "")
        return None

    def _unowned(self, write: Write) -> bool:
        """A default argument, or an object of a class body that is changed as if it were the instance's own."""
        if write.shared.kind == "default":
            return True
        target = getattr(write.node, "func", None) or next(iter(getattr(write.node, "targets", ())), None)
        target = target or getattr(write.node, "target", None)
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
        named = self.names.dotted(write.module, target) if target else None
        definition = self.names.definition(named or "")
        in_place = write.how in {"grow", "item", "shrink", "add"} and self.container(write.shared)
        return in_place and isinstance(target, ast.Name) and target.id != "cls" and definition is None

    def _origins(self, module: Module, expr: ast.AST) -> Iterator[ast.AST]:
        for node in ast.walk(expr):
            yield node
            looked = self.names.lookup(module, node, node.id) if isinstance(node, ast.Name) else None
            for place in self.reaching(node, looked[1]) if looked and looked[0] in self.live else ():
                if place.value is not None and place.value is not expr:
                    yield from ast.walk(place.value)

    def _guard(self, write: Write) -> tuple[ast.AST | None, bool]:
        """The test of the same object that a write relies on; does it refuse (abort, raise) instead of enclosing?"""
        function = self.names.scope(write.module, write.node)
        around = set(ancestors(write.node))
        inside: tuple[ast.AST | None, bool] = (None, False)
        for node in ast.walk(function):
            if not isinstance(node, ast.If | ast.While | ast.Assert) or node.lineno > write.line:
                continue
            if self._reads_it(write, node.test) is None:
                continue
            compared = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
            member = isinstance(compared, ast.Compare) and isinstance(compared.ops[0], ast.In | ast.NotIn)
            if member and write.how == "add":
                continue
            stops = [one for part in getattr(node, "body", ()) for one in ast.walk(part)]
            refuses = node not in around and any(
                isinstance(one, ast.Raise)
                or (isinstance(one, ast.Return) and write.how in {"grow", "shrink", "add"})
                or (isinstance(one, ast.Call) and ast.unparse(one.func).endswith("abort"))
                for one in stops
            )
            if inside[0] is None or self.lock(write.module, node.test):  # the test nearest to the act, under its lock
                inside = (node.test, refuses)
        return inside

    def _cleared(self, write: Write) -> bool:
        """Is a thread's or context's variable emptied after each request, or filled anew by each?"""
        base = write.shared.name.split(".")[0]
        function = self.names.scope(write.module, write.node)
        owner = write.shared.module
        hooks = [one for one in self.live if any("teardown" in ast.unparse(mark) or "after_" in ast.unparse(mark)
                                                for mark in getattr(one, "decorator_list", ()))]  # fmt: skip
        places = [(self.live[one], sub) for one in hooks for sub in self._reached(self.live[one], one)]
        places += [
            (write.module, sub)
            for attempt in ast.walk(function)
            if isinstance(attempt, ast.Try)
            for part in attempt.finalbody
            for sub in ast.walk(part)
        ]
        for module, node in places:
            if isinstance(node, ast.Name | ast.Attribute):
                same = self.shared(module, node)
                if same and same.module is owner and same.name.split(".")[0] == base:
                    return True
        statement = write.node if isinstance(write.node, ast.stmt) else parent(write.node)
        if parent(statement or write.node) is not function:
            return False
        return self._first(function) or self._readers(write) <= {function, *self._run_by(write.module, function)}

    def _readers(self, write: Write) -> set[ast.AST]:
        """The functions that mention the variable in requests."""
        found: set[ast.AST] = set()
        for module in self.project.modules.values():
            for name in module.nodes(ast.Name):
                scope = self.names.scope(module, name)
                if scope in self.live and (same := self.shared(module, name)) and same.kind == write.shared.kind:
                    found |= {scope} if same.name == write.shared.name.split(".")[0] else set()
        return found

    def _run_by(self, module: Module, function: ast.AST, depth: int = 0) -> Iterator[ast.AST]:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and depth < 3 and (target := self.calls.target(module, call)):
                yield target[1]
                yield from self._run_by(*target, depth + 1)

    def _reached(self, module: Module, function: ast.AST, depth: int = 0) -> Iterator[ast.AST]:
        for node in ast.walk(function):
            yield node
            if isinstance(node, ast.Call) and depth < 2 and (target := self.calls.target(module, node)):
                yield from ast.walk(target[1])

    def _first(self, function: ast.AST, depth: int = 0) -> bool:
        """Runs before every view: a before_request hook, or called by one without a condition."""
        marks = getattr(function, "decorator_list", ())
        if any(re.search(r"before_(app_)?request", ast.unparse(mark)) for mark in marks):
            return True
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or depth > 2:
            return False
        for _, call in self.calls.callers(function):
            statement = next((up for up in ancestors(call) if isinstance(up, ast.stmt)), None)
            outer = parent(statement) if statement else None
            if outer is not None and self._first(outer, depth + 1):
                return True
        return False

