"""Debugging and testing switches in the app's configuration."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.values import Call, Env, Value
from ...project import Project

SWITCHES = {
    "DEBUG": "errors show the code, and a debugger runs what visitors type",
    "TESTING": "errors go past the error pages, and extensions switch protections off",
    "PROPAGATE_EXCEPTIONS": "errors go past the error pages, to the server or a middleware that shows them",
    "TRAP_HTTP_EXCEPTIONS": "a missing page ends in a traceback",
    "TRAP_BAD_REQUEST_ERRORS": "a missing form field ends in a traceback that names it",
    "DEBUG_TB_ENABLED": "the debug toolbar shows configuration, keys and queries",
}


def raw_text(value: Value) -> Env | None:
    """A variable whose text decides by being non-empty: "0" and "false" switch on as well."""
    while isinstance(value, Call) and value.dotted in {"bool", "or"} and value.args:
        value = value.args[0]
    return value if isinstance(value, Env) and value.cast is None else None


@check("SF201", threat="T2", stage="static")
def debug_switched_on(project: Project) -> Iterator[Finding]:
    """Debug mode, or another debugging or testing switch, is on in production.

    Why: tracebacks, source lines and variables go to whoever causes an error, and the interactive debugger runs what
    visitors send (ASVS 13.4.2, 16.5). Text from the environment is true as soon as it is not empty.

    Bad:
        app.debug = bool(os.getenv("DEBUG", "0"))

    Good:
        app.debug = os.getenv("DEBUG", "0").lower() in {"1", "true"}
    """
    config, values = project.config, project.values
    deployed = {(setting.path, setting.line) for setting in project.launch.env("FLASK_DEBUG")}  # SF230 names these
    writes = [(key, write) for key in SWITCHES for write in config.effective(key)]
    writes += [("DEBUG", one) for one in config.exports if one.key == "FLASK_DEBUG" and one.at not in deployed]
    for key, write in writes:
        text = raw_text(write.value)
        if config.holds(write) and (text or values.truth(write.value)):
            plain = getattr(values.settle(write.value), "value", None)
            seen = f"{plain!r}, a text and therefore true," if isinstance(plain, str) else "true"
            seen = f'the text of {text.name}, true for "0" and "false" too,' if text else seen
            where = f"{write.via} at {write.at[0]}:{write.at[1]}"
            message = f"{key} is {seen} in production ({where}): {SWITCHES[key]}"
            fix = f'Remove {key}: off is the default. Or compare: os.environ.get("{key}", "0") == "1"'
            yield Finding(write.path, write.line, message, fix)
