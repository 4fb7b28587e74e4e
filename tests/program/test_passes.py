"""Passes: each gives a program that computes exactly the same with less."""

import numpy as np
import pytest

from autograd import Tensor, grad, value_and_grad
from autograd.program import jit, trace
from autograd.program.instructions import Guard, Instruction
from autograd.program.passes import SIMPLIFYING, optimised
from autograd.program.passes.algebra import simplified
from autograd.program.passes.common import with_common_subexpressions
from autograd.program.passes.copies import without_copies
from autograd.program.passes.dead_code import without_dead_code
from autograd.program.passes.tiled import Tiled
from autograd.program.running import GuardFailed, compiled

X = np.array([[1.0, -2.0, 0.5], [0.25, -0.0, 3.0]])


def calls(program):
    return [item.name for item in program.items if isinstance(item, Instruction)]


def bits(x):
    """Return what two results must have in common; NaN has no sign."""
    x = np.array(x)
    if x.dtype.kind == "f":
        x[np.isnan(x)] = np.nan
    return (x.dtype, x.shape, x.tobytes())


def simplest(program):
    for one in SIMPLIFYING:
        program = one(program)
    return program


def check(one, function, *arguments, expected=None):
    """Run a pass; compare what the programs compute, and return what the second calls."""
    program = trace(function)(*arguments)
    before = calls(program)
    after = one(program)
    assert calls(program) == before, "the pass has changed the program that it was given"
    runs = []
    for p in (program, after):
        copies = [x.copy() if isinstance(x, np.ndarray) else x for x in arguments]
        found = compiled(p)(*copies)
        runs.append([bits(x) for x in (found if isinstance(found, tuple) else (found,))])
        runs[-1] += [bits(x) for x in copies]
    assert runs[0] == runs[1]
    if expected is not None:
        assert calls(after) == expected
    return after


# -- dead code --------------------------------------------------------------------------------


def test_what_nothing_uses_is_left_out():
    def function(x):
        np.exp(x)
        return x + 1.0

    check(without_dead_code, function, X, expected=["add"])


def test_writes_stay_where_the_memory_is_used():
    def returned(x):
        y = x + 1.0
        y[0] = 5.0
        return y

    def read_through_a_view(x):
        y = x + 1.0
        z = y.T
        y[0] = 5.0
        return z * 2.0

    def of_the_argument(x):
        x[0] = 5.0
        return x.shape[0] * 1.0

    def not_used(x):
        y = x + 1.0
        z = y * 2.0
        y[0] = 5.0
        return z

    check(without_dead_code, returned, X, expected=["add", "setitem"])
    check(without_dead_code, read_through_a_view, X, expected=["add", "T", "setitem", "mul"])
    check(without_dead_code, of_the_argument, X, expected=["setitem"])
    check(without_dead_code, not_used, X, expected=["add", "mul"])


def test_draws_stay_though_nothing_uses_them():
    def function(x, generator):
        generator.normal()
        return x * generator.normal()

    program = trace(function)(X, np.random.default_rng(0))
    assert calls(without_dead_code(program)) == ["normal", "normal", "mul"]
    run = jit(function)
    for _ in range(2):
        found = run(X, np.random.default_rng(7))
        assert bits(found) == bits(function(X, np.random.default_rng(7)))


# -- common subexpressions --------------------------------------------------------------------


def test_the_same_is_computed_once():
    check(with_common_subexpressions, lambda x: np.exp(x) * np.exp(x), X, expected=["exp", "mul"])


def test_the_same_is_computed_again_after_a_write():
    def function(x):
        y = x + 1.0
        a = np.exp(y)
        y[0] = 0.0
        return a * np.exp(y)

    def through_an_argument(x, y):
        a = np.exp(x)
        y[0] = 0.0
        return a * np.exp(x)

    check(with_common_subexpressions, function, X, expected=["add", "exp", "setitem", "exp", "mul"])
    check(with_common_subexpressions, through_an_argument, X, X.copy())
    run = jit(through_an_argument)
    for _ in range(3):
        a, b = X.copy(), X.copy()
        assert bits(run(a, a)) == bits(through_an_argument(b, b))


def test_results_that_are_written_to_stay_apart():
    def function(x):
        a, b = x + 1.0, x + 1.0
        a[0] = 0.0
        return a * b

    check(with_common_subexpressions, function, X, expected=["add", "add", "setitem", "mul"])


def test_two_results_are_never_the_same_array():
    after = check(with_common_subexpressions, lambda x: (x + 1.0, x + 1.0), X)
    a, b = compiled(after)(X)
    assert not np.shares_memory(a, b)


def test_numbers_of_different_types_are_different():
    def function(x):
        return x.astype(int) * 1, x.astype(int) * 1.0, x.astype(int) * True

    check(optimised, function, X)
    check(optimised, lambda x: (x + 0.0, x + -0.0), np.array([-0.0, 0.0]))


# -- algebra ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x * 1.0 + 1.0, ["add"]),
        (lambda x: 1 * x / 1.0 + 1.0, ["add"]),
        (lambda x: (x - 0.0) + 1.0, ["add"]),
        (lambda x: (x + 0.0) + 1.0, ["add", "add"]),
        (lambda x: x.T.T + 1.0, ["add"]),
        (lambda x: x.reshape(2, 3) + 1.0, ["add"]),
        (lambda x: -x + np.exp(x), ["exp", "sub"]),
        (lambda x: np.exp(x) + x * -1.0, ["exp", "sub"]),
        (lambda x: np.sum(x), ["reduce"]),
        (lambda x: x.max(axis=1), ["reduce"]),
    ],
)
def test_algebra_keeps_the_bits(function, expected):
    for x in (X, X.astype(np.float32), np.array([[np.inf, -np.inf, np.nan], [0.0, -0.0, 1e-310]])):
        check(simplest, function, x, expected=expected)
        check(optimised, function, x)


def test_mean_is_a_sum_and_a_division():
    for dtype in (np.float32, np.float64):
        x = np.random.default_rng(0).normal(size=(7, 33)).astype(dtype)
        check(simplified, lambda x: np.mean(x) * 1.5, x)
        check(simplified, lambda x: x.mean(), x)
        check(simplified, lambda x: np.mean(x, axis=0), x, expected=["mean"])


def test_types_that_change_are_kept():
    check(simplest, lambda x: x * 1.0, np.arange(3), expected=["mul"])
    check(simplest, lambda x: x * np.float64(1.0), X.astype(np.float32), expected=["mul"])
    check(optimised, lambda x: (x.sum() * 1.0) ** 2, X.astype(np.float32))


# -- copies -----------------------------------------------------------------------------------


def test_copies_that_nothing_tells_apart_are_left_out():
    check(without_copies, lambda x: np.exp(x.copy()), X, expected=["exp"])
    check(without_copies, lambda x: (x + 1.0).copy(), X, expected=["add"])


def test_copies_stay_where_one_side_is_written_to():
    def copy_written(x):
        y = x.copy()
        y[0] = 7.0
        return x + y

    def original_written(x):
        y = x + 1.0
        z = y.copy()
        y[0] = 7.0
        return y + z

    def taken_over(x):
        y = (x + 1.0).copy()
        y[0] = 7.0
        return y

    check(without_copies, copy_written, X, expected=["copy", "setitem", "add"])
    check(without_copies, original_written, X, expected=["add", "copy", "setitem", "add"])
    check(without_copies, taken_over, X, expected=["add", "setitem"])


def test_what_is_returned_is_never_an_argument():
    after = check(optimised, lambda x: x.copy(), X)
    assert not np.shares_memory(compiled(after)(X), X)
    after = check(optimised, lambda x: (x * 1.0, x * 1.0), X)
    a, b = compiled(after)(X)
    assert not np.shares_memory(a, X)
    assert not np.shares_memory(a, b)
    x = X.copy()
    run = jit(lambda x: (x + 1.0).copy())
    assert not np.shares_memory(run(x), run(x))


def test_copies_that_change_the_layout_are_kept():
    check(without_copies, lambda x: x.T.copy() + 1.0, X, expected=["T", "copy", "add"])


# -- running ----------------------------------------------------------------------------------


def test_other_layouts_give_the_same_bits():
    def function(x):
        return value_and_grad(lambda x: np.sum(np.tanh(x) * x, axis=0).sum())(x)

    run = jit(function)
    x = np.random.default_rng(0).normal(size=(33, 17)).astype(np.float32)
    for given in (x, np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x):
        for found, expected in zip(run(given), function(given), strict=True):
            assert bits(found) == bits(expected)


def test_arguments_are_restored_when_a_guard_fails():
    def function(x):
        x -= 1.0
        if x.sum() > 0:
            return x * 2.0
        return x * 3.0

    run = jit(function)
    for start in (5.0, -5.0, 5.0, 0.5, 7.0):
        x, y = np.full(3, start), np.full(3, start)
        assert bits(run(x)) == bits(function(y))
        assert bits(x) == bits(y)


def test_generators_are_restored_when_a_guard_fails():
    def function(x, generator):
        noise = generator.normal(size=3)
        if (x + noise).sum() > 0:
            return x * generator.normal()
        return x - generator.normal()

    run = jit(function)
    a, b = np.random.default_rng(3), np.random.default_rng(3)
    for k in range(30):
        x = np.full(3, 0.3 * (-1) ** k)
        assert bits(run(x, a)) == bits(function(x, b))


def test_a_failing_guard_says_what_it_saw():
    program = trace(lambda x: x * 2.0 if x > 0 else x)(1.0)
    assert [type(item) for item in program.items[:2]] == [Instruction, Guard]
    with pytest.raises(GuardFailed) as failure:
        compiled(optimised(program))(-1.0)
    assert (failure.value.number, failure.value.found) == (0, False)


def test_training_step_is_the_same_bits_with_fewer_calls():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(20, 3)).astype(np.float32)
    start = generator.normal(size=(3, 2)).astype(np.float32)

    def step_of(w):
        def step():
            loss = (np.tanh(Tensor(x) @ w) ** 2).mean()
            loss.backward()
            w.data -= 0.1 * w.grad
            w.grad = None
            return loss.item()

        return step

    a, b = Tensor(start.copy()), Tensor(start.copy())
    eager, fast = step_of(a), jit(step_of(b))
    for _ in range(5):
        assert eager() == fast()
        assert bits(a.data) == bits(b.data)
    program = trace(step_of(a))()
    assert len(simplest(program)) < len(program)


# -- random programs --------------------------------------------------------------------------


def random_function(generator):
    """Return a function of two arrays, made of random steps, some of them in place."""
    steps = [tuple(generator.integers(0, 1000, 4)) for _ in range(generator.integers(3, 14))]

    def function(x, y):
        known = [x, y, x * 0.5]
        for kind, a, b, c in steps:
            p, q = known[a % len(known)], known[b % len(known)]
            match kind % 16:
                case 0:
                    known.append(p + q)
                case 1:
                    known.append(p * q)
                case 2:
                    known.append(p - q)
                case 3:
                    known.append(np.tanh(p))
                case 4:
                    known.append(p.copy())
                case 5:
                    known.append(np.where(p > q, p, 0.5 * q))
                case 6:
                    known.append(p * 1.0)
                case 7:
                    known.append(p.T.T)
                case 8:
                    known.append(-p)
                case 9:
                    known.append(p - p.mean())
                case 10:
                    known.append(p / (1.0 + np.abs(q)))
                case 11:
                    known.append(p * q.sum(axis=c % 2, keepdims=True))
                case 12:
                    if p is not x and p is not y:
                        p += q
                case 13:
                    target = known[2 + a % (len(known) - 2)]
                    target[c % 3] = 0.25 * q[b % 3]
                case 14:
                    known.append(p[::-1])
                case 15:
                    known.append(p[:2].repeat(2, axis=0)[:3])
        return known[-1], sum(known[2:]), known[2]

    return function


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_are_the_same_bits(seed):
    compare_random_program(seed, 4)


def compare_random_program(seed, size):
    generator = np.random.default_rng(seed)
    function = random_function(generator)
    fast = jit(function)
    for k in range(3):
        x, y = generator.normal(size=(2, 3, size)).astype([np.float32, np.float64][seed % 2])
        if k == 2:
            y = x
        given = (x.copy(), y.copy()) if y is not x else (x.copy(),) * 2
        expected = [bits(z) for z in function(*given)]
        assert [bits(z) for z in fast(x, y)] == expected
        assert [bits(x), bits(y)] == [bits(z) for z in given]


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_in_small_tiles_are_the_same_bits(seed, monkeypatch):
    monkeypatch.setattr("autograd.program.passes.tiles.LEAST", 1)
    monkeypatch.setattr("autograd.program.passes.tiled.TILE", 1024)
    compare_random_program(seed, 301)
    compare_random_gradient(seed, 301)


@pytest.mark.parametrize("seed", range(30))
def test_gradients_of_random_programs_are_the_same_bits(seed):
    compare_random_gradient(seed, 4)


def compare_random_gradient(seed, size):
    generator = np.random.default_rng(1000 + seed)
    function = random_function(generator)
    gradient = grad(lambda x, y: sum(np.sum(z) for z in function(x, y)), argnum=(0, 1))
    fast = jit(gradient)
    for _ in range(3):
        x, y = generator.normal(size=(2, 3, size))
        assert [bits(z) for z in fast(x, y)] == [bits(z) for z in gradient(x, y)]


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
        assert tiled(optimised(trace(run.function)(x)))
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
