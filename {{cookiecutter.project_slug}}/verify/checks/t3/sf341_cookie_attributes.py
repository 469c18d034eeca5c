from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...runtime import set_at
from .sf303_cookie_flags import HARM


@check("SF341", threat="T3", stage="runtime")
def cookie_attributes(project: Project) -> Iterator[Finding]:
    """The session cookie of the booted app lacks Secure, HttpOnly or SameSite.

    Why: Flask's defaults leave Secure and SameSite off; whoever reads the cookie is that user (ASVS 3.3.1, 3.3.2).

    Bad:
        app = Flask(__name__)

    Good:
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
    """
    session = project.runtime["session"]
    for name, harm in HARM.items():
        value = session["cookie"][name.lower()]
        if session["key_bytes"] and (not value or value == "None"):
            key = f"SESSION_COOKIE_{name}"
            good = '"Lax"' if name == "SAMESITE" else "True"
            yield Finding(
                *set_at(project, key),
                f"the session cookie `{session['cookie']['name']}` {harm}: {key} is {value!r} in the booted app",
                f'app.config["{key}"] = {good}',
            )
