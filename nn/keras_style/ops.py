"""Keras' ``ops``: NumPy's functions, through which derivatives flow, and some of Keras' own."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.arrays import floating, plain
from nn.keras_style import activations
from nn.keras_style.config import floatx
from nn.keras_style.symbolic import lifted
from nn.missing_names import refuse

#: The names that are NumPy's.
NUMPY = [
    "abs", "absolute", "add", "all", "amax", "amin", "any", "arange", "arccos", "arcsin",
    "arctan", "arctan2", "argmax", "argmin", "argsort", "array", "average", "ceil", "clip",
    "concatenate", "copy", "cos", "cosh", "cumprod", "cumsum", "diag", "diagonal", "diff",
    "divide", "dot", "einsum", "equal", "exp", "expand_dims", "expm1", "eye", "flip", "floor",
    "full", "full_like", "greater", "greater_equal", "hstack", "identity", "isfinite", "isinf",
    "isnan", "less", "less_equal", "linspace", "log", "log10", "log1p", "log2", "logaddexp",
    "logical_and", "logical_not", "logical_or", "logical_xor", "matmul", "max", "maximum",
    "mean", "median", "meshgrid", "min", "minimum", "mod", "moveaxis", "multiply", "negative",
    "not_equal", "ones", "ones_like", "outer", "power", "prod", "quantile", "ravel",
    "repeat", "reshape", "roll", "round", "sign", "sin", "sinh", "sort", "sqrt",
    "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "tril", "triu",
    "var", "vdot", "vstack", "where", "zeros", "zeros_like",
]  # fmt: skip

relu, sigmoid, softmax, log_softmax = (
    activations.relu, activations.sigmoid, activations.softmax, activations.log_softmax,
)  # fmt: skip
silu, elu, selu, softplus = (
    activations.silu, activations.elu, activations.selu, activations.softplus,
)  # fmt: skip
leaky_relu, relu6 = activations.leaky_relu, activations.relu6


@lifted
def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x Φ(x), by default approximated with tanh; see `activations.gelu`.

    Parameters
    ----------
    x : array_like
        The input.
    approximate : bool
        Whether to take the formula with tanh, as Keras does here.
    """
    return activations.gelu(x, approximate)


@lifted
def reciprocal(x: Any) -> Any:
    """Return 1 / x, also of integers.

    Parameters
    ----------
    x : array_like
        The input.
    """
    return 1 / floating(x)


def shape(x: Any) -> tuple[Any, ...]:
    """Return the shape.

    Parameters
    ----------
    x : array_like
        The array.
    """
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


@lifted
def cast(x: Any, dtype: Any) -> Any:
    """Return an array in another type.

    Parameters
    ----------
    x : array_like
        The array.
    dtype : dtype
        The type.
    """
    return x.astype(dtype) if hasattr(x, "astype") else np.asarray(x, dtype)


def convert_to_tensor(x: Any, dtype: Any = None) -> Any:
    """Return x as an array; nodes unchanged.

    Parameters
    ----------
    x : array_like
        The input.
    dtype : dtype, optional
        The type.
    """
    x = x if hasattr(x, "shape") else np.asarray(x)
    return x if dtype is None else cast(x, dtype)


def convert_to_numpy(x: Any) -> Any:
    """Return the numbers as an array.

    Parameters
    ----------
    x : array_like
        The input.
    """
    return np.asarray(plain(x))


def stop_gradient(variable: Any) -> Any:
    """Return the numbers, through which no derivative flows.

    Parameters
    ----------
    variable : array_like or Tensor
        The input.
    """
    return plain(variable)


@lifted
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """Return classes as vectors of zeros and a single one; of -1 zeros only.

    Parameters
    ----------
    x : array_like of int
        The classes.
    num_classes : int
        Their number.
    axis : int
        Where to put the vectors.
    dtype : dtype, optional
        The type; by default `config.floatx`.

    Examples
    --------
    >>> one_hot(np.array([1, 0]), 2)
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """
    found = (np.asarray(plain(x))[..., None] == np.arange(num_classes)).astype(dtype or floatx())
    return np.moveaxis(found, -1, axis)


@lifted
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the length of vectors.

    Parameters
    ----------
    x : array_like
        The vectors.
    ord, axis, keepdims
        As for `numpy.linalg.norm`.
    """
    return np.linalg.norm(floating(x), ord, axis, keepdims)


def __getattr__(name: str) -> Any:
    if name in NUMPY:
        return getattr(np, name)
    refuse(f"nn.keras_style has no ops.{name}: write a function of NumPy, or one of nn.functional.")
