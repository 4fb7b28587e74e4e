"""Price of an option and its delta and vega in 100,000 scenarios, from a formula for one."""

import math

COUNT = 100_000
STRIKE, RATE, TIME = 100.0, 0.03, 0.75


def numbers():
    import numpy as np

    generator = np.random.default_rng(0)
    return generator.uniform(60.0, 150.0, COUNT), generator.uniform(0.1, 0.6, COUNT)


def share(x, exp):
    """The normal distribution, formula 26.2.17 of Abramowitz and Stegun, as textbooks write it."""
    if x < 0.0:
        return 1.0 - share(-x, exp)
    t = 1.0 / (1.0 + 0.2316419 * x)
    tail = t * (
        0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    )
    return 1.0 - exp(x * x * -0.5) * 0.3989422804014327 * tail


def price(spot, volatility, log, exp, share=share):
    width = volatility * math.sqrt(TIME)
    d = (log(spot / STRIKE) + (RATE + volatility * volatility * 0.5) * TIME) / width
    later = STRIKE * math.exp(-RATE * TIME)
    return spot * share(d, exp) - later * share(d - width, exp)


def chainrule(size):
    import numpy as np

    from autograd import value_and_grad, vmap

    batched = vmap(value_and_grad(lambda s, v: price(s, v, np.log, np.exp), (0, 1)))
    spots, volatilities = numbers()
    return lambda: batched(spots, volatilities)


def numpy(size):
    """The same formula without branches and its derivatives, by hand."""
    import numpy as np

    spots, volatilities = numbers()

    def run():
        root = math.sqrt(TIME)
        width = volatilities * root
        d = (np.log(spots / STRIKE) + (RATE + volatilities**2 * 0.5) * TIME) / width
        later = STRIKE * math.exp(-RATE * TIME)
        value, by_spot, by_volatility = 0.0, 0.0, 0.0
        d_spot = 1.0 / (spots * width)
        d_volatility = root - d / volatilities
        for factor, x, more in ((spots, d, 0.0), (-later, d - width, root)):
            a = np.abs(x)
            t = 1.0 / (1.0 + 0.2316419 * a)
            sums, slope = 1.330274429, 0.0
            for c in (-1.821255978, 1.781477937, -0.356563782, 0.31938153, 0.0):
                slope = slope * t + sums
                sums = sums * t + c
            density = np.exp(a * a * -0.5) * 0.3989422804014327
            upper = density * sums
            by_x = density * (a * sums + 0.2316419 * slope * t * t)
            share = np.where(x < 0.0, upper, 1.0 - upper)
            value = value + factor * share
            by_spot = by_spot + factor * by_x * d_spot + (share if factor is spots else 0.0)
            by_volatility = by_volatility + factor * by_x * (d_volatility - more)
        return value, (by_spot, by_volatility)

    return run


def jax_jit(size):
    import jax
    from jax import numpy as jnp

    def without_branches(x, exp):
        found = share_of(jnp.abs(x), exp)
        return jnp.where(x < 0.0, 1.0 - found, found)

    def share_of(x, exp):
        t = 1.0 / (1.0 + 0.2316419 * x)
        tail = t * (
            0.31938153
            + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
        )
        return 1.0 - exp(x * x * -0.5) * 0.3989422804014327 * tail

    def of_arrays(spot, volatility):
        return price(spot, volatility, jnp.log, jnp.exp, without_branches)

    batched = jax.jit(jax.vmap(jax.value_and_grad(of_arrays, (0, 1))))
    spots, volatilities = numbers()
    return lambda: jax.block_until_ready(batched(spots, volatilities))
