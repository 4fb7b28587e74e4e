"""Activations, as functions and as modules.

``relu``, ``sigmoid``, ``softplus`` and ``softmax`` are those of `autograd`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import define, elementwise, erf, relu, sigmoid, softmax
from autograd import softplus as softplus_of_one
from autograd.errors import OptionError
from nn.module import module_of

SLOPE = math.sqrt(2 / math.pi)  # of the argument of tanh in the approximation of gelu


def log_softmax_of_array(x: Any, axis: int = -1) -> Any:
    """Compute x - log(sum(exp(x))) shifted by the largest element."""
    y = x - np.maximum.reduce(x, axis, keepdims=True)
    y -= np.log(np.add.reduce(np.exp(y), axis, keepdims=True))
    return y


def silu_of_array(x: Any) -> Any:
    """Return x · sigmoid(x)."""
    return x * sigmoid(x)


def normal_cdf(x: Any) -> Any:
    """Return the probability that a standard normal variable is below x."""
    return (1 + erf(x * math.sqrt(0.5))) / 2


def gelu_tanh_inner(x: Any) -> Any:
    """Return the tanh that stands for erf in the approximation of gelu."""
    return np.tanh(SLOPE * (x + 0.044715 * x * x * x))


def gelu_tanh_slope(x: Any) -> Any:
    """Return the derivative of the approximation of gelu."""
    t = gelu_tanh_inner(x)
    return 0.5 * (1 + t) * (1 + x * (1 - t) * SLOPE * (1 + 3 * 0.044715 * x * x))


# fmt: off
log_softmax = define(log_softmax_of_array,
    lambda g, y, x, axis=-1: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True),
    fresh_results=True, name="log_softmax")
leaky = elementwise(
    lambda x, slope: np.where(x > 0, x, slope * x), None,
    lambda y, x, slope: np.where(x > 0, 1.0, slope),
    lambda y, x, slope: np.minimum(x, 0.0), name="leaky_relu")
exponential_linear = elementwise(
    lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0))), None,
    lambda y, x, alpha: np.where(x > 0, 1.0, y + alpha),
    lambda y, x, alpha: np.expm1(np.minimum(x, 0.0)), name="elu")
silu = elementwise(
    silu_of_array, None,
    lambda y, x: sigmoid(x) + y * sigmoid(-x), name="silu")
gelu_exact = elementwise(
    lambda x: x * normal_cdf(x), None,
    lambda y, x: normal_cdf(x) + x * np.exp(x * x * -0.5) / math.sqrt(2 * math.pi), name="gelu")
gelu_tanh = elementwise(
    lambda x: 0.5 * x * (1 + gelu_tanh_inner(x)), None,
    lambda y, x: gelu_tanh_slope(x), name="gelu_tanh")
# fmt: on


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Return x where it is positive, elsewhere negative_slope · x."""
    return leaky(x, negative_slope)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, elsewhere alpha · (exp(x) - 1)."""
    return exponential_linear(x, alpha)


def gelu(x: Any, approximate: str = "none") -> Any:
    """Return x times the probability that a standard normal variable is below x.

    With ``approximate="tanh"`` the closed form of Hendrycks & Gimpel, "Gaussian error linear
    units", 2016, which is faster.
    """
    if approximate not in ("none", "tanh"):
        raise OptionError(f'approximate= is "none" or "tanh", not {approximate!r}.')
    return gelu_exact(x) if approximate == "none" else gelu_tanh(x)


def softplus(x: Any, beta: float = 1.0) -> Any:
    """Return log(1 + exp(beta · x)) / beta."""
    return softplus_of_one(x) if beta == 1 else softplus_of_one(beta * x) / beta


def _softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) divided by its sum along an axis."""
    return softmax(x, axis=axis)


def _log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithm of softmax."""
    return log_softmax(x, axis=axis)


ReLU = module_of("ReLU", relu)
LeakyReLU = module_of("LeakyReLU", leaky_relu)
ELU = module_of("ELU", elu)
GELU = module_of("GELU", gelu)
SiLU = module_of("SiLU", silu)
Sigmoid = module_of("Sigmoid", sigmoid)
Tanh = module_of("Tanh", np.tanh)
Softplus = module_of("Softplus", softplus)
Softmax = module_of("Softmax", _softmax)
LogSoftmax = module_of("LogSoftmax", _log_softmax)
