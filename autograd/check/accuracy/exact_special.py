"""What SciPy's functions compute, on mpmath's numbers: by SciPy's own function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from autograd.check.accuracy.exact_matrices import each_matrix, solve


def _order(n: Any) -> Any:
    """Return an order as an integer if it is one."""
    return int(n) if n == int(n) else n


def _ndtr(m: Any, x: Any) -> Any:
    return m.erfc(-x / m.sqrt(2)) / 2


def _log_ndtr(m: Any, x: Any) -> Any:
    return m.log(_ndtr(m, x)) if x < 0 else m.log1p(-_ndtr(m, -x))


def _xlogy(m: Any, x: Any, y: Any) -> Any:
    return x * m.log(y) if x != 0 else m.zero


def _kl_div(m: Any, x: Any, y: Any) -> Any:
    return _xlogy(m, x, x / y) - x + y


def _huber(m: Any, delta: Any, r: Any) -> Any:
    return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)


def _stdtr(m: Any, df: Any, t: Any) -> Any:
    tail = m.betainc(df / 2, m.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2
    return tail if t < 0 else 1 - tail


def _boxcox(m: Any, x: Any, power: Any) -> Any:
    return m.powm1(x, power) / power if power != 0 else m.log(x)


def _inv_boxcox(m: Any, y: Any, power: Any) -> Any:
    return m.power(1 + power * y, 1 / power) if power != 0 else m.exp(y)


def _exprel(m: Any, x: Any) -> Any:
    return m.expm1(x) / x if x != 0 else m.one


#: The name of a function of `scipy.special` -> the function of numbers.
ROWS: Mapping[str, Callable[..., Any]] = {
    # exponentials and logarithms
    "exp10": lambda m, x: m.power(10, x),
    "exp2": lambda m, x: m.power(2, x),
    "expm1": lambda m, x: m.expm1(x),
    "log1p": lambda m, x: m.log1p(x),
    "cbrt": lambda m, x: m.sign(x) * m.cbrt(abs(x)),
    "exprel": _exprel,
    "expit": lambda m, x: 1 / (1 + m.exp(-x)),
    "logit": lambda m, x: m.log(x / (1 - x)),
    "log_expit": lambda m, x: -m.log1p(m.exp(-x)),
    "cosm1": lambda m, x: -2 * m.sin(x / 2) ** 2,
    "powm1": lambda m, x, y: m.powm1(x, y),
    "sindg": lambda m, x: m.sinpi(x / 180),
    "cosdg": lambda m, x: m.cospi(x / 180),
    "tandg": lambda m, x: m.sinpi(x / 180) / m.cospi(x / 180),
    "xlogy": _xlogy,
    "xlog1py": lambda m, x, y: x * m.log1p(y) if x != 0 else m.zero,
    "entr": lambda m, x: -_xlogy(m, x, x),
    "rel_entr": lambda m, x, y: _xlogy(m, x, x / y),
    "kl_div": _kl_div,
    "huber": _huber,
    "pseudo_huber": lambda m, d, r: d * d * (m.sqrt(1 + (r / d) ** 2) - 1),
    "boxcox": _boxcox,
    "boxcox1p": lambda m, x, power: _boxcox(m, 1 + x, power),
    "inv_boxcox": _inv_boxcox,
    "inv_boxcox1p": lambda m, y, power: _inv_boxcox(m, y, power) - 1,
    # the gamma function
    "gamma": lambda m, x: m.gamma(x),
    "gammaln": lambda m, x: m.log(abs(m.gamma(x))),
    "loggamma": lambda m, x: m.loggamma(x),
    "rgamma": lambda m, x: m.rgamma(x),
    "psi": lambda m, x: m.psi(0, x),
    "polygamma": lambda m, n, x: m.psi(int(n), x),
    "zeta": lambda m, s, q: m.zeta(s, q),
    "beta": lambda m, a, b: m.beta(a, b),
    "betaln": lambda m, a, b: m.log(abs(m.beta(a, b))),
    "binom": lambda m, n, k: m.binomial(n, k),
    "poch": lambda m, z, n: m.rf(z, n),
    "gammainc": lambda m, a, x: m.gammainc(a, 0, x, regularized=True),
    "gammaincc": lambda m, a, x: m.gammainc(a, x, m.inf, regularized=True),
    "betainc": lambda m, a, b, x: m.betainc(a, b, 0, x, regularized=True),
    "betaincc": lambda m, a, b, x: m.betainc(a, b, x, 1, regularized=True),
    "stdtr": _stdtr,
    # error functions and integrals
    "erf": lambda m, x: m.erf(x),
    "erfc": lambda m, x: m.erfc(x),
    "erfi": lambda m, x: m.erfi(x),
    "erfcx": lambda m, x: m.exp(x * x) * m.erfc(x),
    "dawsn": lambda m, x: m.sqrt(m.pi) / 2 * m.exp(-x * x) * m.erfi(x),
    "wofz": lambda m, z: m.exp(-z * z) * m.erfc(-1j * z),
    "erfinv": lambda m, p: m.erfinv(p),
    "erfcinv": lambda m, q: m.erfinv(1 - q),
    "ndtr": _ndtr,
    "log_ndtr": _log_ndtr,
    "ndtri": lambda m, p: m.sqrt(2) * m.erfinv(2 * p - 1),
    "exp1": lambda m, x: m.e1(x),
    "expi": lambda m, x: m.ei(x),
    "expn": lambda m, n, x: m.expint(int(n), x),
    "spence": lambda m, z: m.polylog(2, 1 - z),
    # Bessel functions
    "j0": lambda m, x: m.besselj(0, x),
    "j1": lambda m, x: m.besselj(1, x),
    "jv": lambda m, v, x: m.besselj(_order(v), x),
    "y0": lambda m, x: m.bessely(0, x),
    "y1": lambda m, x: m.bessely(1, x),
    "yn": lambda m, n, x: m.bessely(int(n), x),
    "yv": lambda m, v, x: m.bessely(_order(v), x),
    "i0": lambda m, x: m.besseli(0, x),
    "i1": lambda m, x: m.besseli(1, x),
    "iv": lambda m, v, x: m.besseli(_order(v), x),
    "i0e": lambda m, x: m.exp(-abs(x)) * m.besseli(0, x),
    "i1e": lambda m, x: m.exp(-abs(x)) * m.besseli(1, x),
    "ive": lambda m, v, x: m.exp(-abs(x)) * m.besseli(_order(v), x),
    "k0": lambda m, x: m.besselk(0, x),
    "k1": lambda m, x: m.besselk(1, x),
    "kn": lambda m, n, x: m.besselk(int(n), x),
    "kv": lambda m, v, x: m.besselk(_order(v), x),
    "k0e": lambda m, x: m.exp(x) * m.besselk(0, x),
    "k1e": lambda m, x: m.exp(x) * m.besselk(1, x),
    "kve": lambda m, v, x: m.exp(x) * m.besselk(_order(v), x),
    # elliptic and hypergeometric functions
    "ellipk": lambda m, k: m.ellipk(k),
    "ellipkm1": lambda m, p: m.ellipk(1 - p),
    "ellipe": lambda m, k: m.ellipe(k),
    "ellipkinc": lambda m, phi, k: m.ellipf(phi, k),
    "ellipeinc": lambda m, phi, k: m.ellipe(phi, k),
    "hyp0f1": lambda m, b, z: m.hyp0f1(b, z),
    "hyp1f1": lambda m, a, b, z: m.hyp1f1(a, b, z),
    "hyp2f1": lambda m, a, b, c, z: m.hyp2f1(a, b, c, z),
}


def _triangle(
    m: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """Solve with the triangle that is read."""
    matrix = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        matrix = np.where(np.eye(a.shape[-1], dtype=bool), m.one, matrix)
    if trans not in (0, "N"):
        matrix = np.swapaxes(np.conjugate(matrix) if trans in (2, "C") else matrix, -1, -2)
    return solve(m, matrix, b)


def _expm(m: Any, a: Any) -> Any:
    return each_matrix(lambda a: m.expm(m.matrix(a.tolist())).tolist(), a)


#: The name of a function of `scipy.linalg` -> the function of arrays.
OF_MATRICES: Mapping[str, Callable[..., Any]] = {"solve_triangular": _triangle, "expm": _expm}


@cache
def _tables() -> tuple[dict[Any, Callable[..., Any]], dict[Any, Callable[..., Any]]]:
    """Return the rows of numbers and of arrays, by SciPy's functions."""
    import scipy.linalg
    import scipy.special

    def by_function(module: Any, rows: Mapping[str, Any]) -> dict[Any, Any]:
        return {inspect.unwrap(getattr(module, name)): row for name, row in rows.items()}

    return by_function(scipy.special, ROWS), by_function(scipy.linalg, OF_MATRICES)


def of_scipy(function: Any, arrays: bool = False) -> Callable[..., Any] | None:
    """Return what one of SciPy's functions computes; None if there is no row.

    Parameters
    ----------
    function : callable
        The function that a primitive calls.
    arrays : bool
        Whether to look among the functions of arrays, instead of those of numbers.
    """
    if "scipy.special" not in sys.modules:
        return None
    return _tables()[arrays].get(inspect.unwrap(function))
