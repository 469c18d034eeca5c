"""Session ids in addresses."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.uses import onward
from ...project import Project

LOGGED = re.compile("log|debug|info|warning|error|exception")
BUILDERS = {"url_for", "redirect", "urlencode"}


@check("SF313", threat="T3", stage="static")
def session_id_in_url(project: Project) -> Iterator[Finding]:
    """A session id travels in an address.

    Why: addresses end up in logs, histories and Referer headers; an id taken from one can be planted (ASVS 14.2.1).

    Bad:
        return redirect(f"/home?sid={session.sid}")

    Good:
        return redirect("/home")
    """
    for module in project.modules.values():
        for node in module.nodes(ast.Attribute):
            id_read = node.attr == "sid" and project.sessions.is_session(module, node.value)
            if id_read and any(isinstance(up, ast.Call) and spelt(up) in BUILDERS for up in onward(node)):
                message = "the session's id becomes part of an address"
                yield Finding(module.path, node.lineno, message, 'redirect(url_for("home"))  # the cookie has it')
    for module, interface in project.sessions.interfaces:
        for part in ast.walk(interface):
            match part:
                case ast.Attribute(
                    value=ast.Name(id="request" | "req"), attr="args" | "values" | "view_args" as attr
                ) if any(isinstance(up, ast.Return | ast.Assign) for up in onward(part, LOGGED)):
                    message = f"the session's id is taken from the address (request.{attr})"
                    yield Finding(module.path, part.lineno, message, "request.cookies.get(self.get_cookie_name(app))")
