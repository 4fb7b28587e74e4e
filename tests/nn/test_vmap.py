"""Layers and losses in a batch: every sample through `vmap`, compared with a loop."""

import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Node, grad, vmap
from autograd.errors import BatchError

sys.path.insert(0, str(Path(__file__).parent))
from samples import CONSTANTS, TABLE, arrays, factors, flat, state

NAMES = {**CONSTANTS, "nn": nn, "np": np}


def numbers(y):
    return y.data if isinstance(y, Node) else y


def prepared(sample):
    """Return a sample's function of its inputs, and a weighted sum of what it returns."""
    model = eval(sample.model, {**NAMES, "np": np})
    if isinstance(model, nn.Module):
        model.eval()
        named = dict(model.named_parameters())
        model.load_state_dict(
            {**model.state_dict(), **state({k: p.shape for k, p in named.items()})}
        )

    def call(*x):
        return eval(sample.call, {**NAMES, "model": model, "x": x})

    return call


#: Every third sample; the others are part of the gallery.
SAMPLES = [
    pytest.param(sample, marks=[pytest.mark.gallery] if i % 3 else [])
    for i, sample in enumerate(TABLE)
]


@pytest.mark.each("sample", SAMPLES, ids=lambda sample: sample.name)
def test_layers_and_losses_match_a_loop(sample):
    call, inputs = prepared(sample), arrays(sample)
    batches = [x if x.dtype.kind not in "f" else np.stack([x, 0.9 * x]) for x in inputs]
    axes = tuple(0 if x.dtype.kind == "f" else None for x in inputs)
    if axes == () or set(axes) == {None}:
        return
    rows = [[b if a is None else b[i] for b, a in zip(batches, axes, strict=True)] for i in (0, 1)]
    expected = [flat(call(*row)) for row in rows]
    weights = factors(expected[0])
    for found, *each in zip(flat(vmap(call, axes)(*batches)), *expected, strict=True):
        np.testing.assert_allclose(
            numbers(found), [numbers(e) for e in each], rtol=1e-9, atol=1e-11
        )

    def total(*x):
        return sum(np.sum(y * w) for y, w in zip(flat(call(*x)), weights, strict=True))

    chosen = axes.index(0)
    slope = grad(total, chosen)
    found, each = vmap(slope, axes)(*batches), [numbers(slope(*row)) for row in rows]
    np.testing.assert_allclose(numbers(found), each, rtol=1e-8, atol=1e-10)


def test_a_refused_call_leaves_running_statistics_as_they_are():
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4, momentum=None), nn.Dropout(0.5))
    before = {name: np.array(x) for name, x in model.state_dict().items()}
    x = np.random.default_rng(0).normal(size=(5, 6, 4))
    for choice in ("error", "same", "different"):
        with pytest.raises(BatchError, match=r"model\.eval"):
            vmap(model, randomness=choice)(x)
    after = model.state_dict()
    assert all(np.array_equal(after[name], x) for name, x in before.items())
    model.eval()
    np.testing.assert_allclose(numbers(vmap(model)(x)), [numbers(model(entry)) for entry in x])
