"""Statistics of samples: SciPy's values, and derivatives against differences of SciPy's functions."""

import numpy as np
import pytest
import scipy.stats

from autograd import Tensor, grad, jvp
from autograd.errors import OptionError
from autograd.scipy import stats

X = np.random.default_rng(4).uniform(0.5, 3.0, (7, 3))
W = np.random.default_rng(5).uniform(0.5, 2.0, 7)

CASES = {
    "sem": lambda m, x: m.sem(x), "sem ddof": lambda m, x: m.sem(x, 1, 0), "sem of all": lambda m, x: m.sem(x, axis=None),
    "gmean": lambda m, x: m.gmean(x, axis=1), "gmean weights": lambda m, x: m.gmean(x[:, 0], weights=W),
    "hmean": lambda m, x: m.hmean(x), "pmean": lambda m, x: m.pmean(x, 2.5), "pmean 0": lambda m, x: m.pmean(x, 0),
    "moment": lambda m, x: m.moment(x, 3), "moment center": lambda m, x: m.moment(x, 2, center=0.3),
    "skew": lambda m, x: m.skew(x), "skew unbiased": lambda m, x: m.skew(x, bias=False),
    "kurtosis": lambda m, x: m.kurtosis(x, 0, False), "kurtosis unbiased": lambda m, x: m.kurtosis(x, bias=False),
    "variation": lambda m, x: m.variation(x, ddof=1, keepdims=True), "zscore": lambda m, x: m.zscore(x, 1, 1),
    "gzscore": lambda m, x: m.gzscore(x), "zmap": lambda m, x: m.zmap(x[0], x, ddof=1),
    "iqr": lambda m, x: m.iqr(x), "iqr of columns": lambda m, x: m.iqr(x, axis=0, rng=(10, 80), scale="normal"),
    "trim_mean": lambda m, x: m.trim_mean(x, 0.2), "boxcox_llf": lambda m, x: m.boxcox_llf(0.7, x[:, 0]),
    "entropy": lambda m, x: m.entropy(x, base=2), "entropy relative": lambda m, x: m.entropy(x, x[::-1] ** 2, axis=1),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_statistics_of_samples_match_scipy(name):
    f = CASES[name]
    expected = np.asarray(f(scipy.stats, X))
    found = f(stats, Tensor(X))
    assert isinstance(found, Tensor)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.data, expected, rtol=1e-12)
    random = np.random.default_rng(1)
    weights, v, h = random.normal(size=expected.shape), random.normal(size=X.shape), 1e-5
    slope = np.sum(weights * (f(scipy.stats, X + h * v) - f(scipy.stats, X - h * v))) / (2 * h)
    by_rows = np.sum(grad(lambda x: np.sum(weights * f(stats, x)))(X) * v)
    assert by_rows == pytest.approx(slope, rel=1e-6, abs=1e-8)
    assert np.sum(weights * jvp(lambda x: f(stats, x))(X)(v)[1]) == pytest.approx(by_rows)


#: By name: the arguments, and which of them is the sample.
OF_AXES = {
    **dict.fromkeys(("gmean", "hmean", "sem", "skew", "kurtosis", "variation", "zscore", "gzscore", "iqr"), ((X,), 0)),
    "pmean": ((X, 1.5), 0), "moment": ((X, 2), 0), "zmap": ((X, 2 * X), 0), "trim_mean": ((X, 0.3), 0),
    "boxcox_llf": ((0.7, X), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_AXES)
def test_statistics_have_the_shape_of_every_axis(name):
    arguments, place = OF_AXES[name]
    for axis in ({}, {"axis": None}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}):
        if "keepdims" in axis and name in ("zscore", "gzscore", "zmap"):
            continue
        expected = np.asarray(getattr(scipy.stats, name)(*arguments, **axis))
        nodes = [Tensor(x) if i == place else x for i, x in enumerate(arguments)]
        found = getattr(stats, name)(*nodes, **axis)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found.data, expected, rtol=1e-12)


def test_the_likelihood_of_a_transform_by_its_parameter():
    for at in (0.0, 0.7):
        h = 1e-4
        near = [scipy.stats.boxcox_llf(at + s, X[:, 0]) for s in (-h, h)]
        found = grad(lambda a: stats.boxcox_llf(a, X[:, 0]))(at)
        assert found == pytest.approx((near[1] - near[0]) / (2 * h), rel=1e-6)


def test_ranks_are_numbers_and_other_policies_are_refused():
    np.testing.assert_array_equal(stats.rankdata(Tensor(X[0])), scipy.stats.rankdata(X[0]))
    with pytest.raises(OptionError, match="nan_policy"):
        stats.sem(Tensor(X), nan_policy="omit")
    with pytest.raises(OptionError, match="none is left"):
        stats.trim_mean(Tensor(X), 0.6)
