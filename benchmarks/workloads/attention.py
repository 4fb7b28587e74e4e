"""Self-attention (batch 8, 64 tokens, width 64, 4 heads) and its gradients for five arrays."""

import numpy as np

BATCH, TOKENS, WIDTH, HEADS = 8, 64, 64, 4
HEAD = WIDTH // HEADS


def data():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(BATCH, TOKENS, WIDTH))
    return [x, *(generator.normal(size=(WIDTH, WIDTH)) / 8 for _ in range(4))]


def split(x):
    return x.reshape(BATCH, TOKENS, HEADS, HEAD).transpose((0, 2, 1, 3))


def join(x):
    return x.transpose((0, 2, 1, 3)).reshape(BATCH, TOKENS, WIDTH)


def function(x, query, key, value, output, softmax):
    """Return the mean square of what attention gives, for arrays that have NumPy's methods."""
    scores = split(x @ query) @ split(x @ key).transpose((0, 1, 3, 2)) / HEAD**0.5
    y = join(softmax(scores) @ split(x @ value)) @ output
    return (y**2).mean()


def numpy(size):
    x, query, key, value, output = data()
    flat = x.reshape(-1, WIDTH)

    def run():
        q, k, v = split(x @ query), split(x @ key), split(x @ value)
        scores = q @ k.transpose((0, 1, 3, 2)) / HEAD**0.5
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = join(weights @ v).reshape(-1, WIDTH)
        y = mixed @ output
        g = y * (2.0 / y.size)
        g_mixed = split((g @ output.T).reshape(x.shape))
        g_weights = g_mixed @ v.transpose((0, 1, 3, 2))
        g_scores = weights * (g_weights - (g_weights * weights).sum(-1, keepdims=True))
        g_scores /= HEAD**0.5
        g_q = join(g_scores @ k).reshape(-1, WIDTH)
        g_k = join(g_scores.transpose((0, 1, 3, 2)) @ q).reshape(-1, WIDTH)
        g_v = join(weights.transpose((0, 1, 3, 2)) @ g_mixed).reshape(-1, WIDTH)
        g_x = (g_q @ query.T + g_k @ key.T + g_v @ value.T).reshape(x.shape)
        return (y**2).mean(), g_x, flat.T @ g_q, flat.T @ g_k, flat.T @ g_v, mixed.T @ g

    return run


def chainrule(size):
    from autograd import Tensor, softmax

    arrays = data()

    def run():
        leaves = [Tensor(array) for array in arrays]
        loss = function(*leaves, lambda x: softmax(x, axis=-1))
        loss.backward()
        return loss.item(), *(leaf.grad for leaf in leaves)

    return run


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    arrays = [torch.from_numpy(array) for array in data()]

    def heads(x):
        return x.view(BATCH, TOKENS, HEADS, HEAD).transpose(1, 2)

    def run():
        x, query, key, value, output = leaves = [a.detach().requires_grad_() for a in arrays]
        mixed = torch.nn.functional.scaled_dot_product_attention(
            heads(x @ query), heads(x @ key), heads(x @ value)
        )
        loss = ((mixed.transpose(1, 2).reshape(BATCH, TOKENS, WIDTH) @ output) ** 2).mean()
        loss.backward()
        return loss.item(), *(leaf.grad for leaf in leaves)

    return run


def hips(size):
    import autograd.numpy as np
    from autograd import value_and_grad

    def softmax(x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True)

    arrays = data()
    gradient = value_and_grad(lambda leaves: function(*leaves, softmax))
    return lambda: gradient(arrays)


def jax_call(jit):
    import jax

    arrays = [jax.numpy.asarray(array) for array in data()]
    gradient = jax.value_and_grad(lambda leaves: function(*leaves, jax.nn.softmax))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.tree.leaves(jax.block_until_ready(gradient(arrays)))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)


def mygrad(size):
    import mygrad
    from mygrad.nnet.activations import softmax

    arrays = data()

    def run():
        leaves = [mygrad.tensor(array) for array in arrays]
        loss = function(*leaves, lambda x: softmax(x, axis=-1))
        loss.backward()
        return loss.item(), *(leaf.grad for leaf in leaves)

    return run
