from collections.abc import Iterator

from ...engine import Finding, check
from ...live import Visitor
from ...project import Project


@check("SF371", threat="T3", stage="live")
def session_fixation(project: Project) -> Iterator[Finding]:
    """A session id that an attacker knows survives a login, or is adopted although the service never gave it.

    Why: session fixation: who plants an id in a victim's browser is logged in with the victim (ASVS 7.2.4).

    Bad:
        session["user_id"] = user.id

    Good:
        login_session(user.id)
    """
    live = project.live
    victim = live.visitor()
    name, _ = _planted(victim)
    planted = victim.jar[name] = "A" * 43
    victim.request("POST", "/-verify-/keep", form={"text": "x"})
    if victim.jar.get(name) == planted:
        yield _finding(project, "an id that a stranger made up is adopted as a session")
    _, before = _planted(victim := live.visitor())
    victim.request("POST", "/-verify-/login/ada")
    if victim.jar.get(name) == before:
        yield _finding(project, "the session keeps its id at login")
    thief = live.visitor()
    thief.jar[name] = before
    if thief.request("GET", "/-verify-/kept").json():
        yield _finding(project, "the id from before the login still opens the session after it")


def _planted(visitor: Visitor) -> tuple[str, str]:
    visitor.request("POST", "/-verify-/keep", form={"text": "x"})
    return next(iter(visitor.jar.items()), ("__Host-session", ""))


def _finding(project: Project, message: str) -> Finding:
    return Finding(*project.factory, message, "renew the id at login: login_session(user_id) from the sessions package")
