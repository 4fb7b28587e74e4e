"""Buffers and tiles: results in memory that is kept, and regions computed part by part."""

import numpy as np
import pytest
from program.pass_checks import X, bits, check

from autograd import value_and_grad
from autograd.program import jit, trace
from autograd.program.passes import optimised
from autograd.program.passes.dead_code import may_raise
from autograd.program.passes.rows import by_rows
from autograd.program.passes.tiled import Tiled, numpy_adds_halves


@pytest.fixture(autouse=True)
def numpy_runs_programs(monkeypatch):
    """Expect the same bits; of large arrays, C would add in another order."""
    monkeypatch.setenv("CHAINRULE_BACKEND", "numpy")


# -- buffers ----------------------------------------------------------------------------------


def test_results_never_share_memory_with_a_later_call():
    def function(x):
        a = np.tanh(x) * 2.0
        b = a + x
        return a * b, np.exp(b).T, (b - a)[0], a.sum(axis=0)

    run = jit(function)
    calls_ = [run(X + k) for k in range(4)]
    for k, found in enumerate(calls_):
        assert [bits(x) for x in found] == [bits(x) for x in function(X + k)]
    flat = [x for found in calls_ for x in found]
    for i, a in enumerate(flat):
        assert not any(np.shares_memory(a, b) for b in flat[:i])


def test_threads_use_buffers_of_their_own():
    from concurrent.futures import ThreadPoolExecutor

    run = jit(lambda x: np.tanh(np.exp(-x * x) @ x.T + 1.0) / (1.0 + x[0, 0] ** 2))
    inputs = [np.full((60, 60), 0.01 * k) for k in range(40)]
    expected = [bits(run.function(x)) for x in inputs]
    run(inputs[0])
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert [bits(x) for x in pool.map(run, inputs)] == expected


def test_calls_inside_calls_use_buffers_of_their_own():
    from autograd import define

    nested = []

    def inner(x):
        return run(x * 0.5) + x if nested and nested.pop() else x * 1.0

    opaque = define(inner, lambda g, y, x: g, name="inner")

    def function(x):
        a = np.tanh(x) + x
        return opaque(a) * a + np.tanh(a)

    run = jit(function)
    run(X)
    nested[:] = [True, True]
    expected = function(X)
    nested[:] = [True, True]
    assert bits(run(X)) == bits(expected)


def test_arrays_that_functions_keep_are_not_used_again():
    from autograd import define

    kept = []

    def keep(x):
        kept.append(x)
        return np.sin(x)

    keeping = define(keep, lambda g, y, x: g * np.cos(x), name="keep")
    run = jit(lambda x: np.exp(keeping(x * 2.0) + np.tanh(x * 3.0)) + x * 4.0)
    for k in range(3):
        run(X + k)
    assert [bits(x) for x in kept[-3:]] == [bits((X + k) * 2.0) for k in range(3)]


def test_selection_in_place_takes_the_right_side():
    def function(x):
        a, b = x * 2.0, x * 3.0
        return np.where(a > 1.0, b, a) + 1.0, np.where(x > 0, 0.5, x + 1.0) * 2.0

    check(optimised, function, X)
    check(optimised, function, X.astype(np.float32))


def test_products_of_all_shapes_are_the_same_bits():
    generator = np.random.default_rng(0)
    for _ in range(100):
        m, k, n = generator.choice([1, 2, 3, 17, 40], 3)
        a = generator.normal(size=(m, k)) * generator.choice([0.0, 1.0], size=(m, k))
        check(optimised, lambda a, b: (a @ b) * 2.0, a, generator.normal(size=(k, n)))


def test_functions_may_return_their_arguments():
    from autograd import define

    def either(x):
        return x if x.flat[0] > 0 else x * 1.0

    opaque = define(either, lambda g, y, x: g, name="either")

    def function(x):
        a = x * 2.0
        b = opaque(a)
        c = np.exp(x) + x * 3.0
        d = b.copy()
        a += c
        return b * d + a, c

    run = jit(function)
    for x in (X, -X, X * 0.5, -X):
        assert [bits(y) for y in run(x)] == [bits(y) for y in function(x)]


# -- tiles ------------------------------------------------------------------------------------

LARGE = np.random.default_rng(0).normal(size=(310, 331))


def large_arrays():
    for dtype in (np.float32, np.float64):
        x = LARGE.astype(dtype)
        yield from (x, x.ravel()[:-5], np.asfortranarray(x), x.ravel()[::-1], x[:, ::2])


def tiled(program):
    return [item.function for item in program.instructions if isinstance(item.function, Tiled)]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.tanh(x * 0.5 + 0.1) * x - 1.0,
        lambda x: (np.exp(-x * x).sum(), np.sin(x) * 2.0 + 1.0),
        lambda x: np.where(x > 0.5, x * 2.0, 0.25) * np.where(x < 0.0, x, x * x),
        lambda x: (x - x.mean()) / (1.0 + np.sqrt(np.mean(x * x))),
        lambda x: (x * 2.0 + 1.0, (x * 2.0 + 1.0) * 3.0),
        lambda x: np.exp(x * 0.1)[::-1] + np.cos(x) * 0.3,
        lambda x: ((x > 0) & (x < 1)) | (x * x > 2.0),
    ],
)
def test_tiles_give_the_same_bits(function):
    for x in large_arrays():
        before = x.copy()
        run = jit(function)
        for _ in range(2):
            found, expected = run(x), function(x)
            if not isinstance(found, tuple):
                found, expected = (found,), (expected,)
            assert [bits(y) for y in found] == [bits(y) for y in expected]
        assert bits(x) == bits(before)
    assert tiled(optimised(trace(function)(LARGE)))


def test_gradients_in_tiles_are_the_same_bits():
    from autograd import sigmoid

    function = value_and_grad(lambda x: np.sum(np.tanh(x) * sigmoid(2.0 * x) + np.sin(x * x)))
    run = jit(function)
    for x in (LARGE, LARGE * 30.0, LARGE * 1e-3):
        for found, expected in zip(run(x), function(x), strict=True):
            assert bits(found) == bits(expected)


@pytest.mark.parametrize("size", [65_536, 65_537, 100_003, 262_151])
def test_sums_of_tiles_are_added_in_the_order_of_numpy(size):
    for dtype in (np.float32, np.float64):
        x = np.random.default_rng(size).normal(size=size).astype(dtype)
        run = jit(lambda x: (x * 1.5).sum())
        assert bool(tiled(optimised(trace(run.function)(x)))) == numpy_adds_halves()
        run(x)
        assert bits(run(x)) == bits(run.function(x))


def test_tiles_keep_writes_in_order():
    def function(x):
        y = x * 2.0
        a = np.exp(y * 0.1) + 1.0
        y[3] = 7.0
        b = np.exp(y * 0.1) * a
        x[:5] += b[:5]
        return b + x, y

    run = jit(function)
    for _ in range(3):
        x, other = LARGE.copy(), LARGE.copy()
        assert [bits(y) for y in run(x)] == [bits(y) for y in function(other)]
        assert bits(x) == bits(other)


def test_results_of_tiles_never_share_memory_with_a_later_call():
    run = jit(lambda x: (np.tanh(x) * 2.0, np.exp(np.sin(x) * 0.5) @ np.ones(331)))
    found = [run(LARGE + k) for k in range(3)]
    for k, pair in enumerate(found):
        assert [bits(x) for x in pair] == [bits(x) for x in run.function(LARGE + k)]
    arrays = [x for pair in found for x in pair]
    for i, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[:i])


@pytest.mark.skipif(not numpy_adds_halves(), reason="here NumPy adds blocks, so no sum is in tiles")
def test_a_region_can_be_called_like_a_function():
    program = optimised(trace(lambda x: (np.tanh(x) * 2.0, np.sum(x * x)))(LARGE))
    (region,) = tiled(program)
    found = region(LARGE)
    expected = {True: np.tanh(LARGE) * 2.0, False: np.sum(LARGE * LARGE)}
    assert [bits(x) for x in found] == [bits(expected[x.is_array]) for x in region.results]
    assert "for start, stop in bounds" in region.run.source


def test_threads_use_tiles_of_their_own():
    from concurrent.futures import ThreadPoolExecutor

    run = jit(lambda x: np.tanh(np.exp(-x * x) + 1.0) / (1.0 + x * x))
    inputs = [LARGE + 0.1 * k for k in range(12)]
    expected = [bits(run.function(x)) for x in inputs]
    run(inputs[0])
    with ThreadPoolExecutor(4) as pool:
        assert [bits(x) for x in pool.map(run, inputs)] == expected


def test_what_tiles_read_may_be_written_where_it_is_used():
    rows = np.arange(310)[::-1].copy()
    run = jit(lambda x: np.tanh(x[rows] * 2.0) * 0.5 + np.exp(-x.T.copy().T * 0.1))
    for _ in range(2):
        assert bits(run(LARGE)) == bits(run.function(LARGE))


def test_a_check_stays_behind_a_write_to_what_it_may_read():
    def function(x, y):
        y[0] = 3.0
        return y * 2.0 if x[0] > 0 else y - x[:2].repeat(2)[:3]

    run = jit(function)
    for given in (-1.0, 1.0, -2.0):
        x, y = np.full(3, given), np.full(3, given)
        assert bits(run(x.copy(), y.copy())) == bits(function(x.copy(), y.copy()))
        assert bits(run(x, x)) == bits(function(y, y))
        assert bits(x) == bits(y)


def test_numbers_that_may_raise_come_before_arrays_change():
    def function(x, steps, rate):
        x *= 0.5
        scale = rate / (1.0 - 0.9**steps)
        x += scale * x
        return 0.999**steps / rate

    run = jit(function)
    for steps, rate in ((1.0, 0.1), (2.0, 0.3), (3.0, 0.1)):
        found, wanted = np.ones(3), np.ones(3)
        assert run(found, steps, rate) == function(wanted, steps, rate)
        assert bits(found) == bits(wanted)
    items = run._cache.popitem()[1][0].program.items
    changed = [item.writes is not None for item in items]
    assert not any(map(may_raise, items[changed.index(True) :]))
    for steps, rate in ((0.0, 0.1), (1e5, 0.0)):
        found, wanted = np.ones(3), np.ones(3)
        for f, x in ((run, found), (function, wanted)):
            with pytest.raises(ZeroDivisionError):
                f(x, steps, rate)
        assert bits(found) == bits(wanted)


# -- long rows --------------------------------------------------------------------------------

SEVENTY_ROWS = np.random.default_rng(1).normal(size=(70, 1000)).astype(np.float32)


def in_small_buffers(function, *arguments):
    program = optimised(trace(function)(*arguments))
    return [program.items[i].name for i in sorted(by_rows(program))]


def normalised(x):
    y = np.exp(x - x.max(axis=1, keepdims=True))
    return y / y.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize("shape", [(70, 1000), (7, 10, 1000), (1, 70, 1, 1000)])
def test_long_rows_give_the_same_bits(shape, dtype):
    def function(x, of_row, row):
        y = (x - of_row) * row
        y += of_row
        return y / of_row, (of_row * y).sum(axis=-1), np.exp(y * 0.1) - row

    x = SEVENTY_ROWS.reshape(shape).astype(dtype)
    run = jit(function)
    for order in "CF":
        arguments = [
            np.asarray(part, order=order) for part in (x, x[..., :1], x[(0,) * (x.ndim - 1)])
        ]
        for _ in range(2):
            found, expected = run(*arguments), function(*arguments)
            assert [bits(y) for y in found] == [bits(y) for y in expected]


def test_numpy_copies_no_operand_along_long_rows():
    x = SEVENTY_ROWS
    assert in_small_buffers(normalised, x) == ["subtract", "truediv"]
    assert in_small_buffers(lambda x: x.reshape(7, 10, 1000) * x[0], x) == ["mul"]
    short = [x.reshape(700, 100), x.reshape(7, 10_000), x[:20], x[:, ::2], x.reshape(-1)]
    for y in (*short, np.asfortranarray(x), x.astype(np.int64)):
        assert in_small_buffers(lambda y: y * 2 - y[:1] if y.ndim > 1 else y * y, y) == []


def test_small_buffers_do_not_change_other_sums():
    def function(x, y):  # adds numbers as float32 that are converted buffer by buffer
        return x - np.mean(y, axis=1, keepdims=True, dtype=np.float32)

    y = np.random.default_rng(2).normal(size=(70, 20_000)).astype(np.float16)
    run = jit(function)
    for _ in range(2):
        assert bits(run(SEVENTY_ROWS, y)) == bits(function(SEVENTY_ROWS, y))
    assert in_small_buffers(function, SEVENTY_ROWS, y) == ["sub"]


def test_settings_of_numpy_are_as_before_after_each_call():
    run = jit(normalised)
    run(SEVENTY_ROWS)
    broken = np.where(SEVENTY_ROWS > 3.0, np.inf, SEVENTY_ROWS)
    with np.errstate(invalid="raise"):
        np.setbufsize(4096)
        assert bits(run(SEVENTY_ROWS)) == bits(normalised(SEVENTY_ROWS))
        assert np.getbufsize() == 4096
        with pytest.raises(FloatingPointError):
            run(broken)
        assert np.getbufsize() == 4096
        assert np.geterr()["invalid"] == "raise"


# -- arrays and numbers side by side ------------------------------------------------------------

ROW, SMALL = np.arange(1.0, 4.0), np.arange(3, dtype=np.float32)

#: Functions, and their arguments.
SIDE_BY_SIDE = {
    "floats": (lambda x, y: np.stack([x * y, y, 2.0, x]), (1.5, -0.0)),
    "NumPy's floats": (lambda x, y: np.stack([x, y * x, y]), (np.float64(1.5), 2.0)),
    "small floats": (lambda x, y: np.stack([x, y * x, y]), (np.float32(1.5), np.float32(2.0))),
    "mixed": (lambda x, y: np.stack([x, y, x > y, 1]), (1.5, np.float32(2.0))),
    "complex": (lambda x, y: np.stack([x, y * x]), (1.5j, 2.0)),
    "rows": (lambda x, y: np.sum(np.stack([x, x + y, y]), 1), (ROW, ROW[::-1])),
    "rows that leave": (lambda x, y: np.stack([x, x + y, y]), (ROW, ROW)),
    "other types": (lambda x, y: np.sum(np.stack([x, x + y, y]), 1), (ROW, SMALL)),
    "columns": (lambda x, y: np.stack([x, y], axis=1) @ ROW[:2], (ROW, ROW)),
    "matrices": (lambda x, y: np.sum(np.stack([x, x + y]), 0), (np.outer(ROW, ROW), ROW)),
    "transposed": (lambda x, y: np.sum(np.stack([x, x * 2]), 0), (np.outer(ROW, ROW[:2]).T, 1.0)),
    "a constant": (lambda x, y: np.sum(np.stack([ROW, x, y]), 1), (ROW * 2, ROW)),
    "joined": (lambda x, y: np.cumsum(np.concatenate([x, y, x])), (ROW, ROW[:1])),
    "joined columns": (
        lambda x, y: np.sum(np.concatenate([x, y], axis=1), 1),
        (np.outer(ROW, ROW), np.outer(ROW, ROW[:2])),
    ),
    "joined in a row": (
        lambda x, y: np.sum(np.concatenate([x, y], axis=None) * 2),
        (np.outer(ROW, ROW), ROW),
    ),
    "empty": (lambda x, y: np.stack([x, y]).sum(1), (ROW[:0], ROW[:0])),
    "in a loop": (
        lambda x, y: np.stack([np.stack([x, y]).sum(0), np.stack([y, x * y]).sum(0)]).sum(0) + x,
        (ROW, ROW),
    ),
}


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_what_is_put_side_by_side_is_the_same_to_the_last_bit(name):
    function, given = SIDE_BY_SIDE[name]
    run = jit(function)
    earlier = []
    for k in range(4):
        arguments = [x + k if type(x) is np.ndarray else x for x in given]
        found, wanted = run(*arguments), function(*arguments)
        assert bits(found) == bits(wanted)
        assert (found.strides, found.base is None) == (wanted.strides, wanted.base is None)
        assert not any(np.shares_memory(found, x) for x in earlier)
        earlier.append(found)


NUMBERS_OF_ROWS = {
    "repeated": [3, 0, 3, -1], "two axes": [[3, 0], [3, -5]], "none": [], "beyond": [3, 5],
    "before": [0, -6], "one": 2,
}  # fmt: skip


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int8])
@pytest.mark.parametrize("name", NUMBERS_OF_ROWS)
def test_rows_are_added_where_numpy_adds_them(name, dtype, order):
    index = np.array(NUMBERS_OF_ROWS[name]).astype(dtype)
    values = np.random.default_rng(0).normal(size=(*index.shape, 3))

    def function(values, index):
        whole = np.zeros((5, 3), order=order) - 0.0
        np.add.at(whole, index, values)
        np.add.at(whole, index, values[..., :1])
        return whole

    run = jit(function)
    for k in range(3):
        try:
            wanted = function(values + k, index)
        except IndexError:
            with pytest.raises(IndexError):
                run(values + k, index)
        else:
            assert bits(run(values + k, index)) == bits(wanted)
