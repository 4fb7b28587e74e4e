"""Training step of the network of PyTorch's MNIST example, without dropout, on 32 images, Adam."""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ()
CALLS = 3
TOLERANCE = 1e-3


def data(dtype):
    random = np.random.default_rng(0)
    return random.normal(size=(32, 1, 28, 28)).astype(dtype), random.integers(0, 10, 32)


def network(nn):
    """Build it: `nn` and PyTorch's `nn` name their layers alike."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def chainrule(dtype):
    import nn

    images, labels = data(dtype)
    step = chainrule_step(network(nn), lambda model, x, y: nn.cross_entropy(model(x), y), dtype)
    return lambda: step(images, labels)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    from torch import from_numpy, nn

    images, labels = map(from_numpy, data(dtype))
    cross_entropy = nn.functional.cross_entropy
    step = torch_step(network(nn), lambda model, x, y: cross_entropy(model(x), y), dtype)
    return lambda: step(images, labels)
