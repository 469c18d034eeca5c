"""Writes to shared objects during a request: whose data they leave, under which lock, and what is wrong with it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from ..readers.python import Module, ancestors, parent
from .calls import HOOKS, arguments, me, spelt
from .names import Function
from .shared import ANY, BY_THREAD, DEPTH, Objects, Shared, Source

ROOT = re.compile(r"(?:flask|flask_login|flask_login\.utils|flask_jwt_extended|quart)\.(\w+)")
DATABASE, DATABASE_ROOT = "db.session", re.compile(r"flask_sqlalchemy\.(SQLAlchemy\.)?(session|Model\.query)")
IDENTITY = {"session", "g", "current_user", "get_jwt", "get_jwt_identity"}
PERSONAL = {"request", *IDENTITY}
VISITORS = re.compile(  # what tells one visitor from another
    r"(session|current_user|get_jwt\w*)(\.|$)|g\.\w*(user|uid|auth|member|account|identity|role)"
    r"|request\.(cookies|authorization|remote_user|headers\.(authori|cookie|.*(user|auth|token|key|email|subject)))",
    re.I,
)
NOBODYS = {f"request.{name}" for name in ("endpoint", "method", "blueprint", "url_rule")}  # ours, by whoever asks
GROW = {"append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault", "write",
        "writelines", "writerow", "writerows", "writestr", "subtract", "from_mapping", "set_cookie", "process",
        "attach", "add_header", "symmetric_difference_update", "__setitem__", "rotate", "sort", "reverse"}  # fmt: skip
SHRINK = {"pop", "popleft", "popitem", "remove", "discard", "clear", "difference_update", "intersection_update"}
PUT = {"set", "setex", "hset"}
METHODS = {**dict.fromkeys(PUT, "set"), **dict.fromkeys(GROW, "grow"), **dict.fromkeys(SHRINK, "shrink")}
REGISTERS = {*HOOKS, "connect", "listen", "listens_for", "addHandler", "addFilter"} - {"after_this_request"}
SETTER = re.compile(r"seed|configure|setLogRecordFactory|set_(?!many|multi|cookie)\w+")  # of a library's object
RESTORED = re.compile(r"\b(localcontext|catch_warnings|(err|print)\w*(state|options)|(option|rc)_context)\(")
PASSED = {"setattr", "heapq.heappush", "heapq.heappop", "bisect.insort", "random.shuffle", "operator.setitem"}
ASKS = {"get", "getlist", "pop", "setdefault", "_get_current_object"}
LOCK = re.compile(r"(Lock|Semaphore|Condition|\.lock)$")
LOCK_NAME = re.compile(r"lock|mutex|semaphore", re.IGNORECASE)
CACHE = re.compile(r"(flask_caching|cachelib|diskcache|pymemcache|\w*redis|valkey)\..*")
LOGS = re.compile(r"debug|info|warn(ing)?|error|exception|critical|log|print")
LOCKS_FILE = {"fcntl.flock", "fcntl.lockf", "os.lockf", "msvcrt.locking", "portalocker.lock"}
OPENS = {"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "tarfile.open", "zipfile.ZipFile"}
ASKED = {"get", "hget", "exists", "hexists"}
EXISTS = {"exists", "is_file", "isfile", "lexists"}
HOLDS = {  # what else of a request is in a key that is made of a URL's path or of its query
    r"request\.(full_path|path|url|base_url)\b": r"argument |request\.(path|view_args|endpoint|url_rule|method)\b",
    r"request\.(full_path|query_string|url)\b": r"request\.(args|query_string|full_path|url)\b",
}
QUIET = re.compile("set|add|clos|flush")  # what is done to a listener without reading from it
UNHEARD = re.compile(r"removeHandler|removeFilter|\.(handlers|filters)\b")
MADE_HERE = ("threading.", "asyncio.", "multiprocessing.")  # a lock that nobody else can hold


@dataclass(frozen=True)
class Write:
    """A change of something shared, made while a request is served."""

    module: Module
    node: ast.AST
    shared: Shared
    how: str  # "set" a name or attribute, "item", "kept" in a database, "grow", "shrink", "add" (`+=`), "heard"
    key: ast.expr | None
    values: tuple[ast.expr, ...]

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 1)

    @property
    def outside(self) -> bool:
        """Does a call give this to a cache or a database?"""
        return isinstance(self.node, ast.Call) and self.how in {"item", "kept"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a write: "data" of one request kept, an update "lost", a "default" changed, "stale"."""

    kind: str
    write: Write
    module: Module
    line: int
    data: str  # whose data, where that is known


@dataclass(frozen=True)
class Left:
    """Something that is left of a request when it is over."""

    module: Module
    line: int
    what: str  # the cached function, the thread or stream, the connection, the row
    uses: str  # what it reads of the request, or where it is used or was read


class Writes(Objects):
    # ------------------------------------------------------------------ writes

    @cached_property
    def writes(self) -> list[Write]:
        ways: dict[type[ast.AST], Callable[[Module, Any], Iterator[Write]]] = {
            **dict.fromkeys((ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete), self._assigned),
            **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), self._decorated),
            ast.Call: self._called,
        }
        return [
            write
            for module in self.project.modules.values()
            for kind, way in ways.items()
            for node in module.nodes(kind)
            if self.names.scope(module, node) in self.live
            for write in way(module, node)
        ]

    def _assigned(self, module: Module, node: ast.AST) -> Iterator[Write]:
        plus, gone = isinstance(node, ast.AugAssign), isinstance(node, ast.Delete)
        value: ast.expr | None = getattr(node, "value", None)
        if value is None and not gone:
            return
        targets: list[ast.expr] = getattr(node, "targets", None) or [node.target]  # type: ignore[attr-defined]
        for target in (each for one in targets for each in getattr(one, "elts", [one])):
            key = target.slice if isinstance(target, ast.Subscript) else None
            slot = self.shared(module, target.value) if isinstance(target, ast.Subscript) else None
            if slot is None or not self._holds(slot):
                slot, key = self._slot(module, target, plus, value), None
            how = "shrink" if gone else "add" if plus else "item" if key else "set"
            if slot and plus and key is None and self.container(slot):
                how = "grow"
            if slot:
                yield Write(module, node, slot, how, key, (value,) if value else ())

    def _holds(self, slot: Shared) -> bool:
        """A container, or a name that was None before somebody gave it one."""
        empty = slot.made is None or (isinstance(slot.made, ast.Constant) and not slot.made.value)
        return self.container(slot) or (slot.kind == "name" and slot.name.isidentifier() and empty)

    def _slot(self, module: Module, target: ast.expr, plus: bool, value: ast.expr | None) -> Shared | None:
        """The shared name or attribute that an assignment gives a new value; a library's, when it is a visitor's."""
        if isinstance(target, ast.Attribute):
            base = self.shared(module, target.value)
            if base and not (plus and base.kind == "instance"):
                return base.slot(target.attr, base.made if base.kind == "class" else None)
            holder = self.names.dotted(module, target.value) or ""
            if holder.partition(".")[0] in sys.stdlib_module_names and holder not in self.names.modules:
                return Shared("process", f"{holder}.{target.attr}", module, target)
            in_module = holder in self.names.modules
            whole = self.shared(module, target) if plus or in_module else None
            if whole and (in_module or base or self.container(whole)):
                return whole
            found = self.names.lookup(module, target, getattr(target.value, "id", ""))
            given = value if found and isinstance(found[1][-1].node, ast.Import) else None  # stripe.api_key = …
            own = given and self.whose(self.reads(module, given))
            return Shared("process", ast.unparse(target), module, target) if own else None
        name = target.id if isinstance(target, ast.Name) else ""
        found = self.names.lookup(module, target, name)
        if found is None or found[0] is self.names.scope(module, target) or found[0] in self.live:
            alias = self.shared(module, target) if plus else None
            known = name or (alias and alias.made is not ANY)  # `a[key] += 1` may add to a number
            return alias if alias and known and self.container(alias) else None
        first = self.first(found[1])
        free = self.made(module, first.value) == "free"
        return None if free else Shared("name", name, module, first.node, first.value)

    def _called(self, module: Module, call: ast.Call) -> Iterator[Write]:
        dotted = self.names.dotted(module, call.func) or ""
        args = tuple(arguments(call))
        how = METHODS.get(spelt(call)) if isinstance(call.func, ast.Attribute) else None
        holder = args[0] if args and dotted in PASSED else call.func.value if how else None  # type: ignore[attr-defined]
        if isinstance(call.func, ast.Attribute) and len(args) == 1 and SETTER.fullmatch(call.func.attr):
            how, holder = "attribute", call.func.value if self.names.definition(dotted) is None else None
        elif dotted == "decimal.setcontext":
            how, holder = "set", call
        base = self.shared(module, holder) if holder else None
        in_place = base is not None and base.kind != "context" and self._holds(base)
        if holder and how == "set" and (way := self._cache(module, holder, dotted, base)) and self._asked(module, call):
            base = base or Shared("name", ast.unparse(holder), module, call)
            at = min(len(args) - 1, int(spelt(call) == "hset"))
            yield Write(module, call, base, way, args[at], args[at + 1 :])
        elif how == "attribute":
            if base and isinstance(base.made, ast.Call):
                yield Write(module, call, base.slot(spelt(call)), "set", None, args)
        elif base and dotted == "setattr":
            slot = base.slot(str(getattr(args[1], "value", ast.unparse(args[1]))))
            yield Write(module, call, slot, "set", None, args[2:])
        elif spelt(call) in REGISTERS:
            yield from self._registered(module, call, call.func, list(args))
        elif path := self.opened(module, call, dotted, {"w"}):
            yield Write(module, call, Shared("file", ast.unparse(path), module, call, keys=(path,)), "set", None, args)
        elif base and dotted in PASSED:
            yield Write(module, call, base, "grow", None, args[1:])
        elif base and how and (in_place if how != "set" else base.kind == "context" or holder is call):
            keyed = spelt(call) in {"setdefault", "__setitem__"} and len(args) > 1
            yield Write(module, call, base, how, args[0] if keyed else None, args[1:] if keyed else args)

    def _decorated(self, module: Module, function: Function) -> Iterator[Write]:
        for mark in function.decorator_list:
            called = getattr(mark, "func", mark)
            if getattr(called, "attr", getattr(called, "id", "")) in REGISTERS:
                yield from self._registered(module, mark, called, [function])

    def _registered(self, module: Module, at: ast.expr, called: ast.expr, given: list[ast.AST]) -> Iterator[Write]:
        """A hook, receiver or handler that a request adds for good, with what it keeps of the request."""
        objects = ast.unparse(called).endswith(("addHandler", "addFilter"))
        while isinstance(called, ast.Attribute):
            called = called.value
        own = [one.value for one in self.local(module, called)]
        free = all(one and (self.made(module, one) == "free" or self.shared(module, one)) for one in own)
        if free and not any(isinstance(one, ast.Call) and self._private(module, one) for one in own or [called]):
            kept = tuple(part for one in given for part in self._enclosed(module, one, objects))
            how = "heard" if objects and self._heard(at, {ast.unparse(one) for one in (*given, *kept)}) else "grow"
            yield Write(module, at, Shared("name", ast.unparse(called), module, at), how, None, kept)

    def _private(self, module: Module, made: ast.Call) -> bool:
        """Is this a logger that no other request knows: an object of its own, or one of a name of its own?"""
        values, dotted = self.project.values, self.names.dotted(module, made.func)
        random = values.random(values.of(module, made)) is not None
        return dotted == "logging.Logger" or random or bool(self.whose(self.reads(module, made)))

    def _heard(self, at: ast.expr, names: set[str]) -> bool:
        """Does a request read what it collects under one of these names, and leave its listener there?"""
        scope = self.names.scope(self.names.module(at), at)
        later = (one for one in ast.walk(scope) if isinstance(one, ast.Name) and one.id in names)
        around = (parent(one) for one in later if one.lineno > at.lineno)
        words = [str(getattr(getattr(up, "func", up), "attr", "")) for up in around]
        return not all(map(QUIET.match, words)) and not UNHEARD.search(ast.unparse(scope))

    def _enclosed(self, module: Module, expr: ast.AST, objects: bool) -> Iterator[ast.expr]:
        """What a function made here takes along of the one around it, and what an object made here is given."""
        places = self.local(module, expr)
        code = next((one.node if one.kind == "def" else one.value for one in places), expr)
        around = [up for up in ancestors(code) if isinstance(up, Function | ast.Lambda)] if code else []
        for node in ast.walk(code) if isinstance(code, Function | ast.Lambda) else ():
            if isinstance(node, ast.Name) and (self.names.lookup(module, node, node.id) or "-")[0] in around:
                yield node
        if isinstance(code, ast.Call) and (objects or self.names.dotted(module, code.func) == "functools.partial"):
            yield from arguments(code)

    def opened(self, module: Module, call: ast.Call, dotted: str, modes: set[str]) -> ast.expr | None:
        """The path of a file that a call writes anew, or opens in one of these modes."""
        match call:
            case ast.Call(func=ast.Attribute(value=path, attr="write_text" | "write_bytes")):
                return path
            case ast.Call(ast.Attribute(attr="to_csv" | "to_excel" | "to_parquet" | "savefig" | "imwrite"), [path, *_]):
                return path
            case ast.Call(func=ast.Attribute(value=upload, attr="save"), args=[to, *_]):
                return to if "request.files" in " ".join(self.personal(module, upload)) else None
            case ast.Call(func=ast.Attribute(value=path, attr="open")) if dotted not in OPENS:
                mode = arguments(call)[:1]
            case ast.Call(args=[path, *_]) if dotted in OPENS:
                mode = arguments(call)[1:2]
            case _:
                return None
        return path if any(isinstance(one, ast.Constant) and str(one.value)[:1] in modes for one in mode) else None

    def _cache(self, module: Module, holder: ast.expr, dotted: str, base: Shared | None) -> str:
        """How something is put there: into a cache, or into what is known as its client by its maker only."""
        places = [(module, holder), *([(base.module, base.made)] if base else [])]
        makers = (name for one in places for name in self.project.config.makers(self.project.values.of(*one)))
        return "item" if CACHE.fullmatch(dotted) else "kept" if any(map(CACHE.fullmatch, makers)) else ""

    def _asked(self, module: Module, put: ast.Call) -> bool:
        """Does the function that puts something into a cache look for it there, unprotected by the cache itself?"""
        scope = self.names.scope(module, put)
        alone = any(one.arg == "nx" for one in put.keywords) or ".watch(" in ast.unparse(scope)
        return not alone and any(self._asks(put, code) for code in self.calls.reached([scope]))

    @staticmethod
    def _asks(put: ast.AST, code: ast.AST, key: str | None = None) -> bool:
        """Does code look for something (under this key) in the cache that a call puts something into?"""
        asks = {f"{ast.unparse(getattr(put, 'func', put)).rpartition('.')[0]}.{word}" for word in ASKED}
        calls = (one for one in ast.walk(code) if isinstance(one, ast.Call))
        return any(ast.unparse(one.func) in asks and key in (None, *map(ast.unparse, one.args)) for one in calls)

    # ------------------------------------------------------------------ whose data

    def proxy(self, module: Module, node: ast.AST) -> str | None:
        """`session`, `current_app`, …: which of the libraries' request-bound names a node is."""
        named = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        dotted = (self.names.dotted(module, node) if named else None) or ""
        root = ROOT.fullmatch(dotted)
        return root[1] if root else DATABASE if DATABASE_ROOT.fullmatch(dotted) else None

    def reads(self, module: Module, code: ast.AST) -> frozenset[Source]:
        """What of the request, and which arguments, a value or a function reads: through locals, helpers, proxies."""
        if code not in self._reads:
            self._reads[code] = frozenset()  # a loop ends here
            inner = {one for one in ast.walk(code) if isinstance(one, ast.arg)}
            self._reads[code] = frozenset(
                source for node in ast.walk(code) for source in self._read(module, node) if source not in inner
            )
        return self._reads[code]

    def _read(self, module: Module, node: ast.AST) -> Iterable[Source]:
        if root := self.proxy(module, node):
            source = wanted(node, root)
            return {source} if root in PERSONAL and not self._impersonal(source) else ()
        if isinstance(node, ast.Call):
            if target := self.calls.target(module, node):
                return self.personal(*target)
            _, places = self.names.lookup(module, node, getattr(node.func, "id", "")) or (None, [])
            return [one.node for one in places if isinstance(one.node, ast.arg) and self._wrapped(one.node)]
        if not isinstance(node, ast.Name | ast.Attribute):
            return ()
        found: set[Source] = set()
        for place in self.local(module, node, grown=True):
            function = parent(parent(place.node) or place.node)
            if not isinstance(place.node, ast.arg):
                found |= self.reads(module, place.value or getattr(place.node, "value", None) or place.node)
            elif not (isinstance(function, Function) and me(function) is place.node):
                found.add(place.node)
        return found or self._proxied(module, node)

    def _impersonal(self, source: str) -> bool:
        """Is this in `g`, but no visitor's: a connection, a time?"""
        root, _, name = source.partition(".")
        kept = self.stores.get(name, []) if root == "g" else []
        values = [(module, value) for module, holder, value in kept if self.proxy(module, holder) == "g"]
        return bool(values) and not any(self.whose(self.reads(*one)) for one in values)

    def _proxied(self, module: Module, node: ast.AST) -> set[str]:
        """What a LocalProxy of the project's, or a property, reads."""
        found = self.names.definition(self.names.dotted(module, node) or "")
        if found is None:
            return set()
        value = getattr(found[1], "value", None)
        if isinstance(value, ast.Call) and value.args and ast.unparse(value.func).endswith("LocalProxy"):
            behind = self.names.definition(self.names.dotted(found[0], value.args[0]) or "")
            return self.personal(*(behind or (found[0], value)))
        return self.personal(*found) if "property" in marks_of(found[1]) else set()

    def personal(self, module: Module, code: ast.AST) -> set[str]:
        """The request data that a function reads, without its arguments."""
        return {one for one in self.reads(module, code) if isinstance(one, str)}

    def whose(self, sources: Iterable[Source], seen: frozenset[ast.arg] = frozenset()) -> set[str]:
        """The request data behind sources: arguments are followed to the callers that run during requests."""
        found = {one for one in sources if isinstance(one, str)}
        for arg in (one for one in sources if not isinstance(one, str) and one not in seen):
            function = self.names.function(arg)
            wrapped = self._wrapped(arg)
            for one in wrapped:
                every = [inner for inner in ast.walk(one.args) if isinstance(inner, ast.arg) and inner is not me(one)]
                read = self.personal(self.names.module(one), one)
                found |= self.whose(every, seen | {arg}) if function in self.live else read
            if function not in self.live or function is None or arg not in ast.walk(function.args):
                continue
            callers = self.callers(function)
            if function in self.calls.views or not (callers or wrapped):
                found.add(f"argument {arg.arg}")
            for module, call in callers:
                several = arg in {function.args.vararg, function.args.kwarg}
                given = arguments(call) if several else [self.calls.argument(function, call, arg.arg)]
                for part in given if self.names.scope(module, call) in self.live else ():
                    found |= self.whose(self.reads(module, part), seen | {arg}) if part else set()
        return found

    def _wrapped(self, arg: ast.arg) -> list[Function]:
        """What a decorator is put on, when this argument of it takes that, or one of what it makes is called for it."""
        own = self.names.function(arg)
        return [
            function
            for up in ancestors(arg)
            for mark, function in self.calls.marked.get(up, ())
            if up is not own or not isinstance(mark, ast.Call) or own.name == "__call__"
        ]

    # ------------------------------------------------------------------ locks

    def lock(self, module: Module, node: ast.AST, depth: int = 0) -> ast.AST | None:
        """What holds a lock around a node: the `with` statement, or the whole function."""
        function = self.names.function(node)
        if (held := self._held(module, node)) or function is None or depth > 2:
            return held
        for mark in function.decorator_list:
            own = self.names.definition(self.names.dotted(module, getattr(mark, "func", mark)) or "")
            inner = [one for one in ast.walk(own[1]) if isinstance(one, ast.withitem)] if own else []
            if own and any(self._locks(own[0], one.context_expr) for one in inner):
                return function
        callers = [] if function in self.calls.views else self.callers(function)
        return function if callers and all(self.lock(where, call, depth + 1) for where, call in callers) else None

    def _held(self, module: Module, node: ast.AST, depth: int = 0) -> ast.AST | None:
        """The same, by the node's own function: `with`, or between `acquire` and `release`."""
        function = self.names.function(node)
        for up in takewhile(lambda up: up is not function, ancestors(node)):
            withs = up.items if isinstance(up, ast.With | ast.AsyncWith) else []
            if any(self._locks(module, item.context_expr, depth) for item in withs):
                return up
        line = getattr(node, "lineno", 0)
        calls = [one for one in ast.walk(function or ast.Pass()) if isinstance(one, ast.Call)]
        if any(one.lineno <= line and self.names.dotted(module, one.func) in LOCKS_FILE for one in calls):
            return function
        turns = [
            (call.lineno, call.func.attr)
            for call in calls
            if isinstance(call.func, ast.Attribute)
            if call.func.attr in {"acquire", "release"} and self._locks(module, call.func.value, depth)
        ]
        before = max((one for one in turns if one[0] < line), default=(0, ""))
        between = before[1] == "acquire" and any(at > line and name == "release" for at, name in turns)
        return function if between else None

    def _locks(self, module: Module, expr: ast.expr, depth: int = 0) -> bool:
        """Is this a lock, and one that other requests take too?"""
        if enters := self.calls.function(f"{self.names.class_of(module, expr)}.__enter__"):
            calls = [one for one in ast.walk(enters[1]) if isinstance(one, ast.Call)]
            if any(self.names.dotted(enters[0], one.func) in LOCKS_FILE for one in calls):
                return True
        if isinstance(expr, ast.Call):
            if depth < DEPTH and (own := self.calls.target(module, expr)):
                given = [self._locks(own[0], one, depth + 1) for one in self.names.returned(own[1])]
                given += [
                    self._held(own[0], one, depth + 1) is not None
                    for one in ast.walk(own[1])
                    if isinstance(one, ast.Yield)
                ]
                return bool(given) and all(given)
            called = self.names.dotted(module, expr.func) or ast.unparse(expr.func)
            return not called.startswith(MADE_HERE) and LOCK_NAME.search(called) is not None
        for place in self.local(module, expr):
            if isinstance(place.value, ast.Call):
                return depth < DEPTH and self._locks(module, place.value, depth + 1)
        if isinstance(expr, ast.Attribute) and (owner := self.names.owner(expr)) is not None:
            mine = isinstance(expr.value, ast.Name) and expr.value.id == "self"
            if mine and expr.attr in self.names.attributes(module, owner) and not self.lasting(module, owner):
                return False
            made = self.names.definition(f"{self.names.dotted(module, owner)}.{expr.attr}") if mine else None
            if made and isinstance(made[1], Function) and "property" in map(ast.unparse, made[1].decorator_list):
                return all(self._locks(made[0], one, depth + 1) for one in self.names.returned(made[1]))
        return bool(LOCK.search(self.names.class_of(module, expr) or "") or LOCK_NAME.search(ast.unparse(expr)))

    # ------------------------------------------------------------------ judgement

    def faults(self, kind: str) -> list[Fault]:
        return [one for one in self._faults if one.kind == kind]

    @cached_property
    def _faults(self) -> list[Fault]:
        """One fault a line; an update that is lost, once in a function."""
        found: dict[tuple[object, ...], Fault] = {}
        for fault in sorted((one for write in self.writes if (one := self._judge(write))), key=lambda one: one.line):
            once = self.names.scope(fault.write.module, fault.write.node) if fault.kind == "lost" else fault.line
            found.setdefault((fault.kind, fault.module.path, once, fault.write.shared.name), fault)
        return list({(one.kind, one.module.path, one.line): one for one in reversed(found.values())}.values())

    def _judge(self, write: Write) -> Fault | None:
        shared, module = write.shared, write.module
        made_from = frozenset[Source]().union(*(self.reads(module, one) for one in write.values))
        keys = [*shared.keys, *([write.key] if write.key is not None else [])]
        keyed = frozenset[Source]().union(*(self.reads(module, one) for one in keys))
        data, of_key = self.whose(made_from) - NOBODYS, self.whose(keyed)
        rest = beside(data, of_key)
        own = any(one.split(".")[0] in IDENTITY or VISITORS.match(one) for one in of_key)

        def fault(kind: str, at: ast.AST, kept: Iterable[str] = data) -> Fault:
            return Fault(kind, write, module, getattr(at, "lineno", write.line), ", ".join(sorted(kept)[:2]))

        if write.how == "heard":
            return fault("data", write.node, {"the listener by which this request hears all others"})
        if shared.kind == "process" or (write.how == "set" and self._stored(shared, data)):
            return None
        if shared.kind in {"thread", "context"}:
            stays = write.how in {"set", "item", "grow"} and data and not self._cleared(write)
            return fault("stale", write.node) if stays else None
        if shared.kind == "file" and (not of_key or own):
            return None  # nobody chose its name, or it is each user's own
        if all(isinstance(one, ast.arg) for one in keyed):  # SF604 asks what is wrapped in a memo by arguments
            wrapped = (one for one in made_from if isinstance(one, ast.arg))
            made_from -= {one for one in wrapped if self.names.function(one) not in self.live}
        # How the new value comes about.
        origins = [sub for one in write.values for sub in self._origins(module, one)]
        calls = any(isinstance(one, ast.Call) for one in origins)
        read = write.node if write.how == "add" else None
        for value in write.values if write.how in {"set", "item", "kept"} else ():
            read = read or self._reads_it(write, value)
        sums = write.how == "add" or not data or any(isinstance(one, ast.BinOp) for one in origins)
        guard, refuses = self._guard(write)
        guard = None if guard and not refuses and self._notes(write, guard) else guard
        by_cache = write.outside and bool(of_key) and not rest
        if write.key is not None and read is None and not refuses and (by_cache or (calls and made_from <= keyed)):
            return None  # remembered by everything that it depends on
        # Who else holds the object, and when.
        lock = self.lock(module, write.node)
        if shared.kind == "cached" or (self._unowned(write) and not lock):
            return Fault("default", write, shared.module, getattr(shared.node, "lineno", 1), "")
        within = [lock] if isinstance(lock, ast.With) else []
        acts = write.how in {"grow", "shrink"} or (lock and read is not None and sums)
        acts = bool(rest) if shared.kind == "file" else acts  # and not what is the same for everybody
        for decided_by, alone in ((guard, refuses or acts), (read, sums and not (own and write.how == "kept"))):
            outside = lock is None or any(one not in ancestors(decided_by) for one in within if decided_by)
            if decided_by is not None and alone and outside:
                return fault("lost", decided_by)
        if write.how == "shrink" or shared.kind == "file" or (read is not None and sums):
            return None
        if write.how == "kept" and (read or not any(map(VISITORS.match, rest)) or not self._answered(write)):
            return None  # the service's own data
        if write.how != "set" and (own or (write.outside and read and keyed)):
            return None  # each user's own, or one of many records
        single = write.how in {"set", "kept"} or (write.how == "item" and not keyed)
        kept = data if write.how != "item" else rest if calls else data | of_key
        if kept and (single or lock is None or data & PERSONAL):
            return fault("data", write.node, kept)
        tests = [up.test for up in ancestors(write.node) if isinstance(up, ast.If)]
        asked = any(self.whose(self.reads(module, test)) for test in tests)
        made = {self.names.dotted(module, one.func) or "" for one in origins if isinstance(one, ast.Call)}
        chosen = asked and all(one.startswith("datetime.") for one in made)
        fixed = chosen or all(isinstance(one, ast.Constant) for one in write.values)
        if not single or guard or lock or not write.values or not fixed:
            return None
        return fault("data", write.node, ()) if asked or self.names.function(write.node) in self.calls.views else None

    def _answered(self, write: Write) -> bool:
        """Does the function that puts something into a cache give back what it finds there?"""
        function = self.names.function(write.node)
        return any(self._reads_it(write, one) for one in (self.names.returned(function) if function else ()))

    def _stored(self, shared: Shared, data: set[str]) -> bool:
        """A class that loads and saves itself keeps the service's settings, not a visitor's."""
        kind = self.names.dotted(shared.module, shared.node) if isinstance(shared.node, ast.ClassDef) else None
        kind = kind or self.names.class_of(shared.module, getattr(shared.node, "value", None))
        stores = kind and all(self.names.definition(self.names.method(kind, one)) for one in ("load", "save"))
        return bool(stores) and not any(one.split(".")[0] in IDENTITY for one in data)

    def _reads_it(self, write: Write, expr: ast.AST) -> ast.AST | None:
        """Where `expr`, perhaps through a local name, reads the object that is written, or asks for the file."""
        base = (write.shared.kind, write.shared.name.split("[")[0])
        key = ast.unparse(write.key) if write.key else ""
        for node in self._origins(write.module, expr):
            looks = isinstance(node, ast.Call) and spelt(node) in EXISTS and write.shared.kind == "file"
            if looks and write.shared.name in map(ast.unparse, (*node.args, getattr(node.func, "value", node))):  # type: ignore[attr-defined]
                return node
            called = self.calls.target(write.module, node) if isinstance(node, ast.Call) else None
            if write.outside and self._asks(write.node, called[1] if called else node, key):
                return node
            asked = isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "hasattr"}
            named = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            same = self.shared(write.module, node) if (asked or named) and not write.outside else None
            if same and (same.kind, same.name.split("[")[0]) == base and not self._elsewhere(write, same, node):
                return node
        return None

    @staticmethod
    def _elsewhere(write: Write, same: Shared, node: ast.AST) -> bool:
        """Is this another entry of the same table, by a key that is spelt out?"""
        key = next(iter(same.keys[len(write.shared.keys) :]), None)
        match parent(node):
            case ast.Subscript(value=value, slice=part) if value is node:
                key = part
            case ast.Attribute() as method if isinstance(call := parent(method), ast.Call) and call.args:
                key = call.args[0]
        if write.key is None or not isinstance(key, ast.Constant | ast.JoinedStr):
            return False
        return ast.unparse(key) != ast.unparse(write.key)

    def _origins(self, module: Module, expr: ast.AST, depth: int = 0, grown: bool = False) -> Iterator[ast.AST]:
        """The nodes of an expression; before a local name, those of what it was given (or, `grown`, what was added)."""
        for node in ast.walk(expr):
            for place in self.local(module, node, grown) if depth < 3 else ():
                given = place.value or getattr(place.node, "value", None)  # `(count,) = row`
                given = place.node if given is None and place.kind == "more" else given
                if given is not None and given is not expr:
                    yield from self._origins(module, given, depth + 1, grown)
            yield node

    def _unowned(self, write: Write) -> bool:
        """A default argument, or an object of a class body that is changed as if it were the instance's own."""
        node = write.node
        target = getattr(node, "func", None) or next(iter(getattr(node, "targets", ())), getattr(node, "target", None))
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
        in_body = write.shared.kind == "class" and isinstance(parent(write.shared.node), ast.ClassDef)
        if not in_body or write.how == "set" or not self.container(write.shared):
            return write.shared.kind == "default"
        found = self.names.definition(self.names.dotted(write.module, target) or "")
        return getattr(target, "id", "cls") != "cls" and not found

    def _guard(self, write: Write) -> tuple[ast.AST | None, bool]:
        """The test of the same object that a write relies on; does it refuse (abort, raise) instead of enclosing?"""
        around = set(ancestors(write.node))
        nearest: tuple[ast.AST | None, bool] = (None, False)
        for node in ast.walk(self.names.scope(write.module, write.node)):
            if not isinstance(node, ast.If | ast.While | ast.Assert) or node.lineno > write.line:
                continue
            if node.test in (write.node, *around):  # it tests what the write itself gives
                continue
            test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
            member = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In | ast.NotIn)
            if (member and write.how == "add") or self._reads_it(write, node.test) is None:
                continue
            more = any(isinstance(up, ast.If) and up not in ancestors(node) for up in around)
            if (more and write.outside) or self._reserved(write, node.test):
                continue  # a note of what was found out meanwhile; the way back
            refuses = node not in around and any(
                isinstance(one, ast.Raise)
                or isinstance(node, ast.While)
                or (isinstance(one, ast.Return) and self._says_no(write, one))
                or (isinstance(one, ast.Call) and ast.unparse(one.func).endswith("abort"))
                for part in getattr(node, "body", ())
                for one in ast.walk(part)
            )
            if nearest[0] is None or self.lock(write.module, node.test):
                nearest = (node.test, refuses)
        return nearest

    def _reserved(self, write: Write, test: ast.expr) -> bool:
        """Did another write, under the lock around the test, act on it? This one gives back what that one took."""
        held = self._held(write.module, test)
        if held is None or held in ancestors(write.node):
            return False
        inside = (one for one in self.writes if one.module is write.module and held in ancestors(one.node))
        return any(self._reads_it(one, test) for one in inside)

    def _says_no(self, write: Write, answer: ast.Return) -> bool:
        """Does this answer refuse? Of what is kept elsewhere: True, False or an error, and after the write another."""
        if not write.outside:
            return write.how in {"grow", "shrink", "add"}
        value = answer.value.elts[-1] if isinstance(answer.value, ast.Tuple) else answer.value
        code = value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else 200
        scope = self.names.scope(write.module, write.node)
        later = [one for one in ast.walk(scope) if isinstance(one, ast.Return) and one.lineno > write.line]
        after = min(later, key=lambda one: one.lineno, default=answer)
        return not 1 < code < 400 and ast.unparse(answer) != ast.unparse(after)

    @staticmethod
    def _notes(write: Write, guard: ast.AST) -> bool:
        """`if x not in told: told.add(x); log.warning(…)`: a set takes it twice as well as once."""
        around = parent(guard)
        said = [getattr(stmt, "value", None) for stmt in around.body] if isinstance(around, ast.If) else [None]
        calls = [one for one in said if isinstance(one, ast.Call)]
        logged = all(one is write.node or LOGS.fullmatch(spelt(one)) for one in calls)
        return len(calls) == len(said) and logged and spelt(write.node) == "add"  # type: ignore[arg-type]

    # ------------------------------------------------------------------ a thread's own variables

    def _cleared(self, write: Write) -> bool:
        """Is a thread's or context's variable emptied after each request, or filled anew by each?"""
        function = self.names.scope(write.module, write.node)
        managers = self.calls.named("werkzeug.local.LocalManager")
        if any(self._mentions(write, module, manager) for module, manager in managers):
            return True
        code = [(self.live[one], one) for one in self._run_by("teardown|after_") if one in self.live]
        attempts = [one for one in ast.walk(function) if isinstance(one, ast.Try)]
        code += [(write.module, part) for attempt in attempts for part in attempt.finalbody]
        if any(self._mentions(write, module, part) for module, part in code):
            return True
        if RESTORED.search(contexts(write.node, function)):
            return True
        statement = write.node if isinstance(write.node, ast.stmt) else parent(write.node)
        if statement not in getattr(function, "body", ()):
            return False  # on a condition only
        functions = {one: module for one, module in self.live.items() if isinstance(one, Function)}
        readers = {one for one, module in functions.items() if self._mentions(write, module, one)}
        silent = write.shared.name.partition(".")[0] in BY_THREAD.values()
        return function in self._run_by("before_") or (not silent and readers <= self.calls.reached([function]))

    def _mentions(self, write: Write, module: Module, code: ast.AST) -> bool:
        """Does this code use the variable?"""
        made = (write.shared.module, write.shared.name.split(".")[0])
        found = (self.shared(module, node) for node in ast.walk(code) if isinstance(node, ast.Name | ast.Call))
        return any(one and (one.module, one.name) == made for one in found)

    def _run_by(self, hook: str) -> set[ast.AST]:
        """What hooks of this kind run."""
        return self.calls.reached([one for one in self.live if re.search(rf"\.({hook})", marks_of(one))])


def marks_of(function: ast.AST) -> str:
    return " ".join(ast.unparse(mark) for mark in getattr(function, "decorator_list", ()))


def contexts(node: ast.AST, function: ast.AST) -> str:
    """The contexts around a node that the function itself makes or asks for."""
    found: list[ast.expr] = []
    for up in takewhile(lambda up: up is not function, ancestors(node)):
        match up:
            case ast.With(items=items):
                found += [one.context_expr for one in items]
            case ast.If(test=test):
                found.append(test)
    return " ".join(map(ast.unparse, found))


def beside(data: set[str], key: set[str]) -> set[str]:
    """The data of a request that is not in a key."""
    held = [part for whole, part in HOLDS.items() if any(re.match(whole, one) for one in key)]
    return {one for one in data - key if not any(re.match(part, one) for part in held)}


def wanted(node: ast.AST, root: str) -> str:
    """`request.args.name` for each way to read it, or to ask for it."""
    match parent(node):
        case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(value=str(name)), *_]):
            return f"{root}.{name}"
        case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()]):
            return f"{root}.{name}"
    chain = node
    while (up := parent(chain)) and isinstance(up, ast.Attribute | ast.Subscript | ast.Call):
        if chain not in {getattr(up, "value", None), getattr(up, "func", None)}:
            break
        chain = up
    words = re.findall(r"[\w-]+", ast.unparse(chain).removeprefix(ast.unparse(node)))
    return ".".join([root, *[word for word in words if word not in ASKS][:2]])
