"""Slopes keep their digits where the textbook form cancels, overflows or is rounded to half."""

import math

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, deriv, elementwise_grad, grad, logsumexp, sigmoid, softplus

EXACT = [
    (np.arcsinh, 1e200, 1e-200),
    (np.tanh, 20.0, 4 * math.exp(-40)),
    (np.tanh, -300.0, 4 * math.exp(-600)),
    (sigmoid, 40.0, math.exp(-40)),
    (sigmoid, -40.0, math.exp(-40)),
    (elementwise_grad(softplus), 37.4, math.exp(-37.4)),
    (np.arcsin, 1 - 2**-40, 2**19.5 / math.sqrt(1 - 2**-41) / 1.0),
    (np.arctanh, 1 - 2**-40, 2**39 / (1 - 2**-41)),
    (np.i0, 1.0, 0.5651591039924851),
    (np.i0, 20.0, 42454973.385127775),
]


@pytest.mark.parametrize(("function", "x", "slope"), EXACT)
def test_slopes_at_extreme_arguments_are_exact(function, x, slope):
    assert grad(function)(x) == pytest.approx(slope, rel=1e-12)
    assert deriv(function)(x) == pytest.approx(slope, rel=1e-12)
    array = np.array([x, x / 2])
    assert grad(lambda t: np.sum(function(t)))(array)[0] == pytest.approx(slope, rel=1e-12)


def test_arctan2_of_tiny_or_large_points_has_its_slope():
    for r in (1e-200, 1e200):
        assert grad(lambda y, r=r: np.arctan2(y, r))(r) == pytest.approx(0.5 / r)
        assert grad(lambda y, r=r: np.angle(r + 1j * y))(r) == pytest.approx(0.5 / r)


def test_python_numbers_compute_in_double_precision():
    for found in (autograd.erf(1), autograd.lgamma(10), autograd.erf(np.array([1], np.int8))):
        assert found.dtype == np.float64
    np.testing.assert_allclose(autograd.erf([1.0, 2.0]), [math.erf(1), math.erf(2)])


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # NumPy's own values
def test_half_precision_mean_of_many_numbers():
    slopes = grad(lambda x: np.mean(x).astype(np.float64))(np.ones(70_000, np.float16))
    np.testing.assert_allclose(slopes[:3], 1 / 70_000, rtol=1e-2)
    x = np.resize(np.arange(4.0), 70_000).astype(np.float16)
    slopes = grad(lambda x: np.var(x).astype(np.float64))(x)
    assert (np.sign(slopes[:4]) == [-1, -1, 1, 1]).all()


def test_infinite_terms_share_the_logsumexp_slope():
    assert grad(lambda x: np.logaddexp(x, 0.0))(np.inf) == 1.0
    assert grad(logsumexp)(np.array([np.inf, 1.0])).tolist() == [1, 0]
    assert grad(logsumexp)(np.array([np.inf, 1.0, np.inf])).tolist() == [0.5, 0, 0.5]
    assert grad(logsumexp)(np.array([-np.inf, -np.inf])).tolist() == [0, 0]


def test_a_scalar_can_be_reduced_over_its_axis():
    for f in (np.sum, np.max, np.prod, np.cumsum, np.nansum, np.std):
        for axis in (0, -1):
            slope = 0.0 if f is np.std else 1.0
            try:
                f(2.0, axis=axis)
            except np.exceptions.AxisError:
                continue
            assert grad(lambda x, f=f, a=axis: np.sum(f(x, axis=a)))(2.0) == slope
    assert grad(np.hypot.reduce)(2.0) == 1.0


def test_piecewise_calls_each_function_with_its_elements():
    sizes = []

    def logarithm(t):
        sizes.append(np.size(t))
        return np.log(t)

    def f(x):
        return np.piecewise(x, [x > 0, x > 2], [logarithm, lambda t: t * t, 7])

    x = np.array([-1.0, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(f(Tensor(x)).data, f(x))
    assert sizes == [3, 3]
    np.testing.assert_allclose(grad(lambda x: np.sum(f(x)))(x), [0, 1, 6, 8])


def test_quantile_ranks_and_logspace_bases_can_vary():
    assert grad(lambda q: np.percentile(np.array([1.0, 2.0, 4.0]), q))(30.0) == pytest.approx(0.02)
    assert grad(lambda b: np.sum(np.logspace(0.0, 2.0, 3, base=b)))(3.0) == pytest.approx(1 + 6)


def test_assorted_functions_and_methods_of_nodes():
    x, t = Value(6.0), Tensor([1.0, 2.0, 3.0])
    mantissa, exponent = np.frexp(x)
    assert (mantissa.data, exponent) == (0.75, 3)
    mantissa.backward(retain_graph=True)
    assert x.grad == 0.125
    assert [part.tolist() for part in divmod(t, 2.0)] == [[0, 1, 1], [1, 0, 1]]
    assert [part.data for part in divmod(20.0, x)] == [3.0, 2.0]
    assert grad(lambda x: np.sum(np.triu(x)))(np.ones(3)).tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match=r"np\.delete"):
        del t[0]
    a = np.zeros(3)
    with pytest.raises(TypeError, match=r"a = a \+ node"):
        a += t
    t.register_hook(lambda g: 3.0)
    with pytest.raises(ValueError, match=r"hook.* shape \(\)"):
        (t * t).sum().backward()
