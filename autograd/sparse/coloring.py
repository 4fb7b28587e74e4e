"""Colourings: which columns of a sparse matrix one product can compute together.

References: A. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian? Graph coloring for
computing derivatives", SIAM Review 47 (2005); for stars A. Gebremedhin, A. Tarafdar, F. Manne,
A. Pothen, "New acyclic and star coloring algorithms", SIAM J. Sci. Comput. 29 (2007).

Sets of colours are Python integers, with a bit for each colour.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from autograd.sparse.sets import Sets

#: The rows on which to test a colouring first, before all of them.
SAMPLED = 200

#: The fewest colours of a path of four vertices, and of a triangle.
THREE = 3

#: Longer rows are not those of stencils on a grid, whose colouring repeats itself.
SHORT = 16

#: The most axes of a grid.
AXES = 3


def columns_colored(sets: Sets, shape: tuple[int, ...]) -> Any:
    """Return a colour for each column, such that no row has two entries of the same colour.

    Perhaps the columns are points of a grid, whose axes `shape` or the distances from the diagonal
    tell: then a colouring that repeats itself may need no more colours than the longest row.
    Otherwise greedy, in two orders: as the columns are, and those with most entries first. If this
    takes more colours than a repeating one with a few more than the longest row, that is better.
    """
    least = int(np.diff(sets.indptr).max(initial=0))
    if 0 < least <= SHORT:
        found = repeating(sets, shape, range(least, least + 1), None)
        if found is not None:
            return found
    columns = sets.matrix().T.tocsr()
    best = _greedy(columns, sets.size, range(sets.width))
    if best.max(initial=-1) + 1 > least:
        lengths = np.diff(columns.indptr)
        other = _greedy(columns, sets.size, np.argsort(-lengths, kind="stable").tolist())
        best = min(best, other, key=lambda colors: colors.max(initial=-1))
    count = int(best.max(initial=-1)) + 1
    if count > least:
        best = repeating(sets, shape, range(max(least, 1), count), best)
    return best


def repeating(sets: Sets, shape: tuple[int, ...], counts: range, otherwise: Any) -> Any:
    """Return a colouring by a linear function of the coordinates, modulo one of these counts.

    Parameters
    ----------
    sets : Sets
        The columns of each row.
    shape : tuple of int
        The shape of the array whose elements are the columns.
    counts : range
        How many colours to try.
    otherwise : ndarray or None
        What to return if no such colouring is found.
    """
    axes = [np.unravel_index(np.arange(sets.width), s) for s in _grids(sets, shape)]
    sample = np.linspace(0, sets.size - 1, min(sets.size, SAMPLED), dtype=int)
    few = sets.take(sample)
    for count in counts:
        for coordinates in axes:
            for slopes in itertools.product(range(count), repeat=len(coordinates) - 1):
                colors = coordinates[-1] % count
                for slope, line in zip(slopes, coordinates, strict=False):
                    colors = (colors + slope * line) % count
                if _separates(few, colors, count) and _separates(sets, colors, count):
                    return colors
    return otherwise


def _grids(sets: Sets, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the shapes of grids whose points the columns may be.

    In a square matrix the most frequent distances from the diagonal are the strides of a grid.
    """
    found: list[tuple[int, ...]] = [(sets.width,)]
    found += [shape] if 1 < len(shape) <= AXES else []
    rows = np.repeat(np.arange(sets.size), np.diff(sets.indptr))
    distances = np.abs(sets.indices - rows)
    lengths, counts = np.unique(distances[distances > 1], return_counts=True)
    frequent = sorted(lengths[np.argsort(-counts, kind="stable")][: AXES - 1].tolist())
    for number in range(1, len(frequent) + 1):
        for strides in itertools.combinations(frequent, number):
            ends = [*strides[1:], sets.width]
            if all(end % stride == 0 for stride, end in zip(strides, ends, strict=True)):
                axes = [end // stride for stride, end in zip(strides, ends, strict=True)]
                found.append((*reversed(axes), strides[0]))
    return list(dict.fromkeys(found))


def _separates(sets: Sets, colors: Any, count: int) -> bool:
    """Return whether no set has two columns of one colour."""
    rows = np.repeat(np.arange(sets.size), np.diff(sets.indptr))
    places = rows * count + colors[sets.indices]
    return bool(np.bincount(places, minlength=1).max(initial=0) <= 1)


def _greedy(columns: Any, rows: int, order: Any) -> Any:
    """Give each column, in an order, the first colour that its rows do not have."""
    indptr, indices = columns.indptr.tolist(), columns.indices.tolist()
    taken = [0] * rows
    colors = [0] * (len(indptr) - 1)
    for column in order:
        own = indices[indptr[column] : indptr[column + 1]]
        used = 0
        for row in own:
            used |= taken[row]
        bit = ~used & (used + 1)
        for row in own:
            taken[row] |= bit
        colors[column] = bit.bit_length() - 1
    return np.array(colors, int)


def stars_colored(sets: Sets, shape: tuple[int, ...]) -> Any:
    """Return a colour for each row and column of a symmetric matrix.

    Rows with an entry in common have different colours, and every path of four rows has three: so
    each entry is the only one of its colour in its row, or in its column. Three colours are the
    fewest where there is such a path, and columns of different colours are those of stars as well.
    """
    lengths = np.diff(sets.indptr)
    has_path = _has_path(sets)
    if lengths.max(initial=0) <= THREE and has_path and _has_diagonal(sets):
        found = repeating(sets, shape, range(THREE, THREE + 1), None)
        if found is not None:
            return found
    best = _greedy_stars(sets, range(sets.size))
    least = THREE if has_path else 1
    if best.max(initial=-1) + 1 > least and lengths.max() > lengths.min():
        other = _greedy_stars(sets, np.argsort(-lengths, kind="stable").tolist())
        best = min(best, other, key=lambda colors: colors.max(initial=-1))
    return best


def _has_diagonal(sets: Sets) -> bool:
    """Return whether all entries on the diagonal of a matrix are in its pattern."""
    rows = np.repeat(np.arange(sets.size), np.diff(sets.indptr))
    return bool(np.count_nonzero(rows == sets.indices) == sets.size)


def _has_path(sets: Sets) -> bool:
    """Return whether there is a path of four vertices, or a triangle, in a symmetric matrix."""
    rows = np.repeat(np.arange(sets.size), np.diff(sets.indptr))
    edges = rows != sets.indices
    degrees = np.bincount(rows[edges], minlength=sets.size)
    return bool(np.any((degrees[rows] > 1) & (degrees[sets.indices] > 1) & edges))


def _greedy_stars(sets: Sets, order: Any) -> Any:
    """Give each vertex, in an order, the first colour that makes no path of two colours.

    For each vertex there are the colours of its neighbours, those that several of them have, and
    the colours of neighbours that have several neighbours of the vertex's own colour: another
    vertex of such a colour beside this one would be the end of a path of four with two colours.
    """
    indptr, indices = sets.indptr.tolist(), sets.indices.tolist()
    count = len(indptr) - 1
    bits = [0] * count
    once, several, closed = [0] * count, [0] * count, [0] * count
    for vertex in order:
        own = [w for w in indices[indptr[vertex] : indptr[vertex + 1]] if w != vertex]
        forbidden = 0
        for w in own:
            forbidden |= (bits[w] | closed[w]) if bits[w] else once[w]
        bit = ~forbidden & (forbidden + 1)
        bits[vertex] = bit
        for w in own:
            if once[w] & bit and not several[w] & bit:
                several[w] |= bit
                if bits[w]:
                    _close(indices[indptr[w] : indptr[w + 1]], bits, closed, bit, bits[w])
            once[w] |= bit
            if bits[w] and several[w] & bit:
                closed[vertex] |= bits[w]
        for w in own:
            if bits[w] & several[vertex]:
                closed[w] |= bit
    return np.array([bit.bit_length() - 1 for bit in bits], int)


def _close(neighbors: list[int], bits: list[int], closed: list[int], bit: int, color: int) -> None:
    """Note, for neighbours of one colour, a neighbour's colour that no other one may have."""
    for x in neighbors:
        if bits[x] == bit:
            closed[x] |= color
