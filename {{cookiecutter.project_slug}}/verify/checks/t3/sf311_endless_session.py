"""How long a session lives."""

from collections.abc import Iterator
from datetime import timedelta

from ...engine import Finding, check
from ...notions.values import Const
from ...project import Project

LONGEST = {"PERMANENT_SESSION_LIFETIME": 31, "REMEMBER_COOKIE_DURATION": 366, "JWT_ACCESS_TOKEN_EXPIRES": 31}  # days


@check("SF311", threat="T3", stage="static")
def endless_session(project: Project) -> Iterator[Finding]:
    """A session lives for longer than a month.

    Why: a stolen cookie, or a browser left open, works for as long (ASVS 7.3.1, 7.3.2).

    Bad:
        PERMANENT_SESSION_LIFETIME = timedelta(days=3650)

    Good:
        PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    """
    for key, most in LONGEST.items():
        for write in project.config.effective(key):
            value = project.values.settle(write.value)
            if not isinstance(value, Const) or not project.config.holds(write):
                continue
            seconds = value.value.total_seconds() if isinstance(value.value, timedelta) else value.value
            if key.startswith("JWT") and seconds is False:
                seconds = float("inf")
            if not isinstance(seconds, int | float) or isinstance(seconds, bool):
                continue
            if seconds > most * 86400:
                days = f"{seconds / 86400:.0f} days"
                yield Finding(
                    write.path,
                    write.line,
                    f"{key} is {days}: a stolen session works that long",
                    f"{key} = timedelta(hours=12)",
                )
