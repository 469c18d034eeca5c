"""What is left of a request when it is over: cached answers, threads and streams, connections, files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile

from ..readers.python import Module, ancestors, assigned, parent
from .calls import Site, arguments, defaults, parameters, spelt
from .folders import folder
from .launch import SERVERS
from .names import Function
from .rows import ALONE, WRITES_FILE, Rows
from .shared import CACHES, DEPTH, DISPLAYS
from .values import Const
from .writes import DATABASE, MADE_HERE, NOBODYS, PERSONAL, VISITORS, Left, beside, contexts, marks_of, wanted

STARTS = {"Thread", "Timer", "Process", "Greenlet", "submit", "apply_async", "spawn", "spawn_n", "spawn_later",
          "run_in_executor", "call_later", "call_soon_threadsafe", "add_job", "call_on_close", "start_new_thread",
          "start_background_task", "enqueue", "enqueue_in", "enqueue_at", "delay"}  # fmt: skip
POOLS = ("ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool")
CLOSES = re.compile(r"\b(close|release|putconn|disconnect|rollback)\(")
WAITS = re.compile(r"\.(join\((timeout|\d|\))|result\()|as_completed\(|\bwait\(|gather\(")
STREAM = "the streamed body"
CARRIED = ("copy_current_request_context", "stream_with_context")
WITH_APP = {DATABASE, "current_app", "g", "render_template", "url_for"}  # what an application context is enough for
BOUND = {*PERSONAL, *WITH_APP, "flash", "get_flashed_messages", "login_user"}
STARTED = re.compile(r".*(Executor|Pool)\.map|(queue|multiprocessing|asyncio|gevent)\..*\.put(_nowait)?")
YIELDS = (ast.Yield, ast.YieldFrom)
CONTEXT_RUN = re.compile(r"(context|ctx)(\(\))?\.run$", re.IGNORECASE)  # contextvars: the copied context runs it
QUEUE = re.compile(r"(queue|multiprocessing)\.(\w+\.)?\w*Queue")
LAZY = {"map", "filter", "functools.partial"}  # they call later what they are given
CONNECT = re.compile(
    r"(sqlite3|psycopg2?|pymysql|MySQLdb|mysql\.connector|mariadb|pyodbc|oracledb|cx_Oracle|duckdb|pymssql|asyncpg)\.connect"
    r"|(psycopg|apsw)\.Connection.*|sqlalchemy\.orm\.Session|(smtplib|imaplib|ftplib|telnetlib)\..*|paramiko\.SSHClient"
    r"|((io|gzip|codecs)\.)?open|http\.client\.HTTPS?Connection|socket\.(socket|create_connection)|ldap\.initialize"
    r"|.*\.(cursor|pubsub)"  # what a connection makes for one reader
)
ITERATES = re.compile(r"zip|map|filter|iter|reversed|enumerate|csv\.(Dict)?[rR]eader")
MAKER = re.compile(r"sessionmaker|create_engine")
PATHS = {"os.path.join", "pathlib.Path", "tempfile.gettempdir", "str", "os.fspath", "open", "io.open",
         "os.path.dirname", "os.path.abspath", "pathlib.Path.resolve"}  # fmt: skip
MOMENT = ("uuid.uuid1", "uuid.uuid4", "secrets.token_hex", "secrets.token_urlsafe", "secrets.choice", "secrets.rand",
          "random.rand", "random.choice", "time.time", "datetime.datetime.now", "datetime.datetime.utcnow",
          "datetime.datetime.today", "datetime.date.today")  # fmt: skip
WITHIN, CASTS = (ast.Attribute, ast.BinOp, ast.FormattedValue, ast.JoinedStr), {"str", "int"}  # around text and numbers
ONCE = re.compile(r"started|boot|instance|worker|process|node|salt|secret|seed|version|build")  # the process's own
ABORTS = re.compile(r"abort|\w+_or_404")
WRITTEN = re.compile(rf"\b({'|'.join(WRITES_FILE)})\(")
# What caches between the service and its visitors keep for everybody.
KEPT = re.compile(r"(?!.*(private|no-store|no-cache)).*(\bpublic\b|max-?age\W+(?!0\b)|\bs-maxage)", re.I | re.S)
DIRECTIVES = {"public", "max_age", "s_maxage"}


class State(Rows):
    # ------------------------------------------------------------------ caches

    @cached_property
    def cached(self) -> list[Left]:
        marked: list[tuple[Module, ast.expr, Module, ast.AST]] = []
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                mark = self.caching(module, function)
                marked += [(module, mark, module, function)] if mark else []
        for module, call, dotted in self.calls.all():  # brand = cache(load), brand = lru_cache(maxsize=9)(load)
            outer = self.names.dotted(module, call.func.func) if isinstance(call.func, ast.Call) else dotted
            found = self._referred(module, call.args[0]) if call.args and CACHES.search(outer or "") else None
            marked += [(module, call, *found)] if found else []
        return [
            Left(module, mark.lineno, code.name, ", ".join(reads[:3]))
            for module, mark, owner, code in marked
            if isinstance(code, Function) and (reads := self._unkeyed(module, mark, owner, code))
        ]

    def _unkeyed(self, module: Module, mark: ast.expr, owner: Module, function: Function) -> list[str]:
        """What a cached function reads of the request beside its cache's key."""
        options = {one.arg: one.value for one in mark.keywords} if isinstance(mark, ast.Call) else {}
        keys = [options[name] for name in ("key", "make_cache_key", "key_prefix") if name in options]
        if any(not isinstance(one, ast.Constant) for one in keys):
            return []
        memo = self._referred(module, getattr(mark, "func", mark))
        if memo and self.personal(*memo):  # a memo of the project's that reads its key from the request
            return []
        by_url = ast.unparse(getattr(mark, "func", mark)).endswith(".cached")  # Flask-Caching
        key = "request.full_path" if "query_string" in options else "request.path"
        return sorted(beside(self.personal(owner, function), {key} if by_url else set()))

    @cached_property
    def published(self) -> list[Left]:
        """Answers that are made of one visitor's data and marked to be kept by caches that others ask, too."""
        found = []
        for module in self.project.modules.values():
            if not re.search(r"cache.control", module.source, re.I):
                continue
            for node, stmt in self._marked(module):
                data = sorted(filter(VISITORS.match, self.whose(self.reads(module, stmt))))
                code = ast.unparse(self.names.scope(module, node))
                varies = re.search(r"\bvary\b.*(cookie|authori|x-)|cache_control\.(private|no_)", code, re.I)
                if data and not varies:
                    found.append(Left(module, getattr(node, "lineno", 1), "the answer", ", ".join(data[:2])))
        return found

    def _marked(self, module: Module) -> Iterator[tuple[ast.expr, ast.stmt]]:
        """Where an answer is marked for these caches, and the statement, which names the answer."""
        for node in module.nodes(ast.Constant):
            value, around = None, parent(node)
            match around:
                case _ if str(node.value).lower() != "cache-control":
                    continue
                case ast.Subscript():
                    value = getattr(parent(around), "value", None)
                case ast.Call(args=[first, given, *_]) if first is node:
                    value = given
                case ast.Dict(keys=keys, values=values):
                    value = values[keys.index(node)]
            settled = self.project.values.settle(self.project.values.of(module, value))
            stmt = next(up for up in ancestors(node) if isinstance(up, ast.stmt))
            text = str(settled.value) if isinstance(settled, Const) else ast.unparse(value or ast.Pass())
            if KEPT.match(text) and not isinstance(value, ast.IfExp):
                yield node, stmt
        for assign in module.nodes(ast.Assign):
            match assign.targets[0]:
                case ast.Attribute(value=ast.Attribute(attr="cache_control"), attr=word) as target:
                    if word in DIRECTIVES and getattr(assign.value, "value", True):
                        yield target, assign

    def _referred(self, module: Module, expr: ast.AST) -> tuple[Module, ast.AST] | None:
        """The function or lambda behind a reference."""
        if isinstance(expr, ast.Lambda):
            return module, expr
        return self.names.definition(self.names.dotted(module, expr) or "")

    @cached_property
    def drained(self) -> list[Left]:
        """Where a request answers with what it takes out of a queue that all of them fill."""
        filled: dict[ast.AST, str] = {}
        for module, call, queue in self._queued("put", "put_nowait"):
            data = sorted(self.whose(self.reads(module, call.args[0])) - NOBODYS) if call.args else []
            if data and self.names.scope(module, call) in self.live:
                filled[queue] = data[0]
        return [
            Left(module, call.lineno, ast.unparse(call.func.value), filled[queue])  # type: ignore[attr-defined]
            for module, call, queue in (self._queued("get", "get_nowait") if filled else ())
            if queue in filled and (function := self.names.function(call)) and self.calls.in_request(function)
            if any(call in self._origins(module, one, grown=True) for one in self.names.returned(function))
        ]

    def _queued(self, *words: str) -> Iterator[tuple[Module, ast.Call, ast.AST]]:
        """The calls of a method of the standard library's queues, and the call that made the queue at start."""
        for module, call in (one for word in words for one in self.calls.spelt.get(word, ())):
            word = getattr(next(iter(call.args), None), "value", None)
            if not isinstance(call.func, ast.Attribute) or isinstance(word, str):  # `table.get("word")`
                continue
            made = self.project.routes.follow(call.func.value)
            if isinstance(made, ast.Attribute) and self.shared(module, made.value):
                given = self._given(self.names.class_of(module, made.value) or "", made.attr)
                made = given[0][1] if given else made
            if isinstance(made, ast.Call) and (where := self.names.module(made)):
                queue = QUEUE.fullmatch(self.names.dotted(where, made.func) or "")
                if queue and self.names.scope(where, made) not in self.live:
                    yield module, call, made

    # ------------------------------------------------------------------ threads and streams

    @cached_property
    def late(self) -> list[Left]:
        found = []
        for module, call, dotted in self.calls.all():
            name, dotted = spelt(call), dotted or ""
            own = "threading.Thread" in self.names.bases(dotted)
            if name in STARTS or own or STARTED.fullmatch(dotted):
                later = [use for one in arguments(call) for use in self._later(module, one)]
                run = self.calls.function(f"{dotted}.run") if own else None
                later += self._uses(*run) if run else []
                torn = [use for one in arguments(call) for use in self._torn(module, one)]
                later += torn if torn and not self._waits(module, call) else []
                if name in {"delay", "apply_async"}:  # a task's worker has an application context, never a request
                    task = self.calls.function(dotted.rpartition(".")[0])
                    later += self._uses(*task, "app_context") if task else []
                carried = any(CONTEXT_RUN.search(ast.unparse(one)) for one in arguments(call))
                if self._begun:  # a pool whose threads are in one context of the app
                    later = [one for one in later if one.split("`")[1] not in WITH_APP - {"g"}]
                what = f"`{ast.unparse(call.func)}(…)`"
                found += [Left(module, call.lineno, what, one) for one in later[:1] if not carried]
            elif name in {"Response", "response_class"}:
                found += self._streamed(module, call, arguments(call)[:1])
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef):
                closes = any(getattr(mark, "attr", "") == "call_on_close" for mark in function.decorator_list)
                used = self._uses(module, function) if closes else []
                found += [Left(module, function.lineno, f"`{function.name}`", one) for one in used]
            for stmt in module.nodes(ast.Return):
                if self.names.scope(module, stmt) in self.calls.views and stmt.value is not None:
                    body = stmt.value.elts[:1] if isinstance(stmt.value, ast.Tuple) else [stmt.value]
                    found += self._streamed(module, stmt, body)
        return found

    def _streamed(self, module: Module, at: ast.expr | ast.stmt, body: list[ast.expr]) -> list[Left]:
        for one in body:
            given = next((place.value for place in self.local(module, one) if place.value is not None), one)
            if isinstance(given, ast.Call | ast.GeneratorExp) and (later := list(self._later(module, given))):
                return [Left(module, at.lineno, STREAM, later[0])]
        return []

    def _later(self, module: Module, expr: ast.expr) -> Iterator[str]:
        """The proxies that an expression uses only when somebody runs, or iterates, what it gives."""
        root = self.proxy(module, expr)
        upload = ast.unparse(expr).startswith(("request.files", "request.stream"))
        if root in PERSONAL | {"current_app"} or upload:
            yield f"`{root or 'request'}` ({module.path}:{expr.lineno})"
            return
        function, parts = self._referred(module, expr), list[ast.expr]()
        match expr:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Dict(values=elements):
                parts = elements
            case ast.Call():
                function = self.calls.target(module, expr)
                lazy = function is not None and self._yields(function[1])
                function = function if lazy else None
                parts = expr.args if lazy or self.names.dotted(module, expr.func) in LAZY else []
            case ast.GeneratorExp(elt=element, generators=[first, *rest]):  # its first iterable is evaluated now
                inner = [part for one in rest for part in (one.iter, *one.ifs)]
                for part in (element, *first.ifs, *inner):
                    yield from self._uses(module, part)
        for one in parts:
            yield from self._later(module, one)
        if function and isinstance(function[1], Function | ast.Lambda):
            yield from self._uses(*function)

    def _torn(self, module: Module, expr: ast.AST, depth: int = 0) -> Iterator[str]:
        """What of `g` an expression hands over, or a function made here keeps, that the request's end closes."""
        parts = [(module, one) for one in self._enclosed(module, expr, False)] if depth < DEPTH else []
        match expr if depth < DEPTH else None:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Dict(values=elements):
                parts += [(module, one) for one in elements]
            case ast.Name():
                parts += [(module, one.value) for one in self.local(module, expr) if one.value]
            case ast.Call() as call if target := self.calls.target(module, call):
                parts += [(target[0], one) for one in self.names.returned(target[1])]
            case ast.Attribute(value=root) | ast.Call(func=ast.Attribute(value=root)) | ast.Call(args=[root, *_]):
                kept = wanted(root, "g") if self.proxy(module, root) == "g" else ""
                if kept.partition(".")[2] in self._closed:
                    yield f"`{kept}` ({module.path}:{root.lineno})"
        for where, one in parts:
            yield from self._torn(where, one, depth + 1)

    def _waits(self, module: Module, call: ast.Call) -> bool:
        """Does the function that starts some work stay until it is done?"""
        scope = self.names.scope(module, call)
        return bool(WAITS.search(ast.unparse(scope)) or re.search("Executor|Pool|TaskGroup", contexts(call, scope)))

    @cached_property
    def _closed(self) -> set[str]:
        """The words that hooks say which close something when a request ends."""
        words = ("teardown_appcontext", "teardown_request", "teardown_app_request")
        given = [(at, one) for word in words for at, call in self.calls.spelt.get(word, ()) for one in arguments(call)]
        hooks = [found[1] for at, one in given if (found := self._referred(at, one))]
        texts = map(ast.unparse, {*hooks, *self._run_by("teardown_")})
        return {word for text in texts if CLOSES.search(text) for word in re.findall(r"\w+", text)}

    def _yields(self, function: Function) -> bool:
        return any(isinstance(one, YIELDS) and self.names.function(one) is function for one in ast.walk(function))

    def _uses(self, module: Module, code: ast.AST, brought: str = "", depth: int = 0) -> list[str]:
        """The first proxy that code reads without a context that it, or who calls it, brings."""
        key = (code, brought)
        if key not in self._used and depth <= 6:
            self._used[key] = []  # code that calls itself
            self._used[key] = list(islice(self._read_late(module, code, brought, depth), 1))
        return self._used.get(key, [])

    def _read_late(self, module: Module, code: ast.AST, brought: str, depth: int) -> Iterator[str]:
        calls = [ast.unparse(one.func) for one in ast.walk(code) if isinstance(one, ast.Call)]
        brought += " ".join(calls) if any(one.endswith(".push") for one in calls) else ""
        carried = any(one in marks_of(code) for one in CARRIED)
        body = [code.body] if isinstance(code, ast.Lambda) else getattr(code, "body", [code])  # defaults are made now
        for node in (node for part in body for node in ast.walk(part)) if not carried else ():
            root = self.proxy(module, node)
            target = self.calls.target(module, node) if isinstance(node, ast.Call) else None
            around = brought + contexts(node, code) if target or root in BOUND else ""
            if root in BOUND and "request_context" not in around and not ("app_context" in around and root in WITH_APP):
                yield f"`{root}` ({module.path}:{getattr(node, 'lineno', 1)})"
            elif target:
                yield from self._uses(*target, around, depth + 1)

    @cached_property
    def pushed(self) -> list[Left]:
        """Contexts that a request, or the code that makes the app, enters and never leaves."""
        popped = {ast.unparse(call.func).removesuffix(".pop") for _, call, _ in self.calls.all() if not call.args}
        makers = {self.names.scope(*made) for made in self.calls.named("flask.Flask")}
        mixed = any(one.uses.startswith("`g`") for one in self.late)  # by jobs that have no context of their own
        pushes = [(module, call.func) for module, call in self.calls.spelt.get("push", ())]
        found = []
        for module, push in dict.fromkeys([*pushes, *self._begun]):
            scope, context = self.names.scope(module, push), ast.unparse(getattr(push, "value", push))
            known = self.names.lookup(module, push, context)
            made = [context, *(ast.unparse(one.value) for one in (known[1] if known else ()) if one.value)]
            if context in popped or not any(re.search(r"(app|request)_context\(", one) for one in made):
                continue
            served = (entry := self.project.reach.entry(module, push)) and entry.argv[0] in SERVERS
            serves = scope in makers or served or self.calls.in_request(scope)
            if mixed if (module, push) in self._begun else serves:
                found.append(Left(module, push.lineno, made[-1], ""))
        return found

    @cached_property
    def _begun(self) -> list[tuple[Module, ast.expr]]:
        """The `push` that the threads of a pool start with, or that a function calls which they start with."""
        pools = (one for word in POOLS for one in self.calls.spelt.get(word, ()))
        given = [(at, one.value) for at, call in pools for one in call.keywords if one.arg == "initializer"]
        codes = [found[1] for one in given if (found := self._referred(*one))]
        called = [
            (at, call.func) for at, call in self.calls.spelt.get("push", ()) if self.names.scope(at, call) in codes
        ]
        return [one for one in [*given, *called] if getattr(one[1], "attr", "") == "push"]

    @cached_property
    def unremoved(self) -> list[Left]:
        """Registries of a session for each thread that nobody empties."""
        ends = {
            ast.unparse(node.value).rpartition(".")[2]
            for module in self.project.modules.values()
            for node in module.nodes(ast.Attribute)
            if node.attr in {"remove", "close"}
        }
        return [
            Left(module, call.lineno, target.id, "")
            for module, call in self.calls.named("sqlalchemy.orm.scoped_session")
            if isinstance(stmt := parent(call), ast.Assign) and isinstance(target := stmt.targets[0], ast.Name)
            if isinstance(parent(stmt), ast.Module) and target.id not in ends
        ]

    @cached_property
    def unreleased(self) -> list[Left]:
        """Locks of the process that a request takes, and where it may end before it releases them."""
        found = []
        for module, call in self.calls.spelt.get("acquire", ()):
            stmt, lock = parent(call), getattr(call.func, "value", None)
            if not isinstance(stmt, ast.Expr) or lock is None or self.names.scope(module, call) not in self.live:
                continue
            block = next(one for one in vars(parent(stmt)).values() if isinstance(one, list) and stmt in one)
            release = f"{ast.unparse(lock)}.release()"
            later = {ast.unparse(one): one for one in block[block.index(stmt) + 1 :]}
            made_here = (self.names.class_of(module, lock) or "").startswith(MADE_HERE)
            if release in later and made_here and self._locks(module, lock):
                between = (later[one] for one in takewhile(release.__ne__, later) if release not in one)
                nodes = (node for one in between if not isinstance(one, Function) for node in ast.walk(one))
                ends = (f"{module.path}:{getattr(one, 'lineno', 1)}" for one in nodes if self._leaves(module, one))
                found += [Left(module, call.lineno, ast.unparse(lock), end) for end in islice(ends, 1)]
        return found

    def _leaves(self, module: Module, node: ast.AST) -> bool:
        """Does this leave its function, or call a helper that may; not where something else is tried then?"""
        around = next((up for up in ancestors(node) if isinstance(up, ast.Try | ast.ExceptHandler)), None)
        target = self.calls.target(module, node) if isinstance(node, ast.Call) else None
        helper = ast.walk(target[1]) if target and ".release(" not in ast.unparse(target[1]) else ()
        refuses = any(
            isinstance(one, ast.Raise) or (isinstance(one, ast.Call) and ABORTS.fullmatch(spelt(one)))
            for one in (node, *helper)
        )
        return (refuses or isinstance(node, (ast.Return, *YIELDS))) and not isinstance(around, ast.Try)

    # ------------------------------------------------------------------ defaults

    @cached_property
    def frozen(self) -> list[Left]:
        """Defaults that are a new id, or the time, of when the module was read, and that requests leave out."""
        found = []
        for module, call, made in ((*one, name) for name in MOMENT for one in self.calls.named(name)):
            value: ast.AST = call
            while isinstance(up := parent(value), WITHIN) or (
                isinstance(up, ast.Call) and (up.func is value or spelt(up) in CASTS)
            ):
                value = up
            name = self._left_out(module, value, made)
            found += [Left(module, call.lineno, name, made)] if name and not ONCE.search(name) else []
        return found

    @cached_property
    def _making(self) -> dict[str, list[Site]]:
        """The calls that make an object of a class, or of one below it."""
        found: dict[str, list[Site]] = {}
        for module, call, dotted in self.calls.all():
            for kind in self.names.ancestry(dotted) if dotted and self.names.is_class(dotted) else ():
                found.setdefault(kind, []).append((module, call))
        return found

    def _left_out(self, module: Module, value: ast.AST, made: str) -> str:
        """The parameter or the field that has this default, when calls in requests leave it out."""
        scope, (up, around, *_) = self.names.scope(module, value), ancestors(value)
        match up:
            case ast.arguments() if isinstance(around, Function) and scope not in self.live and around in self.live:
                name = next(arg.arg for arg, one in defaults(around).items() if one is value)
                order, sites = parameters(around), self.callers(around)
                if any(self.names.scope(*one) is around for one in self.calls.named(made)):  # `time.time() - started`
                    return ""
                if around in self.calls.views:
                    return name
            case ast.keyword(arg="default") | ast.AnnAssign() if isinstance(scope, ast.ClassDef):
                stmt = next(one for one in ancestors(value) if isinstance(one, ast.stmt))
                names = (ast.unparse(one) for one, _ in assigned(stmt) if "ClassVar" not in ast.unparse(stmt))
                name, kind = next(names, ""), self.names.dotted(module, scope)
                order = [ast.unparse(one.target) for one in scope.body if isinstance(one, ast.AnnAssign)]
                sites = self._making.get(kind or "", [])
            case _:
                return ""
        omits = (_omits(one, name, order) for at, one in sites if self.names.scope(at, one) in self.live)
        return name if any(omits) else ""

    @cached_property
    def templated(self) -> list[tuple[str, int, str]]:
        """(path, line, what it is) where a template puts something into what all requests share."""
        found, markup = [], self.project.markup
        _ = markup.flaws  # whose search walks all templates
        for path, line, held in sorted(markup.filled, key=lambda one: one[:2]):
            kept = self.shared(held.module, held.node)
            fixed = isinstance(held.node, DISPLAYS) and self.names.scope(held.module, held.node) not in self.live
            if fixed or (kept and self.container(kept)):
                what = kept.name if kept else ast.unparse(held.node)
                found.append((path, line, f"`{what}` ({held.module.path}:{held.node.lineno})"))
        return found

    # ------------------------------------------------------------------ connections and files

    @cached_property
    def connections(self) -> list[Left]:
        found: dict[tuple[str, int], Left] = {}
        modules = self.project.modules.values()
        names = (dotted or f".{spelt(call)}" for _, call, dotted in self.calls.all())
        opens = any(CONNECT.fullmatch(one) or MAKER.search(one) for one in names)
        made = ((module, getattr(stmt, "value", None)) for module in modules for stmt in module.tree.body)
        opens = opens or any(value and self._connects(module, value) for module, value in made)
        for module in modules if opens else ():
            for node in module.nodes(ast.Name, ast.Attribute, ast.Subscript, ast.Call):
                if isinstance(getattr(node, "ctx", None), ast.Store) or self.names.scope(module, node) not in self.live:
                    continue
                if not (shared := self.shared(module, node)) or shared.kind == "thread":
                    continue
                given = self.names.returned(shared.node)[:1] if isinstance(shared.node, Function) else []
                kept = given[0] if given and shared.kind == "cached" else shared.made
                where, origin = self._passed(shared.module, kept)
                if origin and self._connects(where, origin) and not self.lock(module, node):
                    used = Left(where, origin.lineno, shared.name, f"{module.path}:{getattr(node, 'lineno', 1)}")
                    found.setdefault((where.path, origin.lineno), used)
        return list(found.values())

    def _connects(self, module: Module, made: ast.expr) -> bool:
        """A connection, a cursor or a session, from a library or from a factory of the project's; an iterator."""
        if not isinstance(made, ast.Call):
            return isinstance(made, ast.GeneratorExp)
        function = self.calls.target(module, made)
        if function and not function[1].decorator_list and self._yields(function[1]):
            return True
        dotted = self.names.dotted(module, made.func) or f".{spelt(made)}"
        if CONNECT.fullmatch(dotted) or ITERATES.fullmatch(dotted):
            return True
        opens = isinstance(made.func, ast.Attribute) and made.func.attr in {"connect", "raw_connection"}
        maker = made.func.value if opens and isinstance(made.func, ast.Attribute) else made.func
        shared = self.shared(module, maker)
        origin = shared.made if shared else self._passed(module, maker)[1]
        return isinstance(origin, ast.Call) and MAKER.search(ast.unparse(origin)) is not None

    def fixed_file(self, module: Module, call: ast.Call, dotted: str) -> tuple[str, ast.expr] | None:
        """The file that a call opens to write it anew, when it is the same for all requests; where it is named."""
        module, path = self._passed(module, self.opened(module, call, dotted, {"w", "x"}))
        told = path if path and self.names.function(path) is not self.names.function(call) else call
        if (kept := self.shared(module, path)) and kept.made and kept.kind != "bag":
            module, path = self._passed(kept.module, kept.made)
        if path is None or self.reads(module, path) or self._gate(self.names.module(call), call):
            return None
        parts = list(self._origins(module, path))
        own = [one for one in parts if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "self"]
        calls = [self.names.dotted(module, one.func) for one in parts if isinstance(one, ast.Call)]
        if not PATHS.issuperset(calls) or not all(self.shared(module, one) for one in own):
            return None
        values = [self.project.values.of(module, one) for one in parts if isinstance(one, ast.Name | ast.Constant)]
        names = [str(one.value) for one in values if isinstance(one, Const) and one.value]
        if not names or names[-1].startswith("/dev/"):
            return None
        return folder(self.project, self.project.routes.value(path)) or ast.unparse(path), told

    def _gate(self, module: Module, call: ast.Call) -> bool:
        """Is a file opened only to be locked, here or by a helper, and nothing written into it?"""
        bound = parent(call)
        target = getattr(bound, "optional_vars", None) or next(iter(getattr(bound, "targets", ())), call)
        around = self.names.owner(call) or self.names.scope(module, call)
        uses = (one for one in ast.walk(around) if isinstance(one, ast.Name | ast.Attribute) and one is not target)
        same = [one for one in uses if ast.unparse(one) == ast.unparse(target)]
        calls = ((up for up in ancestors(one) if isinstance(up, ast.Call) and spelt(up) != "fileno") for one in same)
        own = [one for one in (next(each, None) for each in calls) if one and spelt(one) != "close"]
        texts = [self._text(one, *(self.calls.target(module, one) or ())[1:]) for one in own]
        return bool(texts) and all(ALONE.search(one) and not WRITTEN.search(one) for one in texts)


def _omits(call: ast.Call, name: str, order: list[str]) -> bool:
    """Does a call surely leave this parameter out?"""
    known = {word.arg for word in call.keywords} | {*order[: len(call.args)]}
    return not known & {name, None} and not any(isinstance(one, ast.Starred) for one in call.args)
