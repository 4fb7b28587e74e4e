"""Patterns of functions that compute or move single elements."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import (
    BINARY,
    INPLACE,
    UNARY,
    Attribute,
    Extended,
    Method,
    choose,
)
from autograd.rules.kernel import is_elementwise as is_elementwise_kernel
from autograd.sparse.operands import Operand, Positions, Step, Unknown, plain, sets_of, shape_of
from autograd.sparse.sets import Sets, broadcast_positions

#: Functions whose result does not depend on operands that are multiplied by zero.
PRODUCTS = frozenset((operator.mul, operator.imul, np.multiply))

#: Elementwise functions that are no ufuncs.
_ELEMENTWISE = frozenset(
    (
        *(set(BINARY) - {operator.matmul}), *(set(INPLACE) - {operator.imatmul}), *UNARY, abs, pow,
        round, float, int, complex, bool, choose, np.real, np.imag, np.clip, np.nan_to_num,
        np.round, np.around, np.real_if_close, np.angle, np.sinc, np.i0, np.fix, np.isclose,
        np.select, np.choose, np.iscomplex, np.isreal, np.isneginf, np.isposinf,
        *map(Method, ("clip", "round", "conj", "conjugate")), Attribute("imag"),
    )
)  # fmt: skip

#: Make arrays of what they are given, perhaps of another type.
CASTS = frozenset(
    (
        np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require,
        np.copy, np.asarray_chkfinite, *map(Method, ("astype", "copy", "view", "item", "tolist")),
    )
)  # fmt: skip


def is_elementwise(step: Step) -> bool:
    """Return whether each element of the result depends on one element of each operand."""
    function = step.function
    if isinstance(function, np.ufunc):
        return function.signature is None
    if step.primitive is not None and step.primitive.partials is not None:
        return step.primitive.function is function
    if isinstance(function, type) and issubclass(function, np.generic):
        return True
    return isinstance(function, Extended) or function in _ELEMENTWISE or is_of_floats(function)


def is_of_floats(function: Any) -> bool:
    """Return whether a function takes single numbers, or is an elementwise kernel."""
    return getattr(function, "__module__", None) in ("math", "cmath") or is_elementwise_kernel(
        function
    )


def spread(x: Any, shape: tuple[int, ...], width: int) -> Sets:
    """Return the sets of an operand that is broadcast to a shape."""
    sets, own = sets_of(x, width), shape_of(x)
    if own == shape:
        return sets
    try:
        return sets.take(broadcast_positions(own, shape))
    except ValueError:
        raise Unknown from None


def elementwise(step: Step) -> list[Sets]:
    """Return the unions over the operands, without those that are multiplied by zero."""
    found: list[Sets] = []
    operands = step.operands()
    for x in step.results:
        total = Sets.empty(int(np.prod(x.shape, dtype=int)), step.width)
        for operand in operands:
            if operand.sets is not None:
                part = spread(operand, x.shape, step.width)
                if step.function in PRODUCTS:
                    part = _where_not_zero(part, operand, step, x.shape)
                total = part.union(total)
        found.append(total)
    return found


def _where_not_zero(sets: Sets, operand: Operand, step: Step, shape: tuple[int, ...]) -> Sets:
    """Return the sets, empty where the other factor is zero at any call."""
    for other in step.arguments:
        if other is operand or (isinstance(other, Operand) and not other.known):
            continue
        value = np.asarray(other.value if isinstance(other, Operand) else other)
        if value.dtype.kind in "biufc" and not value.all():
            sets = sets.filtered(np.broadcast_to(value != 0, shape))
    return sets


def chosen(step: Step) -> list[Sets]:
    """Return the sets of `numpy.where`: of what it chooses, if that is known, or of both."""
    if len(step.arguments) == 3 and not step.keywords:
        condition, *choices = step.arguments
        try:
            condition = plain(condition)
        except Unknown:
            return elementwise(step)
        positions = Positions()
        return [positions.sets(np.where(condition, *map(positions.of, choices)))]
    raise Unknown


def cast(step: Step) -> list[Sets]:
    """Return the sets of an array of what is given, in order."""
    given = step.arguments[0]
    if isinstance(given, Operand):
        if given.size != np.prod(step.shape, dtype=int):
            raise Unknown  # complex numbers as pairs
        return [sets_of(given, step.width)]
    positions = Positions()
    found = np.asarray(positions.of(given))
    if found.shape != step.shape:
        raise Unknown
    return [positions.sets(found)]


def filling(step: Step) -> list[Sets]:
    """Return the sets of an array that repeats what its second argument holds."""
    return [spread(step.arguments[1], step.shape, step.width)]


def unpacked(step: Step) -> list[Sets]:
    """Return the sets of the numbers in a list of the elements of an array."""
    sets = sets_of(step.arguments[0], step.width)
    if len(step.results) == 1 or sets.size != len(step.results):
        return cast(step)
    return [sets.take(np.array([k])) for k in range(sets.size)]


def moving(*elements: int) -> Callable[[Step], list[Sets]]:
    """Return the rule of a function that moves the elements of these arguments.

    The function itself says where to: it is called with positions instead of elements.
    """

    def moved(step: Step) -> list[Sets]:
        positions = Positions()
        arguments = [
            positions.of(x) if number in elements else plain(x)
            for number, x in enumerate(step.arguments)
        ]
        keywords = {
            name: plain(x) for name, x in step.keywords.items() if name not in ("dtype", "casting")
        }
        try:
            found = step.function(*arguments, **keywords)
        except Exception:
            raise Unknown from None
        parts = found if isinstance(found, (list, tuple)) else [found]
        if [np.shape(part) for part in parts] != [x.shape for x in step.results]:
            raise Unknown
        if any(np.asarray(part).dtype.kind not in "iu" for part in parts):
            raise Unknown
        return [positions.sets(part) for part in parts]

    return moved


def padded(step: Step) -> list[Sets]:
    """Return the sets of `numpy.pad`, if it repeats elements or adds numbers."""
    named = step.bound(np.pad)
    mode = named.get("mode", "constant")
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap", "empty"):
        raise Unknown
    if named.get("reflect_type", "even") != "even":
        raise Unknown
    positions = Positions()
    places = positions.of(named["array"])
    if mode == "empty":
        mode = "constant"
    return [positions.sets(np.pad(places, plain(named["pad_width"]), mode))]


_FIRST = (
    operator.getitem, np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.rollaxis,
    np.squeeze, np.expand_dims, np.broadcast_to, np.atleast_1d, np.atleast_2d, np.atleast_3d,
    np.flip, np.fliplr, np.flipud, np.rot90, np.roll, np.repeat, np.tile, np.take, np.diagonal,
    np.diag, np.diagflat, np.tril, np.triu, np.split, np.array_split, np.hsplit, np.vsplit,
    np.dsplit, np.resize, np.delete, np.take_along_axis, np.concatenate, np.stack, np.hstack,
    np.vstack, np.dstack, np.column_stack, np.block, np.fft.fftshift, np.fft.ifftshift,
    np.matrix_transpose, np.permute_dims, np.unstack, np.linalg.diagonal,
    np.linalg.matrix_transpose, np.lib.stride_tricks.sliding_window_view,
    *map(
        Method,
        ("reshape", "ravel", "flatten", "transpose", "swapaxes", "squeeze", "repeat", "take",
         "diagonal", "__getitem__"),
    ),
    *map(Attribute, ("T", "mT", "real")),
)  # fmt: skip

RULES: dict[Any, Callable[[Step], list[Sets]]] = {
    **dict.fromkeys(_FIRST, moving(0)),
    **dict.fromkeys(CASTS, cast),
    Method("tolist"): unpacked,
    np.full: filling,
    np.full_like: filling,
    np.where: chosen,
    np.append: moving(0, 1),
    np.insert: moving(0, 2),
    np.compress: moving(1),
    np.extract: moving(1),
    np.broadcast_arrays: moving(*range(99)),
    np.meshgrid: moving(*range(99)),
    np.pad: padded,
}
