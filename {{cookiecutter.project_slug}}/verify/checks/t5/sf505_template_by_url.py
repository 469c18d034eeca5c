import ast
import re
from collections.abc import Iterator, Mapping

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
    kept: dict[str, Route] = {}  # template -> a guarded route that renders it
    chosen: list[tuple[Route, str]] = []  # (open route, what its template may be called, as a regex)
    by_view: dict[ast.AST | None, list[ast.expr]] = {}
    for _, call in project.calls.named("flask.render_template"):
        by_view.setdefault(project.names.function(call), []).extend(call.args[:1])
    for route in project.routes.table:
        for given in by_view.get(route.view, ()):
            name, variables = project.routes.text(given), route.pattern.variables
            looked_up = rf"\b({'|'.join(variables)}) (not )?in\b"
            if project.routes.guards.guarded(route, route.method):
                kept |= {name: route} if name else {}
            elif name is None and route.view and not re.search(looked_up, ast.unparse(route.view)):
                chosen.append((route, _regex(project, given, variables)))
    for route, regex in chosen:
        if other := next((name for name in kept if re.fullmatch(regex, name)), None):
            yield Finding(
                *route.place,
                f"`{route.path}` of {route} renders the template that its URL names: "
                f"`{other}` of the guarded {kept[other]}, too",
                'list the pages in the rule, for example "/<any(about, terms):page>"',
            )


def _regex(project: Project, node: ast.AST, variables: Mapping[str, str]) -> str:
    """What a template's name can be, of constants and the variables of the rule; "" when nobody can tell."""
    match node:
        case ast.Constant(value=text):
            return re.escape(str(text))
        case ast.Name(id=name) if name in variables:
            return variables[name]
        case ast.Name() if (found := project.routes.follow(node)) is not node:
            return _regex(project, found, variables)
        case ast.FormattedValue(value=part):
            return _regex(project, part, variables)
        case ast.JoinedStr(values=parts):
            return "".join(_regex(project, part, variables) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _regex(project, left, variables) + _regex(project, right, variables)
    return ""
