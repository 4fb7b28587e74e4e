"""Epoch of a network 64-128-10 on 1,437 digits, batches of 32, Adam."""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ("float32",)
CALLS = 2
TOLERANCE = 1e-3
BATCHES = [np.arange(start, min(start + 32, 1437)) for start in range(0, 1437, 32)]


def data(dtype):
    random = np.random.default_rng(0)
    return random.uniform(size=(1437, 64)).astype(dtype), random.integers(0, 10, 1437)


def chainrule(dtype):
    import nn

    images, labels = data(dtype)
    model = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 10))
    step = chainrule_step(model, lambda model, x, y: nn.cross_entropy(model(x), y), dtype)
    return lambda: sum(step(images[rows], labels[rows]) for rows in BATCHES)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    from torch import from_numpy, nn

    images, labels = map(from_numpy, data(dtype))
    model = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 10))
    step = torch_step(model, lambda model, x, y: nn.functional.cross_entropy(model(x), y), dtype)
    return lambda: sum(step(images[rows], labels[rows]) for rows in BATCHES)
