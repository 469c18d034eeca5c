"""Folders that code names: `static_folder=`, send_from_directory(…), send_file(…), as paths of the project."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from ..readers.python import Module
from .calls import arguments, spelt
from .guards import ASSETS
from .routes import Route
from .values import Call, Const, Frame, Origin, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project

SENT = {"send_from_directory": ("directory", "path"), "send_file": ("path_or_file",)}
MIDDLEWARE = {  # what serves a folder, or a table of them, before the application is asked
    **{f"werkzeug.{inside}SharedDataMiddleware": "exports" for inside in ("middleware.shared_data.", "wsgi.", "")},
    "whitenoise.WhiteNoise": "root",
    "whitenoise.WhiteNoise.add_files": "root",
}
ROOT = "<project>"  # how a path begins that the code makes absolute
ANY = "\0"  # in the place of what only a request knows
_PRIVATE = (".py", ".pyc", ".env", ".pem", ".key", ".sqlite", ".sqlite3", ".db", ".toml", ".cfg", ".ini", ".sql")
_PAGE = re.compile(r"static_folder|index\.html")  # a view sends a page whose parts are for everybody
_AROUND = ("/", "/etc", "/home", "/root", "/app", "/srv", "/var")
_HELD = (".root_path", ".instance_path", ".static_folder")
_NAMED = {"os.pardir": "..", "os.curdir": ".", "os.sep": "/", "os.path.sep": "/"}


def served(project: Project) -> Iterator[tuple[ast.Call, str, str]]:
    """(the call that serves, the folder, a regex of the files below it that a visitor can name)"""
    routes = project.routes
    for owner in routes.made:
        path = static(project, owner) if routes.argument(owner, None, "static_folder") else None
        if path is not None:
            yield owner, path, ".+"
    for word, parameter in MIDDLEWARE.items():
        for module, call in project.calls.named(word):
            given = routes.argument(call, 0 if word.endswith("add_files") else 1, parameter)
            table = routes.follow(given) if given else None
            for one in table.values if isinstance(table, ast.Dict) else [given]:
                path = folder(project, _value(project, module, one, {}))
                if path is not None:
                    yield call, path, ".+"
    start = home(project, routes.apps[0]) if routes.apps else ""
    for word, parameters in SENT.items():
        for module, call in project.calls.named(f"flask.{word}", f"werkzeug.utils.{word}"):
            path_parts = [routes.argument(call, n, name) for n, name in enumerate(parameters)]
            if path_parts[-1] is not None and project.flow.tainted(module, path_parts[-1], "code"):
                names, frame = _asked(project, call)
                values = [_value(project, module, part, frame) for part in path_parts]
                if found := chosen(project, values, start, names):
                    yield call, *found


def exposed(project: Project) -> Iterator[tuple[ast.Call, Route, str]]:
    """(where, a guarded route, the open folder) of each guarded folder that lies in one that everybody reads.

    Where: the call that opens the folder; for the one of the application's static files, what sends from it.
    """
    routes, guards = project.routes, project.routes.guards
    start = home(project, routes.apps[0]) if routes.apps else ""
    kept: list[tuple[ast.Call, Route, str]] = []
    for module, call in project.calls.named("flask.send_from_directory", "werkzeug.utils.send_from_directory"):
        path = folder(project, _value(project, module, routes.argument(call, 0, "directory"), {}), start)
        for route in answered(project, call) if path else ():
            if path and route.pattern.variables and guards.guarded(route, route.method):
                kept.append((call, route, path))
    wide: list[tuple[ast.Call | None, str | None, str]] = []
    for route in routes.table if kept else ():
        if isinstance(route.node, ast.Call) and route.node in routes.made and not guards.guarded(route, "GET"):
            wide.append((None if routes.made[route.node] else route.node, static(project, route.node), ".+"))
    for call, path, names in served(project) if kept else ():
        if any(guards.is_open(route, route.method) for route in answered(project, call)):
            wide.append((call, path, names))
    for (call, route, path), (opener, wider, names) in product(kept, wide):
        inside = path.removeprefix(f"{wider}/" if wider else "")
        below = opener is not call and inside != path and re.fullmatch(names, f"{inside}/x")
        same = path == wider and (opener is None or opener in routes.made) and not ASSETS.search(f"/{path}/")
        if wider is not None and (below or (same and not _PAGE.search(ast.unparse(route.view or call)))):
            yield opener or call, route, wider


def answered(project: Project, call: ast.Call) -> list[Route]:
    """The routes whose view a call is in."""
    around = project.names.function(call), project.names.owner(call)
    return [route for route in project.routes.table if route.view and route.view in around]


def static(project: Project, owner: ast.Call) -> str | None:
    """The folder of an application's or a blueprint's static files."""
    given = project.routes.argument(owner, None, "static_folder")
    return folder(project, project.routes.value(given) if given else Const("static"), home(project, owner))


def searched(project: Project) -> Iterator[tuple[ast.AST, str]]:
    """(what names it, a folder in which templates are looked for)"""
    routes = project.routes
    for owner in routes.made:
        if path := templates(project, owner):
            yield routes.argument(owner, None, "template_folder") or owner, path
    for module, call in project.calls.named("jinja2.FileSystemLoader", "jinja2.loaders.FileSystemLoader"):
        given = routes.argument(call, 0, "searchpath")
        for one in given.elts if isinstance(given, ast.List | ast.Tuple) else [given]:
            if found := folder(project, _value(project, module, one, {})):
                yield call, found


def templates(project: Project, owner: ast.Call) -> str | None:
    """The folder in which an application or a blueprint looks for its templates."""
    given = project.routes.argument(owner, None, "template_folder")
    value = project.routes.value(given) if given else Const("templates" if project.routes.made[owner] else None)
    return folder(project, value, home(project, owner)) if isinstance(value, Const | Call) else None


def hidden(project: Project) -> Iterator[tuple[ast.Call, str, str]]:
    """(where a view renders a template of its blueprint, its path, that of another page, which Flask finds first)"""
    table, paths = project.routes.table, set(project.paths)
    places = {owner: path for owner in project.routes.made if (path := templates(project, owner))}
    if len(places) < 2:
        return
    order: dict[ast.Call, dict[ast.Call, None]] = {}  # as Flask looks: the application's own before its blueprints'
    for route in table:
        order.setdefault(route.owner, {route.owner: None}).update((mount.child, None) for mount in route.mounts)
    by_view: dict[ast.AST | None, Route] = {route.view: route for route in table if route.view}
    found: list[tuple[ast.Call, str, str]] = []
    for _, call in project.calls.named("flask.render_template", "flask.stream_template"):
        shown = by_view.get(project.names.function(call)) or by_view.get(project.names.owner(call))
        if shown and (name := project.routes.text(next(iter(call.args), None))):
            inner = [mount.child for mount in reversed(shown.mounts)]
            mine, every = (
                [f"{places[one]}/{name}" for one in owners if one in places and f"{places[one]}/{name}" in paths]
                for owners in (inner, order[shown.owner])
            )
            found += [(call, (mine or every)[0], every[0])] if every else []
    meant = {path for _, path, _ in found}  # the others take the place of a blueprint's template, as Flask lets them
    yield from (one for one in found if one[1] != one[2] and one[2] in meant)


def uploads(project: Project) -> Iterator[tuple[ast.Call, str]]:
    """(the call that saves what a request brings, the folder that it is saved in)"""
    for module, call, _ in project.calls.all():
        match call:
            case ast.Call(func=ast.Attribute(value=data, attr="save"), args=[path, *_]):
                pass
            case ast.Call(func=ast.Attribute(value=path, attr="write_text" | "write_bytes"), args=[data, *_]):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name() as file, attr="write"), args=[data]):
                opened = [one.value for one in project.flow.defined(file)]
                if not opened or not isinstance(opened[0], ast.Call) or spelt(opened[0]) != "open":
                    continue
                path = arguments(opened[0])[0]
            case _:
                continue
        value = _value(project, module, path, {})
        if (text := _text(project, value)) != ANY and project.flow.tainted(module, data):
            known = posixpath.dirname(_resolved(text, "")) if ANY not in posixpath.dirname(text) else None
            if found := known or next(iter(chosen(project, [value], "", ".+") or ()), None):
                yield call, found


def _value(project: Project, module: Module, given: ast.expr | None, frame: Frame) -> Value:
    return project.values.settle(project.values.of(module, given, frame))


def _asked(project: Project, call: ast.Call) -> tuple[str, Frame]:
    """What a visitor can put into a path, without a converter that takes slashes no folder; in which parameters."""
    function = project.names.function(call)
    variables = {name: regex for route in answered(project, call) for name, regex in route.pattern.variables.items()}
    every = [arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)] if function else []
    elsewhere = function is None or "request." in ast.unparse(function)
    slashes = elsewhere or not variables or any("[^/].*" in regex for regex in variables.values())
    return ".+" if slashes else "[^/]+", {(arg, arg.arg): Unknown() for arg in every if arg.arg in variables}


def home(project: Project, owner: ast.Call) -> str:
    """Where the relative paths of an application or a blueprint start: its `root_path`, as Flask finds it."""
    routes, here = project.routes, posixpath.dirname(project.routes.place(owner)[0])
    if given := routes.argument(owner, None, "root_path"):
        path = folder(project, routes.value(given))
        return here if path is None else path
    match routes.value(routes.argument(owner, 0 if routes.made[owner] else 1, "import_name")):
        case Const(value=str(name)) if name in project.names.modules:
            return posixpath.dirname(project.names.modules[name].path)
        case Unknown(name="__name__" | "__package__", origin=(path, _)):
            return posixpath.dirname(path)
        case Call():  # __name__.split(".")[0]
            return _package(project, here)
    return here


def _package(project: Project, path: str) -> str:
    """The outermost package around a folder."""
    while f"{posixpath.dirname(path)}/__init__.py" in project.modules:
        path = posixpath.dirname(path)
    return path


def folder(project: Project, value: Value, start: str = "") -> str | None:
    """Path relative to the project's root ("" is the root itself, "../x" lies outside), None when nobody can tell.

    `start`: where a relative path begins; without Flask that is the working directory, the project's root.
    """
    text = _text(project, value)
    return None if ANY in text else _resolved(text, start)


def chosen(project: Project, values: list[Value], start: str, names: str) -> tuple[str, str] | None:
    """The folder of a path of which a request chooses one part, and the files below it that it can name, as a regex.

    `names`: a regex of what the request can put there.
    """
    before, *after = _joined(*(_text(project, value) for value in values)).split(ANY)
    if not before or len(after) != 1:
        return None  # two unknown parts, or nothing that is known: not even whether this is a path
    begin = before.rpartition("/")[2]
    return _resolved(before.removesuffix(begin), start), f"{re.escape(begin)}{names}{re.escape(after[0])}"


def private_file(project: Project, path: str, names: str = ".+") -> str | None:
    """A file below `path` that nobody should download, of those that `names` matches."""
    if path.startswith("..") or path in _AROUND:
        return "everything around the project" if re.fullmatch(names, "settings.py") else None
    if path.rpartition("/")[2] == "instance" and re.fullmatch(names, "data.db"):
        return "databases and settings of the instance folder"
    prefix = f"{path}/" if path else ""
    for one in project.paths:
        inside, name = one.removeprefix(prefix), one.rpartition("/")[2]
        private = one.endswith(_PRIVATE) or name.startswith(".env") or "/templates/" in f"/{inside}"
        if one.startswith(prefix) and private and re.fullmatch(names, inside):
            return one
    return None


def _text(project: Project, value: Value) -> str:
    """A path as the code spells it, with a mark for what only a request or the environment knows."""

    def text(one: Value) -> str:
        return _text(project, one)

    match value:
        case Const(value=str(plain)):
            return plain
        case Unknown(name="__file__", origin=(path, _)):
            return f"{ROOT}/{path}"
        case Unknown(name=str(name)) if name in _NAMED:
            return _NAMED[name]
        case Unknown(name=str(name)) | Call(dotted=str(name)) if name.endswith(_HELD):
            holder = value.args[0] if isinstance(value, Call) and value.args else value
            return f"{ROOT}/{_kept(project, name.rpartition('.')[2], holder.origin)}"
        case Call(dotted="os.getcwd" | "pathlib.Path.cwd"):
            return ROOT
        case Call(dotted="os.path.dirname" | "str.parent", args=(inner,)):
            return f"{text(inner)}/.."
        case Call(dotted="str.with_name", args=(inner, name)):
            return _joined(f"{text(inner)}/..", text(name))
        case Call(dotted="item", args=(Call(dotted="str.parents", args=(inner,)), Const(value=int(n)))):
            return text(inner) + "/.." * (n + 1)
        case Call(dotted="os.path.abspath" | "os.path.realpath" | "str.resolve" | "str.absolute", args=(inner, *_)):
            return _joined(ROOT, text(inner))
        case Call(dotted="os.path.normpath" | "os.fspath" | "str" | "str.as_posix", args=(inner, *_)):
            return text(inner)
        case Call(dotted="item") if known := project.config.read(value):
            return text(known)
        case Call(dotted="+" | "fstring", args=parts):
            return "".join(map(text, parts))
        case Call(dotted=name, args=parts) if name.endswith(("/", "path.join", "joinpath", ".safe_join", "Path")):
            return _joined(*map(text, parts))
    return ANY


def _kept(project: Project, word: str, at: Origin) -> str:
    """The `root_path` or another folder of what is made there; of the application when nothing is."""
    routes = project.routes
    made = sorted(routes.made, key=lambda call: (routes.place(call) != at, not routes.made[call]))
    path = home(project, made[0]) if made else posixpath.dirname(at[0])
    if word == "root_path":
        return path
    if word == "static_folder":
        return (static(project, made[0]) if made else None) or f"{path}/static"
    given = routes.argument(made[0], None, "instance_path") if made else None
    own = folder(project, routes.value(given)) if given else None
    beside = posixpath.dirname(_package(project, path)) if f"{path}/__init__.py" in project.modules else path
    return own if own is not None else posixpath.join(beside, "instance")


def _joined(*parts: str) -> str:
    """Joined as the os module does it: an absolute part begins anew."""
    path = ""
    for part in parts:
        path = part if part.startswith(ROOT) else posixpath.join(path, part)
    return path


def _resolved(text: str, start: str) -> str:
    if text.startswith(ROOT):
        path = posixpath.normpath("." + text.removeprefix(ROOT))
    else:
        path = posixpath.normpath(posixpath.join(start or ".", text))
    return "" if path == "." else path
