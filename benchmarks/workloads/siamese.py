"""Training step of a siamese network with batch norm: 32 pairs of images of 28×28, Adam."""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ()
CALLS = 3
TOLERANCE = 2e-3


def data(dtype):
    random = np.random.default_rng(0)
    pairs = random.normal(size=(2, 32, 1, 28, 28)).astype(dtype)
    return *pairs, random.integers(0, 2, 32).astype(dtype)


def network(nn):
    """Build it: `nn` and PyTorch's `nn` name their layers alike."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1568, 64),
    )


def contrastive(a, b, same):
    """Return the loss of Hadsell, Chopra & LeCun (2006), with squared distances."""
    squares = ((a - b) ** 2).mean(1)
    return (same * squares + (1 - same) / (1 + squares)).mean()


def loss(model, x, y, same):
    return contrastive(model(x), model(y), same)


def chainrule(dtype):
    import nn

    batch = data(dtype)
    step = chainrule_step(network(nn), loss, dtype)
    return lambda: step(*batch)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    from torch import from_numpy, nn

    batch = list(map(from_numpy, data(dtype)))
    step = torch_step(network(nn), loss, dtype)
    return lambda: step(*batch)
