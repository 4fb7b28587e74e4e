"""Means, variances and other expectations of distributions, against differences of SciPy's."""

import numpy as np
import pytest
import scipy.stats
from scipy_rules.derivatives import slope
from scipy_rules.test_distributions import CONTINUOUS, COUNTS, DISCRETE, LOC, SCALE, shapes_of

from autograd import grad, jit
from autograd.errors import NoRuleError
from autograd.scipy import stats

pytestmark = pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")

#: Parameters for which four moments are finite.
LIGHT = {
    "t": [6.3], "f": [3.0, 11.0], "pareto": [5.3], "invgamma": [6.2], "fisk": [6.2], "lomax": [6.1], "nct": [6.2, 1.1],
    "burr": [6.1, 2.2], "burr12": [3.0, 4.1], "kappa3": [6.2], "betaprime": [2.1, 7.2], "mielke": [2.1, 6.2],
    "invweibull": [6.3], "jf_skew_t": [4.1, 5.2], "crystalball": [1.1, 7.2], "loglaplace": [6.1], "genpareto": [0.1],
    "ncf": [3.2, 12.1, 1.3], "zipf": [14.0], "yulesimon": [12.0],
}  # fmt: skip


def check_moments(name):
    """Compare derivatives of moments with differences of SciPy's, which are closed forms or integrals."""
    theirs = getattr(scipy.stats, name)
    is_count = name in DISCRETE
    fixed, shapes = COUNTS[name] if is_count else ((), shapes_of(name))
    last = (7.0,) if name in ("boltzmann", "zipfian") else ()
    p = np.array([*LIGHT.get(name, shapes), *(() if is_count else (LOC, SCALE))])
    letters = [x for x in "mvsk" if np.isfinite(theirs.stats(*fixed, *p, *last, moments=x))]

    def total(module, p):
        given = [*fixed, *[p[i] for i in range(len(p))], *last]
        return sum(getattr(module, name).stats(*given, moments=x) for x in letters)

    if not letters:
        return
    direction = np.linspace(0.5, 1.0, len(p))
    found = grad(lambda p: total(stats, p))(p) @ direction
    assert found == pytest.approx(
        slope(lambda p: total(scipy.stats, p), p, direction, 1e-3), 2e-6, 1e-6
    )


#: SciPy's moments of these are integrals that differences do not resolve, or wrong.
NOISY = ("kappa4", "recipinvgauss", "vonmises", "powerlognorm", "betanbinom")


@pytest.mark.gallery
@pytest.mark.parametrize("name", [name for name in (*CONTINUOUS, *DISCRETE) if name not in NOISY])
def test_moments_have_derivatives(name):
    check_moments(name)


def test_a_sample_of_moments_has_derivatives():
    for name in (
        "beta",
        "triang",
        "laplace_asymmetric",
        "burr12",
        "nct",
        "truncnorm",
        "skellam",
        "binom",
    ):
        check_moments(name)
    for mean in (
        lambda m, a: m.gamma.expect(lambda x: x / (1 + x), (a,), 0.1, a, lb=0.2, conditional=True),
        lambda m, a: m.poisson.expect(lambda k: k * k / (1 + k), (a,), 1, lb=2),
    ):
        expected = slope(lambda a, mean=mean: mean(scipy.stats, a), 1.3, 1.0)
        assert grad(lambda a, mean=mean: mean(stats, a))(1.3) == pytest.approx(expected, 1e-7)
    assert grad(lambda c: stats.genpareto.support(c, 0.3, 2.0)[1])(-0.5) == pytest.approx(8.0)
    second = jit(grad(grad(lambda a: stats.gamma.var(a, scale=a) + stats.uniform.moment(2, a, a))))
    assert second(1.3) == pytest.approx(6 * 1.3 + 14 / 3)


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_moments_that_do_not_agree_with_scipys_are_refused():
    with pytest.raises(
        NoRuleError, match=r"skewness of scipy\.stats\.powerlognorm .* its integral is 100\.9"
    ):
        grad(lambda c: stats.powerlognorm.stats(c, 2.2, moments="s"))(1.7)
    with pytest.raises(NoRuleError, match=r"zipf\.expectation is a sum of more than"):
        grad(stats.zipf.mean)(2.4)
