"""The same step as micrograd_demo, its network written for one example: `vmap` makes the batch."""

import numpy as np

from workloads import micrograd_demo
from workloads.micrograd_demo import DECAY, RATE, moons, network

CALLS = 3
WIDTHS = (2, 16, 16, 1)


class Number:
    """What micrograd's network needs of a Value to draw its first parameters."""

    def __init__(self, data):
        self.data = data


def start():
    """Return the parameters that micrograd's network begins with."""
    return np.array([p.data for p in network(Number).parameters()], dtype=float)


def loss(parameters, inputs, label, relu):
    """Return the loss of one example; parameters are those of one neuron after the other."""
    rest = iter(parameters)
    for outputs in WIDTHS[1:]:
        found = []
        for _ in range(outputs):
            weights = [next(rest) for _ in inputs]
            total = sum((w * x for w, x in zip(weights, inputs, strict=True)), next(rest))
            found.append(total if outputs == 1 else relu(total))
        inputs = found
    return relu(1 + -label * inputs[0])


def step_with(update):
    """Return the step, given a function from parameters to a loss and new parameters."""
    parameters = start()

    def step():
        nonlocal parameters
        total, parameters = update(parameters)
        return total

    return step


def update_of(batched):
    """Return the function that computes new parameters from the derivatives for each example."""
    X, y = map(np.array, moons())
    first, second, labels = X[:, 0].copy(), X[:, 1].copy(), y.astype(float)

    def update(parameters):
        losses, gradients = batched(parameters.tolist(), first, second, labels)
        total = np.mean(losses) + DECAY * np.sum(parameters * parameters)
        gradient = np.mean(np.stack(gradients), axis=1) + 2.0 * DECAY * parameters
        return total, parameters - RATE * gradient

    return update


def of_values():
    """Return the loss and the derivatives for one example, from numbers."""
    from autograd import Value

    def both(numbers, first, second, label):
        parameters = [Value(number) for number in numbers]
        found = loss(parameters, [Value(first), Value(second)], label, Value.relu)
        found.backward()
        return found.data, [p.grad for p in parameters]

    return both


def chainrule(size):
    from autograd import vmap

    return step_with(update_of(vmap(of_values(), in_axes=(None, 0, 0, 0))))


def chainrule_jit(size):
    from autograd import jit, vmap

    return step_with(jit(update_of(vmap(of_values(), in_axes=(None, 0, 0, 0)))))


def micrograd(size):
    return micrograd_demo.micrograd(size)


def floats(size):
    return micrograd_demo.floats(size)


def jax_jit(size):
    import jax
    import jax.numpy as jnp

    X, y = map(jnp.array, moons())

    def of_example(parameters, inputs, label):
        return loss(list(parameters), list(inputs), label, jax.nn.relu)

    both = jax.vmap(jax.value_and_grad(of_example), in_axes=(None, 0, 0))

    @jax.jit
    def update(parameters):
        losses, gradients = both(parameters, X, y)
        total = jnp.mean(losses) + DECAY * jnp.sum(parameters * parameters)
        gradient = jnp.mean(gradients, axis=0) + 2.0 * DECAY * parameters
        return total, parameters - RATE * gradient

    return step_with(lambda parameters: jax.block_until_ready(update(parameters)))
