"""A reason is told whole or not at all, and holds at more than one point."""

import re

import numpy as np
import pytest

from autograd import check_gradients

random = np.random.default_rng(11)
X = random.normal(size=(6, 3))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def reasons(f, *inputs, gradient):
    """Return what a report says of a gradient that is wrong, without the lines."""
    report = check_gradients(f, *inputs, gradient=gradient, raises=False)
    assert not report.ok
    return [reason for reason in report.reasons if reason.startswith("The gradient")]


@pytest.mark.usefixtures("brief")
def test_two_mistakes_of_one_gradient_are_both_reported():
    W, V = random.normal(size=(3, 4)), random.normal(size=4)

    def gradient(W, V):  # lacks both derivatives
        h = np.tanh(X @ W)
        d = sigmoid(h @ V)
        return X.T @ np.outer(d, V), h.T @ d

    found = reasons(
        lambda W, V: (sigmoid(np.tanh(X @ W) @ V) ** 2).sum() / 2, W, V, gradient=gradient
    )
    (hidden,) = [reason for reason in found if "with respect to W " in reason]
    assert "lacks the factor y·(1 - y)" in hidden
    assert "and lacks the factor 1 - y²" in hidden


def test_an_exact_zero_with_rounding_noise_is_not_called_wrong():
    w, b = random.normal(size=3), 0.3

    def f(w, b):  # b drops out in the difference from the mean
        z = X @ w + b
        return ((z - z.mean()) ** 3).sum()

    def gradient(w, b):
        z = X @ w + b
        d = 3 * (z - z.mean()) ** 2
        d = d - d.mean()
        return 2 * X.T @ d, d.sum()

    assert all("respect to b" not in reason for reason in reasons(f, w, b, gradient=gradient))


def test_signs_of_inputs_are_blamed_only_if_they_decide():
    x = np.array([-1.0, 2.0, 3.0, -0.5])

    def wrong_by_place(x):
        g = 2 * x
        g[[0, 3]] *= 1.5
        return g

    def wrong_by_sign(x):
        return np.where(x < 0, 3 * x, 2 * x)

    def f(x):
        return (x**2).sum()

    assert all("is negative" not in text for text in reasons(f, x, gradient=wrong_by_place))
    assert any("is negative" in text for text in reasons(f, x, gradient=wrong_by_sign))


def test_a_factor_is_explained_by_every_length_it_equals():
    w = random.normal(size=(6, 2))
    (factor,) = reasons(
        lambda w: ((X.T @ w) ** 2).sum() / 6, w, gradient=lambda w: 2 * X @ (X.T @ w)
    )
    assert "6 times too large: 6 is the length of axis 0 of w" in factor
    assert "half" not in factor


def test_a_root_of_a_length_is_named():
    q = random.normal(size=(4, 3))
    (factor,) = reasons(lambda q: np.sin(q).sum() / 3**0.5, q, gradient=np.cos)
    assert "the root of the length of axis 1 of q" in factor


def test_no_two_mistakes_are_made_up_for_a_wrong_power():
    report = check_gradients(
        lambda x: (x**3).sum(), np.array([0.3, -1.2, 2.7]), gradient=lambda x: 3 * x, raises=False
    )
    assert not any("y/y'" in reason or "in place of" in reason for reason in report.reasons)
    assert report.lines[0].correction in ("3 * x**2", "3 * x * x")


def log_of_probability(x):
    p = sigmoid(x)
    return np.log(p + 1e-7).sum()


def normalised(x):
    return (X[0] * x / np.sqrt((x**2).sum() + 1e-6)).sum()


def gradient_of_normalised(x):
    size = np.sqrt((x**2).sum())
    return X[0] / size - x * (X[0] @ x) / size**3


@pytest.mark.parametrize(
    ("f", "gradient", "constant"),
    [
        (log_of_probability, lambda x: 1 - sigmoid(x), "1e-07"),
        (normalised, gradient_of_normalised, "1e-06"),
    ],
)
def test_a_small_constant_that_is_left_out_is_named(f, gradient, constant):
    x = np.array([0.3, -1.2, 0.8])
    (found,) = reasons(f, x, gradient=gradient)
    assert f"{constant} in " in found
    (rtol,) = re.findall(r"rtol=(\S+) accepts", found)
    check_gradients(f, x, gradient=gradient, rtol=float(rtol))


def test_no_small_constant_is_blamed_for_another_mistake():
    x = np.array([0.3, -1.2, 0.8])
    for gradient in (lambda x: 1.0001 * (1 - sigmoid(x)), lambda x: 1 - 1.0001 * sigmoid(x)):
        found = reasons(log_of_probability, x, gradient=gradient)
        assert not any("leaves out" in reason for reason in found)
