"""Wide fan-out: one number used n times, whose gradient is the sum over all uses."""

SIZES = (10**2, 10**3, 10**4, 10**5)
QUICK_SIZES = (10**2, 10**3)
LARGEST = {
    "micrograd": 10**4,
    "torch": 10**4,
    "jax": 10**2,
    "hips": 10**4,
    "mygrad": 10**4,
    "casadi": 10**4,
}


def function(x, n):
    total = 0.0
    for i in range(n):
        total = total + x * (1.0 / (i + 1))
    return total


def backward_through(value, n):
    def run():
        x = value(0.5)
        function(x, n).backward()
        return x.grad

    return run


def floats(n):
    def run():
        x, total, weights = 0.5, 0.0, []
        for i in range(n):
            weight = 1.0 / (i + 1)
            total = total + x * weight
            weights.append(weight)
        gradient = 0.0
        for weight in reversed(weights):
            gradient += weight
        return gradient

    return run


def chainrule(n):
    from autograd import Value

    return backward_through(Value, n)


def textbook(n):
    from textbook import Value

    return backward_through(Value, n)


def micrograd(n):
    from micrograd.engine import Value

    return backward_through(Value, n)


def torch(n):
    import torch

    return backward_through(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True), n)


def mygrad(n):
    import mygrad

    return backward_through(mygrad.tensor, n)


def hips(n):
    from autograd import grad

    gradient = grad(lambda x: function(x, n))
    return lambda: gradient(0.5)


def jax(n):
    import jax

    gradient = jax.grad(lambda x: function(x, n))
    return lambda: jax.block_until_ready(gradient(0.5))


def jax_jit(n):
    """A loop of JAX's own, as its users write long ones."""
    import jax

    def add(total, weight, x):
        return total + x * weight, None

    def total(x):
        weights = 1.0 / (jax.numpy.arange(n) + 1.0)
        return jax.lax.scan(lambda t, w: add(t, w, x), 0.0, weights)[0]

    gradient = jax.jit(jax.grad(total))
    return lambda: jax.block_until_ready(gradient(0.5))


def casadi(n):
    """CasADi finds out, once, that this derivative is a constant."""
    import casadi

    x = casadi.SX.sym("x")
    gradient = casadi.Function("gradient", [x], [casadi.gradient(function(x, n), x)])
    return lambda: gradient(0.5).full()
