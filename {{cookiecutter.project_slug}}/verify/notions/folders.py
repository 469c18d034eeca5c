"""Folders that code names: `static_folder=`, send_from_directory(…), template folders, as paths of the project."""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from ..readers.python import Module

if TYPE_CHECKING:
    from ..project import Project

_PRIVATE = (
    ".py",
    ".pyc",
    ".env",
    ".pem",
    ".key",
    ".sqlite",
    ".sqlite3",
    ".db",
    ".toml",
    ".cfg",
    ".ini",
    ".sql",
    ".log",
)
_JOINS = {
    "os.path.join",
    "posixpath.join",
    "flask.safe_join",
    "werkzeug.utils.safe_join",
    "pathlib.Path",
    "pathlib.PurePath",
}
_SAME = {"os.path.abspath", "os.path.realpath", "os.path.normpath", "str", "os.fspath", "pathlib.Path"}


def folder(project: Project, module: Module, node: ast.AST | None, base: str | None = None) -> str | None:
    """Path relative to the project's root ("" is the root itself, "../x" lies outside), None when nobody can tell.

    `base`: the folder that a relative path starts from; Flask's own arguments start from the module's.
    """
    here = posixpath.dirname(module.path)
    base = here if base is None else base

    def of(one: ast.AST | None) -> str | None:
        return folder(project, module, one, base)

    if isinstance(node, ast.Name) and node.id == "__file__":
        return module.path
    if isinstance(node, ast.Attribute):
        if node.attr == "parent":
            return (
                None
                if (inner := of(node.value)) is None
                else posixpath.normpath(posixpath.join(inner or ".", "..")).removeprefix(".")
            )
        if node.attr == "root_path":
            return here
        if node.attr == "instance_path":
            return "instance"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined(of(node.left), project.routes.text(module, node.right))
    if isinstance(node, ast.Call):
        called = project.names.dotted(module, node.func) or ""
        if called == "os.path.dirname" and node.args:
            inner = of(node.args[0])
            return None if inner is None else posixpath.normpath(posixpath.join(inner or ".", "..")).removeprefix(".")
        if called in ("os.getcwd", "pathlib.Path.cwd"):
            return ""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute", "as_posix"):
            return of(node.func.value)
        if called in _JOINS | _SAME and node.args:
            path = of(node.args[0])
            for more in node.args[1:]:
                path = _joined(path, project.routes.text(module, more))
            return path
    text = project.routes.text(module, node)
    if text is not None:
        return _joined(base, text)
    where, found = project.routes.follow(module, node) if node is not None else (module, node)
    return folder(project, where, found, base) if found is not node else None


def _joined(path: str | None, more: str | None) -> str | None:
    if path is None or more is None:
        return None
    joined = posixpath.normpath(posixpath.join(path or ".", more))
    return "" if joined == "." else joined


def private_file(project: Project, path: str) -> str | None:
    """A file below `path` that nobody should download."""
    if path.startswith("..") or path in ("/", "/etc", "/home", "/root", "/app", "/srv", "/var"):
        return "everything around the project"
    if path.rpartition("/")[2] == "instance":
        return "databases and settings of the instance folder"
    prefix = f"{path}/" if path else ""
    for one in project.paths:
        name = one.rpartition("/")[2]
        if one.startswith(prefix) and (
            one.endswith(_PRIVATE) or name.startswith(".env") or "/templates/" in one[len(prefix) - 1 :]
        ):
            return one
    return None
