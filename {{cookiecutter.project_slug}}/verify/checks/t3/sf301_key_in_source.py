"""Signing keys that stand in the source, or that every process makes for itself."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.places import KEEP
from ...notions.uses import onward
from ...notions.values import DERIVED, Call, Const, Env, Origin, Unknown, Value
from ...project import Project
from ...readers.python import Module
from .sf330_key_in_deployment import KEY

KEYS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "JWT_SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SECURITY_PASSWORD_SALT")
ITSDANGEROUS = "URLSafeTimedSerializer URLSafeSerializer Signer TimestampSigner Serializer TimedSerializer"
SIGNERS = {f"itsdangerous.{name}": (0, "secret_key") for name in ITSDANGEROUS.split()}  # which parameter is the key
SIGNERS |= dict.fromkeys(("jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode"), (1, "key"))
PUBLIC = ("-----BEGIN PUBLIC", "-----BEGIN CERT")
LEAST = 16  # characters
OPEN = re.compile(
    r"(.*\.)?__(name|qualname|file|package|path)__(\.encode)?|uuid\.(NAMESPACE_\w+|getnode)|platform\.\w+"
    r"|(flask\.current_app|app)\.(name|import_name|root_path|instance_path)|socket\.get(hostname|fqdn)|getpass\.getuser"
    r"|os\.(get(cwd|login|e?[ug]id)|uname)|datetime\.date\.today|HOME|HOSTNAME|LOGNAME|PWD|USER"
)
MADE = (*DERIVED, "os.path.basename", "os.path.dirname", "os.path.abspath", "os.path.join", "pathlib.Path")
KEPT = KEEP | {"create", "save", "dump", "execute"}
FIX = 'SECRET_KEY = os.environ["SECRET_KEY"]  # made with: python -c "import secrets; print(secrets.token_hex(32))"'


def public(project: Project, value: Value) -> tuple[str, Origin] | None:
    """What a key is made of, when that is nothing but names, what others know of the machine, and constants."""
    match value:
        case Call(dotted=name, args=(Call("flask.Flask"),)) if OPEN.fullmatch(own := name.replace("str.", "app.")):
            return own, value.origin
        case Call(dotted=name) | Env(name=name) | Unknown(name=str(name)) if OPEN.fullmatch(name):
            return name, value.origin
        case Call("item", (_, Const(value=key))) if isinstance(project.config.read(value), Const):
            return f"app.config[{key!r}]", value.origin
        case Call(dotted=dotted, args=[_, *_] as args) if dotted.startswith(MADE) and "read" not in dotted:
            parts = [part for part in args if not str(getattr(part, "name", "")).startswith("hashlib.")]  # no function
            found = [public(project, part) for part in parts]
            known = (one or isinstance(part, Const) for one, part in zip(found, parts, strict=True))
            named = sorted(filter(None, found), key=lambda one: one[0].startswith("__"))  # the machine says more
            return named[0] if named and all(known) else None
    return None


def cut(value: Value) -> Call | None:
    """Where a key becomes too short."""
    match value:
        case Call(dotted="slice", args=(_, Const(value=first), Const(value=int(last)))):
            return value if 0 < last - (first or 0) < LEAST else None
        case Call(args=parts):
            return next(filter(None, map(cut, parts)), None)
    return None


def refused(project: Project, key: str, text: Const) -> bool:
    """Does the service end, instead of starting with this text as its key?"""
    for module in project.modules.values():
        for asked in module.nodes(ast.If):
            named = key.lower() in ast.unparse(asked.test).lower() and _ends(project, module, asked.body)
            parts = (node for node in ast.walk(asked.test) if named and isinstance(node, ast.Constant | ast.Name))
            if any(getattr(project.values.of(module, part), "value", None) == text.value for part in parts):
                return True
    return False


def _ends(project: Project, module: Module, body: list[ast.stmt], depth: int = 0) -> bool:
    for statement in body:
        match statement:
            case ast.Raise():
                return True
            case ast.Expr(value=ast.Call() as call):
                target = project.calls.target(module, call)
                ends = project.names.dotted(module, call.func) in ("sys.exit", "exit", "os._exit", "os.abort")
                if ends or (target and depth < 3 and _ends(project, target[0], target[1].body, depth + 1)):
                    return True
    return False


def kept(project: Project, made: Call) -> bool:
    """Is a random key put where the next process finds it?"""
    path, line = made.origin
    calls = project.modules[path].nodes(ast.Call) if path in project.modules else ()
    ways = (up for call in calls if call.lineno == line for up in onward(call))
    return any(isinstance(up, ast.Call) and spelt(up) in KEPT for up in ways)


@check("SF301", threat="T3", stage="static")
def key_in_source(project: Project) -> Iterator[Finding]:
    """A signing key is written in the source, or made anew by every process.

    Why: whoever reads the repository can forge any session (CWE-798, ASVS 13.3.1). A default is a key that everybody
    knows, used on the day when the variable is forgotten. With a key of its own, each worker refuses the others'
    sessions, and every restart ends them all.

    Bad:
        app.secret_key = os.environ.get("SECRET_KEY", "dev")

    Good:
        app.secret_key = os.environ["SECRET_KEY"]
    """
    config, values = project.config, project.values
    keys = [write for write in config.writes(*KEYS) if not write.via.startswith("from_prefixed_env")]  # SF330's
    keys += [write for write in config.exports if KEY.fullmatch(write.key)]
    for write in (one for one in keys if config.reaches(one) and not config.replaced(one)):
        for value in values.leaves(write.value):
            file = values.file(value) if isinstance(value, Call) else None
            if (text := values.literal(value)) and not refused(project, write.key, text):
                message = f"{write.key} can be a constant from the source: its readers can forge sessions"
                yield Finding(*text.origin, message, FIX)
            elif file and not file.endswith(".py") and not project.launch.ignored(file):
                yield Finding(write.path, write.line, f"{write.key} is read from {file}, a file of the project", FIX)
            if short := cut(value):
                message = f"{write.key} is cut short: fewer than {LEAST} characters are found by trying"
                yield Finding(*short.origin, message, FIX)
            if known := public(project, value):
                message = f"{write.key} is made of {known[0]} and nothing secret: who knows that can forge sessions"
                yield Finding(*known[1], message, FIX)
        if (made := values.random(write.value)) and not kept(project, made):
            message = f"{write.key} can come from {made.dotted}(): another key in each worker and after each restart"
            yield Finding(*made.origin, message, FIX)
    for signer, (position, name) in SIGNERS.items():
        for module, call in project.calls.named(signer):
            given = [values.of(module, arg) for arg in call.args[position : position + 1]]
            text = values.literal(values.kwargs(module, call).get(name, *given or [Const(None)]))
            if text and not str(text.value).startswith(PUBLIC):
                message = "a signer's key is a constant from the source: its readers can forge what it signs"
                yield Finding(*text.origin, message, FIX)
