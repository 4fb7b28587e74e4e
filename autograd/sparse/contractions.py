"""Patterns of products that sum over axes: `matmul`, `einsum` and the like.

Each axis of an operand has a label; axes with the same label run together, and labels that the
result lacks are summed over.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from autograd.program.instructions import Method
from autograd.sparse.elements import elementwise
from autograd.sparse.operands import Operand, Step, Unknown, plain, shape_of
from autograd.sparse.sets import Sets, require_few

Labels = Sequence[Hashable]


class _Factor:
    """One operand: its positions, or where it is zero, in an array with an axis for each label."""

    def __init__(self, x: Any, labels: Labels, sizes: dict[Hashable, int]) -> None:
        shape = shape_of(x)
        if len(shape) != len(labels):
            raise Unknown
        self.labels = list(dict.fromkeys(labels))
        self.sets = x.sets if isinstance(x, Operand) else None
        self.zeros: Any = None
        known = not isinstance(x, Operand) or x.known
        if self.sets is None and not known:
            return
        content = np.arange(math.prod(shape)).reshape(shape)
        if self.sets is None:
            content = np.asarray(x.value if isinstance(x, Operand) else x) != 0
            if content.all():
                return
        numbers = {label: k for k, label in enumerate(self.labels)}
        content = np.einsum(content, [numbers[label] for label in labels], list(numbers.values()))
        repeated = [k for k, label in enumerate(self.labels) if content.shape[k] != sizes[label]]
        for axis in reversed(repeated):  # one element for all of a longer axis
            content = np.take(content, 0, axis)
            del self.labels[axis]
        if self.sets is None:
            self.zeros = content
        else:
            self.positions = content


def contraction(operands: Sequence[Any], labels: Sequence[Labels], out: Labels, width: int) -> Sets:
    """Return the sets of a sum of products.

    Parameters
    ----------
    operands : sequence
        Operands, and arrays and numbers that are known.
    labels : sequence
        The labels of the axes of each.
    out : sequence
        The labels of the axes of the result.
    width : int
        The number of inputs that operands may depend on.
    """
    sizes: dict[Hashable, int] = {}
    for x, own in zip(operands, labels, strict=True):
        for label, n in zip(own, shape_of(x), strict=False):
            sizes[label] = n if sizes.get(label, 1) == 1 else sizes[label]
    factors = [_Factor(x, own, sizes) for x, own in zip(operands, labels, strict=True)]
    size = math.prod(sizes[label] for label in out)
    total = Sets.empty(size, width)
    for factor in factors:
        if factor.sets is not None:
            sparse = [f for f in factors if f is not factor and f.zeros is not None]
            found = _with_zeros(factor, sparse, out, sizes) if sparse else _full(factor, out, sizes)
            total = found.union(total)
    return total


def _full(factor: _Factor, out: Labels, sizes: dict[Hashable, int]) -> Sets:
    """Return the sets if the other factors may be anything."""
    kept = [label for label in factor.labels if label in out]
    shape = tuple(sizes[label] for label in kept)
    numbers = np.arange(math.prod(shape)).reshape(shape)
    into = np.broadcast_to(_aligned(numbers, kept, factor.labels), factor.positions.shape)
    assert factor.sets is not None
    found = factor.sets.combined(into.reshape(-1), factor.positions.reshape(-1), numbers.size)
    full = tuple(sizes[label] for label in out)
    return found.take(np.broadcast_to(_aligned(numbers, kept, out), full))


def _with_zeros(
    factor: _Factor, others: list[_Factor], out: Labels, sizes: dict[Hashable, int]
) -> Sets:
    """Return the sets where products with other factors are not zero."""
    known = list(dict.fromkeys(label for other in others for label in other.labels))
    mask: Any = np.ones((1,) * len(known), bool)
    for other in others:
        mask = mask & _aligned(other.zeros, other.labels, known)
    needed = [label for label in known if label in out or label in factor.labels]
    mask = mask.any(axis=tuple(k for k, label in enumerate(known) if label not in needed))
    coordinates = dict(zip(needed, np.nonzero(mask), strict=True)) if needed else {}
    count = len(coordinates[needed[0]]) if needed else int(mask)
    rest = [x for x in dict.fromkeys([*factor.labels, *out]) if x not in needed]
    shape = tuple(sizes[label] for label in rest)
    require_few(count * math.prod(shape), math.prod(sizes[label] for label in out), count)
    each = math.prod(shape)
    grid = np.indices(shape).reshape(len(shape), each)
    for label, line in zip(rest, grid, strict=True):
        coordinates[label] = np.tile(line, count)
    for label in needed:
        coordinates[label] = np.repeat(coordinates[label], each)
    n = count * each
    into = _raveled([coordinates[x] for x in out], [sizes[x] for x in out], n)
    places = factor.positions[tuple(coordinates[x] for x in factor.labels)]
    size = math.prod(sizes[label] for label in out)
    assert factor.sets is not None
    return factor.sets.combined(into, np.broadcast_to(places, (n,)), size)


def _raveled(coordinates: list[Any], shape: list[int], count: int) -> Any:
    """Return positions in an array of some shape."""
    found = np.zeros(count, int)
    for line, n in zip(coordinates, shape, strict=True):
        found = found * n + line
    return found


def _aligned(array: Any, own: Labels, others: Labels) -> Any:
    """Return an array with its axes in the order of other labels, and axes of length 1 between."""
    order = [own.index(label) for label in others if label in own]
    index = tuple(slice(None) if label in own else None for label in others)
    return np.transpose(array, order)[index]


# -- functions --------------------------------------------------------------------------------


def generalised(step: Step) -> list[Sets]:
    """Return the sets of a ufunc with a signature, which is a product: `matmul`, `vecdot`."""
    function = np.matmul if step.function is operator.matmul else step.function
    if set(step.keywords) - {"out", "dtype"} or len(step.arguments) != 2:
        raise Unknown
    given, _, result = function.signature.partition("->")
    optional = {name[:-1] for name in _cores(given)[0] + _cores(given)[1] if name[-1] == "?"}
    cores = [[name.rstrip("?") for name in core] for core in _cores(given)]
    missing: set[str] = set()
    for x, core in zip(step.arguments, cores, strict=True):
        if len(shape_of(x)) < len(core):
            missing |= optional.intersection(core)
    labels = []
    for x, core in zip(step.arguments, cores, strict=True):
        own = [name for name in core if name not in missing]
        labels.append([*_batch(len(shape_of(x)) - len(own)), *own])
    loops = max(labels, key=lambda own: sum(isinstance(x, int) for x in own))
    core = [name.rstrip("?") for name in _cores(result)[0]]
    out = [x for x in loops if isinstance(x, int)] + [x for x in core if x not in missing]
    return [contraction(step.arguments, labels, out, step.width)]


def _cores(text: str) -> list[list[str]]:
    """Return the names of the core dimensions of each operand in a part of a signature."""
    parts = text.strip("()").split("),(")
    return [[name for name in part.split(",") if name] for part in parts]


def _batch(count: int) -> list[int]:
    """Return labels of axes that broadcast."""
    if count < 0:
        raise Unknown
    return list(range(-count, 0))


def dot(step: Step) -> list[Sets]:
    """Return the sets of `numpy.dot`."""
    a, b = step.arguments[:2]
    n, m = len(shape_of(a)), len(shape_of(b))
    if not n or not m:
        return elementwise(step)
    first = [("a", k) for k in range(n - 1)]
    second = [("b", k) for k in range(m)]
    second[max(m - 2, 0)] = ("sum", 0)
    out = [*first, *(x for x in second if x[0] == "b")]
    return [contraction((a, b), ([*first, ("sum", 0)], second), out, step.width)]


def inner(step: Step) -> list[Sets]:
    """Return the sets of `numpy.inner`."""
    a, b = step.arguments
    n, m = len(shape_of(a)), len(shape_of(b))
    if not n or not m:
        return elementwise(step)
    first, second = [("a", k) for k in range(n - 1)], [("b", k) for k in range(m - 1)]
    labels = ([*first, ("sum", 0)], [*second, ("sum", 0)])
    return [contraction((a, b), labels, [*first, *second], step.width)]


def outer(step: Step) -> list[Sets]:
    """Return the sets of `numpy.outer`, which flattens its arguments, and of ``ufunc.outer``."""
    a, b = step.arguments[:2]
    first = [("a", k) for k in range(len(shape_of(a)))]
    second = [("b", k) for k in range(len(shape_of(b)))]
    return [contraction((a, b), (first, second), [*first, *second], step.width)]


def tensordot(step: Step) -> list[Sets]:
    """Return the sets of `numpy.tensordot`."""
    named = step.bound()
    a, b, axes = named["a"], named["b"], plain(named.get("axes", 2))
    n, m = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, (int, np.integer)):
        left, right = list(range(n - int(axes), n)), list(range(int(axes)))
    else:
        left, right = ([int(k) for k in np.atleast_1d(part)] for part in axes)
    first: list[Hashable] = [("a", k) for k in range(n)]
    second: list[Hashable] = [("b", k) for k in range(m)]
    for number, (i, j) in enumerate(zip(left, right, strict=True)):
        first[i] = second[j] = number
    out = [x for x in (*first, *second) if not isinstance(x, int)]
    return [contraction((a, b), (first, second), out, step.width)]


def einsum(step: Step) -> list[Sets]:
    """Return the sets of `numpy.einsum`."""
    form, *operands = step.arguments
    if not isinstance(form, str):
        raise Unknown
    inputs, arrow, result = form.replace(" ", "").partition("->")
    parts = inputs.split(",")
    if len(parts) != len(operands):
        raise Unknown
    if not arrow:
        letters = "".join(parts).replace(".", "")
        result = "..." * ("..." in inputs)
        result += "".join(sorted(x for x in set(letters) if letters.count(x) == 1))
    labels = [_lettered(part, len(shape_of(x))) for part, x in zip(parts, operands, strict=True)]
    loops = max((sum(isinstance(x, int) for x in own) for own in labels), default=0)
    out = _lettered(result, len(result.replace("...", "")) + loops * ("..." in result))
    return [contraction(operands, labels, out, step.width)]


def _lettered(text: str, ndim: int) -> list[Hashable]:
    """Return the labels of a term of `numpy.einsum`."""
    before, dots, after = text.partition("...")
    if not dots:
        return list(text)
    return [*before, *_batch(ndim - len(before) - len(after)), *after]


def kron(step: Step) -> list[Sets]:
    """Return the sets of the Kronecker product."""
    a, b = step.arguments
    n, m = len(shape_of(a)), len(shape_of(b))
    first = [("a", k) for k in range(max(n, m) - n, max(n, m))]
    second = [("b", k) for k in range(max(n, m) - m, max(n, m))]
    out = sorted([*first, *second], key=lambda label: (label[1], label[0]))
    return [contraction((a, b), (first, second), out, step.width)]


RULES: dict[Any, Callable[[Step], list[Sets]]] = {
    operator.matmul: generalised,
    np.matmul: generalised,
    np.vecdot: generalised,
    np.dot: dot,
    Method("dot"): dot,
    np.inner: inner,
    np.outer: outer,
    np.tensordot: tensordot,
    np.einsum: einsum,
    np.kron: kron,
    **{getattr(np, name): generalised for name in ("matvec", "vecmat") if hasattr(np, name)},
}
