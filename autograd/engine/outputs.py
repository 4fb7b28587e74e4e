"""``out=`` and ``where=``: results that NumPy is asked to write into something that exists.

Into a Tensor they are written by a recorded assignment. A plain array cannot hold their history.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import record, tensor


def ufunc_into(function: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
    """Call a ufunc, and assign its results to the Tensors given as ``out=``.

    With ``where=`` it is called with the chosen elements only, so that what it does at the others,
    a division by zero for example, has no part in the derivative either.
    """
    targets = _tensors(keywords["out"], function.__name__)
    rest = {k: v for k, v in keywords.items() if k != "out"}
    call = function if method == "__call__" else getattr(function, method)
    chooses = method == "__call__" and function.signature is None
    mask = rest.pop("where", True) if chooses else True
    if mask is True:
        return _assigned(targets, call(*inputs, **rest), ...)
    shape = next(t.shape for t in targets if t is not None)
    mask = np.broadcast_to(np.asarray(record.plain(mask), bool), shape)
    chosen = [np.broadcast_to(x, shape)[mask] for x in inputs]
    return _assigned(targets, call(*chosen, **rest), mask)


def function_into(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call any other function, and assign its result to the Tensor given as ``out=``."""
    targets = _tensors(keywords["out"], function.__name__)
    rest = {k: v for k, v in keywords.items() if k != "out"}
    return _assigned(targets, function(*arguments, **rest), ...)


def _tensors(out: Any, name: str) -> tuple[Any, ...]:
    """Return what is to be written into, or refuse a plain array."""
    targets: tuple[Any, ...] = out if isinstance(out, tuple) else (out,)
    for target in targets:
        if target is not None and not isinstance(target, tensor.Tensor):
            record.refuse_out(target, name)
    return targets


def _assigned(targets: tuple[Any, ...], results: Any, index: Any) -> Any:
    """Assign each result to its target; return what NumPy would."""
    values = results if isinstance(results, tuple) else (results,)
    for target, value in zip(targets, values, strict=True):
        if target is not None:
            target[index] = value
    found = [v if t is None else t for t, v in zip(targets, values, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)
