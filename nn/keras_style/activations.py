"""Keras' ``activations``: functions by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from nn import functional
from nn.keras_style.configured import (
    FUNCTIONS,
    described,
    deserialize_keras_object,
    serialize_keras_object,
)
from nn.keras_style.named import looked_up
from nn.keras_style.symbolic import lifted
from nn.missing_names import refuse


def linear(x: Any) -> Any:
    """Return x.

    Parameters
    ----------
    x : array_like
        The input.
    """
    return x


@lifted
def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Any:
    """Return x above a threshold, at most a value, and a slope times x - threshold below it.

    Parameters
    ----------
    x : array_like
        The input.
    negative_slope : float
        The slope below the threshold.
    max_value : float, optional
        The largest result.
    threshold : float
        The threshold.
    """
    if threshold == 0:
        y = functional.leaky_relu(x, negative_slope) if negative_slope else functional.relu(x)
    else:
        y = np.where(x > threshold, x, negative_slope * (x - threshold))
    return y if max_value is None else np.minimum(y, max_value)


@lifted
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x, and below 0 a slope times x.

    Parameters
    ----------
    x : array_like
        The input.
    negative_slope : float
        The slope.
    """
    return functional.leaky_relu(x, negative_slope)


@lifted
def gelu(x: Any, approximate: bool = False) -> Any:
    """Return x times the share of the normal distribution below it.

    Parameters
    ----------
    x : array_like
        The input.
    approximate : bool
        Whether to take the approximation by a tanh.
    """
    return functional.gelu(x, "tanh" if approximate else "none")


@lifted
def softmax(x: Any, axis: Any = -1) -> Any:
    """Return positive shares whose sum along an axis, or several, is 1.

    Parameters
    ----------
    x : array_like
        The input.
    axis : int or list of int
        The axes.
    """
    axes: Any = tuple(axis) if isinstance(axis, list) else axis
    return functional.softmax(x, axes)


@lifted
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithms of `softmax`.

    Parameters
    ----------
    x : array_like
        The input.
    axis : int
        The axis.
    """
    return functional.log_softmax(x, axis)


@lifted
def squareplus(x: Any, b: float = 4) -> Any:
    """Return (x + √(x² + b)) / 2, a smooth relu.

    Parameters
    ----------
    x : array_like
        The input.
    b : float
        How smooth it is.
    """
    return (x + np.sqrt(np.square(x) + b)) / 2


@lifted
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return x above a threshold, and elsewhere a value.

    Parameters
    ----------
    x : array_like
        The input.
    threshold, default_value : float
        The threshold and the value.
    """
    return np.where(x > threshold, x, default_value)


@lifted
def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half along an axis times the sigmoid of the second.

    Parameters
    ----------
    x : array_like
        The input.
    axis : int
        The axis.
    """
    return functional.glu(x, axis)


@lifted
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x, and 0 where its magnitude is at most a threshold.

    Parameters
    ----------
    x : array_like
        The input.
    threshold : float
        The threshold.
    """
    return functional.hardshrink(x, threshold)


@lifted
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x nearer to 0 by a threshold, and 0 where its magnitude is less.

    Parameters
    ----------
    x : array_like
        The input.
    threshold : float
        The threshold.
    """
    return functional.softshrink(x, threshold)


elu, selu, celu = lifted(functional.elu), lifted(functional.selu), lifted(functional.celu)
silu, mish, relu6 = lifted(functional.silu), lifted(functional.mish), lifted(functional.relu6)
sigmoid, log_sigmoid = lifted(functional.sigmoid), lifted(functional.logsigmoid)
hard_sigmoid, hard_silu = lifted(functional.hardsigmoid), lifted(functional.hardswish)
softplus, softsign = lifted(functional.softplus), lifted(functional.softsign)
tanh_shrink = lifted(functional.tanhshrink)
hard_tanh = lifted(functional.hardtanh)
exponential, tanh = np.exp, np.tanh
swish, hard_swish = silu, hard_silu

#: The functions by the names that layers take.
NAMED: dict[str, Callable[..., Any]] = {
    "linear": linear, "relu": relu, "leaky_relu": leaky_relu, "relu6": relu6, "elu": elu,
    "selu": selu, "celu": celu, "gelu": gelu, "silu": silu, "swish": swish, "mish": mish,
    "sigmoid": sigmoid, "hard_sigmoid": hard_sigmoid, "hard_silu": hard_silu,
    "hard_swish": hard_swish, "log_sigmoid": log_sigmoid, "tanh": tanh,
    "tanh_shrink": tanh_shrink, "exponential": exponential, "softmax": softmax,
    "glu": glu, "hard_tanh": hard_tanh, "hard_shrink": hard_shrink, "soft_shrink": soft_shrink,
    "squareplus": squareplus, "threshold": threshold,
    "log_softmax": log_softmax, "softplus": softplus, "softsign": softsign,
}  # fmt: skip


FUNCTIONS.update(NAMED)


def serialize(activation: Any) -> Any:
    """Return the name of an activation, or for a function of your own a dict.

    Parameters
    ----------
    activation : callable
        The function.
    """
    known = described(activation)
    return known if isinstance(known, str) else serialize_keras_object(activation)


deserialize = deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return an activation by its name; a function unchanged; for None the identity.

    Parameters
    ----------
    identifier : str, callable or None
        The name, such as "relu".

    Examples
    --------
    >>> get("tanh")(0.0), get(None)(3.0)
    (np.float64(0.0), 3.0)
    """
    return linear if identifier is None else looked_up("activation", identifier, NAMED)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no activations.{name}; it has {', '.join(NAMED)}.")
