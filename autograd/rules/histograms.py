"""Histograms: linear in the weights; the bin of a number is a constant.

Edges that NumPy chooses itself run from the smallest number to the largest and depend on them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.errors import ShapeError
from autograd.rules.shapes import along_axis, arrays
from autograd.rules.table import composition_of, implements, linear


def weights_in_bins(weights: Any, x: Any, minlength: int = 0) -> Any:
    """Sum the weights of each integer in `x`."""
    if not np.iscomplexobj(weights):
        return np.bincount(x, weights, minlength)
    parts = [np.bincount(x, part, minlength) for part in (weights.real, weights.imag)]
    return parts[0] + 1j * parts[1]


# fmt: off
in_bins = linear(weights_in_bins, lambda g, weights, x, minlength=0: np.take(g, x), name="bincount")
# fmt: on


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Count integers, or sum their weights."""
    if not isinstance(weights, Node):
        return np.bincount(plain(x), weights, minlength)
    (x,) = arrays(plain(x), weights)[:1]
    if np.shape(weights) != x.shape:
        raise ShapeError(
            f"bincount needs one weight for each number; the numbers have shape {x.shape}, the "
            f"weights {np.shape(weights)}. Broadcast the weights with np.broadcast_to."
        )
    return in_bins(weights, x, minlength)


def bin_edges(a: Any, bins: Any, limits: Any, chosen: Any) -> Any:
    """Return the edges that NumPy has chosen, as nodes if they depend on nodes."""
    if np.ndim(bins) == 1 and not isinstance(bins, str):
        return bins if isinstance(bins, Node) else chosen
    ends = (np.min(a), np.max(a)) if limits is None and size_of(plain(a)) else limits
    if ends is None or not any(isinstance(end, Node) for end in ends):
        return chosen
    if plain(ends[0]) == plain(ends[1]):
        ends = (ends[0] - 0.5, ends[1] + 0.5)
    return np.linspace(ends[0], ends[1], len(chosen))


def place(x: Any, edges: Any) -> tuple[Any, Any]:
    """Return the bin of each number and whether it has one; the last bin is closed."""
    number = np.searchsorted(edges, x, side="right") - 1
    number = np.where(x == edges[-1], len(edges) - 2, number)
    return number, (x >= edges[0]) & (x <= edges[-1])


def totals(columns: list[Any], edges: list[Any], weights: Any) -> Any:
    """Sum the weights of the points in each cell of a grid."""
    shape = tuple(len(edge) - 1 for edge in edges)
    number: Any = 0
    inside: Any = True
    for x, edge, n in zip(columns, edges, shape, strict=True):
        k, is_in = place(x, arrays(plain(edge))[0])
        number, inside = number * n + k, inside & is_in
    found = np.flatnonzero(inside)
    size = math.prod(shape)
    counts = bincount(number[found], np.ravel(weights)[found], size)
    return np.reshape(counts, shape).astype(weights.dtype)


def to_density(counts: Any, edges: list[Any]) -> Any:
    """Divide by the total and by the size of each cell."""
    total = np.sum(counts)
    for axis, edge in enumerate(edges):
        counts = counts / along_axis(np.diff(edge), axis, len(edges))
    return counts / total


@composition_of(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """Return the edges of bins."""
    chosen = np.histogram_bin_edges(plain(a), plain(bins), plain(range), plain(weights))
    return bin_edges(a, bins, range, chosen)


@composition_of(np.histogram)
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """Count numbers in bins, or sum their weights; counts are plain numbers."""
    counts, chosen = np.histogram(plain(a), plain(bins), plain(range), None, plain(weights))
    edges = bin_edges(a, bins, range, chosen)
    if isinstance(weights, Node):
        counts = totals([np.ravel(plain(a))], [chosen], weights)
    return (to_density(counts, [edges]) if density else counts), edges


@composition_of(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """Count points in the cells of a grid, or sum their weights; counts are plain numbers."""
    if isinstance(sample, (list, tuple)):
        sample = np.stack([np.reshape(x, -1) for x in sample], axis=1)
    elif np.ndim(sample) == 1:
        sample = np.reshape(sample, (-1, 1))
    counts, chosen = np.histogramdd(plain(sample), plain(bins), plain(range), None, plain(weights))
    dimensions = [i for i, _ in enumerate(chosen)]
    each_bins = [bins] * len(chosen) if isinstance(bins, (int, np.integer)) else bins
    each_range = [None] * len(chosen) if range is None else range
    edges = [bin_edges(sample[:, i], each_bins[i], each_range[i], chosen[i]) for i in dimensions]
    if isinstance(weights, Node):
        numbers = plain(sample)
        counts = totals([numbers[:, i] for i in dimensions], list(chosen), weights)
    return (to_density(counts, edges) if density else counts), tuple(edges)


@composition_of(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """Count points of the plane in rectangles, or sum their weights."""
    if isinstance(bins, (int, np.integer)) or len(bins) not in (1, 2):
        bins = [bins, bins]
    counts, edges = histogramdd((x, y), bins, range, density, weights)
    return counts, edges[0], edges[1]
