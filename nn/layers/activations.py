"""Activations, as functions and as modules.

`relu`, `sigmoid` and `softmax` come from `autograd`.
"""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass
from typing import Any

import numpy as np

import autograd
from autograd import elementwise, relu, sigmoid, softmax
from autograd.errors import DataError, OptionError
from nn.arrays import floating
from nn.function_module import FunctionModule, OneInput
from nn.types import typed_elementwise

SLOPE = math.sqrt(2 / math.pi)  # of the argument of tanh in the approximation of GELU


def gelu_tanh_inner(x: Any) -> Any:
    """Return the tanh that replaces erf in the approximation of GELU."""
    return np.tanh(SLOPE * (x + 0.044715 * x * x * x))


def gelu_tanh_slope(x: Any) -> Any:
    """Return the derivative of the approximation of GELU."""
    t = gelu_tanh_inner(x)
    return 0.5 * (1 + t) * (1 + x * (1 - t) * SLOPE * (1 + 3 * 0.044715 * x * x))


# fmt: off
gelu_tanh = elementwise(
    lambda x: 0.5 * x * (1 + gelu_tanh_inner(x)), None,
    lambda y, x: gelu_tanh_slope(x), fresh_results=True, name="gelu_tanh")
# fmt: on


@typed_elementwise
def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Return x where it is positive, elsewhere negative_slope · x.

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models",
    2013.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    negative_slope : float
        The slope where x is negative.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> leaky_relu(np.array([-100.0, 2.0]))
    array([-1.,  2.])
    """
    return autograd.leaky_relu(floating(x), negative_slope)


@typed_elementwise
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, elsewhere alpha · (exp(x) - 1).

    Source: Clevert, Unterthiner & Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", 2016.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    alpha : float
        Minus the limit for large negative x.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> elu(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """
    return autograd.elu(floating(x), alpha)


@typed_elementwise
def silu(x: Any) -> Any:
    """Return x · sigmoid(x), also known as swish.

    Source: Elfwing, Uchibe & Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning", 2018.

    Parameters
    ----------
    x : array_like or node
        Any numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> silu(np.array([-1000.0, 0.0, 1000.0])) + 0.0
    array([   0.,    0., 1000.])
    """
    return autograd.silu(floating(x))


@typed_elementwise
def gelu(x: Any, approximate: str = "none") -> Any:
    """Return x · Φ(x), where Φ is the distribution function of the standard normal distribution.

    Source: Hendrycks & Gimpel, "Gaussian error linear units", 2016.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    approximate : {"none", "tanh"}
        "tanh" for the approximation of the paper, which is faster.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Raises
    ------
    OptionError
        If `approximate` is something else.

    Examples
    --------
    >>> np.round(gelu(np.array([-1.0, 0.0, 1.0])), 4)
    array([-0.1587,  0.    ,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise OptionError(f'approximate= must be "none" or "tanh", not {approximate!r}.')
    return autograd.gelu(floating(x)) if approximate == "none" else gelu_tanh(floating(x))


@typed_elementwise
def softplus(x: Any, beta: float = 1.0) -> Any:
    """Return log(1 + exp(beta · x)) / beta, a smooth approximation of ReLU.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    beta : float
        The sharpness; for large beta the function approaches max(0, x).

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> float(np.round(softplus(0.0), 4))
    0.6931
    """
    return autograd.softplus(x) if beta == 1 else autograd.softplus(beta * floating(x)) / beta


@typed_elementwise
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithm of softmax, x - log(Σ exp(x)), without overflow.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    axis : int
        The axis along which the probabilities sum to 1.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    return autograd.log_softmax(floating(x), axis=axis)


class Activation(FunctionModule, OneInput):
    """A module that applies an activation function."""

    def __post_init__(self, inplace: Any = False) -> None:
        """Ignore ``inplace``: the result is a new array, which overwrites nothing."""
        if not isinstance(inplace, bool):
            raise DataError(f"inplace= must be True or False, not {inplace!r}.")

    def forward(self, *inputs: Any) -> Any:
        """Apply the function.

        Parameters
        ----------
        *inputs : array_like
            The input.
        """
        return super().forward(*map(floating, inputs))


@dataclass(repr=False, eq=False)
class ReLU(Activation):
    """`relu` as a module: max(0, x).

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = relu


class Sigmoid(Activation):
    """`sigmoid` as a module: 1 / (1 + exp(-x)).

    Examples
    --------
    >>> Sigmoid()(np.array([0.0]))
    array([0.5])
    """

    function = sigmoid


class Tanh(Activation):
    """`numpy.tanh` as a module.

    Examples
    --------
    >>> Tanh()(np.array([0.0]))
    array([0.])
    """

    function = np.tanh


@dataclass(repr=False, eq=False)
class SiLU(Activation):
    """`silu` as a module: x · sigmoid(x).

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> SiLU()(np.array([0.0]))
    array([0.])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(silu)


@dataclass(repr=False, eq=False)
class LeakyReLU(Activation):
    """`leaky_relu` as a module.

    Parameters
    ----------
    negative_slope : float
        The slope where x is negative.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> LeakyReLU(0.1)(np.array([-10.0, 2.0]))
    array([-1.,  2.])
    """

    __match_args__ = ("negative_slope",)
    negative_slope: float = 0.01
    inplace: InitVar[bool] = False
    function = staticmethod(leaky_relu)


@dataclass(repr=False, eq=False)
class ELU(Activation):
    """`elu` as a module.

    Parameters
    ----------
    alpha : float
        Minus the limit for large negative x.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> ELU()(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """

    __match_args__ = ("alpha",)
    alpha: float = 1.0
    inplace: InitVar[bool] = False
    function = staticmethod(elu)


@dataclass(repr=False, eq=False)
class GELU(Activation):
    """`gelu` as a module.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        "tanh" for the approximation of the paper, which is faster.

    Examples
    --------
    >>> GELU(approximate="tanh")(np.array([0.0]))
    array([0.])
    """

    approximate: str = "none"
    function = staticmethod(gelu)


@dataclass(repr=False, eq=False)
class Softplus(Activation):
    """`softplus` as a module.

    Parameters
    ----------
    beta : float
        The sharpness; for large beta the function approaches max(0, x).

    Examples
    --------
    >>> Softplus()(np.array([1000.0]))
    array([1000.])
    """

    beta: float = 1.0
    function = staticmethod(softplus)


@dataclass(repr=False, eq=False)
class Softmax(Activation):
    """`softmax` as a module: exp(x) / Σ exp(x).

    Parameters
    ----------
    axis : int
        The axis along which the results sum to 1.
    dim : int, optional
        PyTorch's name of `axis`.

    Examples
    --------
    >>> Softmax()(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    __match_args__ = ("axis",)
    axis: int = -1
    dim: InitVar[int | None] = None
    function = softmax

    def __post_init__(self, dim: int | None) -> None:
        """Take PyTorch's name of the axis."""
        self.axis = self.axis if dim is None else dim


@dataclass(repr=False, eq=False)
class LogSoftmax(Activation):
    """`log_softmax` as a module.

    Parameters
    ----------
    axis : int
        The axis along which the probabilities sum to 1.
    dim : int, optional
        PyTorch's name of `axis`.

    Examples
    --------
    >>> LogSoftmax()(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """

    __match_args__ = ("axis",)
    axis: int = -1
    dim: InitVar[int | None] = None
    function = staticmethod(log_softmax)

    def __post_init__(self, dim: int | None) -> None:
        """Take PyTorch's name of the axis."""
        self.axis = self.axis if dim is None else dim
