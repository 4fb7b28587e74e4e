"""Random variables as objects: SciPy's values, and derivatives against differences of SciPy's methods."""

import functools
import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from scipy_rules.derivatives import slope

from autograd import Tensor, Value, deriv, grad, jit
from autograd.errors import NoRuleError, OptionError
from autograd.scipy import stats

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning"),
    pytest.mark.skipif(not hasattr(scipy.stats, "Normal"), reason="since SciPy 1.15"),
]


@functools.cache
def gamma_class(m):
    return m.make_distribution(m.gamma)


def gamma(m, a):
    return gamma_class(m)(a=a)


def weights(m, a):
    return np.array([a / 3, 1 - a / 3]) if m is scipy.stats else [a / 3, 1 - a / 3]


VARIABLES = {
    "Normal": lambda m, a: m.Normal(mu=a, sigma=a),
    "Uniform": lambda m, a: m.Uniform(a=-a, b=2 * a),
    "gamma": gamma,
    "shifted": lambda m, a: a - 2 * m.Normal(mu=a, sigma=a),
    "truncate": lambda m, a: m.truncate(m.Normal(mu=a, sigma=a), lb=-a, ub=2 * a),
    "truncate below": lambda m, a: m.truncate(gamma(m, a), lb=a / 3),
    "order_statistic": lambda m, a: m.order_statistic(m.Normal(mu=a, sigma=a), r=2, n=5),
    "exp": lambda m, a: m.exp(m.Normal(mu=a / 5, sigma=a / 5)),
    "log": lambda m, a: m.log(m.Uniform(a=a / 5, b=3 * a)),
    "abs": lambda m, a: m.abs(m.Normal(mu=a, sigma=a)),
    "square": lambda m, a: m.Normal(mu=a, sigma=a) ** 2,
    "reciprocal": lambda m, a: 1 / m.Uniform(a=a / 5, b=3 * a),
    "power": lambda m, a: 2 ** m.Normal(mu=a / 5, sigma=a / 5),
    "Mixture": lambda m, a: m.Mixture([m.Normal(mu=a, sigma=a), m.Normal(mu=0.1, sigma=2 * a)], weights=weights(m, a)),
}  # fmt: skip
OF_POINTS = {
    "pdf": (0.7,), "logpdf": (0.7,), "cdf": (0.7,), "ccdf": (0.7,), "logcdf": (0.7,), "logccdf": (0.7,),
    "icdf": (0.3,), "iccdf": (0.3,), "ilogcdf": (-0.3,), "ilogccdf": (-0.3,), "median": (),
}  # fmt: skip
MOMENTS = ("mean", "variance", "skewness", "kurtosis", "entropy")


def total(variable, methods):
    """Sum methods of a variable, also those of two points."""
    found = 0.0
    for i, (name, arguments) in enumerate(methods.items()):
        found = found + (1 + i / 7) * getattr(variable, name)(*arguments)
        if name in ("cdf", "ccdf"):
            found = found + getattr(variable, name)(0.2, *arguments)
    return found


def check(name, methods, rtol):
    make = VARIABLES[name]

    def of(module):
        return lambda a: np.real(total(make(module, a), methods))

    assert of(stats)(Value(1.3)).data == pytest.approx(of(scipy.stats)(1.3), 1e-8)
    expected = slope(of(scipy.stats), 1.3, 1.0, 1e-3)
    first = grad(of(stats))
    assert first(1.3) == pytest.approx(expected, rtol)
    assert deriv(of(stats))(1.3) == pytest.approx(first(1.3), 1e-9)
    assert grad(first)(1.3) == pytest.approx((first(1.3 + 1e-4) - first(1.3 - 1e-4)) / 2e-4, 1e-5)
    assert jit(first)(1.3) == pytest.approx(first(1.3))


#: SciPy inverts their distribution functions by iteration.
SLOW = ("gamma", "truncate below", "square", "abs", "Mixture")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.gallery if name in SLOW else ()) for name in VARIABLES],
)
def test_functions_of_points_have_derivatives(name):
    check(name, OF_POINTS, 1e-6)


@pytest.mark.gallery
@pytest.mark.parametrize(
    "name", [name for name in VARIABLES if name != "square"]
)  # SciPy's are rough
def test_expectations_of_variables_have_derivatives(name):
    check(name, dict.fromkeys(MOMENTS, ()), 1e-5)


def test_a_sample_of_expectations_has_derivatives():
    for name in SLOW:
        check(name, {"logpdf": (0.7,), "cdf": (0.7,), "logccdf": (0.7,)}, 1e-6)
    check("Normal", dict.fromkeys(MOMENTS, ()), 1e-6)
    check("Mixture", dict.fromkeys(MOMENTS[:4], ()), 1e-6)
    first = grad(lambda a: VARIABLES["truncate"](stats, a).mean())(1.3)
    expected = slope(lambda a: VARIABLES["truncate"](scipy.stats, a).mean(), 1.3, 1.0, 1e-3)
    assert first == pytest.approx(expected)


def test_the_entropy_of_a_density_that_jumps_at_a_node():
    def density(x, a):
        return 0.5 * (0 <= x <= a) / a + 0.5 * scipy.stats.norm.pdf(x, 0.1, 2 * a)

    def expected(a):
        ends = (-40.0, 0.0, a, 40.0)
        surprise = lambda x: -density(x, a) * np.log(density(x, a))  # noqa: E731
        parts = itertools.pairwise(ends)
        return sum(scipy.integrate.quad(surprise, *part, epsabs=1e-11)[0] for part in parts)

    def entropy(a):
        parts = [stats.Uniform(a=0.0, b=a), stats.Normal(mu=0.1, sigma=2 * a)]
        return stats.Mixture(parts).entropy()

    assert entropy(Value(1.3)).data == pytest.approx(expected(1.3))
    assert grad(entropy)(1.3) == pytest.approx(slope(expected, 1.3, 1.0), 1e-6)


def test_samples_move_with_their_quantiles():
    for name in ("Normal", "truncate", "exp", "Mixture"):
        variable, numbers = VARIABLES[name](stats, Value(1.3)), VARIABLES[name](scipy.stats, 1.3)
        x = variable.sample(3, rng=np.random.default_rng(1))
        expected = numbers.sample(3, rng=np.random.default_rng(1))
        np.testing.assert_allclose(x.data, expected, rtol=1e-12)
        q = numbers.cdf(expected)

        def quantile(a, name=name, q=q):
            return VARIABLES[name](scipy.stats, a).icdf(q)

        found = deriv(
            lambda a, name=name: VARIABLES[name](stats, a).sample(3, rng=np.random.default_rng(1))
        )
        np.testing.assert_allclose(found(1.3), slope(quantile, 1.3, 1.0), rtol=1e-5)


def test_parameters_may_be_arrays_and_points_nodes():
    def of(m):
        return lambda a: np.sum(
            gamma(m, a * np.array([1.0, 2.0])).variance() + (3 * gamma(m, a)).entropy()
        )

    assert grad(of(stats))(1.3) == pytest.approx(slope(of(scipy.stats), 1.3, 1.0), 1e-6)
    x = Tensor([0.1, 0.2])
    assert stats.Normal(mu=[1.0, 2.0]).logpdf(x).data == pytest.approx(
        scipy.stats.Normal(mu=np.array([1.0, 2.0]), sigma=1.0).logpdf(x.data)
    )
    assert stats.Normal(mu=1.0).mean() == 1.0
    assert grad(lambda a: stats.Normal(mu=a, sigma=2.0).mode())(1.0) == 1.0


@pytest.mark.skipif(not hasattr(scipy.stats, "Binomial"), reason="since SciPy 1.16")
def test_binomial_variables_have_derivatives_by_the_probability():
    def of(m):
        def f(p):
            x = m.Binomial(n=5, p=p)
            return x.logpmf(2) + x.pmf(1) + x.variance() + x.cdf(2) + x.entropy() + x.skewness()

        return f

    assert grad(of(stats))(0.3) == pytest.approx(slope(of(scipy.stats), 0.3, 1.0), 1e-6)
    with pytest.raises(NoRuleError, match="integers"):
        stats.Binomial(n=5, p=Value(0.3)).sample(2)
    with pytest.raises(NotImplementedError, match="with a density"):
        stats.exp(stats.Binomial(n=5, p=0.3))


def test_what_has_no_derivative_says_what_to_write():
    x = stats.Normal(mu=Value(1.0))
    for call, error, message in (
        (lambda: gamma(stats, Value(2.0)).mode(), NoRuleError, "minimize_scalar of -logpdf"),
        (lambda: x.logentropy(), NoRuleError, r"np\.log\(X\.entropy\(\)\)"),
        (lambda: stats.order_statistic(x, r=Value(1.0), n=2), NoRuleError, "respect to r and n"),
        (lambda: stats.make_distribution(stats.ksone)(n=Value(3.0)), NoRuleError, "plain numbers"),
        (lambda: stats.truncate(scipy.stats.Normal(), Value(0.1)).mean(), NoRuleError, "make it of a distribution"),
        (lambda: x + stats.Normal(), OptionError, "random variable is no array"),
        (lambda: x ** Value(2.0), NoRuleError, "plain number as the power"),
    ):  # fmt: skip
        with pytest.raises(error, match=message):
            call()
