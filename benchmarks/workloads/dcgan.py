"""Training step of DCGAN's discriminator, on 32 images of 3×32×32, Adam."""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ()
CALLS = 3
TOLERANCE = 2e-3


def data(dtype):
    random = np.random.default_rng(0)
    images = random.normal(size=(32, 3, 32, 32)).astype(dtype)
    return images, random.integers(0, 2, (32, 1)).astype(dtype)


def network(nn):
    """Build it: `nn` and PyTorch's `nn` name their layers alike."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1),
        nn.BatchNorm2d(128),
        nn.LeakyReLU(0.2),
        nn.Conv2d(128, 1, 4),
        nn.Flatten(),
    )


def chainrule(dtype):
    import nn

    batch = data(dtype)
    loss = nn.binary_cross_entropy_with_logits
    step = chainrule_step(network(nn), lambda model, x, y: loss(model(x), y), dtype)
    return lambda: step(*batch)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    from torch import from_numpy, nn

    batch = list(map(from_numpy, data(dtype)))
    loss = nn.functional.binary_cross_entropy_with_logits
    step = torch_step(network(nn), lambda model, x, y: loss(model(x), y), dtype)
    return lambda: step(*batch)
