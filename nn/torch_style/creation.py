"""New tensors: of data, of one number, of ranges, of random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Node
from autograd.errors import DataError, OptionError
from nn.arrays import plain
from nn.torch_style.base import TensorBase, constant, made, memory_of, numbers, tensor_held
from nn.torch_style.drawing import drawn_places
from nn.torch_style.promotion import result_type
from nn.torch_style.random import in_memory_order, memory_axes
from nn.torch_style.tensor import Tensor, shape_of, source
from nn.torch_style.types import (
    DEFAULT,
    array_type,
    check_device,
    check_options,
    preserve_format,
)


def _array(data: Any, wanted: Any = None) -> Any:
    """Return an array of data, floats being of the wanted or default type."""
    if isinstance(data, (TensorBase, Node)):
        return np.array(numbers(data))
    if isinstance(data, (np.ndarray, np.generic)):
        return np.array(data)
    if isinstance(data, Sequence) and any(isinstance(part, TensorBase) for part in data):
        return np.stack([_array(part, wanted) for part in data])
    try:
        found = np.array(data)
    except ValueError as error:
        raise DataError(f"A tensor cannot be made of this: {error}") from error
    if found.dtype.kind not in "biufc":
        raise DataError(
            f"A tensor holds numbers, not {found.dtype}: {data!r:.60} cannot be converted."
        )
    if wanted is not None:
        return found.astype(array_type(wanted), copy=False)
    if isinstance(data, (list, tuple)) and _holds_arrays(data):
        return found
    if found.dtype.kind == "f" or not found.size:
        return found.astype(DEFAULT.array)
    return found.astype(result_type(1j)) if found.dtype.kind == "c" else found


def _holds_arrays(data: Any) -> bool:
    """Return whether lists hold arrays or NumPy's numbers, whose type counts."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic))


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """Return a tensor with a copy of data; floats of Python become float32.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.tensor([1, 2]).dtype, torch.tensor([1.0, 2.0]).dtype
    (torch.int64, torch.float32)
    """
    check_device(device)
    array = _array(data, dtype)
    if dtype is not None:
        array = array.astype(array_type(dtype), copy=False)
    return constant(array, requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Return data as a tensor: a tensor itself, an array with its memory."""
    check_device(device)
    found = data
    if isinstance(data, np.ndarray):
        found = memory_of(data, None)
    elif not isinstance(data, Tensor):
        found = tensor(data, dtype=dtype)
    return found if dtype is None else found.to(dtype)


asarray = as_tensor


def from_numpy(array: Any) -> Tensor:
    """Return a tensor with the memory of an array: changes of one are seen in the other."""
    if not isinstance(array, np.ndarray):
        raise DataError(f"from_numpy takes an array, not {type(array).__name__}: torch.tensor(x).")
    return memory_of(array, None)


def frombuffer(
    buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """Return a tensor with the memory of a buffer, such as bytes."""
    array = np.frombuffer(buffer, array_type(dtype), count, offset)
    found = memory_of(array, None)
    return found.requires_grad_(requires_grad) if requires_grad else found  # type: ignore[no-any-return]


def _filled(array: Any, options: dict[str, Any]) -> Tensor:
    """Return a new array as a tensor, with the options that all functions here take."""
    check_device(options.pop("device", None))
    requires_grad = options.pop("requires_grad", False)
    for ignored in ("layout", "pin_memory", "memory_format"):
        options.pop(ignored, None)
    if options.pop("out", None) is not None:
        raise OptionError("There is no out= here: write y.copy_(...) with the result.")
    if options:
        raise TypeError(f"There is no argument {', '.join(options)}.")
    return constant(array, requires_grad)


def _type(options: dict[str, Any], default: Any) -> Any:
    wanted = options.pop("dtype", None)
    return default if wanted is None else array_type(wanted)


def zeros(*size: Any, **options: Any) -> Tensor:
    """Return zeros of a shape."""
    wanted = _type(options, DEFAULT.array)
    return _filled(np.zeros(_shape(size, options), wanted), options)


def _shape(size: Any, options: dict[str, Any]) -> Any:
    return shape_of((options.pop("size"),) if "size" in options else size)


def ones(*size: Any, **options: Any) -> Tensor:
    """Return ones of a shape."""
    wanted = _type(options, DEFAULT.array)
    return _filled(np.ones(_shape(size, options), wanted), options)


def empty(*size: Any, **options: Any) -> Tensor:
    """Return a tensor of a shape to be overwritten; it holds zeros."""
    return zeros(*size, **options)


def full(size: Any, fill_value: Any, **options: Any) -> Tensor:
    """Return one number in a shape."""
    fill = numbers(fill_value)
    default = result_type(fill if isinstance(fill, (int, float, complex)) else np.asarray(fill))
    return _filled(np.full(shape_of((size,)), fill, _type(options, default)), options)


def zeros_like(input: Any, **options: Any) -> Tensor:
    """Return zeros of the shape and type of another tensor."""
    return _filled(_in_its_order(input, np.zeros, options), options)


def ones_like(input: Any, **options: Any) -> Tensor:
    """Return ones of the shape and type of another tensor."""
    return _filled(_in_its_order(input, np.ones, options), options)


def empty_like(input: Any, **options: Any) -> Tensor:
    """Return a tensor of the shape and type of another one, to be overwritten."""
    return zeros_like(input, **options)


def full_like(input: Any, fill_value: Any, **options: Any) -> Tensor:
    """Return one number in the shape and type of another tensor."""
    return _filled(
        _in_its_order(input, lambda shape, dtype: np.full(shape, fill_value, dtype), options),
        options,
    )


def _in_its_order(input: Any, make: Any, options: dict[str, Any]) -> Any:
    """Return a new array of the shape and type of another one, which lies in memory like it."""
    x = numbers(input)
    wanted = _type(options, x.dtype)
    if options.get("memory_format") not in (None, preserve_format):
        return make(x.shape, wanted)
    return in_memory_order(lambda shape: make(shape, wanted), plain(x))


def arange(start: Any, end: Any = None, step: Any = 1, **options: Any) -> Tensor:
    """Return the numbers from `start` to `end`, without the last."""
    if end is None:
        start, end = 0, start
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if (end - start) * step < 0 or not step:
        raise OptionError(f"arange cannot go from {start} to {end} in steps of {step}.")
    are_whole = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
    wanted = _type(options, np.dtype(np.int64) if are_whole else DEFAULT.array)
    count = max(math.ceil((end - start) / step), 0)
    return _filled((start + step * np.arange(count)).astype(wanted), options)


def linspace(start: Any, end: Any, steps: int, **options: Any) -> Tensor:
    """Return so many numbers from `start` to `end`, both included."""
    wanted = _type(options, DEFAULT.array)
    return _filled(np.linspace(float(start), float(end), steps).astype(wanted), options)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """Return so many numbers from base**start to base**end."""
    found = np.logspace(float(start), float(end), steps, base=base)
    return _filled(found.astype(_type(options, DEFAULT.array)), options)


def eye(n: int, m: Any = None, **options: Any) -> Tensor:
    """Return a matrix with ones on the diagonal."""
    return _filled(np.eye(n, m, dtype=_type(options, DEFAULT.array)), options)


def tril_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """Return the rows and columns of the lower triangle of a matrix."""
    found = np.stack(np.tril_indices(row, offset, col))
    return _filled(found.astype(_type(options, np.dtype(np.int64))), options)


def triu_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """Return the rows and columns of the upper triangle of a matrix."""
    found = np.stack(np.triu_indices(row, offset, col))
    return _filled(found.astype(_type(options, np.dtype(np.int64))), options)


def range_of(start: Any, end: Any = None, step: Any = 1, **options: Any) -> Tensor:
    """Return the numbers from `start` to `end`, with the last: the older form of `arange`."""
    if end is None:
        start, end = 0, start
    return arange(start, end + step / 2, step, **{"dtype": DEFAULT.array, **options})


def vander(x: Any, N: Any = None, increasing: bool = False) -> Tensor:  # noqa: N803
    """Return a matrix whose columns are powers of x."""
    array = tensor_held(x, "vander")
    return made(np.vander(array, N, increasing).astype(array.dtype))


def hann_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Return Hann's window: a raised cosine."""
    return _window(np.hanning, window_length, periodic, options)


def hamming_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Return Hamming's window."""
    return _window(np.hamming, window_length, periodic, options)


def blackman_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Return Blackman's window."""
    return _window(np.blackman, window_length, periodic, options)


def bartlett_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Return Bartlett's window: a triangle."""
    return _window(np.bartlett, window_length, periodic, options)


def _window(function: Any, length: int, periodic: bool, options: dict[str, Any]) -> Tensor:
    wanted = _type(options, DEFAULT.array)
    found = function(length + 1)[:-1] if periodic and length > 1 else function(length)
    return _filled(found.astype(wanted), options)


def polar(abs: Any, angle: Any) -> Tensor:
    """Return complex numbers of their absolute values and angles."""
    return complex_of(abs * angle.cos(), abs * angle.sin())


def poisson(input: Any, *, generator: Any = None) -> Tensor:
    """Return random counts whose averages are the elements of `input`."""
    p = numbers(input)
    drawn = np.random.Generator(source(generator).bit_generator).poisson(p)
    return made(np.asarray(drawn).astype(p.dtype))


def complex_of(real: Any, imag: Any) -> Tensor:
    """Return complex numbers of their real and imaginary parts."""
    return real + 1j * imag


# -- random numbers -----------------------------------------------------------------------------


def rand(*size: Any, generator: Any = None, **options: Any) -> Tensor:
    """Return numbers from 0 to 1, all equally likely."""
    wanted, shape = _type(options, DEFAULT.array), _shape(size, options)
    return _filled(source(generator).uniform(0.0, 1.0, shape, wanted).astype(wanted), options)


def randn(*size: Any, generator: Any = None, **options: Any) -> Tensor:
    """Return numbers from the standard normal distribution."""
    wanted, shape = _type(options, DEFAULT.array), _shape(size, options)
    return _filled(source(generator).normal(0.0, 1.0, shape, wanted).astype(wanted), options)


def rand_like(input: Any, **options: Any) -> Tensor:
    """Return numbers from 0 to 1 in the shape and type of another tensor."""
    return _drawn_like(input, options, rand, lambda x: x.uniform_())


def randn_like(input: Any, **options: Any) -> Tensor:
    """Return normal numbers in the shape and type of another tensor."""
    return _drawn_like(input, options, randn, lambda x: x.normal_())


def randint(
    low: int, high: Any = None, size: Any = None, *, generator: Any = None, **options: Any
) -> Tensor:
    """Return integers from `low`, or 0, to `high`, without the last."""
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    drawn = source(generator).integers(int(low), int(high), shape_of((size,)))
    return _filled(drawn.astype(_type(options, np.dtype(np.int64))), options)


def randint_like(input: Any, low: int, high: Any = None, **options: Any) -> Tensor:
    """Return integers in the shape and type of another tensor."""
    low, high = (0, low) if high is None else (low, high)

    def draw(shape: Any, **given: Any) -> Tensor:
        return randint(low, high, shape, **given)

    return _drawn_like(input, options, draw, lambda x: x.random_(low, high))


def _drawn_like(input: Any, options: Any, draw: Any, fill: Any) -> Tensor:
    """Return numbers in the shape, type and order in memory of another tensor."""
    x = plain(numbers(input))
    axes, given = memory_axes(x), {"dtype": x.dtype, **options}
    if axes == tuple(range(len(axes))):
        return draw(x.shape, **given)  # type: ignore[no-any-return]
    needs_gradient = given.pop("requires_grad", False)
    found = zeros([x.shape[axis] for axis in axes], **given).permute(*np.argsort(axes).tolist())
    return fill(found).requires_grad_(needs_gradient)  # type: ignore[no-any-return]


def randperm(n: int, *, generator: Any = None, **options: Any) -> Tensor:
    """Return the integers below n in a random order."""
    found = source(generator).permutation(int(n))
    return _filled(found.astype(_type(options, np.dtype(np.int64))), options)


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, **options: Any
) -> Tensor:
    """Return normal numbers with these averages and standard deviations."""
    if np.any(np.less(numbers(std), 0)):
        raise OptionError("The standard deviations of normal must not be negative.")
    if size is not None:
        wanted = options.get("dtype")
        found = randn(size, generator=generator, dtype=wanted) * std + mean
        return _filled(numbers(found), options)
    shape = np.broadcast_shapes(np.shape(numbers(mean)), np.shape(numbers(std)))
    check_options("normal of tensors", options, "")
    return mean + std * randn(shape, generator=generator)


def bernoulli(input: Any, p: Any = None, *, generator: Any = None) -> Tensor:
    """Return 1 with the probabilities that `input` holds, or `p`, else 0."""
    found: Tensor = made(tensor_held(input, "bernoulli")).bernoulli(p, generator=generator)
    return found


def multinomial(
    input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """Return places drawn with the probabilities that each row of `input` is proportional to."""
    return made(drawn_places(numbers(input), num_samples, replacement, source(generator)))
