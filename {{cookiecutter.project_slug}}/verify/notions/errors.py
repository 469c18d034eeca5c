"""What becomes of exceptions: who handles them, and where the text of one goes that nobody wrote for visitors."""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import nodes

from ..readers.python import Module, ancestors, parent
from .calls import spelt
from .names import Function
from .renders import Render
from .uses import onward
from .values import together

if TYPE_CHECKING:
    from ..project import Project

KEPT = re.compile(  # what these give back is not the text: a number, a digest, a type, nothing
    r"log|print|add|put|debug|info|warning|error|exception|critical|.*(?:record|remember|save|store|capture).*"
    r"|.*(?:digest|hash|md5|sha\d+).*|type|isinstance|hasattr|len|bool"
)
PAGES = re.compile(rf"{KEPT.pattern}|render_template.*")  # those may show a part of what they are given
ANY = re.compile(r"(Base)?Exception|(sqlalchemy\.exc|sqlite3|psycopg2?|pymysql)\..+")
SERVER_ERROR = re.compile(r"500|.*InternalServerError")  # Flask's own, which holds the exception that caused it
INSIDE = {"args", "original_exception", "__cause__", "__context__", "orig", "statement", "params"}
ASKED_FOR = re.compile(r"debug|develop|testing|admin|staff|superuser", re.I)
CLIENT = re.compile(r".*request\.(args|values|form|headers|cookies|json|get_json|query_string)\b.*")
KNOWN = re.compile(r"request|flask|str|int|bool|len|any|all")

Handler: TypeAlias = ast.ExceptHandler | Function | ast.Lambda
Use: TypeAlias = tuple[Module, ast.expr, list[ast.AST]]  # with the nodes that it goes through


def handlers(project: "Project") -> Iterator[tuple[Module, Handler, str, ast.expr]]:
    """Where a view or Flask handles exceptions: the code, its name for the exception, and the kinds it is for."""
    served = project.calls.views.keys() | project.calls.wrappers
    for module in project.modules.values():
        for clause in module.nodes(ast.ExceptHandler):
            if clause.name and clause.type and project.names.function(clause) in served:
                yield module, clause, clause.name, clause.type
    for module, call, _ in project.calls.all():
        match call, spelt(call), parent(call):
            case ast.Call(args=[kind, given]), "register_error_handler", _:
                owner, handler = project.calls.function(project.names.dotted(module, given)) or (module, given)
            case ast.Call(args=[kind]), "errorhandler" | "app_errorhandler", ast.Call(args=[handler]) | handler:
                owner = module
            case _:
                continue
        if isinstance(handler, Function | ast.Lambda) and handler.args.args:
            yield owner, handler, handler.args.args[-1].arg, kind


def texts(project: "Project") -> Iterator[Use]:
    """The uses of any exception as a text."""
    printed = set(_printed(project))
    for module, handler, name, kind in handlers(project):
        kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
        every = any(ANY.fullmatch(project.names.dotted(module, one) or "") for one in kinds)
        if every or any(SERVER_ERROR.fullmatch(ast.unparse(one)) for one in kinds):
            for node in _insides(handler, name, every):
                way = [node, *onward(node, KEPT)]
                if node in printed or any(map(_is_text, way)):
                    yield module, node, way


def through(project: "Project", text: ast.AST) -> Iterator[ast.AST]:
    """The nodes that a text goes through, in whoever takes it from the function that returns it too."""
    queue, seen = [text], set[Function]()
    while queue:
        for up in onward(queue.pop(), KEPT):
            yield up
            function = project.names.function(up) if isinstance(up, ast.Return | ast.Yield) else None
            if function and function not in seen:
                seen.add(function)
                queue += _taken(project, function)


def _taken(project: "Project", function: Function) -> Iterator[ast.expr]:
    """A function's calls, a property's reads, and the objects of which a page prints it."""
    yield from (call for _, call in project.calls.callers(function))
    own = ((module, read, read) for module in project.modules.values() for read in module.nodes(ast.Attribute))
    parts = ((render, part) for render in project.markup.renders for part in _outputs(project, render))
    shown = (
        (given.module, ast.Attribute(given.node, part.attr), given.node)
        for render, part in parts
        if isinstance(part, nodes.Getattr) and (given := render.context.get(getattr(part.node, "name", "")))
    )
    for module, read, taken in (*own, *shown):
        known = project.calls.function(project.names.dotted(module, read)) if read.attr == function.name else None
        yield from [taken] if known and known[1] is function else []


def collected(project: "Project", module: Module, way: list[ast.AST]) -> Iterator[Use]:
    """Where a view for everybody takes out, and not apart, what a text is put into: a variable, an app's extension."""
    grown, guards = project.names.grown(module, module.tree), project.routes.guards
    kept = {f"{module.name}.{name}" for name, more in grown.items() if any(one.node in way for one in more)}
    calls = (up.func.value for up in way if isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute))
    kept |= set(filter(None, map(_extension, calls)))
    routes = (route for route in project.routes.table if kept and guards.is_open(route, route.method))
    for view in dict.fromkeys(view for route in routes for view in guards.functions(route, route.method)):
        owner = project.names.module(view)
        for use in (node for node in ast.walk(view) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)):
            if (_extension(use) or project.names.dotted(owner, use)) in kept:
                after = [*onward(use, PAGES)]
                element = isinstance(parent(use), ast.Subscript | ast.Attribute)  # of a table: a whole text
                if not any(isinstance(up, ast.comprehension | ast.Subscript | ast.Attribute) for up in after[element:]):
                    yield owner, use, after


def _extension(node: ast.AST) -> str | None:
    """The name of what an application keeps under this: `app.extensions["failures"]`."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="extensions"), slice=ast.Constant(value=str(name))):
            return f"extensions[{name!r}]"
    return None


def _insides(handler: Handler, name: str, every: bool) -> Iterator[ast.expr]:
    """The uses of what caused an exception and, where that may be any, of the exception itself."""
    for use in ast.walk(handler):
        if isinstance(use, ast.Name) and use.id == name and isinstance(use.ctx, ast.Load):
            part = parent(use)
            read = re.match(rf"{name}\.(\w+)|getattr\({name}, '(\w+)'", ast.unparse(part)) if part else None
            if read and isinstance(part, ast.expr):
                yield from [part] if {*read.groups()} & INSIDE else []
            elif every and not _of_known_kind(use, name):
                yield use


def _printed(project: "Project") -> Iterator[ast.expr]:
    """What is given to a template that writes it into the page as it is: `{{ error }}`, not `{{ error.code }}`."""
    for render in project.markup.renders:
        names = {part.name for part in _outputs(project, render) if isinstance(part, nodes.Name)}
        yield from (expr.node for name, expr in render.context.items() if name in names)


def _outputs(project: "Project", render: Render) -> list[nodes.Node]:
    """What a page writes as it is."""
    return [part for one in _seen(project, render) if isinstance(one, nodes.Output) for part in one.nodes]


def unseen(project: "Project") -> Iterator[ast.AST]:
    """What is given to a template that has no use for it in production, and the keyword that gives it."""
    for render in project.markup.renders:
        names = {one.name for one in _seen(project, render) if isinstance(one, nodes.Name)}
        given = [expr.node for name, expr in render.context.items() if render.templates and name not in names]
        yield from given
        yield from (up for up in map(parent, given) if isinstance(up, ast.keyword))


def dumped(project: "Project") -> Iterator[tuple[str, int]]:
    """(path, line) where a template prints the whole of Flask's `config`."""
    if any("config" in render.context for render in project.markup.renders):
        return  # theirs
    for template in project.markup.templates.values():
        if not any(one.name == "config" for one in template.tree.find_all(nodes.Name) if one.ctx != "load"):
            yield from ((template.path, line + template.offset) for line in _dumped(template.tree))


def _dumped(node: nodes.Node) -> Iterator[int]:
    match node:
        case nodes.If(test=test) | nodes.CondExpr(test=test) if ASKED_FOR.search(repr(test)):
            return
        case nodes.For(iter=whole, target=nodes.Tuple(), test=None, body=body) if _is_config(whole):
            shown = (part for one in body if isinstance(one, nodes.Output) for part in one.nodes)  # not some of them
            yield from [node.lineno] * any(not isinstance(part, nodes.TemplateData) for part in shown)
        case nodes.Output(nodes=parts):
            yield from (part.lineno for part in parts if _is_config(part))
    for child in node.iter_child_nodes():
        yield from _dumped(child)


def _is_config(node: nodes.Node | None) -> bool:
    match node:
        case nodes.Name(name="config"):
            return True
        case nodes.Filter(node=inner) | nodes.Call(node=nodes.Getattr(node=inner, attr="items" | "values")):
            return _is_config(inner)
        case nodes.Call(node=nodes.ExtensionAttribute(name="_render")):
            return True  # {% debug %}
    return False


def _seen(project: "Project", render: Render) -> Iterator[nodes.Node]:
    """The parts of a page and of the pages that it is built on, but no tests, nor what those leave out."""
    known = project.markup.templates
    trees: list[nodes.Node] = [template.tree for template in render.templates]
    done = {*render.templates}
    for node in trees:
        yield node
        left: list[nodes.Node | None] = []
        if isinstance(node, nodes.If | nodes.CondExpr):
            branches = [node.expr1] if isinstance(node, nodes.CondExpr) else node.body
            others = [node.expr2] if isinstance(node, nodes.CondExpr) else [*node.elif_, *node.else_]
            said = _says(project, render, node.test)
            left = [node.test, *(branches if said is False else others if said else ())]
        named = getattr(getattr(node, "template", None), "value", None)
        if isinstance(node, nodes.Extends | nodes.Include) and named in known and known[named] not in done:
            done.add(known[named])
            trees.append(known[named].tree)
        trees += [child for child in node.iter_child_nodes() if not any(child is one for one in left)]


def _says(project: "Project", render: Render, test: nodes.Node) -> bool | None:
    """What a template's test says in production, as far as the names that it is given tell."""
    match test:
        case nodes.Not(node=inner):
            said = _says(project, render, inner)
            return None if said is None else not said
        case nodes.And(left=one, right=other) | nodes.Or(left=one, right=other):
            return together({_says(project, render, side) for side in (one, other)}, isinstance(test, nodes.Or))
        case nodes.Name(name=name) if given := render.context.get(name):
            said = project.values.truth(project.values.of(given.module, given.node))
            return said if allows(project, given.module, given.node, True) else False
    words = [str(one) for node in (test, *test.find_all(nodes.Node)) for _, one in node.iter_fields()]
    return False if ASKED_FOR.search(" ".join(words)) and "request" not in words else None


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue() | ast.BinOp(op=ast.Mod()) | ast.Attribute(attr="args" | "statement" | "params"):
            return True
    return isinstance(node, ast.Call) and spelt(node) in ("str", "repr", "format", "abort")


def _of_known_kind(node: ast.AST, name: str) -> bool:
    """Has the code asked what it is: `if isinstance(e, HTTPException): …`, `if not …: return`?"""
    asks = re.compile(rf"(not )?(isinstance|hasattr)\({name}, .*")
    said = ((asks.fullmatch(ast.unparse(test)), wanted) for test, wanted in tests(node))
    return any(asked and bool(asked[1]) is not wanted for asked, wanted in said)


def tests(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The tests around a node and those that would have left its function before it, with what they must have said."""
    inner = node
    for up in ancestors(node):
        body = getattr(up, "body", None)
        if isinstance(up, ast.If | ast.IfExp) and inner is not up.test:
            yield up.test, inner is body or (isinstance(body, list) and inner in body)
        for one in body[: body.index(inner)] if isinstance(body, list) and inner in body else ():
            if isinstance(one, ast.If) and not one.orelse and isinstance(one.body[-1], ast.Return | ast.Raise):
                yield one.test, False
        if isinstance(up, Function | ast.Lambda):
            return
        inner = up


def allows(project: "Project", module: Module, test: ast.expr, wanted: bool) -> bool:
    """Can this test say so in production? One for developers or administrators, of which nothing is known, does not."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return allows(project, module, inner, not wanted)
        case ast.BoolOp(op=op, values=parts):
            every = all if isinstance(op, ast.And) is wanted else any
            return every(allows(project, module, part, wanted) for part in parts)
        case ast.Name() if known := project.flow.defined(test):
            test = known[0].value or test
        case ast.Call(func=ast.Attribute(value=holder, attr="get"), args=[ast.Constant(value=str(key)), *default]) if (
            project.names.class_of(module, holder) == "flask.Config" and not project.config.writes(key)
        ):  # a switch that nobody turns
            return any(project.values.truth(project.values.of(module, one)) for one in default) is wanted
    if not ASKED_FOR.search(ast.unparse(test)) or _clients(test):
        return True
    return project.values.truth(project.values.of(module, test)) is wanted


def _clients(test: ast.expr) -> bool:
    """Does the test ask for nothing but what the client sent?"""
    names = [node.id for node in ast.walk(test) if isinstance(node, ast.Name)]
    return CLIENT.match(ast.unparse(test)) is not None and all(map(KNOWN.fullmatch, names))
