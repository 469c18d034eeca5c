"""Session ids and tokens that can be guessed."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.uses import assigned
from ...notions.values import RANDOM, Call, Const, Value, parts
from ...project import Project
from ...readers.python import Module

LEAST = 16  # bytes, ASVS 7.2.3: 128 bits
SIZED = {"secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "os.urandom"}
AS_GOOD = re.compile(  # what these give is as hard to guess as what they are given
    r"str\.(?!sign|dumps|encrypt)\w+|str|int|hex|format|bytes|fstring|[-+*%]|\[\]|\(\)|for|if|or|item|list|tuple|round"
    r"|(hashlib|base64|binascii|zlib|uuid|codecs|struct)\..*"
)
WEAK = re.compile(r"random\.(?!SystemRandom).*|uuid\.uuid1|time\..*|os\.getpid")
NAMED = re.compile(r"(.*_)?(sid|session_?id|session_key|(session|reset|auth|access|login)_token)")


def named(project: Project, module: Module) -> Iterator[tuple[str, ast.expr]]:
    """What is assigned, passed or returned under a name."""
    for target, value in assigned(module):
        yield getattr(target, "id", getattr(target, "attr", "")), value
    for keyword in module.nodes(ast.keyword):
        yield keyword.arg or "", keyword.value
    for function in module.nodes(ast.FunctionDef):
        yield from ((function.name, value) for value in project.names.returned(function))


def sources(value: Value) -> Iterator[Call]:
    """The calls that make a value random; none inside something else, a signature, that makes it hard to guess."""
    if isinstance(value, Call) and value.dotted.startswith(RANDOM):
        yield value
    elif not isinstance(value, Call) or AS_GOOD.fullmatch(value.dotted):
        for part in parts(value):
            yield from sources(part)


def guessable(call: Call) -> bool:
    short = call.dotted in SIZED and any(isinstance(size, Const) and size.value < LEAST for size in call.args)
    return short or bool(WEAK.fullmatch(call.dotted))


@check("SF312", threat="T3", stage="static")
def guessable_session_id(project: Project) -> Iterator[Finding]:
    """A session id or token is too short or not random enough.

    Why: ids below 128 bits, or from `random`, a clock or a counter, are found by trying (ASVS 7.2.3, 11.5.1).

    Bad:
        session_id = str(random.randint(0, 10**12))

    Good:
        session_id = secrets.token_urlsafe(32)
    """
    every = ((module, *one) for module in project.modules.values() for one in named(project, module))
    ids = [(name, project.values.of(m, value)) for m, name, value in every if NAMED.fullmatch(name.lower())]
    ids += [(f"cookie {one.key!r}", one.given.get("value", Const(""))) for one in project.sessions.credentials]
    for name, value in ids:
        calls = [*sources(value)]
        if calls and all(map(guessable, calls)):  # one strong part makes the whole strong
            message = f"{name} comes from {calls[0].dotted}(): it can be guessed"
            yield Finding(*calls[0].origin, message, "secrets.token_urlsafe(32)")
