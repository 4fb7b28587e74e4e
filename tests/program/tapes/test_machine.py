"""Tapes themselves: each operation, damaged parts, threads, calls in calls, many examples."""

import gc
import itertools
import math
import random
import threading
import weakref

import numpy as np
import pytest
from program.agreement import Outcome
from program.tapes.scalar_programs import SPECIAL

from autograd import jit
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.operations import (
    ARITHMETIC,
    COMPARISONS,
    FUNCTIONS,
    kernel_of,
)
from autograd.rules.elementwise import sign_of_float

pytestmark = pytest.mark.skipif(machine is None, reason="tapes were not built")

#: By the number of arguments, the functions of floats that C computes and that programs call.
BY_COUNT = {1: [], 2: []}
for f in (*ARITHMETIC, *COMPARISONS, *FUNCTIONS):
    if f in (float, kernel_of(sign_of_float)):  # only rules call them in programs
        continue
    for count in BY_COUNT:
        try:
            f(*[0.5] * count)
        except TypeError:
            continue
        except ValueError:
            pass
        BY_COUNT[count].append(f)


@pytest.mark.parametrize("f", BY_COUNT[1], ids=lambda f: f.__name__)
def test_functions_of_a_number_give_the_same_bits(f):
    taped = jit(lambda x: f(x) * 0.5, backend="c")
    generator = random.Random(0)
    usual = [generator.uniform(-1, 1) * 10.0 ** generator.randint(-20, 3) for _ in range(300)]
    for x in (0.3, 1.5, *SPECIAL, *usual):
        fault = Outcome(taped, (x,), {}).difference(Outcome(taped.function, (x,), {}))
        assert fault is None, f"{f.__name__}({x}): {fault}"
    assert "tape: " in taped.summary()
    assert "calls of Python" not in taped.summary()


@pytest.mark.parametrize("f", BY_COUNT[2], ids=lambda f: f.__name__)
def test_functions_of_two_numbers_give_the_same_bits(f):
    taped = jit(lambda x, y: f(x, y) * 0.5, backend="c")
    generator = random.Random(0)
    usual = [generator.uniform(-1, 1) * 10.0 ** generator.randint(-4, 4) for _ in range(40)]
    numbers = (*SPECIAL, *usual[:12])
    pairs = [
        (0.3, 1.5),
        *[(x, y) for x in numbers for y in numbers],
        *itertools.pairwise(usual),
    ]
    for x, y in pairs:
        fault = Outcome(taped, (x, y), {}).difference(Outcome(taped.function, (x, y), {}))
        assert fault is None, f"{f.__name__}({x}, {y}): {fault}"
    assert "tape: " in taped.summary()


def records(*rows):
    return np.array(rows, np.int32)


def tape(rows, inputs=2, outputs=(), constants=(), calls=(), arguments=(), **changed):
    parts = {
        "records": records(*rows), "arguments": np.array(arguments, np.int32),
        "constants": np.array(constants, float), "inputs": inputs,
        "outputs": np.array(outputs, np.int32), "boxes": (None,) * len(outputs),
        "calls": calls, "failed": failed, "limit": 1e-10,
    }  # fmt: skip
    return machine.Tape(**(parts | changed))


def failed(number, value):
    raise RuntimeError(f"guard {number} failed: {value}")


def test_a_tape_computes_what_its_records_say():
    rows = [(machine.ADD, 0, 1, 0, 0), (machine.MUL, 2, 2, 0, 0)]
    assert tape(rows, outputs=(2, 3))(2.0, 3.0) == (5.0, 25.0)


def test_equal_records_are_carried_out_once():
    rows = [(machine.ADD, 0, 1, 0, 0), (machine.ADD, 1, 0, 0, 0), (machine.MUL, 2, 3, 0, 0)]
    found = tape(rows, outputs=(4,))
    assert found(2.0, 3.0) == 25.0
    assert found.operations == 2


def test_what_nothing_uses_is_left_out_unless_it_may_fail():
    def call(*numbers):
        raise ArithmeticError

    unused = [(machine.MUL, 0, 1, 0, 0), (machine.DIV, 0, 1, 0, 0), (machine.ADD, 0, 1, 0, 0)]
    found = tape(unused, outputs=(4,), calls=(call,))
    assert found.operations == 1
    assert found(1.0, 0.0) == 1.0
    unused[1] = (machine.DIV | machine.KEEP, 0, 1, 0, 0)
    with pytest.raises(ArithmeticError):
        tape(unused, outputs=(4,), calls=(call,))(1.0, 0.0)


@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_chains_are_added_in_their_order(count):
    """Sums of large and small numbers tell the order, and whether products are rounded."""
    generator = random.Random(count)
    numbers = [
        generator.uniform(-1, 1) * 10.0 ** generator.randint(-8, 8) for _ in range(2 * count + 1)
    ]

    def products(*x):
        total = x[0]
        for k in range(1, len(x), 2):
            total = total + x[k] * x[k + 1] if k % 3 else x[k] * x[k + 1] + total
        return total

    def sums(*x):
        total = x[0]
        for k, number in enumerate(x[1:]):
            total = total + number if k % 3 else number + total
        return total - x[0]

    for f in (products, sums):
        taped = jit(f, backend="c")
        for _ in range(3):
            generator.shuffle(numbers)
            assert taped(*numbers) == f(*numbers)


def test_damaged_parts_are_refused():
    row = (machine.ADD, 0, 1, 0, 0)
    for rows, changed in (
        ([(machine.ADD, 0, 2, 0, 0)], {}),  # its own result
        ([(machine.ADD, -1, 0, 0, 0)], {}),
        ([(9999, 0, 0, 0, 0)], {}),
        ([(-3, 0, 0, 0, 0)], {}),
        ([(machine.EXP, 0, 0, 0, 0)], {}),  # nothing to call
        ([(machine.CALL, 0, 1, 0, 0)], {"calls": (abs,)}),  # no such arguments
        ([(machine.CALL, -1, 1, 0, 0)], {"calls": (abs,), "arguments": np.zeros(1, np.int32)}),
        ([(machine.CALL, 2**31 - 1, 2**31 - 1, 0, 0)], {"calls": (abs,)}),
        ([(machine.GUARD, 0, 0, 1, -1)], {}),
        ([row], {"outputs": np.array([3], np.int32), "boxes": (None,)}),
        ([row], {"outputs": np.array([2], np.int32), "boxes": ()}),
        ([row], {"inputs": -1}),
        ([row], {"inputs": 2**40}),
        ([row], {"calls": (None,)}),
        ([row], {"failed": None}),
        ([row], {"records": b"123"}),
    ):
        with pytest.raises(ValueError, match="tape"):
            tape(rows, **changed)


def test_random_parts_do_no_harm():
    generator = random.Random(0)
    made = 0
    for _ in range(3000):
        count = generator.randint(0, 12)
        rows = [
            (generator.randint(-1, 50) | generator.choice((0, 0, machine.KEEP)),
             *[generator.randint(-1, 2 + i) for _ in range(3)], generator.randint(-1, 1))
            for i in range(count)
        ]  # fmt: skip
        outputs = [generator.randint(0, count + 3) for _ in range(generator.randint(0, 3))]
        try:
            found = tape(
                rows or np.zeros((0, 5)),
                2,
                outputs,
                (0.5,),
                (math.hypot,),
                (0, 1, 2, 3),
                limit=math.nan,
            )
        except ValueError:
            continue
        made += 1
        try:
            found(generator.choice(SPECIAL), generator.choice(SPECIAL))
            results = np.empty((len(outputs), 11))
            found.batch(11, (np.ones(11), 0.5), results, np.empty(11, np.int32))
        except (RuntimeError, TypeError):
            pass
    assert made > 100


def test_calls_with_other_arguments_are_refused():
    found = tape([(machine.ADD, 0, 1, 0, 0)], outputs=(2,))
    for arguments in ((), (1.0,), (1.0, 2.0, 3.0), (1.0, "2"), (1, 2.0)):
        with pytest.raises(TypeError, match="tape"):
            found(*arguments)
    with pytest.raises(TypeError):
        found(1.0, y=2.0)
    assert found(1.0, True) == 2.0


def test_calls_in_calls_have_their_own_memory():
    depth = 0

    def call(x):
        nonlocal depth
        depth += 1
        return found(x - 1.0) if x > 0.0 else 0.0

    rows = [(machine.MUL, 0, 0, 0, 0), (machine.CALL, 0, 1, 0, 0), (machine.ADD, 1, 2, 0, 0)]
    found = tape(rows, 1, (3,), calls=(call,), arguments=(0,))
    assert found(5.0) == 25.0 + 16.0 + 9.0 + 4.0 + 1.0
    assert depth == 6


def test_errors_of_called_functions_pass_through():
    def call(x):
        raise KeyError("found")

    found = tape([(machine.CALL, 0, 1, 0, 0)], 1, (1,), calls=(call,), arguments=(0,))
    for _ in range(2):
        with pytest.raises(KeyError, match="found"):
            found(1.0)
    other = tape([(machine.CALL, 0, 1, 0, 0)], 1, (1,), calls=(str,), arguments=(0,))
    with pytest.raises(TypeError, match="floats, not str"):
        other(1.0)


def test_calls_take_any_number_of_arguments():
    for count in (0, 1, 6, 7, 8, 9, 200):
        rows = [(machine.CALL, 0, count, 0, 0)]
        found = tape(rows, 1, (1,), calls=(lambda *x: float(sum(x)),), arguments=(0,) * count)
        assert found(2.0) == 2.0 * count


def test_threads_have_their_own_memory():
    @jit
    def f(x, y):
        for _ in range(40):
            x, y = x * y + 0.1, math.gamma(1.5 + abs(y)) * 0.5
        return x + y

    wanted = {k: f.function(0.1 * k, 0.5) for k in range(8)}
    f(0.0, 0.5)
    faults = []

    def work(k):
        for _ in range(200):
            if f(0.1 * k, 0.5) != wanted[k]:
                faults.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_tapes_are_garbage_collected():
    class Holder:
        def __call__(self, x):
            return x

    holder = Holder()
    holder.tape = tape([(machine.CALL, 0, 1, 0, 0)], 1, (1,), calls=(holder,), arguments=(0,))
    assert holder.tape(2.0) == 2.0
    seen = weakref.ref(holder)
    del holder
    gc.collect()
    assert seen() is None


def test_guards_say_what_failed():
    rows = [(machine.GT, 0, 1, 0, 0), (machine.GUARD, 2, 0, 1, 7)]
    found = tape(rows)
    assert found(2.0, 1.0) == ()
    with pytest.raises(RuntimeError, match=r"guard 7 failed: 1\.0"):
        found(1.0, 2.0)


# -- many examples ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 50])
def test_many_examples_give_the_same_bits(count):
    rows = [
        (machine.SIN, 0, 0, 0, 0), (machine.MUL, 2, 1, 0, 0), (machine.ADD, 3, 0, 0, 0),
        (machine.DIV, 4, 1, 0, 1), (machine.GT, 5, 1, 0, 0), (machine.CHOOSE, 6, 5, 4, 0),
        (machine.POWER, 0, 1, 0, 2), (machine.GUARD, 6, 5, 1, 3),
    ]  # fmt: skip
    calls = (math.sin, lambda x, y: math.nan, lambda x, y: math.inf)
    found = tape(rows, outputs=(4, 7, 8), calls=calls)
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(2, count))
    y[:2] = 0.0
    results = np.empty((3, count))
    failures = np.empty(count, np.int32)
    found.batch(count, (x, y), results, failures)
    for i in range(count):
        if failures[i]:
            with pytest.raises(RuntimeError, match=f"guard {failures[i] - 1} failed"):
                found(x[i], y[i])
            continue
        one = found(x[i], y[i])
        assert np.array_equal(one, [r[i] for r in results], equal_nan=True)
    if count > 8:
        assert 0 < np.count_nonzero(failures) < count


def test_batches_check_their_arrays():
    found = tape([(machine.ADD, 0, 1, 0, 0)], outputs=(2,))
    x, result, failures = np.ones(5), np.empty((1, 5)), np.empty(5, np.int32)
    found.batch(5, (x, 2.0), result, failures)
    assert result.tolist() == [[3.0] * 5]
    for inputs, output, flags in (
        ((x,), result, failures),
        ((x, "2"), result, failures),
        ((x, np.ones(4)), result, failures),
        ((x, np.ones(5, np.float32)), result, failures),
        ((x, np.ones(10)[::2]), result, failures),
        ((x, x), (), failures),
        ((x, x), np.empty(4), failures),
        ((x, x), np.empty((2, 5)), failures),
        ((x, x), result, np.empty(5)),
        ((x, x), result, None),
    ):
        with pytest.raises((TypeError, ValueError, BufferError)):
            found.batch(5, inputs, output, flags)
    for count in (-1, 2**62):
        with pytest.raises((ValueError, TypeError)):
            found.batch(count, (x, x), result, failures)
    result.flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        found.batch(5, (x, x), result, failures)


def test_lanes_that_failed_call_nothing():
    seen = []

    def call(x):
        seen.append(x)
        return x

    rows = [(machine.GT, 0, 1, 0, 0), (machine.GUARD, 2, 0, 1, 0), (machine.CALL, 0, 1, 0, 0)]
    found = tape(rows, outputs=(4,), calls=(call,), arguments=(0,))
    x = np.arange(10.0)
    found.batch(10, (x, 3.5), np.empty(10), np.empty(10, np.int32))
    assert seen == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
