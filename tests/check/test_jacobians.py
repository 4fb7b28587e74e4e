"""Wrong rows, columns and elements of a Jacobian are named, and lengths that are factors."""

import numpy as np
import pytest

from autograd import check_gradients
from autograd.check.explain.numbers import factor_text

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5], [7.0, 8.0, 1.0]])
X = np.array([0.3, -0.7, 1.9])


def f(x):
    return np.tanh(A @ x * 0.1) * x.sum()


def jacobian(x):
    t = np.tanh(A @ x * 0.1)
    return (1 - t * t)[:, None] * A * 0.1 * x.sum() + t[:, None]


def times(index, factor):
    def change(j):
        j = j.copy()
        j[index] *= factor
        return j

    return change


CHANGES = [
    (times(np.s_[:, 2], -1), "is wrong only in column 2, that of x[2], which has the wrong sign"),
    (times(1, 0), "is wrong only in row 1, that of result[1], which is zero, but should not be"),
    (lambda j: j[[0, 2, 1]], "has rows 1 and 2 exchanged, those of result[1] and result[2]"),
    (lambda j: j[:, [1, 0, 2]], "has columns 0 and 1 exchanged, those of x[0] and x[1]"),
    (lambda j: j[[1, 1, 2]], "is wrong only in row 0, that of result[0], which is row 1 again"),
    (
        times((1, 2), 2),
        "is wrong only in row 1, column 2, the derivative of result[1] by x[2], "
        "which is 2 times too large",
    ),
    (
        lambda j: j * [0, 1, 3],
        "is wrong only in 2 columns: column 0, that of x[0], is zero, but should not be; "
        "column 2, that of x[2], is 3 times too large",
    ),
    (
        lambda j: j * [[-1], [1], [-1]],
        "is wrong only in rows 0 and 2, those of result[0] and result[2], "
        "each of which has the wrong sign",
    ),
]


@pytest.mark.parametrize(("change", "text"), CHANGES)
@pytest.mark.parametrize("kind", ["gradient", "vjp", "array"])
def test_wrong_parts_of_a_jacobian_are_named(change, text, kind):
    options = {
        "gradient": {"gradient": lambda x: change(jacobian(x))},
        "vjp": {"vjp": lambda g, x: g @ change(jacobian(x))},
        "array": {"gradient": change(jacobian(X))},
    }[kind]
    report = check_gradients(f, X, raises=False, **options)
    assert report.reasons[0] == f"The gradient with respect to x {text}."


def test_a_part_that_is_wrong_at_one_point_only_is_not_named():
    def sometimes(x):
        return times(np.s_[:, 2], -1 if np.array_equal(x, X) else 5.0)(jacobian(x))

    report = check_gradients(f, X, raises=False, gradient=sometimes)
    assert not report.ok
    assert "wrong sign" not in "".join(report.reasons)


def test_noise_in_a_jacobian_is_not_explained():
    noise = 0.1 * np.random.default_rng(0).normal(size=(3, 3))
    report = check_gradients(f, X, raises=False, gradient=jacobian(X) + noise)
    assert not report.ok
    assert not report.reasons


def test_a_backward_pass_takes_as_many_evaluations_as_a_gradient():
    for change in (lambda j: j, times(1, 0)):
        counts = {
            check_gradients(f, X, raises=False, **options).evaluations
            for options in (
                {"gradient": lambda x: change(jacobian(x))},  # noqa: B023
                {"vjp": lambda g, x: g @ change(jacobian(x))},  # noqa: B023
            )
        }
        assert len(counts) == 1


def test_a_right_backward_pass_is_called_once_for_each_result():
    calls = []

    def vjp(g, x):
        calls.append(g)
        return 2 * x * g

    assert check_gradients(lambda x: x * x, np.arange(1.0, 51.0), vjp=vjp, vary=False).ok
    assert len(calls) == 50 + 1  # and at a neighbouring point


# -- lengths that are factors -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (5.0, "5 is the length of d"),
        (np.sqrt(5), "2.23607 is the root of the length of d"),
        (10 / 9, "10/9 is n / (n - 1), where n is the count or the batch"),
        (1 / 10, "10 is the count or the batch"),
        (100.0, "100 is the square of the count or the batch"),
        (14.0, "14 is twice the rows"),
        (3.5, "7/2 is half of the rows"),
    ],
)
def test_factors_are_named_as_lengths(factor, text):
    sizes = {"length of d": 5, "count": 10, "batch": 10, "rows": 7}
    assert factor_text(factor, sizes).endswith(text)


def test_a_mean_over_several_axes_names_their_product():
    x = np.random.default_rng(0).normal(size=(3, 4, 5, 2))
    report = check_gradients(
        lambda x: np.sum(np.mean(x, axis=(0, 1, 2)) ** 3),
        x,
        gradient=np.broadcast_to(3 * x.mean(axis=(0, 1, 2)) ** 2, x.shape),
        raises=False,
    )
    assert "60 is the product of the lengths of axes 0, 1 and 2 of x" in report.reasons[0]
