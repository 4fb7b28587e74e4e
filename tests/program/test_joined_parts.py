"""Derivatives of arrays that are cut into parts, which programs in C put together at once."""

import numpy as np
import pytest

from autograd import grad, jit, trace
from autograd.program.backends.c.joining import with_joined_parts
from autograd.program.backends.c.library import unavailable
from autograd.program.passes import SIMPLIFYING


def halves(x):
    return x[:, :3] * np.exp(x[:, 3:])


def thirds(x):
    a, b, c = np.split(x, 3, axis=-1)
    return a * b + np.sin(c) * a


def rows(x):
    return x[:1] * x[1:2] * x[2:3] * x[3:]


def overlapping(x):
    return x[:, :4] * x[:, 2:]


def with_a_gap(x):
    return x[:, :2] * x[:, 3:5]


def along_two_axes(x):
    return x[:2, :3] * x[2:, 3:] + x[:2, 3:]


def twice(x):
    return halves(x) * halves(x * x) + x[:, ::2]


def backwards(x):
    return x[:, 2::-1] * x[:, 3:]


CUT = [halves, thirds, rows]
OTHERS = [overlapping, with_a_gap, along_two_axes, twice, backwards]


def slopes(cut):
    return grad(
        lambda x: np.sum(
            cut(x)
            * np.arange(1.0, 1 + cut(np.ones((4, 6))).size).reshape(cut(np.ones((4, 6))).shape)
        )
    )


def simple(function, x):
    program = trace(function)(x)
    for one in SIMPLIFYING:
        program = one(program)
    return program


@pytest.mark.parametrize("cut", CUT)
def test_parts_of_a_whole_array_are_joined_once(cut):
    x = np.random.default_rng(0).normal(size=(4, 6))
    program = with_joined_parts(simple(slopes(cut), x))
    called = [item.function for item in program.instructions]
    assert called.count(np.concatenate) == 1
    assert np.zeros not in called
    np.testing.assert_array_equal(program(x), slopes(cut)(x))


@pytest.mark.parametrize("cut", OTHERS)
def test_other_parts_are_added(cut):
    x = np.random.default_rng(0).normal(size=(4, 6))
    program = with_joined_parts(simple(slopes(cut), x))
    np.testing.assert_allclose(program(x), slopes(cut)(x), 1e-14, 1e-14)


def filled(x, y):
    """Fill arrays of zeros, one of which is read before it is full."""
    a, b = np.zeros_like(x), np.zeros_like(x)
    a[:, :3] = y
    early = a * 1.0
    a[:, 3:] = y
    b[:, :3] = y
    y[...] = 2 * y
    b[:, 3:] += y
    return a, early, b, y + 0.0


def test_what_is_read_or_changed_meanwhile_stays():
    x = np.random.default_rng(0).normal(size=(4, 6))
    program = with_joined_parts(simple(lambda x: filled(x, x[:, :3] * 1.5), x))
    for one, wanted in zip(program(x), filled(x, x[:, :3] * 1.5), strict=True):
        np.testing.assert_array_equal(one, wanted)


@pytest.mark.skipif(unavailable() != "", reason=unavailable())
def test_jit_in_c_joins_parts():
    x = np.random.default_rng(0).normal(size=(4, 6))
    function = jit(slopes(thirds), backend="c")
    function(x)
    np.testing.assert_allclose(function(x), slopes(thirds)(x), 1e-13, 1e-13)
