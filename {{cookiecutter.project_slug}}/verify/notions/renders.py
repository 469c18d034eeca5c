"""Which templates there are, and what Python passes to them where it renders them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from jinja2 import nodes

from ..readers.python import Module
from ..readers.templates import Template, read, template_name
from .autoescape import decisions, escapes_all
from .calls import spelt
from .names import Function
from .parts import Passed, pairs
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

REGISTERS = re.compile(r"(?:template_(?:filter|global)|\.filters|\.globals|finalize)(?:\W*(?:name=)?'(\w+)')?")
REQUEST = {"request", "session", "g"}  # what templates know of it without a context
RENDER = {"flask.render_template", "flask.stream_template"}
RENDER_TEXT = {"flask.render_template_string", "flask.stream_template_string"}
METHODS = {"render", "render_async", "generate", "stream"}
LOAD = {"get_template", "select_template", "get_or_select_template"}
LOAD_TEXT = {"from_string", "Template"}
BUILT_IN = {*dir(str), *dir(dict), *dir(list)}  # methods that anything may have
DEEPEST = 6  # helpers inside each other that make a context


@dataclass(frozen=True)
class Expr:
    module: Module
    node: ast.expr
    calls: Passed = ()


@dataclass(frozen=True)
class Render:
    module: Module
    call: ast.Call
    templates: list[Template]
    context: dict[str, Expr]


@dataclass
class Renders:
    project: Project
    seen: set[Template] = field(default_factory=set)  # templates that some rendering reaches
    filled: set[tuple[str, int, Expr]] = field(default_factory=set)  # path, line, what a template puts something into

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Every template by the loader's name; one that does not parse is a problem."""
        found: dict[str, Template] = {}
        decided = list(decisions(self.project))
        for path in self.project.paths:
            name = template_name(path)
            if name is not None and (source := self.project.text(path)) is not None:
                template = read(path, source, name)
                if not isinstance(template, Template):
                    self.project.problem(path, template.line, template.message)
                else:
                    escaped = template.escaped or escapes_all(self.project, name, decided)
                    found.setdefault(name, replace(template, escaped=escaped))
        return found

    @cached_property
    def functions(self) -> dict[str, tuple[Module, Function]]:
        """The project's functions that templates call, as filters or globals, by the name they have there."""
        found: dict[str, tuple[Module, Function]] = {}
        for module, function, text in self._registered:
            known = self.project.names.definition(self.project.names.dotted(module, function) or "")
            if known and isinstance(known[1], Function) and (registered := REGISTERS.search(text)):
                found[registered[1] or known[1].name] = (known[0], known[1])
        return found

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The filters that are MarkupSafe's own functions, with Jinja's name for these."""
        own = {"markupsafe.Markup": "safe", "markupsafe.escape": "escape"}
        made = ((REGISTERS.search(text), self.project.names.dotted(of, one)) for of, one, text in self._registered)
        return {found[1]: own[dotted] for found, dotted in made if found and found[1] and dotted in own}

    @cached_property
    def methods(self) -> dict[str, tuple[Module, Function]]:
        """The methods of the project's classes whose name no other has, and no type of Python's own."""
        every = self.project.calls.methods.items()
        return {name: one for name, [one, *more] in every if not more and name not in BUILT_IN}

    @cached_property
    def tables(self) -> dict[str, Expr]:
        """The look-ups that templates make by a global: `lambda key: TABLE[key]` gives what is in the table."""
        found: dict[str, Expr] = {}
        for module, made, text in self._registered:
            match made:
                case ast.Lambda(args=ast.arguments(args=keys), body=ast.Subscript(value=table) as body) if not {
                    key.arg for key in keys
                } & {getattr(node, "id", "") for node in ast.walk(table)}:
                    if (registered := REGISTERS.search(text)) and registered[1]:
                        found[registered[1]] = Expr(module, body)
        return found

    @cached_property
    def globals(self) -> dict[str, Expr]:
        """What templates know of everywhere, beside functions."""
        made = ((REGISTERS.search(text), of, one) for of, one, text in self._registered if ".globals" in text)
        return {found[1]: Expr(of, one) for found, of, one in made if found and found[1] and isinstance(one, ast.expr)}

    @cached_property
    def _registered(self) -> list[tuple[Module, ast.AST, str]]:
        """(module, function, text) of decorators, of calls and of assignments that may register a function."""
        return [*self._registrations()]

    def _registrations(self) -> Iterator[tuple[Module, ast.AST, str]]:
        for module in self.project.modules.values():
            for made in module.nodes(ast.FunctionDef):
                yield from ((module, made, ast.unparse(one)) for one in made.decorator_list)
            for call in module.nodes(ast.Call):
                if "template_" in (word := getattr(call.func, "attr", "")):
                    yield from ((module, one, word + ast.unparse(call).partition(",")[2]) for one in call.args[:1])
                elif word == "update" and ast.unparse(call.func).endswith((".globals.update", ".filters.update")):
                    tables = [leaf[:2] for arg in call.args for leaf in self.project.flow.leaves(module, arg)]
                    for owner, table in [(module, call), *tables]:
                        yield from ((owner, one, f".globals '{name}'") for name, one in pairs(table))
            for assign in module.nodes(ast.Assign):
                if isinstance(target := assign.targets[0], ast.Subscript) or getattr(target, "attr", "") == "finalize":
                    yield module, assign.value, ast.unparse(target)
            for node in module.nodes(ast.keyword, ast.Dict):
                named = [(node.arg, node.value)] if isinstance(node, ast.keyword) else pairs(node)
                yield from ((module, one, "finalize") for name, one in named if name == "finalize")

    @cached_property
    def kept(self) -> list[tuple[Template, int, str]]:
        """(template, line, what of a request its import without context keeps: Jinja runs an imported one once)"""
        found = []
        for template in self.templates.values():
            for stmt in template.tree.find_all((nodes.Import, nodes.FromImport)):
                match stmt:
                    case (
                        nodes.Import(template=nodes.Const(value=name), with_context=False)
                        | nodes.FromImport(template=nodes.Const(value=name), with_context=False)
                    ) if other := self.templates.get(name):
                        ifs = [one for one in other.tree.body if isinstance(one, nodes.If) and one.find(nodes.Assign)]
                        sets = [*ifs, *(one for one in other.tree.body if isinstance(one, nodes.Assign))]
                        names = [one for top in sets for one in top.find_all(nodes.Name) if one.name in REQUEST]
                        names += [one for macro in other.tree.find_all(nodes.Macro) for one in _left(macro)]
                        reads = [f"`{one.name}` ({other.path}:{one.lineno})" for one in names]
                        found += [(template, stmt.lineno + template.offset, one) for one in reads[:1]]
        return found

    # ------------------------------------------------------------------ places that render

    @cached_property
    def renders(self) -> list[Render]:
        found = []
        for module, call, dotted in self.project.calls.all():
            loaded, text = call, dotted in RENDER_TEXT
            if dotted not in RENDER | RENDER_TEXT:
                func = call.func
                made = self._loaded(func.value) if isinstance(func, ast.Attribute) and func.attr in METHODS else None
                if made is None:
                    continue
                loaded, text = made, spelt(made) in LOAD_TEXT
            named = [k.value for k in loaded.keywords if k.arg in ("template_name_or_list", "source")]
            given = [ast.keyword(None, arg) for arg in call.args] if loaded is not call else []
            for owner, name, more in self._passed(module, call, next(iter([*loaded.args, *named]), None)):
                context = self.shared | self._context(module, call.keywords + given) | self._context(owner, more)
                found.append(Render(module, call, self._templates(owner, name, text), context))
        return found

    def _loaded(self, expr: ast.expr) -> ast.Call | None:
        """The `get_template(…)`, `from_string(…)` or `Template(…)` that an expression comes from."""
        known = self.project.flow.defined(expr) if isinstance(expr, ast.Name) else []
        expr = known[0].value if known else expr
        return expr if isinstance(expr, ast.Call) and spelt(expr) in LOAD | LOAD_TEXT else None

    def _passed(
        self, module: Module, call: ast.Call, name: ast.expr | None
    ) -> Iterator[tuple[Module, ast.expr | None, list[ast.keyword]]]:
        """The template's name; where a helper takes it as a parameter, what each caller passes."""
        function = self.project.names.function(call)
        params = [arg.arg for arg in function.args.args] if function else []
        if function and isinstance(name, ast.Name) and name.id in params:
            for owner, caller in self.project.calls.callers(function):
                more = [keyword for keyword in caller.keywords if keyword.arg not in params]
                yield owner, self.project.calls.argument(function, caller, name.id), more
        else:
            yield module, name, []

    def _templates(self, module: Module, name: ast.expr | None, text: bool) -> list[Template]:
        found = []
        for value in self.texts(module, name):
            if text:
                template = read(value.origin[0], value.value, None, value.origin[1])
                found += [template] if isinstance(template, Template) else []
            elif value.value in self.templates:
                found.append(self.templates[value.value])
        return found

    def texts(self, module: Module, expr: ast.expr | None) -> list[Const]:
        """The constant texts that an expression can have."""
        if isinstance(expr, ast.List | ast.Tuple):
            return [text for part in expr.elts for text in self.texts(module, part)]
        values = self.project.values
        found = values.leaves(values.of(module, expr)) if expr is not None else ()
        return [value for value in found if isinstance(value, Const) and isinstance(value.value, str)]

    @cached_property
    def shared(self) -> dict[str, Expr]:
        """What context processors give to every template."""
        found: dict[str, Expr] = {}
        for function, module in self.project.calls.views.items():
            words = [getattr(getattr(one, "func", one), "attr", "") for one in getattr(function, "decorator_list", ())]
            if isinstance(function, Function) and any(word.endswith("context_processor") for word in words):
                for value in self.project.names.returned(function):
                    found |= self._context(module, [ast.keyword(None, value)])
        return found

    def _context(self, module: Module, keywords: list[ast.keyword], depth: int = 0) -> dict[str, Expr]:
        """The names that keywords and unpacked dictionaries give to a template."""
        found: dict[str, Expr] = {}
        for keyword in keywords:
            if keyword.arg is not None:
                found[keyword.arg] = Expr(module, keyword.value)
                continue
            mapping, flow = keyword.value, self.project.flow
            if ast.unparse(mapping) == "locals()" and (function := self.project.names.function(mapping)):
                bound = self.project.names.bindings(module, function)
                found |= {name: Expr(module, value) for name, known in bound.items() if (value := known[-1].source)}
            known = flow.defined(mapping) if isinstance(mapping, ast.Name) else []
            for node in [one.value if one.replaces else one.node for one in reversed(known)] or [mapping]:
                found |= {str(name): Expr(module, value) for name, value in pairs(node)}
                target = self.project.calls.target(module, node) if isinstance(node, ast.Call) else None
                if target and depth < DEEPEST:
                    given = [ast.keyword(None, value) for value in self.project.names.returned(target[1])]
                    found |= self._context(target[0], given, depth + 1)
        return found


def _left(macro: nodes.Macro) -> list[nodes.Name]:
    """What a macro puts into a namespace or list, not its own, of its arguments or the request, and never resets."""
    own = {one.name for one in macro.find_all(nodes.Name) if one.ctx != "load"}
    slots: dict[tuple[str, str], list[list[nodes.Name]]] = {}
    for put in macro.find_all((nodes.Assign, nodes.Call)):
        match put:
            case (
                nodes.Assign(target=nodes.NSRef(name=held, attr=slot))
                | nodes.Call(node=nodes.Getattr(node=nodes.Name(name=held), attr="append" | "add" | "update" as slot))
            ) if held not in own:
                names = [one for one in put.find_all(nodes.Name) if one.name in own | REQUEST]
                slots.setdefault((held, slot), []).append(names)
    return [one for given in slots.values() if all(given) for names in given for one in names]
