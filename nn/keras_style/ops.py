"""Keras' ``ops``: NumPy's functions, through which derivatives flow, and some of Keras' own."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from nn.arrays import floating, plain
from nn.keras_style import activations, array_ops, fourier_ops, image_ops, layer_ops, window_ops
from nn.keras_style.config import floatx
from nn.keras_style.configured import FUNCTIONS
from nn.keras_style.configured import NUMPY as OF_NUMPY
from nn.keras_style.numpy_names import named
from nn.keras_style.symbolic import lifted
from nn.missing_names import refuse

#: Names of NumPy that functional models are not made of.
MORE = [
    "angle", "argpartition", "array", "bartlett", "bitwise_invert", "bitwise_left_shift",
    "bitwise_not", "bitwise_right_shift", "blackman", "correlate", "dsplit", "dstack",
    "gcd", "hamming", "hanning",
    "histogram", "hsplit", "i0", "kaiser", "lcm", "nan_to_num", "nanargmax", "nanargmin",
    "nancumprod", "nancumsum", "nanmedian", "nanpercentile", "nanquantile", "nextafter",
    "percentile", "select", "trapezoid", "unique", "vectorize", "vsplit",
]  # fmt: skip

#: The names that are NumPy's, in Keras too.
NUMPY = sorted({*OF_NUMPY, *MORE} - {"copysign", "positive", "reciprocal", "rint"})

image = image_ops
relu, sigmoid, softmax, log_softmax = (
    activations.relu, activations.sigmoid, activations.softmax, activations.log_softmax,
)  # fmt: skip
silu, elu, selu, softplus = (
    activations.silu, activations.elu, activations.selu, activations.softplus,
)  # fmt: skip
leaky_relu, relu6 = activations.leaky_relu, activations.relu6
celu, mish, glu, hard_sigmoid, hard_silu, hard_swish, hard_tanh, swish = (
    activations.celu, activations.mish, activations.glu, activations.hard_sigmoid,
    activations.hard_silu, activations.hard_swish, activations.hard_tanh, activations.swish,
)  # fmt: skip
log_sigmoid, softsign, squareplus, tanh_shrink, threshold = (
    activations.log_sigmoid, activations.softsign, activations.squareplus,
    activations.tanh_shrink, activations.threshold,
)  # fmt: skip
hard_shrink, soft_shrink = activations.hard_shrink, activations.soft_shrink
erf = lifted(autograd.erf)
cholesky, det, eigh, fori_loop, in_top_k, inv = (
    array_ops.cholesky,
    array_ops.det,
    array_ops.eigh,
    array_ops.fori_loop,
    array_ops.in_top_k,
    array_ops.inv,
)
logdet, multi_hot, normalize, pinv, qr, scatter = (
    array_ops.logdet,
    array_ops.multi_hot,
    array_ops.normalize,
    array_ops.pinv,
    array_ops.qr,
    array_ops.scatter,
)
scatter_update, segment_sum, slice, slice_update, slogdet, solve = (
    array_ops.scatter_update,
    array_ops.segment_sum,
    array_ops.slice,
    array_ops.slice_update,
    array_ops.slogdet,
    array_ops.solve,
)
solve_triangular, svd, switch, while_loop = (
    array_ops.solve_triangular,
    array_ops.svd,
    array_ops.switch,
    array_ops.while_loop,
)
conv, conv_transpose, depthwise_conv, separable_conv = (
    window_ops.conv,
    window_ops.conv_transpose,
    window_ops.depthwise_conv,
    window_ops.separable_conv,
)
average_pool, max_pool = window_ops.average_pool, window_ops.max_pool
fft, fft2, ifft2, rfft, irfft = (
    fourier_ops.fft,
    fourier_ops.fft2,
    fourier_ops.ifft2,
    fourier_ops.rfft,
    fourier_ops.irfft,
)
extract_sequences, stft, istft = (
    fourier_ops.extract_sequences,
    fourier_ops.stft,
    fourier_ops.istft,
)
binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy = (
    layer_ops.binary_crossentropy,
    layer_ops.categorical_crossentropy,
    layer_ops.sparse_categorical_crossentropy,
)
layer_normalization, rms_normalization, batch_normalization, dot_product_attention = (
    layer_ops.layer_normalization,
    layer_ops.rms_normalization,
    layer_ops.batch_normalization,
    layer_ops.dot_product_attention,
)
map, vectorized_map, scan = layer_ops.map, layer_ops.vectorized_map, layer_ops.scan
saturate_cast, get_item, dtype = layer_ops.saturate_cast, layer_ops.get_item, layer_ops.dtype


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


@lifted
def rsqrt(x: Any) -> Any:
    """Return 1 / √x.

    Parameters
    ----------
    x : array_like
        The input.
    """
    return 1 / np.sqrt(floating(x))


@lifted
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the logarithm of the sum of exp(x).

    Parameters
    ----------
    x : array_like
        The input.
    axis : int or tuple of int, optional
        The axes of the sum; by default all.
    keepdims : bool
        Whether to keep these with length 1.
    """
    return autograd.logsumexp(floating(x), axis=axis, keepdims=keepdims)


@lifted
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return x1 / x2, and 0 where x2 is 0.

    Parameters
    ----------
    x1, x2 : array_like
        The inputs.
    """
    x1, x2 = floating(x1), floating(x2)
    there = x2 != 0
    return np.where(there, x1, 0.0) / np.where(there, x2, 1.0)


@lifted
def moments(x: Any, axes: Any, keepdims: bool = False) -> Any:
    """Return the mean and the variance.

    Parameters
    ----------
    x : array_like
        The input.
    axes : int or tuple of int
        The axes.
    keepdims : bool
        Whether to keep these with length 1.
    """
    axes = tuple(axes) if isinstance(axes, (list, tuple)) else axes
    x = floating(x)
    return [np.mean(x, axis=axes, keepdims=keepdims), np.var(x, axis=axes, keepdims=keepdims)]


@lifted
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the parts of an array along an axis, as a list.

    Parameters
    ----------
    x : array_like
        The array.
    num : int, optional
        Their number; by default the length of the axis.
    axis : int
        The axis.
    """
    moved = np.moveaxis(x, axis, 0)
    return [moved[i] for i in range(moved.shape[0] if num is None else num)]


@lifted
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """Return the largest numbers along the last axis, and where they are.

    Parameters
    ----------
    x : array_like
        The input.
    k : int
        How many.
    sorted : bool
        Ignored: the largest is the first.

    Examples
    --------
    >>> [part.tolist() for part in top_k(np.array([1.0, 3.0, 2.0]), 2)]
    [[3.0, 2.0], [1, 2]]
    """
    del sorted
    places = np.argsort(-np.asarray(plain(x)), axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, places, -1), places


def is_tensor(x: Any) -> bool:
    """Return whether this is an array or a tensor.

    Parameters
    ----------
    x : object
        Anything.
    """
    return hasattr(x, "shape") and hasattr(x, "dtype")


def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any:
    """Call one of two functions.

    Parameters
    ----------
    pred : bool
        Which.
    true_fn, false_fn : callable
        The functions, without arguments.
    """
    return true_fn() if bool(plain(pred)) else false_fn()


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


FUNCTIONS.update({
    f"ops.{one.__name__}": one
    for one in (gelu, reciprocal, cast, one_hot, norm, rsqrt, logsumexp, divide_no_nan, moments,
                unstack, top_k, *array_ops.OF_ARRAYS, *fourier_ops.OF_SEQUENCES,
                *window_ops.OF_WINDOWS, *layer_ops.OF_LAYERS)
})  # fmt: skip
FUNCTIONS["ops.erf"] = erf
FUNCTIONS.update({
    f"ops.{name}": named(name) for name in NUMPY if named(name) is not getattr(np, name)
})  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in NUMPY:
        return named(name)
    refuse(f"nn.keras_style has no ops.{name}: write a function of NumPy, or one of nn.functional.")
