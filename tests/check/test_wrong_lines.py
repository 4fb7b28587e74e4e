"""The wrong line of a hand-written derivative is named, with what it should be."""

import ast
import sys
import time

import numpy as np
import pytest

from autograd import check_gradients, check_layer
from autograd.check.explain.repair import outcomes
from autograd.check.explain.repair.ranking import shortened, unnatural

random = np.random.default_rng(3)
X, Y = random.normal(size=(6, 3)), random.normal(size=(6, 2))
W, V = random.normal(size=(3, 4)), random.normal(size=(4, 2))


def wrong_line(f, *inputs, **derivative):
    """Return the statement and the correction of the likeliest line."""
    report = check_gradients(f, *inputs, **derivative, raises=False)
    assert report.lines, report
    return report.lines[0].statement, report.lines[0].correction


def network(W, V):
    return (np.tanh(X @ W) @ V * Y).sum()


def accumulated(W, V):
    h = np.tanh(X @ W)
    dW, dV = np.zeros_like(W), np.zeros_like(V)
    for i in range(len(X)):
        dV += np.outer(h[i], Y[i])
        dz = V.dot(Y[i]) * (1 - h[i])
        dW += np.outer(X[i], dz)
    return dW, dV


def test_a_line_in_a_loop_that_fills_arrays():
    statement, correction = wrong_line(network, W, V, gradient=accumulated)
    assert statement == "dz = V.dot(Y[i]) * (1 - h[i])"
    assert correction == "dz = V.dot(Y[i]) * (1 - h[i]**2)"


def recurrent(h, U):
    for _ in range(3):
        h = np.tanh(h @ U)
    return h


def through_time(g, h, U):
    states = [h]
    for _ in range(3):
        states.append(np.tanh(states[-1] @ U))
    dU = np.zeros_like(U)
    for t in reversed(range(3)):
        dz = g * (1 - states[t + 1] ** 2)
        dU = states[t].T @ dz
        g = dz @ U.T
    return g, dU


def test_a_line_of_a_backward_pass_with_a_cotangent():
    h, U = random.normal(size=(2, 3)), random.normal(size=(3, 3))
    statement, correction = wrong_line(recurrent, h, U, vjp=through_time)
    assert statement == "dU = states[t].T @ dz"
    assert correction == "dU += states[t].T @ dz"


def test_a_line_of_a_jacobian():
    def f(x):
        return np.array([x[0] * x[1], x[0] + x[1] ** 2]) if isinstance(x, np.ndarray) else None

    def jacobian(x):
        J = np.zeros((2, 2))
        J[0, :] = x[1], x[0]
        J[1, 0] = 1.0
        J[1, 1] = -2 * x[1]
        return J

    statement, correction = wrong_line(f, np.array([1.3, -0.4]), gradient=jacobian)
    assert (statement, correction) == ("J[1, 1] = -2 * x[1]", "J[1, 1] = 2 * x[1]")


class Layer:
    """A layer whose backward pass uses what its forward pass stored."""

    def __init__(self):
        self.cache = None
        self.calls = []
        self.seen = np.zeros(3)

    def forward(self, x):
        self.cache = {"x": x, "y": np.exp(x)}
        return self.cache["y"].sum()

    def backward(self, x):
        self.calls.append(1)
        self.seen += 1
        return self.cache["x"]


def test_a_line_that_reads_a_cache():
    layer = Layer()
    found = wrong_line(layer.forward, random.normal(size=3), gradient=layer.backward)
    assert found == ("return self.cache['x']".replace("'", '"'), "return self.cache['y']")


def test_changed_functions_leave_no_traces(capfd):
    layer = Layer()
    original = Layer.backward.__code__
    trace = sys.gettrace()
    check_gradients(layer.forward, random.normal(size=3), gradient=layer.backward, raises=False)
    assert Layer.backward.__code__ is original
    assert len(layer.calls) < 20
    assert (layer.seen == len(layer.calls)).all()
    assert sys.gettrace() is trace
    assert capfd.readouterr() == ("", "")


def test_a_changed_function_writes_no_files(tmp_path):
    file = tmp_path / "log"

    def gradient(x):
        with open(file, "a") as log:
            log.write("called\n")
        return -2 * x

    report = check_gradients(lambda x: (x**2).sum(), X, gradient=gradient, raises=False)
    assert len(file.read_text().splitlines()) < 20
    assert not report.lines
    assert any("writes" in note for note in report.notes)


@pytest.mark.parametrize("gradient", [np.sin, lambda x: np.vectorize(np.sin)(x)])
def test_it_says_why_no_line_is_named(gradient):
    report = check_gradients(lambda x: np.sin(x).sum(), X, gradient=gradient, raises=False)
    assert report.lines or any("No line can be named" in note for note in report.notes)


def value_and_gradient(x):
    e = np.exp(x)
    return e.sum(), e * x


def test_a_line_of_a_function_that_returns_both():
    found = wrong_line(value_and_gradient, X, gradient=True)
    assert found == ("return e.sum(), e * x", "return e.sum(), e")


def test_a_loop_without_end_is_interrupted():
    def gradient(x):
        n = 4.0
        while n > 0:
            n -= 1.0
        return 3 * x + n

    found = wrong_line(lambda x: (x**2).sum(), X, gradient=gradient)
    assert found == ("return 3 * x + n", "return 2 * x + n")


def test_a_value_over_itself_looks_strange():
    for text in ("a * b / a", "2 / a * b * a", "(a + b) * c / (a + b)"):
        assert unnatural(ast.parse(text)) >= 5
    for text in ("a * b / c", "2 * a / 2", "a / (a + b)"):
        assert unnatural(ast.parse(text)) < 5


def test_axes_that_are_not_sorted_look_strange():
    for text in ("g.sum(axis=(0, 3, 2))", "g.sum(axis=(0, -1, 2))", "g.sum(axis=(1, 1))"):
        assert unnatural(ast.parse(text)) > unnatural(ast.parse("g.sum(axis=(0, 2, -1))"))
    assert unnatural(ast.parse("g.sum(axis=(axis, 1))")) == 0


def test_each_operand_can_be_left_out():
    texts = set(shortened(ast.parse("2 * g / len(g.T)", mode="eval").body))
    assert texts == {"2 * g", "len(g.T)", "g / len(g.T)", "2 / len(g.T)"}


class Square:
    def forward(self, x):
        self.x = x
        return x**2


class OverLength(Square):
    def backward(self, g):
        return g * 2 * self.x / len(g)


class OverShape(Square):
    def backward(self, g):
        return g * 2 * self.x / g.shape[0]


@pytest.mark.parametrize("layer", [OverLength, OverShape])
@pytest.mark.parametrize("shape", [(2, 1), (3, 1), (3, 2), (2,)])
def test_a_superfluous_length_is_removed_rather_than_made_one(layer, shape):
    report = check_layer(layer(), random.normal(size=shape), raises=False)
    assert [line.correction for line in report.lines] == ["return g * 2 * self.x"]


def cross_entropy(z, y):
    z = z - z.max(1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), y])


def summed_over_examples(z, y):
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(z)), y] -= 1
    return p


def squares(w):
    return np.mean((X @ w - Y[:, 0]) ** 2)


def summed_squares(w):
    r = X @ w - Y[:, 0]
    return 2 * X.T @ r


def test_a_missing_mean_is_written_with_a_length():
    for n in (4, 5, 7):  # 1 / 4 is also the number 0.25
        z, y = random.normal(size=(n, 3)), np.arange(n) % 3
        found = wrong_line(cross_entropy, z, args=(y,), gradient=summed_over_examples)[1]
        assert found.startswith("return p / len(")
    found = wrong_line(squares, np.array([0.3, -1.0, 0.7]), gradient=summed_squares)[1]
    assert found.startswith("return 2 * X.T @ r / len(")


def layers_with_mean(W1, W2):
    return np.mean((np.tanh(X @ W1) @ W2 - Y[:, :1]) ** 2)


def overlapping(W1, W2):
    h = np.tanh(X @ W1)
    d = 2 * (h @ W2 - Y[:, :1])
    return X.T @ (d @ W2.T * (1 - h)), h.T @ d


def separate(W1, W2):
    h = np.tanh(X @ W1)
    d = 2 * (h @ W2 - Y[:, :1]) / len(X)
    return X.T @ (d @ W2.T * (1 - h)), 3 * h.T @ d


@pytest.mark.parametrize(("gradient", "line"), [(overlapping, "d = "), (separate, "return")])
def test_the_line_that_reaches_all_that_is_wrong_comes_first(gradient, line, monkeypatch):
    monkeypatch.setattr(
        outcomes, "SECONDS", 1.5
    )  # one of them is found early, in a search that goes on
    weights = random.normal(size=(X.shape[1], 4)), random.normal(size=(4, 1))
    report = check_gradients(layers_with_mean, *weights, gradient=gradient, raises=False)
    (reason,) = [reason for reason in report.reasons if "line" in reason and "to W2" in reason]
    assert f"be: {line}" in reason


class Mean:
    """A product whose backward pass takes the mean over examples in two lines, instead of the sum."""

    def __init__(self):
        self.W = random.normal(size=(3, 2))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, g):
        self.dW = self.x.T @ g / len(g)
        return g @ self.W.T / len(g)


def test_lines_that_are_all_wrong_are_each_named():
    report = check_layer(Mean(), random.normal(size=(2, 3)), raises=False)
    found = {line.correction for line in report.lines}
    assert found == {"self.dW = self.x.T @ g", "return g @ self.W.T"}
    assert "One of these" not in str(report)


def root(x):
    y = x
    for _ in range(4):
        y = y - (y**2 - x) / (2 * y)
    return y


def test_a_correction_is_right_to_the_last_digits():
    def gradient(x):
        y, d = x, 1.0
        for _ in range(4):
            n = y - (y**2 - x) / (2 * y)
            d = 0.5 * d + 1 / (2 * y) - x * d / (2 * y)
            y = n
        return d

    report = check_gradients(root, 1.7, gradient=gradient, raises=False)
    assert not any("y * d / (2 * y)" in line.correction for line in report.lines)


def test_a_missing_copy():
    def gradient(x):
        d = np.cos(x)
        below = d
        below[x > 0] = 0
        return d + below

    def f(x):
        return np.sin(x).sum() + np.sin(np.minimum(x, 0)).sum()

    found = wrong_line(f, X, gradient=gradient)
    assert found == ("below = d", "below = d.copy()")


def test_a_factor_in_a_loop():
    def f(x):
        for _ in range(4):
            x = 0.9 * np.sin(x)
        return x.sum()

    def gradient(x):
        xs = [x]
        for _ in range(4):
            xs.append(0.9 * np.sin(xs[-1]))
        d = np.ones_like(x)
        for y in xs[-2::-1]:
            d = d * np.cos(y)
        return d

    found = wrong_line(f, X, gradient=gradient)
    assert found == ("d = d * np.cos(y)", "d = 0.9 * d * np.cos(y)")


def test_a_missing_statement_in_a_loop():
    pairs = [(0, 1), (2, 3), (1, 4)]

    def f(x):
        return sum((x[i] @ x[j]) ** 2 for i, j in pairs)

    def gradient(x):
        d = np.zeros_like(x)
        for i, j in pairs:
            c = 2 * (x[i] @ x[j])
            d[i] += c * x[j]
        return d

    statement, correction = wrong_line(f, X, gradient=gradient)
    assert statement == "d[i] += c * x[j]"
    assert correction == "d[i] += c * x[j]; d[j] += c * x[i]"


def test_exchanged_slices():
    def f(x):
        return (x[1:] * x[:-1]).sum()

    def gradient(x):
        d = np.zeros_like(x)
        d[1:] += x[:-1]
        d[1:] += x[:-1]
        return d

    report = check_gradients(f, X[:, 0], gradient=gradient, raises=False)
    assert "d[:-1] += x[1:]" in [line.correction for line in report.lines]


def test_a_change_for_one_of_several_inputs_is_not_the_line(monkeypatch):
    monkeypatch.setattr(outcomes, "SECONDS", 1.0)  # it finds none, so it takes all its time

    def f(a, b, c):
        return (a * b * np.sin(c)).sum()

    def gradient(a, b, c):
        s = hidden(c)
        return b * s, a * s, a * b * s

    def hidden(c):
        return np.sin(c) + 0.1 * np.sin(7 * c) ** 3

    inputs = np.array([0.3, 1.2]), np.array([0.7, -0.4]), np.array([0.5, 0.2])
    report = check_gradients(f, *inputs, gradient=gradient, raises=False)
    assert all("with respect to" not in line.text for line in report.lines)


def test_a_slow_gradient_is_explained_in_time():
    def gradient(x):
        time.sleep(0.05)
        return 3 * x

    report = check_gradients(lambda x: (x**2).sum(), X, gradient=gradient, raises=False)
    assert report.lines[0].correction == "return 2 * x"


def test_a_search_without_a_correction_goes_through_all_stages():
    labels = np.array([0, 2, 1, 2, 0, 1])

    def f(z):
        return np.log(np.exp(z).sum(axis=1)) - 0.9 * z[range(6), labels]

    def vjp(g, z):
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        p[range(6), labels] -= 1
        return p * g[:, None]

    report = check_gradients(f, X, vjp=vjp, raises=False)
    assert not any("failed (" in note for note in report.notes)
