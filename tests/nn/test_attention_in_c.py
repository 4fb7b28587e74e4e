"""Attention as one primitive, and in C, against attention step by step."""

import re

import numpy as np
import pytest

import nn
from autograd import Tensor, grad, jit
from autograd.program.backends.c.library import unavailable

pytestmark = pytest.mark.usefixtures("quickly_compiled")


#: Widths, heads, examples, queries, keys (None: those of the queries), and whether examples come
#: first, later keys are hidden, and some are padding.
CASES = [
    (8, 2, 2, 5, None, True, True, False), (6, 3, 2, 7, 40, True, False, False),
    (12, 2, 3, 40, 33, False, True, True), (68, 1, 1, 70, None, False, False, True),
    (80, 2, 1, 9, 12, True, True, True), (8, 1, 1, 1, 1, True, True, False),
]  # fmt: skip


class Steps:
    """A layer and what it is called with.

    Attributes
    ----------
    by_step : bool
        Whether to ask for the weights, for which each step is an operation of its own.
    """

    def __init__(self, case, dtype):
        width, heads, batch, steps, keys, batch_first, self.is_causal, is_padded = case
        rng = np.random.default_rng(0)
        self.layer = nn.MultiheadAttention(width, heads, batch_first=batch_first)
        self.layer.astype(dtype)
        for parameter in self.layer.parameters():
            parameter.data[...] = rng.normal(size=parameter.shape) / 2
        self.arrays = []
        for length in (steps, keys):
            if length is not None:
                shape = (batch, length, width) if batch_first else (length, batch, width)
                self.arrays.append(rng.normal(size=shape).astype(dtype))
        length = steps if keys is None else keys
        self.padding = rng.random((batch, length)) < 0.4 if is_padded else None
        self.by_step = False

    def output(self, *arrays):
        options = {"is_causal": self.is_causal, "key_padding_mask": self.padding}
        return self.layer(*arrays, need_weights=self.by_step, **options)[0]

    def __call__(self, *arrays):
        tensors = [Tensor(array) for array in arrays]
        y = self.output(*tensors)
        y.backward(np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype))
        parameters = list(self.layer.parameters())
        found = [y.data, *(x.grad for x in tensors), *(p.grad.copy() for p in parameters)]
        self.layer.zero_grad()
        return found


def assert_same(found, wanted, tolerance):
    for a, b in zip(found, wanted, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = np.max(np.abs(b), where=np.isfinite(b), initial=0)
        np.testing.assert_allclose(a, b, tolerance, tolerance * scale)


def step_by_step(steps):
    steps.by_step = True
    found = steps(*steps.arrays)
    steps.by_step = False
    return found


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_attention_is_that_of_its_steps(dtype):
    every = [Steps(case, dtype) for case in CASES]
    tolerance = 1e-12 if dtype is np.float64 else 2e-4
    wanted = [step_by_step(steps) for steps in every]
    for steps, numbers in zip(every, wanted, strict=True):
        assert_same(steps(*steps.arrays), numbers, tolerance)
    if unavailable():
        return
    in_c = jit(
        lambda arrays: [f(*given) for f, given in zip(every, arrays, strict=True)], backend="c"
    )
    arrays = [steps.arrays for steps in every]
    in_c(arrays)  # records it
    for found, numbers in zip(in_c(arrays), wanted, strict=True):
        assert_same(found, numbers, tolerance)
    names = [item.name for item in in_c.programs[0].instructions]
    assert names.count("attend") == names.count("attend_back") == len(every)
    assert re.search(r"C kernels: \d+ instructions", in_c.summary())


@pytest.mark.skipif(unavailable() != "", reason=unavailable())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_attention_in_c_is_finite_where_that_of_numpy_is(dtype):
    steps = Steps((6, 2, 2, 40, 40, True, True, False), dtype)
    in_c = jit(lambda *arrays: steps(*arrays), backend="c")
    in_c(*steps.arrays)
    for k, number in ((0, np.nan), (1, np.inf), (1, np.nan)):
        arrays = [array.copy() for array in steps.arrays]
        arrays[k][1, 37, 2] = number
        with np.errstate(all="ignore"):
            for a, b in zip(in_c(*arrays), steps(*arrays), strict=True):
                np.testing.assert_array_equal(np.isfinite(a), np.isfinite(b))
    large = [array * 50 for array in steps.arrays]  # exponentials need a shift
    assert_same(in_c(*large), steps(*large), 1e-11 if dtype is np.float64 else 2e-3)


def test_derivatives_of_derivatives_of_attention():
    steps = Steps((4, 2, 2, 3, 4, True, True, True), np.float64)
    along = [np.cos(array) for array in steps.arrays]

    def value(x, z):
        return np.sum(np.sin(steps.output(x, z)))

    def second(x, z):
        return np.sum(grad(value)(x, z) * along[0]) + np.sum(grad(value, 1)(x, z) * along[1])

    found = [grad(second, k)(*steps.arrays).data for k in (0, 1)]
    steps.by_step = True
    assert_same(found, [grad(second, k)(*steps.arrays).data for k in (0, 1)], 1e-11)


def test_functional_attention_is_that_of_its_steps():
    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(2, n, 3, width)) for n, width in ((5, 4), (6, 4), (6, 7)))
    seen = rng.random((5, 6)) < 0.7

    def attention(q, k, v, function):
        q, k, v = (x.transpose(0, 2, 1, 3) for x in (q, k, v))
        return function(q, k, v, attn_mask=seen), function(q, k, v, is_causal=True, scale=0.3)

    def by_steps(q, k, v, attn_mask=None, is_causal=False, scale=0.5):
        mask = np.tri(5, 6, dtype=bool) if is_causal else attn_mask
        scores = np.where(mask, scale * (q @ k.swapaxes(-1, -2)), -np.inf)
        return nn.softmax(scores, axis=-1) @ v

    def slopes(function):
        def value(q, k, v):
            return sum(np.sum(np.sin(y)) for y in attention(q, k, v, function))

        return lambda *arrays: grad(value, (0, 1, 2))(*arrays)

    wanted = slopes(by_steps)(q, k, v)
    found = slopes(nn.functional.scaled_dot_product_attention)
    assert_same(found(q, k, v), wanted, 1e-12)
    if not unavailable():
        in_c = jit(found, backend="c")
        in_c(q, k, v)
        assert_same(in_c(q, k, v), wanted, 1e-12)
