import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

# A thread's variables are replaced by each request, and numbered entries are a store's own: both may be meant.
MEANT = re.compile(r"\[-?\d+\]$|^len\(")


@check("SF640", threat="T6", stage="runtime")
def user_left_behind(project: Project) -> Iterator[Finding]:
    """In the running app, one object of the process held first one user's value and then another's.

    Why: the same requests were sent as two users; what the first one sent was still there when the second one
    came, and was overwritten (CWE-488).

    Bad:
        app.extensions["mailer"].recipient = request.form["to"]

    Good:
        app.extensions["mailer"].send(to=request.form["to"])
    """
    for change in (project.runtime["state"] or {}).get("changes", ()):
        module = project.modules.get(change["file"] or "")
        slots = [way for way in change["places"] if not MEANT.search(way)]
        if not change["slot"] or module is None or not slots or change["kind"].endswith(("_local", "ContextVar")):
            continue
        name = change["path"].removeprefix(f"{change['module']}.").split(".")[0]
        places = project.names.bindings(module, module.tree).get(name)
        yield Finding(
            module.path,
            getattr(places[0].node, "lineno", 1) if places else 1,
            f"`{change['path']}{slots[0]}` held the values of two users in turn, after requests to "
            f"{', '.join(change['endpoints'][:3])}: each sees or overwrites the other's",
            "keep it in a local variable or in `flask.g`; what must last belongs in the session or a database",
        )
