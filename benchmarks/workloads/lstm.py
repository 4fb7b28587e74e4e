"""Hand-written LSTM: the gradient of 50 steps, batch 32, width 64."""

import numpy as np

SIZES = ("float32", "float64")
QUICK_SIZES = ("float32",)
TOLERANCE = 1e-2  # float32 over fifty steps
STEPS, BATCH, WIDTH = 50, 32, 64


def data(dtype):
    random = np.random.RandomState(0)
    inputs = random.randn(STEPS, BATCH, WIDTH).astype(dtype)
    weights = {gate: (random.randn(2 * WIDTH + 1, WIDTH) / 11).astype(dtype) for gate in "fioc"}
    return inputs, weights


def loss_of(w, inputs, h, ones, hstack, sigmoid, tanh):
    """Return the sum of the squares of the last state, for arrays of any library."""
    c = h
    for x in inputs:
        both = hstack((x, h, ones))
        c = sigmoid(both @ w["f"]) * c + sigmoid(both @ w["i"]) * tanh(both @ w["c"])
        h = sigmoid(both @ w["o"]) * tanh(c)
    return (h**2).sum()


def chainrule(dtype):
    from autograd import grad, sigmoid

    inputs, weights = data(dtype)
    start, ones = np.zeros((BATCH, WIDTH), dtype), np.ones((BATCH, 1), dtype)
    gradient = grad(lambda w: loss_of(w, inputs, start, ones, np.hstack, sigmoid, np.tanh))
    return lambda: gradient(weights)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def numpy(dtype):
    inputs, weights = data(dtype)
    start, ones = np.zeros((BATCH, WIDTH), dtype), np.ones((BATCH, 1), dtype)

    def sigmoid(x):
        return 0.5 * (np.tanh(0.5 * x) + 1.0)

    def run():
        h = c = start
        tape = []
        for x in inputs:
            both = np.hstack((x, h, ones))
            f, i, o = (sigmoid(both @ weights[gate]) for gate in "fio")
            candidate = np.tanh(both @ weights["c"])
            before, c = c, f * c + i * candidate
            squashed = np.tanh(c)
            h = o * squashed
            tape.append((both, f, i, o, candidate, before, squashed))
        gradients = {gate: np.zeros_like(w) for gate, w in weights.items()}
        g_h, g_c = 2.0 * h, np.zeros_like(h)
        for both, f, i, o, candidate, before, squashed in reversed(tape):
            g_c = g_c + g_h * o * (1.0 - squashed * squashed)
            inside = {
                "f": g_c * before * f * (1.0 - f),
                "i": g_c * candidate * i * (1.0 - i),
                "o": g_h * squashed * o * (1.0 - o),
                "c": g_c * i * (1.0 - candidate * candidate),
            }
            g_h = np.zeros_like(g_h)
            for gate, g in inside.items():
                gradients[gate] += both.T @ g
                g_h += g @ weights[gate][WIDTH:-1].T
            g_c = g_c * f
        return gradients

    return run


def torch(dtype):
    import torch

    inputs, weights = data(dtype)
    inputs = torch.from_numpy(inputs)
    start, ones = torch.zeros(BATCH, WIDTH).to(inputs), torch.ones(BATCH, 1).to(inputs)
    w = {gate: torch.tensor(array, requires_grad=True) for gate, array in weights.items()}

    def run():
        loss = loss_of(w, inputs, start, ones, torch.hstack, torch.sigmoid, torch.tanh)
        return torch.autograd.grad(loss, list(w.values()))

    return run


def hips(dtype):
    import autograd.numpy as np
    from autograd import grad

    inputs, weights = data(dtype)
    start, ones = np.zeros((BATCH, WIDTH), dtype), np.ones((BATCH, 1), dtype)

    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1.0)

    gradient = grad(lambda w: loss_of(w, inputs, start, ones, np.hstack, sigmoid, np.tanh))
    return lambda: gradient(weights)


def jax_call(dtype, jit):
    """Loop by JAX's own `scan` when compiled."""
    import jax
    import jax.numpy as jnp

    inputs, weights = jax.tree.map(jnp.asarray, data(dtype))
    start, ones = jnp.zeros((BATCH, WIDTH), dtype), jnp.ones((BATCH, 1), dtype)

    def scanned(w):
        def cell(state, x):
            h, c = state
            both = jnp.hstack((x, h, ones))
            forget, take, give = (jax.nn.sigmoid(both @ w[gate]) for gate in "fio")
            c = forget * c + take * jnp.tanh(both @ w["c"])
            return (give * jnp.tanh(c), c), None

        (h, _), _ = jax.lax.scan(cell, (start, start), inputs)
        return (h**2).sum()

    def looped(w):
        return loss_of(w, inputs, start, ones, jnp.hstack, jax.nn.sigmoid, jnp.tanh)

    gradient = jax.jit(jax.grad(scanned)) if jit else jax.grad(looped)

    def run():
        found = jax.block_until_ready(gradient(weights))
        return [found[gate] for gate in "fioc"]

    return run


def jax(dtype):
    return jax_call(dtype, jit=False)


def jax_jit(dtype):
    return jax_call(dtype, jit=True)
