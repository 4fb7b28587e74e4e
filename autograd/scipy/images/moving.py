"""Arrays that are shifted, scaled, turned or mapped by a matrix: interpolation at new places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.ndimage as _original

from autograd.engine.dispatch import plain
from autograd.errors import ShapeError
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import in_place_of
from autograd.scipy.images.coordinates import map_coordinates
from autograd.scipy.images.filters import image


def _grid(shape: Any) -> Any:
    """Return the coordinates of all elements of an array, one row for each axis."""
    return np.indices(tuple(int(n) for n in shape)).astype(float)


def _scaled(places: Any, factors: Any) -> Any:
    """Multiply, or shift if added, each row of coordinates by its own number."""
    return np.reshape(factors, (-1,) + (1,) * (np.ndim(places) - 1)) * np.ones(np.shape(places))


@in_place_of(_original.shift)
def shift(
    input: Any, shift: Any, output: Any = None, order: int = 3, mode: str = "constant",
    cval: Any = 0.0, prefilter: bool = True,
) -> Any:  # fmt: skip
    """Shift an array; see `scipy.ndimage.shift`. The shift may be a node."""
    x = image(input)
    steps = as_array(shift) if np.ndim(as_array(shift)) else as_array(shift) * np.ones(np.ndim(x))
    places = _grid(np.shape(x))
    return map_coordinates(x, places - _scaled(places, steps), output, order, mode, cval, prefilter)


@in_place_of(_original.zoom)
def zoom(
    input: Any, zoom: Any, output: Any = None, order: int = 3, mode: str = "constant",
    cval: Any = 0.0, prefilter: bool = True, *, grid_mode: bool = False,
) -> Any:  # fmt: skip
    """Scale an array to another size; see `scipy.ndimage.zoom`."""
    x = image(input)
    factors = [float(z) for z in np.broadcast_to(plain(as_array(zoom)), np.ndim(x))]
    sizes = [round(n * z) for n, z in zip(np.shape(x), factors, strict=True)]
    places = _grid(sizes)
    if grid_mode:
        steps = np.array([n / m if m else 1.0 for n, m in zip(np.shape(x), sizes, strict=True)])
        places = _scaled(places, steps) * (places + 0.5) - 0.5
    else:
        pairs = zip(np.shape(x), sizes, strict=True)
        steps = np.array([(n - 1) / (m - 1) if m > 1 else 1.0 for n, m in pairs])
        places = _scaled(places, steps) * places
        if not grid_mode:  # rounding must not move the last element outside
            tops = _scaled(places, np.array([n - 1.0 for n in np.shape(x)]))
            places = np.where(np.abs(places - tops) < 1e-12 * (1 + tops), tops, places)
    return map_coordinates(x, places, output, order, mode, cval, prefilter)


@in_place_of(_original.affine_transform)
def affine_transform(
    input: Any, matrix: Any, offset: Any = 0.0, output_shape: Any = None, output: Any = None,
    order: int = 3, mode: str = "constant", cval: Any = 0.0, prefilter: bool = True,
) -> Any:  # fmt: skip
    """Map an array by a matrix; see `scipy.ndimage.affine_transform`.

    Matrix and offset may be nodes: they take coordinates of the result to those of the input.
    """
    x, m = image(input), as_array(matrix)
    ndim = np.ndim(x)
    if np.ndim(m) == 2 and np.shape(m)[1] == ndim + 1:  # homogeneous coordinates
        m, offset = m[:ndim, :ndim], m[:ndim, ndim]
    if np.shape(m) not in ((ndim,), (ndim, ndim)):
        raise ShapeError(f"matrix has shape {np.shape(matrix)}; the input has {ndim} axes.")
    places = _grid(np.shape(x) if output_shape is None else output_shape)
    flat = np.reshape(places, (ndim, -1))
    moved = m[:, None] * flat if np.ndim(m) == 1 else m @ flat
    moved = moved + _scaled(flat, as_array(offset) * np.ones(ndim))
    return map_coordinates(
        x, np.reshape(moved, np.shape(places)), output, order, mode, cval, prefilter
    )


@in_place_of(_original.rotate)
def rotate(
    input: Any, angle: Any, axes: Any = (1, 0), reshape: bool = True, output: Any = None,
    order: int = 3, mode: str = "constant", cval: Any = 0.0, prefilter: bool = True,
) -> Any:  # fmt: skip
    """Turn an array in the plane of two axes; see `scipy.ndimage.rotate`.

    The angle, in degrees, may be a node. The derivative takes the size of the result to be constant.
    """
    x = image(input)
    first, second = sorted(a % np.ndim(x) for a in axes)
    turn = angle * (math.pi / 180)
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.stack([np.stack([c, s]), np.stack([-s, c])])
    n, m = np.shape(x)[first], np.shape(x)[second]
    size = np.array([n, m])
    if reshape:
        corners = plain(matrix) @ np.array([[0, 0, n, n], [0, m, 0, m]])
        size = (np.ptp(corners, axis=1) + 0.5).astype(int)
    offset = (np.array([n, m]) - 1) / 2 - matrix @ ((size - 1) / 2)
    shape = list(np.shape(x))
    shape[first], shape[second] = (int(k) for k in size)
    places = _grid(shape)
    rows = [places[i] for i in range(np.ndim(x))]
    turned = [
        matrix[i, 0] * rows[first] + matrix[i, 1] * rows[second] + offset[i] for i in range(2)
    ]
    rows[first], rows[second] = turned
    if np.ndim(x) == 2:
        return map_coordinates(x, np.stack(rows), output, order, mode, cval, prefilter)
    return _in_planes(x, turned, (first, second), (output, order, mode, cval, prefilter))


def _in_planes(x: Any, turned: Any, axes: Any, options: Any) -> Any:
    """Interpolate in each plane by itself, as SciPy does: other axes are not filtered."""
    whole = np.moveaxis(x, axes, (-2, -1))
    planes = np.reshape(whole, (-1, *np.shape(whole)[-2:]))
    places = np.stack([np.moveaxis(t, axes, (-2, -1)) for t in turned])
    places = np.reshape(places, (2, -1, *np.shape(places)[-2:]))[:, 0]
    found = np.stack(
        [map_coordinates(planes[i], places, *options) for i in range(np.shape(planes)[0])]
    )
    found = np.reshape(found, (*np.shape(whole)[:-2], *np.shape(found)[1:]))
    return np.moveaxis(found, (-2, -1), axes)
