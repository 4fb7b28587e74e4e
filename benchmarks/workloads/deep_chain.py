"""Deep chain: n operations, each on the result of the previous one."""

SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)
QUICK_SIZES = (10**3, 10**4)
LARGEST = {
    "interpreted": 10**6,
    "textbook": 10**5,
    "micrograd": 10**5,
    "torch": 10**4,
    "mygrad": 10**4,
    "hips": 10**4,
    "jax_jit": 10**6,
    "casadi": 10**4,
}


def function(x, n):
    y = x
    for _ in range(n // 2):
        y = y * 0.999 + x
    return y


def backward_through(value, n):
    def run():
        x = value(0.5)
        function(x, n).backward()
        return x.grad

    return run


def floats(n):
    """The derivative of each operation is a constant: nothing need be kept."""

    def run():
        x = y = 0.5
        for _ in range(n // 2):
            y = y * 0.999 + x
        gradient, gy = 0.0, 1.0
        for _ in range(n // 2):
            gradient += gy
            gy *= 0.999
        return gradient + gy

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


def jax_jit(n):
    """A loop of JAX's own, as its users write long ones."""
    import jax

    def last(x):
        return jax.lax.scan(lambda y, _: (y * 0.999 + x, None), x, length=n // 2)[0]

    gradient = jax.jit(jax.grad(last))
    return lambda: jax.block_until_ready(gradient(0.5))


def casadi(n):
    """CasADi finds out, once, that this derivative is a constant."""
    import casadi

    x = casadi.SX.sym("x")
    gradient = casadi.Function("gradient", [x], [casadi.gradient(function(x, n), x)])
    return lambda: gradient(0.5).full()
