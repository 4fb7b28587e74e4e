"""Expression of 1,500 scalar operations, recorded and differentiated for three leaves."""

REPETITIONS = 150  # of ten operations
X, W, B = 0.3, 0.9, 0.1


def expression(x, w, b, relu):
    """Use each of micrograd's operations."""
    y = x
    for _ in range(REPETITIONS):
        y = relu(y * w + b)
        y = (y - x) * 0.5 + w / 3.0
        y = y**2 - b * y
    return y


def backward_through(value):
    """Return the call for libraries with nodes, ``backward()`` and ``grad``."""

    def run():
        x, w, b = value(X), value(W), value(B)
        y = x
        for _ in range(REPETITIONS):
            y = (y * w + b).relu()
            y = (y - x) * 0.5 + w / 3.0
            y = y**2 - b * y
        y.backward()
        return x.grad, w.grad, b.grad

    return run


def floats(size):
    def run():
        x, w, b = X, W, B
        y, tape = x, []
        for _ in range(REPETITIONS):
            r = y * w + b
            r = r if r > 0.0 else 0.0
            m = (r - x) * 0.5 + w / 3.0
            tape.append((y, r, m))
            y = m * m - b * m
        gy, gx, gw, gb = 1.0, 0.0, 0.0, 0.0
        for y, r, m in reversed(tape):
            gb -= gy * m
            gm = gy * (2.0 * m - b)
            gr = gm * 0.5
            gx -= gr
            gw += gm / 3.0
            gy = 0.0
            if r > 0.0:
                gw += gr * y
                gb += gr
                gy = gr * w
        return gx + gy, gw, gb

    return run


def chainrule(size):
    from autograd import Value

    return backward_through(Value)


def chainrule_jit(size):
    from autograd import Value, jit

    @jit
    def gradient(x, w, b):
        x, w, b = Value(x), Value(w), Value(b)
        expression(x, w, b, Value.relu).backward()
        return x.grad, w.grad, b.grad

    return lambda: gradient(X, W, B)


def micrograd(size):
    from micrograd.engine import Value

    return backward_through(Value)


def torch(size):
    import torch

    return backward_through(
        lambda number: torch.tensor(number, dtype=torch.float64, requires_grad=True)
    )


def hips(size):
    import autograd.numpy as np
    from autograd import grad

    gradient = grad(lambda x, w, b: expression(x, w, b, lambda y: np.maximum(y, 0.0)), (0, 1, 2))
    return lambda: gradient(X, W, B)


def jax(size):
    import jax

    gradient = jax.grad(lambda x, w, b: expression(x, w, b, jax.nn.relu), (0, 1, 2))
    return lambda: jax.block_until_ready(gradient(X, W, B))


def jax_jit(size):
    import jax

    gradient = jax.jit(
        jax.grad(lambda x, w, b: expression(x, w, b, jax.nn.relu), argnums=(0, 1, 2))
    )
    return lambda: jax.block_until_ready(gradient(X, W, B))


def mygrad(size):
    import mygrad
    from mygrad.nnet.activations import relu

    def run():
        x, w, b = mygrad.tensor(X), mygrad.tensor(W), mygrad.tensor(B)
        expression(x, w, b, relu).backward()
        return x.grad, w.grad, b.grad

    return run


def casadi(size):
    """Build the expression once; its users then evaluate a function of numbers."""
    import casadi

    leaves = casadi.SX.sym("leaves", 3)
    y = expression(leaves[0], leaves[1], leaves[2], lambda y: casadi.fmax(y, 0))
    gradient = casadi.Function("gradient", [leaves], [y, casadi.gradient(y, leaves)])
    return lambda: gradient([X, W, B])[1].full()
