"""Products of matrices and arrays: `matmul`, `einsum`, and their compositions."""

from __future__ import annotations

import math
import operator
import string
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.engine.broadcasting import unbroadcast
from autograd.engine.dispatch import plain
from autograd.engine.foreign import like
from autograd.errors import NoRuleError, ShapeError
from autograd.rules.shapes import arrays, put
from autograd.rules.table import composition_of, define, giving_numbers, implements

# -- matmul -----------------------------------------------------------------------------------


def matmul_vjp_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return g bᵀ."""
    if a.ndim == b.ndim == 2:
        return g @ b.T
    if a.ndim == 2 and b.ndim == 1:
        return g[:, None] * b
    row, column = a.ndim == 1, b.ndim == 1
    g, b = as_matrices(g, row, column), b[:, None] if column else b
    left = g @ b.swapaxes(-1, -2)
    return unbroadcast(left[..., 0, :] if row else left, a)


def matmul_vjp_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return aᵀ g."""
    if a.ndim == 2 and b.ndim <= 2:
        return a.T @ g
    if b.ndim == 2 and a.ndim > 2:  # one product of large matrices is faster than many small ones
        rows = math.prod(a.shape[:-1])
        return a.reshape((rows, a.shape[-1])).T @ g.reshape((rows, g.shape[-1]))
    row, column = a.ndim == 1, b.ndim == 1
    g, a = as_matrices(g, row, column), a[None, :] if row else a
    right = a.swapaxes(-1, -2) @ g
    return unbroadcast(right[..., 0] if column else right, b)


def as_matrices(g: Any, row: bool, column: bool) -> Any:
    """Insert the axes that `matmul` removes for 1-d arguments."""
    shape = np.shape(g)
    if column:
        shape = (*shape, 1)
    if row:
        shape = (*shape[:-1], 1, shape[-1])
    return np.reshape(g, shape)


matmul = define(np.matmul, matmul_vjp_left, matmul_vjp_right, multilinear=True)


def along_axes(ufunc: Any) -> None:
    """Support ``axes=``: where the vectors or matrices of each argument and of the result are."""
    inputs, output = ufunc.signature.replace("?", "").split("->")
    counts = [part.count(",") + 1 if part else 0 for part in inputs.strip("()").split("),(")]
    result_count = output.count(",") + 1 if output != "()" else 0

    def moved(a: Any, b: Any, *, axes: Any) -> Any:
        pairs = [(axis,) if np.ndim(axis) == 0 else tuple(axis) for axis in axes]
        given = [
            np.moveaxis(x, pair, range(-n, 0)) if pair else x
            for x, pair, n in zip((a, b), pairs, counts, strict=False)
        ]
        y = ufunc(*given)
        if len(pairs) < 3 or not pairs[2]:
            return y
        return np.moveaxis(y, range(-result_count, 0), pairs[2])

    implements((ufunc, "axes"))(moved)


for product in (np.matmul, np.vecdot, np.matvec, np.vecmat):
    along_axes(product)


# -- einsum -----------------------------------------------------------------------------------


def explicit(subscripts: str, ndims: list[int]) -> tuple[list[str], str]:
    """Return the labels of each operand and of the result, without ``...`` and implicit output."""
    given, arrow, output = subscripts.replace(" ", "").partition("->")
    operands = given.split(",")
    spare = [c for c in map(chr, range(0x391, 0x391 + 64)) if c.isalpha()]
    longest = max(
        (n - len(o.replace("...", "")) for o, n in zip(operands, ndims, strict=True) if "..." in o),
        default=0,
    )
    dots = "".join(spare[:longest])
    full = []
    for labels, ndim in zip(operands, ndims, strict=True):
        own = ndim - len(labels.replace("...", ""))
        full.append(labels.replace("...", dots[longest - own :] if own else ""))
    if not arrow:
        letters = given.replace(",", "").replace("...", "")
        output = dots + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    return full, output.replace("...", dots)


def contract(labels: list[str], output: str, operands: list[Any]) -> Any:
    """Call einsum with arbitrary hashable labels."""
    names = {label: i for i, label in enumerate(sorted(set("".join(labels) + output)))}
    text = [
        ("".join(chr(97 + names[c]) if names[c] < 26 else chr(39 + names[c]) for c in part))
        for part in (*labels, output)
    ]
    return np.einsum(",".join(text[:-1]) + "->" + text[-1], *operands)


def einsum_vjp(argnum: int, g: Any, y: Any, *operands: Any, subscripts: str, **_: Any) -> Any:
    """Contract `g` with the other operands to the labels of this one."""
    labels, output = explicit(subscripts, [np.ndim(operand) for operand in operands])
    own, x = labels[argnum], operands[argnum]
    others = [label for i, label in enumerate(labels) if i != argnum]
    rest = [operand for i, operand in enumerate(operands) if i != argnum]
    lengths = dict(zip(own, np.shape(x), strict=True))
    distinct = "".join(dict.fromkeys(own))
    found = "".join(c for c in distinct if c in output or any(c in label for label in others))
    part = contract([output, *others], found, [g, *rest])
    # Sum over axes that were broadcast; repeat along axes that were summed on their own.
    stretched = tuple(i for i, c in enumerate(found) if lengths[c] == 1 and np.shape(part)[i] != 1)
    if stretched:
        part = np.sum(part, axis=stretched, keepdims=True)
    sizes = iter(np.shape(part))
    part = np.reshape(part, tuple(next(sizes) if c in found else 1 for c in distinct))
    part = np.broadcast_to(part, tuple(lengths[c] for c in distinct))
    if distinct == own:
        return part
    grids = dict(
        zip(distinct, np.indices([lengths[c] for c in distinct], sparse=True), strict=True)
    )
    return put(part, np.shape(x), tuple(grids[c] for c in own))


def einsum_of_arrays(*operands: Any, subscripts: str, **keywords: Any) -> Any:
    """Call `numpy.einsum` with the subscripts last."""
    return np.einsum(subscripts, *operands, **keywords)


contraction = define(einsum_of_arrays, variadic=einsum_vjp, multilinear=True, name="einsum")
giving_numbers(contraction)


def as_text(*arguments: Any) -> tuple[Any, ...]:
    """Convert ``operand, labels, ..., [result labels]`` to subscripts of letters."""
    operands, labels = arguments[0 : len(arguments) // 2 * 2 : 2], list(arguments[1::2])
    if len(arguments) % 2:
        labels.append(arguments[-1])
    letters = [
        "".join("..." if i is Ellipsis else string.ascii_letters[i] for i in each)
        for each in labels
    ]
    subscripts = ",".join(letters[: len(operands)])
    return subscripts + ("->" + letters[-1] if len(arguments) % 2 else ""), *operands


@implements(np.einsum)
def einsum(subscripts: Any, *operands: Any, optimize: Any = False, **keywords: Any) -> Any:
    """Contract arrays along labelled axes."""
    if not isinstance(subscripts, str):
        return einsum(*as_text(subscripts, *operands), optimize=optimize, **keywords)
    if keywords.get("dtype") is not None:
        raise NoRuleError("numpy.einsum of nodes has no rule for dtype=; use .astype first.")
    return contraction(*operands, subscripts=subscripts, optimize=optimize)


# -- compositions -----------------------------------------------------------------------------


@implements(np.dot)
def dot(a: Any, b: Any) -> Any:
    """Multiply numbers, vectors, matrices or stacks of them, as `numpy.dot` does."""
    m, n = dimensions(a), dimensions(b)
    if m == 0 or n == 0:
        return np.multiply(*arrays(a, b))
    if m <= 2 and n <= 2:
        return matmul(a, b)
    return np.tensordot(a, b, (-1, -1 if n == 1 else -2))


def dimensions(x: Any) -> int:
    """Return the number of axes, faster than `numpy.ndim` for arrays."""
    return x.ndim if hasattr(x, "ndim") else np.ndim(x)


@implements(np.inner)
def inner(a: Any, b: Any) -> Any:
    """Sum products over the last axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(*arrays(a, b))
    return np.tensordot(a, b, (-1, -1))


@implements(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Multiply each element of one array by each element of the other."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@implements(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """Sum the products of all elements, conjugating the first factors."""
    return np.matmul(np.conjugate(np.ravel(a)), np.ravel(b))


@implements(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum products over pairs of axes: transposed, this is one matrix product."""
    if not isinstance(axes, (tuple, list)) and np.ndim(axes) == 0:
        axes = operator.index(axes)
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    left, right = ([x] if np.ndim(x) == 0 else list(x) for x in axes)
    left = [normalize_axis_index(i, np.ndim(a)) for i in left]
    right = [normalize_axis_index(i, np.ndim(b)) for i in right]
    if [np.shape(a)[i] for i in left] != [np.shape(b)[i] for i in right]:
        raise ShapeError(
            f"tensordot of shapes {np.shape(a)} and {np.shape(b)} cannot sum over axes {left} and "
            f"{right}: their lengths differ."
        )
    free_a = [i for i in range(np.ndim(a)) if i not in left]
    free_b = [i for i in range(np.ndim(b)) if i not in right]
    summed = math.prod(np.shape(a)[i] for i in left)
    shape_a = tuple(np.shape(a)[i] for i in free_a)
    shape_b = tuple(np.shape(b)[i] for i in free_b)
    matrix_a = np.reshape(np.transpose(a, free_a + left), (math.prod(shape_a), summed))
    matrix_b = np.reshape(np.transpose(b, right + free_b), (summed, math.prod(shape_b)))
    return np.reshape(np.matmul(matrix_a, matrix_b), shape_a + shape_b)


@composition_of(np.vecdot)
def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """Sum products along an axis of each argument, conjugating the first factors."""
    if axis != -1:
        x1, x2 = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    return np.sum(np.conjugate(x1) * x2, axis=-1)


@implements(np.matvec)
def matvec(x1: Any, x2: Any) -> Any:
    """Multiply matrices by vectors."""
    return np.matmul(x1, x2[..., :, None])[..., 0]


@implements(np.vecmat)
def vecmat(x1: Any, x2: Any) -> Any:
    """Multiply conjugated vectors by matrices."""
    return np.matmul(np.conjugate(x1)[..., None, :], x2)[..., 0, :]


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Replace each element of one array by the other array times that element."""
    ndim = max(np.ndim(a), np.ndim(b))
    a, b = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (a, b))
    pairs = list(zip(np.shape(a), np.shape(b), strict=True))
    one = np.reshape(a, tuple(n for m, _ in pairs for n in (m, 1)))
    other = np.reshape(b, tuple(n for _, m in pairs for n in (1, m)))
    return np.reshape(one * other, tuple(m * n for m, n in pairs))


@composition_of(np.cross, np.linalg.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """Return the cross product."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    flat = np.shape(a)[-1] == np.shape(b)[-1] == 2
    a, b = in_space(a), in_space(b)
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise ShapeError(
            f"cross takes vectors of two or three elements, not arrays of shapes {np.shape(a)} and "
            f"{np.shape(b)}."
        )
    product = np.roll(a, -1, -1) * np.roll(b, -2, -1) - np.roll(a, -2, -1) * np.roll(b, -1, -1)
    return product[..., 2] if flat else np.moveaxis(product, -1, axisc)


def in_space(x: Any) -> Any:
    """Append a third component 0 to vectors of the plane."""
    if np.shape(x)[-1] != 2:
        return x
    return np.concatenate(
        [x, np.zeros((*np.shape(x)[:-1], 1), dtype=plain(x).dtype, like=like(x))], axis=-1
    )


@composition_of(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Return the convolution of two sequences."""
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if np.shape(v)[0] > np.shape(a)[0]:
        a, v = v, a
    return _slide(a, np.flip(v), mode)


@composition_of(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation of two sequences."""
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if np.shape(v)[0] > np.shape(a)[0]:
        return np.flip(_slide(np.conjugate(v), a, mode))
    return _slide(a, np.conjugate(v), mode)


def _slide(a: Any, v: Any, mode: str) -> Any:
    """Multiply all windows of a, which must not be shorter than v, by v."""
    n, m = np.shape(a)[0], np.shape(v)[0]
    before, length = {
        "full": (m - 1, n + m - 1), "same": (m // 2, n), "valid": (0, n - m + 1)
    }[mode]  # fmt: skip
    padded = np.pad(a, (before, max(length - n + m - 1 - before, 0)))
    home = like(a, v)
    windows = padded[np.arange(length, like=home)[:, None] + np.arange(m, like=home)]
    return np.matmul(windows, v)


implements(np.linalg.matmul)(matmul)
implements(np.linalg.outer)(lambda x1, x2: outer(x1, x2))
implements(np.linalg.tensordot)(lambda x1, x2, /, *, axes=2: tensordot(x1, x2, axes))
implements(np.linalg.vecdot)(lambda x1, x2, /, *, axis=-1: vecdot(x1, x2, axis))
