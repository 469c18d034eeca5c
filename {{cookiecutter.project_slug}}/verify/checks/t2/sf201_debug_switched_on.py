"""Debug mode switched on in the app's configuration."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.values import Call, Const, Env, Value
from ...project import Project


def raw_text(value: Value) -> Env | None:
    """A variable whose text decides by being non-empty: "0" and "false" switch on as well."""
    if isinstance(value, Call) and value.dotted == "bool" and len(value.args) == 1:
        value = value.args[0]
    if isinstance(value, Call) and value.dotted == "or":
        value = value.args[0]
    return value if isinstance(value, Env) and value.cast is None else None


@check("SF201", threat="T2", stage="static")
def debug_switched_on(project: Project) -> Iterator[Finding]:
    """Debug mode is on in production.

    Why: tracebacks, source lines and variables go to whoever causes an error, and the reloader and the interactive
    debugger run what visitors send (ASVS 13.4.2). Text from the environment is true as soon as it is not empty.

    Bad:
        app.debug = bool(os.getenv("DEBUG", "0"))

    Good:
        app.debug = os.getenv("DEBUG", "0").lower() in {"1", "true"}
    """
    told = {(setting.path, setting.line) for setting in project.launch.env("FLASK_DEBUG")}
    exports = [one for one in project.config.exports if one.key == "FLASK_DEBUG" and one.at not in told]
    for write in [*project.config.effective("DEBUG"), *exports]:
        if not project.config.holds(write):
            continue
        path, line = write.path, write.line
        if project.values.truth(write.value):
            settled = project.values.settle(write.value)
            seen = repr(settled.value) if isinstance(settled, Const) else "true"
            if isinstance(settled, Const) and settled.origin[0] and write.via.startswith("from_prefixed_env"):
                path, line = settled.origin
            yield Finding(
                path,
                line,
                f"DEBUG is {seen} in production ({write.via} at {write.at[0]}:{write.at[1]}): errors show the code",
                "Remove it: `flask run --debug` is the developer's switch. Else read it with a comparison: "
                'os.environ.get("DEBUG", "0") == "1"',
            )
        elif env := raw_text(write.value):
            yield Finding(
                path,
                line,
                f'DEBUG is the text of {env.name}: any text is true, "0" and "false" too ({write.via})',
                f'app.debug = os.environ.get("{env.name}", "0").lower() in {{"1", "true"}}',
            )
