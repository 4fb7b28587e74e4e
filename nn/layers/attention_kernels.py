"""Attention without dropout as one primitive: softmax(q kᵀ · scale) v in each head.

`query`, `key` and `value` have shape (batch, steps, features), with the features of the heads one
after the other, or (steps, batch, features). Without `key` and `value`, each row of `query` holds
all three: the result of one matrix product.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, define, kernel
from nn.layers.attention_in_c import ATTENDED, ATTENDED_BACK
from nn.layers.masked_softmax import attention_weights
from nn.notation import ATTENTION


class Kept:
    """What the passes have found out about some inputs, for those that follow."""

    def __init__(self) -> None:
        self.inputs: tuple[Any, Any, Any] = (None, None, None)
        self.weights: Any = None
        self.g: Any = None
        #: The derivatives for g that have not been asked for.
        self.derivatives: dict[int, Any] = {}


@kernel()
def heads_of(x: Any, heads: int, steps_first: int) -> Any:
    """Split the last axis into heads: return shape (batch, heads, steps, width)."""
    x = x.reshape((x.shape[0], x.shape[1], heads, x.shape[2] // heads))
    return x.transpose((1, 2, 0, 3) if steps_first else (0, 2, 1, 3))


@kernel()
def joined(x: Any, steps_first: int) -> Any:
    """Join the heads along the last axis."""
    x = x.transpose((2, 0, 1, 3) if steps_first else (0, 2, 1, 3))
    return x.reshape((x.shape[0], x.shape[1], x.shape[2] * x.shape[3]))


@kernel()
def all_heads(query: Any, key: Any, value: Any, heads: int, steps_first: int) -> Any:
    """Return the heads of queries, keys and values."""
    parts = [query, key, value]
    if key is None:
        width = query.shape[2] // 3
        parts = [query[..., i * width : (i + 1) * width] for i in range(3)]
    return [heads_of(x, heads, steps_first) for x in parts]


@kernel()
def weights_of(scores: Any, hidden: Any) -> Any:
    """Return the softmax of rows; zeros where all keys are hidden."""
    if hidden is not None:
        scores = np.where(hidden, -np.inf, scores)
    largest = np.max(scores, axis=-1, keepdims=True)
    if hidden is not None:
        sees_none = np.all(hidden, axis=-1, keepdims=True)
        largest = np.where(sees_none, 0.0, largest)
    found = np.exp(scores - largest)
    total = np.sum(found, axis=-1, keepdims=True)
    if hidden is not None:
        total = np.where(sees_none, 1.0, total)
    return found / total


@kernel(c=ATTENDED)
def attend(
    query: Any, key: Any, value: Any, hidden: Any, heads: int, scale: float, steps_first: int
) -> Any:
    """Return the result and the weights of all heads."""
    q, k, v = all_heads(query, key, value, heads, steps_first)
    weights = weights_of((q * scale) @ k.swapaxes(-1, -2), hidden)
    return joined(weights @ v, steps_first), weights


@kernel(c=ATTENDED_BACK)
def attend_back(
    g: Any, query: Any, key: Any, value: Any, weights: Any, hidden: Any, heads: int, scale: float,
    steps_first: int,
) -> Any:  # fmt: skip
    """Return the derivatives for query, key and value; for one array of all, that one's first."""
    q, k, v = all_heads(query, key, value, heads, steps_first)
    slopes = heads_of(g, heads, steps_first)
    by_value = weights.swapaxes(-1, -2) @ slopes
    changes = slopes @ v.swapaxes(-1, -2)
    if type(changes) is np.ndarray and type(weights) is np.ndarray and weights.size:
        # Next to a weight of almost 1, a difference loses what the others add up to.
        rows = np.nonzero(np.max(weights, axis=-1) > 0.99)
        most = np.argmax(weights[rows], axis=-1)
        changes[rows] -= changes[(*rows, most)][:, None]
    by_scores = weights * (changes - np.sum(changes * weights, axis=-1, keepdims=True))
    by_query, by_key = by_scores @ k * scale, by_scores.swapaxes(-1, -2) @ (q * scale)
    found = [joined(x, steps_first) for x in (by_query, by_key, by_value)]
    return (np.concatenate(found, axis=-1), None, None) if key is None else tuple(found)


def attended_array(
    query: Any, key: Any, value: Any, hidden: Any, heads: int, scale: float, steps_first: int,
    kept: Kept,
) -> Any:  # fmt: skip
    """Compute softmax(q kᵀ · scale) v in each head."""
    y, kept.weights = attend(query, key, value, hidden, heads, scale, steps_first)
    kept.inputs = (query, key, value)
    return y


def derivative(
    argnum: int, g: Any, query: Any, key: Any, value: Any, hidden: Any, heads: int, scale: float,
    steps_first: int, kept: Kept,
) -> Any:  # fmt: skip
    """Return the derivative for query, key or value; all are computed together."""
    rest = (heads, scale, steps_first)
    if any(isinstance(a, Tensor) for a in (g, query, key, value)):
        return recorded_derivatives(g, query, key, value, hidden, *rest)[argnum]
    is_known = all(a is b for a, b in zip(kept.inputs, (query, key, value), strict=True))
    if kept.g is not g or not is_known or argnum not in kept.derivatives:
        weights = kept.weights
        if not is_known:
            _, weights = attend(query, key, value, hidden, *rest)
        found = attend_back(g, query, key, value, weights, hidden, *rest)
        kept.g, kept.derivatives = g, {k: one for k, one in enumerate(found) if k >= argnum}
    wanted = kept.derivatives.pop(argnum)
    if all(one is None for one in kept.derivatives.values()):
        kept.g, kept.derivatives = None, {}
    return wanted


def recorded_derivatives(
    g: Any, query: Any, key: Any, value: Any, hidden: Any, heads: int, scale: float,
    steps_first: int,
) -> Any:  # fmt: skip
    """Return the same for nodes, as nodes."""
    q, k, _ = all_heads(query, key, value, heads, steps_first)
    weights = attention_weights((q * scale) @ k.swapaxes(-1, -2), hidden)
    return attend_back(g, query, key, value, weights, hidden, heads, scale, steps_first)


# fmt: off
attended = define(attended_array,
    lambda g, y, *arguments: derivative(0, g, *arguments),
    lambda g, y, *arguments: derivative(1, g, *arguments),
    lambda g, y, *arguments: derivative(2, g, *arguments),
    fresh_results=True, name="attention", notation=ATTENTION)
# fmt: on
