import re
import secrets
from collections.abc import Iterator

from ...engine import Finding, check
from ...live import Route, fill
from ...project import Project


@check("SF271", threat="T2", stage="live")
def internals_in_errors(project: Project) -> Iterator[Finding]:
    """An error page shows internals.

    Why: tracebacks hold code, paths, queries and secrets; the log has them under the request's id (ASVS 16.5.1).

    Bad:
        return {"error": traceback.format_exc()}, 500

    Good:
        {"title": "Internal Server Error", "request_id": "…"}
    """
    secret = secrets.token_hex(8)
    attacks = [Route("verify.crash", f"/-verify-/crash?text={secret}", "GET")]
    attacks += [Route("", "/%00", "GET"), Route("", "/nowhere", "GET"), *project.live.routes()]
    for attack in attacks:
        for accept in ("text/html", "application/json"):
            path = fill(attack.rule, "%ff")
            data = None if attack.method in ("GET", "DELETE") else [[[secret]]]
            answer = project.live.visitor().request(attack.method, path, data=data, headers={"Accept": accept})
            inside = secret in answer.text and attack.endpoint == "verify.crash"
            if inside or re.search(r'Traceback \(most recent|File \\?"[^"]+\.py|RuntimeError', answer.text):
                yield Finding(
                    *(attack.place or project.factory),
                    f"{attack.method} {path.partition('?')[0]} answers {answer.status} with the text of an exception",
                    "answer with the status and the request's id, and log the rest, as errors.py does",
                )
                return
