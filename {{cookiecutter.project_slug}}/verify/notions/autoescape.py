"""Where Python decides whether templates are escaped, and what it decides for a file name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import jinja2

from ..readers.python import Module, ancestors
from ..readers.templates import MARKUP
from .calls import spelt
from .names import Function
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

PAGE = "page.html"
ENVIRONMENT = re.compile(r"jinja2\.(sandbox\.|nativetypes\.)?\w*(Environment|Template)|flask\.Environment")
DECIDES = {"autoescape", "select_jinja_autoescape"}
LOOKS_UP = {"get_template", "select_template", "from_string"}
Place: TypeAlias = ast.expr | ast.stmt
Decision: TypeAlias = tuple[Module, Place, str]  # what decides, or where, and how in words


def escapes_all(project: Project, name: str, decided: list[Decision]) -> bool:
    """Does the application itself escape this file name, whatever Flask would do?"""
    return any(_escapes(project, module, option, name) for module, option, _ in decided)


def unescaped(project: Project) -> Iterator[Decision]:
    """Every decision that leaves HTML pages unescaped."""
    for module, option, how in decisions(project):
        if _escapes(project, module, option, PAGE) is False and not _for_texts(project, module, option):
            returns = [node for node in ast.walk(option) if isinstance(node, ast.Return)]
            yield module, returns[0] if isinstance(option, Function) and len(returns) == 1 else option, how
    for module, call, dotted in project.calls.all():
        if not dotted or not any(ENVIRONMENT.fullmatch(one) for one in project.names.ancestry(dotted)):
            continue
        given = next((keyword.value for keyword in call.keywords if keyword.arg == "autoescape"), None)
        told = project.values.kwargs(module, call).get("autoescape")
        off = told is None or (_escapes(project, module, given, PAGE) if given else project.values.truth(told)) is False
        if off and _makes_html(project, module, call):
            how = "no autoescape, and Jinja's own default is off"
            if told:
                how = f"autoescape={ast.unparse(given)}" if given else "autoescape off ({}:{})".format(*told.origin)
            yield module, given or call, f"`{ast.unparse(call.func)}` with {how}"


def decisions(project: Project) -> Iterator[Decision]:
    """What is assigned to or defined as `autoescape`, `jinja_options` and `select_jinja_autoescape`."""
    for module in project.modules.values():
        for function in module.nodes(ast.FunctionDef):
            if function.name == "select_jinja_autoescape":
                yield module, function, f"{function.name}({PAGE!r}) is not true"
        for assign in module.nodes(ast.Assign, ast.AnnAssign):
            target = assign.targets[0] if isinstance(assign, ast.Assign) else assign.target
            options = isinstance(target, ast.Subscript) and getattr(target.slice, "value", "") == "autoescape"
            held = target.value if options and isinstance(target, ast.Subscript) else target
            word = getattr(held, "attr", getattr(held, "id", ""))
            if assign.value is not None and word == "jinja_options":
                yield from _options(project, module, assign.value, options)
            elif assign.value is not None and word in DECIDES and isinstance(target, ast.Attribute):
                yield module, assign.value, f"`{ast.unparse(target)}` is {ast.unparse(assign.value)}"
        for call in module.nodes(ast.Call):
            into = getattr(getattr(call.func, "value", None), "attr", "")
            if spelt(call) == "overlay" or (spelt(call) == "update" and into == "jinja_options"):
                yield from _options(project, module, call)


def _options(project: Project, module: Module, value: ast.expr, itself: bool = False) -> Iterator[Decision]:
    known = project.names.definition(project.names.dotted(module, value) or "")
    if known and isinstance(written := getattr(known[1], "value", None), ast.expr):
        module, value = known[0], written
    options = [value] if itself else []
    for node in ast.walk(value):
        pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
        options += [option for key, option in pairs if getattr(key, "value", None) == "autoescape"]
        options += [node.value] if isinstance(node, ast.keyword) and node.arg == "autoescape" else []
    for option in options:
        yield module, option, f"the Jinja option `autoescape` is {ast.unparse(option)}"


def _escapes(project: Project, module: Module, option: ast.AST, name: str) -> bool | None:
    """Is a file of this name escaped? None where the text does not tell."""
    names, values = project.names, project.values
    if (found := names.definition(names.dotted(module, option) or "")) and isinstance(found[1], Function):
        module, option = found
    if isinstance(option, ast.Call) and (names.dotted(module, option.func) or "").endswith("select_autoescape"):
        keys = ("enabled_extensions", "disabled_extensions", "default_for_string", "default")
        given = dict(zip(keys, (values.of(module, arg) for arg in option.args), strict=False))
        given |= values.kwargs(module, option)
        known = {key: value.value for key, value in given.items() if isinstance(value, Const)}
        return bool(jinja2.select_autoescape(**known)(name)) if len(known) == len(given) else None
    if not isinstance(option, Function | ast.Lambda):
        value = values.of(module, option)
        return bool(value.value) if isinstance(value, Const) else None
    value = values.result(module, option, {arg.arg: Const(name) for arg in option.args.args})
    if isinstance(option, ast.Lambda):
        return values.truth(value)
    asks_flask = any(getattr(node, "attr", "") == "select_jinja_autoescape" for node in ast.walk(option))
    return (asks_flask and name.endswith(MARKUP)) or values.truth(value)


def _for_texts(project: Project, module: Module, option: ast.AST) -> bool:
    """Is a decision for an overlay, or an environment beside the application's, that loads no pages?"""
    around = [*islice(ancestors(option), 2)]  # its keyword and the call, or what assigns it
    if around and isinstance(around[0], ast.Assign):
        held = ast.unparse(around[0].targets[0]).removesuffix(".autoescape")
        around = [one.value for one in module.nodes(ast.Assign) if ast.unparse(one.targets[0]) == held]
    made = (one for one in around if isinstance(one, ast.Call) and spelt(one).endswith(("overlay", "Environment")))
    return any(_makes_html(project, module, one) is False for one in made)


def _makes_html(project: Project, module: Module, call: ast.Call) -> bool | None:
    """Do templates of this environment become HTML? By the names that it loads, and by its texts, if any is known."""
    held = next((ast.unparse(one.targets[0]) for one in module.nodes(ast.Assign) if one.value is call), "")
    function = project.names.function(call)
    texts = project.markup.texts(module, call.args[0]) if call.args else []
    for owner, used, _ in project.calls.all():
        if isinstance(used.func, ast.Attribute) and used.func.attr in LOOKS_UP and used.args:
            receiver = used.func.value
            made = project.calls.target(owner, receiver) if isinstance(receiver, ast.Call) else None
            same = held and ast.unparse(receiver).rpartition(".")[2] == held.rpartition(".")[2]
            if same or receiver is call or (made and made[1] is function):
                texts += project.markup.texts(owner, used.args[0])
    return any(str(text.value).endswith(MARKUP) or "</" in str(text.value) for text in texts) if texts else None
