"""`autograd.misc.flatten`: nested containers of numbers and arrays as one vector."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import tracing
from autograd.engine.batching import Batched
from autograd.hips import numpy as anp
from autograd.variables import plain


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return all numbers of nested tuples, lists and dicts as one vector, and the inverse.

    Both directions are differentiable. The items of a dict are ordered by key.

    Examples
    --------
    >>> vector, unflatten = flatten({"b": 3.0, "a": [1.0, 2.0]})
    >>> vector
    array([1., 2., 3.])
    >>> unflatten(10 * vector)
    {'b': 30.0, 'a': [10.0, 20.0]}
    """
    ordered = _sorted(value)
    leaves = tree.flat(ordered)
    shapes = [np.shape(plain(leaf)) for leaf in leaves]
    kinds = [type(tracing.concrete(plain(leaf))) for leaf in leaves]
    flat = np.concatenate([np.ravel(anp.array(leaf)) for leaf in leaves]) if leaves else np.zeros(0)

    def unflatten(vector: Any) -> Any:
        parts, start = [], 0
        for shape, kind in zip(shapes, kinds, strict=True):
            stop = start + math.prod(shape)
            part = np.reshape(vector[start:stop], shape) if shape else vector[start]
            parts.append(_as_float(part) if kind is float else part)
            start = stop
        return tree.filled(value, tree.aligned(tree.filled(ordered, parts), value))

    return flat, unflatten


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Any, Any]:
    """Return `func` as a function of vectors, the inverse of `flatten`, and `example` flattened."""
    vector, unflatten = flatten(example)

    def flattened(x: Any, *arguments: Any) -> Any:
        return flatten(func(unflatten(x), *arguments))[0]

    return flattened, unflatten, vector


def _as_float(x: Any) -> Any:
    """Return a number of NumPy as one of Python; a node as it is."""
    if isinstance(x, tracing.Followed):
        return x.as_float()
    return float(x) if isinstance(x, np.floating) and not isinstance(x, Batched) else x


def _sorted(value: Any) -> Any:
    """Sort the keys of all dicts."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, (tuple, list)) else value
