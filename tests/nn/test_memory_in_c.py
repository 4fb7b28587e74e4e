"""Kernels in C that need memory which is not there: NumPy does their work."""

import importlib
import pkgutil

import numpy as np
import pytest

import nn
from autograd import Primitive, Tensor, jit
from autograd.program.backends.c import compiler
from autograd.program.backends.c.library import unavailable
from autograd.program.backends.c.own import OwnCall
from autograd.rules import kernel

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]

#: Included before any other text.
NO_MEMORY = """
#include <stdlib.h>
static void *no_memory(size_t size) { (void)size; return 0; }
#define malloc no_memory
#define __builtin_malloc no_memory
#define __builtin_calloc(count, size) no_memory((count) * (size))
"""


def texts_with_memory():
    """Return the C of all kernels of `nn` that takes memory, by what computes the same."""
    found = {f: text for f, text in kernel._IN_C.items() if f.__module__.startswith("nn.")}
    for module in pkgutil.walk_packages(nn.__path__, "nn."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, Primitive) and thing.in_c is not None:
                found[thing.function] = thing.in_c
    return {text for text in found.values() if "alloc" in text.text}


def attention(x):
    return nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)


def spelling(x):
    return nn.ctc(x, np.array([[1, 2], [2, 2]]), [4, 3], [2, 1], reduction="none")


def unpooled(x):
    return nn.MaxUnpool1d(2)(x, np.array([[[0, 3], [1, 1]]]))


#: What takes memory, with shapes of inputs.
CALLS = [
    (nn.MaxPool2d(3, 2, 1), (2, 2, 6, 5)), (nn.Conv2d(2, 3, 3, 2), (2, 2, 7, 6)),
    (nn.ConvTranspose1d(2, 3, 4, 2), (2, 2, 6)), (nn.Conv2d(33, 34, 3, 2, 1), (2, 33, 5, 4)),
    (nn.BatchNorm1d(3), (5, 3)), (nn.LayerNorm(4), (3, 4)), (nn.Conv1d(2, 3, 2), (2, 2, 6)),
    (attention, (2, 3, 4, 2)), (spelling, (4, 2, 3)), (unpooled, (1, 2, 2)),
    (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 3, 4)),
    (lambda x: nn.functional.pad(x, (2, 1), "reflect"), (1, 2, 4)),
    (lambda x: nn.functional.pad(x, (2, 1), "constant", 0.5), (1, 2, 4)),
    (nn.LSTM(4, 3), (3, 2, 4)), (nn.GRU(4, 3), (3, 2, 4)),
    (nn.RNN(4, 3), (3, 2, 4)), (nn.RNN(4, 3, nonlinearity="relu"), (3, 2, 4)),
    (lambda x: x.T @ x, (5, 70)),
]  # fmt: skip


def stepped(arrays):
    """Return outputs and derivatives of all calls."""
    found = []
    for (call, _), array in zip(CALLS, arrays, strict=True):
        x = Tensor(array)
        y = call(x)
        y = y[0] if isinstance(y, tuple) else y
        y.backward(np.cos(np.arange(y.size)).reshape(y.shape))
        found += [y.data, x.grad]
        if isinstance(call, nn.Module):
            found += [p.grad.copy() for p in call.parameters()]
            call.zero_grad()
    return found


def test_without_memory_numpy_does_the_work(monkeypatch, tmp_path):
    (tmp_path / "none.h").write_text(NO_MEMORY)
    flags = (*compiler.FLAGS, "-include", str(tmp_path / "none.h"))
    monkeypatch.setattr(compiler, "FLAGS", flags)
    by_numpy, compute = set(), OwnCall._results_by_python

    def results(call, operands):
        by_numpy.add(call.text)
        return compute(call, operands)

    monkeypatch.setattr(OwnCall, "_results_by_python", results)
    monkeypatch.setattr(OwnCall, "_compare", lambda *_: None)  # which calls it too
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for _, shape in CALLS]
    jitted = jit(lambda *arrays: stepped(arrays), backend="c")
    jitted(*arrays)  # records it
    for a, b in zip(jitted(*arrays), stepped(arrays), strict=True):
        np.testing.assert_allclose(a, b, 1e-12, 1e-12)
    texts = texts_with_memory()
    assert texts <= by_numpy
    for text in texts:  # each branch of each
        leaving = text.text.count("if (!memory) LEAVE_TO_PYTHON;")
        assert text.text.count("alloc(") == leaving
