"""Functions of arrays with few axes: the axis of the batch is never taken for one of theirs."""

import inspect

import numpy as np
import pytest
from batching.against_loops import SIZE, close

from autograd import vmap
from autograd.batching.functions import TABLE

#: In one call, from a number on; the matrices can be inverted.
ENTRIES = {
    axes: np.random.default_rng(axes).normal(size=(SIZE, *(SIZE,) * axes)) for axes in range(4)
}
UFUNCS = [u for u in vars(np).values() if isinstance(u, np.ufunc) and u.signature is not None]


def outcomes(f, *inputs):
    """Return the results of each call; None if they are errors."""
    try:
        return [f(*[x[i] for x in inputs]) for i in range(SIZE)]
    except Exception:
        return None


def check_like_a_loop(f, *inputs):
    expected = outcomes(f, *inputs)
    if expected is None:
        with pytest.raises(Exception):  # noqa: B017 - NumPy's, of any kind
            vmap(f)(*inputs)
    else:
        close(vmap(f)(*inputs), expected)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("axes", ENTRIES)
@pytest.mark.each("function", TABLE, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_a_function_takes_what_numpy_takes(function, axes):
    if function in (np.empty_like, np.fill_diagonal):
        pytest.skip("returns no numbers")
    if axes == 0 and function in (np.fft.fftshift, np.fft.ifftshift):
        pytest.skip("NumPy's fails: it rolls along no axes")
    x = ENTRIES[axes]
    check_like_a_loop(function, x)
    if "axis" in inspect.signature(function).parameters:
        for axis in (None, 0, -1, 1, (0, 1)):
            check_like_a_loop(lambda x, axis=axis: function(x, axis=axis), x)


@pytest.mark.parametrize("first", ENTRIES)
@pytest.mark.parametrize("second", ENTRIES)
@pytest.mark.parametrize("function", [*UFUNCS, np.linalg.solve], ids=lambda f: f.__name__)
def test_products_and_equations_take_what_numpy_takes(function, first, second):
    check_like_a_loop(function, ENTRIES[first], ENTRIES[second])


@pytest.mark.parametrize("axes", ENTRIES)
def test_what_needs_more_than_an_array_takes_what_numpy_takes(axes):
    for f in (
        lambda x: np.take(x, [0, 0], axis=0),
        lambda x: np.compress([True], x, axis=0),
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: x.clip(-0.4),
        lambda x: x.clip(max=0.5),
    ):
        check_like_a_loop(f, ENTRIES[axes])
