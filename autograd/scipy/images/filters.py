"""Filters: correlation of an extended array with weights, which may be nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage as _original

from autograd.engine.dispatch import plain
from autograd.errors import OptionError, ShapeError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.sliding import slide
from autograd.scipy.stats.families import number

#: SciPy's name of an extension -> NumPy's.
EXTENSIONS = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge",
    "wrap": "wrap", "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant",
}  # fmt: skip


def image(x: Any) -> Any:
    """Return an array of floating point numbers that has axes to filter along."""
    x = number(x)
    if np.ndim(x) == 0:
        raise ShapeError("This node has no axes to filter along: use an array, or x[None].")
    return x


def extended(x: Any, margins: Any, mode: str, cval: Any) -> Any:
    """Return an array extended beyond its edges, by SciPy's name of the extension."""
    if mode not in EXTENSIONS:
        raise OptionError(f"mode={mode!r} must be one of {', '.join(EXTENSIONS)}.")
    more = {"constant_values": cval} if EXTENSIONS[mode] == "constant" else {}
    return np.pad(x, margins, EXTENSIONS[mode], **more)  # type: ignore[call-overload]


def each(value: Any, ndim: int) -> list[Any]:
    """Return one value for each axis."""
    many = isinstance(value, list | tuple) or (np.ndim(value) == 1 and not isinstance(value, str))
    found = list(value) if many else [value] * ndim
    if len(found) != ndim:
        raise ShapeError(f"{len(found)} values were given for {ndim} axes.")
    return found


@in_place_of(_original.correlate)
def correlate(
    input: Any, weights: Any, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    origin: Any = 0, *, axes: Any = None,
) -> Any:  # fmt: skip
    """Correlate an array with weights; see `scipy.ndimage.correlate`. Both may be nodes."""
    refuse_output(output)
    x, w = image(input), number(weights)
    if axes is not None:
        axes = [a % np.ndim(x) for a in np.atleast_1d(axes)]
        shape = [1] * np.ndim(x)
        for axis, n in zip(axes, np.shape(w), strict=True):
            shape[axis] = n
        starts = dict(zip(axes, each(origin, len(axes)), strict=True))
        order = np.argsort(axes)
        w = np.reshape(np.transpose(w, order), shape)
        origin = [starts.get(a, 0) for a in range(np.ndim(x))]
    if np.ndim(x) != np.ndim(w):
        raise ShapeError(f"weights have {np.ndim(w)} axes and the input {np.ndim(x)}.")
    margins = []
    for n, o in zip(np.shape(w), each(origin, np.ndim(x)), strict=True):
        before = n // 2 + o
        if not 0 <= before < n:
            raise OptionError(f"origin={o} moves weights of length {n} off the element.")
        margins.append((before, n - 1 - before))
    whole = extended(x, margins, mode, cval)
    y = slide(whole[None, None], np.flip(w)[None, None])[0, 0]
    kind = x.dtype if output is None else np.dtype(output)  # as in SciPy
    return y if y.dtype == kind else y.astype(kind)


@in_place_of(_original.convolve)
def convolve(
    input: Any, weights: Any, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    origin: Any = 0, *, axes: Any = None,
) -> Any:  # fmt: skip
    """Convolve an array with weights; see `scipy.ndimage.convolve`. Both may be nodes."""
    w = number(weights)
    starts = [-o - (n % 2 == 0) for n, o in zip(np.shape(w), each(origin, np.ndim(w)), strict=True)]
    return correlate(input, np.flip(w), output, mode, cval, starts, axes=axes)


@in_place_of(_original.correlate1d)
def correlate1d(
    input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect",
    cval: Any = 0.0, origin: int = 0,
) -> Any:  # fmt: skip
    """Correlate along an axis; see `scipy.ndimage.correlate1d`."""
    ndim, w = np.ndim(input), number(weights)
    shape, starts = [1] * ndim, [0] * ndim
    shape[axis], starts[axis] = np.shape(w)[0], origin
    return correlate(input, np.reshape(w, shape), output, mode, cval, starts)


@in_place_of(_original.convolve1d)
def convolve1d(
    input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect",
    cval: Any = 0.0, origin: int = 0,
) -> Any:  # fmt: skip
    """Convolve along an axis; see `scipy.ndimage.convolve1d`."""
    w = number(weights)
    start = -origin - (np.shape(w)[0] % 2 == 0)
    return correlate1d(input, np.flip(w), axis, output, mode, cval, start)


def refuse_output(output: Any) -> None:
    """Raise for an array to write into, which would lose the derivative."""
    if output is not None and not isinstance(output, type | np.dtype):
        raise OptionError("output= has no rule for nodes: use what the function returns.")


@in_place_of(_original.uniform_filter1d)
def uniform_filter1d(
    input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect",
    cval: Any = 0.0, origin: int = 0,
) -> Any:  # fmt: skip
    """Average along an axis; see `scipy.ndimage.uniform_filter1d`."""
    return correlate1d(input, np.full(size, 1 / size), axis, output, mode, cval, origin)


@in_place_of(_original.uniform_filter)
def uniform_filter(
    input: Any, size: Any = 3, output: Any = None, mode: Any = "reflect", cval: Any = 0.0,
    origin: Any = 0, *, axes: Any = None,
) -> Any:  # fmt: skip
    """Average over boxes; see `scipy.ndimage.uniform_filter`."""
    one = lambda x, n, axis, mode, start: uniform_filter1d(x, n, axis, output, mode, cval, start)  # noqa: E731
    return _along(input, axes, one, size, mode, origin)


def _along(x: Any, axes: Any, one: Callable[..., Any], first: Any, mode: Any, second: Any) -> Any:
    """Filter along one axis after the other."""
    x = image(x)
    axes = range(np.ndim(x)) if axes is None else [a % np.ndim(x) for a in np.atleast_1d(axes)]
    n = len(axes)
    options = zip(axes, each(first, n), each(mode, n), each(second, n), strict=True)
    for axis, a, m, b in options:
        x = one(x, a, axis, m, b)
    return x


def _gaussian_weights(sigma: Any, order: int, radius: int) -> Any:
    """Return samples of a Gaussian, or of its derivative of an order, times its normalisation."""
    x = np.arange(-radius, radius + 1.0)
    density = np.exp(-0.5 / (sigma * sigma) * x**2)
    density = density / np.sum(density)
    polynomial: list[Any] = [1.0]  # of x, which the derivatives of the Gaussian contain
    for _ in range(order):
        derived = [*[k * c for k, c in enumerate(polynomial)][1:], 0.0, 0.0]
        lowered = [0.0, *[-c / (sigma * sigma) for c in polynomial]]
        polynomial = [a + b for a, b in zip(derived, lowered, strict=False)]
    factor = sum(c * x**k for k, c in enumerate(polynomial))
    return factor * density


@in_place_of(_original.gaussian_filter1d)
def gaussian_filter1d(
    input: Any, sigma: Any, axis: int = -1, order: int = 0, output: Any = None,
    mode: str = "reflect", cval: Any = 0.0, truncate: float = 4.0, *, radius: Any = None,
) -> Any:  # fmt: skip
    """Smooth along an axis, or differentiate; see `scipy.ndimage.gaussian_filter1d`.

    `sigma` may be a node. The derivative takes the number of weights to be constant.
    """
    reach = int(truncate * float(plain(sigma)) + 0.5) if radius is None else int(radius)
    weights = np.flip(_gaussian_weights(sigma, order, reach))
    return correlate1d(input, weights, axis, output, mode, cval)


@in_place_of(_original.gaussian_filter)
def gaussian_filter(
    input: Any, sigma: Any, order: Any = 0, output: Any = None, mode: Any = "reflect",
    cval: Any = 0.0, truncate: float = 4.0, *, radius: Any = None, axes: Any = None,
) -> Any:  # fmt: skip
    """Smooth an array, or differentiate; see `scipy.ndimage.gaussian_filter`. `sigma` may be a node.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.ndimage import gaussian_filter
    >>> peak = np.eye(1, 9, 4)[0]
    >>> round(grad(lambda sigma: gaussian_filter(peak, sigma)[4])(1.0), 6)
    -0.398915
    """
    count = np.ndim(input) if axes is None else len(np.atleast_1d(axes))
    radii = iter(each(radius, count))

    def one(x: Any, s: Any, axis: int, m: str, n: int) -> Any:
        reach = next(radii)
        if plain(s) <= 1e-15:
            return x
        return gaussian_filter1d(x, s, axis, n, output, m, cval, truncate, radius=reach)

    return _along(image(input), axes, one, sigma, mode, order)


def _differences(smooth: tuple[float, ...]) -> Callable[..., Any]:
    """Return a filter that differentiates along an axis and smooths along the others."""

    def function(
        input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0
    ) -> Any:
        modes = each(mode, np.ndim(input))
        axis = axis % np.ndim(input)
        y = correlate1d(input, np.array([-1.0, 0.0, 1.0]), axis, output, modes[axis], cval)
        for other in range(np.ndim(input)):
            if other != axis:
                y = correlate1d(y, np.array(smooth), other, output, modes[other], cval)
        return y

    return function


def _named(original: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = original.__name__
    function.__doc__ = f"Filter an array; see `scipy.ndimage.{original.__name__}`."
    return in_place_of(original)(function)


prewitt = _named(_original.prewitt, _differences((1.0, 1.0, 1.0)))
sobel = _named(_original.sobel, _differences((1.0, 2.0, 1.0)))


@in_place_of(_original.laplace)
def laplace(
    input: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None
) -> Any:
    """Return the sum of second differences; see `scipy.ndimage.laplace`."""
    one = lambda x, axis, m: correlate1d(x, np.array([1.0, -2.0, 1.0]), axis, output, m, cval)  # noqa: E731
    return _sum_over(input, axes, mode, one)


def _sum_over(x: Any, axes: Any, mode: Any, one: Callable[..., Any]) -> Any:
    x = image(x)
    axes = range(np.ndim(x)) if axes is None else [a % np.ndim(x) for a in np.atleast_1d(axes)]
    parts = zip(axes, each(mode, len(axes)), strict=True)
    return sum(one(x, axis, m) for axis, m in parts)


def _along_each(x: Any, sigma: Any, order: int, more: Any) -> Any:
    """Smooth an array, with derivatives of this order along each axis in turn."""
    for axis in range(np.ndim(image(x))):
        orders = [order if a == axis else 0 for a in range(np.ndim(x))]
        yield gaussian_filter(x, sigma, orders, **more)


@in_place_of(_original.gaussian_laplace)
def gaussian_laplace(
    input: Any, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, **more: Any
) -> Any:
    """Return the Laplacian of a smoothed array; see `scipy.ndimage.gaussian_laplace`."""
    more |= {"output": output, "mode": mode, "cval": cval}
    return sum(_along_each(input, sigma, 2, more))


@in_place_of(_original.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(
    input: Any, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, **more: Any
) -> Any:
    """Return the length of the gradient of a smoothed array; see `scipy.ndimage`."""
    more |= {"output": output, "mode": mode, "cval": cval}
    return np.sqrt(sum(slope**2 for slope in _along_each(input, sigma, 1, more)))
