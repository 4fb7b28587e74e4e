"""Derivatives of the incomplete gamma and beta functions with respect to their parameters.

With t = x exp(-u) left and t = x (1 + u) right of x, the derivatives of P(a, x) and Q(a, x) by a are (DLMF 8.2.4, under the integral sign), where W = x^a exp(-x) / gamma(a),

    ∂P/∂a = (log x - ψ(a)) P - W ∫ u exp(-a u - x (exp(-u) - 1)) du
    ∂Q/∂a = (log x - ψ(a)) Q + W ∫ log(1 + u) (1 + u)^(a - 1) exp(-x u) du

Left of the mean both terms of the first are negative, right of it both terms of the second are
positive, so nothing cancels. The incomplete beta function (DLMF 8.17.1) is treated alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column, in_blocks, integral


def gamma_density(a: Any, x: Any) -> Any:
    """Return x^(a-1) exp(-x) / gamma(a), the derivative of P(a, x) by x."""
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


@in_blocks
def gammainc_slope(a: Any, x: Any) -> Any:
    """Return the derivative of P(a, x) by a."""
    inside = (plain(x) > 0) & np.isfinite(plain(x))
    x = where(inside, x, 1.0)
    a_, x_ = np.asarray(plain(a), float), np.asarray(plain(x), float)
    right = x_ > np.maximum(a_, 1e-4)
    to_right = column(right)
    # The form that is not used gets parameters that do not overflow.
    left, slow = where(to_right, 0.0, column(x)), where(to_right, column(a), 1.0)

    def integrand(u: Any) -> Any:
        growth = np.log1p(u)
        after = growth * np.exp((slow - 1) * growth - column(x) * u)
        return where(to_right, after, u * np.exp(-column(a) * u - left * np.expm1(-u)))

    with np.errstate(all="ignore"):
        width = 1 / (np.abs(x_ - a_) + np.sqrt(x_) + np.minimum(np.where(right, 1.0, a_), 1.0))
        mass = where(right, sp.gammaincc(a, x), sp.gammainc(a, x))
        distance = np.log(x) - sp.psi(a)
        scale = np.exp(a * np.log(x) - x - sp.gammaln(a))
        part = scale * integral(integrand, width)
        slope = distance * mass + where(right, part, -part)
    return where(inside, where(right, -slope, slope), 0.0)


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return x^(a-1) (1-x)^(b-1) / B(a, b), the derivative of I_x(a, b) by x."""
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


@in_blocks
def betainc_slope_a(a: Any, b: Any, x: Any) -> Any:
    """Return the derivative of I_x(a, b) by a."""
    inside = (plain(x) > 0) & (plain(x) < 1)
    x = where(inside, x, 0.5)
    masses = sp.betainc(a, b, x), sp.betaincc(a, b, x)
    slope = _slope(a, b, x, 1 - x, np.log(x), np.log1p(-x), masses)
    return where(inside, slope, 0.0)


@in_blocks
def betainc_slope_b(a: Any, b: Any, x: Any) -> Any:
    """Return the derivative of I_x(a, b) by b, from I_x(a, b) = 1 - I_(1-x)(b, a)."""
    inside = (plain(x) > 0) & (plain(x) < 1)
    x = where(inside, x, 0.5)
    masses = sp.betaincc(a, b, x), sp.betainc(a, b, x)
    slope = _slope(b, a, 1 - x, x, np.log1p(-x), np.log(x), masses)
    return where(inside, -slope, 0.0)


def _slope(a: Any, b: Any, x: Any, y: Any, log_x: Any, log_y: Any, masses: tuple[Any, Any]) -> Any:
    """Return the derivative of I_x(a, b) by a, given y = 1 - x, logarithms, and I and 1 - I."""
    distance = log_x - (sp.psi(a) - sp.psi(a + b))
    # If most of the mass lies to the right, the other form loses few digits.
    right = (plain(distance) > 0) & ((plain(masses[1]) < 0.1) | (plain(x) > 0.1))
    # Left: t = x exp(-u). Right: 1 - t = y exp(-u).
    rate, other = where(right, b, a), where(right, a, b)
    ratio = where(right, y / x, x / y)
    columns = [column(v) for v in (rate, other, ratio)]
    to_right = column(right)

    def integrand(u: Any) -> Any:
        rate, other, ratio = columns
        growth = np.log1p(-ratio * np.expm1(-u))
        factor = where(to_right, growth, -u)
        return factor * np.exp((other - 1) * growth - rate * u)

    rate_, other_, ratio_ = (np.asarray(plain(v), float) for v in (rate, other, ratio))
    with np.errstate(all="ignore"):
        pull = (other_ - 1) * ratio_
        width = 1 / (np.abs(rate_ - pull) + np.sqrt(np.abs(pull) * (1 + ratio_)))
        exponents = where(right, (a - 1) * log_x + b * log_y, a * log_x + (b - 1) * log_y)
        scale = np.exp(exponents - sp.betaln(a, b))
        mass = where(right, masses[1], masses[0])
        slope = distance * mass + scale * integral(integrand, width)
    return where(right, -slope, slope)


def student_density(df: Any, t: Any) -> Any:
    """Return the density of Student's t distribution."""
    return np.exp(-(df + 1) / 2 * np.log1p(t * t / df) - sp.betaln(df / 2, 0.5)) / np.sqrt(df)


def student_slope(df: Any, t: Any) -> Any:
    """Return the derivative of Student's distribution function by the degrees of freedom.

    For t < 0 the function is I_x(df/2, 1/2) / 2 with x = df / (df + t²) (DLMF 8.17.1).
    """
    away = where(plain(t) == 0, 1.0, t)
    total = df + away * away
    x = df / total
    inner = betainc_slope_a(df / 2, 0.5 + 0.0 * x, x) / 2
    outer = beta_density(df / 2, 0.5 + 0.0 * x, x) * away * away / (total * total)
    slope = (inner + outer) / 2
    return where(plain(t) == 0, 0.0, where(plain(t) > 0, -slope, slope))
