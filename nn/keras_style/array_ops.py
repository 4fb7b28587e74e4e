"""Keras' ``ops`` of matrices, of places in arrays, and loops, in terms of NumPy's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import OptionError
from nn.arrays import floating, plain, shape_of
from nn.keras_style.config import floatx
from nn.keras_style.symbolic import lifted

# -- matrices -----------------------------------------------------------------------------------


def _of_matrices(function: Callable[..., Any], does: str) -> Callable[..., Any]:
    """Return a function of matrices; integers become floats before."""

    def call(x: Any) -> Any:
        return function(floating(x))

    call.__name__ = function.__name__
    call.__doc__ = f"Return {does}.\n\nParameters\n----------\nx : array_like\n    Matrices."
    return lifted(call)


det = _of_matrices(np.linalg.det, "the determinants of matrices")
eigh = _of_matrices(np.linalg.eigh, "the eigenvalues and eigenvectors of symmetric matrices")
inv = _of_matrices(np.linalg.inv, "the inverses of matrices")
pinv = _of_matrices(np.linalg.pinv, "the pseudo-inverses of matrices")
slogdet = _of_matrices(np.linalg.slogdet, "the signs and logarithms of determinants")


@lifted
def cholesky(x: Any, upper: bool = False) -> Any:
    """Return the lower triangular L with L Lᵀ = x, or its transpose.

    Parameters
    ----------
    x : array_like
        Symmetric positive definite matrices.
    upper : bool
        Whether to return Lᵀ.
    """
    found = np.linalg.cholesky(floating(x))
    return np.swapaxes(found, -2, -1) if upper else found


@lifted
def logdet(x: Any) -> Any:
    """Return the logarithms of determinants.

    Parameters
    ----------
    x : array_like
        Matrices.
    """
    return np.linalg.slogdet(floating(x))[1]


@lifted
def solve(a: Any, b: Any) -> Any:
    """Return X with a X = b.

    Parameters
    ----------
    a, b : array_like
        Matrices; b may be a vector.
    """
    return np.linalg.solve(floating(a), floating(b))


@lifted
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Return X with a X = b, where only a triangle of a is read.

    Parameters
    ----------
    a, b : array_like
        Matrices; b may be a vector.
    lower : bool
        Which triangle.
    """
    a = floating(a)
    return np.linalg.solve(np.tril(a) if lower else np.triu(a), floating(b))


@lifted
def qr(x: Any, mode: str = "reduced") -> Any:
    """Return orthogonal Q and upper triangular R with Q R = x.

    Parameters
    ----------
    x : array_like
        Matrices.
    mode : {"reduced", "complete"}
        The shape of Q.
    """
    found: Any = np.linalg.qr(floating(x), mode)  # type: ignore[call-overload]
    return tuple(found)


@lifted
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return U, the singular values and Vᵀ of matrices, or the singular values alone.

    Parameters
    ----------
    x : array_like
        Matrices.
    full_matrices, compute_uv : bool
        As for `numpy.linalg.svd`.
    """
    x = floating(x)
    if not compute_uv:
        return np.linalg.svd(x, compute_uv=False)
    return tuple(np.linalg.svd(x, full_matrices))


@lifted
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """Return vectors of length 1.

    Parameters
    ----------
    x : array_like
        The vectors.
    axis : int
        Their axis.
    order : int
        The order of the norm.
    epsilon : float, optional
        The least divisor; by default 1e-7.
    """
    x, least = floating(x), 1e-7 if epsilon is None else epsilon
    if order == 2:
        squares = np.sum(x * x, axis=axis, keepdims=True)
        return x / np.sqrt(np.maximum(squares, least * least))
    return x / np.maximum(np.linalg.norm(x, order, axis, True), least)


# -- places -------------------------------------------------------------------------------------


@lifted
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Return a part of an array.

    Parameters
    ----------
    inputs : array_like
        The array.
    start_indices, shape : tuple of int
        Where the part begins, and its lengths.
    """
    return inputs[_part(start_indices, shape)]


def _part(start: Any, lengths: Any) -> tuple[Any, ...]:
    starts = np.asarray(plain(start)).tolist()
    return tuple(np.s_[i : i + n] for i, n in zip(starts, lengths, strict=True))


@lifted
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return a copy of an array, with a part replaced.

    Parameters
    ----------
    inputs, updates : array_like
        The array, and what replaces a part of it.
    start_indices : tuple of int
        Where that part begins.
    """
    found = _copied(inputs, updates)
    found[_part(start_indices, shape_of(updates))] = updates
    return found


def _copied(x: Any, updates: Any) -> Any:
    """Return a copy of an array that can be assigned to: a Tensor, if one is to be assigned."""
    if not isinstance(updates, Tensor) or isinstance(x, Tensor):
        return np.copy(x)
    x = np.asarray(x)
    found = np.zeros_like(updates, shape=x.shape, dtype=x.dtype)
    found[...] = x
    return found


@lifted
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Return zeros with values added at places.

    Parameters
    ----------
    indices : array_like of int, shape (n, axes)
        The places.
    values : array_like
        The values of each place.
    shape : tuple of int
        The shape of the result.
    """
    values = values if hasattr(values, "dtype") else np.asarray(values)
    found = np.zeros_like(values, shape=tuple(shape))
    np.add.at(found, tuple(np.moveaxis(np.asarray(plain(indices)), -1, 0)), values)
    return found


#: How `scatter_update` combines elements with new ones.
REDUCTIONS: dict[Any, np.ufunc | None] = {
    None: None, "add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply,
}  # fmt: skip


@lifted
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return a copy of an array, with elements replaced, or combined with new ones.

    Parameters
    ----------
    inputs, updates : array_like
        The array, and the new elements.
    indices : array_like of int, shape (n, axes)
        Their places.
    reduction : {None, "add", "max", "min", "mul"}
        None to replace; or how to combine, also several for one place.
    """
    if reduction not in REDUCTIONS:
        raise OptionError(f"reduction={reduction!r} must be one of {tuple(REDUCTIONS)}.")
    found, combined = _copied(inputs, updates), REDUCTIONS[reduction]
    places = tuple(np.moveaxis(np.asarray(plain(indices)), -1, 0))
    if combined is None:
        found[places] = updates
    else:
        combined.at(found, places, updates)
    return found


@lifted
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the sums of rows that have the same number.

    Parameters
    ----------
    data : array_like
        The rows.
    segment_ids : array_like of int
        Their numbers.
    num_segments : int, optional
        How many sums; by default as many as there are.
    sorted : bool
        Ignored: they may have any order.
    """
    del sorted
    ids = np.asarray(plain(segment_ids))
    count = int(ids.max(initial=-1)) + 1 if num_segments is None else num_segments
    found = np.zeros_like(data, shape=(count, *shape_of(data)[1:]))
    np.add.at(found, ids, data)
    return found


@lifted
def multi_hot(inputs: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """Return sets of classes as vectors of zeros and ones.

    Parameters
    ----------
    inputs : array_like of int
        The classes, those of a set along the last axis.
    num_classes : int
        Their number.
    axis : int
        Where to put the vectors.
    dtype : dtype, optional
        The type; by default `config.floatx`.
    """
    classes = np.asarray(plain(inputs))
    found = (classes[..., None] == np.arange(num_classes)).any(axis=-2)
    return np.moveaxis(found.astype(dtype or floatx()), -1, axis)


@lifted
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return whether fewer than k outputs are larger than that of the target.

    Parameters
    ----------
    targets : array_like of int, shape (batch,)
        The classes.
    predictions : array_like, shape (batch, classes)
        The outputs.
    k : int
        How many count.
    """
    outputs, classes = np.asarray(plain(predictions)), np.asarray(plain(targets))
    own = np.take_along_axis(outputs, classes[:, None], -1)
    return np.sum(outputs > own, axis=-1) < k


# -- loops ----------------------------------------------------------------------------------------


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:  # fmt: skip
    """Return variables after a loop.

    Parameters
    ----------
    cond, body : callable
        Whether to go on, and the next variables.
    loop_vars : tuple, list or array_like
        The first variables.
    maximum_iterations : int, optional
        The largest number of rounds.
    """
    is_many = isinstance(loop_vars, (tuple, list))
    found = tuple(loop_vars) if is_many else (loop_vars,)
    rounds = 0
    while (maximum_iterations is None or rounds < maximum_iterations) and bool(plain(cond(*found))):
        following = body(*found)
        found = tuple(following) if isinstance(following, (tuple, list)) else (following,)
        rounds += 1
    return found if is_many else found[0]


def fori_loop(lower: int, upper: int, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return a value after ``body_fun(i, value)`` for each i from `lower` to below `upper`.

    Parameters
    ----------
    lower, upper : int
        The limits.
    body_fun : callable
        Returns the next value.
    init_val
        The first value.
    """
    for i in range(int(lower), int(upper)):
        init_val = body_fun(i, init_val)
    return init_val


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Call one of several functions.

    Parameters
    ----------
    index : int
        Which; numbers out of range mean the first or the last.
    branches : list of callable
        The functions.
    *operands
        What they are called with.
    """
    return branches[int(np.clip(plain(index), 0, len(branches) - 1))](*operands)


OF_ARRAYS = (
    det, eigh, inv, pinv, slogdet, cholesky, logdet, solve, solve_triangular, qr, svd, normalize,
    slice, slice_update, scatter, scatter_update, segment_sum, multi_hot, in_top_k,
)  # fmt: skip
