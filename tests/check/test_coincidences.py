"""Derivatives that are right only at the numbers of a check, and right ones at such numbers."""

import numpy as np
import pytest

from autograd import assert_gradients, check_gradients, check_layer
from autograd.errors import GradientError

random = np.random.default_rng(5)
X, Y, W = random.normal(size=(5, 3)), random.normal(size=5), random.normal(size=3)


def ridge(w, b, X, y, lam):
    return np.sum((X @ w + b - y) ** 2) / len(y) + lam * w @ w


def ridge_gradient(w, b, X, y, lam):
    e = X @ w + b - y
    return 2 * X.T @ e / len(y) + 2 * lam * w, 2 * e.mean()


def without_strength(w, b, X, y, lam):
    e = X @ w + b - y
    return 2 * X.T @ e / len(y) + 2 * w, 2 * e.mean()


def without_bias(w, b, X, y, lam):
    e = X @ w - y
    return 2 * X.T @ e / len(y) + 2 * lam * w, 2 * e.mean()


def by_features(w, b, X, y, lam):
    e = X @ w + b - y
    return 2 * X.T @ e / X.shape[1] + 2 * lam * w, 2 * e.mean()


def summed(w, b, X, y, lam):
    e = X @ w + b - y
    return 2 * X.T @ e + 2 * lam * w, 2 * e.sum()


def report_on(gradient, w=W, b=0.3, X=X, y=Y, lam=0.7, **options):
    return check_gradients(
        ridge, w, b, args=(X, y, lam), gradient=gradient, raises=False, **options
    )


HIDDEN = [
    (without_strength, {"lam": 1.0}, "args[2] is 1", "lam"),
    (without_bias, {"b": 0.0}, "b is 0", "+ b"),
    (without_strength, {"w": np.zeros(3)}, "w is 0 everywhere", "lam"),
]


@pytest.mark.parametrize(("gradient", "numbers", "because", "missing"), HIDDEN)
def test_a_number_that_hides_a_mistake_is_named(gradient, numbers, because, missing):
    report = report_on(gradient, **numbers)
    assert not report.ok
    assert f"only because {because}." in report.reasons[0]
    assert missing in report.lines[0].correction


def test_it_is_believed_if_other_numbers_are_not_asked_for():
    report = report_on(without_strength, lam=1.0, vary=False)
    assert report.ok
    assert not report.notes


@pytest.mark.parametrize("numbers", [{}, *(numbers for _, numbers, _, _ in HIDDEN)])
def test_a_right_gradient_is_right_at_special_numbers(numbers):
    report = report_on(ridge_gradient, **numbers)
    assert report.ok
    assert not report.notes


@pytest.mark.parametrize(("gradient", "count"), [(by_features, 3), (summed, 1)])
def test_lengths_that_hide_a_mistake_are_named(gradient, count):
    report = report_on(gradient, X=X[:count], y=Y[:count])
    (note,) = report.notes
    assert f"args[0] has shape {(count + 1, 3)} instead of {(count, 3)}" in note
    assert report_on(ridge_gradient, X=X[:count], y=Y[:count]).notes == []


def test_forgotten_weights_are_found_though_all_are_one():
    def loss(w, X, weights):
        return weights @ (X @ w) ** 2

    report = check_gradients(
        loss, W, args=(X, np.ones(5)), gradient=lambda w, X, weights: 2 * X.T @ (X @ w),
        raises=False,
    )  # fmt: skip
    assert "only because args[1] is 1 everywhere." in report.reasons[0]


def test_a_mask_of_zeros_and_ones_stays_one():
    def loss(w, mask):
        return np.sum((mask * (w - 0.5)) ** 2)

    for mask in (np.array([1.0, 0.0, 1.0]), np.ones(3)):
        assert_gradients(loss, W, args=(mask,), gradient=lambda w, mask: 2 * mask * (w - 0.5))


def test_what_holds_for_symmetric_matrices_only_is_said():
    A = X.T @ X
    report = check_gradients(
        lambda x, A: x @ A @ x, W, args=(A,), gradient=lambda x, A: 2 * A @ x, raises=False
    )
    assert report.ok
    assert "right only because args[0] is symmetric" in report.notes[0]


def test_what_holds_for_positive_inputs_only_is_said():
    report = check_gradients(
        lambda x: np.sum(np.maximum(x, 0) ** 2), np.abs(W), gradient=lambda x: 2 * x, raises=False
    )
    assert report.ok
    assert "right only because x has no negative number" in report.notes[0]


def test_numbers_outside_of_the_domain_are_passed_over():
    assert_gradients(lambda x: np.sum(np.log(x)), np.ones(3), gradient=lambda x: 1 / x)
    assert_gradients(
        lambda p: np.sum(np.arcsin(p)), np.zeros(2), gradient=lambda p: 1 / (1 - p**2) ** 0.5
    )


def test_inputs_and_arguments_are_left_as_they_are():
    x, scale = np.zeros(3), np.ones(3)

    def gradient(x, scale):
        scale *= 1.0
        return 3 * x**2 + scale

    check_gradients(lambda x, s: np.sum(x**3 + s * x), x, args=(scale,), gradient=gradient)
    assert not x.any()
    assert (scale == 1).all()


class Layer:
    """A layer whose backward pass forgets that its bias is also a gain."""

    def __init__(self):
        self.W, self.b = random.normal(size=(3, 2)), np.zeros(2)

    def forward(self, x):
        self.x = x
        return (x @ self.W) * (1 + self.b)

    def backward(self, g):
        self.dW, self.db = self.x.T @ g, (g * (self.x @ self.W)).sum(0)
        return g @ self.W.T


def test_a_bias_of_zero_hides_nothing_in_a_layer():
    with pytest.raises(GradientError, match="only because b is 0 everywhere"):
        check_layer(Layer(), X, explain=False)
