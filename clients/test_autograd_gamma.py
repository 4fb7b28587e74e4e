"""autograd-gamma: derivatives of incomplete gamma and beta functions with respect to their parameters."""

import autograd_gamma
import pytest
import scipy.special

from autograd import grad


@pytest.mark.parametrize("name", ["gammainc", "gammaincc"])
def test_derivatives_by_both_arguments(name):
    f, reference = getattr(autograd_gamma, name), getattr(scipy.special, name)
    h = 1e-5
    for a, x in ((0.7, 0.4), (3.0, 2.5), (12.0, 9.0)):
        by_a = (reference(a + h, x) - reference(a - h, x)) / (2 * h)
        by_x = (reference(a, x + h) - reference(a, x - h)) / (2 * h)
        assert grad(f, 0)(a, x) == pytest.approx(by_a, rel=1e-5, abs=1e-8)
        assert grad(f, 1)(a, x) == pytest.approx(by_x, rel=1e-6)


def test_derivatives_of_the_incomplete_beta_function():
    h = 1e-6
    expected = (
        scipy.special.betainc(2.0, 3.0, 0.3 + h) - scipy.special.betainc(2.0, 3.0, 0.3 - h)
    ) / (2 * h)
    assert grad(autograd_gamma.betainc, 2)(2.0, 3.0, 0.3) == pytest.approx(expected, rel=1e-6)
