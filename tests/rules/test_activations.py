"""Activations and the error function: exact in the whole range, of any size and type."""

import math

import mpmath
import numpy as np
import pytest
from rules import checks
from rules.samples import SAMPLES

import autograd
from autograd import Tensor, Value
from autograd.engine.dispatch import plain
from autograd.engine.tiles import TILES

EDGES = [0.0, -0.0, 1e-310, -5e-324, 1e-30, 1.125, 39.0, -39.5, 88.5, -104.0, 710.0, -746.0, 1e300]


@pytest.mark.parametrize(("name", "other"), [("leaky_relu", 0.01), ("elu", 1.0)])
def test_a_parameter_with_a_default_may_be_left_out(name, other):
    function, x = getattr(autograd, name), np.array([0.5, -1.0])
    for transform in (autograd.elementwise_grad, autograd.deriv):
        expected = transform(lambda x: function(x, other))(x)
        np.testing.assert_array_equal(transform(function)(x), expected)
    second = autograd.elementwise_grad(autograd.elementwise_grad(function))(x)
    assert np.all(np.isfinite(second))


def numbers(dtype, scale):
    random = np.random.default_rng(3)
    spread = np.concatenate(
        [random.normal(0, scale, 300), 10.0 ** random.uniform(-30, 2, 100), EDGES]
    )
    with np.errstate(over="ignore"):
        found = spread.astype(dtype)
    return found[np.isfinite(found)]


def exact(function, x):
    with mpmath.workdps(50):
        return np.array([float(function(mpmath.mpf(float(v)))) for v in x])


def normal_cdf(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


FORMULAS = {
    autograd.sigmoid: lambda x: 1 / (1 + mpmath.exp(-x)),
    autograd.silu: lambda x: x / (1 + mpmath.exp(-x)),
    autograd.gelu: lambda x: x * normal_cdf(x),
    autograd.softplus: lambda x: mpmath.log1p(mpmath.exp(x)) if x < 700 else x,
    autograd.elu: lambda x: x if x > 0 else mpmath.expm1(x),
    autograd.leaky_relu: lambda x: x if x > 0 else mpmath.mpf(0.01) * x,
}
SLOPES = {
    autograd.sigmoid: lambda x: 1 / ((1 + mpmath.exp(-x)) * (1 + mpmath.exp(x))),
    autograd.silu: lambda x: (1 + x / (1 + mpmath.exp(x))) / (1 + mpmath.exp(-x)),
    autograd.gelu: lambda x: normal_cdf(x) + x * density(x),
    autograd.softplus: lambda x: 1 / (1 + mpmath.exp(-x)),
    autograd.elu: lambda x: mpmath.mpf(1) if x > 0 else mpmath.exp(x),
    autograd.leaky_relu: lambda x: mpmath.mpf(1) if x > 0 else mpmath.mpf(0.01),
}
EACH = pytest.mark.parametrize("function", FORMULAS, ids=lambda f: f.name)


def call(function, x):
    further = {autograd.elu: (1.0,), autograd.leaky_relu: (0.01,)}.get(function, ())
    return function(x, *further)


def tolerance(function, dtype):
    """Return the relative and the absolute error, in units of the largest rounding error."""
    eps = float(np.finfo(dtype).eps)
    if function is autograd.gelu:  # exp(-x²/2) multiplies the rounding of x²
        return (800 * eps, 1e-300) if dtype == np.float64 else (8 * eps, 1.5e-7)
    return 8 * eps, float(np.finfo(dtype).tiny)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@EACH
def test_activations_and_slopes_are_exact_in_the_whole_range(function, dtype):
    x = numbers(dtype, 5)
    t = Tensor(x)
    y = call(function, t)
    y.backward(np.ones_like(x))
    rtol, atol = tolerance(function, dtype)
    assert y.dtype == t.grad.dtype == dtype
    np.testing.assert_allclose(y.data, exact(FORMULAS[function], x), rtol, atol)
    if function in ABSOLUTE:
        atol = 4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(t.grad, exact(SLOPES[function], x), rtol, atol)


#: Their slopes are zero somewhere, or exact to the last digits only where they are tiny.
ABSOLUTE = (autograd.silu, autograd.gelu, autograd.sigmoid)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.int64])
@EACH
def test_activations_at_special_values(function, dtype):
    x = np.array([0, 1, -2] if dtype == np.int64 else [np.nan, np.inf, 0.0, 1.0, -2.0], dtype)
    with np.errstate(invalid="ignore"):
        whole = call(function, x if dtype == np.int64 else Tensor(x).detach())
    kind = np.float64 if dtype == np.int64 else dtype
    assert whole.dtype == kind
    with np.errstate(all="ignore"):
        for each, found in zip(x, np.asarray(plain(whole)), strict=True):
            expected = {"inf": math.inf, "nan": math.nan}.get(str(float(each)))
            if expected == math.inf and function is autograd.sigmoid:
                expected = 1.0
            if expected is None:
                expected = float(FORMULAS[function](mpmath.mpf(float(each))))
            rtol = max(20 * float(np.finfo(kind).eps), 1e-15)
            np.testing.assert_allclose(float(found), expected, rtol)


@EACH
def test_values_zero_dimensions_and_views_agree_with_arrays(function):
    x = np.random.default_rng(5).normal(size=(6, 8))
    expected = call(function, x)
    slopes = autograd.elementwise_grad(lambda x: call(function, x))(x)
    np.testing.assert_allclose(call(function, np.asfortranarray(x)), expected, 1e-14)
    np.testing.assert_allclose(call(function, x[::2, ::-3]), expected[::2, ::-3], 1e-14)
    for index in ((0, 0), (3, 5)):
        np.testing.assert_allclose(
            float(call(function, np.array(x[index]))), expected[index], 1e-14
        )
        value = Value(x[index])
        y = call(function, value)
        y.backward()
        np.testing.assert_allclose([y.data, value.grad], [expected[index], slopes[index]], 1e-12)
    assert call(function, np.zeros((0, 3), np.float32)).shape == (0, 3)


@pytest.mark.each("sample", SAMPLES)
@checks.quiet
def test_large_arrays_in_parts_have_the_same_bits(sample, monkeypatch):
    result = checks.call(sample, checks.leaves(sample))
    weights = checks.weights_like(result)
    expected = checks.gradients(sample, sample.inputs, weights)
    for size in ("part", "several", "large", "reused"):
        monkeypatch.setattr(TILES, size, 16)
    np.testing.assert_array_equal(checks.call(sample, checks.leaves(sample)).data, result.data)
    for found, wanted in zip(
        checks.gradients(sample, sample.inputs, weights), expected, strict=True
    ):
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)


# -- the error function -----------------------------------------------------------------------


def test_erf_is_within_one_unit_in_the_last_place():
    random = np.random.default_rng(1)
    x = np.concatenate(
        [
            random.uniform(-7, 7, 1000),
            random.uniform(0.8, 1.4, 2000),
            10.0 ** random.uniform(-320, 1, 500),
            [1.125, np.nextafter(1.125, 0), 6.5, 1e300],
        ]
    )
    for dtype in (np.float64, np.float32):
        with np.errstate(over="ignore"):
            given = x.astype(dtype)
        given = given[np.isfinite(given)]
        found = autograd.erf(given)
        assert found.dtype == dtype
        with mpmath.workdps(40):
            for each, y in zip(given, found, strict=True):
                right = mpmath.erf(mpmath.mpf(float(each)))
                assert abs(mpmath.mpf(float(y)) - right) <= mpmath.mpf(float(np.spacing(abs(y))))


def test_erf_at_infinity_zero_and_nan():
    found = autograd.erf(np.array([np.inf, -np.inf, np.nan, 0.0, -0.0]))
    np.testing.assert_array_equal(found, [1.0, -1.0, np.nan, 0.0, -0.0])
    assert list(np.signbit(found[3:])) == [False, True]
