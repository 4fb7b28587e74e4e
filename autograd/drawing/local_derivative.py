"""The local derivative of a node as a formula in the names of its graph: ``1 − y²``, ``w``."""

from __future__ import annotations

import ast
import inspect
import re
import types
from collections import ChainMap
from typing import Any

import numpy as np

from autograd.drawing.formulas import WORDS, called, marked_formula, without_marks
from autograd.drawing.graph import Item, notation
from autograd.drawing.numbers import short
from autograd.drawing.source import body_of, closure_of, names_of
from autograd.rules import elementwise
from autograd.rules.notation import vjp_of

LONGEST = 80

#: Stands for a node in a formula until its name is put in.
TOKEN = re.compile(r"⟦(\d+)⟧")


def derivative(item: Item, argnum: int) -> str:
    """Write the derivative of a node with respect to an argument, nodes as ``⟦number⟧``.

    For an elementwise function this is the partial derivative; for any other function what the
    argument receives, given the cotangent ``g`` of the node. Words are marked; see `named`.
    """
    primitive = item.node.primitive
    words = vjp_of(notation(primitive), argnum, item.call, item.node.keywords)
    if words:
        operands = map(_operand, item.call)
        return words.translate(WORDS).format(*operands, y=_operand(item))
    if primitive.partials is not None:
        return _written(item, primitive.partials[argnum], "y")
    if primitive.transposes is not None:
        return _written(item, primitive.transposes[argnum], "g")
    if primitive.vjps is not None:
        return _written(item, primitive.vjps[argnum], "gy")
    return _transposed(item)


def named(text: str, items: dict[int, Item]) -> str:
    """Put the names of nodes into a formula."""
    return TOKEN.sub(lambda token: items[int(token[1])].name, without_marks(text))


def _transposed(item: Item) -> str:
    return f"{item.node.primitive.name}ᵀ(g)"


def _written(item: Item, rule: Any, leading: str) -> str:
    """Write a rule whose leading arguments are ``g``, the cotangent, or ``y``, the result."""
    if isinstance(rule, (int, float)):
        return f"{rule:.6g}".replace("-", "−")
    body = _body(rule)
    if body is None:
        return _transposed(item)
    parameters = [
        name
        for name, parameter in inspect.signature(rule).parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    meaning = dict(zip(parameters[len(leading) :], item.call, strict=False))
    for parameter, role in zip(parameters, leading, strict=False):
        meaning[parameter] = item if role == "y" else _COTANGENT
    substitution = _Substitution(meaning, rule, parameters)
    body = substitution.visit(ast.fix_missing_locations(_copy(body)))
    text = marked_formula(body, substitution.names)
    return text if len(TOKEN.sub("xx", without_marks(text))) <= LONGEST else _transposed(item)


def _operand(argument: Any) -> str:
    return f"⟦{argument.number}⟧" if isinstance(argument, Item) else short(argument, 24)


def _body(rule: Any) -> ast.expr | None:
    if not isinstance(rule, types.FunctionType):
        return None
    try:
        return body_of(rule)
    except (OSError, TypeError, SyntaxError):  # typed at a prompt, or without its source file
        return None


def _copy(body: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(body), mode="eval").body


_COTANGENT: Any = object()


class _Substitution(ast.NodeTransformer):
    """Replaces the arguments of a rule by nodes and numbers, and computes what is constant."""

    def __init__(
        self, meaning: dict[str, Any], rule: types.FunctionType, parameters: list[str]
    ) -> None:
        self.meaning = meaning
        self.left_out = set(parameters) - set(meaning)
        self.globals = rule.__globals__
        self.closure = closure_of(rule)
        given = {name: meant for name, meant in meaning.items() if not isinstance(meant, Item)}
        self.names = ChainMap(given, names_of(rule))
        plain = {
            name: meant.data if isinstance(meant, Item) else meant
            for name, meant in meaning.items()
            if meant is not _COTANGENT
        }
        self.values: dict[str, Any] | None = None  # unless all are numbers
        if all(isinstance(value, (float, int)) for value in plain.values()):
            self.values = {name: np.float64(value) for name, value in plain.items()}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        meant = self.meaning.get(node.id)
        if meant is _COTANGENT:
            return ast.Name("g")
        if isinstance(meant, Item):
            return ast.Name(f"⟦{meant.number}⟧")
        if isinstance(meant, (float, int, np.generic)):
            return ast.Constant(float(meant))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        chosen = self._chosen(called(node, self.names), node)
        if chosen is not None:
            return chosen
        # Parameters that the call left to their defaults would only make the formula longer.
        node.args = [a for a in node.args if not self._is_left_out(a)]
        node.keywords = [k for k in node.keywords if not self._is_left_out(k.value)]
        self.generic_visit(node)
        return node

    def _is_left_out(self, argument: ast.expr) -> bool:
        return isinstance(argument, ast.Name) and argument.id in self.left_out

    def _chosen(self, function: Any, node: ast.Call) -> ast.expr | None:
        """Return the outcome of a function that only chooses, where all arguments are numbers."""
        if self.values is None:
            return None
        try:
            if function in CHOICES and len(node.args) == 3 and not node.keywords:
                taken = node.args[1] if self._value(node.args[0]) else node.args[2]
                return self.visit(taken)  # type: ignore[no-any-return]
            if function is elementwise.nonzero:
                value = self._value(node)
                unchanged = value == self._value(node.args[0])
                return self.visit(node.args[0]) if unchanged else ast.Constant(float(value))
            if function in SIGNS:
                return ast.Constant(float(self._value(node)))
        except Exception:  # whatever a rule of a user raises: then it is written as it stands
            return None
        return None

    def _value(self, expression: ast.expr) -> Any:
        code = compile(ast.fix_missing_locations(ast.Expression(_copy(expression))), "", "eval")
        with np.errstate(all="ignore"):
            return eval(code, self.globals, ChainMap(self.values or {}, self.closure))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            folded = _folded(node.op, left.value, right.value)
            if folded is not None:
                return ast.Constant(folded)
        if isinstance(node.op, ast.Pow) and _is_one(right):
            return left
        if isinstance(node.op, ast.Mult) and (_is_one(left) or _is_one(right)):
            return right if _is_one(left) else left
        return node


#: Functions that only choose: for given numbers, the outcome says more than the call.
CHOICES = (np.where, elementwise.where)
SIGNS = (np.sign, elementwise.sign, elementwise.share, elementwise.direction)


def _folded(operator: ast.operator, a: Any, b: Any) -> float | None:
    """Compute a sum or difference of two constants."""
    if isinstance(operator, ast.Add):
        return float(a) + float(b)
    return float(a) - float(b) if isinstance(operator, ast.Sub) else None


def _is_one(e: ast.expr) -> bool:
    return isinstance(e, ast.Constant) and e.value == 1
