"""The error function and the distribution of normal variables, for arrays at once.

Both are written with ``tail_factor``, the probability that a standard normal variable exceeds t,
divided by exp(-t²/2). It falls slowly from 1/2 to 0, so a quotient of polynomials approximates it.
The polynomials are minimax approximations, made for this file with 60 digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.rules.floats import floats
from autograd.rules.kernel import kernel, self_contained

#: The largest t at which exp(-t²/2) is not 0 in double precision.
LAST = 39.0

# fmt: off
#: Coefficients of numerator and denominator, for 0 ≤ t ≤ 39: the relative error is 5e-17.
TAIL = (
    (0.5, 0.774877002266016, 0.5940486949284141, 0.2893330049376316, 0.0976988685992967,
     0.023622056870402842, 0.004089180559644298, 0.0004903885733122773, 3.725044453294396e-05,
     1.385467270308206e-06),
    (1.0, 2.3476385653348877, 2.5612419554832333, 1.7143836602321616, 0.7820385351499811,
     0.2549580443098405, 0.060433992241358495, 0.010343428617226681, 0.0012326947150525158,
     9.337301750672396e-05, 3.472851433340649e-06),
)
#: Coefficients of erf(x) / x - 1 as a function of x² - 1, for |x| ≤ 9/8: the relative error is 3e-18.
NEAR_ZERO = (
    -0.15729920705028513, -0.2137966477645601, 0.0565706114682707, -0.012549884771843538,
    0.002333076312469318, -0.00037015410853067114, 5.1038836919598336e-05, -6.211908953532532e-06,
    6.760004803023303e-07, -6.646862628331903e-08, 5.992233745961643e-09, -4.6025378882782346e-10,
    5.2656135648674824e-11,
)
#: Coefficients of (1 - erf(x)) · exp(x²) as a function of (x - 9/8) / (x + 9/8), for 9/8 ≤ x ≤ 6.5:
#: the error of erf(x) is 1e-18.
FAR_OUT = (
    0.3956980795529959, -0.5356315982278624, 0.11177244649491411, 0.04391417267580637,
    -0.005718803891622132, -0.009388835914722735, -0.00282471794695283, 0.0007572213437954427,
    0.0011464643548967758, 0.0005849557706987257, -0.00016115750490401363, 0.000192675938587184,
    -0.0005251895223071705, 0.00017959614486858568,
)
# fmt: on


@self_contained
def polynomial(coefficients: Any, x: Any) -> Any:
    """Return the sum of coefficients[k] · x^k."""
    y = coefficients[-1] * x
    y += coefficients[-2]
    for c in coefficients[-3::-1]:
        y *= x
        y += c
    return y


@self_contained
def tail_factor(t: Any) -> Any:
    """Return P(X > t) · exp(t²/2) of a standard normal variable, for 0 ≤ t ≤ 39."""
    y = polynomial(TAIL[0], t)
    y /= polynomial(TAIL[1], t)
    return y


@kernel(elementwise=True, tiled=True)
def erf_of_array(x: Any) -> Any:
    """Return the error function, 2/√π times the integral of exp(-t²) from 0 to x.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> round(float(autograd.erf(1.0)), 4)
    0.8427
    """
    x = floats(x)
    size = np.minimum(np.abs(x.astype(np.float64)), 6.5)  # where erf is 1
    small, large = np.minimum(size, 1.125), np.maximum(size, 1.125)
    first = small.astype(np.float32).astype(np.float64)  # the square of these digits is exact
    shifted = (first * first - 1.0) + (small - first) * (small + first)
    near = small + small * polynomial(NEAR_ZERO, shifted)
    shifted = (large - 1.125) / (large + 1.125)
    far = 1.0 - np.exp(-large * large) * polynomial(FAR_OUT, shifted)
    y = np.copysign(np.where(size < 1.125, near, far), x)
    return y.astype(x.dtype if x.dtype.kind == "f" else np.float64)[()]
