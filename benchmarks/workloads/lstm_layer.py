"""Training step of the LSTM layer of `nn`: 50 steps, 32 sequences, width 64, Adam."""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ("float32",)
CALLS = 3
TOLERANCE = 1e-3


def data(dtype):
    return np.random.default_rng(0).normal(size=(50, 32, 64)).astype(dtype)


def loss_of(model, x):
    return (model(x)[0] ** 2).mean()


def chainrule(dtype):
    import nn

    x, step = data(dtype), chainrule_step(nn.LSTM(64, 64), loss_of, dtype)
    return lambda: step(x)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch

    x, step = torch.from_numpy(data(dtype)), torch_step(torch.nn.LSTM(64, 64), loss_of, dtype)
    return lambda: step(x)
