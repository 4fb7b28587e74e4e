"""Sparse Jacobian of a stiff system: the Brusselator with diffusion on a square grid.

The pattern is known: what is timed is the computation of the entries.
"""

import numpy as np

SIZES = (32, 256)
QUICK_SIZES = (32,)


def right_hand_side(np, state):
    """Return the derivatives of two concentrations on a periodic grid, with respect to time."""
    u, v = state
    spread = lambda x: (  # noqa: E731
        np.roll(x, 1, 0) + np.roll(x, -1, 0) + np.roll(x, 1, 1) + np.roll(x, -1, 1) - 4 * x
    )
    reaction = u * u * v
    return np.stack(
        [1 + reaction - 4.4 * u + 0.1 * spread(u), 3.4 * u - reaction + 0.1 * spread(v)]
    )


def data(size):
    return np.random.RandomState(0).rand(2, size, size)


def numpy(size):
    import scipy.sparse

    u, v = data(size).reshape(2, -1)
    n = size
    ring = scipy.sparse.diags_array(
        [1.0, 1.0, -2.0, 1.0, 1.0], offsets=[1 - n, -1, 0, 1, n - 1], shape=(n, n)
    )
    one = scipy.sparse.eye_array(n)
    spread = 0.1 * (scipy.sparse.kron(ring, one) + scipy.sparse.kron(one, ring))

    def by_hand():
        diagonal = scipy.sparse.diags_array
        blocks = [
            [spread + diagonal(2 * u * v - 4.4), diagonal(u * u)],
            [diagonal(3.4 - 2 * u * v), spread - diagonal(u * u)],
        ]
        return scipy.sparse.block_array(blocks, format="csr").data

    return by_hand


def chainrule(size):
    from autograd import sparse_jacobian

    state = data(size)
    derivative = sparse_jacobian(lambda state: right_hand_side(np, state))
    derivative(state)
    return lambda: derivative(state).data


def asdex(size):
    import asdex
    import jax

    state = jax.numpy.asarray(data(size).ravel())

    def flat(state):
        return right_hand_side(jax.numpy, state.reshape(2, size, size)).ravel()

    derivative = jax.jit(asdex.jacobian(flat, state))
    return lambda: jax.block_until_ready(derivative(state)).data
