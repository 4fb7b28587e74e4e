"""Hand-written backward passes as they are often taught: each wrong, each for a reason."""

import numpy as np
import pytest

from autograd import check_gradients

random = np.random.default_rng(5)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


X = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
Y = np.array([[0.0], [1.0], [0.0]])
W1, W2, w = random.normal(size=(3, 2)), random.normal(size=(2, 1)), random.normal(size=(3, 1))


def checked(f, *inputs, gradient):
    report = check_gradients(f, *inputs, gradient=gradient, raises=False)
    assert not report.ok
    assert {"WRONG", "wrong shape"} & set(report.counts)
    return report.reasons


def squared_error(W1, W2):
    hidden = sigmoid(X @ W1)
    return ((sigmoid(hidden @ W2) - Y) ** 2).sum()


def test_two_layer_network_missing_output_derivative():
    def gradient(W1, W2):
        y1 = sigmoid(X @ W1)
        y2 = sigmoid(y1 @ W2)
        delta2 = 2 * (y2 - Y)
        delta1 = (delta2 @ W2.T) * y1 * (1 - y1)
        return X.T @ delta1, y1.T @ delta2

    lacks, line = checked(squared_error, W1, W2, gradient=gradient)
    assert lacks.startswith("The gradient with respect to W1 and W2 lacks the factor y·(1 - y), ")
    assert "the derivative of sigmoid.\n    test_articles.py, line" in lacks
    assert "return 1 / (1 + np.exp(-z))" in lacks
    assert "delta2 = 2 * (y2 - Y)" in line


def logistic_error(theta):
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])
    return ((sigmoid(BITS @ theta) - targets) ** 2).mean()


BITS = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])


def test_logistic_regression_with_broadcast_targets():
    def gradient(theta):
        y = np.array([0.0, 1.0, 1.0, 0.0])
        h = sigmoid(BITS @ theta)
        error = h - y
        return 2 / 4 * BITS.T @ error

    shape, line, rest = checked(logistic_error, w, gradient=gradient)
    assert "has shape (3, 4), but theta has shape (3, 1)" in shape
    assert "error = h - y" in line
    assert "shapes (4, 1) and (4,) broadcast to (4, 4)" in line
    assert "lacks the factor y·(1 - y), the derivative of sigmoid" in rest


def test_squared_error_with_the_cross_entropy_gradient():
    def gradient(theta):
        y = np.array([[0.0], [1.0], [1.0], [0.0]])
        return 2 / 4 * BITS.T @ (sigmoid(BITS @ theta) - y)

    reasons = checked(logistic_error, w, gradient=gradient)
    assert "lacks the factor y·(1 - y), the derivative of sigmoid" in reasons[0]


@pytest.mark.parametrize("z", [0.7, np.array([0.7, -0.3, 1.2])])
def test_tanh_used_as_its_own_derivative(z):
    reasons = checked(lambda z: np.sum(np.tanh(z)), z, gradient=np.tanh)
    assert "has tanh(x) itself where its derivative belongs: 1 - y²" in reasons[0]


@pytest.mark.usefixtures("brief")
def test_tanh_network_with_both_derivatives_wrong():
    def error(W1, W2):
        return ((np.tanh(np.tanh(X @ W1) @ W2) - Y) ** 2).sum()

    def gradient(W1, W2):
        z1 = X @ W1
        a1 = np.tanh(z1)
        z2 = a1 @ W2
        delta2 = 2 * (np.tanh(z2) - Y) * np.tanh(z2)
        delta1 = (delta2 @ W2.T) * np.tanh(z1) / (1 - np.tanh(z1) ** 2)
        return X.T @ delta1, a1.T @ delta2

    hidden, output, *_ = checked(error, W1, W2, gradient=gradient)
    both = "with respect to W1 has tanh(x) itself where its derivative belongs: 1 - y²"
    assert both in hidden
    assert "and has the factor y/y', tanh(x) over its derivative" in hidden
    assert "with respect to W2 has tanh(x) itself where its derivative belongs" in output


@pytest.mark.usefixtures("brief")
def test_sigmoid_derivative_applied_to_the_sigmoid():
    def error(w):
        return 0.5 * ((sigmoid(X @ w) - Y) ** 2).sum()

    def gradient(w):
        a = sigmoid(X @ w)
        return X.T @ ((a - Y) * sigmoid(a) * (1 - sigmoid(a)))

    (reason,) = checked(error, w, gradient=gradient)[:1]
    assert "takes the derivative of sigmoid at its result y instead of at its argument x" in reason
    assert "y·(1 - y)" in reason

    def reversed_as_well(w):
        return -gradient(w)

    (reason,) = checked(error, w, gradient=reversed_as_well)[:1]
    assert "at its result y instead of at its argument x" in reason
    assert "derivative of sigmoid, and has the wrong sign.\n" in reason


@pytest.mark.usefixtures("brief")
def test_one_reason_covers_weights_and_scalar_bias():
    def error(w, b):
        return 0.5 * ((sigmoid(X @ w + b) - Y) ** 2).sum()

    def gradient(w, b):
        a = sigmoid(X @ w + b)
        delta = (Y - a) * sigmoid(a) * (1 - sigmoid(a))
        return X.T @ delta, delta.sum()

    reason, *_ = checked(error, w, 0.3, gradient=gradient)
    assert reason.startswith("The gradient with respect to w and b takes the derivative of sigmoid")
    assert "and has the wrong sign.\n" in reason


def test_squared_error_with_reversed_residual():
    def gradient(w):
        return 2 / 3 * X.T @ (Y - X @ w)

    sign, line = checked(lambda w: ((Y - X @ w) ** 2).mean(), w, gradient=gradient)
    assert sign == "The gradient with respect to w has the wrong sign."
    assert "return 2 / 3 * X.T @ (Y - X @ w)" in line
    assert "It should be: return 2 / 3 * X.T @ (X @ w - Y) (with the operands exchanged)" in line


def test_squared_error_with_wrong_sign_and_missing_factor_two():
    def gradient(w):
        return 1 / 3 * X.T @ (Y - X @ w)

    reasons = checked(lambda w: ((Y - X @ w) ** 2).mean(), w, gradient=gradient)
    assert "has the wrong sign and is 2 times too small" in reasons[0]


def test_the_right_gradients_of_all_articles_pass():
    def network(W1, W2):
        y1 = sigmoid(X @ W1)
        y2 = sigmoid(y1 @ W2)
        delta2 = 2 * (y2 - Y) * y2 * (1 - y2)
        delta1 = (delta2 @ W2.T) * y1 * (1 - y1)
        return X.T @ delta1, y1.T @ delta2

    def logistic(theta):
        y = np.array([[0.0], [1.0], [1.0], [0.0]])
        h = sigmoid(BITS @ theta)
        return 2 / 4 * BITS.T @ ((h - y) * h * (1 - h))

    check_gradients(squared_error, W1, W2, gradient=network)
    check_gradients(logistic_error, w, gradient=logistic)
    check_gradients(np.tanh, 0.7, gradient=lambda z: 1 - np.tanh(z) ** 2)
