"""Arguments of a primitive that are not nodes: what a call must do about them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import constants, objects, wrapped
from autograd.engine.batching import Batched
from autograd.engine.foreign import is_foreign

_ndarray: Final = np.ndarray

#: Flags. What might change before the backward pass is copied; of a large array a fingerprint is
#: taken instead, which shows whether it has changed.
COPY: Final = 1
FINGERPRINT: Final = 2
BATCHED: Final = 4
FOREIGN: Final = 8
#: The primitive has to be called with `as_arrays` of its arguments instead.
REPLACED: Final = 16


def flags_of(x: Any, is_differentiable: bool) -> int:
    """Return the flags of an argument.

    Raises
    ------
    DataError
        If it computes by other rules than plain arrays.
    """
    if type(x) is _ndarray:
        return _flags_of_array(x, is_differentiable)
    if isinstance(x, _ndarray) or isinstance(x, Batched):
        wrapped.refuse_other_rules(x)
        batched = BATCHED if isinstance(x, Batched) else 0
        return batched | _flags_of_array(x, is_differentiable)
    if isinstance(x, list) or isinstance(x, tuple):
        if is_differentiable or wrapped.without_labels(x) is not x:
            return REPLACED
        wrapped.refuse_in(x)
        return COPY | FINGERPRINT
    if not is_differentiable and wrapped.is_labelled(x):
        return REPLACED
    wrapped.refuse_other_rules(x)
    return COPY | FOREIGN if is_foreign(x) else 0


def _flags_of_array(x: Any, is_differentiable: bool) -> int:
    if x.dtype is objects.OBJECT and is_differentiable:
        return REPLACED
    return FINGERPRINT if x.nbytes > constants.COPIED else COPY


def as_arrays(arguments: Any, arity: int) -> Any:
    """Convert lists to arrays and object arrays to Tensors: rules need a shape and a type.

    Among the other arguments, such as indices, arrays with labels become plain ones.
    """
    count = len(arguments) if arity < 0 else arity
    converted = [objects.as_argument(x) for x in arguments[:count]]
    return (*converted, *[wrapped.without_labels(x) for x in arguments[count:]])
