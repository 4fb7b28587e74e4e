"""What may be missing from a value: a factor, or a term, with a coefficient to be computed."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterator
from typing import Any

from autograd.check.explain.repair.sources import functions_of_one
from autograd.check.explain.repair.syntax import Path, expression, parts
from autograd.check.explain.repair.vocabulary import Vocabulary, is_within, shape_of

#: How many values are combined, and how many factors and terms are tried at one place.
MOST_COMBINED, MOST_TRIED = 14, 500

#: How many numbers are tried as coefficients of terms in loops.
MOST_COEFFICIENTS = 4


def places(node: Any) -> Iterator[Path]:
    """Yield the paths of the values in a statement that may lack something, the largest first."""
    for path, part in parts(node):
        if isinstance(part, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return)):
            if part.value is not None:
                yield from items((*path, ("value", None)), part.value)
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult):
            yield (*path, ("left", None))
            yield (*path, ("right", None))
        elif isinstance(part, ast.Call):
            if isinstance(part.func, ast.Attribute):
                yield (*path, ("func", None), ("value", None))
            for position in range(len(part.args)):
                yield (*path, ("args", position))
    if isinstance(node, ast.expr):
        yield from items((), node)


def summands(node: Any) -> Iterator[Path]:
    """Yield the paths of the terms of sums in a statement, which may lack a factor."""
    for path, part in parts(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, (ast.Add, ast.Sub)):
            yield from ((*path, (side, None)) for side in ("left", "right"))


def items(path: Path, value: Any) -> Iterator[Path]:
    """Yield the paths of the values in a display, or of the value itself."""
    if isinstance(value, (ast.Tuple, ast.List)):
        for position, item in enumerate(value.elts):
            yield from items((*path, ("elts", position)), item)
    elif isinstance(value, ast.Dict):
        for position, item in enumerate(value.values):
            yield from items((*path, ("values", position)), item)
    elif isinstance(value, ast.IfExp):
        yield from items((*path, ("body", None)), value.body)
        yield from items((*path, ("orelse", None)), value.orelse)
    else:
        yield path


def _at_hand(around: Vocabulary, shape: tuple[int, ...]) -> dict[str, Any]:
    """Return the values and fragments of code that broadcast to a shape."""
    values = {**around.values, **around.fragments}
    return {text: value for text, value in values.items() if is_within(value, shape)}


def _near(around: Vocabulary, shape: tuple[int, ...]) -> dict[str, Any]:
    """Return the values at hand that broadcast to a shape, if need be with further axes."""
    found = {}
    for text, value in around.values.items():
        if is_within(value, shape):
            found[text] = value
        for index in _columns(shape_of(value) or (), shape):
            found[f"{text}[{index}]"] = value
    for text, value in around.indexed.items():
        if is_within(value, shape):
            found[text] = value
        if len(shape_of(value) or ()) == 1 and "," not in text:
            for index in _columns(shape_of(value) or (), shape):
                found[f"{text.removesuffix(']')}{index.removeprefix(':')}]"] = value
    return found


def _columns(mine: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[str]:
    """Yield the indices that put an array in place of leading or middle axes of a shape."""
    if not mine or max(mine) == 1:
        return
    for first in range(len(shape) - len(mine)):
        if shape[first : first + len(mine)] == mine:
            after = len(shape) - len(mine) - first
            yield ", ".join([":" if len(mine) == 1 else "...", *["None"] * after])


def near_factors(around: Vocabulary, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield the values at hand that may be missing as a factor or divisor of some shape."""
    fitting = _near(around, shape)
    yield ast.Constant(1)
    for text in fitting:
        yield expression(text)
    for text, value in fitting.items():
        if shape_of(value) or around.site.loops:  # else it is a coefficient
            yield expression("1 / _0", expression(text))


def plain_factors(around: Vocabulary, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield the likeliest of what else may be missing as a factor of a value of some shape."""
    fitting = _at_hand(around, shape)
    beside = [text for text in fitting if text not in around.values]
    for text in beside:
        yield expression(text)
    for form in ("1 - _0**2", "_0 * (1 - _0)", "_0 > 0"):
        for text in fitting:
            if shape_of(fitting[text]):
                yield expression(form, expression(text))
    for text in beside:
        if shape_of(fitting[text]):
            yield expression("1 / _0", expression(text))


def factors(around: Vocabulary, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield what else may be missing as a factor of a value of some shape."""
    values = _at_hand(around, shape)
    fitting = list(values)
    for form in ("_0**2", "1 / _0**2", "1 - _0"):
        for text in fitting:
            yield expression(form, expression(text))
    for function in _functions_of_one(around):
        for text in fitting:
            if shape_of(values[text]):
                yield expression("_0(_1)", ast.Name(function, ast.Load()), expression(text))
    if around.numpy:
        for form in (
            "sqrt(_0)",
            "sign(_0)",
            "cos(_0)",
            "sin(_0)",
            "exp(_0)",
            "exp(-_0)",
            "abs(_0)",
        ):
            for text in fitting:
                yield expression(f"{around.numpy}.{form}", expression(text))
    for one, other in itertools.combinations(fitting[:MOST_COMBINED], 2):
        yield expression("_0 * _1", expression(one), expression(other))
        yield expression("_0 / _1", expression(one), expression(other))
        yield expression("_1 / _0", expression(one), expression(other))


def near_terms(around: Vocabulary, shape: tuple[int, ...], value: Any) -> Iterator[Any]:
    """Yield the values at hand that may be missing as a term of a value of some shape."""
    if len(shape) == 2 and shape[0] == shape[1]:
        yield ast.Attribute(value, "T", ast.Load())
    fitting = _near(around, shape)
    for text in fitting:
        yield expression(text)
    if around.site.loops:  # what is computed is no linear function of a coefficient
        for number in [*around.scalars][-MOST_COEFFICIENTS:]:  # what was computed last
            for text, item in fitting.items():
                if shape_of(item) == shape and text != number:
                    yield expression("_0 * _1", expression(number), expression(text))


def plain_terms(around: Vocabulary, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield the likeliest of what else may be missing as a term of a value of some shape."""
    for text in _at_hand(around, shape):
        if text not in around.values:
            yield expression(text)
    yield from _matrix_products(around, shape)


def terms(around: Vocabulary, shape: tuple[int, ...], value: Any) -> Iterator[Any]:
    """Yield what else may be missing as a term of a value of some shape.

    Parameters
    ----------
    around : Vocabulary
        The values at hand.
    shape : tuple of int
        The shape of the value.
    value : ast.expr
        The value.
    """
    values = _at_hand(around, shape)
    fitting = list(values)
    if around.numpy:
        yield expression(f"{around.numpy}.sum(_0)", value)
        for text in fitting:
            yield expression(f"{around.numpy}.sign(_0)", expression(text))
    for form in ("_0**2", "_0**3", "1 / _0"):
        for text in fitting:
            yield expression(form, expression(text))
    for one, other in itertools.combinations(fitting[:MOST_COMBINED], 2):
        if shape in (shape_of(values[one]), shape_of(values[other])):
            yield expression("_0 * _1", expression(one), expression(other))
            yield expression("_0 / _1", expression(one), expression(other))
            yield expression("_1 / _0", expression(one), expression(other))
    for one, other, third in itertools.combinations(fitting[:8], 3):
        yield expression("_0 * _1 * _2", expression(one), expression(other), expression(third))
    whole = [text for text in fitting if shape_of(values[text]) == shape]
    yield from _means(shape, whole[:8])


def _matrix_products(around: Vocabulary, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield products of matrices and vectors at hand, of a shape."""
    arrays = {text: v for text, v in around.values.items() if 0 < len(shape_of(v) or ()) <= 2}
    some = dict([*arrays.items()][: 2 * MOST_COMBINED])
    for (one, a), (other, b) in itertools.product(some.items(), repeat=2):
        for left in ("_0", "_0.T") if len(shape_of(a) or ()) == 2 else ("_0",):
            for right in ("_1", "_1.T") if len(shape_of(b) or ()) == 2 else ("_1",):
                m = (shape_of(a) or ())[:: -1 if left != "_0" else 1]
                n = (shape_of(b) or ())[:: -1 if right != "_1" else 1]
                if _product_shape(m, n) == shape:
                    yield expression(f"{left} @ {right}", expression(one), expression(other))
                if around.numpy and len(m) == len(n) == 1 and (*m, *n) == shape:
                    text = f"{around.numpy}.outer(_0, _1)"
                    yield expression(text, expression(one), expression(other))


def _product_shape(m: tuple[int, ...], n: tuple[int, ...]) -> tuple[int, ...] | None:
    if not m or not n or m[-1] != n[0]:
        return None
    return m[:-1] + n[1:]


def _means(shape: tuple[int, ...], whole: list[str]) -> Iterator[Any]:
    """Yield means over an axis, as they occur in the derivatives of normalisations."""
    for axis in range(len(shape)):
        along = f"axis={axis}, keepdims=True" if len(shape) > 1 else ""
        for one in whole:
            yield expression(f"_0.mean({along})", expression(one))
            for other in whole:
                yield expression(f"(_0 * _1).mean({along})", expression(one), expression(other))
                for third in whole:
                    text = f"_2 * (_0 * _1).mean({along})"
                    operands = (expression(one), expression(other), expression(third))
                    if one <= other:
                        yield expression(text, *operands)


def _functions_of_one(around: Vocabulary) -> list[str]:
    """Return the names of the user's functions of one argument."""
    own = around.site.source.functions  # it would call itself
    scope = {**around.scope, **around.site.names}
    found = [*functions_of_one(around.site.names), *functions_of_one(around.scope)]
    return [name for name in found if scope[name] not in own]


def coefficient_texts(c: float, around: Vocabulary) -> Iterator[str]:
    """Yield expressions of a coefficient, the most natural first; none if it has none.

    What is divided by a length is a mean, and would be wrong with the number for other lengths.
    """

    def equal(other: float) -> bool:
        return abs(c - other) <= 1e-6 * abs(c)

    for number in (1, -1, 2, -2, 0.5, -0.5):
        if equal(number):
            yield f"{number:g}"
            return
    is_mean = False
    for text, number in (*around.lengths.items(), *around.scalars.items()):
        for form, value in _with_number(number):
            if equal(value) or equal(-value):
                sign = "" if equal(value) else "-"
                yield f"{sign}{form.replace('n', text)}"
                is_mean |= text in around.lengths and form in _MEANS
    if is_mean:
        return
    for digits in range(1, 5):
        if equal(round(c, digits)):
            yield f"{round(c, digits):g}"
            break
    for denominator in range(2, 13):
        if equal(round(c * denominator) / denominator) and round(c * denominator):
            yield f"{round(c * denominator)} / {denominator}"
            break
    if equal(round(c)) and abs(c) < 1e4:
        yield f"{round(c)}"


#: The factors of a mean.
_MEANS = ("1 / n", "2 / n", "0.5 / n")


def _with_number(n: float) -> Iterator[tuple[str, float]]:
    """Yield expressions of a length or number n that are factors in derivatives."""
    yield from (("n", n), ("2 * n", 2 * n), ("0.5 * n", n / 2), ("(1 - n)", 1 - n))
    if n:
        yield from (("1 / n", 1 / n), ("2 / n", 2 / n), ("0.5 / n", 0.5 / n))
    if n > 0:
        yield from (("n**0.5", math.sqrt(n)), ("1 / n**0.5", 1 / math.sqrt(n)))
    if n > 1:
        yield from (("1 / (n - 1)", 1 / (n - 1)), ("n / (n - 1)", n / (n - 1)))
        yield ("(n - 1) / n", (n - 1) / n)
