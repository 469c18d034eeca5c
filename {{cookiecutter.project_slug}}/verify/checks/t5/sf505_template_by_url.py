import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.routes import Route
from ...project import Project


@check("SF505", threat="T5", stage="static")
def template_by_url(project: Project) -> Iterator[Finding]:
    """A catch-all view renders any template that its URL names, those of guarded views too.

    Why: `/<path:page>` reaches `admin/revenue.html` past the guard of the view which it belongs to.

    Bad:
        @bp.get("/<path:page>")
        def show(page): return render_template(f"{page}.html")

    Good:
        @bp.get("/<any(about, terms):page>")
    """
    guards = project.routes.guards
    named: dict[str, Route] = {}  # template -> a guarded route that renders it
    chosen: list[tuple[Route, str]] = []  # (open route, what its template may be called, as a regex)
    for route in project.routes.table:
        if route.declared.view is None:
            continue
        module, view = route.declared.view
        for node in ast.walk(view):
            if (
                not isinstance(node, ast.Call)
                or project.names.dotted(module, node.func) != "flask.render_template"
                or not node.args
            ):
                continue
            text = project.routes.text(module, node.args[0])
            guarded = guards.guarded(route, min(route.methods))
            if text is not None and guarded:
                named.setdefault(text, route)
            elif text is None and not guarded and not _compared(view, route.pattern.names):
                pattern = _pattern(node.args[0], dict(zip(route.pattern.names, route.pattern.accepts, strict=True)))
                chosen += [(route, pattern)] if pattern else []
    for route, pattern in chosen:
        for template, other in named.items():
            if re.fullmatch(pattern, template):
                yield Finding(
                    *route.place,
                    f"`{route.path}` of {route} renders the template that its URL names: "
                    f"`{template}` of the guarded {other}, too",
                    'list the pages in the rule, for example "/<any(about, terms):page>"',
                )
                break


def _compared(view: ast.AST, names: tuple[str, ...]) -> bool:
    """Is a variable of the rule looked up in a set of names before it is used?"""
    tests = [
        node for node in ast.walk(view) if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn)
    ]
    return any(getattr(test.left, "id", "") in names for test in tests)


def _pattern(node: ast.expr, accepted: dict[str, str]) -> str | None:
    """What a template name can be, as a regex: constants and the variables of the rule."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.Name):
        return accepted.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _pattern(node.value, accepted)
    parts = (
        node.values
        if isinstance(node, ast.JoinedStr)
        else [node.left, node.right]
        if isinstance(node, ast.BinOp)
        else []
    )
    regexes = [_pattern(part, accepted) for part in parts]
    return "".join(map(str, regexes)) if regexes and None not in regexes else None
