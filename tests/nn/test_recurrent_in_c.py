"""Whole sequences of recurrent layers in C, and in saved programs."""

import runpy

import numpy as np
import pytest
from program.saved_c import Compiled

import nn
from autograd import Tensor, grad, jit, trace, vmap
from autograd.program.backends.c.library import unavailable
from nn.layers.rnn_kernels import gru_sequence, lstm_sequence, relu_sequence, tanh_sequence

pytestmark = [
    pytest.mark.skipif(unavailable() != "", reason=unavailable()),
    pytest.mark.usefixtures("quickly_compiled"),
]


def shapes(gates, states):
    """Return those of two steps of three examples, with weights, biases and states."""
    wide = 4 * gates
    return ((2, 3, 2), (wide, 2), (wide, 4), (wide,), (wide,), *((3, 4),) * states)


CELLS = [
    (tanh_sequence, shapes(1, 1)),
    (relu_sequence, shapes(1, 1)),
    (lstm_sequence, shapes(4, 2)),
    (gru_sequence, shapes(3, 1)),
]
FLAT = np.random.default_rng(0).normal(size=max(sum(map(np.prod, sizes)) for _, sizes in CELLS))


def value(flat):
    """Return a number that depends on all that the passes keep, the gates too."""
    parts = [cell(flat[: sum(map(np.prod, sizes))], None, shapes=sizes) for cell, sizes in CELLS]
    return sum(np.sum(np.sin(part)) for part in parts)


def slopes_by_differences(function, x, step=1e-6):
    steps = step * np.eye(len(x))
    return np.array([(function(x + d) - function(x - d)) / (2 * step) for d in steps])


def test_recurrent_slopes_in_c_are_differences():
    in_c = jit(grad(value), backend="c")
    wanted = slopes_by_differences(lambda x: float(value(x)), FLAT)
    for _ in range(2):
        np.testing.assert_allclose(in_c(FLAT), wanted, 1e-6, 1e-7)


def test_second_derivatives_of_recurrent_layers_in_c():
    def curved(flat):
        return np.sum(grad(value)(flat) ** 2)

    along = np.cos(np.arange(len(FLAT)))
    in_c, step = jit(grad(curved), backend="c"), 1e-6 * along
    wanted = (curved(FLAT + step) - curved(FLAT - step)) / 2e-6
    for _ in range(2):
        np.testing.assert_allclose(np.sum(in_c(FLAT) * along), wanted, 1e-5)


def test_batched_slopes_of_recurrent_layers():
    batch = np.stack([FLAT, FLAT[::-1]])
    wanted = np.stack([grad(value)(flat) for flat in batch])
    np.testing.assert_allclose(vmap(grad(value))(batch), wanted, 1e-10, 1e-12)


def test_saved_programs_contain_recurrent_layers(tmp_path):
    program, wanted = trace(grad(value))(FLAT), grad(value)(FLAT)
    program.save(tmp_path / "cells.c")
    code, (found,) = Compiled(tmp_path / "cells.c")(FLAT)
    assert code == 0
    np.testing.assert_allclose(found, wanted, 1e-12, 1e-12)
    program.save(tmp_path / "cells.py", name="cells")
    saved = runpy.run_path(str(tmp_path / "cells.py"))["cells"]
    np.testing.assert_array_equal(saved(FLAT), wanted)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_recurrent_layers_with_large_weights_agree(kind):
    random = np.random.default_rng(0)
    layer = kind(9, 120, generator=random)  # too large for one row, not for six

    def slopes(x):
        t = Tensor(x)
        np.sum(layer(t)[0] ** 2).backward()
        return t.grad

    for rows in (1, 6):
        x = random.normal(size=(3, rows, 9)).astype(np.float32)
        in_c = jit(slopes, backend="c")
        for _ in range(2):
            np.testing.assert_allclose(in_c(x), slopes(x), 1e-4, 1e-5)
