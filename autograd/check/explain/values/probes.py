"""Probes in a syntax tree: each passes the value of an expression through a function."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from typing import Any

#: The global name of the function that probes call with a number and a value.
PROBE = "__autograd_probe__"

#: The global name of what returns the index that it is indexed with.
INDEX = "__autograd_index__"

#: Expressions that may be evaluated again. A call may have side effects, but hardly in an index.
_PURE = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Slice)
_PURE += (ast.Tuple, ast.Call, ast.keyword, ast.Compare, ast.cmpop)  # type: ignore[assignment]
_PURE += (ast.operator, ast.unaryop, ast.expr_context)  # type: ignore[assignment]


@dataclass
class Site:
    """A place in the source whose value is probed.

    Attributes
    ----------
    number : int
        Its index.
    file, function, line : str, str, int
        Where it is.
    text : str
        Its source.
    kind : {"expression", "name", "stored", "array"}
        An expression; a variable that is read; a variable or an element after an assignment; an
        array after a change in place.
    variable : str
        What the value is stored in, if the expression is the whole right side of an assignment.
    inside : list of int
        The sites of the expressions in it.
    adds : bool
        Whether these are added or joined, so that their factors matter.
    reads : str
        The variable that it is part of: `h` for ``h[t]`` and ``h.T``.
    walks : bool
        Whether it is the variable of a loop.
    """

    number: int
    file: str
    function: str
    line: int
    text: str
    kind: str
    variable: str = ""
    inside: list[int] = field(default_factory=list)
    adds: bool = False
    reads: str = ""
    walks: bool = False


class Probes(ast.NodeTransformer):
    """Put a probe around each expression, and behind each change in place."""

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.file = ""
        self.functions: list[str] = []
        self.open: list[list[int]] = []  # the sites inside the expressions being visited

    def transformed(self, statement: ast.stmt, file: str) -> ast.stmt:
        """Return a copy of a statement with probes."""
        self.file = file
        return ast.fix_missing_locations(self.visit(copy.deepcopy(statement)))  # type: ignore

    def _site(self, node: Any, kind: str, text: str = "", variable: str = "") -> Site:
        name = self.functions[-1] if self.functions else ""
        text = text or ast.unparse(node)
        site = Site(len(self.sites), self.file, name, node.lineno, text, kind, variable)
        self.sites.append(site)
        if self.open:
            self.open[-1].append(site.number)
        return site

    def _call(self, site: Site, value: ast.expr, at: ast.AST) -> ast.expr:
        call = ast.Call(ast.Name(PROBE, ast.Load()), [ast.Constant(site.number), value], [])
        return ast.copy_location(call, at)

    # -- functions --------------------------------------------------------------------------

    def visit_FunctionDef(self, node: Any) -> Any:
        """Change the body only: decorators and defaults ran already."""
        self.functions.append(node.name)
        node.body = [new for old in node.body for new in self._listed(self.visit(old))]
        self.functions.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        """Change the body only."""
        self.functions.append("<lambda>")
        node.body = self.visit(node.body)
        self.functions.pop()
        return node

    @staticmethod
    def _listed(found: Any) -> list[Any]:
        return found if isinstance(found, list) else [found]

    # -- expressions ------------------------------------------------------------------------

    def visit(self, node: Any) -> Any:
        """Probe an expression that is evaluated inside a function."""
        probed = isinstance(node, _VALUES) and self.functions and _is_load(node)
        if not probed:
            return super().visit(node)
        original, reads = ast.unparse(node), _base(node)
        self.open.append([])
        new = super().visit(node)
        inside = self.open.pop()
        kind = "name" if isinstance(node, ast.Name) else "expression"
        site = self._site(node, kind, original)
        site.inside = inside
        site.reads, site.adds = reads, _adds(node)
        return self._call(site, new, node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Probe `self.h`, but neither `self` nor `np`."""
        if not isinstance(node.value, ast.Name):
            node.value = self.visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Probe the arguments, and the object whose method is called."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        elif not isinstance(node.func, ast.Name):
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Leave indices alone."""
        if not isinstance(node.value, ast.Name):
            node.value = self.visit(node.value) if _is_load(node) else node.value
        return node

    def visit_JoinedStr(self, node: Any) -> Any:
        """Leave text alone."""
        return node

    def visit_match_case(self, node: Any) -> Any:
        """Leave patterns alone."""
        node.guard = node.guard and self.visit(node.guard)
        node.body = [new for old in node.body for new in self._listed(self.visit(old))]
        return node

    # -- statements -------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Probe the value, and what holds it."""
        if not self.functions:
            return self.generic_visit(node)
        targets = [ast.unparse(target) for target in node.targets]
        node.value = self.visit(node.value)
        self._name_root(node.value, targets[0])
        first = len(self.sites)
        after = [new for target in node.targets for new in self._after(target, node)]
        for site in self.sites[first:]:
            site.inside = self._root(node.value)
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Probe the value."""
        if self.functions and node.value is not None:
            node.value = self.visit(node.value)
            self._name_root(node.value, ast.unparse(node.target))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """Probe the change, and the outcome."""
        if not self.functions:
            return self.generic_visit(node)
        text = ast.unparse(node)
        target = node.target
        node.value = self.visit(node.value)
        new: list[Any] = [node]
        if all(isinstance(part, _PURE) for part in ast.walk(target)):
            site = self._site(node, "stored", text, ast.unparse(target))
            site.inside = self._root(node.value)
            site.adds = isinstance(node.op, (ast.Add, ast.Sub))
            value = self._call(site, _loaded(target), node)
            new.append(ast.copy_location(ast.Assign([copy.deepcopy(target)], value), node))
        if isinstance(target, ast.Subscript):
            new += self._after(target, node)
            self.sites[-1].inside = self._root(node.value)
        return new

    def visit_Expr(self, node: ast.Expr) -> Any:
        """Probe what a call may change in place."""
        if not self.functions:
            return self.generic_visit(node)
        text = ast.unparse(node)
        call = node.value
        touched: list[Any] = []
        if isinstance(call, ast.Call):
            touched = [*call.args, *(keyword.value for keyword in call.keywords)]
            if isinstance(call.func, ast.Attribute):
                touched.append(call.func.value)
        touched = [copy.deepcopy(e) for e in touched if isinstance(e, (ast.Name, ast.Attribute))]
        node.value = self.visit(node.value)
        inside = self.sites[self._root(node.value)[0]].inside if self._root(node.value) else []
        first = len(self.sites)
        probes = [self._in_place(e, node, text) for e in touched]
        for site in self.sites[first:]:
            site.inside = inside
        return [node, *probes]

    def visit_For(self, node: Any) -> Any:
        """Probe the variables of a loop."""
        names = (
            [n for n in ast.walk(node.target) if isinstance(n, ast.Name)] if self.functions else []
        )
        node.iter = self.visit(node.iter)
        node.body = [new for old in node.body for new in self._listed(self.visit(old))]
        node.orelse = [new for old in node.orelse for new in self._listed(self.visit(old))]
        first = len(self.sites)
        node.body = [*(s for name in names for s in self._after(name, node)), *node.body]
        for site in self.sites[first:]:
            site.inside, site.walks = self._root(node.iter), True
        return node

    def _after(self, target: Any, statement: Any) -> list[Any]:
        """Return the probes behind an assignment."""
        if isinstance(target, (ast.Tuple, ast.List)):
            return [new for part in target.elts for new in self._after(part, statement)]
        if isinstance(target, ast.Starred):
            return self._after(target.value, statement)
        text = ast.unparse(target)
        if isinstance(target, ast.Name):
            site = self._site(statement, "stored", text, text)
            value = self._call(site, ast.Name(target.id, ast.Load()), statement)
            new = ast.Assign([ast.Name(target.id, ast.Store())], value)
            return [ast.copy_location(new, statement)]
        if not isinstance(target, ast.Subscript):
            return []
        index = target if isinstance(target.value, (ast.Name, ast.Attribute)) else None
        while isinstance(target, ast.Subscript):
            target = target.value
        return [self._in_place(target, statement, text, index)] if _is_place(target) else []

    def _in_place(
        self, array: Any, statement: Any, text: str, target: ast.Subscript | None = None
    ) -> Any:
        """Return the probe behind a change of an array, with the index of what was assigned."""
        site = self._site(statement, "array", text, ast.unparse(array))
        call: Any = self._call(site, _loaded(array), statement)
        site.adds = isinstance(statement, ast.AugAssign)
        index = target.slice if target is not None else None
        if index is not None and all(isinstance(part, _PURE) for part in ast.walk(index)):
            read = ast.Subscript(ast.Name(INDEX, ast.Load()), copy.deepcopy(index), ast.Load())
            call.args.append(read)
        return ast.copy_location(ast.Expr(call), statement)

    def _name_root(self, value: Any, variable: str) -> None:
        """Note which variable a whole expression is stored in."""
        for number in self._root(value):
            self.sites[number].variable = variable

    @staticmethod
    def _root(value: Any) -> list[int]:
        """Return the site of a whole expression, if it has one."""
        is_probe = isinstance(value, ast.Call) and getattr(value.func, "id", "") == PROBE
        return [value.args[0].value] if is_probe else []


_VALUES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript, ast.Attribute, ast.Name, ast.Compare)
_VALUES += (ast.IfExp,)  # type: ignore[assignment]


def _base(node: Any) -> str:
    """Return the variable that an expression is a part of: `self.h` for ``self.h[t].T``."""
    base = node
    while isinstance(base, ast.Subscript) or (isinstance(base, ast.Attribute) and base.attr == "T"):
        base = base.value
    return ast.unparse(base) if isinstance(base, (ast.Name, ast.Attribute)) else ""


def _adds(node: Any) -> bool:
    """Return whether an expression adds or joins others."""
    if isinstance(node, ast.Call):
        return any(isinstance(argument, (ast.List, ast.Tuple)) for argument in node.args)
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _is_place(node: Any) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))


def _is_load(node: Any) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _loaded(target: Any) -> Any:
    """Return an expression that reads what is assigned to."""
    read = copy.deepcopy(target)
    read.ctx = ast.Load()
    return read
