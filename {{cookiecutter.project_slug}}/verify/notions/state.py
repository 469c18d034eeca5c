"""What is left of a request when it is over: cached answers, threads and streams, connections, files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..readers.python import Module, ancestors, parent
from .names import Function
from .shared import CACHES, Shared
from .writes import BOUND, PERSONAL, ROOT, Writes

STARTS = {"Thread", "Timer", "Process", "Greenlet", "submit", "apply_async", "spawn", "spawn_n", "spawn_later",
          "run_in_executor", "call_later", "call_soon_threadsafe", "add_job", "call_on_close", "start_new_thread",
          "start_background_task"}  # fmt: skip
CARRIED = ("copy_current_request_context", "stream_with_context")
WITH_APP = {"current_app", "g", "render_template", "url_for"}
CONNECT = {
    "sqlite3.connect", "psycopg2.connect", "psycopg.connect", "psycopg.Connection.connect", "pymysql.connect",
    "MySQLdb.connect", "mysql.connector.connect", "mariadb.connect", "pyodbc.connect", "oracledb.connect",
    "cx_Oracle.connect", "duckdb.connect", "apsw.Connection", "sqlalchemy.orm.Session", "smtplib.SMTP",
    "smtplib.SMTP_SSL", "http.client.HTTPConnection", "http.client.HTTPSConnection", "ftplib.FTP", "imaplib.IMAP4",
    "imaplib.IMAP4_SSL", "socket.socket", "socket.create_connection", "ldap.initialize", "telnetlib.Telnet",
    "paramiko.SSHClient", "pymssql.connect", "asyncpg.connect",
}  # fmt: skip
PATHS = {"os.path.join", "pathlib.Path", "tempfile.gettempdir", "str", "os.fspath", "open", "io.open"}


@dataclass(frozen=True)
class Cached:
    module: Module
    line: int
    function: Function
    reads: list[str]


@dataclass(frozen=True)
class Late:
    """A piece of code that runs when its request's context is gone, and the proxy that it uses."""

    module: Module
    line: int
    what: str
    proxy: str
    where: str
    streamed: bool


@dataclass(frozen=True)
class Used:
    shared: Shared
    line: int
    where: str


class State(Writes):
    # ------------------------------------------------------------------ caches

    @cached_property
    def cached(self) -> list[Cached]:
        found = []
        for module in self.project.modules.values():
            for function in self.functions(module):
                mark = self.caching(module, function) or self._cached_property(module, function)
                if mark is not None and (reads := self._unkeyed(module, mark, function)):
                    found.append(Cached(module, mark.lineno, function, reads))
        for module, call, dotted in self.calls.all():  # brand = cache(load), brand = lru_cache(maxsize=9)(load)
            outer = self.names.dotted(module, call.func.func) if isinstance(call.func, ast.Call) else dotted
            if not call.args or not CACHES.search(outer or "") or outer in self.names.modules:
                continue
            made = self._function(module, call.args[0])
            if not isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if reads := self._unkeyed(module, call, made):
                found.append(Cached(module, call.lineno, made, reads))
        return found

    def _cached_property(self, module: Module, function: Function) -> ast.expr | None:
        owner = parent(function)
        if not isinstance(owner, ast.ClassDef) or not self.lasting(module, owner):
            return None
        return next((one for one in function.decorator_list if "cached_property" in ast.unparse(one)), None)

    def _unkeyed(self, module: Module, mark: ast.expr, function: Function) -> list[str]:
        """What a cached function reads of the request beside its cache's key."""
        reads = sorted(self.personal(self.reads(module, function)))
        options = {one.arg: one.value for one in mark.keywords} if isinstance(mark, ast.Call) else {}
        for name in ("key", "make_cache_key", "key_prefix"):
            if name in options and not isinstance(options[name], ast.Constant):
                return []
        own = self.names.definition(self.names.dotted(module, getattr(mark, "func", mark)) or "")
        if own and self.personal(self.reads(*own)):  # a memo of the project's that reads its key from the request
            return []
        if ast.unparse(getattr(mark, "func", mark)).endswith(".cached"):  # by path
            known = ["path", "view_args", "endpoint", "url_rule", "method"]
            if isinstance(options.get("query_string"), ast.Constant):
                known += ["args", "query_string", "full_path", "url"]
            reads = [one for one in reads if not one.startswith(tuple(f"request.{name}" for name in known))]
        return reads

    def _function(self, module: Module, expr: ast.AST | None) -> ast.AST | None:
        """The function or lambda behind a reference."""
        if isinstance(expr, ast.Lambda):
            return expr
        if isinstance(expr, ast.Call) and expr.args and "partial" in ast.unparse(expr.func):
            return self._function(module, expr.args[0])
        found = self.names.definition(self.names.dotted(module, expr) or "") if expr is not None else None
        return found[1] if found else None

    # ------------------------------------------------------------------ threads and streams

    @cached_property
    def deferred(self) -> list[Late]:
        found = []
        for module, call, dotted in self.calls.all():
            name = call.func.attr if isinstance(call.func, ast.Attribute) else (dotted or "").rpartition(".")[2]
            given = [*call.args, *(one.value for one in call.keywords)]
            pooled = name == "map" and (dotted or "").endswith(("Executor.map", "Pool.map"))
            if name in STARTS or pooled or self._is_thread(dotted):
                found += list(self._started(module, call, dotted, given, name))
            elif given and (name in {"Response", "response_class"} or (dotted or "").endswith(".Response")):
                found += list(self._streamed(module, call.args[0] if call.args else given[0], call))
        for module in self.project.modules.values():
            for stmt in module.nodes(ast.Return):
                if self.names.scope(module, stmt) in self.calls.views and stmt.value is not None:
                    value = stmt.value.elts[0] if isinstance(stmt.value, ast.Tuple) and stmt.value.elts else stmt.value
                    found += list(self._streamed(module, value, stmt))
        return found

    def _is_context(self, module: Module, expr: ast.expr) -> bool:
        text = ast.unparse(expr).lower()
        return (self.names.class_of(module, expr) or "").endswith("Context") or "ctx" in text or "context" in text

    def _is_thread(self, dotted: str | None) -> bool:
        made = self.names.definition(dotted or "")
        return bool(made and isinstance(made[1], ast.ClassDef) and "threading.Thread" in self.names.bases(dotted or ""))

    def _started(
        self, module: Module, call: ast.Call, dotted: str | None, given: list[ast.expr], name: str
    ) -> Iterator[Late]:
        flat: list[ast.expr] = []
        for one in given:
            partial = isinstance(one, ast.Call) and "partial" in ast.unparse(one.func)
            parts = one.elts if isinstance(one, ast.Tuple | ast.List) else one.args if partial else [one]  # type: ignore[attr-defined]
            parts = one.values if isinstance(one, ast.Dict) else parts
            flat += [part for part in parts if part is not None]
        runs = [one.value for one in flat if isinstance(one, ast.Attribute) and one.attr == "run"]
        if any(self._is_context(module, one) for one in runs):
            return  # contextvars: the copied context runs it
        what = f"`{ast.unparse(call.func)}(…)`"
        own = self.names.definition(f"{dotted}.run") if self._is_thread(dotted) else None
        late: list[ast.AST] = [*flat, *([own[1]] if own else [])]
        for part in late:
            root = ROOT.fullmatch(self.names.dotted(module, part) or "")
            spelt = self._spelt(module, part)
            stream = (spelt or "").startswith(("request.files", "request.stream"))
            if stream or (root and root[1] in PERSONAL | {"current_app"}):
                yield Late(module, call.lineno, what, spelt or "request", f"{module.path}:{call.lineno}", False)
                continue
            function = part if isinstance(part, ast.FunctionDef) else self._function(module, part)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                owner = own[0] if own and function is own[1] else self._owner(module, part)
                for proxy, where in self._uses(owner, function, ()):
                    yield Late(module, call.lineno, what, proxy, where, False)
                    break

    def _owner(self, module: Module, expr: ast.AST) -> Module:
        found = self.names.definition(self.names.dotted(module, expr) or "")
        return found[0] if found else module

    def _streamed(self, module: Module, body: ast.expr, at: ast.expr | ast.stmt) -> Iterator[Late]:
        looked = self.names.lookup(module, body, body.id) if isinstance(body, ast.Name) else None
        if looked and isinstance(body, ast.Name):
            body = next((one.value for one in self.reaching(body, looked[1]) if one.value is not None), body)
        lazy: list[tuple[Module, ast.AST]] = []
        if isinstance(body, ast.GeneratorExp):
            rest = [*body.generators[0].ifs, *(part for one in body.generators[1:] for part in (one.iter, *one.ifs))]
            lazy = [(module, part) for part in (body.elt, *rest)]
        elif isinstance(body, ast.Call):
            target = self.calls.target(module, body)
            if target and any(isinstance(one, ast.Yield | ast.YieldFrom) for one in self._own(target[1])):
                for one in body.args:
                    root = ROOT.fullmatch(self.names.dotted(module, one) or "")
                    if root and root[1] in PERSONAL:
                        yield Late(module, at.lineno, "the streamed body", root[1], f"{module.path}:{one.lineno}", True)
                        return
                lazy = [target]
            elif self.names.dotted(module, body.func) in {"map", "filter"} and isinstance(body.args[0], ast.Lambda):
                lazy = [(module, body.args[0])]
        for owner, node in lazy:
            for proxy, where in self._uses(owner, node, ()):
                yield Late(module, at.lineno, "the streamed body", proxy, where, True)
                return

    @staticmethod
    def _own(function: ast.AST) -> Iterator[ast.AST]:
        """A function's nodes without those of functions inside it."""
        stack = list(ast.iter_child_nodes(function))
        while stack:
            node = stack.pop()
            yield node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                stack.extend(ast.iter_child_nodes(node))

    def _uses(self, module: Module, function: ast.AST, seen: tuple[ast.AST, ...]) -> Iterator[tuple[str, str]]:
        """The proxies that code reads without a context that it brings itself."""
        marks = " ".join(ast.unparse(one) for one in getattr(function, "decorator_list", ()))
        if function in seen or len(seen) > 6 or any(one in marks for one in CARRIED):
            return
        for node in ast.walk(function):
            named = isinstance(node, ast.Name | ast.Attribute)
            root = ROOT.fullmatch(self.names.dotted(module, node) or "") if named else None
            uses: list[tuple[str, str]] = []
            if root and root[1] in BOUND:
                uses = [(root[1], f"{module.path}:{getattr(node, 'lineno', 1)}")]
            elif isinstance(node, ast.Call) and (target := self.calls.target(module, node)):
                uses = list(self._uses(*target, (*seen, function)))
            if uses:
                brought = self._brought(node, function)
                yield from (use for use in uses if use[0] not in brought)

    @staticmethod
    def _brought(node: ast.AST, function: ast.AST) -> set[str]:
        found: set[str] = set()
        for up in ancestors(node):
            if up is function:
                break
            texts = [ast.unparse(one.context_expr) for one in up.items] if isinstance(up, ast.With) else []
            if isinstance(up, ast.If):
                texts = [ast.unparse(up.test)]
            for text in texts:
                if "request_context" in text:
                    found |= BOUND
                elif "app_context" in text:
                    found |= WITH_APP
        return found

    # ------------------------------------------------------------------ connections and files

    @cached_property
    def connections(self) -> list[Used]:
        found: dict[tuple[str, int], Used] = {}
        if not any(dotted in CONNECT or (dotted or "").endswith("sessionmaker") for _, _, dotted in self.calls.all()):
            return []
        for module in self.project.modules.values():
            for node in [*module.nodes(ast.Name), *module.nodes(ast.Attribute), *module.nodes(ast.Subscript)]:
                if isinstance(getattr(node, "ctx", None), ast.Store) or self.names.scope(module, node) not in self.live:
                    continue
                shared = self.shared(module, node)
                if shared is None or shared.kind == "thread" or not isinstance(shared.made, ast.Call):
                    continue
                called = self.names.dotted(shared.module, shared.made.func)
                maker = self.names.definition(called or "")
                factory = getattr(maker[1], "value", None) if maker else None
                text = ast.unparse(shared.made.func) + (ast.unparse(factory) if factory else "")
                opened = called in CONNECT or ".cursor" in text or "sessionmaker(" in text
                if opened and not self.lock(module, node):
                    line = shared.made.lineno
                    found.setdefault((shared.module.path, line), Used(shared, line, f"{module.path}:{node.lineno}"))
        return list(found.values())

    def fixed_file(self, module: Module, call: ast.Call, dotted: str) -> str | None:
        """The constant name of a file that a call opens to write it anew."""
        path: ast.expr | None = None
        if dotted in {"open", "io.open"} and call.args:
            path = call.args[0]
            named = [one.value for one in call.keywords if one.arg == "mode"]
            mode = next(iter([*call.args[1:2], *named]), None)
            if not isinstance(mode, ast.Constant) or str(mode.value)[:1] not in {"w", "x"}:
                return None
        elif isinstance(call.func, ast.Attribute) and call.func.attr in {"write_text", "write_bytes"}:
            path = call.func.value
        if path is None or self.sources(module, path):
            return None
        text = ""
        for node in self._origins(module, path):
            if isinstance(node, ast.Call) and self.names.dotted(module, node.func) not in PATHS:
                return None
            looked = self.names.lookup(module, node, node.id) if isinstance(node, ast.Name) else None
            if looked and isinstance(looked[0], ast.Module) and isinstance(looked[1][0].value, ast.Constant):
                text = text or str(looked[1][0].value.value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
        return text if text and not text.startswith("/dev/") else None
