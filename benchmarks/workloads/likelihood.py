"""Gradient of the logarithm of a gamma density, summed over 10,000 observations."""

import numpy as np

OBSERVED = np.random.RandomState(0).gamma(2.5, 1.0, 10_000)
SHAPE = np.array([2.0])


def chainrule(size):
    from autograd import grad
    from autograd.scipy.stats import gamma

    gradient = grad(lambda a: np.sum(gamma.logpdf(OBSERVED, a)))
    return lambda: gradient(SHAPE)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def hips(size):
    from autograd import grad
    from autograd import numpy as anp
    from autograd.scipy.stats import gamma

    gradient = grad(lambda a: anp.sum(gamma.logpdf(OBSERVED, a)))
    return lambda: gradient(SHAPE)


def jax_call(jit):
    import jax

    observed, shape = jax.numpy.asarray(OBSERVED), jax.numpy.asarray(SHAPE)
    gradient = jax.grad(lambda a: jax.numpy.sum(jax.scipy.stats.gamma.logpdf(observed, a)))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(shape))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)
