from collections.abc import Iterator
from datetime import timedelta

from ...engine import Finding, check
from ...project import Project
from ...runtime import set_at
from .sf306_session_settings import GOOD, harm


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
    kept = session["type"] if not session["client_side"] and not project.own else "redis"
    lifetime = timedelta(seconds=session["lifetime"] if session["key_bytes"] else 0)
    for key, value in {"SESSION_TYPE": kept, "PERMANENT_SESSION_LIFETIME": lifetime}.items():
        if value != "None" and (why := harm(key, value)):
            yield Finding(*set_at(project, key), f"{key} is {value} in the booted app: {why}", f"{key}={GOOD[key]}")
