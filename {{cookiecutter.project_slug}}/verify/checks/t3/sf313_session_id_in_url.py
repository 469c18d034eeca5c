"""Session ids in addresses."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...readers.python import ancestors

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
    fix = "Leave it to the cookie: redirect(url_for('home'))"
    for module in project.modules.values():
        for node in module.nodes(ast.Attribute):
            if node.attr == "sid" and project.sessions.is_session(module, node.value):
                for up in ancestors(node):
                    name = getattr(up.func, "attr", getattr(up.func, "id", "")) if isinstance(up, ast.Call) else ""
                    if name in BUILDERS:
                        yield Finding(
                            module.path, node.lineno, f"the session's id becomes part of an address ({name})", fix
                        )
                        break
    for module, owner in project.sessions.interfaces:
        for part in ast.walk(owner):
            match part:
                case ast.Attribute(value=ast.Name(id="request" | "req"), attr="args" | "values" | "view_args" as attr):
                    message = f"the session's id is taken from the address (request.{attr})"
                    yield Finding(module.path, part.lineno, message, "request.cookies.get(self.get_cookie_name(app))")
