"""The methods of `solve_ivp` as tables of coefficients.

A step from y has slopes kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ); it ends at y + h Σⱼ bⱼ kⱼ, and at the share x
of it the solution is y + h Σⱼ kⱼ Σₚ pⱼₚ xᵖ. (E. Hairer, S. Nørsett and G. Wanner, "Solving Ordinary
Differential Equations I", section II.1.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.integrate as _original


@dataclass(frozen=True, eq=False)
class Tableau:
    """The coefficients of a method of Runge and Kutta.

    Attributes
    ----------
    a : array of shape (s, s)
        Below the diagonal for explicit methods.
    b, c : array of shape (s,)
        The weights and the nodes.
    powers : array of shape (s, d)
        The interpolant; the first column belongs to x.
    error : array
        The weights of slopes in the estimated error, divided by h: at the start of the step, at its
        stages, and at its end.
    """

    a: Any
    b: Any
    c: Any
    powers: Any
    error: Any

    @property
    def is_explicit(self) -> bool:
        """Whether each slope needs only those before."""
        return not np.any(np.triu(self.a))

    @property
    def stages(self) -> int:
        """How many slopes a step needs; those after are for the interpolant."""
        return int(np.flatnonzero(self.b)[-1]) + 1

    def without_interpolant(self) -> Tableau:
        """Return the method with the slopes that a step needs."""
        s = self.stages
        return Tableau(self.a[:s, :s], self.b[:s], self.c[:s], self.powers[:s], self.error)


def _explicit(method: Any, powers: Any, error: Any, a: Any = (), c: Any = ()) -> Tableau:
    """Return a method of SciPy: its stages, the slope at the end, and more for the interpolant."""
    rows = [*method.A[: method.n_stages], method.B, *a]
    square = np.zeros((len(rows), len(rows)))
    for into, row in zip(square, rows, strict=True):
        into[: len(row)] = row[: len(into)]
    b = np.zeros(len(rows))
    b[: method.n_stages] = method.B
    nodes = np.array([*method.C[: method.n_stages], 1.0, *c])
    return Tableau(square, b, nodes, powers, np.array([0.0, *error]))


def _dop853() -> Tableau:
    """Return the method of Dormand and Prince of order 8.

    Its interpolant is a sum of products x, x (1 - x), x² (1 - x), ... with one factor more each.
    """
    method = _original.DOP853
    end = method.n_stages
    count = end + 1 + len(method.A_EXTRA)
    change, first, last = np.zeros((3, count))
    change[:end], first[0], last[end] = method.B, 1.0, 1.0
    parts = [change, first - change, 2 * change - last - first, *method.D]
    powers = np.zeros((count, len(parts)))
    basis = np.poly1d([1.0])
    for i, part in enumerate(parts):
        basis = basis * np.poly1d([1.0, 0.0] if i % 2 == 0 else [-1.0, 1.0])
        coefficients = basis.coeffs[::-1][1:]  # those of x, x², ...
        powers[:, : len(coefficients)] += np.outer(part, coefficients)
    return _explicit(method, powers, method.E5, method.A_EXTRA, method.C_EXTRA)


_S6 = 6**0.5
NODES = np.array([(4 - _S6) / 10, (4 + _S6) / 10, 1.0])
WEIGHTS = np.array(
    [
        [(88 - 7 * _S6) / 360, (296 - 169 * _S6) / 1800, (-2 + 3 * _S6) / 225],
        [(296 + 169 * _S6) / 1800, (88 + 7 * _S6) / 360, (-2 - 3 * _S6) / 225],
        [(16 - _S6) / 36, (16 + _S6) / 36, 1 / 9],
    ]
)
#: From the values at the nodes to the coefficients of x, x² and x³.
POWERS = np.linalg.inv(NODES[:, None] ** np.arange(1, 4))

#: The weights of the changes of the state in the error of order 3, as in SciPy, and that of h f.
ERROR = np.array([-13 - 7 * _S6, -13 + 7 * _S6, -1.0]) / 3
_REAL = 3 + 3 ** (2 / 3) - 3 ** (1 / 3)

_RADAU = Tableau(
    WEIGHTS,
    WEIGHTS[2],
    NODES,
    (POWERS @ WEIGHTS).T,
    np.array([1.0, *(ERROR @ WEIGHTS), 0.0]) / _REAL,
)

#: The methods; the implicit ones are followed by Radau IIA of order 5.
TABLEAUS: dict[str, Tableau] = {
    "RK23": _explicit(_original.RK23, _original.RK23.P, _original.RK23.E),
    "RK45": _explicit(_original.RK45, _original.RK45.P, _original.RK45.E),
    "DOP853": _dop853(),
    **dict.fromkeys(("Radau", "BDF", "LSODA"), _RADAU),
}
