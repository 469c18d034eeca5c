"""Session ids and tokens that can be guessed."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import words
from ...notions.values import Const
from ...project import Project

LEAST = 16  # bytes, ASVS 7.2.3: 128 bits
MADE = {"secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "os.urandom"}
WEAK = ("random.", "uuid.uuid1", "time.", "os.getpid", "numpy.random")
NAMES = {
    "sid",
    "session_id",
    "sessionid",
    "session_token",
    "session_key",
    "reset_token",
    "auth_token",
    "access_token",
    "login_token",
}


@check("SF312", threat="T3", stage="static")
def guessable_session_id(project: Project) -> Iterator[Finding]:
    """A session id or token is too short or not random enough.

    Why: ids below 128 bits, or from `random`, a clock or a counter, are found by trying (ASVS 7.2.3, 11.5.1).

    Bad:
        app.config["SESSION_ID_LENGTH"] = 3

    Good:
        app.config["SESSION_ID_LENGTH"] = 32
    """
    for write in project.config.effective("SESSION_ID_LENGTH"):
        value = project.values.settle(write.value)
        if isinstance(value, Const) and isinstance(value.value, int) and value.value < LEAST:
            yield Finding(
                write.path,
                write.line,
                f"SESSION_ID_LENGTH is {value.value} bytes, {8 * value.value} bits: found by trying",
                "SESSION_ID_LENGTH=32",
            )
    for module in project.modules.values():
        found: list[tuple[str, ast.expr]] = []
        for stmt in module.nodes(ast.Assign):
            for target in stmt.targets:
                found.append((getattr(target, "id", getattr(target, "attr", "")), stmt.value))
        for keyword in module.nodes(ast.keyword):
            found.append((keyword.arg or "", keyword.value))
        for node in module.nodes(ast.FunctionDef):
            if "sid" in words(node.name) or {"session", "id"} <= set(words(node.name)):
                found += [("sid", value) for value in project.names.returned(node)]
        for name, expr in found:
            if name.lower() not in NAMES:
                continue
            made = project.values.random(project.values.of(module, expr))
            if made is None:
                continue
            size = made.args[0].value if made.args and isinstance(made.args[0], Const) else LEAST
            short = made.dotted in MADE and isinstance(size, int) and size < LEAST
            if short or made.dotted.startswith(WEAK):
                what = f"{made.dotted}({size if short else ''})"
                path, line = made.origin if made.origin[1] else (module.path, expr.lineno)
                yield Finding(path, line, f"{name} comes from {what}: it can be guessed", "secrets.token_urlsafe(32)")
