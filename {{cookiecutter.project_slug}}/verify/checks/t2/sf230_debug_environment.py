"""Deployment files that switch Flask's debug mode on, by FLASK_DEBUG or by `flask run --debug`."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.config import FALSE
from ...project import Project


@check("SF230", threat="T2", stage="static")
def debug_environment(project: Project) -> Iterator[Finding]:
    """Production's environment switches Flask's debug mode on, or chooses the template's development profile.

    Why: Flask reads FLASK_DEBUG whatever server runs it; errors then show code and variables to the client
    (OWASP ASVS 13.4.2, CWE-489).

    Bad:
        ENV FLASK_DEBUG=1

    Good:
        ENV FLASK_DEBUG=0
    """
    for setting in project.launch.env("FLASK_DEBUG"):
        if setting.lower() not in FALSE:
            message = (
                f"debug mode is on in production, FLASK_DEBUG is {setting.value!r}: errors show code and variables"
            )
            yield Finding(setting.path, setting.line, message, "FLASK_DEBUG=0, or remove it")
    for setting in project.launch.env("APP_ENV") if project.own else ():
        if setting.value == "development" and not setting.path.endswith(".flaskenv"):
            message = "APP_ENV is 'development' in production: debugging is allowed, and cookies go over plain HTTP"
            yield Finding(setting.path, setting.line, message, "APP_ENV=production, or remove it")
