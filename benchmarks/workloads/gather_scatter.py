"""Gather and scatter: 4,096 rows, some repeated, of a table of 10,000×64, and its gradient."""

import numpy as np


def data():
    generator = np.random.default_rng(0)
    table = generator.normal(size=(10_000, 64))
    return table, generator.integers(0, 10_000, 4096), generator.normal(size=(4096, 64))


def numpy(size):
    table, indices, weights = data()

    def run():
        rows = table[indices]
        loss = (rows * rows * weights).sum()
        gradient = np.zeros_like(table)
        np.add.at(gradient, indices, 2.0 * rows * weights)
        return loss, gradient

    return run


def function(table, indices, weights):
    rows = table[indices]
    return (rows * rows * weights).sum()


def chainrule(size):
    from autograd import Tensor

    table, indices, weights = data()

    def run():
        leaf = Tensor(table)
        loss = function(leaf, indices, weights)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    table, indices, weights = map(torch.from_numpy, data())

    def run():
        leaf = table.detach().requires_grad_()
        loss = function(leaf, indices, weights)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def mygrad(size):
    import mygrad

    table, indices, weights = data()

    def run():
        leaf = mygrad.tensor(table)
        loss = function(leaf, indices, weights)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def hips(size):
    from autograd import value_and_grad

    table, indices, weights = data()
    gradient = value_and_grad(lambda table: function(table, indices, weights))
    return lambda: gradient(table)


def jax_call(jit):
    import jax

    table, indices, weights = map(jax.numpy.asarray, data())
    gradient = jax.value_and_grad(function)
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(table, indices, weights))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)
