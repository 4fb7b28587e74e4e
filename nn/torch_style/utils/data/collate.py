"""Batches made of lists of examples."""

from __future__ import annotations

import copy
from collections.abc import Mapping, MutableMapping
from typing import Any

import numpy as np

from autograd.errors import DataError
from nn.torch_style.base import TensorBase
from nn.torch_style.creation import as_tensor, tensor
from nn.torch_style.joining import stack


def _filled(example: Mapping[Any, Any], parts: dict[Any, Any]) -> Any:
    """Return a dict, or another mapping of the type of an example, with other items."""
    if isinstance(example, MutableMapping):  # such as a defaultdict, which has more to keep
        found = copy.copy(example)
        found.update(parts)
        return found
    try:
        return type(example)(parts)  # type: ignore[call-arg]
    except TypeError:
        return parts


def default_convert(data: Any) -> Any:
    """Return an example with tensors in place of NumPy's arrays, also in containers.

    Examples
    --------
    >>> default_convert((np.zeros(2, np.float32), "zeros"))
    [tensor([0., 0.]), 'zeros']
    """
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind not in "SUO":
        return as_tensor(np.asarray(data))
    if isinstance(data, Mapping):
        return _filled(data, {key: default_convert(part) for key, part in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, (tuple, list)):
        return [default_convert(part) for part in data]
    return data


def default_collate(batch: Any) -> Any:
    """Return a list of examples as one batch: tensors and numbers stacked, also in containers.

    Examples
    --------
    >>> default_collate([(1, 0.5), (2, 0.25)])
    [tensor([1, 2]), tensor([0.5000, 0.2500], dtype=torch.float64)]
    """
    first = batch[0]
    if isinstance(first, TensorBase):
        return stack(batch)
    if isinstance(first, (np.ndarray, np.generic)):
        return stack([as_tensor(np.asarray(part)) for part in batch])
    if isinstance(first, (bool, int)):
        return tensor(batch)
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, Mapping):
        parts = {key: default_collate([example[key] for example in batch]) for key in first}
        return _filled(first, parts)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*map(default_collate, zip(*batch, strict=True)))
    if isinstance(first, (tuple, list)):
        if len({len(example) for example in batch}) > 1:
            raise DataError("The examples of a batch have different numbers of parts.")
        return [default_collate(part) for part in zip(*batch, strict=True)]
    if isinstance(first, (str, bytes)):
        return list(batch)
    raise DataError(
        f"A batch cannot be made of objects of type {type(first).__name__}: pass collate_fn=."
    )
