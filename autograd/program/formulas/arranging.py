"""What functions of NumPy that arrange elements mean: transposes, shapes, indices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.terms import INDEX, SPREAD, Term, make, number
from autograd.program.instructions import Constant, Variable, variables_in

Rule = Callable[..., Term]


class Unwritten(Exception):  # noqa: N818 - not an error: the call is written as it stands
    """There is no notation for a call."""


def term_of(read: Any, x: Any) -> Term:
    """Return the term of a variable, a constant or a number."""
    found: Term = read.of(x)
    return found


def axes_of(term: Term, axis: Any) -> Any:
    """Return the axes that ``axis=`` names."""
    if axis is None:
        return range(term.ndim)
    return axis if isinstance(axis, tuple) else (axis,)


def transpose(read: Any, x: Any, *axes: Any, **keywords: Any) -> Term:
    """Permute axes."""
    if keywords:
        axes = tuple(keywords.values())
    axes = tuple([tuple(a.value.tolist()) if isinstance(a, Constant) else a for a in axes])
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = tuple(axes[0] or ())
    return algebra.transpose(read.of(x), axes or None)


def swapaxes(read: Any, x: Any, first: int, second: int) -> Term:
    """Exchange two axes."""
    term = read.of(x)
    order = list(range(term.ndim))
    order[first], order[second] = order[second], order[first]
    return algebra.transpose(term, order)


def matrix_transpose(read: Any, x: Any) -> Term:
    """Exchange the last two axes."""
    return swapaxes(read, x, -1, -2)


def moveaxis(read: Any, x: Any, source: Any, destination: Any) -> Term:
    """Move one axis."""
    term = read.of(x)
    if not isinstance(source, int) or not isinstance(destination, int):
        raise Unwritten
    order = list(range(term.ndim))
    order.remove(source % term.ndim)
    order.insert(destination % term.ndim, source % term.ndim)
    return algebra.transpose(term, order)


def reshape(read: Any, x: Any, *shape: Any, **keywords: Any) -> Term:
    """Give another shape."""
    term = read.of(x)
    if keywords.get("order", "C") != "C":
        raise Unwritten
    shape = (keywords["shape"],) if "shape" in keywords else shape
    wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return algebra.reshape(term, _completed(term, tuple(wanted)))


def _completed(term: Term, shape: tuple[Any, ...]) -> tuple[int, ...]:
    if any(isinstance(n, Variable) for n in shape):
        raise Unwritten
    size = math.prod(term.shape)
    known = math.prod(n for n in shape if n >= 0)
    return tuple(n if n >= 0 else size // known for n in shape)


def flat(read: Any, x: Any, *order: Any) -> Term:
    """Put all elements on one axis."""
    term = read.of(x)
    return algebra.reshape(term, (math.prod(term.shape),))


def squeeze(read: Any, x: Any, axis: Any = None) -> Term:
    """Remove axes of length 1."""
    term = read.of(x)
    axes = [a % term.ndim for a in axes_of(term, axis)]
    kept = [n for a, n in enumerate(term.shape) if n != 1 or a not in axes]
    return algebra.reshape(term, kept)


def expand_dims(read: Any, x: Any, axis: Any) -> Term:
    """Insert axes of length 1."""
    term = read.of(x)
    new = [axis] if isinstance(axis, int) else list(axis)
    ndim = term.ndim + len(new)
    places = {a % ndim for a in new}
    lengths = iter(term.shape)
    return algebra.reshape(term, [1 if a in places else next(lengths) for a in range(ndim)])


def broadcast_to(read: Any, x: Any, shape: Any, **keywords: Any) -> Term:
    """Broadcast to a shape."""
    return algebra.spread(read.of(x), (shape,) if isinstance(shape, int) else tuple(shape))


def full(read: Any, shape: Any, value: Any, **keywords: Any) -> Term:
    """Make an array of a number, of a shape."""
    return broadcast_to(read, value, shape)


def full_like(read: Any, x: Any, value: Any, **keywords: Any) -> Term:
    """Make an array of a number, of the shape of another one."""
    return algebra.spread(read.of(value), read.of(x).shape)


def filled(value: float) -> Rule:
    """Return the rule of ``np.zeros_like`` or ``np.ones_like``."""

    def rule(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
        shape = keywords.get("shape")
        return algebra.spread(number(value), read.of(x).shape if shape is None else shape)

    return rule


def getitem(read: Any, x: Any, index: Any) -> Term:
    """Select elements."""
    term = read.of(x)
    plain = index if isinstance(index, tuple) else (index,)
    if not any(True for _ in variables_in(plain)) and not has_arrays(plain):
        shape = np.empty(term.shape, np.bool_)[index].shape
        if algebra.kept_axes(term.shape, shape) is not None and takes_all(plain, term):
            return algebra.reshape(term, shape)
        if term.kind == SPREAD and term.parts[0].shape == ():
            return algebra.spread(term.parts[0], shape)
        parts = [term]
        return make(INDEX, parts, read.template(index, parts), shape)
    parts = [term]
    detail = read.template(index, parts)
    if _has_masks(plain):
        raise Unwritten
    shape = _indexed_shape(term, plain)
    return make(INDEX, parts, detail, shape)


def has_arrays(index: Any) -> bool:
    """Return whether an index selects by arrays."""
    return any(isinstance(part, (Constant, list)) for part in index)


def _has_masks(index: Any) -> bool:
    parts = [p.value if isinstance(p, Constant) else p for p in index]
    return any(getattr(p, "dtype", None) == np.bool_ for p in parts)


def _indexed_shape(term: Term, index: Any) -> tuple[int, ...]:
    def stand_in(part: Any) -> Any:
        if isinstance(part, Variable):
            return np.zeros(part.shape, int) if part.is_array else 0
        if isinstance(part, Constant):
            return np.zeros(part.value.shape, int)
        if isinstance(part, slice) and any(True for _ in variables_in(part)):
            raise Unwritten
        return part

    shape: tuple[int, ...] = np.empty(term.shape, np.bool_)[tuple(map(stand_in, index))].shape
    return shape


def takes_all(index: Any, term: Term) -> bool:
    """Return whether an index only adds and removes axes of length 1."""
    position = 0
    used = sum(1 for part in index if part is not None and part is not Ellipsis)
    for part in index:
        if part is Ellipsis:
            position += term.ndim - used
        elif part is None:
            continue
        elif isinstance(part, slice):
            if part.indices(term.shape[position]) != (0, term.shape[position], 1):
                return False
            position += 1
        else:
            if term.shape[position] != 1:
                return False
            position += 1
    return True


def item(read: Any, x: Any, *index: Any) -> Term:
    """Return one element."""
    return getitem(read, x, index) if index else term_of(read, x)


def made(value: float) -> Rule:
    """Return the rule of ``np.zeros`` or ``np.ones``."""

    def rule(read: Any, shape: Any, dtype: Any = None, order: Any = None) -> Term:
        whole = (shape,) if isinstance(shape, int) else tuple(shape)
        return algebra.spread(number(value), whole)

    return rule
