"""Folders that code names: `static_folder=`, send_from_directory(…), as paths of the project."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from .values import Call, Const, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project

_PRIVATE = (".py", ".pyc", ".env", ".pem", ".key", ".sqlite", ".sqlite3", ".db", ".toml", ".cfg", ".ini", ".sql")
_AROUND = ("/", "/etc", "/home", "/root", "/app", "/srv", "/var")
_NAMED = {"os.pardir": "..", "os.curdir": ".", "__file__": None}


def folder(value: Value, file: str) -> str | None:
    """Path relative to the project's root ("" is the root itself, "../x" lies outside), None when nobody can tell.

    `file`: the module in which a relative path starts, as Flask takes it.
    """
    here = posixpath.dirname(file)
    match value:
        case Const(value=str(text)):
            return _joined(here, text)
        case Unknown(name="__file__"):
            return value.origin[0]
        case Unknown(name=str(name)) | Call(dotted=str(name), args=(Unknown() | Call(dotted="flask.Flask"),)) if (
            name.endswith((".root_path", ".instance_path"))
        ):
            return here if name.endswith(".root_path") else "instance"
        case Call(dotted="os.getcwd" | "pathlib.Path.cwd"):
            return ""
        case Call(dotted="os.path.dirname" | "str.parent", args=(inner,)):
            return _joined(folder(inner, file), "..")
        case Call(dotted="os.path.abspath" | "os.path.realpath" | "os.path.normpath" | "os.fspath" | "str"
                  | "str.resolve" | "str.absolute" | "str.as_posix", args=(inner, *_)):  # fmt: skip
            return folder(inner, file)
        case Call(dotted="/" | "+" | "os.path.join" | "str.joinpath" | "flask.safe_join" | "werkzeug.utils.safe_join"
                  | "pathlib.Path" | "pathlib.PurePath", args=(first, *more)):  # fmt: skip
            path = folder(first, file)
            for one in more:
                more_path = getattr(one, "value", _NAMED.get(getattr(one, "name", None) or ""))
                path = _joined(path, str(more_path).lstrip("/") if value.dotted == "+" else more_path)
            return path
    return None


def _joined(path: str | None, more: object) -> str | None:
    if path is None or not isinstance(more, str):
        return None
    joined = posixpath.normpath(posixpath.join(path or ".", more))
    return "" if joined == "." else joined


def private_file(project: Project, path: str) -> str | None:
    """A file below `path` that nobody should download."""
    if path.startswith("..") or path in _AROUND:
        return "everything around the project"
    if path.rpartition("/")[2] == "instance":
        return "databases and settings of the instance folder"
    prefix = f"{path}/" if path else ""
    for one in project.paths:
        inside, name = one.startswith(prefix), one.rpartition("/")[2]
        if inside and (one.endswith(_PRIVATE) or name.startswith(".env") or "/templates/" in f"/{one[len(prefix) :]}"):
            return one
    return None
