"""A signing key that every process makes for itself."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF302", threat="T3", stage="static")
def key_of_a_process(project: Project) -> Iterator[Finding]:
    """The signing key is made anew in every process.

    Why: each worker refuses the sessions of the others and every restart ends them all; it also hides that production
    was given no key. Made from a clock or `random`, it can be guessed.

    Bad:
        app.secret_key = os.environ.get("SECRET_KEY", secrets.token_hex(32))

    Good:
        app.secret_key = os.environ["SECRET_KEY"]
    """
    for write in project.config.writes("SECRET_KEY", "JWT_SECRET_KEY"):
        if not project.config.reaches(write):
            continue
        if made := project.values.random(write.value):
            where = made.origin if made.origin[1] else (write.path, write.line)
            yield Finding(
                *where,
                f"{write.key} can come from {made.dotted}(): another key in each worker and after each restart",
                'SECRET_KEY = os.environ["SECRET_KEY"]',
            )
