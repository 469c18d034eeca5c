"""A signing key that stands in the source."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.values import Call, Const, Value
from ...project import Project
from .sf330_key_in_deployment import KEY

KEYS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "JWT_SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SECURITY_PASSWORD_SALT")
SIGNERS = (
    "itsdangerous.URLSafeTimedSerializer", "itsdangerous.URLSafeSerializer", "itsdangerous.Signer",
    "itsdangerous.TimestampSigner", "itsdangerous.Serializer", "itsdangerous.TimedSerializer",
)  # fmt: skip


def tracked_file(project: Project, value: Value) -> str | None:
    """The project's file that a key is read from."""
    if isinstance(value, Call) and any(word in _spelt(value) for word in ("open", "Path", "read", "load")):
        path = project.values.file(value)
        return path if path and not path.endswith(".py") and not project.launch.ignored(path) else None
    return None


def _spelt(value: Value, depth: int = 0) -> str:
    if not isinstance(value, Call) or depth > 12:
        return ""
    return " ".join([value.dotted, *(_spelt(one, depth + 1) for one in value.args)])


@check("SF301", threat="T3", stage="static")
def key_in_source(project: Project) -> Iterator[Finding]:
    """A signing key is written in the source, or is what remains when the environment has none.

    Why: whoever reads the repository can forge any session (CWE-798, ASVS 13.3.1). A default is a key that everybody
    knows, used on the day when the variable is forgotten.

    Bad:
        app.secret_key = os.environ.get("SECRET_KEY", "dev")

    Good:
        app.secret_key = os.environ["SECRET_KEY"]
    """
    fix = 'SECRET_KEY = os.environ["SECRET_KEY"]  # made with: python -c "import secrets; print(secrets.token_hex(32))"'
    keys = [write for write in project.config.writes(*KEYS) if not write.via.startswith("from_prefixed_env")]
    keys += [write for write in project.config.exports if KEY.fullmatch(write.key)]
    for write in keys:
        if not project.config.reaches(write):
            continue
        for value in project.values.leaves(write.value):
            where = write.path, write.line
            if (text := project.values.literal(value)) and not (isinstance(value, Const) and value is not text):
                where = text.origin if text.origin[1] else where
                yield Finding(
                    *where, f"{write.key} can be a constant from the source: its readers can forge sessions", fix
                )
            elif path := tracked_file(project, value):
                yield Finding(*where, f"{write.key} is read from {path}, which is part of the project", fix)
    for module, call in project.calls.named(*SIGNERS):
        given = project.values.kwargs(module, call).get("secret_key")
        value = given or (project.values.of(module, call.args[0]) if call.args else Const(None))
        if text := project.values.literal(value):
            where = text.origin if text.origin[1] else (module.path, call.lineno)
            yield Finding(
                *where, "a signer's key is a constant from the source: its readers can forge what it signs", fix
            )
