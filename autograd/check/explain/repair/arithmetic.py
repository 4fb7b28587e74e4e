"""Changes of operators, operands, signs, constants, comparisons and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.check.explain.repair.syntax import expression
from autograd.check.explain.repair.vocabulary import Vocabulary, shape_of


class Noted(NamedTuple):
    """A change, and what to say about it."""

    node: Any
    note: str


def operators(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the operation with an operator it is confused with."""
    others = {
        ast.Add: (ast.Sub, ast.Mult),
        ast.Sub: (ast.Add,),
        ast.Mult: (ast.Div, ast.MatMult, ast.Add),
        ast.Div: (ast.Mult,),
        ast.MatMult: (ast.Mult,),
        ast.BitAnd: (ast.BitOr,),
        ast.BitOr: (ast.BitAnd,),
        ast.FloorDiv: (ast.Div,),
    }
    for other in others.get(type(n.op), ()):
        yield ast.BinOp(n.left, other(), n.right)


def broadcasts(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a row that was combined with a column, as a column."""
    if not isinstance(n.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
        return
    operands = (n.left, n.right)
    shapes = [around.shape(operand) for operand in operands]
    for flat, column in ((0, 1), (1, 0)):
        row, other = shapes[flat], shapes[column]
        if row is not None and len(row) == 1 < row[0] and other == (*row, 1):
            changed = [*operands]
            changed[flat] = expression("_0.reshape(-1, 1)", operands[flat])
            text = f"here shapes {shapes[0]} and {shapes[1]} broadcast to {(*row, *row)}"
            yield Noted(ast.BinOp(changed[0], n.op, changed[1]), text)


def dropped(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the operation without one or two of its operands."""
    yield n.left
    yield n.right
    if isinstance(n.op, (ast.Mult, ast.Div)):  # two operands of a product
        for inner in (n.left, n.right):
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Mult, ast.Div)):
                yield inner.left
                yield inner.right
    if isinstance(n.op, ast.Sub):
        yield ast.UnaryOp(ast.USub(), n.right)
    if isinstance(n.op, ast.Div):
        yield expression("1 / _0", n.right)


def exchanged(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the operation with its operands exchanged."""
    if isinstance(n.op, (ast.Sub, ast.Div, ast.Pow)):
        yield ast.BinOp(n.right, n.op, n.left)


def commuted(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a product of matrices with its operands exchanged."""
    if isinstance(n.op, ast.MatMult):
        yield ast.BinOp(n.right, n.op, n.left)


def transposed(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a product of matrices with transposes, and with its operands exchanged."""
    if not isinstance(n.op, ast.MatMult):
        return
    one, other = n.left, n.right
    for left in (one, turned(one)):
        for right in (other, turned(other)):
            if (left, right) != (one, other):
                yield ast.BinOp(left, n.op, right)
            if left is not one or right is not other:
                yield ast.BinOp(right, n.op, left)


def turned(n: Any) -> Any:
    """Return the transpose of an expression."""
    if isinstance(n, ast.Attribute) and n.attr == "T":
        return n.value
    return ast.Attribute(n, "T", ast.Load())


def turned_alone(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a value transposed."""
    if isinstance(n, ast.Attribute) and n.attr == "T":
        yield n.value
    elif isinstance(n, ast.Name):
        if len(shape_of(around.site.names.get(n.id, around.scope.get(n.id))) or ()) > 1:
            yield ast.Attribute(n, "T", ast.Load())
    else:
        yield ast.Attribute(n, "T", ast.Load())


def signs(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a value with the other sign, or negated."""
    if isinstance(n, ast.UnaryOp):
        if isinstance(n.op, (ast.USub, ast.Not, ast.Invert)):
            yield n.operand
        return
    yield ast.UnaryOp(ast.USub(), n)
    if isinstance(n, ast.Compare):
        yield ast.UnaryOp(ast.Invert(), n)


def complex_numbers(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a complex value conjugated, or times i; of a number its other part."""
    if isinstance(n, ast.Attribute) and n.attr in ("real", "imag"):
        yield ast.Attribute(n.value, "imag" if n.attr == "real" else "real", ast.Load())
    value: Any = around.value(n) if around.has_complex_values else None
    if shape_of(value) is not None and np.iscomplexobj(value):
        yield expression("_0.conj()", n)
        yield expression("1j * _0", n)
        yield expression("_0 * 1j", n)


def constants(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other numbers."""
    value: Any = n.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        others = [value + 1, value - 1, 2 * value, value / 2, -value, 0, 1, 2, 3, 4, -1, 0.5]
        if value:
            others.append(1 / value)
        others += around.constants
        seen = {value}
        for other in others:
            if other not in seen:
                seen.add(other)
                yield number(
                    int(other) if other == int(other) and isinstance(value, int) else other
                )


def number(value: float) -> ast.expr:
    """Return the syntax of a number, also of a negative one."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def comparisons(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other comparisons."""
    if len(n.ops) == 1:
        for other in (ast.Lt, ast.Gt, ast.LtE, ast.GtE, ast.Eq, ast.NotEq):
            if not isinstance(n.ops[0], other):
                yield ast.Compare(n.left, [other()], n.comparators)


def chosen(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a conditional expression with its branches exchanged, or one of them."""
    yield ast.IfExp(n.test, n.orelse, n.body)
    yield n.body
    yield n.orelse


def joined(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other combinations of conditions."""
    yield ast.BoolOp(ast.Or() if isinstance(n.op, ast.And) else ast.And(), n.values)
    yield from n.values
