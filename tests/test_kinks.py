"""Every line of docs/kinks.md."""

import math

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.errors import NoDerivativeError


def slopes(function, *at):
    nodes = [Value(x) for x in at]
    function(*nodes).backward()
    return tuple(node.grad for node in nodes)


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        (abs, (0.0,), (0.0,)),
        (np.fabs, (0.0,), (0.0,)),
        (autograd.relu, (0.0,), (0.0,)),
        (np.maximum, (2.0, 2.0), (0.5, 0.5)),
        (np.minimum, (2.0, 2.0), (0.5, 0.5)),
        (np.fmax, (2.0, 2.0), (0.5, 0.5)),
        (np.fmin, (2.0, 2.0), (0.5, 0.5)),
        (lambda x: np.clip(x, 0.0, 1.0), (0.0,), (0.5,)),
        (lambda x: np.clip(x, 0.0, 1.0), (1.0,), (0.5,)),
        (np.hypot, (0.0, 0.0), (0.0, 0.0)),
        (np.sign, (0.0,), (0.0,)),
        (np.floor, (1.0,), (0.0,)),
        (np.ceil, (1.0,), (0.0,)),
        (np.trunc, (1.0,), (0.0,)),
        (np.rint, (0.5,), (0.0,)),
        (lambda x, y: x // y, (4.0, 2.0), (0.0, 0.0)),
        (lambda x, y: x % y, (7.0, 2.0), (1.0, -3.0)),
        (np.fmod, (-7.0, 2.0), (1.0, 3.0)),
        (np.copysign, (2.0, -1.0), (-1.0, 0.0)),
        (lambda x: np.heaviside(x, 0.5), (1.0,), (0.0,)),
        (np.sqrt, (0.0,), (math.inf,)),
        (np.cbrt, (0.0,), (math.inf,)),
        (np.log, (0.0,), (math.inf,)),
        (lambda x: x**0.5, (0.0,), (math.inf,)),
        (lambda x: x**0, (0.0,), (0.0,)),
        (lambda x, p: x**p, (0.0, 2.0), (0.0, 0.0)),
        (lambda x, p: x**p, (0.0, 0.0), (0.0, 0.0)),
        (np.logaddexp, (-math.inf, -math.inf), (0.0, 0.0)),
    ],
)
def test_the_derivative_taken_is_the_documented_one(function, at, expected):
    assert slopes(function, *at) == expected


def test_the_exponent_of_a_negative_base_has_no_derivative():
    x, p = Value(-2.0), Value(2.0)
    with np.errstate(invalid="ignore"):
        (x**p).backward()
    assert x.grad == -4.0
    assert math.isnan(p.grad)


def test_equal_extremes_share_and_equal_elements_stay_in_order():
    t = Tensor([2.0, 1.0, 2.0, 2.0])
    t.max().backward()
    np.testing.assert_allclose(t.grad, [1 / 3, 0, 1 / 3, 1 / 3])
    t.grad = None
    t.min().backward()
    np.testing.assert_array_equal(t.grad, [0, 1, 0, 0])
    t.grad = None
    np.sort(t).backward(np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(t.grad, [2, 1, 3, 4])
    t = Tensor([3.0, 3.0])
    t.std().backward()
    np.testing.assert_array_equal(t.grad, [0, 0])


def test_of_equal_elements_the_first_gets_the_derivative():
    ones = Tensor([1.0, 1.0])
    for f, data, expected in (
        (np.maximum.accumulate, [1.0, 3.0, 3.0], [1, 2, 0]),
        (np.minimum.accumulate, [3.0, 1.0, 1.0], [1, 2, 0]),
        (np.unique, [2.0, 1.0, 2.0], [1, 1, 0]),
        (lambda t: np.union1d(t, ones), [1.0, 1.0], [1, 0]),
        (lambda t: np.intersect1d(t, ones), [1.0, 2.0], [1, 0]),
    ):
        t = Tensor(data)
        f(t).sum().backward()
        assert t.grad.tolist() == expected
    assert ones.grad is None or not ones.grad.any()


def test_a_multiple_zero_of_a_polynomial_has_no_derivative():
    with pytest.raises(NoDerivativeError, match="multiple zero"):
        np.roots(Tensor([1.0, -2.0, 1.0])).sum().backward()


def test_the_gradient_of_a_complex_number_is_that_of_the_convention():
    z = Tensor(np.array(1 + 2j))
    (z.real**2 + 3 * z.imag).backward()
    assert z.grad == 2 - 3j
    z.grad = None
    np.abs(z).backward()
    assert z.grad == pytest.approx((1 - 2j) / abs(1 + 2j))
