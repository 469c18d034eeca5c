"""The kind of store that sessions are kept in."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.values import Const
from ...project import Project

BAD = {
    "filesystem": "pickled files on one machine's disk: whoever can write there runs code",
    "cachelib": "pickled values: whoever can write to the store runs code",
    "null": "no session at all",
    "none": "no session at all",
    "": "no session at all",
    "simple": "one process's memory: other workers do not see it",
    "securecookie": "the browser's cookie",
    "cookie": "the browser's cookie",
}


@check("SF306", threat="T3", stage="static")
def session_store(project: Project) -> Iterator[Finding]:
    """Sessions are kept in a store that is not safe or not shared.

    Why: pickled sessions on disk run code for whoever can write a file there; another worker or machine does not see
    them.

    Bad:
        app.config["SESSION_TYPE"] = "filesystem"

    Good:
        app.config["SESSION_TYPE"] = "redis"
    """
    for write in project.config.effective("SESSION_TYPE"):
        value = project.values.settle(write.value)
        if project.config.holds(write) and isinstance(value, Const) and str(value.value).lower() in BAD:
            harm = BAD[str(value.value).lower()]
            yield Finding(write.path, write.line, f"SESSION_TYPE is {value.value!r}: {harm}", 'SESSION_TYPE="redis"')
    for write in project.config.effective("SESSION_SERIALIZATION_FORMAT"):
        if getattr(project.values.settle(write.value), "value", "") == "pickle":
            fix = 'SESSION_SERIALIZATION_FORMAT="msgpack"'
            yield Finding(write.path, write.line, "sessions are pickled: whoever can write to the store runs code", fix)
