from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import set_at

PICKLING = {"filesystem", "cachelib", "null"}
LONGEST_DAYS = 31  # Flask's own default


@check("SF342", threat="T3", stage="runtime")
def session_store(project: Project) -> Iterator[Finding]:
    """The booted app's session store pickles, or its sessions live for more than 31 days.

    Why: whoever can write to a store that unpickles runs code in the service; a stolen session that never ends is
    never worthless (ASVS 7.3.2).

    Bad:
        app.config["SESSION_TYPE"] = "filesystem"

    Good:
        app.config["SESSION_TYPE"] = "redis"
    """
    session = project.runtime["session"]
    days = session["lifetime"] / 86_400
    faults = []
    if session["type"] in PICKLING and not session["client_side"] and not project.own:
        seen = f"sessions are pickled to files: SESSION_TYPE is {session['type']!r} in the booted app"
        faults.append(("SESSION_TYPE", seen, 'app.config["SESSION_TYPE"] = "redis"'))
    if days > LONGEST_DAYS and session["key_bytes"]:
        seen = f"sessions live for {days:,.0f} days: a stolen one is good for as long"
        faults.append(("PERMANENT_SESSION_LIFETIME", seen, "PERMANENT_SESSION_LIFETIME=timedelta(hours=12)"))
    for key, seen, fix in faults:
        yield Finding(*set_at(project, key), seen, fix)
