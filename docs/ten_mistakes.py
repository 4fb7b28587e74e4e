"""Ten gradients with a mistake in each, for the page that compares gradient checkers.

`CASES` lists a title, what the mistake is, the function, its gradient and the inputs.
"""

import numpy as np

generator = np.random.default_rng(0)


def normal(*shape):
    """Return random numbers."""
    return generator.normal(size=shape)


X, labels, targets = normal(6, 3), np.array([0, 2, 1, 3, 3, 0]), normal(6, 4)


def cross_entropy(W):
    scores = np.exp(X @ W)
    p = scores / scores.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(6), labels]).mean()


def cross_entropy_gradient(W):
    scores = np.exp(X @ W)
    p = scores / scores.sum(axis=1, keepdims=True)
    return X.T @ (p - np.eye(4)[labels])


def layer(W, b):
    h = np.tanh(X @ W + b)
    return np.sum((h - targets) ** 2)


def layer_gradient(W, b):
    h = np.tanh(X @ W + b)
    d = 2 * (h - targets) * (1 - h)
    return X.T @ d, d.sum(axis=0)


def bias_gradient(W, b):
    h = np.tanh(X @ W + b)
    d = 2 * (h - targets) * (1 - h**2)
    return X.T @ d, d


S, v = normal(4, 4), normal(4)


def chain(A):
    return np.sum(np.sin(A @ S @ v))


def chain_gradient(A):
    return np.outer(S @ v, np.cos(A @ S @ v))


c = normal(400)


def long_sum(x):
    return np.sum(c * np.sin(x))


def long_gradient(x):
    d = c * np.cos(x)
    d[317] = -d[317]
    return d


weights = normal(3, 4)


def normalised(x):
    y = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    return np.sum(weights * y)


def normalised_gradient(x):
    d = weights - weights.mean(axis=1, keepdims=True)
    return d / x.std(axis=1, keepdims=True)


def leaky(x):
    return np.sum(np.where(x > 0, x, 0.1 * x) ** 2)


def leaky_gradient(x):
    y = np.where(x > 0, x, 0.1 * x)
    return 2 * y * np.where(x > 0, 1, 0)


def scales(x):
    return 1e6 * x[0] ** 2 + np.sum(1e-3 * x[1:] ** 2)


def scales_gradient(x):
    return np.concatenate([2e6 * x[:1], 1e-3 * x[1:]])


noise = np.random.default_rng(1)


def dropout(x):
    mask = noise.random(x.shape) < 0.8
    return np.sum((x * mask) ** 2)


def dropout_gradient(x):
    return 2 * x * 0.8


model = {"W": normal(3, 4)}


def model_loss(W):
    return np.sum(np.tanh(X @ model["W"]) ** 2)


def model_gradient(W):
    return np.zeros_like(W)


CASES = [
    ("A missing division", "The loss is a mean over 6 rows, the gradient a sum.", cross_entropy, cross_entropy_gradient, [normal(3, 4)]),
    ("A wrong derivative", "The derivative of tanh is 1 - h², not 1 - h.", layer, layer_gradient, [normal(3, 4), normal(4)]),
    ("A missing sum", "The gradient of b has a row for each example.", layer, bias_gradient, [normal(3, 4), normal(4)]),
    ("A transposed matrix", "The operands of the outer product are exchanged; the matrix is square.", chain, chain_gradient, [normal(4, 4)]),
    ("One element of 400", "Element 317 has the wrong sign.", long_sum, long_gradient, [normal(400)]),
    ("A missing path", "The standard deviation depends on x as well.", normalised, normalised_gradient, [normal(3, 4)]),
    ("Wrong for negative numbers", "The slope there is 0.1, not 0.", leaky, leaky_gradient, [normal(5)]),
    ("Small beside large", "The small derivatives lack a factor of 2.", scales, scales_gradient, [1 + normal(4) ** 2]),
    ("A random function", "The mask is drawn anew in each call.", dropout, dropout_gradient, [normal(4)]),
    ("Inputs that are not used", "The function uses the model's W instead of its argument.", model_loss, model_gradient, [normal(3, 4)]),
]  # fmt: skip
