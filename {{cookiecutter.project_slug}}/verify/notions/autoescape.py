"""Where Python decides whether templates are escaped, and what it decides for an HTML page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2

from ..readers.python import Module
from ..readers.templates import MARKUP
from .flow import Func
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

PAGE = "page.html"
LOOKS_UP = {"get_template", "select_template", "from_string"}
FOLDED = {"endswith", "startswith", "lower", "rsplit", "split", "rpartition", "partition", "removesuffix", "strip"}
ENVIRONMENTS = ("jinja2.Environment", "jinja2.sandbox.", "jinja2.nativetypes.", "flask.Environment", "jinja2.Template")


class Unclear(Exception):
    """Raised where a decision cannot be worked out from the text."""


@dataclass(frozen=True)
class Autoescape:
    project: Project
    page: str = PAGE  # the file name that is asked about

    def on(self) -> bool:
        """Does the application itself escape this file name, whatever Flask would do?"""
        for module in self.project.modules.values():
            for assign in module.nodes(ast.Assign):
                for target in assign.targets:
                    name = getattr(target, "id", getattr(target, "attr", ""))
                    values = [assign.value] if name == "select_jinja_autoescape" else []
                    if name == "jinja_options":
                        values = [option for _, option in self._autoescape_options(module, assign.value)]
                    if any(self.escapes(module, value) for value in values):
                        return True
            for func in module.nodes(ast.FunctionDef):
                if func.name == "select_jinja_autoescape" and self.escapes(module, func):
                    return True
        return False

    def off(self) -> Iterator[tuple[Module, ast.expr | ast.stmt, str]]:
        """(module, node, how) of every place that switches escaping off for HTML."""
        for module in self.project.modules.values():
            for node in module.nodes(ast.Assign):
                for target in node.targets:
                    yield from self._assigned(module, target, node.value)
            for annotated in module.nodes(ast.AnnAssign):
                if annotated.value is not None:
                    yield from self._assigned(module, annotated.target, annotated.value)
            for func in module.nodes(ast.FunctionDef):
                if func.name == "select_jinja_autoescape" and self.escapes(module, func) is False:
                    yield module, self._decision(func), f"{func.name}({PAGE!r}) is not true"
        for module, call, dotted in self.project.calls.all():
            yield from self._called(module, call, dotted or "")

    @staticmethod
    def _decision(func: ast.FunctionDef) -> ast.stmt:
        returns = [node for node in ast.walk(func) if isinstance(node, ast.Return)]
        return returns[0] if len(returns) == 1 else func

    def _assigned(self, module: Module, target: ast.expr, value: ast.expr) -> Iterator[tuple[Module, ast.expr, str]]:
        name = getattr(target, "id", getattr(target, "attr", ""))
        if isinstance(target, ast.Subscript):
            holder = getattr(target.value, "attr", "")
            name = str(getattr(target.slice, "value", "")) if holder == "jinja_options" else ""
        if name == "jinja_options":
            yield from self._options(module, value)
        elif name == "autoescape" and not isinstance(target, ast.Name) and self.escapes(module, value) is False:
            yield module, value, f"`{ast.unparse(target)}` is {ast.unparse(value)}"
        elif name == "select_jinja_autoescape" and self.escapes(module, value) is False:
            yield module, value, f"`{ast.unparse(target)}` says no to {PAGE!r}"

    def _options(self, module: Module, value: ast.expr) -> Iterator[tuple[Module, ast.expr, str]]:
        for owner, option in self._autoescape_options(module, value):
            if self.escapes(owner, option) is False:
                yield owner, option, f"the Jinja option `autoescape` is {ast.unparse(option)}"

    def _autoescape_options(self, module: Module, value: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
        known = self.project.names.definition(self.project.names.dotted(module, value) or "")
        if known and isinstance(known[1], ast.Assign | ast.AnnAssign) and known[1].value:
            module, value = known[0], known[1].value
        for node in ast.walk(value):
            pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
            yield from ((module, v) for k, v in pairs if isinstance(k, ast.Constant) and k.value == "autoescape")
            if isinstance(node, ast.keyword) and node.arg == "autoescape":
                yield module, node.value

    def _called(self, module: Module, call: ast.Call, dotted: str) -> Iterator[tuple[Module, ast.expr, str]]:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method == "update" and getattr(getattr(call.func, "value", None), "attr", "") == "jinja_options":
            yield from self._options(module, call)
        if method == "overlay" and any(k.arg == "autoescape" for k in call.keywords):
            yield from self._options(module, call)
        ours = {dotted, *self.project.names.bases(dotted)}
        if not any(one.startswith(ENVIRONMENTS) and "ndefined" not in one and "Error" not in one for one in ours):
            return
        last = dotted.rpartition(".")[2]
        if not last[:1].isupper():
            return
        given = self.project.values.kwargs(module, call).get("autoescape")
        option = next((k.value for k in call.keywords if k.arg == "autoescape"), None)
        decided = self.escapes(module, option) if option else isinstance(given, Const) and bool(given.value)
        if decided is not False:
            return
        if self.makes_html(module, call):
            how = f"autoescape={ast.unparse(option)}" if option else "no autoescape, and Jinja's own default is off"
            yield module, option or call, f"`{last}` with {how}"

    def makes_html(self, module: Module, call: ast.Call) -> bool:
        """Do templates of this environment become HTML? By the names that it loads, its texts, or where results go."""
        dotted = self.project.names.dotted(module, call.func) or ""
        held = next((up for up in module.nodes(ast.Assign) if up.value is call), None)
        name = ast.unparse(held.targets[0]) if held else ""
        texts: list[str] = []
        for other, used, _ in self.project.calls.all():
            if used.args and isinstance(used.func, ast.Attribute) and used.func.attr in LOOKS_UP:
                receiver = used.func.value
                same = bool(name) and ast.unparse(receiver).rpartition(".")[2] == name.rpartition(".")[2]
                if receiver is call or same or self._gives(other, receiver, call):
                    texts += self.project.markup.names(other, used.args[0])
        if dotted.endswith("Template"):
            texts += self.project.markup.names(module, call.args[0] if call.args else None)
        served = any(self._inside(body, call, name) for _, body in self.project.pages.bodies)
        return served or any(text.endswith(MARKUP) or "</" in text or "<br" in text for text in texts)

    def _gives(self, module: Module, receiver: ast.expr, call: ast.Call) -> bool:
        target = self.project.calls.target(module, receiver) if isinstance(receiver, ast.Call) else None
        return target is not None and any(node is call for node in ast.walk(target[1]))

    @staticmethod
    def _inside(body: ast.expr, call: ast.Call, name: str) -> bool:
        return any(node is call or (name and isinstance(node, ast.Name) and node.id == name) for node in ast.walk(body))

    # ------------------------------------------------------------------ what is decided for a page

    def escapes(self, module: Module, decision: ast.expr | ast.FunctionDef) -> bool | None:
        """Is `page.html` escaped under this option or override? None when the text does not tell."""
        if isinstance(decision, Func):
            return self._decides(module, decision)
        if isinstance(decision, ast.Lambda):
            return self._truth(module, decision.body, {arg.arg: self.page for arg in decision.args.args})
        if isinstance(decision, ast.Call):
            called = self.project.names.dotted(module, decision.func) or ""
            return self._selected(module, decision) if called.endswith("select_autoescape") else None
        value = self.project.values.of(module, decision)
        if isinstance(value, Const):
            return bool(value.value)
        found = self.project.names.definition(self.project.names.dotted(module, decision) or "")
        return self._decides(found[0], found[1]) if found and isinstance(found[1], ast.FunctionDef) else None

    def _selected(self, module: Module, call: ast.Call) -> bool | None:
        keys = ("enabled_extensions", "disabled_extensions", "default_for_string", "default")
        given = dict(zip(keys, call.args, strict=False)) | {str(k.arg): k.value for k in call.keywords}
        known = {key: self.project.values.of(module, value) for key, value in given.items()}
        if not all(isinstance(value, Const) for value in known.values()):
            return None
        try:
            return jinja2.select_autoescape(**{k: v.value for k, v in known.items() if isinstance(v, Const)})(self.page)
        except (TypeError, AttributeError):
            return None

    def _decides(self, module: Module, func: ast.FunctionDef | ast.AsyncFunctionDef) -> bool | None:
        names = [arg.arg for arg in func.args.args if arg.arg not in ("self", "cls")]
        try:
            return self._run(module, func.body, dict.fromkeys(names, self.page))
        except Unclear:
            return None

    def _run(self, module: Module, body: list[ast.stmt], env: dict[str, Any]) -> bool | None:
        for statement in body:
            if isinstance(statement, ast.Return):
                return bool(self._eval(module, statement.value, env)) if statement.value else False
            if isinstance(statement, ast.If):
                taken = statement.body if self._eval(module, statement.test, env) else statement.orelse
                if (answer := self._run(module, taken, env)) is not None:
                    return answer
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                env[statement.targets[0].id] = self._eval(module, statement.value, env)
            elif not isinstance(statement, ast.Expr | ast.Pass):
                raise Unclear
        return None

    def _truth(self, module: Module, expr: ast.expr, env: dict[str, Any]) -> bool | None:
        try:
            return bool(self._eval(module, expr, env))
        except Unclear:
            return None

    def _eval(self, module: Module, expr: ast.expr, env: dict[str, Any]) -> Any:
        """A file name's way through tests such as `name.endswith((".html", ".xml"))`."""
        if isinstance(expr, ast.Name) and expr.id in env:
            return env[expr.id]
        if isinstance(expr, ast.BoolOp):
            answer = None
            for value in expr.values:
                answer = self._eval(module, value, env)
                if bool(answer) != isinstance(expr.op, ast.And):
                    break
            return answer
        if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.Not):
            return not self._eval(module, expr.operand, env)
        if isinstance(expr, ast.IfExp):
            return self._eval(module, expr.body if self._eval(module, expr.test, env) else expr.orelse, env)
        if isinstance(expr, ast.Compare) and len(expr.ops) == 1:
            left, right = self._eval(module, expr.left, env), self._eval(module, expr.comparators[0], env)
            op = expr.ops[0]
            if isinstance(op, ast.In | ast.NotIn) and isinstance(right, str | tuple | list | set | frozenset | dict):
                return (left in right) == isinstance(op, ast.In)
            if isinstance(op, ast.Eq | ast.Is | ast.NotEq | ast.IsNot):
                return (left == right) == isinstance(op, ast.Eq | ast.Is)
        if isinstance(expr, ast.Subscript):
            try:
                return self._eval(module, expr.value, env)[self._eval(module, expr.slice, env)]
            except (TypeError, LookupError):
                raise Unclear from None
        if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
            return self._method(module, expr, expr.func, env)
        known = self.project.values.of(module, expr)
        if not isinstance(known, Const):
            raise Unclear
        return known.value

    def _method(self, module: Module, call: ast.Call, func: ast.Attribute, env: dict[str, Any]) -> Any:
        if func.attr == "select_jinja_autoescape":  # super()'s, or Flask's own
            return self.page.endswith(MARKUP)
        args = [self._eval(module, arg, env) for arg in call.args]
        receiver = self._eval(module, func.value, env)
        if isinstance(receiver, str) and func.attr in FOLDED:
            try:
                return getattr(receiver, func.attr)(*(tuple(a) if isinstance(a, list) else a for a in args))
            except (TypeError, ValueError):
                raise Unclear from None
        raise Unclear
