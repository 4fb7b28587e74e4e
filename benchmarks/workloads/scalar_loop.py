"""Gradient of a Python function of two floats, a loop of 1,500 operations."""

REPETITIONS = 125  # of twelve operations


def function(x, w):
    y = x
    for _ in range(REPETITIONS):
        y = y * w + 0.1
        y = (y - x) * 0.5 + w / 3.0
        y = y * y - 0.1 * y
        y = y * 0.9 + x
        y = y / (1.0 + x)
    return y


def floats(size):
    def run():
        x, w = 0.3, 0.9
        y, tape = x, []
        for _ in range(REPETITIONS):
            m = (y * w + 0.1 - x) * 0.5 + w / 3.0
            last = ((m * m - 0.1 * m) * 0.9 + x) / (1.0 + x)
            tape.append((y, m, last))
            y = last
        gy, gx, gw = 1.0, 0.0, 0.0
        for y, m, last in reversed(tape):
            g = gy / (1.0 + x)
            gx += g - g * last
            gm = 0.9 * g * (2.0 * m - 0.1)
            gw += gm / 3.0 + 0.5 * gm * y
            gx -= 0.5 * gm
            gy = 0.5 * gm * w
        return gx + gy, gw

    return run


def chainrule(size):
    from autograd import grad

    gradient = grad(function, (0, 1))
    return lambda: gradient(0.3, 0.9)


hips = chainrule


def jax(size):
    import jax

    gradient = jax.grad(function, (0, 1))
    return lambda: jax.block_until_ready(gradient(0.3, 0.9))


def jax_jit(size):
    import jax

    gradient = jax.jit(jax.grad(function, (0, 1)))
    return lambda: jax.block_until_ready(gradient(0.3, 0.9))
