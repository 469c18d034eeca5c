import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...readers.python import Function


@check("SF512", threat="T5", stage="static")
def guard_misses(project: Project) -> Iterator[Finding]:
    """A guard compares a name, path, host or method so that a route of the same family slips through, or has no effect.

    Why: `request.blueprint` of a nested blueprint is "parent.child", startswith("public") is true for "publicity",
    a check of POST alone leaves DELETE open, a visitor chooses the query in `request.full_path`, and the host of views
    that are not bound to one, a redirect that nobody returns sends nobody away, and after_request comes when the view
    has done its work.

    Bad:
        if request.blueprint == "admin" and not logged_in(): abort(401)

    Good:
        if "admin" in request.blueprints and not logged_in(): abort(401)
    """
    guards, config = project.routes.guards, project.config
    told = set()
    asked = any("flask_login" in module.source for module in project.modules.values())
    for write in config.effective("LOGIN_DISABLED") if asked else ():
        if config.holds(write) and project.values.truth(write.value):
            where = f"{write.via} at {write.at[0]}:{write.at[1]}"
            said = f"LOGIN_DISABLED is true in production ({where}): Flask-Login's login_required lets everybody in"
            yield Finding(write.path, write.line, said, "LOGIN_DISABLED = False")
    for function in (one for one in guards.alone if isinstance(one, Function)):
        for lost in guards.dropped(function):
            text, forgot = ast.unparse(lost), guards.forgets(lost.value)
            if guards.decides(function, about=lost):
                what = f"calls `{text}` and does not await it" if forgot else f"makes the answer `{text}` and goes on"
                fix = f"await {text}, in an `async def`" if forgot else f"return {text}, or abort(403)"
                yield Finding(*project.routes.place(lost), f"`{function.name}` {what}: nobody is turned away", fix)
    for early in dict.fromkeys(hook for hooks in guards.hooks.values() for hook in hooks if hook):
        if found := guards.beyond(early):
            said = f"the guard `{early.name}` {found[1]}: `{found[0].path}` of {found[0]} is open"
            fix = "run it before every view, bp.before_app_request(guard), and except whole paths or endpoints"
            yield Finding(*project.routes.place(early), said, fix)
    for late in dict.fromkeys(hook for hooks in guards.late.values() for hook in hooks if hook):
        if route := guards.too_late(late):
            done = f"{route.method} `{route.path}` of {route} has already done its work"
            said, fix = f"the guard `{late.name}` runs when {done}", "run it before the view: bp.before_request(guard)"
            yield Finding(*project.routes.place(late), said, fix)
    for route in project.routes.table if guards.hooks else ():
        for method in sorted(route.methods) if route.view else ():
            passes = guards.is_open(route, method) and not guards.is_public(route, method)
            hooks = guards.before(route) if passes else []
            for hook in hooks:
                if hook is None or hook in told or not (missed := guards.missed(route, method, hook)):
                    continue
                told.add(hook)
                tests = [one for one in ast.walk(hook) if isinstance(one, ast.If)]
                asks = [one for one in tests if "request" in ast.dump(one.test)] or tests
                said = f"the guard `{hook.name}` lets {method} `{route.path}` of {route} pass"
                fix = 'compare whole names ("admin" in request.blueprints), or use bp.before_request(guard)'
                at = missed[1] or project.routes.place(asks[0] if asks else hook)
                yield Finding(*at, f"{said}, {missed[0]}", fix)
