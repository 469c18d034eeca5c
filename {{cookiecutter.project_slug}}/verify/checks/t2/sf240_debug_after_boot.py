from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import set_at


@check("SF240", threat="T2", stage="runtime")
def debug_after_boot(project: Project) -> Iterator[Finding]:
    """The app, booted as production boots it, is in debug mode.

    Why: whichever file or library switched it on, this is what visitors get: tracebacks with values and source
    (ASVS 13.4.2).

    Bad:
        app.debug = True

    Good:
        app = Flask(__name__)  # debug comes from `flask run --debug` on a developer's machine
    """
    if project.runtime["app"]["debug"]:
        yield Finding(
            *set_at(project, "DEBUG"),
            "`app.debug` is True once the app is built, with nothing in the environment that asks for it",
            "take it out; for the debugger on your own machine: flask run --debug",
        )
