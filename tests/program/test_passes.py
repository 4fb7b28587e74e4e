"""Passes: each gives a program that computes exactly the same with less."""

import numpy as np
import pytest
from program.pass_checks import X, bits, calls, check, simplest

from autograd import Tensor, grad, value_and_grad
from autograd.program import jit, trace
from autograd.program.instructions import Guard, Instruction
from autograd.program.passes import optimised
from autograd.program.passes.algebra import simplified
from autograd.program.passes.common import with_common_subexpressions
from autograd.program.passes.copies import without_copies
from autograd.program.passes.dead_code import without_dead_code
from autograd.program.running import GuardFailed, compiled
from nn import Dropout

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
        check(simplified, lambda x: np.mean(x, axis=0), x, expected=["reduce", "truediv"])
        check(simplified, lambda x: np.mean(x, axis=(0, -1), keepdims=True), x)


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


@pytest.mark.parametrize("shift", [0, 1])
def test_arguments_that_share_memory_are_restored(shift):
    def function(x, y):
        x += 1.0
        y += 1.0
        if x.sum() > 8:
            return x * 2.0
        return x * 3.0

    def given():
        x = np.ones(3 + shift)
        return x[:3], x[shift:]

    run = jit(function)
    run(np.ones(3), np.ones(3))
    (a, b), (x, y) = given(), given()
    assert bits(run(a, b)) == bits(function(x, y))
    assert (bits(a), bits(b)) == (bits(x), bits(y))


def test_arguments_that_share_memory_are_restored_at_an_error():
    def function(x, y, n):
        x += 1.0
        y += 1.0
        return x * (1.0 / n)

    run = jit(function)
    run(np.ones(3), np.ones(3), 2.0)
    x = np.ones(3)
    with pytest.raises(ZeroDivisionError):
        run(x, x, 0.0)
    assert bits(x) == bits(np.full(3, 3.0))


def test_a_generator_that_is_two_arguments_is_restored():
    def function(x, a, b):
        x = x + a.normal(size=3) + b.normal(size=3)
        return x * a.normal() if x.sum() > 0 else x - b.normal()

    run = jit(function)
    run(np.full(3, 9.0), np.random.default_rng(0), np.random.default_rng(1))
    a, b = np.random.default_rng(3), np.random.default_rng(3)
    assert bits(run(np.full(3, -9.0), a, a)) == bits(function(np.full(3, -9.0), b, b))


def test_arguments_may_be_one_generator_or_two():
    def function(x, a, b):
        return x * a.normal() + b.normal()

    def pairs():
        a, b = map(np.random.default_rng, (3, 4))
        return [(a, a), (a, b), (b, b)]

    fast = jit(function)
    for one, other in zip(pairs(), pairs(), strict=True):
        assert bits(fast(X, *one)) == bits(function(X, *other))


def test_an_argument_may_be_the_generator_of_a_module():
    def function(x, generator):
        return drop(x) + generator.normal()

    found = []
    for run in (function, jit(function)):
        own = np.random.default_rng(3)
        drop = Dropout(0.5, generator=own)
        given = [own, np.random.default_rng(4), own]
        found.append([bits(run(Tensor(X), generator).data) for generator in given])
    assert found[0] == found[1]


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


@pytest.mark.each("seed", range(60))
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


@pytest.mark.each("seed", range(60))
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
