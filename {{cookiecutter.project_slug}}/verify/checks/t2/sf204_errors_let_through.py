"""Switches that let exceptions out of the app."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

KEYS = {
    "PROPAGATE_EXCEPTIONS": "errors go past the error pages, to the server or a middleware that shows them",
    "TRAP_HTTP_EXCEPTIONS": "a missing page ends in a traceback",
    "TRAP_BAD_REQUEST_ERRORS": "a missing form field ends in a traceback that names it",
    "TESTING": "errors go past the error pages, and extensions switch protections off",
    "DEBUG_TB_ENABLED": "the debug toolbar shows configuration, keys and queries",
    "SQLALCHEMY_RECORD_QUERIES": "every query is kept in memory for a debugging tool",
}


@check("SF204", threat="T2", stage="static")
def errors_let_through(project: Project) -> Iterator[Finding]:
    """A debugging or testing switch is on in production.

    Why: exceptions then leave the app unhandled, and what is around it shows or logs their content (ASVS 16.5).

    Bad:
        app.config["PROPAGATE_EXCEPTIONS"] = True

    Good:
        app.config["PROPAGATE_EXCEPTIONS"] = False
    """
    for key, harm in KEYS.items():
        for write in project.config.effective(key):
            if project.config.holds(write) and project.values.truth(write.value):
                yield Finding(
                    write.path,
                    write.line,
                    f"{key} is true in production ({write.via} at {write.at[0]}:{write.at[1]}): {harm}",
                    f"Remove {key}: off is the default. A test sets it in its own fixture.",
                )
