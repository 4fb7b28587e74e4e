"""Gradients of each of 256 examples, a network 64-64-10 with cross-entropy."""

import numpy as np


def data():
    random = np.random.RandomState(0)
    weights = (
        random.randn(64, 64) / 8,
        random.randn(64),
        random.randn(10, 64) / 8,
        random.randn(10),
    )
    return weights, random.randn(256, 64), random.randint(0, 10, 256)


def numpy(size):
    (w1, b1, w2, b2), inputs, classes = data()

    def gradients():
        hidden = np.maximum(inputs @ w1.T + b1, 0.0)
        logits = hidden @ w2.T + b2
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        by_logits = exponentials / exponentials.sum(axis=1, keepdims=True)
        by_logits[np.arange(256), classes] -= 1.0
        by_hidden = (by_logits @ w2) * (hidden > 0)
        outer = by_hidden[:, :, None] * inputs[:, None]
        return outer, by_hidden, by_logits[:, :, None] * hidden[:, None], by_logits

    return gradients


def chainrule(size):
    from autograd import grad, logsumexp, vmap

    weights, inputs, classes = data()
    chosen = np.eye(10)[classes]

    def loss(weights, x, chosen):
        w1, b1, w2, b2 = weights
        logits = w2 @ np.maximum(w1 @ x + b1, 0.0) + b2
        return logsumexp(logits) - logits @ chosen

    gradients = vmap(grad(loss), in_axes=(None, 0, 0))
    return lambda: gradients(weights, inputs, chosen)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    weights, inputs, classes = data()
    weights, inputs = tuple(map(torch.from_numpy, weights)), torch.from_numpy(inputs)
    classes = torch.from_numpy(classes)

    def loss(weights, x, target):
        w1, b1, w2, b2 = weights
        logits = w2 @ torch.relu(w1 @ x + b1) + b2
        return torch.nn.functional.cross_entropy(logits, target)

    gradients = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return lambda: gradients(weights, inputs, classes)


def jax_call(jit):
    import jax

    weights, inputs, classes = jax.tree.map(jax.numpy.asarray, data())

    def loss(weights, x, target):
        w1, b1, w2, b2 = weights
        logits = w2 @ jax.nn.relu(w1 @ x + b1) + b2
        return jax.nn.logsumexp(logits) - logits[target]

    gradients = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))
    if jit:
        gradients = jax.jit(gradients)
    return lambda: jax.block_until_ready(gradients(weights, inputs, classes))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)
