"""The weights of attention, given which keys are hidden."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import softmax
from nn.arrays import plain


def attention_weights(scores: Any, hidden: Any = None, added: Any = None) -> Any:
    """Return the softmax of scores along the last axis; zeros where all keys are hidden.

    Parameters
    ----------
    scores : array_like or Tensor, shape (..., queries, keys)
        How queries and keys fit.
    hidden : array of bool, optional
        True for keys that are ignored.
    added : array_like or Tensor, optional
        Numbers to add to the scores; -inf hides a key.

    Examples
    --------
    >>> attention_weights(np.zeros((2, 2)), hidden=np.array([[True, False], [True, True]]))
    array([[0., 1.],
           [0., 0.]])
    """
    if added is not None:
        numbers = plain(added)
        scores = scores + (added if added is not numbers else numbers.astype(scores.dtype))
        below = numbers == -np.inf
        hidden = below if hidden is None else np.logical_or(hidden, below)
    if hidden is None:
        return softmax(scores, axis=-1)
    sees_none = np.all(hidden, axis=-1, keepdims=True)
    if type(sees_none) is np.ndarray and not sees_none.any():  # as usual: two passes fewer
        return softmax(np.where(hidden, -np.inf, scores), axis=-1)
    scores = np.where(sees_none, 0.0, np.where(hidden, -np.inf, scores))
    return np.where(sees_none, 0.0, softmax(scores, axis=-1))
