"""Expressions given as text: parsed, checked against an allow-list, and computed.

Nothing is evaluated as Python: the syntax tree is walked, and every unknown kind of element is
refused.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.engine.tracing import concrete
from autograd.errors import AutogradError, ExpressionError
from autograd.rules import elementwise, reductions, softmax, special

LONGEST = 2000
DEEPEST = 50
LARGEST_EXPONENT = 1000.0

OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}

#: Function name -> the function, and the least and largest number of arguments.
FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    **{
        name: (getattr(elementwise, name), 1, 1)
        for name in [
            "exp",
            "exp2",
            "expm1",
            "log",
            "log2",
            "log10",
            "log1p",
            "sqrt",
            "cbrt",
            "square",
            "reciprocal",
            "sin",
            "cos",
            "tan",
            "arcsin",
            "arccos",
            "arctan",
            "sinh",
            "cosh",
            "tanh",
            "arcsinh",
            "arccosh",
            "arctanh",
            "absolute",
            "sign",
        ]
    },
    **{
        name: (getattr(special, name), 1, 1)
        for name in ["sigmoid", "relu", "softplus", "erf", "lgamma"]
    },
    **{
        name: (getattr(elementwise, name), 2, 2)
        for name in ["maximum", "minimum", "hypot", "arctan2", "logaddexp", "power"]
    },
    "abs": (elementwise.absolute, 1, 1),
    "clip": (elementwise.clip, 3, 3),
    "sum": (lambda x: np.sum(x), 1, 1),
    "mean": (lambda x: np.mean(x), 1, 1),
    "prod": (lambda x: np.prod(x), 1, 1),
    "max": (lambda x: np.max(x), 1, 1),
    "min": (lambda x: np.min(x), 1, 1),
    "var": (lambda x: np.var(x), 1, 1),
    "std": (lambda x: np.std(x), 1, 1),
    "dot": (lambda x, y: np.dot(x, y), 2, 2),
    "logsumexp": (reductions.logsumexp, 1, 1),
    "softmax": (softmax.softmax, 1, 1),
}

CONSTANTS = {"pi": math.pi, "e": math.e}


def parse(text: str) -> ast.expr:
    """Parse an expression and check that it contains only allowed elements.

    Raises
    ------
    ExpressionError
        If the text is not an expression, too long or too deep, or uses anything but numbers,
        names, the operators ``+ - * / % ** @`` and the functions listed in `FUNCTIONS`.
    """
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the expression has {len(text)} characters; at most {LONGEST} are allowed"
        )
    try:
        with warnings.catch_warnings():  # Python warns about `1if x else 2` and the like
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"not an expression: {error.msg} in {text.strip()!r:.80}") from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError(
            "the expression is nested too deeply, or contains invalid characters"
        ) from None
    _check_depth(tree)  # first, because functions below recurse
    pending = [tree]
    while pending:
        pending.extend(_parts(pending.pop()))
    return tree


def _check_depth(tree: ast.AST) -> None:
    pending = [(tree, 1)]
    while pending:
        element, depth = pending.pop()
        if depth > DEEPEST:
            raise ExpressionError(f"the expression is nested more than {DEEPEST} levels deep")
        children = ast.iter_child_nodes(element)
        pending += [(child, depth + 1) for child in children if isinstance(child, ast.expr)]


def names_in(tree: ast.expr) -> list[str]:
    """List the variables of a parsed expression, in order of appearance."""
    called = {id(call.func) for call in ast.walk(tree) if isinstance(call, ast.Call)}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]
    ordered = sorted(found, key=lambda name: (name.lineno, name.col_offset))
    return list(dict.fromkeys(name.id for name in ordered))


def evaluate(tree: ast.expr, variables: Mapping[str, Any]) -> Any:
    """Compute a parsed expression with numbers, arrays or nodes for its names.

    Raises
    ------
    ExpressionError
        If a name has no value, or an exponent is too large.
    """
    match tree:
        case ast.Constant():
            return float(tree.value)  # type: ignore[arg-type]
        case ast.Name():
            if tree.id in variables:
                return variables[tree.id]
            if tree.id in CONSTANTS:
                return CONSTANTS[tree.id]
            raise ExpressionError(f"no value for {tree.id}: add {tree.id}=NUMBER")
        case ast.UnaryOp():
            operand = evaluate(tree.operand, variables)
            return -operand if isinstance(tree.op, ast.USub) else operand
        case ast.BinOp():
            left, right = evaluate(tree.left, variables), evaluate(tree.right, variables)
            if isinstance(tree.op, ast.Pow):
                _check_exponent(right)
            return _called(tree, OPERATORS[type(tree.op)], left, right)
        case ast.Call():
            assert isinstance(tree.func, ast.Name)
            arguments = [evaluate(argument, variables) for argument in tree.args]
            return _called(tree, FUNCTIONS[tree.func.id][0], *arguments)
    raise AssertionError("parse() refuses all other elements")


def _called(tree: ast.expr, function: Callable[..., Any], *arguments: Any) -> Any:
    """Compute one operation, and name it in errors."""
    try:
        result = function(*arguments)
    except AutogradError:
        raise
    except (ArithmeticError, TypeError, ValueError) as error:
        raise ExpressionError(f"{ast.unparse(tree)[:80]}: {error}") from None
    return math.nan if isinstance(result, complex) else result  # like NumPy's (-8.0) ** 0.5


def _parts(element: ast.expr) -> list[ast.expr]:
    """Check one element of an expression and return its parts."""
    match element:
        case ast.Constant():
            if isinstance(element.value, bool) or not isinstance(element.value, (int, float)):
                raise ExpressionError(f"only real numbers are allowed, not {element.value!r:.40}")
            if isinstance(element.value, int) and element.value.bit_length() > 1000:
                raise ExpressionError("a number is too large")
            return []
        case ast.Name():
            return []
        case ast.UnaryOp(op=ast.UAdd() | ast.USub()):
            return [element.operand]
        case ast.BinOp() if type(element.op) in OPERATORS:
            return [element.left, element.right]
        case ast.Call():
            return _call_parts(element)
    power = " (powers are written **)" if isinstance(getattr(element, "op", 0), ast.BitXor) else ""
    raise ExpressionError(
        f"{ast.unparse(element)[:60]!r} is not allowed{power}: use numbers, names, "
        "+ - * / % ** @ and functions such as tanh(x)"
    )


def _call_parts(call: ast.Call) -> list[ast.expr]:
    if not isinstance(call.func, ast.Name) or call.func.id not in FUNCTIONS:
        called = ast.unparse(call.func)[:40]
        near = difflib.get_close_matches(called.rpartition(".")[2], FUNCTIONS, 1, 0.5)
        raise ExpressionError(
            f"{called!r} is not a known function; "
            + (f"did you mean {near[0]}(...)? " if near else "")
            + "--help lists all"
        )
    _, least, most = FUNCTIONS[call.func.id]
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    if call.keywords or starred or not least <= len(call.args) <= most:
        hint = "; maximum and minimum take two" if call.func.id in ("max", "min") else ""
        raise ExpressionError(f"{call.func.id} takes {least} argument{'s' * (least > 1)}{hint}")
    return list(call.args)


def _check_exponent(exponent: Any) -> None:
    largest = np.max(np.abs(concrete(getattr(exponent, "data", exponent))), initial=0.0)
    if not largest <= LARGEST_EXPONENT:
        raise ExpressionError(
            f"an exponent of {largest:g} is too large; at most {LARGEST_EXPONENT:g} is allowed"
        )
