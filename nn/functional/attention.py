"""Affine maps, dropout and attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.devices import like
from autograd.errors import DataError, OptionError
from nn.arrays import plain, shape_of
from nn.layers.attention_kernels import Kept, attended
from nn.layers.linear import Dropout, affine
from nn.layers.masked_softmax import attention_weights


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """Return x @ weight.T + bias.

    Parameters
    ----------
    x : array_like or Tensor, shape (..., inputs)
        The input.
    weight : array_like or Tensor, shape (outputs, inputs)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.

    Examples
    --------
    >>> linear(np.ones(2), np.ones((3, 2)), np.arange(3.0))
    array([2., 3., 4.])
    """
    return affine(x, weight) if bias is None else affine(x, weight, bias)


def dropout(x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set random elements to zero and multiply the others by 1 / (1 - p), while training.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    p : float
        The probability of a zero, from 0 to 1.
    training : bool
        Whether to do so; otherwise x is returned.
    inplace : bool
        Accepted and ignored.

    Examples
    --------
    >>> dropout(np.ones(2), training=False)
    array([1., 1.])
    """
    return Dropout(p, inplace).train(training)(x)


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    generator: np.random.Generator | None = None,
) -> Any:
    """Return softmax(query @ keyᵀ · scale) @ value.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    query : array_like or Tensor, shape (..., steps, width)
        The queries.
    key, value : array_like or Tensor, shape (..., key steps, width)
        The keys and the values.
    attn_mask : array_like, optional
        True for keys that take part, unlike for `nn.MultiheadAttention`; or numbers to add to the
        scores. Queries without any key have the result 0.
    dropout_p : float
        The probability of zeroing a weight.
    is_causal : bool
        Whether to ignore the keys of later steps.
    scale : float, optional
        By default 1 / √width.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    DataError
        If the mask holds integers, which may mean either.
    OptionError
        If there is a mask, and `is_causal`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(2, 5, 4))
    >>> scaled_dot_product_attention(x, x, x, is_causal=True).shape
    (2, 5, 4)
    """
    shapes = [shape_of(x) for x in (query, key, value)]
    scale = 1 / math.sqrt(shapes[0][-1]) if scale is None else scale
    steps = shapes[0][-2], shapes[1][-2]
    hidden, added = None, None
    if is_causal:
        hidden = np.tri(*steps, like=like(query, key)) == 0
    if attn_mask is not None:
        kind = plain(attn_mask).dtype.kind
        if kind not in "bf":
            raise DataError(
                f"attn_mask= has type {plain(attn_mask).dtype}. Write mask.astype(bool) if it "
                "marks the keys that take part, mask.astype(float) to add it to the scores."
            )
        if is_causal:
            raise OptionError(
                "is_causal=True and attn_mask= exclude each other: mask by one of them."
            )
        if kind == "b":
            hidden = np.logical_not(plain(attn_mask))
        else:
            added = attn_mask
    is_plain = added is None and not dropout_p and (hidden is None or hidden.shape == steps)
    if is_plain and len({shape[:-2] for shape in shapes}) == 1:
        batch = math.prod(shapes[0][:-2])
        flat = [
            np.reshape(x, (batch, *shape[-2:]))
            for x, shape in zip((query, key, value), shapes, strict=True)
        ]
        mask = None if hidden is None else hidden[None, None]
        y = attended(*flat, mask, 1, scale, 0, Kept())
        return np.reshape(y, (*shapes[0][:-1], shapes[2][-1]))
    scores = (query * scale) @ np.swapaxes(key, -1, -2)
    weights = attention_weights(scores, hidden, added)
    return Dropout(dropout_p, generator=generator)(weights) @ value
