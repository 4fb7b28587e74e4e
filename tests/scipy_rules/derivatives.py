"""Derivatives of both orders and modes against differences of fourth order."""

import numpy as np
import pytest
from rules import checks

from autograd import deriv, grad, hessian_vector_product


def slope(f, p, direction, h=1e-4):
    """Difference of f along a direction, with an error of the order of h⁴."""
    near, far = (f(p + k * h * direction) - f(p - k * h * direction) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def assert_derivatives(f, p, direction, *, h=1e-4, rtol=1e-6, smooth=True):
    """Check gradients, forward derivatives and second derivatives along a direction."""
    expected = pytest.approx(slope(f, p, direction, h), rel=rtol, abs=rtol)
    assert np.sum(grad(f)(p) * direction) == expected
    assert deriv(lambda s: f(p + s * direction))(0.0) == expected
    if smooth:
        found = hessian_vector_product(f)(p, direction)
        first, step = grad(f), h / 10 * direction
        expected = (first(p + step) - first(p - step)) / (h / 5)
        np.testing.assert_allclose(found, expected, rtol=10 * rtol, atol=10 * rtol)


def assert_sample(sample):
    """Check a sum of all results over a curved surface through the arguments.

    Its two parameters reach every first and second derivative of the sample.
    """
    random = np.random.default_rng(3)
    surfaces = [checks.surface(np.asarray(x), random) for x in sample.inputs]

    def total(p):
        result = checks.call(sample, [points(p[0], p[1]) for points in surfaces])
        return np.sum(np.real(checks.weights_like(result) * result))

    assert_derivatives(total, np.zeros(2), np.array([0.6, 1.0]), smooth=sample.smooth)
