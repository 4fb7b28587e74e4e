"""Distributions in their tails, outside the support, and their calling conventions."""

import importlib
import importlib.util
import math
import types

import mpmath
import numpy as np
import pytest
import scipy.stats
from scipy_rules.samples import CONTINUOUS, DENSITIES, MASSES

from autograd import Tensor, Value, grad, hessian, jacobian, jvp
from autograd.errors import AutogradError, NoDerivativeError, NoRuleError, OptionError, ShapeError
from autograd.scipy import stats
from autograd.scipy.stats import multivariate_normal, norm

SHAPES = [1.7, 2.2]


def arguments(name):
    return SHAPES[: CONTINUOUS[name][0]]


def scipys(name, function, x, *parameters):
    """Return SciPy's value; at infinity, where some of its formulas give NaN, the limit."""
    with np.errstate(all="ignore"):
        y = getattr(getattr(scipy.stats, name), function)(x, *parameters)
    limit = -math.inf if function.startswith("log") else 0.0
    return np.where(np.isnan(y) & np.isinf(x), limit, y)


@pytest.mark.each("name", CONTINUOUS)
@pytest.mark.parametrize("function", DENSITIES)
def test_outside_the_support_derivatives_are_zero(name, function):
    x = (
        np.array([-np.inf, -3.0, 5.0, np.inf, np.nan])
        if name in ("beta", "uniform")
        else np.array([-np.inf, -3.0, np.inf, np.nan])
    )
    shapes = arguments(name)
    expected = scipys(name, function, x, *shapes, 0.1, 1.5)
    ours = getattr(getattr(stats, name), function)
    nodes = [Tensor(x), *[Tensor(a) for a in (*shapes, 0.1, 1.5)]]
    result = ours(*nodes)
    np.testing.assert_allclose(result.data, expected, rtol=1e-11)
    with np.errstate(all="ignore"):
        result.backward(np.ones(len(x)))
    infinite_support = (
        scipy.stats.norm.support()[0] == getattr(scipy.stats, name).support(*shapes)[0]
    )
    derivative = nodes[0].grad
    assert not np.isnan(derivative[:-1]).any()
    outside = np.isinf(x) if infinite_support else ~np.isnan(x)
    assert (derivative[outside] == 0).all()


@pytest.mark.each("name", [n for n in CONTINUOUS if n not in ("laplace",)])
@pytest.mark.parametrize("function", DENSITIES)
def test_at_the_ends_of_the_support_there_is_no_nan(name, function):
    low, high = getattr(scipy.stats, name).support(*arguments(name))
    for x in (low, high):
        if math.isfinite(x):
            ours = getattr(getattr(stats, name), function)
            expected = getattr(getattr(scipy.stats, name), function)(x, *arguments(name))
            node = Value(float(x))
            result = ours(node, *arguments(name))
            assert result.data == pytest.approx(expected)
            with np.errstate(all="ignore"):
                result.backward()
            assert not np.isnan(node.grad)


def test_arguments_work_by_position_and_keyword():
    x, expected = 0.3, scipy.stats.gamma.logpdf(0.3, 2.0, 0.1, 1.5)
    for found in (
        stats.gamma.logpdf(x, 2.0, 0.1, 1.5),
        stats.gamma.logpdf(x, 2.0, loc=0.1, scale=1.5),
        stats.gamma.logpdf(x, a=2.0, scale=1.5, loc=0.1),
        stats.gamma.logpdf(x=x, a=2.0, scale=1.5, loc=0.1),
    ):
        assert found == pytest.approx(expected)
    assert grad(lambda s: norm.logpdf(0.0, scale=s))(2.0) == -0.5
    assert grad(lambda m: norm.logpdf(0.0, loc=m))(2.0) == -2.0
    assert norm.pdf([0, 1]) == pytest.approx(scipy.stats.norm.pdf([0, 1]))
    assert norm.pdf(np.array([0, 1])) == pytest.approx(scipy.stats.norm.pdf([0, 1]))
    assert norm.cdf(1, 0, 2) == pytest.approx(scipy.stats.norm.cdf(1, 0, 2))
    for wrong in (
        lambda: norm.pdf(0.0, 1.0, 2.0, 3.0),
        lambda: norm.pdf(0.0, 1.0, loc=3.0),
        lambda: norm.pdf(0.0, df=3.0),
        lambda: stats.t.pdf(0.0),
    ):
        with pytest.raises(TypeError, match=r"takes|needs"):
            wrong()


@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_invalid_parameters_give_nan(scale):
    for name in CONTINUOUS:
        for function in DENSITIES:
            assert math.isnan(
                getattr(getattr(stats, name), function)(0.5, *arguments(name), 0.0, scale)
            )
    assert math.isnan(stats.gamma.pdf(0.5, -1.0))
    assert math.isnan(stats.poisson.pmf(1, -1.0))
    assert math.isnan(stats.binom.cdf(1, 3.5, 0.5))
    values = stats.gamma.pdf(0.5, np.array([1.0, -1.0]))
    assert np.isnan(values).tolist() == [False, True]


@pytest.mark.parametrize("z", [-200.0, -39.0, -10.0, 0.0, 10.0])
def test_the_normal_distribution_at_extreme_arguments(z):
    with mpmath.workdps(60):
        hazard = mpmath.npdf(z) / mpmath.ncdf(z)
        assert norm.logcdf(z) == pytest.approx(float(mpmath.log(mpmath.ncdf(z))), rel=1e-12)
        assert grad(norm.logcdf)(z) == pytest.approx(float(hazard), rel=1e-12)
        assert grad(norm.logsf)(-z) == pytest.approx(float(-hazard), rel=1e-12)
        assert grad(norm.logcdf, 2)(z, 0.0, 1.0) == pytest.approx(float(-z * hazard), rel=1e-12)


def test_distribution_functions_that_underflow_have_no_nan():
    for name, x in (("gamma", 2000.0), ("chi2", 4000.0), ("weibull_min", 1e4)):
        found = grad(getattr(stats, name).logsf)(x, 2.0)
        assert not math.isnan(found), name
    assert stats.expon.logsf(2000.0) == -2000.0
    assert grad(stats.expon.logsf)(2000.0) == -1.0
    assert grad(stats.cauchy.cdf)(-1e10) == pytest.approx(1e-20 / math.pi)
    assert stats.laplace.logcdf(-2000.0) == pytest.approx(-2000.0 - math.log(2))


@pytest.mark.parametrize("function", MASSES)
def test_probability_masses_outside_the_support(function):
    k = np.array([-1.0, 0.5, 7.0, np.inf, np.nan])
    for name, shapes in (
        ("poisson", (1.5,)),
        ("binom", (5, 0.3)),
        ("nbinom", (2.5, 0.3)),
        ("bernoulli", (0.3,)),
    ):
        expected = scipys(name, function, k, *shapes)
        p = Value(shapes[-1])
        found = getattr(getattr(stats, name), function)(k, *shapes[:-1], p)
        np.testing.assert_allclose(found.data, expected, rtol=1e-11, err_msg=name)
        found.backward(np.array([1.0, 1.0, 0.0, 1.0, 0.0]))
        assert not math.isnan(p.grad)


def test_masses_of_certain_events_have_derivatives():
    assert grad(lambda p: stats.binom.pmf(1, 3, p))(0.0) == 3.0
    assert grad(lambda p: stats.binom.pmf(2, 3, p))(1.0) == -3.0
    assert grad(lambda p: stats.binom.pmf(0, 3, p))(0.0) == -3.0
    assert grad(lambda p: stats.bernoulli.pmf(1, p))(0.0) == 1.0
    assert grad(lambda mu: stats.poisson.pmf(1, mu))(0.0) == 1.0
    assert grad(lambda mu: stats.poisson.pmf(0, mu))(0.0) == -1.0
    assert grad(grad(lambda mu: stats.poisson.pmf(2, mu)))(0.0) == 1.0
    assert stats.poisson.pmf(3, 1.5, loc=1) == pytest.approx(scipy.stats.poisson.pmf(3, 1.5, loc=1))


def test_derivatives_by_integer_parameters_raise():
    with pytest.raises(NoRuleError, match=r"with respect to k\. Pass a plain number"):
        grad(stats.poisson.logpmf)(2.0, 1.5)
    with pytest.raises(NoRuleError, match="with respect to loc"):
        grad(stats.poisson.cdf, 2)(2.0, 1.5, 0.0)
    with pytest.raises(NoRuleError, match="with respect to n"):
        grad(stats.binom.logpmf, 1)(2.0, 5.0, 0.3)
    counts = np.array([1.0, 2.0])
    for argnum, what in enumerate("xn"):
        with pytest.raises(NoRuleError, match=f"multinomial .* with respect to {what}"):
            grad(stats.multinomial.logpmf, argnum)(counts, 3.0, counts / 3)
    assert stats.poisson.pmf(Tensor([2.0], requires_grad=False), 1.5) == pytest.approx(
        scipy.stats.poisson.pmf(2, 1.5)
    )


def test_all_other_names_come_from_scipy():
    assert stats.rankdata([3, 1, 2]).tolist() == [3, 1, 2]
    assert norm.rvs(size=3, random_state=0).shape == (3,)
    assert stats.norm is norm
    assert "norm" in dir(stats)
    assert "rankdata" in dir(stats)
    assert multivariate_normal.rvs(np.zeros(2), np.eye(2), random_state=0).shape == (2,)
    with pytest.raises(NoRuleError, match=r"scipy\.stats\.norm\.fit has no derivative rule"):
        norm.fit(Tensor([1.0, 2.0]))
    with pytest.raises(AttributeError):
        norm.nothing  # noqa: B018


def test_quantiles_outside_zero_to_one_are_nan():
    q = np.array([-0.1, 0.0, 1.0, 1.1])
    for name in CONTINUOUS:
        expected = getattr(scipy.stats, name).ppf(q, *arguments(name), 0.5, 2.0)
        np.testing.assert_array_equal(
            getattr(stats, name).ppf(q, *arguments(name), 0.5, 2.0), expected
        )


def test_the_cdf_slope_at_the_laplace_median_is_the_density():
    assert grad(stats.laplace.cdf)(0.0) == 0.5
    assert grad(stats.laplace.sf)(0.0) == -0.5
    assert grad(stats.laplace.logpdf)(0.0) == 0.0


def test_singular_covariances_work_when_allowed():
    cov = np.diag([1.0, 2.0, 0.0])
    x, mean = np.array([0.3, 0.5, 0.0]), np.zeros(3)
    expected = scipy.stats.multivariate_normal.logpdf(x, mean, cov, allow_singular=True)
    found = multivariate_normal.logpdf(x, mean, cov, allow_singular=True)
    assert found == pytest.approx(expected)
    gradient = grad(multivariate_normal.logpdf)(x, mean, cov, True)
    np.testing.assert_allclose(gradient, [-0.3, -0.25, 0.0], atol=1e-15)
    assert multivariate_normal.pdf(x + 1, mean, cov, allow_singular=True) == 0.0
    with pytest.raises(NoDerivativeError, match="singular"):
        grad(multivariate_normal.logpdf, 2)(x, mean, cov, True)
    with pytest.raises(np.linalg.LinAlgError):
        multivariate_normal.logpdf(x, mean, cov)
    covariance = scipy.stats.Covariance.from_diagonal([1.0, 2.0])
    expected = scipy.stats.multivariate_normal.logpdf(x[:2], mean[:2], covariance)
    assert multivariate_normal.logpdf(x[:2], mean[:2], covariance) == pytest.approx(expected)
    found = multivariate_normal.logpdf(Tensor(x[:2]), mean[:2], covariance)
    assert found.data == pytest.approx(expected)


def test_one_dimensional_vectors_and_mismatched_shapes():
    x = np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(multivariate_normal.logpdf(x), scipy.stats.norm.logpdf(x))
    assert multivariate_normal.logpdf(0.1) == pytest.approx(scipy.stats.norm.logpdf(0.1))
    assert multivariate_normal.pdf(x[None], x) == pytest.approx((2 * np.pi) ** -1.5)
    with pytest.raises(ShapeError, match="must be"):
        multivariate_normal.logpdf(x, np.zeros(2), np.eye(3))
    with pytest.raises(ShapeError, match="last axis of x"):
        multivariate_normal.logpdf(x, np.zeros(2), np.eye(2))


def test_the_derivative_by_the_covariance_is_symmetric():
    cov = np.array([[2.0, 0.3], [0.3, 1.0]])
    x = np.array([1.0, -0.5])
    gradient = grad(multivariate_normal.logpdf, 2)(x, np.zeros(2), cov)
    solved = np.linalg.solve(cov, x)
    np.testing.assert_allclose(gradient, (np.outer(solved, solved) - np.linalg.inv(cov)) / 2)


def test_dirichlet_points_are_validated():
    alpha = np.array([1.5, 2.0, 2.5])
    for x in ([0.3, 0.3, 0.3], [0.5, 0.7, -0.2], [0.25] * 4):
        with pytest.raises(ShapeError, match="add up to 1"):
            stats.dirichlet.logpdf(np.array(x), alpha)
    with pytest.raises(ShapeError, match="positive vector"):
        stats.dirichlet.logpdf([0.5, 0.5], [1.0, -1.0])
    with pytest.raises(AutogradError, match="infinite"):
        stats.dirichlet.pdf([0.0, 1.0], [0.5, 1.0])
    assert stats.dirichlet.mean(alpha).sum() == pytest.approx(1.0)


def test_the_gradient_vanishes_at_the_maximum_likelihood_fit():
    x = scipy.stats.t.rvs(4.0, 1.0, 2.0, size=200, random_state=1)

    def loss(p):
        return -np.mean(stats.t.logpdf(x, np.exp(p[0]), p[1], np.exp(p[2])))

    p = np.array([1.0, 0.0, 0.0])
    hessian = jacobian(grad(loss))
    for _ in range(30):
        p = p - np.linalg.solve(hessian(p) + 0.01 * np.eye(3), grad(loss)(p))
    df, loc, scale = scipy.stats.t.fit(x)
    np.testing.assert_allclose([np.exp(p[0]), p[1], np.exp(p[2])], [df, loc, scale], rtol=1e-3)


@pytest.mark.parametrize("name", ["norm", "gumbel_r", "poisson", "multivariate_normal"])
def test_every_distribution_is_a_module_that_can_be_imported(name):
    module = importlib.import_module(f"autograd.scipy.stats.{name}")
    assert isinstance(module, types.ModuleType)
    assert module is getattr(stats, name)
    assert importlib.util.find_spec(module.__name__) is module.__spec__
    assert module.entropy is not None  # SciPy's own
    with pytest.raises(AttributeError):
        module.no_such_function  # noqa: B018


def test_parameters_are_named_in_the_error_of_a_wrong_call():
    for call in (
        lambda: stats.gamma.pdf(1.0),
        lambda: stats.gamma.pdf(1.0, 2.0, a=2.0),
        lambda: stats.gamma.pdf(1.0, 2.0, b=2.0),
        lambda: stats.gamma.pdf(1.0, 2.0, 0.0, 1.0, 1.0),
    ):
        with pytest.raises(TypeError, match=r"gamma .*a"):
            call()


# -- probabilities of normal vectors --------------------------------------------------------------

CORRELATIONS = np.array([0.3, 0.5, -0.2])


def below_zero(r):
    """Return the probability that three correlated numbers are negative."""
    rows = ([1.0, r[0], r[1]], [r[0], 1.0, r[2]], [r[1], r[2], 1.0])
    return stats.multivariate_normal.cdf(np.zeros(3), None, np.stack([np.stack(x) for x in rows]))


def test_probabilities_of_normal_vectors_by_correlations():
    r = CORRELATIONS
    assert below_zero(r) == pytest.approx(1 / 8 + np.sum(np.arcsin(r)) / (4 * np.pi), abs=1e-4)
    first, second = 1 / np.sqrt(1 - r**2), r / (1 - r**2) ** 1.5
    np.testing.assert_allclose(grad(below_zero)(r), first / (4 * np.pi))
    np.testing.assert_allclose(hessian(below_zero)(r), np.diag(second) / (4 * np.pi), atol=1e-12)
    assert jvp(below_zero)(r)(np.ones(3))[1] == pytest.approx(np.sum(first) / (4 * np.pi))


def test_infinite_limits_leave_components_out():
    cov = np.array([[1.0, 0.3, 0.5], [0.3, 2.0, -0.2], [0.5, -0.2, 1.5]])
    cdf = stats.multivariate_normal.cdf
    found = grad(lambda x: cdf(x, None, cov))(np.array([0.3, np.inf, -0.4]))
    expected = grad(lambda x: cdf(x, None, cov[::2, ::2]))(np.array([0.3, -0.4]))
    np.testing.assert_allclose(found, [expected[0], 0.0, expected[1]])
    assert float(cdf(Tensor([0.3, -np.inf, 1.0]), None, cov)) == 0.0
    with pytest.raises(OptionError, match="lower_limit"):
        cdf(Tensor(np.zeros(3)), None, cov, lower_limit=-np.ones(3))


# -- without rules ---------------------------------------------------------------------------------


def test_distributions_without_a_rule_refuse_nodes():
    for call in (
        lambda x: stats.ksone.pdf(x, 3),
        lambda x: stats.ksone(3, 1.0, 2.0).cdf(x),
        lambda x: stats.levy_stable.logpdf(0.5, 1.5, x),
        lambda x: stats.levy_stable(1.5, x).pdf(0.5),
    ):
        with pytest.raises(
            NoRuleError, match=r"scipy.stats.\w+(\(...\))?.\w+ has no derivative rule"
        ):
            call(Tensor(0.3))
    assert stats.ksone(3, 0.1, 2.0).cdf(0.3) == scipy.stats.ksone.cdf(0.3, 3, 0.1, 2.0)


def test_distributions_of_matrices_without_rules_refuse_nodes():
    for call in (
        lambda: stats.matrix_t.logpdf(*[np.eye(2)] * 4, Value(3.0)),
        lambda: stats.random_correlation.rvs(Tensor([0.5, 1.5])),
    ):
        if hasattr(scipy.stats, "matrix_t"):  # since SciPy 1.17
            with pytest.raises(NoRuleError, match="has no derivative rule"):
                call()
    rotation = stats.special_ortho_group(3).rvs(random_state=1)
    np.testing.assert_array_equal(rotation, scipy.stats.special_ortho_group.rvs(3, random_state=1))
