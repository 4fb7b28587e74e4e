"""B-splines, and interpolation and fits by them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import scipy.interpolate as _original

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, OptionError, ShapeError
from autograd.rules.redefinable import for_batches
from autograd.scipy.fallback import has_node
from autograd.scipy.interpolate import basis
from autograd.scipy.interpolate.knots import augmented, default_knots, periodic_knots
from autograd.scipy.interpolate.places import (
    floats,
    inserted,
    masked,
    moved_to_front,
    validated,
    within,
)
from autograd.scipy.linalg import lstsq, solve_banded


class BSpline:
    """A spline, the sum of B-splines times coefficients; see `scipy.interpolate.BSpline`.

    Parameters
    ----------
    t : array_like
        The knots, not decreasing.
    c : array_like
        The coefficients, along `axis`.
    k : int
        The degree.
    extrapolate : bool or "periodic"
        Whether the outer polynomials hold outside; else the result is NaN there.
    axis : int
        The axis of the coefficients.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import BSpline
    >>> t = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])  # one parabola
    >>> grad(lambda c: BSpline(t, c, 2)(0.5))(np.zeros(3))
    array([0.25, 0.5 , 0.25])
    """

    def __init__(self, t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        self.t, self.k, self.extrapolate = floats(t), int(k), extrapolate
        self._c = moved_to_front(floats(c), axis)
        self.axis = axis % np.ndim(self._c)
        construct = partial(_original.BSpline, k=k)
        validated(construct, t, self._c)

    @property
    def c(self) -> Any:
        """The coefficients, along the first axis."""
        return self._c

    @property
    def tck(self) -> tuple[Any, Any, int]:
        """Knots, coefficients and degree."""
        return self.t, self._c, self.k

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """Return the value, or the derivative of order `nu`, at points."""
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return _evaluated(self.t, self._c, floats(x), self.k, nu, beyond, self.axis)

    def derivative(self, nu: int = 1) -> BSpline:
        """Return the derivative of order `nu`, as a spline."""
        t, c, k = self.tck
        for _ in range(nu):
            t, c, k = basis.derived(t, c, k)
        return self._like(t, c, k, self.extrapolate)

    def antiderivative(self, nu: int = 1) -> BSpline:
        """Return the antiderivative that is 0 at the first knot."""
        t, c, k = self.tck
        for _ in range(nu):
            t, c, k = basis.integrated(t, c, k)
        return self._like(t, c, k, False if self.extrapolate == "periodic" else self.extrapolate)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """Return the integral between two numbers."""
        beyond = self.extrapolate if extrapolate is None else extrapolate
        whole, low, high = self.antiderivative(), self.t[self.k], self.t[-self.k - 1]

        def to(x: Any) -> Any:
            if beyond == "periodic":
                turns = np.floor((plain(x) - plain(low)) / plain(high - low))
                start, inside = whole(low), x - turns * (high - low)
                return turns * (whole(high) - start) + whole(inside) - start
            if not beyond:  # SciPy takes what lies inside
                x = np.clip(x, plain(low), plain(high))
            return whole(x, extrapolate=True)

        found = to(b) - to(a)
        return np.reshape(found, np.shape(self._c)[1:]) if np.ndim(self._c) > 1 else found

    def _like(self, t: Any, c: Any, k: int, extrapolate: Any) -> BSpline:
        found = BSpline.__new__(BSpline)
        found.t, found._c, found.k = t, c, k
        found.extrapolate, found.axis = extrapolate, self.axis
        return found

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of SciPy's spline, if there are no nodes."""
        if name.startswith("_") or name == "t" or not hasattr(_original.BSpline, name):
            raise AttributeError(f"BSpline has no attribute {name!r}")
        if has_node(self.t, self._c):
            raise NoRuleError(f"BSpline.{name} of nodes has no derivative rule.")
        same = _original.BSpline(self.t, self._c, self.k, self.extrapolate)
        return getattr(same, name)

    @classmethod
    def basis_element(cls, t: Any, extrapolate: Any = True) -> BSpline:
        """Return the B-spline of these knots."""
        t = floats(t)
        k = np.shape(t)[0] - 2
        before, after = t[0] - 1.0, t[-1] + 1.0
        outer = [np.reshape(v, (1,)) for v in (*[before] * k, *[after] * k)]
        knots = np.concatenate([*outer[:k], t, *outer[k:]])
        c = np.zeros(np.shape(knots)[0] - k - 1)
        c[k] = 1.0
        return cls(knots, c, k, extrapolate)

    @staticmethod
    def design_matrix(x: Any, t: Any, k: int, extrapolate: Any = False) -> Any:
        """Return SciPy's sparse matrix of the B-splines at points; it has no nodes."""
        if has_node(x, t):
            raise NoRuleError("BSpline.design_matrix of nodes has no rule. Use BSpline itself.")
        return _original.BSpline.design_matrix(x, t, k, extrapolate)


@for_batches
def _evaluated(t: Any, c: Any, x: Any, k: int, nu: int, extrapolate: Any, axis: int) -> Any:
    """Return a spline, given by its coefficients along the first axis, at points."""
    n = np.shape(t)[0] - k - 1
    x, known = within(x, t[k], t[n], extrapolate)
    for _ in range(nu):
        t, c, k = basis.derived(t, c, k)
    index = basis.interval_of(t, k, x)
    y = basis.combined(c, index, basis.values(t, k, x, index), k)
    return inserted(masked(y, known), np.ndim(x), axis)


def make_interp_spline(
    x: Any, y: Any, k: int = 3, t: Any = None, bc_type: Any = None, axis: int = 0,
    check_finite: bool = True,
) -> BSpline:  # fmt: skip
    """Return the spline through data; see `scipy.interpolate.make_interp_spline`.

    Parameters
    ----------
    x : array_like
        Where the data are, increasing.
    y : array_like
        The values, along `axis`.
    k : int
        The degree.
    t : array_like, optional
        The knots.
    bc_type : str or pair, optional
        As for SciPy: "not-a-knot", "natural", "clamped", "periodic", or for each end pairs of the
        order of a derivative and its value, which may be a node.
    axis : int
        The axis of the data.
    check_finite : bool
        As for SciPy.

    Returns
    -------
    BSpline
        The spline, with derivatives by `x`, `y`, `t` and the values in `bc_type`.
    """
    construct = partial(
        _original.make_interp_spline,
        k=k,
        bc_type=plain(bc_type),
        axis=axis,
        check_finite=check_finite,
    )
    if t is None:
        validated(construct, x, y)
    else:
        validated(lambda x, y, t: construct(x, y, t=t), x, y, t)
    y = moved_to_front(floats(y), axis)
    knots, c = _interpolated(floats(x), y, int(k), None if t is None else floats(t), bc_type)
    periodic = isinstance(bc_type, str) and bc_type == "periodic"
    spline = BSpline.__new__(BSpline)
    spline.t, spline._c, spline.k = knots, c, int(k)
    spline.extrapolate, spline.axis = "periodic" if periodic else True, axis % np.ndim(y)
    return spline


_CONDITIONS = {"natural": [(2, 0.0)], "clamped": [(1, 0.0)], "not-a-knot": None}


@for_batches
def _interpolated(x: Any, y: Any, k: int, t: Any, bc_type: Any) -> tuple[Any, Any]:
    """Return the knots and the coefficients."""
    if k == 0:
        return (np.concatenate([x, x[-1:]]) if t is None else t), y
    if isinstance(bc_type, str) and bc_type == "periodic":
        return _around(x, y, k, t)
    both = bc_type if isinstance(bc_type, tuple | list) else (bc_type, bc_type)
    first, last = (_CONDITIONS[end] if isinstance(end, str) else end for end in both)
    first, last = list(first or ()), list(last or ())
    if t is None:
        t = default_knots(x, k) if not (first or last) else augmented(x, k)
    n = np.shape(t)[0] - k - 1
    if len(first) + np.shape(x)[0] + len(last) != n:
        raise OptionError(
            f"{np.shape(x)[0]} data with {len(first) + len(last)} conditions at the ends do not "
            f"determine the {n} coefficients for {np.shape(t)[0]} knots."
        )
    shape = np.shape(y)[1:]
    y = np.reshape(y, (np.shape(y)[0], -1))
    rows = [_end_row(t, k, x[0], order) for order, _ in first]
    index = basis.interval_of(t, k, x)
    rows += [(index, basis.values(t, k, x, index))]
    rows += [_end_row(t, k, x[-1], order) for order, _ in last]
    places = np.concatenate([i for i, _ in rows])
    entries = np.concatenate([values for _, values in rows])
    sides = [np.reshape(floats(v), (1, -1)) + 0.0 * y[:1] for _, v in first]
    ends = [np.reshape(floats(v), (1, -1)) + 0.0 * y[:1] for _, v in last]
    right = np.concatenate([*sides, y, *ends])
    band = _banded(entries, places, k, n)
    return t, np.reshape(solve_banded((k, k), band, right), (n, *shape))


def _end_row(t: Any, k: int, x: Any, order: int) -> tuple[Any, Any]:
    """Return the derivatives at an end of the B-splines that are not zero there."""
    eye = np.eye(np.shape(t)[0] - k - 1)
    index = basis.interval_of(t, k, np.reshape(x, (1,)))
    row = _evaluated(t, eye, np.reshape(x, (1,)), k, order, True, 0)[0]
    first = int(index[0]) - k
    return index, row[None, first : first + k + 1]


def _banded(entries: Any, index: Any, k: int, n: int) -> Any:
    """Return a matrix in diagonal form; row i has its entries from column index[i] - k on."""
    source = np.full((2 * k + 1, n), np.size(plain(entries)))
    row, j = np.arange(n)[:, None], np.arange(k + 1)
    columns = index[:, None] - k + j
    source[k + row - columns, columns] = row * (k + 1) + j
    flat = np.concatenate([np.reshape(entries, (-1,)), np.zeros(1)])
    return flat[source]


def _around(x: Any, y: Any, k: int, t: Any) -> tuple[Any, Any]:
    """Return knots and coefficients of a periodic spline."""
    t = periodic_knots(x, k) if t is None else t
    m = np.shape(x)[0] - 1
    index = basis.interval_of(t, k, x[:-1])
    entries = basis.values(t, k, x[:-1], index)
    matrix: Any = 0.0
    for j in range(k + 1):
        columns = (index - k + j) % m
        matrix = matrix + entries[:, j, None] * (columns[:, None] == np.arange(m))
    right = np.reshape(y[:-1], (m, -1))
    c = np.reshape(np.linalg.solve(matrix, right), (m, *np.shape(y)[1:]))
    return t, c[np.arange(np.shape(t)[0] - k - 1) % m]


def make_lsq_spline(
    x: Any, y: Any, t: Any, k: int = 3, w: Any = None, axis: int = 0, check_finite: bool = True,
    *, method: str = "qr",
) -> BSpline:  # fmt: skip
    """Return the spline with given knots that is nearest to data; see `scipy.interpolate`.

    Parameters
    ----------
    x, y : array_like
        Places, increasing, and values along `axis`.
    t : array_like
        The knots, that satisfy the conditions of Schoenberg and Whitney.
    k : int
        The degree.
    w : array_like, optional
        Weights of the residuals.
    axis : int
        The axis of the data.
    check_finite, method
        As for SciPy.
    """
    x, t, y = floats(x), floats(t), moved_to_front(floats(y), axis)
    if np.shape(x) != np.shape(y)[:1]:
        raise ShapeError(
            f"x has shape {np.shape(x)} and y {np.shape(y)}: one place for each value."
        )
    n = np.shape(t)[0] - k - 1
    design = _evaluated(t, np.eye(n), x, k, 0, True, 0)
    weights = np.ones(np.shape(x)[0]) if w is None else floats(w)
    right = np.reshape(y, (np.shape(y)[0], -1)) * weights[:, None]
    c = lstsq(design * weights[:, None], right)[0]
    spline = BSpline(t, np.reshape(c, (n, *np.shape(y)[1:])), k)
    spline.axis = axis % np.ndim(y)
    return spline
