"""Jinja templates, parsed by Jinja itself: what a `templates/` folder holds, and templates written inside Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from jinja2 import Environment, TemplateSyntaxError, nodes

from .python import Unreadable

MARKUP = (".html", ".htm", ".xhtml", ".xml", ".svg")  # what Flask autoescapes
JINJA = (".j2", ".jinja", ".jinja2")
OTHERS = (".txt", ".md", ".rst", ".eml", ".css", ".js", ".json", ".csv", ".tmpl", ".tpl", "")

_EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.debug"]
_PARSER = Environment(extensions=_EXTENSIONS, autoescape=True)


@dataclass(frozen=True, eq=False)
class Template:
    path: str
    name: str  # what the loader knows it as: the path below `templates/`
    tree: nodes.Template
    escaped: bool  # by Flask's choice of file names
    offset: int = 0  # lines above the first one, for a template inside a Python file


def template_name(path: str) -> str | None:
    """The loader's name of a file, or None when the file is no template."""
    parts = PurePosixPath(path).parts
    suffix = PurePosixPath(path).suffix.lower()
    if "templates" in parts[:-1] and suffix in (*MARKUP, *JINJA, *OTHERS):
        return "/".join(parts[parts.index("templates") + 1 :])
    return path if suffix in JINJA else None


def read(path: str, source: str, name: str | None = None, line: int = 1) -> Template | Unreadable:
    """Parse one template. Never raises: what does not parse is told with its line."""
    try:
        tree = _PARSER.parse(source, name)
    except TemplateSyntaxError as error:
        return Unreadable(error.lineno + line - 1, f"does not parse as a Jinja template: {error.message}")
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Unreadable(line, f"does not parse as a Jinja template: {error or type(error).__name__}")
    escaped = name is None or name.endswith(MARKUP)
    return Template(path, name or path, tree, escaped, line - 1)
