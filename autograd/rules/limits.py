"""Derivatives through eigenvectors and singular vectors at equal values.

Let L(w, V) be computed from eigenvalues w and eigenvectors V, and let it be a smooth function of
the matrix A = V diag(w) Vᴴ: with its derivative G, and G' = Vᴴ G V, a rule has to find V G' Vᴴ. The
diagonal of G' is ∂L/∂w. For the other elements a rule divides

    G'_ij = S_ij / (w_j - w_i),    S = the skew part of Vᴴ ∂L/∂V.

Where w_i = w_j, the vectors of both can be rotated into each other. L must not change with that, so
S_ij = 0, and the quotient has a limit that S alone does not determine. But ∂L/∂w_i is G'_ii for any
choice of vectors: rotating v_i towards v_j changes it by 2 G'_ij. That change is computed from the
graph of the cotangents, which are nodes for that purpose. If L depends on the choice of vectors, it
has no derivative, which is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.derivatives import derivatives
from autograd.engine.dispatch import plain
from autograd.engine.foreign import eye, like
from autograd.engine.operations import GETITEM
from autograd.errors import NoDerivativeError
from autograd.graph import Graph
from autograd.rules.kernel import extreme, holds
from autograd.rules.packing import Part, places, unpack
from autograd.rules.table import define

CHOICE = (
    "{what} are equal here, and the result depends on the choice of their vectors, or combines "
    "several decompositions: there is no derivative. Use one decomposition, or a function of the "
    "whole matrix such as autograd.scipy.linalg.sqrtm, logm, expm or funm."
)
AGAIN = (
    "Functions of the vectors of equal eigenvalues or singular values have only a first derivative "
    "here. Write a function of the whole matrix, such as autograd.scipy.linalg.sqrtm, logm, expm or "
    "funm, or one of the values alone."
)


def rounding(w: Any, size: int) -> Any:
    """Return the rounding error of the values of each matrix."""
    return 8 * size * np.finfo(w.dtype).eps * extreme(np.max, np.abs(w))


def gaps(w: Any) -> Any:
    """Return the distance of each pair of values; infinity on the diagonal."""
    apart = np.abs(w[..., None, :] - w[..., :, None])
    return np.where(eye(np.shape(w)[-1], bool, w), math.inf, apart)


def close(w: Any) -> Any:
    """Return which pairs of values are so close that a quotient is inaccurate.

    Its relative error is ε / |w_i - w_j|, that of the limit is |w_i - w_j|: they meet at √ε.
    """
    scale = extreme(np.max, np.abs(w))
    return gaps(w) <= math.sqrt(np.finfo(w.dtype).eps) * scale[..., None, None]


def colours(pairs: Any) -> Any:
    """Return a colour for each value; those of a close pair differ."""
    n = np.shape(pairs)[-1]
    found = np.zeros(np.shape(pairs)[:-1], dtype=int, like=like(pairs))
    for i in range(1, n):
        taken = np.where(pairs[..., :i, i], found[..., :i], -1)
        found[..., i] = extreme(np.max, taken, -1, -1) + 1
    return found


def operations_between(y: Any, g: Any) -> list[Any]:
    """Return the operations that made a cotangent of a decomposition, but not the decomposition."""
    if not isinstance(g, Node):
        return []
    return [n for n in Graph.as_recorded(g, stop=(y,)).operations if n is not y]


def uses_vectors(g: Any, y: Any, parts: Sequence[Part], values: int) -> bool:
    """Return whether a cotangent depends on more than the values of a decomposition."""
    place = places(parts)[values]
    numbers = plain(g)
    if holds(numbers[..., : place.start] != 0) or holds(numbers[..., place.stop :] != 0):
        return True
    for node in operations_between(y, g):
        if any(argument is y for argument in node.arguments):
            index = node.arguments[1] if node.primitive is GETITEM else None
            if not (isinstance(index, tuple) and index[-1] == place):
                return True
    return False


def _refuse(g: Any, z: Any, x: Any, cotangents: Any, results: Any) -> Any:
    """Raise `NoDerivativeError`: limits have no derivative here."""
    raise NoDerivativeError(AGAIN)


#: Correct numbers whose derivatives are not known.
only_once = define(
    lambda x, cotangents, results: np.array(x),
    _refuse,
    _refuse,
    _refuse,
    name="only_once",
    replaces=(),
)


class Limits:
    """The close values of one decomposition and the cotangents there.

    Parameters
    ----------
    g, y : node
        The packed cotangents and results.
    parts : sequence of Part
        The layout of both.
    values : int
        The index of the part with the values.
    pairs : ndarray of bool
        Which values are close.
    what : str
        The name of the values in messages.
    """

    def __init__(
        self, g: Any, y: Any, parts: Sequence[Part], values: int, pairs: Any, what: str
    ) -> None:
        self.g = g
        self.y = y
        self.parts = parts
        self.values = values
        self.pairs = pairs
        self.what = what

    def slopes(self, of_vectors: Callable[[list[Any]], Any], others: Any = False) -> Any:
        """Return how the cotangent of each value changes as its vectors rotate towards others.

        ``of_vectors(parts)`` turns the derivatives of a sum of cotangents by all results into a
        matrix; its row i is used if the sum contains the cotangent of value i. Cotangents do not
        change with the vectors of values that are not close, so one pass serves many. `others` is a
        mask of values that matter besides the close ones.
        """
        cotangents = unpack(self.g, self.parts)[self.values]
        total: Any = 0.0
        concerned = np.any(self.pairs, axis=-1) | others
        anything = concerned * pattern(np.shape(cotangents), float)
        if not self._changes_with_vectors(self._derivatives(cotangents, anything, [self.y])[0]):
            return total
        order = colours(self.pairs)
        for number in range(int(extreme(np.max, order, None, 0)) + 1):
            rows = order == number
            found = self._derivatives(cotangents, rows, [self.y])[0]
            if found is not None:
                total = total + rows[..., None] * of_vectors(unpack(found, self.parts))
        return total

    def _changes_with_vectors(self, slopes: Any) -> bool:
        """Return whether derivatives by the vectors are not all 0."""
        place = places(self.parts)[self.values]
        return slopes is not None and (
            holds(slopes[..., : place.start] != 0) or holds(slopes[..., place.stop :] != 0)
        )

    def changes(self, zeros: list[Any], along: Callable[[list[Any]], Any]) -> Any:
        """Return how much numbers that must vanish change with the choice of vectors.

        ``along(parts)`` contracts derivatives by all results with a rotation of the vectors. Changes
        with another decomposition at close values, or with the matrix itself other than through its
        decomposition, count as well.
        """
        leaves = Graph.as_recorded(self.y).leaves if isinstance(self.y, Node) else []
        others = [
            node
            for node in operations_between(self.y, self.g)
            if node.primitive.limit is not None and node.primitive.limit(node.data, node.arguments)
        ]
        total: Any = 0.0
        for x in zeros:
            weights = pattern(np.shape(x), plain(x).dtype)
            total = total + np.sum(np.real(weights * x))
        own, *more = self._derivatives(total, np.ones(()), [self.y, *others, *leaves])
        found = 0.0 if own is None else np.abs(along(unpack(own, self.parts)))
        return found + sum(extreme(np.max, np.abs(x), None) for x in more if x is not None)

    def _derivatives(self, root: Any, seed: Any, targets: list[Any]) -> list[Any]:
        if not isinstance(root, Node):
            return [None for _ in targets]
        return derivatives(root, seed.astype(plain(root).dtype), targets, True, False)  # type: ignore[no-any-return]

    def trusted(self, doubts: Any, scale: Any, zeros: Any = False) -> Any:
        """Return the pairs to take the limit for; raise if it is needed but wrong.

        `doubts` should be 0 for each matrix, compared with `scale`; `zeros` is a mask of matrices
        that need the limit for other reasons.
        """
        w = plain(unpack(self.y, self.parts)[self.values])
        right = doubts <= tolerance(w.dtype, scale)
        equal = self.pairs & (gaps(w) <= rounding(w, np.shape(w)[-1])[..., None, None])
        if holds((np.any(equal, axis=(-2, -1)) | zeros) & ~right):
            raise NoDerivativeError(CHOICE.format(what=self.what))
        return self.pairs & right[..., None, None]


def pattern(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return numbers without simple ratios."""
    count = np.arange(1.0, 1 + math.prod(shape)).reshape(shape)
    numbers = np.cos(count)
    return (numbers + 1j * np.sin(3 * count) if np.dtype(dtype).kind == "c" else numbers).astype(
        dtype
    )


def divided(x: Any, differences: Any, limit: Any, trusted: Any) -> Any:
    """Divide by differences; use the limit where it is trusted."""
    safe = np.where(trusted | (plain(differences) == 0), 1.0, differences)
    return np.where(trusted, limit, x / safe)


def fragile(
    quotients: Any, x: Any, scale: Any, g: Any, y: Any, parts: Sequence[Part], values: int
) -> Any:
    """Forbid derivatives of quotients whose derivatives would be inaccurate.

    Their relative error is ε / |w_i - w_j|², unless the dividend x has its full scale.
    """
    if not isinstance(y, Node):
        return quotients
    w = plain(unpack(y, parts)[values])
    least = np.finfo(w.dtype).eps ** (1 / 3)
    near = gaps(w) <= least * extreme(np.max, np.abs(w))[..., None, None]
    near &= np.abs(plain(x)) <= least * scale[..., None, None]
    if not holds(near) or not uses_vectors(g, y, parts, values):
        return quotients
    return np.where(near, only_once(plain(quotients), g, y), quotients)


def tolerance(dtype: Any, scale: Any) -> Any:
    """Return the rounding error of numbers that should be 0, computed from numbers of this scale."""
    eps = np.finfo(dtype).eps
    return 16 * math.sqrt(eps) * scale + 256 * eps


def largest(x: Any) -> Any:
    """Return the largest absolute element of each matrix."""
    return extreme(np.max, np.abs(plain(x)), (-2, -1))
