import base64
import re
import secrets
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

FLAGS = ("Secure", "HttpOnly", "SameSite=", "Path=/")
ID_LENGTH = 22  # characters of base64 for 128 bits (ASVS 7.2.3)


@check("SF370", threat="T3", stage="live")
def session_cookie(project: Project) -> Iterator[Finding]:
    """The session cookie is not opaque, lacks `__Host-`, Secure, HttpOnly or SameSite, or goes to everybody.

    Why: a readable cookie tells its content, one without flags is sent over HTTP or read by scripts (ASVS 3.3.1), and
    one for everybody fills the store.

    Bad:
        Set-Cookie: session=eyJ1c2VyIjoiYWRhIn0…

    Good:
        Set-Cookie: __Host-session=<43 random characters>; Secure; HttpOnly; Path=/; SameSite=Lax
    """
    visitor = project.live.visitor()
    if visitor.request("GET", "/").cookies:
        yield _finding(project, "a visitor who stores nothing gets a cookie with the first page")
    secret = secrets.token_hex(12)
    cookies = visitor.request("POST", "/-verify-/keep", form={"text": secret}).cookies
    for name, line in cookies.items():
        value = line.partition("=")[2].partition(";")[0]
        decoded = base64.urlsafe_b64decode(value.split(".")[0] + "==") if re.fullmatch(r"[\w.=-]+", value) else b""
        if secret in line or secret.encode() in decoded:
            yield _finding(project, f"the cookie {name} holds what the session holds")
        missing = [flag for flag in FLAGS if flag.lower() not in line.lower()]
        if missing or not name.startswith("__Host-"):
            yield _finding(project, f"the cookie {name} lacks {', '.join(missing) or 'the prefix __Host-'}")
        if len(value) < ID_LENGTH:
            yield _finding(project, f"the session id in {name} has {len(value)} characters, too few to be unguessable")
    gone = visitor.request("POST", "/-verify-/logout").cookies
    if any(name not in gone or "Secure" not in gone[name] for name in cookies):
        yield _finding(project, "logging out leaves the cookie in the browser")


def _finding(project: Project, message: str) -> Finding:
    return Finding(*project.factory, message, "let sessions.init_app(app, settings) make the cookie, with its flags")
