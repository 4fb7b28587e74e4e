"""Convolution in C, which `jit` compiles, against that of NumPy."""

import subprocess
import sys

import numpy as np
import pytest
from program.saved_c import Compiled

import nn
from autograd import Tensor, grad, jit, trace
from autograd.program.backends.c.library import unavailable
from nn.functional import conv3d

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]


def pairs(rng):
    """Return layers of all kinds, with inputs: few and many channels, groups, strides, examples."""
    return [
        (nn.Conv1d(4, 6, 3, 2, 1, 2, groups=2, generator=rng), (3, 4, 13)),
        (nn.Conv2d(3, 5, (3, 2), (2, 1), (0, 1), bias=False, generator=rng), (2, 3, 9, 8)),
        (nn.Conv2d(2, 20, 4, 3, 2, generator=rng), (70, 2, 7, 6)),
        (nn.Conv2d(3, 3, 3, padding="same", groups=3, generator=rng), (5, 3, 8, 5)),
        (nn.Conv2d(5, 40, 2, 3, generator=rng), (1, 5, 8, 8)),
        (nn.ConvTranspose2d(3, 2, 4, 2, 1, generator=rng), (2, 3, 5, 4)),
        (nn.ConvTranspose3d(3, 2, (2, 4, 3), (1, 3, 2), 1, generator=rng), (2, 3, 3, 4, 3)),
        (nn.Conv2d(1, 18, 3, generator=rng), (2, 1, 70, 71)),  # sums in parts
        (nn.Conv3d(2, 9, 1, generator=rng), (3, 2, 2, 5, 3)),  # a grid that is a line
        (nn.Conv2d(2, 3, 1, padding=2, generator=rng), (2, 2, 3, 4)),
        (nn.Conv2d(66, 68, (3, 2), 2, 1, groups=2, generator=rng), (3, 66, 5, 6)),  # in tiles
        (nn.Conv1d(35, 33, 3, 1, 2, 2, generator=rng), (9, 35, 4)),
        (nn.Conv2d(2, 2, 3, padding=(3, 2), generator=rng), (3, 2, 9, 40)),
        *(random_pair(rng) for _ in range(9)),
    ]


def random_pair(rng):
    """Return a layer with random channels, sizes and groups, and the shape of an input."""
    kinds = [(nn.Conv1d, 1), (nn.Conv2d, 2), (nn.Conv3d, 3)]
    kind, groups = kinds[rng.integers(3)], int(rng.integers(1, 3))
    inputs, outputs = (groups * rng.integers(1, 21, 2)).tolist()
    kernel, stride, padding, dilation = (
        tuple(rng.integers(low, high, kind[1]).tolist())
        for low, high in [(1, 5), (1, 4), (0, 3), (1, 3)]
    )
    reach = [(k - 1) * d + 1 - 2 * p for k, d, p in zip(kernel, dilation, padding, strict=True)]
    grid = [
        max(n, 1) + int(more) for n, more in zip(reach, rng.integers(0, 9, kind[1]), strict=True)
    ]
    layer = kind[0](inputs, outputs, kernel, stride, padding, dilation, groups, generator=rng)
    return layer, (int(rng.integers(1, 8)), inputs, *grid)


def stepped(layers, arrays):
    """Return outputs and derivatives of all layers."""
    found = []
    for layer, array in zip(layers, arrays, strict=True):
        x = Tensor(array)
        y = layer(x)
        loss = (y * np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype)).sum()
        loss.backward()
        found += [y.data, x.grad, *(p.grad.copy() for p in layer.parameters())]
        layer.zero_grad()
    return found


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
def test_convolution_in_c_is_that_of_numpy(dtype, tolerance):
    rng = np.random.default_rng(0)
    layers, shapes = zip(*pairs(rng), strict=True)
    for layer in layers:
        layer.astype(np.dtype(dtype).type)
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    in_c = jit(lambda *arrays: stepped(layers, arrays), backend="c")
    in_c(*arrays)  # records it
    expected = stepped(layers, arrays)
    for a, b in zip(in_c(*arrays), expected, strict=True):
        np.testing.assert_allclose(a, b, tolerance, tolerance * np.abs(b).max())
    assert "C kernels: " in in_c.summary()
    arrays = [array.copy() for array in arrays]
    for array in arrays:
        array[0, -1, ..., -1] = np.inf
    with np.errstate(invalid="ignore"):
        found, expected = in_c(*arrays), stepped(layers, arrays)
    for a, b in zip(found, expected, strict=True):  # infinite and NaN in the same places
        np.testing.assert_allclose(a, b, tolerance, tolerance * np.abs(b[np.isfinite(b)]).max())


def test_saved_c_contains_convolution(tmp_path):
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(2, 3, 5, 6, 7)), rng.normal(size=(4, 3, 2, 2, 3))
    slopes = grad(lambda x, w: (conv3d(x, w, padding=1, stride=2) ** 2).sum(), (0, 1))
    trace(slopes)(x, w).save(tmp_path / "volumes.c")
    code, found = Compiled(tmp_path / "volumes.c")(x, w)
    assert code == 0
    for one, wanted in zip(found, slopes(x, w), strict=True):
        np.testing.assert_allclose(one, wanted, 1e-12, 1e-12)


#: A kernel whose offsets need more memory than the stack of the thread has.
LARGE = """
import threading
import numpy as np
from autograd import jit, value_and_grad
from autograd.program.backends.c import compiler
from nn.functional import conv2d

compiler.FLAGS = ["-O0" if flag == "-O3" else flag for flag in compiler.FLAGS]
rng = np.random.default_rng(0)
x, w = rng.normal(size=(1, 500, 9, 9)), rng.normal(size=(2, 500, 9, 9))
step = value_and_grad(lambda x, w: (conv2d(x, w, padding=4) ** 2).sum(), (0, 1))
value, slopes = step(x, w)

def run():
    compiled = jit(step, backend="c")
    for _ in range(3):  # the first call records
        found, by_c = compiled(x, w)
    np.testing.assert_allclose(found, value)
    for a, b in zip(by_c, slopes):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)
    print("done")

threading.stack_size(256 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def test_large_kernels_do_not_overflow_the_stack():
    done = subprocess.run([sys.executable, "-P", "-c", LARGE], capture_output=True, text=True)
    assert done.stdout == "done\n", (done.returncode, done.stderr)
