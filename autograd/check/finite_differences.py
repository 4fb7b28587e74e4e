"""A derivative from values of the function alone."""

from __future__ import annotations

from collections.abc import Callable


def central_difference(
    f: Callable[[float], float], x: float, precision: float = 2.0**-52
) -> tuple[float, float]:
    """Return the derivative of `f` at `x`, and an estimate of its error.

    Two central differences, with step h and h/2, extrapolated to h = 0 (Richardson). The step
    balances the error of the formula, of order h⁴, against rounding, of order `precision` / h.

    Parameters
    ----------
    f : callable
        A function of one float.
    x : float
        Where the derivative is wanted.
    precision : float
        The relative rounding error of `f`.

    Examples
    --------
    >>> import math
    >>> derivative, error = central_difference(math.exp, 1.0)
    >>> abs(derivative - math.e) < error < 1e-6
    True
    """
    step = precision**0.2 * max(1.0, abs(x)) / 2
    quotients: list[float] = []
    size = 0.0
    for h in (step, step / 2):
        right, left = f(x + h), f(x - h)
        # Divided by what was really added to x, after rounding, not by what was asked for.
        quotients.append((right - left) / ((x + h) - (x - h)))
        size += abs(right) + abs(left)
    wide, narrow = quotients
    extrapolated = (4 * narrow - wide) / 3
    return extrapolated, abs(extrapolated - narrow) + 4 * precision * size / step
