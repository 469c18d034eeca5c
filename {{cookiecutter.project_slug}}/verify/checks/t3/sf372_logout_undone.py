import threading
import time
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

ROUNDS = 3


@check("SF372", threat="T3", stage="live")
def logout_undone(project: Project) -> Iterator[Finding]:
    """A request in flight brings a logged-out session back.

    Why: the visitor has logged out, on a shared machine perhaps, and the session lives on (ASVS 7.4.1).

    Bad:
        store.set(session_id, data)     # an upsert

    Good:
        UPDATE session SET … WHERE id = ?     -- a row that is gone stays gone
    """
    live = project.live
    for _ in range(ROUNDS):
        visitor = live.visitor()
        visitor.request("POST", "/-verify-/keep", form={"text": "before"})
        jar = dict(visitor.jar)
        other = live.visitor()
        other.jar = dict(jar)
        slow = threading.Thread(target=other.request, args=("POST", "/-verify-/keep?wait=0.15", {"late": "write"}))
        slow.start()
        time.sleep(0.05)
        visitor.request("POST", "/-verify-/logout")
        slow.join()
        thief = live.visitor()
        thief.jar = jar
        if thief.request("GET", "/-verify-/kept").json():
            yield Finding(
                *project.factory,
                "a request that was under way during the logout has written the session back",
                "write a session only where its row still exists, as sessions/sqlite.py does",
            )
            return
