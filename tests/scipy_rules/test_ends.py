"""Quantile functions at the ends of their domain, and SciPy's own functions called on nodes."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.special
import scipy.stats

from autograd import Tensor, Value, deriv, grad
from autograd.errors import NoRuleError
from autograd.scipy import stats

ENDS = [
    (stats.norm.ppf, 0.0, math.inf), (stats.norm.ppf, 1.0, math.inf),
    (stats.expon.ppf, 0.0, 1.0), (stats.expon.ppf, 1.0, math.inf),
    (stats.uniform.ppf, 0.0, 1.0), (stats.uniform.ppf, 1.0, 1.0),
    (lambda q: stats.uniform.ppf(q, 1.0, 3.0), 1.0, 3.0),
    (stats.expon.isf, 1.0, -1.0), (stats.expon.isf, 0.0, -math.inf),
]  # fmt: skip


@pytest.mark.parametrize(("function", "q", "slope"), ENDS)
def test_a_quantile_slope_is_one_over_the_density(function, q, slope):
    assert grad(function)(q) == deriv(function)(q) == slope
    t = Tensor([q, 0.5])
    function(t).sum().backward()
    assert t.grad[0] == slope
    assert 0 < abs(t.grad[1]) < np.inf


@pytest.mark.parametrize(
    ("call", "package"),
    [
        (lambda t: scipy.special.logsumexp(t), "special"),
        (lambda t: scipy.linalg.expm(t), "linalg"),
        (lambda t: scipy.linalg.solve(t, np.ones(2)), "linalg"),
        (lambda t: scipy.linalg.det(t), "linalg"),
        (lambda t: scipy.stats.norm.pdf(t), "stats"),
        (lambda t: scipy.integrate.quad(lambda x: x, 0, Value(1.0)), "integrate"),
    ],
)
def test_scipys_own_functions_name_their_counterpart(call, package):
    with pytest.raises(NoRuleError, match=rf"autograd\.scipy\.{package}"):
        call(Tensor(np.eye(2)))
