from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF606", threat="T6", stage="static")
def shared_connection(project: Project) -> Iterator[Finding]:
    """One connection, cursor, subscription, file or iterator, opened at start, is used by all requests.

    Why: threads share its transaction and its position: one request commits or reads half of another's work.

    Bad:
        db = sqlite3.connect("app.db", check_same_thread=False)

    Good:
        def db():
            if "db" not in g:
                g.db = sqlite3.connect("app.db")
            return g.db
    """
    for used in project.state.connections:
        said = f"`{used.what}` is opened once and used by requests ({used.uses}) without a lock: one for all"
        fix = "open it per request and keep it in `flask.g`, closed in `teardown_appcontext`; or use a pool"
        yield Finding(used.module.path, used.line, said, fix)
