"""PyTorch's ``torch.testing``: comparisons that say how results differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd.errors import OptionError
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import numbers

__all__ = ["assert_close"]

#: The usual relative and absolute tolerances of each type; other types must be equal.
TOLERANCES: Final = {
    "float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: Any = None,
    atol: Any = None, equal_nan: bool = False, check_device: bool = True,
    check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
    msg: Any = None,
) -> None:  # fmt: skip
    """Raise an AssertionError unless results are nearly the same, in nested lists and dicts.

    Parameters
    ----------
    actual, expected : tensor, number, sequence or mapping
        What to compare.
    rtol, atol : float, optional
        How much larger a difference may be than that share of `expected`, plus `atol`; by default
        what suits the type.
    equal_nan : bool
        Whether NaN equals NaN.
    check_dtype : bool
        Whether the types must be the same.
    check_stride : bool
        Whether the elements must lie in memory in the same way.
    msg : str or callable, optional
        The message, or what makes it of the usual one.
    allow_subclasses, check_device, check_layout : bool
        There is one class, device and layout.

    Raises
    ------
    AssertionError
        If they differ.
    OptionError
        If only one of `rtol` and `atol` is given.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.testing.assert_close(torch.ones(2), torch.ones(2) + 1e-7)
    """
    if (rtol is None) != (atol is None):
        raise OptionError("Give both rtol= and atol=, or none of them.")
    options = (rtol, atol, equal_nan, check_dtype, check_stride)
    problem = _difference(actual, expected, "", options)
    if problem:
        raise AssertionError(msg(problem) if callable(msg) else msg or problem)


def _difference(a: Any, b: Any, where: str, options: Any) -> str:
    """Return how two results differ; nothing if they do not."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if set(a) != set(b):
            return f"{where or 'The mappings'}: the keys are {sorted(a)} and {sorted(b)}."
        found = [_difference(a[key], b[key], f"{where}[{key!r}]", options) for key in b]
        return next(filter(None, found), "")
    if _is_sequence(a) and _is_sequence(b):
        if len(a) != len(b):
            return f"{where or 'The sequences'}: the lengths are {len(a)} and {len(b)}."
        parts = enumerate(zip(a, b, strict=True))
        return next(
            filter(None, (_difference(x, y, f"{where}[{i}]", options) for i, (x, y) in parts)), ""
        )
    return _of_tensors(
        np.asarray(numbers(a)), np.asarray(numbers(b)), where or "The tensors", options
    )


def _is_sequence(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


def _of_tensors(x: Any, y: Any, where: str, options: Any) -> str:
    rtol, atol, equal_nan, check_dtype, check_stride = options
    if x.shape != y.shape:
        return f"{where}: the shapes are {x.shape} and {y.shape}."
    if check_dtype and x.dtype != y.dtype:
        return f"{where}: the types are {x.dtype} and {y.dtype}."
    if check_stride and x.strides != y.strides:
        return f"{where}: the strides are {x.strides} and {y.strides}."
    pairs = [TOLERANCES.get(each.dtype.name, (0.0, 0.0)) for each in (x, y)]
    relative, absolute = (max(pair) for pair in zip(*pairs, strict=True))
    relative, absolute = (relative, absolute) if rtol is None else (rtol, atol)
    close = np.isclose(x, y, relative, absolute, equal_nan)
    if close.all():
        return ""
    with np.errstate(invalid="ignore"):
        size = np.abs(np.subtract(x, y, dtype=np.result_type(x, y, np.float64)))
    place = np.unravel_index(
        np.argmax(np.where(close, -1.0, np.nan_to_num(size, nan=np.inf))), x.shape
    )
    return (
        f"{where}: {np.count_nonzero(~close)} of {close.size} elements differ, most at "
        f"{tuple(map(int, place))}: {x[place]} and {y[place]}, with rtol={relative} and "
        f"atol={absolute}."
    )


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.testing", name, __all__))
