"""Integrals of functions and of samples: SciPy's values, derivatives of closed forms."""

import numpy as np
import pytest
import scipy.integrate

from autograd import Tensor, Value, check_gradients, deriv, grad, hessian, jacobian, jvp
from autograd.errors import NoRuleError, SolutionError
from autograd.scipy import integrate

random = np.random.default_rng(4)


# -- functions ------------------------------------------------------------------------------


def test_integrals_over_a_half_line_have_derivatives():
    def f(k):
        return integrate.quad(lambda x: np.exp(-k * x), 0, np.inf)[0]

    assert f(2.0) == scipy.integrate.quad(lambda x: np.exp(-2 * x), 0, np.inf)[0]
    for order, expected in enumerate((0.5, -0.25, 0.25, -0.375)):
        g = f
        for _ in range(order):
            g = grad(g)
        assert g(2.0) == pytest.approx(expected)
    assert jvp(f)(2.0)(3.0)[1] == pytest.approx(-0.75)


def test_limits_have_derivatives_of_both_orders():
    f = lambda a, b: integrate.quad(np.sin, a, b)[0]  # noqa: E731
    np.testing.assert_allclose(grad(f, (0, 1))(0.3, 1.2), (-np.sin(0.3), np.sin(1.2)))
    assert grad(grad(f, 1), 1)(0.3, 1.2) == pytest.approx(np.cos(1.2))
    assert grad(grad(f, 0), 0)(0.3, 1.2) == pytest.approx(-np.cos(0.3))


def test_arrays_limits_and_arguments_are_differentiated_together():
    def f(p):
        return integrate.quad(lambda x, q: np.sum(np.cos(p * x)) * q[0], 0.0, p[0], args=(p,))[0]

    p = np.array([0.5, 1.5, 2.0])
    check_gradients(f, p, order=2)


def test_leaves_and_arguments_get_gradients():
    k, w = Value(2.0), Tensor([1.0, 3.0])
    y, error = integrate.quad(lambda x, k: np.sum(w) * np.exp(-k * x), 0, 1, args=(k,))
    assert error < 1e-12
    y.backward()
    e = np.exp(-2.0)
    assert k.grad == pytest.approx(4 * (e / 2 - (1 - e) / 4))
    np.testing.assert_allclose(w.grad, (1 - e) / 2)


def test_integrals_of_arrays_have_derivatives():
    powers = np.arange(3.0)
    f = lambda b: integrate.quad_vec(lambda x: b * x**powers, 0.0, b)[0]  # noqa: E731
    expected = [(i + 2) / (i + 1) * 2 ** (i + 1) for i in range(3)]
    np.testing.assert_allclose(jacobian(f)(2.0), expected)
    assert hessian(lambda b: np.sum(f(b)))(2.0) == pytest.approx(2 + 2 * 3 + 16)


@pytest.mark.slow
def test_integrals_over_several_numbers_have_derivatives():
    double = lambda a: integrate.dblquad(  # noqa: E731
        lambda y, x: a * x * y * y, 0, 1, 0, lambda x: x * a
    )[0]
    assert double(1.5) == pytest.approx(1.5**4 / 15)
    assert grad(double)(1.5) == pytest.approx(4 * 1.5**3 / 15)
    several = lambda a: integrate.nquad(  # noqa: E731
        lambda x, y, b: np.exp(-b * x * y), [lambda y, b: (0, y * b), (0, a)], args=(a,)
    )[0]
    h = 1e-4
    expected = (several(1.3 + h) - several(1.3 - h)) / (2 * h)
    assert grad(several)(1.3) == pytest.approx(expected, rel=1e-6)
    assert several(1.3) == pytest.approx(float(several(Value(1.3)).data), rel=1e-12)


@pytest.mark.gallery
def test_integrals_over_three_numbers_have_derivatives():
    triple = lambda a: integrate.tplquad(  # noqa: E731
        lambda z, y, x: a * x * y * z, 0, 1, 0, 1, 0, a, epsabs=1e-6
    )[0]
    assert grad(triple)(1.5) == pytest.approx(3 * 1.5**2 / 8)


def test_fixed_quadrature_is_differentiated_through_its_points():
    f = lambda a, b, k: integrate.fixed_quad(lambda x: x**k, a, b, n=4)[0]  # noqa: E731
    expected = scipy.integrate.fixed_quad(lambda x: x**3.0, 0.5, 2.0, n=4)[0]
    assert f(0.5, 2.0, 3.0) == pytest.approx(expected, rel=1e-14)
    check_gradients(f, 0.5, 2.0, 3.0, order=2)
    with pytest.raises(ValueError, match="finite"):
        integrate.fixed_quad(np.exp, 0.0, np.inf)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: integrate.quad(lambda x: a / x, 0, 1)[0],
        lambda a: integrate.quad(lambda x: x**-a, 0, 1)[0],
        lambda a: integrate.quad(lambda x: x ** (a - 1.999), 0, 1)[0],
    ],
)
def test_integrals_that_diverge_have_no_derivative(f):
    with pytest.raises(SolutionError, match="did not converge"):
        grad(f)(1.0)


def test_doubts_of_scipy_are_warnings_without_nodes():
    with pytest.warns(scipy.integrate.IntegrationWarning):
        integrate.quad(lambda x: 1 / x, 0, 1)


def test_an_integral_inside_that_diverges_is_an_error_at_once():
    """SciPy's function would ask for a million points first."""
    asked = []

    def f(a):
        return integrate.dblquad(lambda y, x: asked.append(x) or a / (x * y), 0, 1, 0, 1)[0]

    with pytest.raises(SolutionError, match="did not converge"):
        grad(f)(1.0)
    assert len(asked) < 5000


def test_weight_functions_have_no_rule():
    f = lambda a: integrate.quad(lambda x: x * a, 0, 1, weight="cos", wvar=1.0)[0]  # noqa: E731
    assert f(1.0) == scipy.integrate.quad(lambda x: x, 0, 1, weight="cos", wvar=1.0)[0]
    with pytest.raises(NoRuleError, match="weight"):
        grad(f)(1.0)


# -- samples --------------------------------------------------------------------------------

RULES = ("trapezoid", "simpson", "cumulative_trapezoid", "cumulative_simpson", "romb")


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("count", [2, 4, 5])
def test_rules_for_samples_have_scipys_values_and_derivatives(name, count):
    ours, theirs = getattr(integrate, name), getattr(scipy.integrate, name)
    y = random.normal(size=(2, count))
    x = np.cumsum(random.uniform(0.5, 1.5, size=count))
    if name == "romb":
        if count == 4:
            with pytest.raises(ValueError, match="power of 2"):
                ours(Tensor(y))
            return
        forms = [lambda f, y, x, h: f(y, dx=h)]
    else:
        forms = [
            lambda f, y, x, h: f(y, x=x),
            lambda f, y, x, h: f(y, dx=h),
            lambda f, y, x, h: f(y.T, x=x, axis=0),
        ]
        if name.startswith("cumulative"):
            forms.append(lambda f, y, x, h: f(y, x=x, initial=0))
    for form in forms:
        found = form(ours, Tensor(y), x, 0.3).data
        np.testing.assert_allclose(found, form(theirs, y, x, 0.3), rtol=1e-12, atol=1e-12)

    def total(y, x, h):
        return sum(k * np.sum(np.sin(form(ours, y, x, h))) for k, form in enumerate(forms, 1))

    check_gradients(total, y, x, 0.3)


def test_quad_vec_with_too_few_intervals_is_refused():
    with pytest.raises(SolutionError, match="did not converge"):
        grad(lambda a: integrate.quad_vec(lambda x: a / x, 0.0, 1.0, limit=100)[0])(1.0)


def test_a_limit_may_depend_on_what_the_integrand_closes_over():
    def nested(p):  # p₀ p₁² / 4
        inner = lambda y: integrate.quad(lambda x: p[0] * x * y, 0, p[1])[0]  # noqa: E731
        return integrate.quad(inner, 0, 1)[0]

    def along(t):
        return nested(np.array([0.7, 0.5]) + t * np.array([1.0, 2.0]))

    zero = np.array(0.0)
    for outer, inner in ((grad, grad), (deriv, grad), (grad, deriv), (deriv, deriv)):
        assert float(outer(inner(along))(zero)) == pytest.approx(2.4)
