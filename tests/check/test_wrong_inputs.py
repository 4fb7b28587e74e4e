"""Single wrong inputs are found among many."""

import numpy as np
import pytest

from autograd import check_gradients
from autograd.check.progress import Progress
from autograd.check.wrong_inputs import MOST_FOUND, GroupSearch, Mismatch, smooth_derivatives

SIZE = 20_000


def foreign(f):
    """Return a function that refuses nodes, like code outside of NumPy."""

    def g(x):
        if type(x) is not np.ndarray:
            raise TypeError("only arrays")
        return float(f(x))

    return g


def product(x):
    return np.sum(np.sin(x) * x)


def slope(x):
    return np.cos(x) * x + np.sin(x)


def report_of(f, change, size=SIZE, **options):
    """Check a gradient to which a mistake was added."""
    x = np.random.default_rng(size).uniform(0.5, 2.0, size)

    def gradient(x):
        g = slope(x)
        change(g)
        return g

    return check_gradients(f, x, gradient=gradient, raises=False, explain=False, **options)


def single(report):
    return [c for c in report.comparisons if c.where.startswith(("x", "inputs"))]


def off_by_a_millionth(g):
    g *= 1 + 1e-6


def one_percent_off(g):
    g[123] *= 1.01


def many_are_off(g):
    g[::100] *= 1.1


@pytest.mark.parametrize("of", [lambda f: f, foreign])
def test_a_gradient_wrong_everywhere_takes_few_evaluations(of):
    report = report_of(of(product), off_by_a_millionth, rtol=1e-7)
    found = single(report)
    assert len(found) == MOST_FOUND
    assert {c.verdict for c in found} == {"WRONG"}
    assert report.evaluations < 5000


@pytest.mark.parametrize("of", [lambda f: f, foreign])
def test_one_wrong_element_takes_few_evaluations(of):
    report = report_of(of(product), one_percent_off)
    (found,) = single(report)
    assert found.where.endswith("[123]")
    assert found.verdict == "WRONG"
    assert report.evaluations < 600


def test_the_report_says_how_many_elements_differ():
    report = report_of(product, many_are_off)
    assert report.notes[-1] == (
        f"{SIZE // 100} elements of the gradient differ from this library's, which is right along "
        f"the directions. The {MOST_FOUND} that differ most were compared one by one."
    )
    assert all(int(c.where[2:-1]) % 100 == 0 for c in single(report))
    assert report_of(product, one_percent_off).notes[-1] == (
        "Only the elements compared one by one differ from this library's, which is right along the "
        "directions."
    )


def test_the_report_says_whether_more_are_wrong():
    few, many = (
        report_of(foreign(product), one_percent_off),
        report_of(foreign(product), many_are_off),
    )
    assert few.notes[-1].startswith("The wrong input compared one by one: no more can be seen")
    assert many.notes[-1].startswith("More inputs are wrong")
    assert len(single(many)) == MOST_FOUND


def test_kinks_do_not_stop_the_search():
    def relus(x):
        return float(np.sum(np.maximum(x - 1, 0) * np.arange(x.size)))

    x = np.random.default_rng(0).uniform(0.5, 2.0, 1500)

    def gradient(x):
        g = (x > 1) * np.arange(float(x.size))
        g[[700, 1200]] += 50.0
        return g

    report = check_gradients(foreign(relus), x, gradient=gradient, raises=False, explain=False)
    assert {700, 1200} == {int(c.where.split("[")[-1][:-1]) for c in single(report)}


@pytest.mark.parametrize("wrong", [[], [0], [7, 8, 9], [5, 500, 999], list(range(0, 1000, 90))])
def test_all_errors_that_groups_show_are_found(wrong):
    error = np.zeros(1000)
    error[wrong] = np.linspace(1, 3, len(wrong))

    def measure(positions, whole):
        return Mismatch(float(error[positions].sum()), 1e-9)

    search = GroupSearch(error.size, measure, Progress(False))
    search.run(Mismatch(float(error.sum()), 1e-9))
    assert sorted(search.found) == wrong
    assert search.is_complete == bool(wrong)
    assert search.groups <= 2 + 25 * len(wrong)


def test_errors_of_smooth_derivatives_are_no_underestimates():
    center = np.array([np.exp(0.3), 1e6 + np.sin(0.3), abs(0.3 - 0.3001)])

    def line(step):
        x = 0.3 + step
        return step, np.array([np.exp(x), 1e6 + np.sin(x), abs(x - 0.3001)])

    right = np.exp(0.3), np.cos(0.3)
    for value, error in smooth_derivatives(line, center, 2.0**-52):
        assert np.all(np.abs(value[:2] - right) <= 10 * error[:2])
    assert np.all(error[:2] < 1e-6)


def test_one_element_that_is_wrong_by_a_millionth_is_found():
    x = np.random.default_rng(1).normal(size=100_000)

    def gradient(x):
        slopes = np.cos(x)
        slopes[777] *= 1 + 1e-6
        return slopes

    f = lambda x: np.sum(np.sin(x))
    report = check_gradients(f, x, gradient=gradient, raises=False, explain=False)
    assert report.counts["WRONG"] == 1
    assert report.worst.where == "x[777]"
    assert check_gradients(f, x, gradient=np.cos).ok


def test_another_choice_at_a_kink_is_not_shown_as_wrong():
    x = np.random.default_rng(1).normal(size=5_000)
    x[:3] = 0
    right = lambda x: 2.0 * (x >= 0)
    assert check_gradients(lambda x: np.sum(np.maximum(x, 0) * 2), x, gradient=right).ok
