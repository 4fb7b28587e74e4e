"""Layers and losses as people write them in NumPy."""

import numpy as np
from check.right.table import mask, normal, right, uniform, whole
from scipy.special import expit, logsumexp, softmax


def relu(x):
    return np.maximum(0, x)


def two_layers(W, V, X, y):
    return np.mean((relu(X @ W) @ V - y) ** 2)


def two_layers_gradient(W, V, X, y):
    H = relu(X @ W)
    d = 2 * (H @ V - y) / y.size
    return X.T @ ((d @ V.T) * (H > 0)), H.T @ d


def three_layers(W1, W2, W3, X):
    return np.sum(relu(relu(X @ W1) @ W2) @ W3)


def three_layers_gradient(W1, W2, W3, X):
    A = relu(X @ W1)
    B = relu(A @ W2)
    dB = np.broadcast_to(W3.sum(1), B.shape) * (B > 0)
    dA = (dB @ W2.T) * (A > 0)
    return X.T @ dA, A.T @ dB, np.broadcast_to(B.sum(0)[:, None], W3.shape)


def cross_entropy(W, X, y):
    Z = X @ W
    return np.mean(logsumexp(Z, axis=1) - Z[np.arange(len(y)), y])


def cross_entropy_gradient(W, X, y):
    P = softmax(X @ W, axis=1)
    P[np.arange(len(y)), y] -= 1
    return X.T @ P / P.dtype.type(len(y))


def hinge(W, X, y):
    scores = X @ W
    margins = relu(scores - scores[np.arange(len(y)), y][:, None] + 1)
    return (margins.sum() - len(y)) / X.dtype.type(len(y))


def hinge_gradient(W, X, y):
    scores = X @ W
    active = (scores - scores[np.arange(len(y)), y][:, None] + 1 > 0).astype(X.dtype)
    active[np.arange(len(y)), y] -= active.sum(1)
    return X.T @ active / X.dtype.type(len(y))


def binary_hinge(w, b, X, s):
    return relu(1 - s * (X @ w + b)).mean() + 0.01 * w @ w


def binary_hinge_gradient(w, b, X, s):
    g = -s * (s * (X @ w + b) < 1) / X.dtype.type(len(s))
    return X.T @ g + 0.02 * w, g.sum()


def pooled(x):
    return x.reshape(x.shape[0] // 2, 2, -1, 2).max(axis=(1, 3)).sum()


def pooled_gradient(x):
    blocks = x.reshape(x.shape[0] // 2, 2, -1, 2)
    return (blocks == blocks.max(axis=(1, 3), keepdims=True)).reshape(x.shape).astype(x.dtype)


def normalise(z, eps=1e-5):
    return (z - z.mean(0)) / np.sqrt(z.var(0) + eps)


def normalise_backward(g, z, eps=1e-5):
    s = np.sqrt(z.var(0) + eps)
    n = (z - z.mean(0)) / s
    return (g - g.mean(0) - n * (g * n).mean(0)) / s


def normalised_layer(W, b, gamma, X):
    return np.sum(np.tanh(gamma * normalise(X @ W + b)))


def normalised_layer_gradient(W, b, gamma, X):
    z = X @ W + b
    n = normalise(z)
    d = 1 - np.tanh(gamma * n) ** 2
    dz = normalise_backward(d * gamma, z)
    return X.T @ dz, np.zeros_like(b), (d * n).sum(0)


def conv1d(x, k):
    return relu(np.convolve(x, k, mode="valid")).sum()


def conv1d_gradient(x, k):
    d = (np.convolve(x, k, mode="valid") > 0).astype(x.dtype)
    return np.convolve(d, k[::-1], mode="full"), np.correlate(x, d, mode="valid")[::-1]


def recur(W, h, X):
    for x in X:
        h = np.tanh(W @ h + x)
    return h.sum()


def recur_gradient(W, h, X):
    hs = [h]
    for x in X:
        hs.append(np.tanh(W @ hs[-1] + x))
    dW, d = np.zeros_like(W), np.ones_like(h)
    for before, after in zip(hs[-2::-1], hs[:0:-1], strict=True):
        a = d * (1 - after**2)
        dW += np.outer(a, before)
        d = W.T @ a
    return dW, d


def attend(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.dtype.type(Q.shape[1]))
    scores = np.where(np.tri(len(Q), dtype=bool), scores, -np.inf)
    return (softmax(scores, axis=1) @ V).sum()


def attend_gradient(Q, K, V):
    scale = np.sqrt(Q.dtype.type(Q.shape[1]))
    P = softmax(np.where(np.tri(len(Q), dtype=bool), Q @ K.T / scale, -np.inf), axis=1)
    dP = np.broadcast_to(V.sum(1), P.shape)
    dS = P * (dP - (P * dP).sum(1, keepdims=True)) / scale
    return dS @ K, dS.T @ Q, np.broadcast_to(P.sum(0)[:, None], V.shape)


def embed(E, words):
    return np.sum(np.tanh(E[words].sum(1)) ** 2)


def embed_gradient(E, words):
    t = np.tanh(E[words].sum(1))
    dE = np.zeros_like(E)
    np.add.at(dE, words, (2 * t * (1 - t * t))[:, None, :])
    return dE


def leaky(x, slope):
    return np.where(x > 0, x, slope * x)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))


def gelu_gradient(x):
    t = np.tanh(0.7978845608 * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608 * (1 + 3 * 0.044715 * x**2)


def triplet(a, p, n):
    return relu(((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + 0.5).sum()


def triplet_gradient(a, p, n):
    on = (((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + 0.5 > 0)[:, None]
    return 2 * on * (n - p), -2 * on * (a - p), 2 * on * (a - n)


NETWORKS = [
    right("a relu layer and a fixed head", lambda W, X, v: np.sum(relu(X @ W) @ v), lambda W, X, v: X.T @ ((X @ W > 0) * v), normal(8, 5), data=(normal(20, 8), normal(5)), seeds=20),
    right("a wider relu layer", lambda W, X, v: np.sum(relu(X @ W) @ v), lambda W, X, v: X.T @ ((X @ W > 0) * v), normal(6, 30), data=(normal(50, 6), normal(30)), seeds=6),
    right("a relu network with squared loss", two_layers, two_layers_gradient, normal(6, 7), normal(7, 2), data=(normal(30, 6), normal(30, 2)), seeds=12),
    right("a relu network of three layers", three_layers, three_layers_gradient, normal(5, 6), normal(6, 6), normal(6, 2), data=(normal(16, 5),), seeds=12),
    right("a relu layer whose weights are 1e-3", lambda W, X: relu(X @ W).sum(), lambda W, X: X.T @ (X @ W > 0).astype(X.dtype), normal(8, 4, scale=1e-3), data=(normal(25, 8),), seeds=6),
    right("a relu layer whose inputs are pixels", lambda W, X: relu(X @ W).sum(), lambda W, X: X.T @ (X @ W > 0).astype(X.dtype), normal(9, 4, scale=0.01), data=(uniform(0, 255, 20, 9),), seeds=3),
    right("a leaky relu layer", lambda W, X, s: leaky(X @ W, s).sum(), lambda W, X, s: X.T @ np.where(X @ W > 0, X.dtype.type(1), s), normal(6, 5), data=(normal(20, 6), 0.01), seeds=6),
    right("an absolute error", lambda w, X, y: np.abs(X @ w - y).sum(), lambda w, X, y: X.T @ np.sign(X @ w - y), normal(6), data=(normal(40, 6), normal(40)), seeds=6),
    right("a multiclass hinge loss", hinge, hinge_gradient, normal(5, 4), data=(normal(25, 5), whole(0, 4, 25)), seeds=6),
    right("a support vector machine", binary_hinge, binary_hinge_gradient, normal(6), 0.3, data=(normal(40, 6), lambda r: r.choice([-1.0, 1.0], 40)), seeds=6),
    right("a triplet loss", triplet, triplet_gradient, normal(6, 3), normal(6, 3), normal(6, 3), seeds=4),
    right("max pooling", pooled, pooled_gradient, normal(6, 8), seeds=4),
    right("a cross-entropy", cross_entropy, cross_entropy_gradient, normal(5, 4), data=(normal(25, 5), whole(0, 4, 25))),
    right("a cross-entropy of confident scores", cross_entropy, cross_entropy_gradient, normal(5, 4, scale=30), data=(normal(25, 5), whole(0, 4, 25)), seeds=3),
    right("a logistic loss of large margins", lambda w, X: np.logaddexp(0, X @ w).sum(), lambda w, X: X.T @ expit(X @ w), normal(4, scale=40), data=(normal(30, 4),), seeds=3),
    right("batch normalisation after a bias", normalised_layer, normalised_layer_gradient, normal(4, 3), normal(3), normal(3), data=(normal(16, 4),), seeds=6),
    right("batch normalisation of a large offset", lambda z, v: (normalise(z) ** 3 @ v).sum(), lambda z, v: normalise_backward(3 * normalise(z) ** 2 * v, z), normal(12, 2, shift=100), data=(normal(2),), seeds=3),
    right("the sum of a softmax row", lambda W, X: softmax(X @ W, axis=1).sum(), lambda W, X: np.zeros_like(W), normal(4, 3), data=(normal(9, 4),), seeds=4),
    right("a softmax whose scores are shifted", lambda b, Z, t: (softmax(Z + b, axis=1) * t).sum(), lambda b, Z, t: (softmax(Z + b, axis=1) * (t - (softmax(Z + b, axis=1) * t).sum(1, keepdims=True))).sum(keepdims=True)[0] * np.ones_like(b), [0.3], data=(normal(6, 4), normal(6, 4)), seeds=3),
    right("a convolution and relu", conv1d, conv1d_gradient, normal(30), normal(3), seeds=6),
    right("a recurrent network of 40 steps", recur, recur_gradient, normal(4, 4, scale=0.6), normal(4), data=(normal(40, 4),), seeds=3),
    right("masked attention", attend, attend_gradient, normal(5, 4), normal(5, 4), normal(5, 3), seeds=3),
    right("an embedding of repeated words", embed, embed_gradient, normal(6, 3), data=(whole(0, 6, 7, 4),)),
    right("dropout with a fixed mask", lambda W, X, m: (np.tanh(X @ W) * m / 0.6).sum(), lambda W, X, m: X.T @ ((1 - np.tanh(X @ W) ** 2) * m / X.dtype.type(0.6)), normal(4, 3), data=(normal(10, 4), mask(10, 3))),
    right("gelu by its tanh formula", lambda x: gelu(x).sum(), gelu_gradient, normal(12, scale=4), seeds=3),
    right("softplus of large numbers", lambda x: np.logaddexp(0, x).sum(), expit, [-300.0, -40.0, -1e-3, 0.0, 1e-3, 17.0, 300.0]),
    right("a log-sum-exp of large numbers", lambda x: logsumexp(x), softmax, [1e4, 1e4 - 2, 1e4 - 30, -1e4]),
    right("an elastic net", lambda w, X, y: ((X @ w - y) ** 2).mean() + 0.1 * np.abs(w).sum(), lambda w, X, y: 2 * X.T @ (X @ w - y) / X.dtype.type(len(y)) + X.dtype.type(0.1) * np.sign(w), normal(7), data=(normal(20, 7), normal(20)), seeds=3),
]  # fmt: skip
