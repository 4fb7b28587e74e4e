"""What the options of layers must be, so that a wrong one raises where the layer is made."""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError


def _is_whole(x: Any, least: int) -> bool:
    return isinstance(x, numbers.Integral) and not isinstance(x, bool) and int(x) >= least


def _parts(x: Any) -> list[Any]:
    return [part for one in x for part in _parts(one)] if isinstance(x, (list, tuple)) else [x]


def _all_whole(least: int) -> Callable[[Any], bool]:
    return lambda x: all(_is_whole(part, least) for part in _parts(x))


def _is_number(x: Any) -> bool:
    return isinstance(x, numbers.Real) and float(x) >= 0


def _is_shape(x: Any) -> bool:
    parts = [x] if isinstance(x, numbers.Integral) else list(x)
    return all(_is_whole(part, -1) for part in parts) and parts.count(-1) <= 1


def _is_order(dims: Any) -> bool:
    return sorted(dims) == list(range(1, len(dims) + 1))


COUNT = (lambda x: _is_whole(x, 1), "a positive integer")
COUNTS = (_all_whole(1), "positive integers")
WHOLE = (_all_whole(-(10**9)), "integers")
SIZE = (_is_number, "a number that is not negative")

#: By the names of options, for which None is the default or wrong: what they must be.
CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("units", "filters", "input_dim", "output_dim", "num_heads", "key_dim"), COUNT),
    **dict.fromkeys(("value_dim", "depth_multiplier", "n"), COUNT),
    **dict.fromkeys(("kernel_size", "strides", "dilation_rate", "size", "pool_size"), COUNTS),
    **dict.fromkeys(("max_value", "negative_slope", "threshold"), SIZE),
    "cropping": (_all_whole(0), "integers that are not negative"),
    "target_shape": (_is_shape, "positive integers, one of which may be -1"),
    "dims": (_is_order, "the axes 1, 2, ... in any order"),
    "output_shape": COUNTS,
    "axes": WHOLE,
    "axis": WHOLE,
    "noise_shape": (
        lambda x: all(part is None or _is_whole(part, 1) for part in x),
        "positive integers or None",
    ),
    "groups": (lambda x: _is_whole(x, 1) or x == -1, "a positive integer"),
}

#: Options for which another layer takes more.
BUT = {
    ("EinsumDense", "output_shape"), ("Lambda", "output_shape"), ("Normalization", "axis"),
    ("Softmax", "axis"),
}  # fmt: skip


def check_options(kind: type, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Raise if an option of a layer is none that it can have.

    Parameters
    ----------
    kind : type
        The class of the layer.
    arguments, options : tuple and dict
        What it is made with.

    Raises
    ------
    OptionError
        If an option is wrong.

    Examples
    --------
    >>> from nn.keras_style.layers import Dense
    >>> Dense(-1)
    Traceback (most recent call last):
        ...
    autograd.errors.OptionError: Dense(units=-1) must be a positive integer.
    """
    signature = inspect.signature(kind.__init__)  # type: ignore[misc]
    try:
        given = signature.bind_partial(None, *arguments, **options).arguments
    except TypeError:
        return  # __init__ says it better
    given = {**given, **given.pop("options", {})}
    for name, (is_right, what) in CHECKS.items():
        if name not in given or (kind.__name__, name) in BUT:
            continue
        value = given[name].tolist() if isinstance(given[name], np.ndarray) else given[name]
        usual = signature.parameters.get(name)
        if value is None and (usual is None or usual.default is None):
            continue
        if not _holds(is_right, value):
            raise OptionError(f"{kind.__name__}({name}={value!r}) must be {what}.")


def _holds(is_right: Callable[[Any], bool], value: Any) -> bool:
    """Return whether a value is right; one of another kind is not."""
    try:
        return is_right(value)
    except TypeError:
        return False
