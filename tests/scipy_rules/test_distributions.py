"""Every distribution in the tables: values, derivatives of all functions in both modes, samples."""

import math

import mpmath
import numpy as np
import pytest
import scipy.stats
from scipy_rules import derivatives
from scipy_rules.derivatives import slope

from autograd import Tensor, Value, deriv, grad, jit, value_and_grad, vmap
from autograd.errors import NoRuleError, ShapeError
from autograd.scipy import stats
from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.masses import Discrete
from autograd.scipy.stats.tables import FAMILIES

pytestmark = pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")

CONTINUOUS = [family.name for family in FAMILIES if isinstance(family, Continuous)]
DISCRETE = [family.name for family in FAMILIES if isinstance(family, Discrete)]
SHAPES = {
    "erlang": [2.0], "genextreme": [0.2], "johnsonsb": [0.3, 1.2], "kappa4": [0.3, -0.2], "loguniform": [0.5, 3.0], "ncx2": [2.5, 1.3],
    "reciprocal": [0.5, 3.0], "skewcauchy": [0.23], "triang": [0.4], "tukeylambda": [0.3], "truncnorm": [-1.0, 1.5],
    "truncpareto": [1.3, 4.0], "wrapcauchy": [0.4], "pearson3": [0.7], "norminvgauss": [1.7, 0.6], "ncf": [2.7, 6.2, 1.3],
    "genhyperbolic": [0.7, 1.8, 0.4], "genexpon": [1.7, 2.2, 0.8], "trapezoid": [0.2, 0.6], "gausshyper": [1.7, 2.2, 0.8, 0.6], "dpareto_lognorm": [0.3, 0.7, 6.2, 2.3], "truncweibull_min": [1.6, 0.3, 2.1],
}  # fmt: skip
COUNTS = {  # integers that have no derivative, and parameters that have one
    "bernoulli": ((), [0.3]), "binom": ((6,), [0.3]), "betabinom": ((6,), [1.7, 2.2]), "betanbinom": ((5,), [1.7, 2.2]),
    "boltzmann": ((), [0.7]), "dlaplace": ((), [0.8]), "geom": ((), [0.3]), "logser": ((), [0.6]), "nbinom": ((), [2.5, 0.3]),
    "planck": ((), [0.7]), "poisson": ((), [2.3]), "skellam": ((), [1.5, 2.2]), "yulesimon": ((), [1.7]), "zipf": ((), [2.4]), "zipfian": ((), [1.3]),
}  # fmt: skip
DENSITIES = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")
MASSES = ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")
LONG = (
    "gausshyper",
    "genhyperbolic",
    "landau",
    "nct",
)  # their distribution functions are integrals and long sums
SLOW = (
    "dpareto_lognorm",
    "exponnorm",
    "recipinvgauss",
    "foldcauchy",
    "foldnorm",
)  # entropies from SciPy's quantiles
Q = np.array([0.08, 0.8])
LOC, SCALE = 0.3, 1.4


def shapes_of(name):
    number = getattr(scipy.stats, name).numargs
    return SHAPES.get(name, [1.7, 2.2][:number])


def assert_derivatives(f, p):
    derivatives.assert_derivatives(f, p, np.linspace(0.5, 1.0, len(p)) * np.maximum(1.0, np.abs(p)))


@pytest.mark.each("name", list(CONTINUOUS))
def test_continuous_distributions_match_scipy(name):
    ours, theirs, shapes = getattr(stats, name), getattr(scipy.stats, name), shapes_of(name)
    x = LOC + SCALE * theirs.ppf(Q, *shapes)
    for function in DENSITIES:
        found, expected = (getattr(m, function)(x, *shapes, LOC, SCALE) for m in (ours, theirs))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-13, err_msg=function)
    for function in ("ppf", "isf"):
        found, expected = (getattr(m, function)(Q, *shapes, LOC, SCALE) for m in (ours, theirs))
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12, err_msg=function)
    assert ours.interval(0.5, *shapes, LOC, SCALE) == pytest.approx(
        theirs.interval(0.5, *shapes, LOC, SCALE)
    )
    if name not in SLOW:
        expected = theirs.entropy(*shapes, LOC, SCALE)
        assert ours.entropy(*shapes, LOC, SCALE) == pytest.approx(expected, rel=1e-6)


def cases():
    for name in CONTINUOUS:
        if name in LONG:
            yield name, ("logpdf",)
        yield pytest.param(name, DENSITIES, marks=pytest.mark.gallery if name in LONG else ())


@pytest.mark.each("name, functions", list(cases()))
def test_derivatives_of_continuous_distributions(name, functions):
    ours, shapes = getattr(stats, name), shapes_of(name)
    point = float(LOC + SCALE * ours.ppf(0.7, *shapes))

    def total(p):
        parameters, x, q = [p[i] for i in range(len(shapes) + 2)], p[-2], p[-1]
        found = [getattr(ours, f)(x, *parameters) for f in functions]
        found += [getattr(ours, f)(q, *parameters) for f in ("ppf", "isf") if len(functions) > 1]
        return sum(k * y for k, y in enumerate(found, 1))

    assert_derivatives(total, np.array([*shapes, LOC, SCALE, point, 0.3]))


@pytest.mark.each("name", list(CONTINUOUS))
def test_samples_and_entropies_have_derivatives(name):
    ours, theirs, shapes = getattr(stats, name), getattr(scipy.stats, name), shapes_of(name)
    # Samples of angles are wrapped into one turn, which their quantiles are not.
    p = np.array([*shapes, *((0.0, 1.0) if name == "wrapcauchy" else (LOC, SCALE))])

    def sample(p):
        return ours.rvs(*[p[i] for i in range(len(p))], size=2, random_state=3)

    x = sample(p)
    expected = theirs.rvs(*p, size=2, random_state=3)
    turn = 2 * math.pi * np.round((x - expected) / (2 * math.pi))  # some versions wrap angles
    np.testing.assert_allclose(x - turn, expected, rtol=1e-12)
    direction = np.linspace(0.5, 1.0, len(p))
    q = ours.cdf(x, *p)
    expected = slope(lambda p: ours.ppf(q, *p), p, direction)
    found = deriv(lambda s: sample(p + s * direction))(0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    if name in SLOW:
        return
    expected = slope(lambda p: ours.entropy(*p), p, direction, 1e-3)
    found = grad(lambda p: ours.entropy(*[p[i] for i in range(len(p))]))(p) @ direction
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", DISCRETE)
def test_distributions_of_integers(name):
    fixed, p = COUNTS[name][0], np.array(COUNTS[name][1])
    last = (7.0,) if name in ("boltzmann", "zipfian") else ()
    ours, theirs, k = getattr(stats, name), getattr(scipy.stats, name), np.array([1, 2, 5, -2])
    for function in MASSES:
        found, expected = (getattr(m, function)(k, *fixed, *p, *last) for m in (ours, theirs))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-13, err_msg=function)
    assert ours.ppf(0.4, *fixed, *p, *last) == theirs.ppf(0.4, *fixed, *p, *last)

    def total(p):
        parameters = [*fixed, *[p[i] for i in range(len(p))], *last]
        found = [getattr(ours, f)(1, *parameters) for f in MASSES[:4]]
        found += [getattr(ours, f)(0, *parameters) for f in MASSES[4:]] if name != "geom" else []
        found += [] if name in ("yulesimon", "betanbinom") else [ours.entropy(*parameters)]
        return sum(i * y for i, y in enumerate(found, 1) if np.isfinite(getattr(y, "data", y)))

    assert_derivatives(total, p)


def test_entropies_of_integers_against_sums():
    zeta, slope = mpmath.zeta(2.5), mpmath.zeta(2.5, derivative=1)
    expected = float(mpmath.log(zeta) - 2.5 * slope / zeta)
    assert stats.zipf.entropy(2.5) == pytest.approx(expected, rel=1e-12)
    for name in ("binom", "poisson", "planck"):
        fixed, p = COUNTS[name]
        expected = getattr(scipy.stats, name).entropy(*fixed, *p)
        assert getattr(stats, name).entropy(*fixed, *p) == pytest.approx(expected, rel=1e-6)
    with pytest.raises(NoRuleError, match=r"yulesimon\.entropy is a sum of more than"):
        stats.yulesimon.entropy(1.7)


def test_integers_from_nodes_are_refused_with_a_reason():
    for function, arguments in (("rvs", ()), ("ppf", (0.5,)), ("median", ())):
        with pytest.raises(NoRuleError, match=r"poisson\..* integers.* gradient of its logpmf"):
            getattr(stats.poisson, function)(*arguments, Value(2.0))


def test_mean_gradients_of_samples_match_the_score():
    """The mean of a function of gamma and beta variables has two estimates of its gradient."""
    for name, shapes in (("gamma", (2.3,)), ("beta", (1.7, 2.5))):
        ours, n = getattr(stats, name), 4000
        x = getattr(scipy.stats, name).rvs(*shapes, size=n, random_state=0)
        path = deriv(lambda a: np.sin(ours.rvs(a, *shapes[1:], size=n, random_state=0)))(shapes[0])  # noqa: B023
        score = deriv(lambda a: ours.logpdf(x, a, *shapes[1:]))(shapes[0]) * np.sin(x)  # noqa: B023
        error = math.hypot(path.std(), score.std()) / math.sqrt(n)
        assert abs(path.mean() - score.mean()) < 5 * error


def test_jit_and_vmap_of_distributions_and_samples():
    def loss(a, scale):
        x = stats.gengamma.rvs(a, 1.3, scale=scale, size=3, random_state=1)
        return np.sum(stats.skewnorm(a, 0.0, scale).logcdf(x)) + stats.nakagami.ppf(0.3, a)

    expected = value_and_grad(loss, (0, 1))(1.2, 0.7)
    found = jit(value_and_grad(loss, (0, 1)))(1.2, 0.7)
    assert found[0] == pytest.approx(expected[0])
    assert found[1] == pytest.approx(expected[1])
    many = vmap(grad(loss))(np.array([1.2, 1.5]), np.array([0.7, 0.9]))
    np.testing.assert_allclose(many, [grad(loss)(1.2, 0.7), grad(loss)(1.5, 0.9)])


@pytest.mark.parametrize("c", [-1e-5, 0.0, 1e-5])
def test_extreme_value_distributions_are_smooth_at_zero(c):
    with mpmath.workdps(40):
        for ours, log_sf in (
            (stats.genpareto.logsf, lambda c: -mpmath.log(1 + c) / c),
            (stats.genextreme.logcdf, lambda c: -((1 - c) ** (1 / c))),
        ):
            expected = mpmath.diff(log_sf, mpmath.mpf(c) + mpmath.mpf(10) ** -20)
            assert grad(ours, 1)(1.0, c) == pytest.approx(float(expected), rel=1e-9)


def test_frozen_distributions_take_nodes_and_scipys_functions():
    assert grad(lambda s: stats.norm(0.0, scale=s).logpdf(1.0))(2.0) == grad(stats.norm.logpdf, 2)(
        1.0, 0.0, 2.0
    )
    assert stats.gamma(2.0, scale=3.0).mean() == 6.0
    assert stats.gamma(2.0).rvs(size=3, random_state=0).shape == (3,)
    assert stats.multivariate_normal(np.zeros(2)).logpdf([0.0, 0.0]) == pytest.approx(
        -math.log(2 * math.pi)
    )
    assert stats.uniform(1.0, 2.0).interval(1.0) == (1.0, 3.0)
    assert grad(lambda a: stats.gamma(a, scale=3.0).moment(2))(2.0) == pytest.approx(9 * 5)
    assert grad(lambda a: stats.gamma(a).expect(lambda x: x * x))(2.0) == pytest.approx(5)
    with pytest.raises(NoRuleError, match=r"dirichlet\(\.\.\.\)\.var has no derivative rule"):
        stats.dirichlet(Tensor([2.0, 1.0])).var()


# -- vectors and matrices -----------------------------------------------------------------------

RANDOM = np.random.default_rng(0)


def definite(n):
    root = RANDOM.normal(size=(n, n))
    return root @ root.T + np.eye(n)


V, W, U, M, X = (
    definite(3),
    definite(3),
    definite(2),
    RANDOM.normal(size=3),
    RANDOM.normal(size=(4, 3)),
)
ALPHA, MATRICES = np.array([1.3, 2.0, 0.7]), RANDOM.normal(size=(2, 2, 3))
MULTIVARIATE = [  # distribution, function, arguments, those with a derivative
    ("multivariate_t", "logpdf", (X, M, V, 3.3), (0, 1, 2, 3)), ("multivariate_t", "entropy", (M, V, 3.3), (1, 2)),
    ("wishart", "logpdf", (W, 4.4, V), (0, 1, 2)), ("wishart", "pdf", (np.stack([W, V], -1), 4.4, V), (0, 1, 2)),
    ("wishart", "entropy", (4.4, V), (0, 1)), ("invwishart", "logpdf", (W, 4.4, V), (0, 1, 2)),
    ("matrix_normal", "logpdf", (MATRICES, MATRICES[0], U, V), (0, 1, 2, 3)), ("matrix_normal", "entropy", (U, V), (0, 1)),
    ("dirichlet", "entropy", (ALPHA,), (0,)), ("dirichlet_multinomial", "logpmf", ([[1, 2, 3], [0, 4, 2]], ALPHA, 6), (1,)),
    ("vonmises_fisher", "logpdf", (X / np.linalg.norm(X, axis=1)[:, None], M / np.linalg.norm(M), 2.3), (2,)),
    ("normal_inverse_gamma", "logpdf", (0.1, 0.7, 0.2, 1.1, 2.0, 1.3), tuple(range(6))),
    ("vonmises_fisher", "entropy", (M / np.linalg.norm(M), 2.3), (1,)), ("multinomial", "entropy", (5, np.array([0.2, 0.3, 0.5])), (1,)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "function", "given", "variable"), MULTIVARIATE)
def test_distributions_of_vectors_and_matrices(name, function, given, variable):
    ours, theirs = (getattr(getattr(m, name), function) for m in (stats, scipy.stats))
    np.testing.assert_allclose(ours(*given), theirs(*given), rtol=1e-9)
    inner = np.random.default_rng(1)
    paths = [inner.normal(size=(2, *np.shape(given[i]))) for i in variable]

    def total(p):  # a curved surface through the arguments
        moved = list(given)
        for i, (first, second) in zip(variable, paths, strict=True):
            moved[i] = given[i] + 0.05 * (p[0] * first + p[1] * second + p[0] * p[1] * second)
        return np.sum(ours(*moved))

    assert_derivatives(total, np.zeros(2))


@pytest.mark.parametrize(
    ("name", "given", "variable"),
    [
        ("multivariate_normal", (M, V), 1),
        ("multivariate_t", (M, V, 6.3), 2),
        ("wishart", (4.4, V), 0),
        ("invwishart", (9.4, V), 0),
        ("matrix_normal", (MATRICES[0], U, V), 1),
        ("dirichlet", (ALPHA,), 0),
    ],
)
def test_samples_of_vectors_have_unbiased_gradients(name, given, variable):
    ours, theirs, n = getattr(stats, name), getattr(scipy.stats, name), 4000
    for size in (1, 3):
        found, expected = (m.rvs(*given, size=size, random_state=3) for m in (ours, theirs))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-8)
    step = (
        np.eye(len(given[variable]))[0]
        if name == "dirichlet"
        else np.eye(np.shape(given[variable])[0])
        if np.ndim(given[variable])
        else 1.0
    )
    x = theirs.rvs(*given, size=n, random_state=1)
    points = np.moveaxis(x, 0, -1) if name in ("dirichlet", "wishart", "invwishart") else x

    def at(s):
        return [*given[:variable], given[variable] + s * step, *given[variable + 1 :]]

    def test_function(x):
        x = np.reshape(x, (n, -1))
        return np.sin(x[:, 0]) + np.cos(x[:, 1] * x[:, 2] + 0.3)

    path = deriv(lambda s: test_function(ours.rvs(*at(s), size=n, random_state=1)))(0.0)
    values = test_function(x)
    score = deriv(lambda s: ours.logpdf(points, *at(s)))(0.0) * (values - values.mean())
    error = math.hypot(path.std(), score.std()) / math.sqrt(n)
    assert abs(path.mean() - score.mean()) < 5 * error
    assert path.std() > 0


def test_the_inverse_wishart_entropy_is_a_mean():
    """SciPy's own differs by a constant from the mean of its densities."""
    x = scipy.stats.invwishart.rvs(9.4, V, size=5000, random_state=1)
    surprise = -scipy.stats.invwishart.logpdf(np.moveaxis(x, 0, -1), 9.4, V)
    error = 5 * surprise.std() / math.sqrt(len(surprise))
    assert stats.invwishart.entropy(9.4, V) == pytest.approx(surprise.mean(), abs=error)


def test_wrong_parameters_of_matrices_are_named():
    for call, message in (
        (lambda: stats.wishart.logpdf(W, 1.5, V), "df must be one number above 2"),
        (lambda: stats.wishart.logpdf(U, 4.0, V), r"shape \(2, 2\) and scale \(3, 3\)"),
        (lambda: stats.matrix_normal.logpdf(MATRICES, None, V, V), "3 rows and 3 columns"),
        (lambda: stats.multivariate_t.logpdf(X, M, V, -1.0), "positive number"),
        (lambda: stats.vonmises_fisher.logpdf(X, M, 1.0), "unit vectors"),
    ):
        with pytest.raises(ShapeError, match=message):
            call()


#: What `jax.scipy.stats` has, in JAX 0.8, besides `mode`, whose result is one of the numbers given.
IN_JAX = {
    "bernoulli": "cdf logpmf pmf ppf", "beta": "cdf logcdf logpdf logsf pdf sf", "betabinom": "logpmf pmf",
    "binom": "logpmf pmf", "cauchy": "cdf isf logcdf logpdf logsf pdf ppf sf", "chi2": "cdf logcdf logpdf logsf pdf sf",
    "dirichlet": "logpdf pdf", "expon": "cdf logcdf logpdf logsf pdf ppf sf", "gamma": "cdf logcdf logpdf logsf pdf sf",
    "gaussian_kde": "evaluate integrate_box_1d integrate_gaussian integrate_kde logpdf pdf", "gennorm": "cdf logpdf pdf",
    "geom": "logpmf pmf", "gumbel_l": "cdf logcdf logpdf logsf pdf ppf sf", "gumbel_r": "cdf logcdf logpdf logsf pdf ppf sf",
    "laplace": "cdf logpdf pdf", "logistic": "cdf isf logpdf pdf ppf sf", "multinomial": "logpmf pmf",
    "multivariate_normal": "logpdf pdf", "nbinom": "logpmf pmf", "norm": "cdf isf logcdf logpdf logsf pdf ppf sf",
    "pareto": "cdf logcdf logpdf logsf pdf ppf sf", "poisson": "cdf entropy logpmf pmf", "rankdata": "", "sem": "",
    "t": "logpdf pdf", "truncnorm": "cdf logcdf logpdf logsf pdf sf", "uniform": "cdf logpdf pdf ppf",
    "vonmises": "logpdf pdf", "wrapcauchy": "logpdf pdf",
}  # fmt: skip


def test_everything_in_the_statistics_of_jax_is_here():
    for name, functions in IN_JAX.items():
        found = getattr(stats, name)
        assert found is not getattr(scipy.stats, name)
        for function in functions.split():
            assert function in vars(found), f"{name}.{function}"


#: Points, shapes and slopes of distribution functions by each shape, of densities in mpmath.
BY_MPMATH = {
    "pearson3": (0.4, [(0.7,), (-1.3,), (1e-6,), (0.0,), (0.099,), (0.101,), (3.0,)]),
    "nct": (1.3, [(4.0, 0.7), (0.5, -2.0), (30.0, 3.0)]),
    "norminvgauss": (0.4, [(1.7, 0.6), (40.0, -30.0)]),
    "genhyperbolic": (0.4, [(0.7, 1.8, 0.4), (-1.5, 0.6, -0.3)]),
    "geninvgauss": (0.9, [(1.7, 2.2), (-0.5, 0.1)]),
    "jf_skew_t": (0.4, [(1.7, 2.2), (0.3, 8.0)]),
    "landau": (0.4, [()]),
    "gausshyper": (0.4, [(1.7, 2.2, 0.8, 0.6), (0.6, 2.0, -1.5, 3.0)]),
    "ncf": (1.4, [(2.7, 6.2, 1.3), (1.0, 3.0, 0.2)]),
}  # fmt: skip


def density_by_mpmath(name, x, *shapes):
    """Return a density from its textbook formula."""
    m = mpmath
    if name == "pearson3":
        (s,) = shapes
        if s == 0:
            return m.npdf(x)
        a, y = 4 / s**2, 4 / s**2 * (1 + s * x / 2)
        return 2 / abs(s) * m.exp((a - 1) * m.log(y) - y - m.loggamma(a)) if y > 0 else m.mpf(0)
    if name == "nct":
        n, u = shapes
        inner = m.quad(
            lambda y: y**n * m.exp(-((y - u * x / m.sqrt(x * x + n)) ** 2) / 2),
            [0, 1, 3, 8, 20, 60],
        )
        scale = n ** (n / 2) * m.exp(-n * u * u / (2 * (x * x + n)))
        below = m.sqrt(m.pi) * m.gamma(n / 2) * 2 ** ((n - 1) / 2) * (x * x + n) ** ((n + 1) / 2)
        return scale / below * inner
    if name == "norminvgauss":
        a, b = shapes
        q = m.sqrt(1 + x * x)
        return a * m.besselk(1, a * q) / (m.pi * q) * m.exp(m.sqrt(a * a - b * b) + b * x)
    if name == "genhyperbolic":
        p, a, b = shapes
        r, q = m.sqrt(a * a - b * b), m.sqrt(1 + x * x)
        scale = r**p / (m.sqrt(2 * m.pi) * a ** (p - m.mpf(1) / 2) * m.besselk(p, r))
        return scale * m.exp(b * x) * m.besselk(p - m.mpf(1) / 2, a * q) * q ** (p - m.mpf(1) / 2)
    if name == "geninvgauss":
        p, b = shapes
        return x ** (p - 1) * m.exp(-b * (x + 1 / x) / 2) / (2 * m.besselk(p, b))
    if name == "jf_skew_t":
        a, b = shapes
        y = x / m.sqrt(a + b + x * x)
        scale = 2 ** (a + b - 1) * m.beta(a, b) * m.sqrt(a + b)
        return (1 + y) ** (a + m.mpf(1) / 2) * (1 - y) ** (b + m.mpf(1) / 2) / scale
    if name == "landau":
        y = m.pi / 2 * x + m.log(m.pi / 2)
        falling = lambda t: m.exp(-t * m.log(t) - y * t) * m.sin(m.pi * t)  # noqa: E731
        return m.quad(falling, [0, 1 / (1 + abs(y)), 20 / (1 + abs(y)), 50]) / 2
    if name == "gausshyper":
        a, b, c, z = shapes
        scale = m.beta(a, b) * m.hyp2f1(c, a, a + b, -z)
        return x ** (a - 1) * (1 - x) ** (b - 1) / (1 + z * x) ** c / scale
    d, n, c = shapes
    first = (
        m.exp(-c / 2) * (d / n) ** (d / 2) * x ** (d / 2 - 1) * (1 + d * x / n) ** (-(d + n) / 2)
    )
    rise = c / 2 * d * x / (n + d * x)
    return first / m.beta(d / 2, n / 2) * m.hyp1f1((d + n) / 2, d / 2, rise)


@pytest.mark.parametrize("name", BY_MPMATH)
def test_densities_and_their_slopes_against_mpmath(name):
    x, cases = BY_MPMATH[name]
    ours = getattr(stats, name)
    for shapes in cases:
        found = grad(ours.logpdf, tuple(range(1 + len(shapes))))(x, *shapes)
        with mpmath.workdps(50 if name == "pearson3" else 30):
            at = [mpmath.mpf(v) for v in (x, *shapes)]
            y = density_by_mpmath(name, *at)
            assert ours.pdf(x, *shapes) == pytest.approx(float(y), rel=1e-10)
            if shapes == (0.0,):
                continue  # the formula has no derivative by the skew there
            for i, slope_found in enumerate(found):
                h = mpmath.mpf(10) ** -9
                ends = [[*at[:i], at[i] + s * h, *at[i + 1 :]] for s in (1, -1)]
                up, down = (density_by_mpmath(name, *end) for end in ends)
                assert slope_found == pytest.approx(
                    float((up - down) / (2 * h * y)), rel=1e-8, abs=1e-9
                )


def test_the_tails_of_the_landau_distribution():
    z = np.array([-3.0, 10.0, 9.9e4, 1.1e5, 1e10, 1e100])
    np.testing.assert_allclose(stats.landau.logpdf(z), scipy.stats.landau.logpdf(z), rtol=1e-11)
    found = grad(lambda z: np.sum(stats.landau.logpdf(z)))(z)
    with mpmath.workdps(40):
        for at, slope_found in zip(z[1:4], found[1:4], strict=True):
            h = mpmath.mpf(at) / 10**8
            up, y, down = (density_by_mpmath("landau", mpmath.mpf(at) + s * h) for s in (1, 0, -1))
            assert slope_found == pytest.approx(float((up - down) / (2 * h * y)), rel=1e-9)
    np.testing.assert_allclose(found[4:] * z[4:], -2.0, rtol=1e-7)  # it falls like a square


def test_skewness_may_pass_through_zero():
    """At skewness 0 the slopes are those of the third Hermite polynomial: -φ(z) (z² - 1) / 6."""
    for skew in (0.0, 1e-8, -1e-4, 0.05):
        z = np.array([-2.0, 0.3, 1.5])
        found = deriv(lambda s: stats.pearson3.cdf(z, s))(skew)  # noqa: B023
        expected = -scipy.stats.norm.pdf(z) * (z * z - 1) / 6
        np.testing.assert_allclose(found, expected, atol=0.3 * abs(skew) + 1e-12)
    near = [deriv(lambda s: stats.pearson3.cdf(0.3, s))(s) for s in (0.1 - 1e-9, 0.1 + 1e-9)]
    assert near[0] == pytest.approx(near[1], rel=1e-7)


def test_overlaps_of_estimated_densities_have_derivatives():
    data, other = np.array([0.1, 0.9, 2.0]), np.array([0.0, 1.0, 1.5, 4.0])
    for f in (
        lambda d, module: module.gaussian_kde(d).integrate_box_1d(0.3, 1.2),
        lambda d, module: module.gaussian_kde(d).integrate_gaussian(0.5, 2.0),
        lambda d, module: module.gaussian_kde(d).integrate_kde(module.gaussian_kde(other)),
    ):
        assert f(data, stats) == pytest.approx(f(data, scipy.stats))
        assert_derivatives(lambda d: f(d, stats), data)  # noqa: B023


def tukey_log_below(z, lam):
    """The logarithm of Tukey's distribution function, whose inverse has a formula, by halving."""
    low, high = mpmath.mpf(-200), mpmath.mpf(-1e-9)
    for _ in range(110):
        u = (low + high) / 2
        is_below = (mpmath.exp(lam * u) - (1 - mpmath.exp(u)) ** lam) / lam < z
        low, high = (u, high) if is_below else (low, u)
    return low


@pytest.mark.parametrize(("z", "lam"), [(-40.0, -0.3), (-40.0, 1e-6), (-1.9, 0.5), (-0.2, 3.5)])
def test_tails_of_tukeylambda_have_all_digits(z, lam):
    with mpmath.workdps(40):
        below, h = tukey_log_below(z, lam), mpmath.mpf(lam) * 1e-8
        by_shape = (tukey_log_below(z, lam + h) - tukey_log_below(z, lam - h)) / (2 * h)
    assert stats.tukeylambda.logcdf(z, lam) == pytest.approx(float(below), rel=1e-12)
    for transform in (grad, deriv):
        found = transform(stats.tukeylambda.logcdf, 1)(z, lam)
        assert found == pytest.approx(float(by_shape), rel=1e-6)
        assert transform(stats.tukeylambda.logsf, 1)(-z, lam) == pytest.approx(found, rel=1e-12)
    entropy = mpmath.quad(lambda p: mpmath.log(p ** (lam - 1) + (1 - p) ** (lam - 1)), [0, 0.5, 1])
    assert stats.tukeylambda.entropy(lam) == pytest.approx(float(entropy), rel=1e-10)
