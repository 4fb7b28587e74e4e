"""Turn the source of a rule into a formula: ``1 - y * y`` becomes ``1 − y²``."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import types
from collections.abc import Callable
from typing import Any

NAMES = {"LN2": "ln 2", "LN10": "ln 10", "DEGREE": "π/180", "TWO_OVER_SQRT_PI": "2/√π"}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COMPARISONS = {ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥"}
# How strongly what is written binds, from a choice to a name.
CHOICE, LOGIC, COMPARISON, SUM, PRODUCT, POWER, ATOM = range(7)


def formula(expression: ast.expr) -> str:
    """Write an expression in the notation of a textbook."""
    text, strength = _written(expression)
    return f"1 if {text} else 0" if strength in (LOGIC, COMPARISON) else text


def _within(expression: ast.expr, least: int) -> str:
    """Write an expression, in brackets if it binds less strongly than what is around it."""
    text, strength = _written(expression)
    return text if strength >= least else f"({text})"


def _written(e: ast.expr) -> tuple[str, int]:
    """Return what an expression looks like, and how strongly it binds."""
    writer = WRITERS.get(type(e))
    return writer(e) if writer is not None else (ast.unparse(e), ATOM)


def _name(e: ast.Name) -> tuple[str, int]:
    return NAMES.get(e.id, e.id), PRODUCT if "/" in NAMES.get(e.id, "") else ATOM


def _constant(e: ast.Constant) -> tuple[str, int]:
    if isinstance(e.value, complex):
        return ("i" if e.value == 1j else f"{e.value.imag:g}i"), ATOM
    if e.value == 0.5 and isinstance(e.value, float):
        return "1/2", PRODUCT
    if isinstance(e.value, float):
        text = f"{e.value:.6g}".replace("-", "−")
        return text, PRODUCT if e.value < 0 else ATOM
    return repr(e.value), ATOM


def _attribute(e: ast.Attribute) -> tuple[str, int]:
    if e.attr == "T":
        return f"{_within(e.value, ATOM)}ᵀ", ATOM
    if e.attr == "pi":
        return "π", ATOM
    if isinstance(e.value, ast.Name) and e.value.id in ("np", "math"):
        return e.attr, ATOM
    if ast.unparse(e.value) in ("np.linalg", "np.fft", "scipy.special"):
        return e.attr, ATOM
    return f"{_within(e.value, ATOM)}.{e.attr}", ATOM


def _unary(e: ast.UnaryOp) -> tuple[str, int]:
    if isinstance(e.op, ast.USub):
        return f"−{_within(e.operand, PRODUCT)}", PRODUCT
    return f"not {_within(e.operand, COMPARISON)}", LOGIC


def _binary(e: ast.BinOp) -> tuple[str, int]:
    if isinstance(e.op, ast.Mult | ast.MatMult):
        return _product(e), PRODUCT
    if isinstance(e.op, ast.Add):
        return f"{_within(e.left, SUM)} + {_unsigned(e.right, SUM)}", SUM
    if isinstance(e.op, ast.Sub):
        return f"{_within(e.left, SUM)} − {_unsigned(e.right, PRODUCT)}", SUM
    if isinstance(e.op, ast.Div):
        return f"{_within(e.left, PRODUCT)} / {_within(e.right, POWER)}", PRODUCT
    if isinstance(e.op, ast.Pow):
        return _power(_within(e.left, ATOM), e.right), POWER
    if isinstance(e.op, ast.BitAnd):
        return f"{_within(e.left, COMPARISON)} and {_within(e.right, COMPARISON)}", LOGIC
    return ast.unparse(e), SUM


def _unsigned(expression: ast.expr, least: int) -> str:
    text = _within(expression, least)
    return f"({text})" if text.startswith("−") else text


def _power(base: str, exponent: ast.expr) -> str:
    text = _within(exponent, ATOM)
    digits = text.strip("()").replace("−", "-")
    return base + (digits.translate(SUPERSCRIPTS) if digits.lstrip("-").isdigit() else f"^{text}")


def _product(e: ast.BinOp) -> str:
    """Join the factors, equal neighbours as a square; matrices stand side by side."""
    if isinstance(e.op, ast.MatMult):
        return f"{_within(e.left, PRODUCT)} {_unsigned(e.right, POWER)}"
    factors: list[str] = []
    rest: ast.expr = e
    while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mult):
        factors.insert(0, _unsigned(rest.right, POWER))
        rest = rest.left
    factors.insert(0, _within(rest, PRODUCT))
    sign = "−" if factors[0].startswith("−") else ""
    factors[0] = factors[0].removeprefix("−")
    joined: list[str] = []
    for factor in factors:
        if joined and joined[-1] == factor:
            joined[-1] = factor + "²"
        else:
            joined.append(factor)
    return sign + " · ".join(joined)


def _compare(e: ast.Compare) -> tuple[str, int]:
    if isinstance(e.ops[0], ast.NotEq) and ast.dump(e.left) == ast.dump(e.comparators[0]):
        return f"{_within(e.left, SUM)} is NaN", COMPARISON
    text = _within(e.left, SUM)
    for sign, side in zip(e.ops, e.comparators, strict=True):
        text += f" {COMPARISONS.get(type(sign), '?')} {_within(side, SUM)}"
    return text, COMPARISON


def _choice(condition: ast.expr, one: ast.expr, other: ast.expr) -> tuple[str, int]:
    return (
        f"{_within(one, LOGIC)} if {_within(condition, LOGIC)} else {_within(other, LOGIC)}",
        CHOICE,
    )


def _call(e: ast.Call) -> tuple[str, int]:
    name = _within(e.func, ATOM)
    if name == "where" and len(e.args) == 3 and not e.keywords:
        return _choice(*e.args)
    if name == "sharpened":  # its first argument is the formula, the others make it precise
        return WRITERS[type(e.args[0])](e.args[0])
    if name in ("T", "H", "matrix_transpose") and len(e.args) == 1:
        return _within(e.args[0], ATOM) + ("ᴴ" if name == "H" else "ᵀ"), ATOM
    if name == "sqrt" and len(e.args) == 1:
        return f"√{_within(e.args[0], ATOM)}", POWER
    if name == "inv":
        return f"{_within(e.args[0], ATOM)}⁻¹", POWER
    if name == "conjugate":
        name = "conj"
    written = [_argument(a) for a in e.args]
    written += [f"{k.arg}={_argument(k.value)}" for k in e.keywords if k.arg]
    written += ["…"] * any(not k.arg for k in e.keywords)
    arguments = ", ".join(written).replace("…, …", "…")
    return f"{name}({arguments})", ATOM


def _argument(e: ast.expr) -> str:
    return "…" if isinstance(e, ast.Starred) else formula(e)


def _subscript(e: ast.Subscript) -> tuple[str, int]:
    return f"{_within(e.value, ATOM)}[{ast.unparse(e.slice).replace(' - ', ' − ')}]", ATOM


WRITERS: dict[type[ast.expr], Callable[[Any], tuple[str, int]]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.IfExp: lambda e: _choice(e.test, e.body, e.orelse),
    ast.Call: _call,
    ast.Subscript: _subscript,
}


# -- from functions to their source -----------------------------------------------------------


@functools.cache
def parsed(file: str) -> ast.Module:
    """Return the syntax tree of a file, or of a notebook's cell, which is no file."""
    lines = linecache.getlines(file)
    if not lines:
        raise OSError(f"The source of {file!r} is not at hand.")
    return ast.parse("".join(lines))


def body_of(function: types.FunctionType) -> ast.expr | None:
    """Return what a lambda, or a function of one line, returns; None for longer ones."""
    code = function.__code__
    tree = parsed(inspect.getsourcefile(function) or "")
    if function.__name__ != "<lambda>":
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno:
                last = node.body[-1]
                is_short = len(node.body) - (ast.get_docstring(node) is not None) == 1
                return last.value if is_short and isinstance(last, ast.Return) else None
        return None
    places = [
        ((line, column), (end, end_column))
        for line, end, column, end_column in code.co_positions()
        if line is not None and end is not None and column is not None and end_column
    ]
    start, stop = min(place[0] for place in places), max(place[1] for place in places)
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            body = node.body
            begins = (body.lineno, body.col_offset)
            ends = (body.end_lineno or 0, body.end_col_offset or 0)
            if begins <= start and stop <= ends:
                return body
    return None
