"""`scipy.special`: its ufuncs work on nodes; its other functions have counterparts here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as _original

from autograd.engine.dispatch import plain as _plain
from autograd.errors import DataError as _DataError
from autograd.errors import NoRuleError as _NoRuleError
from autograd.rules import reductions as _reductions
from autograd.rules import softmax as _softmax
from autograd.rules.elementwise import where as _where
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import has_node as _has_node
from autograd.scipy.fallback import joined as _joined
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.rules.gamma import polygamma as polygamma
from autograd.scipy.rules.gamma import riemann_zeta as _riemann_zeta
from autograd.scipy.rules.gamma import zeta as _zeta
from autograd.scipy.rules.harmonics import polar as _polar
from autograd.scipy.rules.hypergeometric import lambertw_branch as _lambertw_branch

__getattr__ = _names_of(_original, "scipy.special")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *__all__})


@_redefinable
def zeta(x: Any, q: Any = None, out: Any = None) -> Any:
    """Return the Hurwitz zeta function; of one argument the Riemann zeta function."""
    if out is not None and _has_node(x, q, out):
        np.copyto(out, zeta(x, q))
        return out
    if out is not None:
        return _original.zeta(x, q, out)
    if q is None and not _has_node(x):
        return _recorded(_original.zeta)(x)
    x, q = _joined(x), _joined(q)
    return _riemann_zeta(x) if q is None else _zeta(x, q)


@_redefinable
def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the multivariate gamma function of dimension `d` (DLMF 35.3.4)."""
    if np.ndim(d) or d != math.floor(d):
        raise ValueError("d should be a positive integer (dimension)")
    if np.any(np.asarray(_plain(a)) <= 0.5 * (d - 1)):
        raise ValueError(f"condition a (found {_plain(a)}) > 0.5 * (d-1) (d={d}) not met")
    total = d * (d - 1) / 4 * math.log(math.pi) + 0.0 * a
    for j in range(int(d)):
        total = total + _original.gammaln(a - j / 2)
    return total


@_redefinable
def factorial(n: Any, exact: bool = False, **keywords: Any) -> Any:
    """Return the factorial; for nodes Γ(n + 1), and 0 for negative numbers."""
    if exact or keywords or not _has_node(n):
        return _recorded(_original.factorial)(n, exact=exact, **keywords)
    n = _joined(n)
    negative = _plain(n) < 0
    return _where(negative, 0.0, _original.gamma(_where(negative, 0.0, n) + 1))


@_redefinable
def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:  # noqa: N803
    """Return the number of combinations of `k` out of `N`; 0 for negative or too large `k`."""
    if exact or not _has_node(N, k):
        return _recorded(_original.comb)(N, k, exact=exact, repetition=repetition)
    if repetition:
        N = N + k - 1  # noqa: N806
    possible = (_plain(k) <= _plain(N)) & (_plain(N) >= 0) & (_plain(k) >= 0)
    inner = [_where(possible, x, 0.0) for x in (N, k)]
    return _where(possible, _original.binom(*inner), 0.0)


@_redefinable
def perm(N: Any, k: Any, exact: bool = False) -> Any:  # noqa: N803
    """Return the number of permutations of `k` out of `N`; 0 for negative or too large `k`."""
    if exact or not _has_node(N, k):
        return _recorded(_original.perm)(N, k, exact=exact)
    possible = (_plain(k) <= _plain(N)) & (_plain(N) >= 0) & (_plain(k) >= 0)
    inner = [_where(possible, x, 0.0) for x in (N, k)]
    return _where(possible, _original.poch(inner[0] - inner[1] + 1, inner[1]), 0.0)


@_redefinable
def lambertw(z: Any, k: int = 0, tol: float = 1e-8) -> Any:
    """Return branch `k` of the Lambert W function, complex as in SciPy."""
    return _lambertw_branch(k, tol)(z)


@_redefinable
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: bool = False
) -> Any:
    """Return log(sum(b exp(a))) without overflow; with `return_sign` log|sum| and the sign.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy.special import logsumexp
    >>> import numpy as np
    >>> grad(logsumexp)(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    if not _has_node(a, b):
        return _recorded(_original.logsumexp)(
            a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign
        )
    if b is None and not return_sign:
        return _reductions.logsumexp(a, axis=axis, keepdims=keepdims)
    if np.iscomplexobj(_plain(a)) or np.iscomplexobj(_plain(b)):
        raise _DataError("logsumexp of nodes supports b= and return_sign= only for real numbers.")
    if b is None:
        b = 1.0
    # A term with weight 0 may overflow; only its weight has a derivative.
    used = _plain(a) if _has_node(b) else np.where(np.asarray(b) == 0, -math.inf, _plain(a))
    shift = np.max(used, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    terms = b * np.exp(np.where(used == -math.inf, -math.inf, a - shift))
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    shift = shift if keepdims else np.squeeze(shift, axis=axis)
    sign = np.sign(_plain(total))
    if return_sign:
        return np.log(np.abs(total)) + shift, sign
    return np.log(total) + shift


@_redefinable
def softmax(x: Any, axis: Any = None) -> Any:
    """Return exp(x) / sum(exp(x)) without overflow; by default over all elements."""
    return _softmax.softmax(x, axis=axis)


@_redefinable
def log_softmax(x: Any, axis: Any = None) -> Any:
    """Return the logarithm of `softmax`, without underflow."""
    if not _has_node(x):
        return _recorded(_original.log_softmax)(x, axis=axis)
    return x - _reductions.logsumexp(x, axis=axis, keepdims=True)


@_redefinable
def softplus(x: Any, **keywords: Any) -> Any:
    """Return log(1 + exp(x)) without overflow."""
    return np.logaddexp(0, x, **keywords)


__all__ = [
    *_original.__all__,
    *(
        "comb",
        "factorial",
        "perm",
        "lambertw",
        "log_softmax",
        "logsumexp",
        "multigammaln",
        "polygamma",
    ),
    *("softmax", "softplus", "zeta"),
]


def sph_harm_y(n: Any, m: Any, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
    """Return spherical harmonics, by the angles; see `scipy.special.sph_harm_y`.

    Degree and order are integers and have no derivative.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy.special import sph_harm_y
    >>> import numpy as np
    >>> round(grad(lambda theta: np.real(sph_harm_y(1, 0, theta, 0.0)))(np.pi / 2), 6)  # -√(3/4π)
    -0.488603
    """
    if not _has_node(n, m, theta, phi) or diff_n:
        return _original.sph_harm_y(n, m, theta, phi, diff_n=diff_n)
    if _has_node(n, m):
        raise _NoRuleError(
            "scipy.special.sph_harm_y has no derivative with respect to n and m, which are integers. "
            "Pass plain numbers there (node.data)."
        )
    return _polar(theta, n, m) * np.exp(1j * np.asarray(m) * phi)


_take_lists(globals(), _original)
