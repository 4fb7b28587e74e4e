"""Verdicts of `check_gradients`: kinks, jumps, randomness, and samples of large inputs."""

import math

import numpy as np
import pytest

import autograd
from autograd import Value, check_gradients
from autograd.errors import AutogradError, GradientError

random = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("f", "x"), [(lambda x: 1 / x, 0.0), (np.log, -1.0), (np.sqrt, 0.0), (np.exp, 1e3)]
)
def test_the_report_says_where_no_finite_derivative_exists(f, x):
    with pytest.raises(GradientError, match="not finite here") as caught:
        check_gradients(f, x)
    assert "WRONG" not in str(caught.value)
    assert caught.value.report.worst.verdict == "not finite"


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [(abs, -1, 1), (autograd.relu, 0, 1), (lambda x: np.maximum(2 * x, -3 * x), -3, 2)],
)
def test_at_a_kink_any_one_sided_or_intermediate_slope_passes(f, left, right):
    comparison = check_gradients(f, 0.0).comparisons[0]
    assert comparison.verdict == "kink"
    assert (comparison.left, comparison.right) == pytest.approx((left, right), abs=1e-6)

    def plain(x):
        with autograd.no_grad():
            return f(Value(x)).data

    for claimed, verdict in ((left, "kink"), (right, "kink"), (right + 0.01, "WRONG")):
        report = check_gradients(plain, 0.0, gradient=claimed * 1.0, raises=False)
        assert report.comparisons[0].verdict == verdict


@pytest.mark.parametrize("f", [math.floor, lambda x: x if x <= 2 else x + 1e-3, np.sign])
def test_a_jump_has_no_derivative(f):
    x = 0.0 if f is np.sign else 2.0
    with pytest.raises(GradientError, match="discontinuous"):
        check_gradients(f, x, gradient=0.0)


def test_a_random_function_is_reported_as_not_deterministic():
    generator = np.random.default_rng(0)
    for noise in (1.0, 1e-6):
        with pytest.raises(GradientError, match="not deterministic") as caught:
            check_gradients(lambda x, n=noise: x * x + n * generator.normal(), 1.0)
        assert set(caught.value.report.counts) == {"not deterministic"}
        assert "Two calls at the same inputs" in str(caught.value)


def test_a_function_of_its_call_count_is_not_deterministic():
    calls = []

    def f(x):
        calls.append(x)
        return x * len(calls)

    report = check_gradients(f, 1.0, gradient=1.0, raises=False)
    assert report.worst.verdict == "not deterministic"


def test_a_coarse_function_is_unresolved_not_wrong():
    report = check_gradients(lambda x: round(x, 1), 0.37, gradient=1.0, raises=False)
    assert "WRONG" not in report.counts or report.worst.numeric == pytest.approx(0.0)
    assert not report.ok


def test_a_result_that_changes_shape_is_an_error():
    with pytest.raises(AutogradError, match="shape"):
        check_gradients(lambda x: np.ones(2 if x > 1 else 3) * x, 1.0, gradient=np.ones(3))


# -- large inputs -----------------------------------------------------------------------------


def test_large_inputs_take_a_fixed_number_of_evaluations():
    counts = []
    for size in (2_000, 50_000):
        report = check_gradients(lambda x: np.tanh(x).sum(), random.normal(size=size))
        assert report.method.startswith(f"{size} inputs, checked together along 4 random")
        assert "goes unseen with probability" in report.method
        counts.append(report.evaluations)
    assert counts[0] == counts[1] < 30


def test_the_wrong_elements_among_many_are_found():
    x = random.normal(size=5000)

    def gradient(x):
        g = np.cos(x)
        g[[17, 4242]] *= 3
        return g

    report = check_gradients(lambda x: np.sin(x).sum(), x, gradient=gradient, raises=False)
    narrowed = {c.where for c in report.comparisons if c.where.startswith("x")}
    assert narrowed == {"x[17]", "x[4242]"}
    assert report.evaluations < 500


@pytest.mark.parametrize("results", [1, 50])
def test_the_stated_probability_of_a_miss_is_correct(results):
    from autograd.check.projections import probability_of_missing

    generator = np.random.default_rng(1)
    error = generator.normal(size=(results, 20))
    error[1:] *= 1e-9  # of several results, the hardest to see: an error in one alone
    size = np.linalg.norm(error)
    for ratio in (0.1, 0.3):
        u, w = generator.normal(size=(40_000, 20)), generator.normal(size=(40_000, results))
        seen = np.einsum("ki,ij,kj->k", w if results > 1 else np.ones_like(w), error, u)
        missed = np.mean(np.abs(seen) < ratio * size)
        assert missed == pytest.approx(
            probability_of_missing(np.array([ratio]), of_sums=results > 1), rel=0.05
        )


def test_many_results_are_checked_by_random_combinations():
    report = check_gradients(lambda x: np.outer(x, x), random.normal(size=40))
    assert "1600 results were replaced by 4 random weighted sums" in report.notes[0]
    assert len(report.comparisons) == 4 * 40
    sine = lambda x: np.sin(x)  # np.sin itself would have the wrong rule from then on
    bad = autograd.elementwise(sine, None, lambda y, x: 1.001 * np.cos(x), name="bad")
    with pytest.raises(GradientError):
        check_gradients(lambda x: np.outer(bad(x), x), random.normal(size=40))
