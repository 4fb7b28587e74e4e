"""Keras' ``ops`` that layers and losses are made of, and loops over the first axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, plain, shape_of
from nn.keras_style import loss_functions
from nn.keras_style.symbolic import leaves, lifted

# -- entropies ------------------------------------------------------------------------------------


def _turned(x: Any, axis: int) -> Any:
    return x if axis == -1 else np.moveaxis(x, axis, -1)


@lifted
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return the cross-entropy of two classes for each number.

    Parameters
    ----------
    target, output : array_like
        The probabilities of the second class, and what they are expected to be.
    from_logits : bool
        Whether the outputs are logits.
    """
    target, output = floating(target), floating(output)
    found = loss_functions.binary_crossentropy(target[..., None], output[..., None], from_logits)
    return np.reshape(found, shape_of(output))


@lifted
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return the cross-entropy of classes.

    Parameters
    ----------
    target, output : array_like
        One number for each class.
    from_logits : bool
        Whether the outputs are logits.
    axis : int
        The axis of classes.
    """
    target, output = _turned(floating(target), axis), _turned(floating(output), axis)
    return loss_functions.categorical_crossentropy(target, output, from_logits)


@lifted
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return the cross-entropy of classes, given their indices.

    Parameters
    ----------
    target : array_like of int
        The classes.
    output : array_like
        One number for each class.
    from_logits : bool
        Whether the outputs are logits.
    axis : int
        The axis of classes.
    """
    output, target = floating(output), np.asarray(plain(target))
    if target.ndim == output.ndim and target.shape[axis] == 1:
        target = np.squeeze(target, axis)
    return loss_functions.sparse_categorical_crossentropy(
        target, _turned(output, axis), from_logits
    )


# -- normalisation, attention ---------------------------------------------------------------------


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    return tuple(sorted(a % ndim for a in ((axis,) if isinstance(axis, int) else axis)))


def _along(weight: Any, shape: Any, axes: tuple[int, ...]) -> Any:
    """Return a weight of some axes in a shape that fits all."""
    weight = floating(weight)
    if weight.ndim == len(shape):
        return weight
    return np.reshape(weight, [n if a in axes else 1 for a, n in enumerate(shape)])


@lifted
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Return (x - mean) / √(variance + epsilon) · gamma + beta, along some axes.

    Parameters
    ----------
    x : array_like
        The inputs.
    gamma, beta : array_like, optional
        The factors and the shifts.
    axis : int or list of int
        The axes of mean and variance.
    epsilon : float, optional
        Added to the variance; by default 1e-7.
    """
    x = floating(x)
    axes = _axes(axis, x.ndim)
    far = x - np.mean(x, axis=axes, keepdims=True)
    least = 1e-7 if epsilon is None else epsilon
    y = far / np.sqrt(np.mean(far * far, axis=axes, keepdims=True) + least)
    y = y if gamma is None else y * _along(gamma, x.shape, axes)
    return y if beta is None else y + _along(beta, x.shape, axes)


@lifted
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Return x / √(mean of squares + epsilon) · scale, along some axes.

    Parameters
    ----------
    x : array_like
        The inputs.
    scale : array_like, optional
        The factors.
    axis : int or list of int
        The axes of the mean.
    epsilon : float, optional
        Added to it; by default 1e-7.
    """
    x = floating(x)
    axes = _axes(axis, x.ndim)
    least = 1e-7 if epsilon is None else epsilon
    y = x / np.sqrt(np.mean(x * x, axis=axes, keepdims=True) + least)
    return y if scale is None else y * _along(scale, x.shape, axes)


@lifted
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:  # fmt: skip
    """Return (x - mean) / √(variance + epsilon) · scale + offset, for each channel.

    Parameters
    ----------
    x : array_like
        The inputs.
    mean, variance : array_like, shape (channels,)
        The numbers of each channel.
    axis : int
        The axis of channels.
    offset, scale : array_like, optional
        The shifts and the factors of each channel.
    epsilon : float
        Added to the variance.
    """
    x = floating(x)
    mean, variance, offset, scale = (
        None if part is None else _along(part, x.shape, _axes(axis, x.ndim))
        for part in (mean, variance, offset, scale)
    )
    y = (x - mean) / np.sqrt(variance + epsilon)
    y = y if scale is None else y * scale
    return y if offset is None else y + offset


@lifted
def dot_product_attention(
    query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None,
    scale: float | None = None, is_causal: bool = False, flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:  # fmt: skip
    """Return the mean of the values for each query, weighted by softmax(scale · query·key).

    Parameters
    ----------
    query : array_like, shape (batch, queries, heads, features)
        The queries.
    key, value : array_like, shape (batch, keys, heads, features)
        The keys and values; each head of them may serve several of the queries.
    bias : array_like, optional
        Added to the scores, of shape (batch, heads, queries, keys).
    mask : array_like of bool, optional
        Which keys a query sees, of that shape.
    scale : float, optional
        The factor of the scores; by default 1/√features.
    is_causal : bool
        Whether a query sees no later key.
    flash_attention : bool, optional
        Ignored: the results are the same.
    attn_logits_soft_cap : float, optional
        The largest magnitude c of the scores s, which become ``c·tanh(s / c)``.
    """
    del flash_attention
    query, key, value = floating(query), floating(key), floating(value)
    if any(part.ndim != 4 for part in (query, key, value)):
        shapes = ", ".join(str(part.shape) for part in (query, key, value))
        raise ShapeError(f"dot_product_attention takes arrays of four axes, not {shapes}.")
    if bias is not None and mask is not None:
        raise OptionError("dot_product_attention takes bias= or mask=, not both.")
    times = query.shape[2] // key.shape[2]
    if times > 1:
        key, value = np.repeat(key, times, axis=2), np.repeat(value, times, axis=2)
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = np.einsum("bqhd,bkhd->bhqk", query * factor, key)
    cap = attn_logits_soft_cap
    scores = scores if cap is None else cap * np.tanh(scores / cap)
    scores = scores if bias is None else scores + floating(bias)
    seen = None if mask is None else np.asarray(plain(mask), bool)
    if is_causal:
        before = np.tri(*scores.shape[-2:]).astype(bool)
        seen = before if seen is None else seen & before
    if seen is not None:
        least = np.asarray(-0.7 * np.finfo(scores.dtype).max, scores.dtype)
        scores = np.where(seen, scores, least)
    return np.einsum("bhqk,bkhd->bqhd", autograd.softmax(scores, -1), value)


# -- loops over the first axis --------------------------------------------------------------------


def _each(change: Callable[[Any], Any], structure: Any) -> Any:
    """Return tuples, lists and dicts with something else in place of each array."""
    if isinstance(structure, dict):
        return {name: _each(change, part) for name, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)([_each(change, part) for part in structure])
    return change(structure)


def _at(structure: Any, place: int) -> Any:
    """Return the elements of all arrays at a place along their first axes."""
    return _each(lambda x: x[place], structure)


def _stacked(parts: list[Any]) -> Any:
    """Return structures of arrays as one structure of arrays with one axis more."""
    first = parts[0]
    if isinstance(first, dict):
        return {name: _stacked([part[name] for part in parts]) for name in first}
    if isinstance(first, (list, tuple)):
        return type(first)([_stacked(list(each)) for each in zip(*parts, strict=True)])
    return np.stack(parts)


@lifted
def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return the results of a function for each element along the first axis, stacked.

    Parameters
    ----------
    f : callable
        The function.
    xs : array_like, or list or dict of these
        What to call it with, one element at a time.

    Examples
    --------
    >>> map(lambda x: x.sum(), np.ones((2, 3)))
    array([3., 3.])
    """
    count = len(next(leaves(xs)))
    return _stacked([f(_at(xs, i)) for i in range(count)])


@lifted
def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Return the results of a function for each element along the first axis: as `map`.

    Parameters
    ----------
    function : callable
        The function.
    elements : array_like, or list or dict of these
        What to call it with, one element at a time.
    """
    return map(function, elements)


def scan(
    f: Callable[[Any, Any], Any], init: Any, xs: Any = None, length: int | None = None,
    reverse: bool = False, unroll: Any = 1,
) -> Any:  # fmt: skip
    """Return the last state of a loop, and its results stacked.

    Parameters
    ----------
    f : callable
        ``f(state, x)``, which returns the next state and a result.
    init : array_like, or list or dict of these
        The first state.
    xs : array_like, or list or dict of these, optional
        What to go through along the first axis; without it x is None.
    length : int, optional
        The number of rounds; by default the length of `xs`.
    reverse : bool
        Whether to begin with the last element; the results stay in the order of `xs`.
    unroll
        Ignored.

    Examples
    --------
    >>> total, sums = scan(lambda s, x: (s + x, s + x), 0.0, np.array([1.0, 2.0]))
    >>> float(total), sums.tolist()
    (3.0, [1.0, 3.0])
    """
    del unroll
    if xs is None and length is None:
        raise OptionError("scan takes xs= or length=.")
    count = len(next(leaves(xs))) if length is None else int(length)
    order = range(count - 1, -1, -1) if reverse else range(count)
    state, results = init, []
    for i in order:
        state, result = f(state, None if xs is None else _at(xs, i))
        results.append(_each(np.zeros_like, init) if result is None else result)
    return state, _stacked(results[::-1] if reverse else results)


# -- small ones -----------------------------------------------------------------------------------


@lifted
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return an array in another type, cut off at the least and the largest number of that.

    Parameters
    ----------
    x : array_like
        The array.
    dtype : dtype
        The type.

    Examples
    --------
    >>> saturate_cast(np.array([-3.5, 12.5, 300.0]), "uint8")
    array([  0,  12, 255], dtype=uint8)
    """
    kind = np.dtype(dtype)
    x = x if hasattr(x, "dtype") else np.asarray(x)
    if kind.kind in "iuf" and x.dtype.kind in "iuf":
        own, wanted = _limits(x.dtype), _limits(kind)
        most = min(own[1], wanted[1])
        if x.dtype.kind == "f" and x.dtype.type(most) > most:  # rounded up
            most = int(np.nextafter(x.dtype.type(most), x.dtype.type(0)))
        x = np.clip(x, max(own[0], wanted[0]), most)
    return x.astype(kind)


def _limits(dtype: Any) -> tuple[Any, Any]:
    """Return the least and the largest number of a type, integers where they are exact."""
    limits: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return int(limits.min), int(limits.max)


@lifted
def get_item(x: Any, key: Any) -> Any:
    """Return ``x[key]``.

    Parameters
    ----------
    x : array_like
        The array.
    key
        The index.
    """
    return (x if hasattr(x, "shape") else np.asarray(x))[key]


def dtype(x: Any) -> str:
    """Return the name of the type of an array.

    Parameters
    ----------
    x : array_like
        The array.
    """
    return np.dtype(x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype).name


OF_LAYERS = (
    binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy,
    layer_normalization, rms_normalization, batch_normalization, dot_product_attention, map,
    vectorized_map, saturate_cast, get_item,
)  # fmt: skip
