"""Wrong gradients, each with words that the reasons must contain (None: found, but not explained)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd

random = np.random.default_rng(42)


@dataclass(frozen=True)
class Mistake:
    name: str
    f: Any
    inputs: tuple
    gradient: Any
    words: Any = None  # a string, or several, that the reasons must contain

    def __str__(self):
        return self.name


MISTAKES: list[Mistake] = []


def mistake(name, f, *inputs, words=None):
    """Note a wrong gradient: used as a decorator of it."""

    def note(gradient):
        MISTAKES.append(Mistake(name, f, inputs, gradient, words))
        return gradient

    return note


def real(*shape):
    return random.normal(size=shape)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# -- elementwise functions --------------------------------------------------------------------

x5 = np.array([-1.2, -0.4, 0.3, 0.9, 2.1])
p5 = np.abs(x5) + 0.2
X, Y = real(6, 3), real(6, 2)
ELEMENTWISE = [
    ("the sign of cos'", lambda x: np.cos(x).sum(), x5, np.sin, "wrong sign"),
    ("exp that is not chained", lambda x: np.exp(2 * x).sum(), x5, lambda x: np.exp(2 * x), "2 times too small"),
    ("tanh instead of its derivative", lambda x: np.tanh(x).sum(), x5, np.tanh, "tanh(x) itself where its derivative belongs"),
    ("tanh' at tanh", lambda x: np.tanh(x).sum(), x5, lambda x: 1 - np.tanh(np.tanh(x)) ** 2, "at its result y instead of at its argument"),
    ("tanh' by the formula for y, of x", lambda x: np.tanh(x).sum(), x5, lambda x: 1 - x * x, "puts the argument x of tanh where its result y belongs"),
    ("sigmoid' for tanh'", lambda x: np.tanh(x).sum(), x5, lambda x: sigmoid(x) * (1 - sigmoid(x)), None),
    ("y(1 - y) for tanh'", lambda x: np.tanh(x).sum(), x5, lambda x: np.tanh(x) * (1 - np.tanh(x)), "derivative of sigmoid, in place of"),
    ("sigmoid' twice", lambda x: sigmoid(x).sum(), x5, lambda x: (sigmoid(x) * (1 - sigmoid(x))) ** 2, "the factor twice"),
    ("sigmoid' inverted", lambda x: sigmoid(x).sum(), x5, lambda x: 1 / (sigmoid(x) * (1 - sigmoid(x))), "instead of multiplying"),
    ("y(1 + y) for sigmoid'", lambda x: sigmoid(x).sum(), x5, lambda x: sigmoid(x) * (1 + sigmoid(x)), None),
    ("1 - y for sigmoid'", lambda x: sigmoid(x).sum(), x5, lambda x: 1 - sigmoid(x), None),
    ("log'(x) = 1/x²", lambda x: np.log(x).sum(), p5, lambda x: 1 / x**2, ("line", "It should be: 1 / x")),
    ("sqrt' without the half", lambda x: np.sqrt(x).sum(), p5, lambda x: 1 / np.sqrt(x), "2 times too large"),
    ("x³ with 2x", lambda x: (x**3).sum(), x5, lambda x: 2 * x**2, "3/2 times too small"),
    ("x³ with 3x³", lambda x: (x**3).sum(), x5, lambda x: 3 * x**3, "It should be: 3 * x**2"),
    ("1/x with +1/x²", lambda x: (1 / x).sum(), p5, lambda x: 1 / x**2, "wrong sign"),
    ("sin' is sin", lambda x: np.sin(x).sum(), x5, np.sin, "sin(x) itself where its derivative belongs: cos(x)"),
    ("sinh' with a minus", lambda x: np.sinh(x).sum(), x5, lambda x: -np.cosh(x), "wrong sign"),
    ("arctan' without the square", lambda x: np.arctan(x).sum(), p5, lambda x: 1 / (1 + x), None),
    ("softplus' is 1 - sigmoid", lambda x: np.log1p(np.exp(x)).sum(), x5, lambda x: 1 - sigmoid(x), None),
    ("relu' of 1 everywhere", lambda x: np.maximum(x, 0).sum(), x5, lambda x: np.ones_like(x), "lacks the factor 1 where x > 0"),
    ("leaky relu's slope, negative side", lambda x: np.where(x > 0, x, 0.1 * x).sum(), x5, lambda x: np.where(x > 0, 1, 0.01), "only where the input is negative"),
    ("abs' without its sign", lambda x: np.abs(x).sum(), x5, lambda x: np.ones_like(x), "lacks the factor sign(x)"),
    ("elu' off by one for negatives", lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1).sum(), x5, lambda x: np.where(x > 0, 1, np.exp(x) - 1), "only where the input is negative"),
    ("a gradient of nothing but zeros", lambda x: (x**2).sum(), x5, np.zeros_like, "is zero everywhere"),
    ("numbers: the square without its 2", lambda x: x * x, 3.0, lambda x: x, "2 times too small"),
    ("numbers: the wrong sign", lambda x: np.exp(-x), 0.7, lambda x: np.exp(-x), "wrong sign"),
    ("1e-3 too large", lambda x: np.sin(x).sum(), x5, lambda x: 1.001 * np.cos(x), "1.001 times too large"),
]  # fmt: skip
for name, f, x, gradient, words in ELEMENTWISE:
    mistake(name, f, x, words=words)(gradient)


# -- losses, sums and means -------------------------------------------------------------------


@mistake(
    "mse without 1/n",
    lambda w: np.mean((w - 1) ** 2),
    real(4),
    words=("4 times too large", "number of elements of w"),
)
def _(w):
    return 2 * (w - 1)


@mistake(
    "mse with 1/n but without 2",
    lambda w: np.mean((w - 1) ** 2),
    real(4),
    words="2 times too small",
)
def _(w):
    return (w - 1) / 4


@mistake(
    "linear regression with the sign of the residual reversed",
    lambda w: np.mean((Y - X @ w) ** 2),
    real(3, 2),
    words="wrong sign",
)
def _(w):
    return 2 / Y.size * X.T @ (Y - X @ w)


@mistake(
    "linear regression divided by the batch only",
    lambda w: np.mean((Y - X @ w) ** 2),
    real(3, 2),
    words="2 times too large",
)
def _(w):
    return 2 / len(X) * X.T @ (X @ w - Y)


def regression(w, b):
    return ((X @ w + b - Y) ** 2).sum()


@mistake(
    "a bias gradient that is not summed over the batch",
    regression,
    real(3, 2),
    real(2),
    words=("shape (6, 2) where (2,)", "lacks a sum over axis 0"),
)
def _(w, b):
    residual = 2 * (X @ w + b - Y)
    return X.T @ residual, residual


@mistake(
    "a bias gradient that is averaged over the batch",
    regression,
    real(3, 2),
    real(2),
    words="6 times too small",
)
def _(w, b):
    residual = 2 * (X @ w + b - Y)
    return X.T @ residual, residual.mean(axis=0)


@mistake(
    "a bias gradient that is summed too far",
    lambda b: (3 * b).sum(),
    real(2),
    words=("has shape () where (2,)", "summed too far"),
)
def _(b):
    return np.array(3.0)


@mistake(
    "a bias gradient summed over the wrong axis",
    lambda w, b: ((X[:2] @ w + b - Y[:2]) ** 2).sum(),
    real(3, 2),
    real(2),
    words=("line", "axis=0"),
)
def _(w, b):
    residual = 2 * (X[:2] @ w + b - Y[:2])
    return X[:2].T @ residual, residual.sum(axis=1)


@mistake(
    "the gradients of w and b swapped",
    lambda w, b: (np.sin(w) + b**2).sum(),
    real(3),
    real(3),
    words="they are swapped",
)
def _(w, b):
    return 2 * b, np.cos(w)


labels = np.array([0, 2, 1, 2, 0, 1])
onehot = np.eye(3)[labels]


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z):
    shifted = z - np.max(z, axis=1, keepdims=True)
    logs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -(onehot * logs).sum() / 6


@mistake(
    "cross-entropy without 1/n",
    cross_entropy,
    real(6, 3),
    words=("6 times too large", "axis 0 of z"),
)
def _(z):
    return softmax(z) - onehot


@mistake(
    "cross-entropy with target minus probability", cross_entropy, real(6, 3), words="wrong sign"
)
def _(z):
    return (onehot - softmax(z)) / 6


@mistake("cross-entropy through a softmax taken as elementwise", cross_entropy, real(6, 3))
def _(z):
    p = softmax(z)
    return -onehot / 6 * (1 - p)


@mistake(
    "binary cross-entropy with the derivative of the sigmoid once too often",
    lambda z: -(onehot * np.log(sigmoid(z)) + (1 - onehot) * np.log(1 - sigmoid(z))).sum(),
    real(6, 3),
    words="line",
)
def _(z):
    p = sigmoid(z)
    return (p - onehot) * p * (1 - p)


@mistake(
    "a norm without its denominator",
    lambda x: np.sqrt((x * x).sum()),
    real(4),
    words="1/(2y), the derivative of sqrt",
)
def _(x):
    return 2 * x


@mistake(
    "a variance by the wrong n", lambda x: np.var(x, ddof=1), real(5), words="5/4 times too small"
)
def _(x):
    return 2 * (x - x.mean()) / 5


# -- matrices ---------------------------------------------------------------------------------

A, S = real(4, 3), real(4, 4)


@mistake(
    "a matrix product with the transpose forgotten",
    lambda W: (A @ W @ S).sum(),
    real(3, 4),
    words="is transposed",
)
def _(W):
    return (A.T @ np.ones((4, 4)) @ S.T).T


@mistake(
    "a square matrix transposed",
    lambda W: np.sin(S @ W).sum(),
    real(4, 4),
    words=("transposed", "line"),
)
def _(W):
    return S @ np.cos(S @ W)


@mistake(
    "a matrix product with its operands exchanged",
    lambda W: np.sin(W @ S).sum(),
    real(4, 4),
    words=("line", "operands exchanged"),
)
def _(W):
    return S.T @ np.cos(W @ S)


@mistake(
    "a quadratic form taken as symmetric",
    lambda x: x @ S @ x,
    real(4),
    words="leaves out one of 2 paths",
)
def _(x):
    return S @ x


@mistake("twice a quadratic form that is not symmetric", lambda x: x @ S @ x, real(4))
def _(x):
    return 2 * S @ x


@mistake(
    "an outer product the other way round",
    lambda a, b: (np.outer(a, b) * S).sum(),
    real(4),
    real(4),
    words=("transposed", "line"),
)
def _(a, b):
    return S.T @ b, S.T @ a


inverse = np.linalg.inv(S + 4 * np.eye(4))


@mistake(
    "a solve with the matrix instead of its transpose",
    lambda b: ((inverse @ b) ** 2).sum(),
    real(4),
    words=("transposed", "line"),
)
def _(b):
    return inverse @ (2 * (inverse @ b))


@mistake("a trace taken for a sum", lambda W: np.trace(S @ W), real(4, 4), words="transposed")
def _(W):
    return S + 0 * W


# -- networks ---------------------------------------------------------------------------------

W1, W2, b1 = real(3, 5), real(5, 2), real(5)


def network(W1, b1, W2):
    h = np.tanh(X @ W1 + b1)
    out = sigmoid(h @ W2)
    return ((out - Y) ** 2).sum()


def network_gradient(out_slope, hidden_slope, transposed=True, bias=True):
    def gradient(W1, b1, W2):
        h = np.tanh(X @ W1 + b1)
        out = sigmoid(h @ W2)
        delta = 2 * (out - Y) * out_slope(out)
        back = delta @ W2.T
        hidden = back * hidden_slope(h)
        return X.T @ hidden, hidden.sum(axis=0) if bias else hidden.mean(axis=0), h.T @ delta

    return gradient


def right_sigmoid(y):
    return y * (1 - y)


def right_tanh(y):
    return 1 - y**2


NETWORKS = [
    ("no derivative at the output", network_gradient(lambda y: 1.0, right_tanh), "lacks the factor y·(1 - y), the derivative of sigmoid"),
    ("no derivative at the hidden layer", network_gradient(right_sigmoid, lambda y: 1.0), "W1 and b1 lacks the factor 1 - y², the derivative of tanh"),
    ("no derivative anywhere", network_gradient(lambda y: 1.0, lambda y: 1.0), ("lacks the factor y·(1 - y)", "lacks the factor 1 - y²")),
    ("the activation at the output", network_gradient(lambda y: y, right_tanh), "sigmoid(x) itself where its derivative belongs"),
    ("the activation at the hidden layer", network_gradient(right_sigmoid, lambda y: y), "tanh(x) itself where its derivative belongs"),
    ("sigmoid' at the hidden layer of tanh", network_gradient(right_sigmoid, right_sigmoid), "y·(1 - y), the derivative of sigmoid, in place of 1 - y²"),
    ("sigmoid' of what is a sigmoid already", network_gradient(lambda y: sigmoid(y) * (1 - sigmoid(y)), right_tanh), "at its result y instead of at its argument x"),
    ("the mean for the sum in the bias", network_gradient(right_sigmoid, right_tanh, bias=False), "b1 is 6 times too small"),
]  # fmt: skip
for name, gradient, words in NETWORKS:
    mistake(f"a network with {name}", network, W1, b1, W2, words=words)(gradient)


@mistake("a network whose backward pass skips W2", network, W1, b1, W2, words="line")
def _(W1, b1, W2):
    h = np.tanh(X @ W1 + b1)
    out = sigmoid(h @ W2)
    delta = 2 * (out - Y) * out * (1 - out)
    hidden = (delta @ W2.T) * (1 - h**2)
    return X.T @ hidden, hidden.sum(axis=0), h.T @ (2 * (out - Y) * out)


@mistake("a network that mixes up two of its results", network, W1, b1, W2, words="line")
def _(W1, b1, W2):
    z = X @ W1 + b1
    h = np.tanh(z)
    out = sigmoid(h @ W2)
    delta = 2 * (out - Y) * out * (1 - out)
    hidden = (delta @ W2.T) * (1 - h**2)
    return X.T @ hidden, hidden.sum(axis=0), z.T @ delta


def residual(W):
    h = np.tanh(S @ W)
    return ((h @ W + h) ** 2).sum()


@mistake("a residual connection that is forgotten", residual, S / 2, words="leaves out one of")
def _(W):
    h = np.tanh(S @ W)
    g = 2 * (h @ W + h)
    hidden = (g @ W.T) * (1 - h**2)
    return h.T @ g + S.T @ hidden


def layer_norm(x):
    m = x.mean()
    centred = x - m
    return (centred / np.sqrt((centred**2).mean() + 1e-5) * np.arange(5.0)).sum()


@mistake(
    "layer normalisation with a constant variance",
    layer_norm,
    real(5),
    words="leaves out one of 2 paths",
)
def _(x):
    deviation = np.sqrt(x.var() + 1e-5)
    g = np.arange(5.0) / deviation
    return g - g.mean()


@mistake("layer normalisation with constant statistics", layer_norm, real(5))
def _(x):
    return np.arange(5.0) / np.sqrt(x.var() + 1e-5)


# -- sequences, indices -----------------------------------------------------------------------


@mistake(
    "differences with an index off by one",
    lambda x: ((x[1:] - x[:-1]) ** 2 * np.arange(1.0, 6.0)).sum(),
    real(6),
    words="off by one",
)
def _(x):
    d = 2 * (x[1:] - x[:-1]) * np.arange(1.0, 6.0)
    right = np.zeros(6)
    right[1:] += d
    right[:-1] -= d
    return np.roll(right, 1)


@mistake(
    "a convolution with its kernel not flipped",
    lambda x: (
        np.array([x[0] * 1 + x[1] * 2, x[1] * 1 + x[2] * 2, x[2] * 1 + x[3] * 2])
        if isinstance(x, np.ndarray)
        else np.stack([x[0] * 1 + x[1] * 2, x[1] * 1 + x[2] * 2, x[2] * 1 + x[3] * 2])
    ).sum(),
    real(4),
)
def _(x):
    return np.array([2.0, 3.0, 3.0, 1.0])


@mistake(
    "a cumulative sum that is not turned round",
    lambda x: (np.cumsum(x) * np.array([1.0, 2, 3, 4])).sum(),
    real(4),
    words=None,
)
def _(x):
    return np.cumsum(np.array([1.0, 2, 3, 4]))


@mistake(
    "the last element forgotten",
    lambda x: (x**2).sum(),
    real(6),
    words=("only at the last index", "is zero"),
)
def _(x):
    g = 2 * x
    g[-1] = 0
    return g


@mistake(
    "one wrong element among 30", lambda x: np.sin(x).sum(), real(5, 6), words="only at [3, 4]"
)
def _(x):
    g = np.cos(x)
    g[3, 4] += 0.01
    return g


@mistake(
    "one wrong element among 10,000",
    lambda x: np.sin(x).sum(),
    real(100, 100),
    words="only at [17, 31]",
)
def _(x):
    g = np.cos(x)
    g[17, 31] *= 1.5
    return g


@mistake(
    "ten thousand inputs with the wrong sign",
    lambda x: (x**2).sum() / 2,
    real(100, 100),
    words="wrong sign",
)
def _(x):
    return -x


@mistake(
    "a large matrix transposed",
    lambda W: (np.arange(120.0)[:, None] * W).sum() + (W**3).sum(),
    real(120, 120),
    words="is transposed",
)
def _(W):
    return (np.arange(120.0)[:, None] + 3 * W**2).T


@mistake(
    "a maximum that pays both winners of a tie",
    lambda x: x.max(),
    np.array([1.0, 3.0, 3.0]),
    words="tie",
)
def _(x):
    return (x == x.max()) * 1.0


@mistake(
    "columns that were meant to be a row",
    lambda w: ((X @ w - 1) ** 2).mean(),
    real(3, 1),
    words=("here shapes (6, 1) and (6,) broadcast to (6, 6)",),
)
def _(w):
    return 2 / 6 * X.T @ (X @ w - np.ones(6))


# -- functions with a memory ------------------------------------------------------------------


class Layer:
    """A layer whose backward pass keeps the input of its first call."""

    def __init__(self):
        self.cache = None

    def forward(self, x):
        if self.cache is None:
            self.cache = autograd.check.arrays.plain(x)
        return (x**3).sum()

    def backward(self, x):
        return 3 * self.cache**2


layer = Layer()
mistake("a cache that is never renewed", layer.forward, real(4), words="cache")(layer.backward)
mistake("a constant gradient", lambda x: (x**2).sum(), real(4), words="same at different inputs")(
    lambda x: np.ones(4)
)
mistake(
    "nested inputs with one of them wrong",
    lambda params: (np.tanh(params["W"]) * params["b"]).sum(),
    {"W": real(2, 3), "b": real(3)},
    words=("params['b']", "lacks a sum over axis 0"),
)(lambda params: {"W": (1 - np.tanh(params["W"]) ** 2) * params["b"], "b": np.tanh(params["W"])})
mistake(
    "the complex conjugate",
    lambda z: (z.real**2 + 3 * z.imag * z.real).sum(),
    real(3) + 1j * real(3),
    words="complex conjugate",
)(lambda z: 2 * z.real + 3 * z.imag + 3j * z.real)
mistake(
    "a Jacobian transposed",
    lambda x: np.array([[1.0, 2.0], [3.0, 4.0]]) @ np.sin(x),
    real(2),
    words="transposed",
)(lambda x: (np.array([[1.0, 2.0], [3.0, 4.0]]) * np.cos(x)).T)
