"""One step of Adam, without computing a gradient."""

import numpy as np

SHAPES = {
    "100 parameters of 8×8": [(8, 8)] * 100,
    "784-256-128-10": [(784, 256), (256,), (256, 128), (128,), (128, 10), (10,)],
}
SIZES = tuple(f"{shapes}, {kind}" for shapes in SHAPES for kind in ("float32", "float64"))
QUICK_SIZES = SIZES[:1]
CALLS = 3
TOLERANCE = 1e-4


def data(size):
    shapes, dtype = size.rsplit(", ", 1)
    random = np.random.default_rng(0)
    weights = [random.normal(size=shape).astype(dtype) for shape in SHAPES[shapes]]
    return weights, [random.normal(size=w.shape).astype(dtype) for w in weights]


def numpy(size):
    weights, gradients = data(size)
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps = 0

    def step():
        nonlocal steps
        steps += 1
        for w, g, m, v in zip(weights, gradients, first, second, strict=True):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * (g * g)
            mean, square = m / (1 - 0.9**steps), v / (1 - 0.999**steps)
            w -= 1e-3 * mean / (np.sqrt(square) + 1e-8)
        return weights[0]

    return step


def chainrule(size):
    import nn
    from autograd import Tensor

    weights, gradients = data(size)
    parameters = [Tensor(w) for w in weights]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    adam = nn.optim.Adam(parameters)

    def step():
        adam.step()
        return parameters[0].data

    return step


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    weights, gradients = data(size)
    parameters = [torch.from_numpy(w).requires_grad_() for w in weights]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = torch.from_numpy(gradient)
    adam = torch.optim.Adam(parameters)

    def step():
        adam.step()
        return parameters[0]

    return step
