"""Normalisation in C, which `jit` compiles, against that of NumPy."""

import re

import numpy as np
import pytest
from program.saved_c import Compiled

import nn
from autograd import Tensor, grad, jit, trace
from autograd.program.backends.c.library import unavailable
from nn.functional import group_norm, layer_norm

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]


#: Layers with inputs: short and long rows, parts of examples, runs longer than a sum, one number.
PAIRS = [
    (nn.LayerNorm(37), (300, 37)), (nn.LayerNorm((3, 5), bias=False), (4, 3, 5)),
    (nn.LayerNorm(9001), (9001,)), (nn.LayerNorm(1), (3, 1)), (nn.RMSNorm(19), (2, 3, 19)),
    (nn.BatchNorm1d(131), (150, 131)),
    (nn.BatchNorm2d(5), (70, 5, 9, 7)), (nn.BatchNorm1d(2, affine=False), (3, 2, 5003)),
    (nn.BatchNorm1d(1), (40, 1)), (nn.GroupNorm(2, 6), (5, 6, 4, 9)), (nn.GroupNorm(3, 6), (4, 6)),
    (nn.InstanceNorm1d(3), (2, 3, 11)), (nn.BatchNorm2d(5).eval(), (3, 5, 9, 70)),
]  # fmt: skip


def stepped(layer, array):
    """Return what a layer computes, its derivatives and its statistics."""
    for name, buffer in layer.named_buffers():
        buffer[...] = name.endswith("var")
    x = Tensor(array)
    y = layer(x)
    y.backward(np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype))
    found = [y.data, x.grad, *(p.grad.copy() for p in layer.parameters())]
    found += [b.copy() for _, b in layer.named_buffers()]
    layer.zero_grad()
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("layer", "shape"), PAIRS, ids=lambda x: str(x).partition(":")[0])
def test_normalisation_in_c_is_that_of_numpy(layer, shape, dtype):
    rng = np.random.default_rng(0)
    layer.astype(np.dtype(dtype).type)
    for parameter in layer.parameters():
        parameter.data[...] = rng.normal(0.5, 1, parameter.shape)
    x = rng.normal(0.3, 1, shape).astype(dtype)
    in_c = jit(lambda x: stepped(layer, x), backend="c")
    in_c(x)  # records it
    tolerance = 1e-12 if dtype == "float64" else 1e-4
    for a, b in zip(in_c(x), stepped(layer, x), strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, tolerance, tolerance * np.abs(b).max(initial=1.0))
    assert re.search(r"C kernels: \d+ instructions", in_c.summary())
    names = [item.name for item in in_c.programs[0].instructions]
    if layer.training:
        assert names.count("normalise_known") == names.count("derivatives_of_known") == 1
    else:
        assert names.count("sum_channels") == 2
    for number in (np.nan, np.inf, np.finfo(dtype).max):
        x.reshape(-1)[1:2] = number
        with np.errstate(all="ignore"):
            for a, b in zip(in_c(x), stepped(layer, x), strict=True):
                np.testing.assert_array_equal(np.isfinite(a), np.isfinite(b), str(number))
    for _, buffer in layer.named_buffers():
        buffer[...] = 0


def test_no_rows_have_derivatives_of_zero():
    layer = nn.LayerNorm(4)
    in_c = jit(lambda x: stepped(layer, x), backend="c")
    for _ in range(2):
        y, *slopes = in_c(np.ones((0, 4)))
        assert y.shape == (0, 4)
        assert [np.sum(slope) for slope in slopes] == [0, 0, 0]


def test_constant_rows_and_channels_are_not_refused():
    layers = [nn.LayerNorm(100), nn.BatchNorm1d(100), nn.GroupNorm(4, 100)]

    def step(x):
        t = Tensor(x)
        ys = [layer(t) for layer in layers]
        sum(y.sum() for y in ys).backward()
        return *[y.data for y in ys], t.grad

    x = np.full((50, 100), 0.1, np.float32)
    in_c = jit(step, backend="c")
    for _ in range(3):
        for found in in_c(x):
            np.testing.assert_allclose(found, 0, atol=0.1)


def test_second_derivatives_of_normalisation_in_c():
    rng = np.random.default_rng(1)
    x, v = rng.normal(size=(2, 6, 4))
    w = rng.normal(size=4)
    of_channels = nn.BatchNorm1d(4, affine=False)

    def value(x):
        return np.sum(np.sin(layer_norm(x, (4,), w, w)) * of_channels(x))

    along = grad(lambda x: np.sum(grad(value)(x) * v))
    in_c = jit(along, backend="c")
    in_c(x)
    np.testing.assert_allclose(in_c(x), along(x), 1e-10, 1e-12)


def test_saved_c_contains_normalisation(tmp_path):
    rng = np.random.default_rng(2)
    x, w, b = rng.normal(size=(7, 6)), *rng.normal(size=(2, 6))
    of_channels = nn.BatchNorm1d(6, affine=False, track_running_stats=False)

    def value(x, w, b):
        ys = [of_channels(x), layer_norm(x, (6,), w, b), group_norm(x, 3, w, b)]
        return sum(np.sin(y).sum() for y in ys)

    slopes = grad(value, (0, 1, 2))
    trace(slopes)(x, w, b).save(tmp_path / "norms.c")
    code, found = Compiled(tmp_path / "norms.c")(x, w, b)
    assert code == 0
    for one, wanted in zip(found, slopes(x, w, b), strict=True):
        np.testing.assert_allclose(one, wanted, 1e-12, 1e-12)
