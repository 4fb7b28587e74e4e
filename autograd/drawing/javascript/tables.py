"""Where functions that move or combine elements find them: tables of positions, made by NumPy.

Shapes are fixed when a graph is recorded, so a function like `numpy.transpose` is one list of
positions in the flat array. NumPy itself makes the list: it is the result for an array of numbers
that count its elements.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.program.instructions import Attribute, Method, Variable, variables_in

#: Functions and methods that put the elements of their first argument elsewhere.
MOVES: frozenset[Any] = frozenset((
    operator.getitem, np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.rollaxis,
    np.expand_dims, np.squeeze, np.broadcast_to, np.flip, np.fliplr, np.flipud, np.roll, np.rot90,
    np.tile, np.repeat, np.take, np.diagonal, np.diag, np.diagflat, np.tril, np.triu, np.pad,
    np.atleast_1d, np.atleast_2d, np.atleast_3d, np.delete, np.fft.fftshift, np.fft.ifftshift,
    np.lib.stride_tricks.sliding_window_view, Attribute("T"), Attribute("mT"),
    *map(Method, (
        "reshape", "ravel", "flatten", "transpose", "swapaxes", "squeeze", "diagonal", "take",
        "repeat",
    )),
))  # fmt: skip

#: Functions of a list of arrays, or of two arrays, that put them together.
JOINS: frozenset[Any] = frozenset((np.concatenate, np.stack, np.append))

#: Functions that return their argument, here where nothing is changed in place.
COPIES: frozenset[Any] = frozenset((
    np.asarray, np.array, np.copy, np.asanyarray, np.ascontiguousarray, np.real, np.conjugate,
    *map(Method, ("copy", "item", "conjugate", "conj")),
))  # fmt: skip

#: Folds over axes, and their names in JavaScript.
FOLDS: dict[Any, str] = {
    np.sum: "sum", np.add.reduce: "sum", Method("sum"): "sum",
    np.mean: "mean", Method("mean"): "mean",
    np.prod: "product", np.multiply.reduce: "product", Method("prod"): "product",
    np.max: "greatest", np.amax: "greatest", np.maximum.reduce: "greatest",
    Method("max"): "greatest",
    np.min: "least", np.amin: "least", np.minimum.reduce: "least", Method("min"): "least",
    np.any: "any", Method("any"): "any", np.all: "all", Method("all"): "all",
    np.argmax: "largest_at", Method("argmax"): "largest_at",
    np.argmin: "smallest_at", Method("argmin"): "smallest_at",
    np.var: "variance", np.std: "deviation", np.logaddexp.reduce: "logsumexp",
}  # fmt: skip

#: Folds of the elements up to each one.
SCANS: dict[Any, str] = {
    np.cumsum: "sum", np.add.accumulate: "sum",
    np.cumprod: "product", np.multiply.accumulate: "product",
    np.maximum.accumulate: "greatest", np.minimum.accumulate: "least",
}  # fmt: skip


def counted(shape: tuple[int, ...], first: int = 1) -> Any:
    """Return an array of a shape that counts its elements."""
    return np.arange(first, first + int(np.prod(shape)), dtype=int).reshape(shape)


def is_fixed(*things: Any) -> bool:
    """Return whether no variable is among arguments."""
    return next(variables_in(things), None) is None


def rows(shape: tuple[int, ...], axis: Any, default: Any = None) -> Any:
    """Return the positions along some axes: one row for each element of the result."""
    numbers = counted(shape, 0)
    axes = range(len(shape)) if axis is default and axis is None else axis
    chosen = [a % len(shape) for a in (axes if isinstance(axes, (tuple, range, list)) else (axes,))]
    kept = [a for a in range(len(shape)) if a not in chosen]
    size = [int(np.prod([shape[a] for a in some])) for some in (kept, chosen)]
    return numbers.transpose([*kept, *chosen]).reshape(size)


def products(function: Any, arguments: tuple[Any, ...], shapes: list[tuple[int, ...]]) -> str:
    """Return a product of arrays in the notation of `numpy.einsum`; "" if it is none."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    if function is np.einsum:
        return str(arguments[0]) if isinstance(arguments[0], str) else ""
    if len(shapes) != 2:
        return ""
    m, n = map(len, shapes)
    left, right = letters[:m], letters[m : m + n]
    if function in (np.outer, np.multiply.outer):
        return f"{left},{right}->{left}{right}" if m == n == 1 else ""
    if function in (np.inner, np.vdot) and (m == n == 1 or (function is np.inner and m * n)):
        return f"{left},{right[:-1]}{left[-1]}->{left[:-1]}{right[:-1]}"
    if function is np.dot and m and n:
        at = max(n - 2, 0)
        joined = right[:at] + left[-1] + right[at + 1 :]
        return f"{left},{joined}->{left[:-1]}{right[:at]}{right[at + 1 :]}"
    if function in (operator.matmul, np.matmul) and m and n:
        rows_, columns = ("y" if m > 1 else ""), ("z" if n > 1 else "")
        return f"...{rows_}x,...x{columns}->...{rows_}{columns}"
    return ""


def terms(subscripts: str, shapes: list[tuple[int, ...]]) -> list[Any]:
    """Return, for each operand of an einsum, the positions of the factors.

    Each table has one row for each element of the result and one column for each of its terms.
    """
    inputs, output = _explicit(subscripts, shapes)
    size = {
        letter: length
        for letters, shape in zip(inputs, shapes, strict=True)
        for letter, length in sorted(zip(letters, shape, strict=True), key=lambda pair: pair[1])
    }
    for letters, shape in zip(inputs, shapes, strict=True):
        for letter, length in zip(letters, shape, strict=True):
            size[letter] = max(size[letter], length)
    summed = [letter for letter in size if letter not in output]
    order = [*output, *summed]
    whole = tuple(size[letter] for letter in order)
    count = int(np.prod([size[letter] for letter in summed]))
    tables = []
    for letters, shape in zip(inputs, shapes, strict=True):
        own = [letter for letter in order if letter in letters]
        found = np.einsum(f"{letters}->{''.join(own)}", counted(shape, 0))
        found = found.reshape([found.shape[own.index(x)] if x in own else 1 for x in order])
        rows_ = int(np.prod([size[letter] for letter in output]))
        tables.append(np.broadcast_to(found, whole).reshape(rows_, count))
    return tables


def _explicit(subscripts: str, shapes: list[tuple[int, ...]]) -> tuple[list[str], str]:
    """Write the letters of each operand and of the result, without an ellipsis."""
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    inputs = left.split(",")
    free = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in text]
    most = max(
        (len(s) - len(x.replace("...", "")) for x, s in zip(inputs, shapes, strict=True)
         if "..." in x),
        default=0,
    )  # fmt: skip
    for number, (letters, shape) in enumerate(zip(inputs, shapes, strict=True)):
        if "..." in letters:
            count = len(shape) - len(letters.replace("...", ""))
            inputs[number] = letters.replace("...", "".join(free[most - count : most]))
    if not arrow:
        joined = left.replace("...", "").replace(",", "")
        output = "..." * ("..." in left) + "".join(
            sorted(x for x in set(joined) if joined.count(x) == 1)
        )
    return inputs, output.replace("...", "".join(free[:most]))


__all__ = [
    "COPIES", "FOLDS", "JOINS", "MOVES", "SCANS", "Variable", "counted", "is_fixed", "products",
    "rows", "terms",
]  # fmt: skip
