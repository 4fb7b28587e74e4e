"""Tapes that read and change Values where their numbers lie."""

import itertools
import math

import numpy as np
import pytest

import autograd
from autograd import Value, jit
from autograd.program.backends.tape.bound import fields
from autograd.program.backends.tape.built import machine

pytestmark = pytest.mark.skipif(machine is None, reason="tapes were not built")

COUNT = 6


def values():
    return [Value(0.1 * k + 0.1) for k in range(COUNT)]


def training(parts):
    """Return a step of training, which returns more than it stores."""

    def step(x, rate):
        y = Value(x)
        for v in parts:
            y = (y * v + 0.5).relu() if v.data < 2.0 else y / v
            v.grad = 0
        y.backward()
        for v in parts:
            v.data -= rate * v.grad
        return {"loss": y.data, "x": x, "slopes": [parts[0].grad, 3.0], "small": y.data < 1.0}

    return step


def held(parts):
    return [(v.data.hex(), float(v.grad).hex()) for v in parts]


def both():
    ours, theirs = values(), values()
    run, step = jit(training(ours)), training(theirs)
    for x in (0.5, -0.5, 1.5):
        assert run(x, 0.1) == step(x, 0.1)
        assert held(ours) == held(theirs)
    return ours, theirs, run, step


def test_values_are_read_and_changed_as_by_calls():
    ours, theirs, run, step = both()
    source = run._route.run.source
    assert ("bound(" in source) == (fields() is not None)
    for k, number in enumerate((3.0, -1.0, math.inf, math.nan, -0.0)):
        ours[k].data = theirs[k].data = number
        assert str(run(0.7, 0.1)) == str(step(0.7, 0.1))
        assert held(ours) == held(theirs)


def test_errors_leave_everything_as_it_was():
    ours, theirs, run, step = both()
    for parts in (ours, theirs):
        parts[0].data, parts[1].data = 4.0, 0.0
    for f, parts in ((step, theirs), (run, ours)):
        before = [v.data for v in parts]
        with pytest.raises(TypeError):
            f("1", 0.1)
        assert [v.data for v in parts] == before
    assert str(run(0.7, 0.1)) == str(step(0.7, 0.1))
    assert held(ours) == held(theirs)


def test_names_and_derivatives_that_are_nodes_take_the_long_way():
    ours, theirs, run, step = both()
    for parts in (ours, theirs):
        parts[2].label = "w"
    assert run(0.7, 0.1) == step(0.7, 0.1)
    assert held(ours) == held(theirs)

    def total(parts):
        return sum([v.grad * 2.0 for v in parts * 2])

    shorter = jit(lambda: total(ours))
    assert [shorter() for _ in range(3)] == [total(theirs)] * 3
    y = ours[0] * ours[1]
    y.backward(create_graph=True)
    assert isinstance(shorter(), Value)


def test_names_of_arguments_are_free():
    ours = values()

    def step(bound, otherwise, HasNotes, run):
        for v in ours:
            v.data = v.data * bound + otherwise
        return HasNotes * run + ours[0].data

    compiled = jit(step)
    for _ in range(3):
        wanted = 6.0 + (ours[0].data * 0.5 + 0.1)
        assert compiled(0.5, 0.1, 2.0, 3.0) == wanted


def test_only_values_are_bound():
    ours = [*values(), autograd.Tensor(np.ones(2))]
    run = jit(lambda x: sum([x * v.data for v in ours[:-1]]) + x * ours[-1].data[0])
    assert [run(2.0) for _ in range(3)] == [run.function(2.0)] * 3

    def shift():
        for v, w in itertools.pairwise(ours[:-1]):
            v.data = w.data

    copied = jit(shift)
    numbers = [v.data for v in ours[1:6]]
    copied()
    assert [v.data for v in ours[:5]] == numbers


class Holder:
    __slots__ = ("held",)


def parts(**changed):
    """Return a tape of x + 1 and x * 2, bound to two floats: the arguments of `Bound`."""
    rows = [(machine.ADD, 0, 2, 0, 0), (machine.MUL, 1, 2, 0, 0)]
    tape = machine.Tape(
        np.array(rows, np.int32), np.zeros(0, np.int32), np.array([1.0, 2.0]), 1,
        np.array([3, 4], np.int32), (None, None), (), print, 0.0,
    )  # fmt: skip
    holder = Holder()
    holder.held = None
    found = {
        "tape": tape,
        "nodes": (float("1.25"), float("2.5"), holder),
        "reads": [[0, 16]],
        "writes": [[1, 16, 1], [0, 16, -1]],
        "constants": np.array([0.0, 7.0]),
        "returned": [0],
        "empty": [[2, 16]],
        "otherwise": lambda *given: ("otherwise", *given),
    } | changed
    for name in ("reads", "writes", "returned", "empty"):
        found[name] = np.array(found[name], np.int64)
    return found


@pytest.mark.skipif(float.__basicsize__ != 24, reason="floats lie in memory in another way")
def test_numbers_are_read_and_stored_in_place():
    given = parts()
    bound = machine.Bound(**given)
    assert bound() == (2.25,)
    assert given["nodes"][:2] == (7.0, 2.5)
    assert bound() == (8.0,)
    assert given["nodes"][:2] == (7.0, 14.0)
    given["nodes"][2].held = 1
    assert bound() == ("otherwise",)
    taking = machine.Bound(**parts(reads=[[-1, 0]], returned=[1, 0, 1]))
    assert taking(4.0) == (8.0, 5.0, 8.0)
    for wrong in ((), (1.0, 2.0), ("1",)):
        with pytest.raises(TypeError):
            taking(*wrong)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("reads", []), ("reads", [[3, 16]]), ("reads", [[-2, 16]]), ("reads", [[0, 8]]),
        ("reads", [[0, 24]]), ("reads", [[0, 17]]), ("writes", [[1, 16, 2], [0, 16, -1]]),
        ("writes", [[1, 16, -2], [0, 16, -1]]), ("writes", [[1, 16, 1]]), ("returned", [2]),
        ("returned", [-1]), ("empty", [[2, 24]]), ("empty", [2]), ("tape", 1), ("nodes", []),
    ],
)  # fmt: skip
def test_parts_of_a_bound_tape_that_do_not_fit_are_refused(name, part):
    with pytest.raises((ValueError, TypeError)):
        machine.Bound(**parts(**{name: part}))
