"""Who may pass: hooks, decorators and lines in a view that turn a stranger away, worked out for one route at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import ancestors, parent
from .calls import spelt
from .names import Function
from .routes import Place, Route, Routes
from .urls import parse
from .values import Call, Const, Unknown, Value, parts

if TYPE_CHECKING:
    from ..project import Project

Owner: TypeAlias = "ast.Call | str | None"  # an application or a blueprint, the name of one; None: all of them
_IDENTITY = re.compile(
    r"session|user|uid|auth|token|jwt|api_?key|login|role|admin|account|identity|member|staff|x-key|permission", re.I
)
_VISITOR = re.compile(  # who is asking, not whom the URL names
    r"\bcurrent_(user|identity|account|member)|(?<!db\.)\bsession(\[|\.(get|pop)\()|\bin session\b|flask\.session"
    r"|\bg\.\w*(user|uid|auth|member|account|identity|admin|role|login)|logged_in|is_(admin|staff|auth)|jwt|token"
    r"|api_?key|request\.(cookies|authorization|remote_addr)|headers\W+(get\W+)?(authori|x-\w*(key|user|sign))"
    r"|permission|has_role|compare_digest",
    re.I,
)
_UNKNOWN = re.compile(  # "I do not know you"
    r"abort\(.*(401|unauthori)|raise .*(unauthori|NotAuth|AuthError)|return .*, 401\b|(status|code)=401"
    r"|\bunauthori[sz]ed\(|\bverify_jwt_in_request\(|\.require\(",
    re.I,
)
_TO_LOGIN = re.compile(r"redirect\(.*(log[_-]?in|sign[_-]?in|auth)", re.I)
_FORBIDDEN = re.compile(
    r"abort\(.*(403|forbidden)|raise .*(forbidden|PermissionDenied)|return .*, 403\b|(status|code)=403|\bforbidden\(",
    re.I,
)
_TURNS_AWAY = re.compile(rf"abort\(|{_UNKNOWN.pattern}", re.I)
_HIDDEN = re.compile(r"abort\(.*404|raise .*NotFound|return .*, 404\b", re.I)
_REFUSAL = re.compile(r"raise\b|(return )?\w*\.?abort\(|return .*(, |status=|status_code=|code=)[45]\d\d\b")
_ANSWERS = re.compile(
    r"(flask|werkzeug\.utils)\.(redirect|make_response|jsonify|render_template|Response)|werkzeug\.exceptions\.[A-Z]\w+"
)
_LIBRARY = re.compile(  # guards of libraries, by their name
    r"(login|auth\w*|admin|roles?|permissions?|token|jwt|user|staff|session|scopes?|api_?key|owner|superuser|member)s?_"
    r"(required|only|needed|accepted)|^requires?(_|$)|authenticated|protected"
    r"|^(must|ensure|check|need)_\w*(login|auth|admin|user|role|perm)"
)
_PUBLIC = re.compile(
    r"[/._-](log[_-]?(in|out)|sign[_-]?(in|up|out)|regist\w*|auth|oauth\w*|static|health\w*|readyz?|livez?|ping|public"
    r"|open|favicon\w*|robots\w*|reset\w*|forgot\w*|callback|webhooks?|about|docs|status|index|home|version)[/._-]",
    re.I,
)
_WAY_IN = re.compile(  # what makes a stranger a user
    r"\b(log_?(\w+_)?in|sign_?(\w+_)?(in|up)|login_user|(check|verify)_\w*password\w*|create_access_token)\("
    r"|(?<!db\.)\bsession\[[^\]]*(user|uid|id|login|account|auth|member)[^\]]*\] = ",
    re.I,
)
RIGHT = "admin|staff|superuser|role|permission|scope"  # what one may, not who one is
_FEW = re.compile(rf"(?<!/)\b\w*({RIGHT}|owner)", re.I)  # not whoever has logged in
ASSETS = re.compile(r"/(static|assets?|public|dist|media|css|js|img|images?|icons?|fonts?|themes?)/", re.I)
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, slots=True)
class End:
    """A place where a function ends: it turns the visitor away, lets go on, or leaves it to another function."""

    tests: tuple[Value, ...]  # what must hold to come here
    denies: bool | None  # None: perhaps
    asks: Function | None
    final: bool  # False: when the other function lets go on, so does this one


class Guards:
    def __init__(self, project: Project, routes: Routes) -> None:
        self.project = project
        self.routes = routes
        self._guards: dict[tuple[ast.AST, bool], bool] = {}
        self._known: dict[tuple[Route, str], bool] = {}
        self._ended: dict[Function, list[End]] = {}

    # -- what a guard is

    def is_guard(self, function: ast.AST, redirects: bool = True, depth: int = 0) -> bool:
        """A function that looks at who is asking and can turn them away, itself or by what it calls."""
        key = function, redirects
        if key not in self._guards:
            self._guards[key] = False
            body = function.body if isinstance(function, Function) else []  # without its decorators
            lost = {ast.unparse(one) for one in self.dropped(function)}
            lines = "\n".join(map(ast.unparse, body)).split("\n")
            text = "\n".join(line for line in lines if line.strip() not in lost)
            nodes = [node for stmt in body for node in ast.walk(stmt)] if depth < 3 else []
            called = [one for node in nodes if (one := self._target(node)) and ast.unparse(node) not in lost]
            moved = [node.test for node in nodes if isinstance(node, ast.If) and "redirect(" in ast.unparse(node)]
            asks = _UNKNOWN.search(text) or (redirects and _TO_LOGIN.search(text))
            forged = "csrf" in text.lower()  # it asks where the request comes from, not who sends it
            self._guards[key] = bool(
                (asks and (_IDENTITY.search(text) or self.decides(function)))
                or (redirects and any(_FEW.search(ast.unparse(test)) for test in moved))
                or (_FORBIDDEN.search(text) and not forged and self.decides(function))
                or (_HIDDEN.search(text) and not forged and self.decides(function, _VISITOR))
            ) or any(
                self.is_guard(one, redirects, depth + 1) or any(map(self.wraps, one.decorator_list)) for one in called
            )
        return self._guards[key]

    def decides(self, function: ast.AST, words: re.Pattern[str] = _IDENTITY, about: ast.Expr | None = None) -> bool:
        """Do the function's tests match, or look at the visitor through its variables and by what they call?

        `about`: only those tests count that decide on whether this runs, and those of the guard that it calls.
        """
        if about and (guard := self._target(about.value)) and self.is_guard(guard):
            return True
        asked: list[ast.AST] = []
        given: dict[str, list[ast.AST]] = {}
        around = {*ancestors(about)} if about else None
        for node in ast.walk(function):
            if around and node not in around and not isinstance(node, ast.Assign | ast.NamedExpr):
                continue
            match node:
                case ast.If(test=part) | ast.IfExp(test=part) | ast.Assert(test=part) | ast.Match(subject=part):
                    asked.append(part)
                case ast.Try(body=parts) | ast.With(items=parts) | ast.BoolOp(values=parts):
                    asked += parts
                case ast.Assign(targets=[ast.Name(id=name), *_], value=part) | ast.NamedExpr(ast.Name(id=name), part):
                    given.setdefault(name, []).append(part)
        direct = any(words.search(self._spelt(one)) for one in asked)
        for one in asked:  # grows by what its names stand for
            names = [name.id for name in ast.walk(one) if isinstance(name, ast.Name)]
            asked += [part for name in names for part in given.pop(name, ())]
        return direct or any(
            _VISITOR.search(self._spelt(one)) or any(map(self._knows_who, self._called(one))) for one in asked
        )

    def _spelt(self, node: ast.AST) -> str:
        """The source, and the full names in it."""
        names = (one for one in ast.walk(node) if isinstance(one, ast.Name))
        return " ".join(
            [ast.unparse(node), *(self.project.names.dotted(self.routes.module(one), one) or "" for one in names)]
        )

    def _called(self, node: ast.AST) -> Iterator[Function]:
        """The project's functions that are called there."""
        return filter(None, map(self._target, ast.walk(node)))

    def _knows_who(self, function: Function, depth: int = 0) -> bool:
        """Does it look at who is asking, itself or by what it calls?"""
        return bool(_IDENTITY.search(ast.unparse(function))) or (
            depth < 2 and any(self._knows_who(one, depth + 1) for one in self._called(function))
        )

    def _target(self, call: ast.AST | None) -> Function | None:
        found = self.project.calls.target(self.routes.module(call), call) if isinstance(call, ast.Call) else None
        return found[1] if found else None

    def wraps(self, decorator: ast.expr) -> bool:
        """Is this decorator a guard? The project's are read, a library's are known by name."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        node = self.routes.follow(called)
        if isinstance(node, ast.Call):  # admin_only = requires("admin")
            return self.wraps(node)
        if isinstance(node, Function):
            return self.is_guard(node) and not self._gives_back(node, called is not decorator)
        name = self.project.names.dotted(self.routes.module(called), called) or ast.unparse(called)
        return bool(_LIBRARY.search(name.rpartition(".")[2]))

    def _gives_back(self, decorator: Function, factory: bool) -> bool:
        """Does it return the view as it was: `return view` where `return inner` was meant?"""
        returned = self.project.names.returned(decorator)
        if factory and len(returned) == 1 and isinstance(inner := self.routes.follow(returned[0]), Function):
            return self._gives_back(inner, False)
        given = {arg.arg for arg in decorator.args.args}
        return bool(returned) and all(isinstance(one, ast.Name) and one.id in given for one in returned)

    def dropped(self, function: ast.AST) -> list[ast.Expr]:
        """Where a function makes an answer, or lets a guard make it, and neither returns, raises nor awaits it."""
        return [one for one in self.alone.get(function, ()) if self._answers(one.value) or self.forgets(one.value)]

    def forgets(self, value: ast.expr) -> bool:
        """Is this a guard that nobody awaits? The call of a coroutine only makes it."""
        target = self._target(value)
        return isinstance(target, ast.AsyncFunctionDef) and not target.decorator_list and self.is_guard(target)

    @cached_property
    def alone(self) -> dict[ast.AST | None, list[ast.Expr]]:
        """The expressions of each function whose value nothing takes."""
        found: dict[ast.AST | None, list[ast.Expr]] = {}
        for module in self.project.modules.values():
            for node in module.nodes(ast.Expr):
                found.setdefault(self.project.names.function(node), []).append(node)
        return found

    def _answers(self, value: ast.expr, depth: int = 0) -> bool:
        """Is this a response, an error that nobody raises, or what a guard answers to strangers and to nobody else?"""
        if isinstance(value, ast.Tuple):
            return bool(_REFUSAL.match(f"return {ast.unparse(value)[1:-1]}"))
        if (target := self._target(value)) is None or depth > 2:
            name = self.project.names.dotted(self.routes.module(value), getattr(value, "func", None)) or ""
            return isinstance(value, ast.Call) and bool(_ANSWERS.fullmatch(name))
        returned = [one for one in self.project.names.returned(target) if getattr(one, "value", one) is not None]
        raises, last = re.search(r"\b(raise|abort)\b", ast.unparse(target)), getattr(target.body[-1], "value", None)
        ends = raises or (last in returned and not self._target(last))
        return bool(returned) and not ends and all(self._answers(one, depth + 1) for one in returned)

    @staticmethod
    @lru_cache(maxsize=4096)
    def refuses(function: ast.AST) -> bool:
        """Does it give nothing to anybody: an error in any case, or a redirect and nothing else?"""
        steps = function.body if isinstance(function, Function) else []
        body = [stmt for stmt in steps if not (isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant))]
        ends = [node for node in ast.walk(function) if isinstance(node, ast.Return)] + body[-1:]
        moved = len(body) == 1 and isinstance(body[0], ast.Return) and "redirect(" in ast.unparse(body[0])
        return moved or (bool(body) and all(_REFUSAL.match(ast.unparse(node)) for node in ends))

    # -- one route

    @cached_property
    def hooks(self) -> dict[Owner, list[Function | None]]:
        """What runs before the views of an application or a blueprint.

        A hook that is None is wrapped in a guard, or refuses everybody.
        """
        return self._hooks("before_request", "before_app_request")

    @cached_property
    def late(self) -> dict[Owner, list[Function | None]]:
        """The same of what runs when the view has."""
        ends = ("after_request", "teardown_request", "after_app_request", "teardown_app_request", "teardown_appcontext")
        return self._hooks(*ends)

    def _hooks(self, *words: str) -> dict[Owner, list[Function | None]]:
        found: dict[Owner, list[Function | None]] = {}
        for module in self.project.modules.values():
            for node in module.nodes(ast.Attribute):
                if node.attr == f"{words[0]}_funcs":
                    name, put = self.filed(node)
                    found.setdefault(name, []).extend(self._installed(put, node) or [None])
                if node.attr not in words or self.project.reach.forgotten(node):
                    continue
                around = parent(node)
                for run in self.routes.runs(around if isinstance(around, ast.Call) else node):
                    source, at = (run.args[0], run.func) if isinstance(run, ast.Call) and run.args else (around, run)
                    hooks = self._installed(source, node)
                    owners = self.routes.owners(at.value) if isinstance(at, ast.Attribute) else []
                    for owner in (one for one in owners if one not in self.routes.unregistered):
                        found.setdefault(None if "_app_request" in node.attr else owner, []).extend(hooks)
        return found

    def _installed(self, source: ast.AST | None, seen: ast.expr) -> list[Function | None]:
        """The hook that is installed there; nothing where nobody can tell."""
        hook, _, wrappers = self.routes.applied(source, seen) if source else (None, "", [])
        if any(map(self.wraps, wrappers)) or (hook and self.refuses(hook)):
            return [None]
        return [hook] if isinstance(hook, Function) else []

    def filed(self, table: ast.Attribute) -> tuple[str | None, ast.expr | None]:
        """The name under which a statement puts a hook into Flask's own table, and the hook; None: nobody can tell."""
        match next(up for up in ancestors(table) if isinstance(up, ast.stmt)):
            case (
                ast.Expr(ast.Call(ast.Attribute(entry, "append"), [hook]))
                | ast.Assign([entry], ast.List([hook]))
                | ast.AugAssign(entry, value=ast.List([hook]))
            ):
                key = self.routes.argument(entry, 0, "key") if isinstance(entry, ast.Call) else None
                key = entry.slice if isinstance(entry, ast.Subscript) else key
                named = self.routes.owners(key.value) if isinstance(key, ast.Attribute) and key.attr == "name" else []
                name = self.routes.value(self.routes.argument(named[0], 0, "name") if named else key)
                return (name.value, hook) if isinstance(name, Const) else (None, None)
        return None, None

    def before(self, route: Route, blueprints_only: bool = False) -> list[Function | None]:
        """The hooks that run before this route's view."""
        owners: list[Owner] = [*(mount.child for mount in route.mounts), *route.blueprints]
        owners += [] if blueprints_only else [None, route.owner]
        return [hook for owner in owners for hook in self.hooks.get(owner, ())]

    def too_late(self, hook: Function) -> Route | None:
        """An open route whose view has run when this hook, which is meant to guard it, looks at the visitor."""
        owners = [owner for owner, hooks in self.late.items() if hook in hooks]
        tests = " ".join(ast.unparse(one.test) for one in ast.walk(hook) if isinstance(one, ast.If))
        if not self.is_guard(hook) or not self.decides(hook, _VISITOR) or "status" in tests:  # an error is made a page
            return None
        for route in self.routes.table:
            ran = {None, route.owner, *route.blueprints, *(mount.child for mount in route.mounts)} & {*owners}
            if ran and route.view and self.is_open(route, route.method) and not self.is_public(route, route.method):
                return route
        return None

    def stopped(
        self, route: Route, method: str, hooks: Collection[Function | None], meant: bool = False, anybody: bool = False
    ) -> bool:
        """Can a hook stop each of a stranger's (`anybody`: of everybody's) requests? `meant`: does it mean to?"""
        counts = {hook: (True, None) if self.is_guard(hook) else (True,) if anybody else () for hook in hooks if hook}
        return None in hooks or all(
            any(answers and self._stops(hook, asked, 0) in answers for hook, answers in counts.items())
            for asked in self._requests(route, method, hooks, meant)
        )

    def _requests(self, route: Route, method: str, hooks: Collection[Function | None], meant: bool) -> Iterator[Asked]:
        """What a stranger can send to a route: to any host that hooks name or to another, if it is bound to none."""
        bound = route.host or any(mount.host for mount in route.mounts)
        hosts = [None] if bound else ["", *self._said(hooks, ("host",))]
        for url in self._urls(route, [] if meant else hooks):
            yield from (Asked(self, route, method, meant, url, host) for host in hosts)

    def _urls(self, route: Route, hooks: Iterable[Function | None]) -> Iterator[str]:
        """URLs of a route: any, and those with a query, or a variable's end, that a hook makes an exception for."""
        yield route.url
        yield from (f"{route.url}?{said}" for said in self._said(hooks, ("full_path", "url")))
        for end in self._said(hooks) if route.pattern.variables else ():
            for url in (f"{one}{dot}{end}" for one in route.pattern.urls[:1] for dot in ("", ".")):
                if re.fullmatch(route.pattern.regex, url) and not ASSETS.search(route.path):
                    yield "/" + url.partition("/")[2]

    def _said(self, hooks: Iterable[Function | None], about: Collection[str] = ()) -> list[str]:
        """What hooks compare these facts of a request with, or the endpoint, path or blueprint."""
        tests = [test for hook in hooks if hook for end in self._ends(hook) for test in end.tests]
        asked = [Asked(self, route, "GET", False, "", "") for route in self.routes.table[:1]]
        said = (each for one in asked for test in tests for each in one.options(test))
        return sorted({name for fact, name in said if (fact in about if about else fact != "host")})

    def functions(self, route: Route, method: str) -> list[ast.AST]:
        """What answers: the view, or the methods of its class."""
        if not isinstance(route.view, ast.ClassDef):
            return [route.view] if route.view else []
        members = self.routes.members(route.view)
        return [members[name][0] for name in _called_for(method) if name in members]

    def own(self, route: Route, method: str) -> bool:
        """Is the view itself guarded: by a decorator that the router sees, or by its own first lines?"""
        functions, applied = self.functions(route, method), [*route.wrappers]
        if self.routes.wrapped(route) and not self.routes.too_late(route):
            outer = self.routes.swapped[None][2]
            applied = [*([] if self.routes.unwraps(outer) else applied), *outer]
        if isinstance(route.view, ast.ClassDef):
            members = self.routes.members(route.view)
            applied += [one for function in functions for one in getattr(function, "decorator_list", ())]
            for name in ("decorators", "method_decorators"):
                applied += [one for given in members.get(name, [])[:1] for one in self.routes.elements(given)]
        return any(map(self.wraps, applied)) or any(self.is_guard(one, redirects=False) for one in functions)

    def guarded(self, route: Route, method: str) -> bool:
        key = route, method
        if key not in self._known:
            self._known[key] = self.own(route, method) or self.stopped(route, method, self.before(route))
        return self._known[key]

    @staticmethod
    def for_few(decorator: ast.expr) -> bool:
        """Is this guard for some of the users only, by its name or by what it is told?"""
        return bool(_FEW.search(ast.unparse(decorator)))

    def few(self, route: Route, method: str) -> bool:
        """Does the view itself turn somebody away, or does a guard around or before it ask for a role?"""
        hooks = [hook for hook in self.before(route) if hook is None or self.is_guard(hook)]
        lines = [line for hook in hooks if hook for line in hook.body]  # without the decorators
        asked = [*filter(self.wraps, route.wrappers), *lines, *(one for line in lines for one in self._called(line))]
        own = any(map(self.is_guard, self.functions(route, method)))
        return own or None in hooks or any(_FEW.search(ast.unparse(one)) for one in asked)

    def is_open(self, route: Route, method: str) -> bool:
        """Does it give something to everybody: does no view, and no hook, refuse whoever asks?"""
        refused = any(map(self.refuses, self.functions(route, method))) or self.guarded(route, method)
        return not (refused or self.stopped(route, method, self.before(route), anybody=True))

    def is_public(self, route: Route, method: str = "GET") -> bool:
        """Meant for strangers: the way in; by its name, a probe or a page about the service."""
        last = route.path.rstrip("/").rpartition("/")[2]
        by_name = any(_PUBLIC.search(f"/{name}/") for name in (last, *route.blueprints[-1:]))
        return by_name or any(map(self._lets_in, self.functions(route, method)))

    @staticmethod
    @lru_cache(maxsize=4096)
    def _lets_in(function: ast.AST) -> bool:
        return _WAY_IN.search(ast.unparse(function)) is not None

    def looks_at_visitor(self, route: Route, method: str) -> bool:
        """Does the view ask who it is, for what belongs to them?"""
        views = self.functions(route, method)
        views += [called for view in views for called in self._called(view)]
        return any(_VISITOR.search(self._spelt(one)) for one in views)

    @cached_property
    def families(self) -> set[str]:
        """Endpoints, blueprint names and the beginnings of paths: what a comparison can mean."""
        names: set[str] = set()
        for route in self.routes.table:
            steps = route.path.split("/")
            names |= {route.endpoint, *route.blueprints, *("/".join(steps[:n]) for n in range(2, len(steps) + 1))}
        return {name.lower() for name in names}

    def beyond(self, hook: Function) -> tuple[Route, str] | None:
        """An open route that a hook is meant to stop and does not run for, or lets pass as any other; what says so."""
        if alike := self._namesake(hook):
            return alike, "excepts views by the name of their function, which others have, too"
        table, said = self.routes.table, {*self._said([hook])}
        own = dict.fromkeys(route for route in table if hook in self.before(route))
        apps = {route.owner for route in own} or {*self.routes.apps}
        outside = [route for route in table if route.owner in apps and route not in own]
        names = {name for route in outside for name in (route.endpoint, route.path, *route.blueprints)}
        if names & said - {name for route in own for name in (route.endpoint, *route.blueprints)}:
            why = "makes exceptions outside of its blueprint, but runs before no other"
        elif said and (outside or self._takes_all(hook)) and self._idle(hook, own):
            why = "lets all of its blueprint pass, and runs before no other" if outside else "lets every view pass"
        else:
            return None
        meant = (route for route in outside or own if not outside or self.stopped(route, route.method, [hook]))
        opened = (one for one in meant if self.is_open(one, one.method) and not self.is_public(one, one.method))
        return next(((route, why) for route in opened if route.view), None)

    @cached_property
    def _filed(self) -> dict[str | None, list[Function]]:
        """The collections in which a decorator keeps the names of views, without their modules; these views."""
        found: dict[str | None, list[Function]] = {}
        calls = self.project.calls
        for module, call in (*calls.spelt.get("add", ()), *calls.spelt.get("append", ())):
            match call:
                case ast.Call(ast.Attribute(held), [ast.Attribute(attr="__name__" | "__qualname__")]):
                    views = (view for up in ancestors(call) for _, view in calls.marked.get(up, ()))
                    found.setdefault(self.project.names.dotted(module, held), []).extend(views)
        return found

    def _namesake(self, hook: Function) -> Route | None:
        """An open route that a hook lets pass, for its function is called like one that a decorator excepts."""
        asks = (hook, *self._called(hook)) if self._filed and self.is_guard(hook) else ()
        for test in (node for one in asks for node in ast.walk(one) if isinstance(node, ast.Compare)):
            held, asked = test.comparators[0], ast.unparse(self.routes.follow(test.left))
            views = self._filed.get(self.project.names.dotted(self.routes.module(held), held) or "", [])
            names = {view.name for view in views if re.search(r"name__|partition\(|split\(", asked)}
            alike = (one for one in self.routes.table if getattr(one.view, "name", "") in names)
            for route in (one for one in alike if one.view not in views and not self.is_public(one, one.method)):
                others = [one for one in self.before(route) if one is not hook]
                kept = self.own(route, route.method) or self.stopped(route, route.method, others)
                if hook in self.before(route) and not kept:
                    return route
        return None

    def _takes_all(self, hook: Function) -> bool:
        """Does it ask whether a path begins with "/", as each does?"""
        asked = [test for end in self._ends(hook) for test in end.tests]
        for one in asked:  # grows by what they are made of
            asked += parts(one)
        begins = (one.args[-1] for one in asked if isinstance(one, Call) and one.dotted.endswith(".startswith"))
        return any("/" in _many(getattr(self.project.values.settle(one), "value", None)) for one in begins)

    def _idle(self, hook: Function, own: Collection[Route]) -> bool:
        """Does a guard make an exception for each view of its blueprint, to which no library adds any (`Api(bp)`)?"""
        asked = ((route, method) for route in own for method in ("GET", *UNSAFE))
        if not own or not self.is_guard(hook) or any(self.stopped(*each, [hook]) for each in asked):
            return False
        owners, calls = {mount.child for route in own for mount in route.mounts}, self.project.calls
        others = (call for _, call, dotted in calls.all() if not calls.function(dotted))
        taken = (one for call in others if not spelt(call).startswith("register_") for one in call.args[:1])
        return owners.isdisjoint(owner for one in taken for owner in self.routes.owners(one))

    def missed(self, route: Route, method: str, hook: Function) -> tuple[str, Place | None] | None:
        """Why a hook is meant for a route that it lets pass, and the registration that moved this, when one did."""

        def meant(at: Route) -> bool:
            return self.stopped(at, method, [hook], meant=True)

        def below(prefix: str) -> Route:
            path = prefix + route.path.removeprefix(route.prefix.rstrip("/"))
            return replace(route, path=path, pattern=parse(path, self.routes.converters))

        if meant(route):
            return "which is of the family that it names", None
        mount = next(reversed(route.mounts), None)
        own = mount.own.rstrip("/") if mount else ""
        if not mount or not own or own.lower() in self.families:
            return None
        expects = meant(below(own)) and not meant(below("/zq"))
        return (f"for it expects `{own}` there, the blueprint's own prefix", mount.place) if expects else None

    def overridden(self, route: Route, method: str) -> ast.AST | None:
        """What a class puts into the place of the inherited guard of its view."""
        if not isinstance(route.view, ast.ClassDef):
            return None
        for name in ("decorators", *_called_for(method)):
            found = self.routes.members(route.view).get(name, [])
            meant = found and getattr(found[0], "elts", None) == []  # `decorators = []`
            if any(map(self._keeps, found[1:])) and not self._keeps(found[0]) and not meant:
                return found[0]
        return None

    def _keeps(self, member: ast.AST) -> bool:
        """Is this method, or this list of decorators, a guard?"""
        applied = member.decorator_list if isinstance(member, Function) else self.routes.elements(member)
        return any(map(self.wraps, applied)) or self.is_guard(member, redirects=False)

    # -- a hook, run for one request with everything about the visitor unknown

    def _ends(self, function: Function) -> list[End]:
        if function not in self._ended:
            self._ended[function] = found = []
            module, conditions = self.routes.module(function), self.project.values.conditions
            nodes = [node for node in ast.walk(function) if isinstance(node, ast.Return | ast.Raise | ast.Expr)]
            for node in sorted(nodes, key=lambda one: one.lineno):
                value, final = getattr(node, "value", None), not isinstance(node, ast.Expr)
                asks = self._target(value)
                answers = final and not (isinstance(node, ast.Return) and getattr(value, "value", value) is None)
                perhaps = answers or (value is not None and _TURNS_AWAY.search(ast.unparse(value)))
                denies = _REFUSAL.match(ast.unparse(node)) is not None or (None if perhaps else False)
                if self.project.names.function(node) is function and (asks or denies is not False or final):
                    found.append(End(tuple(map(self._compared, conditions(module, node))), denies, asks, final))
        return self._ended[function]

    def _compared(self, test: Value) -> Value:
        """With what the configuration has where the request is compared with that; its switches may be on or off."""
        if isinstance(test, Call) and test.dotted in {"and", "or", "not"}:
            return replace(test, args=tuple(map(self._compared, test.args)))
        return self.routes.configured(test) if "flask.request." in str(test) else test

    def _stops(self, function: Function, asked: Asked, depth: int) -> bool | None:
        """Does it turn the request away? None: that depends on the visitor."""
        left = False  # may it have let go on before?
        for end in self._ends(function) if depth < 5 else ():
            truths = [self.project.values.truth(asked.answer(test)) for test in end.tests]
            if False not in truths:
                stops = self._stops(end.asks, asked, depth + 1) if end.asks else end.denies
                if stops is not False:
                    return None if left or None in truths else stops
                if end.final and None not in truths:
                    return False
                left |= end.final
        return False


def alike(one: str, other: str) -> bool:
    """Do two words differ in a letter or two?"""
    return SequenceMatcher(None, one, other).ratio() > 0.85


def _called_for(method: str) -> tuple[str, str]:
    """The methods of a class-based view that answer."""
    return "dispatch_request", "get" if method == "HEAD" else method.lower()


def _many(given: object) -> list[str]:
    return [str(one) for one in (given if isinstance(given, list | tuple | set | frozenset) else [given])]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a route, as a hook sees it."""

    guards: Guards
    route: Route
    method: str
    meant: bool  # take each comparison for what its author means: whole names, what is nested in them, in any case
    url: str
    host: str | None

    def fact(self, name: str | None) -> object:
        """`request.path` and its like; None for what depends on the visitor."""
        match (name or "").removeprefix("flask.request.").removeprefix("url_rule."):
            case "path":
                return self.url.partition("?")[0]
            case "full_path":
                return self.url
            case "rule" | "url_rule":
                return self.route.path
            case "endpoint":
                return self.route.endpoint
            case "blueprint":
                return next(reversed(self.route.blueprints), "")
            case "blueprints":
                return [*reversed(self.route.blueprints)]
            case "method" | "host" as own:
                return getattr(self, own)
        return None

    def asks(self, value: Value) -> str:
        """Which fact of the request a value is made of, "" for none."""
        head = value.dotted.rpartition(".")[0] if isinstance(value, Call) else getattr(value, "name", None)
        if head == "flask.request.url" or self.fact(head) is not None:
            return str(head).rpartition(".")[2]
        return next((found for one in getattr(value, "args", ()) if (found := self.asks(one))), "")

    def options(self, value: Value) -> Iterator[tuple[str, str]]:
        """(which fact of a request, what it is compared with)"""
        if isinstance(value, Call):
            for one in value.args if (fact := self.asks(value)) else ():
                yield from (
                    (fact, name) for name in _many(getattr(self.guards.project.values.settle(one), "value", None))
                )
            for one in value.args:
                yield from self.options(one)

    def answer(self, value: Value) -> Value:
        """`value` with what it asks about the request filled in."""
        if isinstance(value, Unknown) and (fact := self.fact(value.name)) is not None:
            return Const(fact)
        if not isinstance(value, Call):
            return value
        head, _, name = value.dotted.rpartition(".")
        if self.fact(head) is not None:  # request.path.startswith(…)
            return self.answer(replace(value, dotted=f"str.{name}", args=(Unknown(head), *value.args)))
        values = self.guards.project.values
        ready = tuple(values.settle(self.answer(one)) for one in value.args)
        match value.dotted, ready:
            case "in" | "not in" as compare, (Const(value=str(part)), Unknown("flask.request.url")):
                if part in self.url.partition("?")[2]:
                    return Const(compare == "in")
            case "==" | "!=" | "in" | "not in" | "str.startswith" as compare, (Const(value=have), Const(value=given)):
                if self.meant and (fact := self.asks(value.args[0])):
                    same = any(self._means(fact, str(have), one, compare == "str.startswith") for one in _many(given))
                    return Const(same is not (compare in ("!=", "not in")))
            case (
                "re.match" | "re.search" | "re.fullmatch" | "str.match" | "str.search" | "str.fullmatch",
                (Const(value=str(pattern)) | Call("re.compile", (Const(value=str(pattern)),)), Const(value=str(have))),
            ):
                return Const(self._matches(name, pattern, have) or None)
        return replace(value, args=ready)

    def _matches(self, how: str, pattern: str, have: str) -> bool:
        """Does a pattern fit? It is meant for what lies beneath a page, when it takes that one as any other there."""
        steps = self.route.path.split("/") if self.meant and have == self.url else []
        above = [steps[:n] for n in range(3, len(steps)) if "<" not in "".join(steps[:n])]
        tried = [[have], *(["/".join(one), "/".join([*one[:-1], "zq"])] for one in above)]
        try:
            return any(all(getattr(re, how)(pattern, url) for url in urls) for urls in tried)
        except re.error:
            return False

    def _means(self, fact: str, have: str, option: str, starts: bool) -> bool:
        """Is what the request has one of the family that a comparison with `option` is meant for?"""
        families, mark = self.guards.families, "/" if "path" in fact else "."
        want, low = option.rstrip(mark).lower(), have.rstrip(mark).lower()
        if fact == "method":
            return have == option or {have, option} <= UNSAFE or (have, option) == ("HEAD", "GET")
        if fact == "host":
            own = want.partition(".")[0] in (*self.route.blueprints, self.route.path.split("/")[1])
            return own or (have.startswith(option) if starts else have == option)
        if starts and want not in families:  # "api_": a habit of naming, not the name of a family
            return have.startswith(option)
        below = f"{low}{mark}".startswith(f"{want}{mark}")
        renamed = low.endswith(mark + want) and (fact == "blueprint" or (fact == "endpoint" and want not in families))
        known = [one for one in (low, want) if {one, f"/{one}"} & families]
        slip = known == [low] and alike(want, low)  # `report`, of `/reports`
        return low == want or renamed or slip or (below and (starts or fact == "blueprint"))
