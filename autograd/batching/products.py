"""Batch rules of products: one product of matrices for all calls, where there is one."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from autograd.batching.array import batched
from autograd.batching.level import Level, aligned, is_in, ndim, shape
from autograd.engine.foreign import is_foreign


def matmul(level: Level, a: Any, b: Any) -> Any:
    """Multiply matrices, or stacks of them."""
    if not ndim(a) or not ndim(b):
        np.matmul(np.zeros(shape(a)), np.zeros(shape(b)))  # raises NumPy's error
    return batched(_matmul(level, a, b), level)


def _matmul(level: Level, a: Any, b: Any) -> Any:
    n, m = ndim(a), ndim(b)
    if not is_in(b, level):
        if m == 1:
            return np.matmul(a.array, b)
        if n == 1 and m == 2:
            return np.matmul(a.array, b)
        if n == 1:
            return _row(np.matmul(a.array[:, *(None,) * (m - 1), :], b))
        if m == 2:  # one product for all calls
            array = a.array
            flat = array.reshape((-1, array.shape[-1])) if array.size else None
            if flat is not None:
                return np.matmul(flat, b).reshape(array.shape[:-1] + np.shape(b)[-1:])
        return np.matmul(aligned(a, level, max(n, m)), b)
    if not is_in(a, level):
        if n == 1:
            return np.matmul(b.array, a) if m == 1 else np.matmul(a, b.array)
        if m == 1 and n == 2:
            return np.matmul(b.array, np.swapaxes(a, -1, -2))
        if m == 1:
            columns = b.array.reshape((level.size, *(1,) * (n - 2), shape(b)[0], 1))
            return np.matmul(a, columns)[..., 0]
        return np.matmul(a, aligned(b, level, max(n, m)))
    if n == 1 and m == 1:
        if is_foreign(a.array):  # CuPy has no vecdot
            return np.matmul(a.array[:, None, :], b.array[:, :, None])[:, 0, 0]
        return np.vecdot(a.array.conj() if a.dtype.kind == "c" else a.array, b.array)
    if n == 1:
        rows = a.array.reshape((level.size, *(1,) * (m - 1), shape(a)[0]))
        return _row(np.matmul(rows, b.array))
    if m == 1:
        columns = b.array.reshape((level.size, *(1,) * (n - 2), shape(b)[0], 1))
        return np.matmul(a.array, columns)[..., 0]
    axes = max(n, m)
    a, b = aligned(a, level, axes), aligned(b, level, axes)
    if a.shape[-1] == 1 == b.shape[-2]:  # outer products, for which BLAS would be called n times
        return a * b
    return np.matmul(a, b)


def _row(product: Any) -> Any:
    """Remove the axis of length one that made a vector a row."""
    return product[..., 0, :]


def dot(level: Level, a: Any, b: Any, out: Any = None) -> Any:
    """Return `numpy.dot`: over the last axis of `a` and the last but one of `b`."""
    n, m = ndim(a), ndim(b)
    if out is not None:
        return NotImplemented
    if not n or not m:
        axes = max(n, m)
        return batched(np.multiply(aligned(a, level, axes), aligned(b, level, axes)), level)
    if m == 1 or (n <= 2 and m == 2):
        return matmul(level, a, b)
    return tensordot(level, a, b, ([n - 1], [max(m - 2, 0)]))


def inner(level: Level, a: Any, b: Any) -> Any:
    """Return `numpy.inner`: over the last axes."""
    if not ndim(a) or not ndim(b):
        return dot(level, a, b)
    return tensordot(level, a, b, ([ndim(a) - 1], [ndim(b) - 1]))


def vdot(level: Level, a: Any, b: Any) -> Any:
    """Return `numpy.vdot`, of flattened arrays."""
    a = np.ravel(np.conjugate(a)) if _is_complex(a) else np.ravel(a)
    return matmul(level, a, np.ravel(b))


def _is_complex(x: Any) -> bool:
    return bool(np.result_type(getattr(x, "dtype", x)).kind == "c")


def outer(level: Level, a: Any, b: Any, out: Any = None) -> Any:
    """Return `numpy.outer`, of flattened arrays."""
    if out is not None:
        return NotImplemented
    return np.ravel(a)[:, None] * np.ravel(b)


def tensordot(level: Level, a: Any, b: Any, axes: Any = 2) -> Any:
    """Return `numpy.tensordot`."""
    n, m = ndim(a), ndim(b)
    if isinstance(axes, (int, np.integer)):
        left, right = list(range(n - axes, n)), list(range(axes))
    else:
        left, right = (list(np.atleast_1d(each)) for each in axes)
        left, right = [int(i) % n for i in left], [int(i) % m for i in right]
    if not is_in(a, level):
        found = np.tensordot(a, b.array, (left, [i + 1 for i in right]))
        return batched(np.moveaxis(found, n - len(left), 0), level)
    if not is_in(b, level):
        return batched(np.tensordot(a.array, b, ([i + 1 for i in left], right)), level)
    return _contracted(level, a, b, left, right)


def _contracted(level: Level, a: Any, b: Any, left: list[int], right: list[int]) -> Any:
    """Return the tensor product of arrays both of which are batched, as products of matrices."""
    rows = [i for i in range(a.ndim) if i not in left]
    columns = [j for j in range(b.ndim) if j not in right]
    kept = [a.shape[i] for i in rows] + [b.shape[j] for j in columns]
    length = int(np.prod([a.shape[i] for i in left], dtype=int))
    if length != int(np.prod([b.shape[j] for j in right], dtype=int)):
        raise ValueError("shape-mismatch for sum")
    wide = int(np.prod(kept[: len(rows)], dtype=int))
    high = int(np.prod(kept[len(rows) :], dtype=int))
    first = np.transpose(a.array, [0, *[i + 1 for i in (*rows, *left)]])
    second = np.transpose(b.array, [0, *[j + 1 for j in (*right, *columns)]])
    found = np.matmul(
        first.reshape((level.size, wide, length)), second.reshape((level.size, length, high))
    )
    return batched(found.reshape((level.size, *kept)), level)


def einsum(level: Level, *operands: Any, optimize: Any = False, **keywords: Any) -> Any:
    """Return `numpy.einsum`: one more letter stands for the batch."""
    if not operands or not isinstance(operands[0], str) or keywords:
        return NotImplemented
    text = operands[0].replace(" ", "")
    given, arrow, wanted = text.partition("->")
    terms = given.split(",")
    free = [letter for letter in string.ascii_letters if letter not in text]
    if not free or len(terms) != len(operands) - 1:
        return NotImplemented
    if not arrow:
        letters = given.replace(",", "").replace(".", "")
        once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
        wanted = ("..." if "..." in given else "") + "".join(once)
    batch = free[0]
    parts, plain = [], []
    for term, x in zip(terms, operands[1:], strict=True):
        parts.append(batch + term if is_in(x, level) else term)
        plain.append(x.array if is_in(x, level) else x)
    found = np.einsum(f"{','.join(parts)}->{batch}{wanted}", *plain, optimize=optimize)
    return batched(found, level)


def kron(level: Level, a: Any, b: Any) -> Any:
    """Return `numpy.kron`."""
    axes = max(ndim(a), ndim(b))
    a = np.reshape(a, (1,) * (axes - ndim(a)) + shape(a))
    b = np.reshape(b, (1,) * (axes - ndim(b)) + shape(b))
    spread_a = np.reshape(a, tuple(n for length in shape(a) for n in (length, 1)))
    spread_b = np.reshape(b, tuple(n for length in shape(b) for n in (1, length)))
    lengths = tuple(n * m for n, m in zip(shape(a), shape(b), strict=True))
    return np.reshape(spread_a * spread_b, lengths)


#: The batch rules: each takes the batch, and then the arguments of the function.
PRODUCTS = {
    np.dot: dot, np.inner: inner, np.vdot: vdot, np.outer: outer, np.tensordot: tensordot,
    np.einsum: einsum, np.kron: kron,
}  # fmt: skip
