"""Pooling and patches in C, which `jit` compiles, against those of NumPy."""

import numpy as np
import pytest
from program.saved_c import Compiled

import nn
from autograd import Tensor, grad, jit, trace
from autograd.program.backends.c.library import unavailable
from nn.functional import max_pool2d, unfold

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]


#: Layers with inputs: one to three axes, strides, padding, dilation, windows that overlap.
PAIRS = [
    (nn.MaxPool1d(3, 2, 1), (2, 3, 9)), (nn.MaxPool2d(2), (3, 2, 6, 5)),
    (nn.MaxPool2d((3, 2), (1, 2), 1, (2, 3)), (2, 3, 9, 8)), (nn.MaxPool3d(2, 1), (2, 2, 3, 4, 3)),
    (nn.MaxPool2d(3, 2, 1, ceil_mode=True), (2, 2, 6, 8)), (nn.AvgPool1d(4, 3, 2), (2, 2, 11)),
    (nn.AvgPool2d(3, 2, 1, ceil_mode=True), (2, 3, 7, 8)), (nn.AvgPool3d(2), (2, 2, 4, 5, 6)),
    (nn.Unfold((3, 2), 2, 2, 3), (2, 3, 7, 9)), (nn.Fold((5, 6), 3, padding=1), (2, 18, 30)),
    (nn.MaxPool1d(40, 7), (2, 2, 90)), (nn.MaxPool2d((2, 5), 3), (2, 2, 7, 12)),
    (nn.Upsample(scale_factor=2, mode="bilinear"), (2, 2, 4, 5)),
    (nn.Upsample((3, 8), mode="bicubic"), (2, 2, 6, 5)), (nn.AdaptiveAvgPool2d((3, 2)), (2, 2, 7, 75)),
]  # fmt: skip


def stepped(arrays):
    """Return outputs and derivatives of all layers."""
    found = []
    for (layer, _), array in zip(PAIRS, arrays, strict=True):
        x = Tensor(array)
        y = layer(x)
        y.backward(np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype))
        found += [y.data, x.grad]
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_windows_in_c_are_those_of_numpy(dtype):
    rng = np.random.default_rng(0)
    arrays = [rng.integers(-3, 3, shape).astype(dtype) for _, shape in PAIRS]  # many are equal
    in_c = jit(lambda *arrays: stepped(arrays), backend="c")
    in_c(*arrays)  # records it
    for number in (None, np.nan, -np.inf):
        for array in arrays if number is not None else ():
            array[0, -1, ..., :2] = number
        with np.errstate(invalid="ignore"):
            for a, b in zip(in_c(*arrays), stepped(arrays), strict=True):
                np.testing.assert_allclose(a, b, 1e-5, 1e-5)
    assert "C kernels: " in in_c.summary()


def test_saved_c_contains_windows(tmp_path):
    x = np.random.default_rng(2).normal(size=(2, 3, 6, 7))
    slopes = grad(lambda x: (max_pool2d(x, 3, 2, 1) ** 2).sum() + (unfold(x, 2) ** 3).sum())
    trace(slopes)(x).save(tmp_path / "windows.c")
    code, found = Compiled(tmp_path / "windows.c")(x)
    assert code == 0
    np.testing.assert_allclose(found[0], slopes(x), 1e-12, 1e-12)
