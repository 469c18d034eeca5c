"""Session ids in addresses, in logs, and in answers where scripts read them."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import arguments, spelt
from ...notions.uses import assigned, onward
from ...project import Project
from ...readers.python import Function, ancestors
from ...readers.shell import Text

LOGGED = re.compile("log|debug|info|warning|error|exception|critical")
TEXT = ast.JoinedStr | ast.FormattedValue | ast.BinOp | ast.Tuple | ast.Dict | ast.keyword
BUILDERS = {"url_for", "redirect", "urlencode"}
RECORDS = re.compile(r"%\(\{((http_)?(cookie|authorization)\}[ie]|set-cookie\}o)\)s", re.I)
ANSWERS = {"jsonify", "make_response", "Response", "render_template", "dict", "format", "dumps"}


def sent(project: Project) -> set[ast.expr]:
    """What the answers of views hold as it is: not what they look up with it or work out."""
    views = ((module, view) for view, module in project.calls.views.items() if isinstance(view, Function))
    todo = [(module, value) for module, view in views for value in project.names.returned(view)]
    seen = set[ast.expr]()
    for module, expr in todo:
        seen.add(expr)
        inner: list[ast.expr] = []
        match expr:
            case ast.Name():
                inner = [one.value for one in project.flow.defined(expr)]
            case ast.Call() if target := project.calls.target(module, expr):
                module, inner = target[0], project.names.returned(target[1])
            case ast.Call() if spelt(expr) in ANSWERS:
                inner = arguments(expr)
            case ast.Dict() | ast.List() | ast.Tuple() | ast.BinOp() | ast.JoinedStr() | ast.FormattedValue():
                inner = [part for part in ast.iter_child_nodes(expr) if isinstance(part, ast.expr)]
        todo += [(module, part) for part in inner if part not in seen]
    return seen


def recorded(project: Project) -> Iterator[Text]:
    """The headers with sessions or tokens that Gunicorn's access log, when there is one, is told to record."""
    launch, values = project.launch, project.values
    for command in launch.commands:
        files = [values.of(*one) for one in launch.gunicorn_settings(command, "accesslog")]
        formats = [*filter(None, [command.option("--access-logformat")])]
        for setting in launch.gunicorn_settings(command, "access_log_format"):
            formats += [Text(one.value, *one.origin) for one in project.markup.texts(*setting)]
        if command.option("--access-logfile") or any(values.truth(one) is not False for one in files):
            yield from (text.like(found[0]) for text in formats for found in RECORDS.finditer(text))


@check("SF313", threat="T3", stage="static")
def session_id_in_url(project: Project) -> Iterator[Finding]:
    """A session id travels in an address or an answer's body, or is written into a log.

    Why: addresses end up in logs, histories and Referer headers; an id taken from one can be planted (ASVS 14.2.1).
    What a body holds is read by scripts, which HttpOnly keeps from the cookie.

    Bad:
        return redirect(f"/home?sid={session.sid}")

    Good:
        return redirect("/home")
    """
    shown = sent(project) if any(".sid" in module.source for module in project.modules.values()) else set()
    for module in project.modules.values():
        for node in module.nodes(ast.Attribute):
            if node.attr != "sid" or not project.sessions.is_session(module, node.value):
                continue
            outer = next((up for up in ancestors(node) if not isinstance(up, TEXT)), node)
            if isinstance(outer, ast.Call) and node is not outer.func and LOGGED.fullmatch(spelt(outer)):
                message = "the session's id is written into a log: whoever reads it takes over the session"
                yield Finding(module.path, node.lineno, message, 'log.info("login of %s", session["user_id"])')
            elif any(isinstance(up, ast.Call) and spelt(up) in BUILDERS for up in onward(node)):
                message = "the session's id becomes part of an address"
                yield Finding(module.path, node.lineno, message, 'redirect(url_for("home"))  # the cookie has it')
            elif node in shown:
                message = "the session's id is part of an answer: scripts read it there, past HttpOnly"
                yield Finding(module.path, node.lineno, message, "Send an id of its own: secrets.token_urlsafe(16)")
        for target, value in assigned(module) if "HTTP_COOKIE" in module.source else ():
            data = project.flow.tainted(module, value) if "HTTP_COOKIE" in ast.unparse(target) else None
            if data and "QUERY_STRING" in data.what:
                message = f"the Cookie header is made of {data}: who writes a link plants the session's id with it"
                yield Finding(module.path, target.lineno, message, "Leave the cookies to the browser")
    for path, line, what in {(one.path, one.line, str(one)): 0 for one in recorded(project)}:
        message = f"the access log records {what}: whoever reads the log takes over sessions"
        yield Finding(path, line, message, "access_log_format = '%(h)s %(t)s \"%(r)s\" %(s)s'")
    for module, interface in project.sessions.interfaces:
        for part in ast.walk(interface):
            match part:
                case ast.Attribute(
                    value=ast.Name(id="request" | "req"), attr="args" | "values" | "view_args" as attr
                ) if any(isinstance(up, ast.Return | ast.Assign) for up in onward(part, LOGGED)):
                    message = f"the session's id is taken from the address (request.{attr})"
                    yield Finding(module.path, part.lineno, message, "request.cookies.get(self.get_cookie_name(app))")
