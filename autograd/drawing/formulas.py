"""Turn the source of a rule into a formula: ``1 - y * y`` becomes ``1 − y²``.

What a call means is decided by the function that is called, not by its name: `np.sqrt` is written
as a root under any name, and another function named ``sqrt`` is written as a call of it.
"""

from __future__ import annotations

import ast
import math
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.drawing.source import UNKNOWN, resolve
from autograd.rules import elementwise, inverses, matrices, shapes
from autograd.rules.redefinable import WRAPPED

#: Constants, by value.
CONSTANTS = {
    math.pi: "π",
    math.log(2): "ln 2",
    math.log(10): "ln 10",
    math.pi / 180: "π/180",
    2 / math.sqrt(math.pi): "2/√π",
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COMPARISONS = {ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥"}
# How strongly operators bind, from a choice to a name.
CHOICE, LOGIC, COMPARISON, SUM, PRODUCT, POWER, ATOM = range(7)

#: Around words within a formula, which LaTeX sets as text.
BEGIN_WORDS, END_WORDS = "\ue000", "\ue001"
#: For tables, where these two brackets are easier to read.
WORDS = str.maketrans("‹›", BEGIN_WORDS + END_WORDS)
IF, ELSE, AND, NOT, IS_NAN = (
    text.translate(WORDS) for text in ("‹if›", "‹else›", "‹and›", "‹not›", "‹is NaN›")
)


def formula(expression: ast.expr, names: Mapping[str, Any]) -> str:
    """Write an expression in the notation of a textbook.

    Parameters
    ----------
    expression : ast.expr
        What a rule returns.
    names : mapping of str to object
        What the names in it refer to; see `names_of`.
    """
    return without_marks(marked_formula(expression, names))


def marked_formula(expression: ast.expr, names: Mapping[str, Any]) -> str:
    """Write a formula with its words between `BEGIN_WORDS` and `END_WORDS`."""
    return Writer(names).formula(expression)


def without_marks(text: str) -> str:
    """Return a formula without the marks around words."""
    return text.replace(BEGIN_WORDS, "").replace(END_WORDS, "")


class Writer:
    """Writes the expressions of one function."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def formula(self, expression: ast.expr) -> str:
        """Write an expression that stands alone: a condition as 1 or 0."""
        text, strength = self.written(expression)
        return f"1 {IF} {text} {ELSE} 0" if strength in (LOGIC, COMPARISON) else text

    def within(self, expression: ast.expr, least: int) -> str:
        """Write an operand, in brackets if it binds less strongly than the operator around it."""
        text, strength = self.written(expression)
        return text if strength >= least else f"({text})"

    def written(self, expression: ast.expr) -> tuple[str, int]:
        """Return the text of an expression and how strongly it binds."""
        match expression:
            case ast.Name():
                return self._name(expression, expression.id)
            case ast.Attribute():
                return self._attribute(expression)
            case ast.Constant():
                return _constant(expression)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"−{self.within(operand, PRODUCT)}", PRODUCT
            case ast.UnaryOp(operand=operand):
                return f"{NOT} {self.within(operand, COMPARISON)}", LOGIC
            case ast.BinOp():
                return self._binary(expression)
            case ast.Compare():
                return self._compare(expression)
            case ast.IfExp(test=condition, body=one, orelse=other):
                return self.choice(condition, one, other)
            case ast.Call():
                return self._call(expression)
            case ast.Subscript(value=value, slice=index):
                inside = ast.unparse(index).replace(" - ", " − ")
                return f"{self.within(value, ATOM)}[{inside}]", ATOM
        return ast.unparse(expression), ATOM

    def _name(self, expression: ast.expr, name: str) -> tuple[str, int]:
        value = resolve(expression, self.names)
        text = CONSTANTS.get(value, name) if type(value) is float else name
        return text, PRODUCT if "/" in text else ATOM

    def _attribute(self, e: ast.Attribute) -> tuple[str, int]:
        owner = resolve(e.value, self.names)
        if isinstance(owner, types.ModuleType):
            return self._name(e, e.attr)
        if e.attr == "T" and (owner is UNKNOWN or isinstance(owner, np.ndarray)):
            return f"{self.within(e.value, ATOM)}ᵀ", ATOM
        return f"{self.within(e.value, ATOM)}.{e.attr}", ATOM

    # -- operators --------------------------------------------------------------------------

    def _binary(self, e: ast.BinOp) -> tuple[str, int]:
        match e.op:
            case ast.Mult() | ast.MatMult():
                return self._product(e), PRODUCT
            case ast.Add():
                return f"{self.within(e.left, SUM)} + {self._unsigned(e.right, SUM)}", SUM
            case ast.Sub():
                return f"{self.within(e.left, SUM)} − {self._unsigned(e.right, PRODUCT)}", SUM
            case ast.Div():
                return f"{self.within(e.left, PRODUCT)} / {self.within(e.right, POWER)}", PRODUCT
            case ast.Pow():
                return _power(self.within(e.left, ATOM), self.within(e.right, ATOM)), POWER
            case ast.BitAnd():
                left, right = self.within(e.left, COMPARISON), self.within(e.right, COMPARISON)
                return f"{left} {AND} {right}", LOGIC
        return ast.unparse(e), SUM

    def _unsigned(self, expression: ast.expr, least: int) -> str:
        text = self.within(expression, least)
        return f"({text})" if text.startswith("−") else text

    def _product(self, e: ast.BinOp) -> str:
        """Join the factors, equal neighbours as a square; matrices stand side by side."""
        if isinstance(e.op, ast.MatMult):
            return f"{self.within(e.left, PRODUCT)} {self._unsigned(e.right, POWER)}"
        factors: list[str] = []
        rest: ast.expr = e
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mult):
            factors.insert(0, self._unsigned(rest.right, POWER))
            rest = rest.left
        factors.insert(0, self.within(rest, PRODUCT))
        sign = "−" if factors[0].startswith("−") else ""
        factors[0] = factors[0].removeprefix("−")
        joined: list[str] = []
        for factor in factors:
            if joined and joined[-1] == factor:
                joined[-1] = factor + "²"
            else:
                joined.append(factor)
        return sign + " · ".join(joined)

    def _compare(self, e: ast.Compare) -> tuple[str, int]:
        text = self.within(e.left, SUM)
        if isinstance(e.ops[0], ast.NotEq) and ast.dump(e.left) == ast.dump(e.comparators[0]):
            return f"{text} {IS_NAN}", COMPARISON
        for sign, side in zip(e.ops, e.comparators, strict=True):
            text += f" {COMPARISONS.get(type(sign), '?')} {self.within(side, SUM)}"
        return text, COMPARISON

    def choice(self, condition: ast.expr, one: ast.expr, other: ast.expr) -> tuple[str, int]:
        """Write a choice between two expressions."""
        condition_text = self.within(condition, LOGIC)
        return (
            f"{self.within(one, LOGIC)} {IF} {condition_text} {ELSE} {self.within(other, LOGIC)}",
            CHOICE,
        )

    # -- calls ------------------------------------------------------------------------------

    def _call(self, e: ast.Call) -> tuple[str, int]:
        function = called(e, self.names)
        writer = FUNCTIONS.get(function)
        found = writer(self, e) if writer is not None else None
        if found is not None:
            return found
        written = [self._argument(a) for a in e.args]
        written += [f"{k.arg}={self._argument(k.value)}" for k in e.keywords if k.arg]
        written += ["…"] * any(not k.arg for k in e.keywords)
        arguments = ", ".join(written).replace("…, …", "…")
        name = "conj" if function in CONJUGATES else self.within(e.func, ATOM)
        return f"{name}({arguments})", ATOM

    def _argument(self, e: ast.expr) -> str:
        return "…" if isinstance(e, ast.Starred) else self.formula(e)


def _constant(e: ast.Constant) -> tuple[str, int]:
    if isinstance(e.value, complex):
        return ("i" if e.value == 1j else f"{e.value.imag:g}i"), ATOM
    if e.value == 0.5 and isinstance(e.value, float):
        return "1/2", PRODUCT
    if isinstance(e.value, float):
        text = f"{e.value:.6g}".replace("-", "−")
        return text, PRODUCT if e.value < 0 else ATOM
    return repr(e.value), ATOM


def _power(base: str, exponent: str) -> str:
    digits = exponent.strip("()").replace("−", "-")
    is_integer = digits.lstrip("-").isdigit()
    return base + (digits.translate(SUPERSCRIPTS) if is_integer else f"^{exponent}")


# -- functions with a notation of their own --------------------------------------------------------


def called(e: ast.Call, names: Mapping[str, Any]) -> Any:
    """Return the function that a call calls, NumPy's for one of `autograd.numpy`, or `UNKNOWN`."""
    function = resolve(e.func, names)
    try:
        return WRAPPED.get(function, function)
    except TypeError:  # cannot be hashed, so it is in no table
        return UNKNOWN


Form = Callable[[Writer, ast.Call], tuple[str, int] | None]


def _where(writer: Writer, e: ast.Call) -> tuple[str, int] | None:
    return writer.choice(*e.args) if len(e.args) == 3 and not e.keywords else None


def _sharpened(writer: Writer, e: ast.Call) -> tuple[str, int] | None:
    return writer.written(e.args[0])  # the other arguments compute the same with more digits


def _root(writer: Writer, e: ast.Call) -> tuple[str, int] | None:
    return (f"√{writer.within(e.args[0], ATOM)}", POWER) if len(e.args) == 1 else None


def _with(mark: str, strength: int) -> Form:
    """Write a function of one argument as a mark behind the argument."""

    def write(writer: Writer, e: ast.Call) -> tuple[str, int] | None:
        if len(e.args) != 1:
            return None
        return f"{writer.within(e.args[0], ATOM)}{mark}", strength

    return write


#: Function -> how a call of it is written; None stands for the usual form.
FUNCTIONS: dict[Any, Form] = {
    elementwise.sharpened: _sharpened,
    **dict.fromkeys([np.where, elementwise.where, shapes.where], _where),
    **dict.fromkeys([np.sqrt, math.sqrt, elementwise.sqrt], _root),
    **dict.fromkeys([np.linalg.inv, inverses.inv], _with("⁻¹", POWER)),
    **dict.fromkeys(
        [matrices.T, np.matrix_transpose, np.linalg.matrix_transpose, shapes.matrix_transpose],
        _with("ᵀ", ATOM),
    ),
    matrices.H: _with("ᴴ", ATOM),
}
CONJUGATES = {np.conjugate, elementwise.conjugate, elementwise.conj}
