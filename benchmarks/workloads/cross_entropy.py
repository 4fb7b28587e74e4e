"""Softmax cross-entropy of a batch of 128 with 1,000 classes, and the gradient of the logits."""

import numpy as np

SIZES = ("float32", "float64")
TOLERANCE = 1e-4
BATCH, CLASSES = 128, 1000


def data(dtype):
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(BATCH, CLASSES)).astype(dtype)
    return logits, generator.integers(0, CLASSES, BATCH)


def numpy(dtype):
    logits, labels = data(dtype)
    rows = np.arange(BATCH)

    def run():
        shifted = logits - logits.max(axis=1, keepdims=True)
        chosen = shifted[rows, labels]
        exponentials = np.exp(shifted, out=shifted)
        totals = exponentials.sum(axis=1, keepdims=True)
        loss = (np.log(totals[:, 0]) - chosen).mean()
        gradient = exponentials
        gradient /= totals * BATCH
        gradient[rows, labels] -= 1.0 / BATCH
        return loss, gradient

    return run


def chainrule(dtype):
    import nn
    from autograd import Tensor

    logits, labels = data(dtype)

    def run():
        leaf = Tensor(logits)
        loss = nn.cross_entropy(leaf, labels)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch

    logits, labels = map(torch.from_numpy, data(dtype))

    def run():
        leaf = logits.detach().requires_grad_()
        loss = torch.nn.functional.cross_entropy(leaf, labels)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def hips(dtype):
    import autograd.numpy as np
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    logits, labels = data(dtype)
    rows = np.arange(BATCH)
    gradient = value_and_grad(lambda x: np.mean(logsumexp(x, axis=1) - x[rows, labels]))
    return lambda: gradient(logits)


def jax_call(dtype, jit):
    import jax

    logits, labels = map(jax.numpy.asarray, data(dtype))
    rows = jax.numpy.arange(BATCH)
    gradient = jax.value_and_grad(lambda x: -jax.nn.log_softmax(x)[rows, labels].mean())
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(logits))


def jax(dtype):
    return jax_call(dtype, jit=False)


def jax_jit(dtype):
    return jax_call(dtype, jit=True)


def mygrad(dtype):
    import mygrad
    from mygrad.nnet.losses import softmax_crossentropy

    logits, labels = data(dtype)

    def run():
        leaf = mygrad.tensor(logits)
        loss = softmax_crossentropy(leaf, labels)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def tinygrad(dtype):
    from tinygrad import Tensor, TinyJit

    logits, labels = (Tensor(array).realize() for array in data(dtype))

    @TinyJit
    def both():
        loss = logits.sparse_categorical_crossentropy(labels)
        return loss.realize(), loss.gradient(logits)[0].realize()

    return lambda: [t.numpy() for t in both()]
