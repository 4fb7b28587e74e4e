"""Layers and losses with random sizes, in C against the same without `jit`."""

from inspect import unwrap

import numpy as np
import pytest

import nn
from autograd import Tensor, gradients, jit
from autograd.program.backends.c.library import unavailable
from autograd.rules.in_c import CText
from nn.layers.attention_in_c import ATTENDED
from nn.layers.attention_kernels import attend

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]


def integers(rng, low, high, count):
    return rng.integers(low, high, count).tolist()


def border(rng):
    """Return a border of one to four axes, and the shape of what is inside."""
    axes, mode = int(rng.integers(1, 5)), rng.choice(list(nn.layers.padding.MODES))
    grid = integers(rng, 1, 7, axes)
    widths = [int(n) for size in grid[::-1] for n in rng.integers(0, size + 3, 2)]
    return lambda x: nn.functional.pad(x, widths, mode, value=0.5), (2, 1, *grid)


def unpooling(rng):
    """Return an inverse of pooling with windows that overlap, so that places are taken twice."""
    axes = int(rng.integers(1, 4))
    grid, kernel, stride = (integers(rng, low, 4 + low, axes) for low in (3, 1, 1))
    kernel = [min(pair) for pair in zip(kernel, grid, strict=True)]
    x = rng.integers(-2, 2, (2, 3, *grid)) * 1.0
    pool = getattr(nn, f"MaxPool{axes}d")(kernel, stride, return_indices=True)
    y, indices = pool(x)
    layer = getattr(nn, f"MaxUnpool{axes}d")(kernel, stride)
    return lambda x: layer(x, indices, grid), y.shape


def pooling(rng):
    """Return maximum pooling with narrow or wide windows of lines, short or long, or of none."""
    axes = int(rng.integers(1, 4))
    kernel = integers(rng, 1, (12, 7, 4)[axes - 1], axes)
    stride, dilation = integers(rng, 1, 4, axes), integers(rng, 1, 3, axes)
    padding = [int(rng.integers(0, n // 2 + 1)) for n in kernel]
    grid = [(n - 1) * step + n for n, step in zip(kernel, dilation, strict=True)]
    grid[-1] += int(rng.choice([0, 9, 40, 2100])) // (2 * axes - 1)
    layer = getattr(nn, f"MaxPool{axes}d")(
        kernel, stride, padding, dilation=dilation, ceil_mode=bool(rng.integers(2))
    )
    return layer, (int(rng.integers(3)), 2, *grid)


def spelling(rng):
    """Return CTC of targets of all lengths, some of which cannot be spelt."""
    ends = ((1, 9), (1, 4), (2, 5), (0, 4))
    steps, batch, classes, length = (int(rng.integers(*pair)) for pair in ends)
    targets = rng.integers(1, classes, (batch, length))
    lengths = rng.integers(0, length + 1, batch)
    reads = rng.integers(0, steps + 1, batch)
    return (
        lambda x: nn.ctc(nn.log_softmax(x, axis=2), targets, reads, lengths, reduction="none"),
        (steps, batch, classes),
    )


def stepped(calls, arrays):
    """Return the outputs and derivatives of all calls."""
    found = []
    for call, array in zip(calls, arrays, strict=True):
        x = Tensor(array)
        y = call(x)
        y.backward(np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype))
        found.append((y.data, x.grad))
    return found


def laid(rng, x):
    """Return the same numbers in another order of memory, or with gaps between them."""
    order = rng.permutation(x.ndim)
    if rng.random() < 0.5:
        return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    whole = np.zeros([2 * n for n in x.shape], x.dtype)
    part = whole[tuple([slice(None, None, 2)] * x.ndim)]
    part[...] = x
    return part


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", [border, unpooling, pooling, spelling])
def test_random_layers_in_c_are_those_without_jit(kind, dtype):
    rng = np.random.default_rng(0)
    calls, shapes = zip(*[kind(rng) for _ in range(12)], strict=True)
    arrays = [laid(rng, rng.normal(size=shape).round(1).astype(dtype)) for shape in shapes]
    in_c = jit(lambda *arrays: stepped(calls, arrays), backend="c")
    in_c(*arrays)  # records it
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    for number in (None, np.nan, np.inf, -np.inf):
        for array in arrays if number is not None else ():
            array[..., -1] = number
        with np.errstate(all="ignore"):
            pairs = zip(in_c(*arrays), stepped(calls, arrays), strict=True)
            for found, wanted in pairs:
                for a, b in zip(found, wanted, strict=True):
                    assert a.dtype == b.dtype
                    np.testing.assert_allclose(a, b, tolerance, tolerance)
    assert "C kernels: " in in_c.summary()


def recurrent(rng, dtype):
    """Return a recurrent layer of some kind, and two sequences for it."""
    kind, options = (
        (nn.LSTM, {}),
        (nn.GRU, {}),
        (nn.RNN, {}),
        (nn.RNN, {"nonlinearity": "relu"}),
    )[int(rng.integers(4))]
    features, hidden, steps, batch = (int(rng.integers(1, n)) for n in (40, 40, 5, 60))
    layer = kind(features, hidden, bidirectional=bool(rng.integers(2)), **options)
    return layer.astype(dtype), rng.normal(size=(2, steps, batch, features)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_recurrent_layers_in_c_are_those_without_jit(dtype):
    rng = np.random.default_rng(0)
    layers, arrays = zip(*[recurrent(rng, dtype) for _ in range(8)], strict=True)

    def computed(*arrays):
        found = []
        for layer, (x, constant) in zip(layers, arrays, strict=True):
            x = Tensor(x)
            y, state = layer(x)
            last = state[0] if isinstance(layer, nn.LSTM) else state
            result = np.sum(y**2) + np.sum(np.sin(last)) + np.sum(layer(constant)[0] ** 3)
            found.append((y.data, *gradients(result, [x, *layer.parameters()])))
        return found

    in_c = jit(computed, backend="c")
    in_c(*arrays)  # records it
    tolerance = 1e-12 if dtype == "float64" else 2e-5
    for number in (None, np.nan, np.inf):
        for array in arrays if number is not None else ():
            array[..., -1:, 0] = number
        with np.errstate(all="ignore"):
            for found, wanted in zip(in_c(*arrays), computed(*arrays), strict=True):
                for a, b in zip(found, wanted, strict=True):
                    size = np.max(np.abs(b), initial=1, where=np.isfinite(b))
                    np.testing.assert_allclose(a, b, tolerance, tolerance * size)
    assert "C kernels: " in in_c.summary()


def test_integers_are_not_read_as_floats_in_c():
    rng = np.random.default_rng(0)
    weight, value = rng.normal(size=(2, 3, 2, 2)), rng.normal(size=(2, 3, 5, 4))

    def computed(x):
        attended = nn.functional.scaled_dot_product_attention(x, x, value, is_causal=True)
        return nn.functional.conv2d(x, weight, padding=1), attended

    for x in (rng.integers(-3, 3, (2, 3, 5, 4)), rng.random((2, 3, 5, 4)) < 0.5):
        in_c = jit(computed, backend="c")
        for _ in range(2):
            for found, wanted in zip(in_c(x), computed(x), strict=True):
                np.testing.assert_allclose(found, wanted, 1e-12, 1e-12)
    text = CText(ATTENDED, unwrap(attend), is_expression=False)
    assert text.accepts("hidden", np.dtype(bool), np.dtype(float))  # which is read one by one
    assert not text.accepts("query", np.dtype(np.int64), np.dtype(float))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_activations_in_c_are_those_without_jit_at_infinity(dtype):
    calls = [nn.gelu, nn.silu, nn.functional.hardswish, nn.functional.hardsigmoid, nn.elu]
    calls += [nn.softplus, nn.functional.softsign, nn.functional.softshrink, nn.functional.hardtanh]
    x = np.array([-np.inf, -1e30, -3, -2, -0.0, 0.5, 3, 4, 1e30, np.inf, np.nan], dtype)
    in_c = jit(lambda x: stepped(calls, [x] * len(calls)), backend="c")
    with np.errstate(all="ignore"):
        for _ in range(2):
            for found, wanted in zip(in_c(x), stepped(calls, [x] * len(calls)), strict=True):
                for a, b in zip(found, wanted, strict=True):
                    np.testing.assert_allclose(a, b, 1e-5, 1e-6)
