"""Polynomials, given by their coefficients, highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.foreign import full, like
from autograd.errors import NoDerivativeError, NoRuleError, ShapeError
from autograd.rules.composite import real_type
from autograd.rules.kernel import holds
from autograd.rules.shapes import arrays
from autograd.rules.table import composition_of, define

# -- arithmetic -------------------------------------------------------------------------------


@composition_of(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Evaluate a polynomial by Horner's rule."""
    p, x = arrays(p, x)
    if np.shape(p)[0] == 0:
        return np.zeros(np.shape(x), like=like(x))
    y: Any = np.zeros(np.shape(x), like=like(p, x)) + p[0]
    for coefficient in p[1:]:
        y = y * x + coefficient
    return y


@composition_of(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """Differentiate a polynomial."""
    for _ in range(m):
        n = np.shape(p)[0] - 1
        p = p[:-1] * np.arange(n, 0, -1, dtype=real_type(p), like=like(p))
    return p


@composition_of(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Integrate a polynomial."""
    constants = np.zeros(m, like=like(p)) if k is None else np.broadcast_to(arrays(k, p)[0], (m,))
    for i in range(m):
        n = np.shape(p)[0]
        powers = np.arange(n, 0, -1, dtype=real_type(p), like=like(p))
        p = np.concatenate([p / powers, constants[i : i + 1].astype(powers.dtype)])
    return p


@composition_of(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """Add two polynomials."""
    a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
    n = max(np.shape(a1)[0], np.shape(a2)[0])
    return np.pad(a1, (n - np.shape(a1)[0], 0)) + np.pad(a2, (n - np.shape(a2)[0], 0))


@composition_of(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """Subtract two polynomials."""
    return np.polyadd(a1, np.negative(a2))


@composition_of(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Multiply two polynomials."""
    return np.convolve(without_leading_zeros(a1), without_leading_zeros(a2))


def without_leading_zeros(p: Any) -> Any:
    """Drop leading zero coefficients, as NumPy does before it multiplies."""
    p = np.atleast_1d(p)
    places = np.flatnonzero(plain(p))
    if places.size == 0:
        return np.append(p, 0.0)[-1:]
    return p[int(places[0]) :]


@composition_of(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:  # noqa: N803 - NumPy's name
    """Return a matrix whose columns are powers of the input."""
    n = np.shape(x)[0] if N is None else N
    if n == 0:
        return np.zeros((np.shape(x)[0], 0), like=like(x))
    powers = range(n) if increasing else range(n - 1, -1, -1)
    return np.stack([x**p if p else 0 * x + 1 for p in powers], axis=1)


@composition_of(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Return the quotient and the remainder of two polynomials."""
    u, v = np.atleast_1d(u), np.atleast_1d(v)
    n = np.shape(v)[0]
    quotient = []
    scale = 1 / v[0]
    rest = u + 0.0 * v[0]
    for k in range(np.shape(u)[0] - n + 1):
        leading = scale * rest[k]
        rest = rest - np.pad(leading * v, (k, np.shape(u)[0] - n - k))
        quotient.append(leading)
    q = np.stack(quotient) if quotient else np.zeros(1, dtype=real_type(u, v), like=like(u, v))
    start = np.shape(u)[0] - np.shape(np.polydiv(plain(u), plain(v))[1])[0]
    return q, rest[start:]


# -- roots ------------------------------------------------------------------------------------


@composition_of(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Return the polynomial with these roots, or the characteristic polynomial of a matrix."""
    zeros = np.atleast_1d(seq_of_zeros)
    shape = np.shape(zeros)
    if len(shape) == 2 and shape[0] == shape[1]:
        zeros = np.linalg.eigvals(zeros)
    elif len(shape) != 1:
        raise ShapeError(
            f"poly takes a vector of roots or a square matrix, not an array of shape {shape}."
        )
    y: Any = full(1, 1, np.result_type(plain(zeros)), zeros)
    for i in range(np.shape(zeros)[0]):
        y = np.pad(y, (0, 1)) - np.pad(zeros[i] * y, (1, 0))
    numbers = plain(zeros)
    if np.iscomplexobj(numbers) and not holds(np.sort(numbers) != np.sort(numbers.conjugate())):
        return np.real(y)
    return y


def slopes_at_zeros(p: Any, zeros: Any) -> Any:
    """Return the derivative of a polynomial at its roots; raise if it vanishes."""
    derivative = polyder(p)
    slopes = np.polyval(derivative, zeros)
    scale = np.polyval(np.abs(plain(derivative)), np.abs(plain(zeros)))
    close = 4 * np.sqrt(np.finfo(np.result_type(plain(zeros))).eps)
    if holds(np.abs(plain(slopes)) <= close * scale):
        raise NoDerivativeError(
            "A multiple root of a polynomial has no derivative: it splits when a coefficient "
            "changes. Write symmetric functions of the roots, such as their sum, with the "
            "coefficients."
        )
    return slopes


def roots_vjp(g: Any, y: Any, p: Any) -> Any:
    """Return -Σ g r^k / p'(r) for the coefficient of each power k, summed over the roots r."""
    return -np.matmul(g / slopes_at_zeros(p, y), np.vander(y, np.shape(p)[0]))


# fmt: off
roots = define(np.roots, roots_vjp)
# fmt: on


# -- least squares ----------------------------------------------------------------------------


@composition_of(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """Fit a polynomial by least squares, with derivatives by points, values and weights."""
    if full:
        raise NoRuleError(
            "numpy.polyfit(full=True) of nodes has no rule. Write np.linalg.lstsq(np.vander(x, "
            "deg + 1), y), which returns residuals and singular values as well."
        )
    x, y = arrays(x, y)
    matrix = np.vander(x, int(deg) + 1)
    if w is not None:
        (w,) = arrays(w)
        matrix, y = matrix * w[:, None], (y.T * w).T
    scale = np.sqrt(np.sum(plain(matrix) ** 2, axis=0))
    matrix = matrix / scale
    tolerance = np.shape(x)[0] * np.finfo(scale.dtype).eps if rcond is None else rcond
    if isinstance(matrix, Node) and np.linalg.matrix_rank(plain(matrix)) < int(deg) + 1:
        raise NoDerivativeError(
            f"The points do not determine a polynomial of degree {deg}: the matrix of the fit is "
            "rank-deficient, so the coefficients have no derivative. Use a lower degree."
        )
    c = np.linalg.pinv(matrix, tolerance) @ y
    fitted = (c.T / scale).T
    return (fitted, _covariance(matrix, scale, y - matrix @ c, cov)) if cov else fitted


def _covariance(matrix: Any, scale: Any, residuals: Any, cov: Any) -> Any:
    """Estimate the covariance of the coefficients of a fit."""
    base = np.linalg.inv(matrix.T @ matrix) / np.outer(scale, scale)
    n, order = np.shape(matrix)
    if cov == "unscaled":
        return base[:, :, None] if np.ndim(residuals) == 2 else base
    if n <= order:
        raise ShapeError(
            f"The covariance of {order} coefficients needs more than {n} points. Add points, or write "
            'cov="unscaled".'
        )
    variance = np.sum(residuals**2, axis=0) / (n - order)
    return (base[:, :, None] if np.ndim(residuals) == 2 else base) * variance
