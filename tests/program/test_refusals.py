"""Impure functions, and what a program cannot follow."""

import dataclasses
import itertools
import operator
import pickle
import random
import time
import types
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from program.agreement import (
    alike,
    array,
    paths,
)

from autograd import jit, trace
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import ImpureFunctionError, TraceError

GROWING: list = []
COUNT = 0


class Counter:
    def __init__(self):
        self.k = 2.0

    def count(self, x):
        self.k += 1
        return x * self.k


@dataclasses.dataclass
class Options:
    a: object = 1.0


class Listed(list):
    rate = 1.0

    def __init__(self, rate):
        super().__init__()
        self.rate = rate


def grow(x):
    GROWING.append(x)
    return x


def memorise(x, known={}):  # noqa: B006
    known["last"] = x
    return x


def count_globally(x):
    global COUNT
    COUNT += 1
    return x


def count_in_closure():
    number = 0

    def f(x):
        nonlocal number
        number += 1
        return x

    return f


GENERATOR = np.random.default_rng(0)
IMPURE = {
    "GROWING": grow,
    "COUNT": count_globally,
    "number": count_in_closure(),
    "known": memorise,
    "'k'": Counter().count,
    "numpy.random": lambda x: x if np.random.rand() < 2 else 0,
    "random": lambda x: x if random.random() < 2 else 0,
    "GENERATOR": lambda x: x if GENERATOR.random() < 2 else 0,
    "time.perf_counter": lambda x: x if time.perf_counter() > 0 else 0,
    "time.time": lambda x: x * time.time(),
}


@pytest.mark.parametrize("name", IMPURE)
def test_impure_functions_are_refused(name):
    named = "default" if name == "known" else name
    state = GENERATOR.bit_generator.state, random.getstate(), np.random.get_state()[1].tolist()
    with pytest.raises(ImpureFunctionError, match=named):
        jit(IMPURE[name])(1.0)
    assert GROWING == []
    assert COUNT == 0
    assert memorise.__defaults__ == ({},)
    now = GENERATOR.bit_generator.state, random.getstate(), np.random.get_state()[1].tolist()
    assert now == state


def test_other_numbers_at_the_second_call_name_the_line():
    numbers = itertools.count(1.0)

    def f(x):
        return np.sin(x) * next(numbers)

    with pytest.raises(
        ImpureFunctionError, match=r"line \d+: return np.sin\(x\) \* next"
    ) as caught:
        jit(f)(1.0)
    assert __file__ in str(caught.value)


def test_other_functions_at_the_second_call_are_noticed():
    functions = itertools.cycle([operator.add, operator.sub])
    with pytest.raises(ImpureFunctionError, match="another course"):
        jit(lambda x: next(functions)(x, 1.0) * 2.0)(1.0)
    ufuncs = itertools.cycle([np.sin, np.cos])
    with pytest.raises(ImpureFunctionError, match="another course"):
        jit(lambda x: next(ufuncs)(x))(np.ones(2))


def test_passed_generators_draw_again():
    def f(generator, x):
        drawn = x + generator.normal()
        return drawn if drawn > 0 else drawn * generator.normal()

    replayed = jit(f)
    one, two = np.random.default_rng(0), np.random.default_rng(0)
    for _ in range(30):
        assert alike(replayed(one, 0.1), f(two, 0.1))


# -- what cannot be followed -------------------------------------------------------------------------


def swallow(x):
    numbers = np.random.default_rng(0).normal(size=3)
    try:
        np.add(x, 1, out=numbers)
    except Exception:
        return x
    return numbers


def yielding(x):
    yield x


async def waiting(x):
    return x


def in_threads(x):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda v: v * 2, [x, x + 1]))


def reshape_in_place(x):
    x.shape = (3, 1)
    return x


def calling_back(x):
    return np.apply_along_axis(lambda v: v * x[0], 0, x)


def raise_at_errors(x):
    with np.errstate(all="raise"):
        return np.log(x)


def used_and_changed(x):
    table = np.fromiter([1.0, 2.0, 3.0], float)
    result = x * table
    table[0] = 5.0
    return result


REFUSED = {
    "swallowed refusal": (swallow, "line"),
    "generator function": (yielding, "generator"),
    "coroutine": (waiting, "coroutine"),
    "threads inside": (in_threads, "thread"),
    "assigned shape": (reshape_in_place, "reshape"),
    "error settings": (raise_at_errors, "around the call"),
    "set": (lambda x: {1, 2}, "list or a tuple"),
    "masked array": (lambda x: np.ma.masked_array(x, mask=[0, 1, 0]).sum(), "without jit"),
    "objects": (lambda x: np.array([x, None], dtype=object), "objects"),
    "pickle": (lambda x: pickle.dumps(x), "pickled"),
    "kept": (lambda x: types.SimpleNamespace(x=x), "return"),
    "closure": (lambda x: lambda: x, "returns a function"),
    "constant that changes": (used_and_changed, "used and then changed in place"),
    "object": (lambda x: (x, Options(1.0)), "returns a Options"),
    "object of a number": (lambda x: [Options(x[0])], "returns a Options"),
    "set of numbers": (lambda x: frozenset(x), "returns a frozenset"),
    "items": (lambda x: {"a": 1.0}.values(), "returns a dict_values"),
    "iterator": (lambda x: iter([1.0]), "returns a list_iterator"),
    "attributes": (lambda x: Listed(x), "with attributes"),
}


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused(name):
    f, words = REFUSED[name]
    with pytest.raises(TraceError, match=words):
        jit(f)(array(1, 2, 3))
    assert GRAD_MODE.tracing == 0


def test_functions_that_numpy_calls_are_run_as_they_are():
    f = jit(calling_back)
    np.testing.assert_array_equal(f(array(2, 3, 4)), [4.0, 6.0, 8.0])
    assert list(f.not_followed.values()) == [
        "a function that apply_along_axis calls uses what depends on the inputs"
    ]
    with pytest.raises(TraceError, match="pass them as arguments"):
        trace(calling_back)(array(2, 3, 4))


def append(x):
    x.append(1.0)
    return x[0]


def enter(x):
    x["loss"] = x["x"] * 2
    return x["x"]


@pytest.mark.parametrize(
    ("f", "argument", "words"),
    [
        (append, [1.0], "list or a dict"),
        (enter, {"x": 1.0}, "list or a dict"),
        (sum, iter([1.0]), "list instead"),
        (sum, (x for x in [1.0]), "list instead"),
        (lambda x: x[0], memoryview(b"a"), "list"),
    ],
    ids=["append", "enter", "iterator", "generator", "memory"],
)
def test_arguments_that_cannot_be_followed_are_refused(f, argument, words):
    if isinstance(argument, memoryview):
        argument = bytearray(b"ab")
        replayed = jit(f)
        assert replayed(argument) == 97
        argument[0] = 98
        assert replayed(argument) == 98
        return
    with pytest.raises(TraceError, match=words):
        jit(f)(argument)


def test_what_a_program_watches_does_not_grow_with_packages():
    import hypothesis

    def f(x):
        assert x.shape == (2,)  # pytest rewrites it to calls of its own functions
        return x * 2.0 if hypothesis.settings is not None else x

    run = jit(f)
    run(np.ones(2))
    (path,) = paths(run)
    assert len(path.environment.watched) < 50


def test_attributes_that_appear_where_their_absence_is_handled():
    class Settings:
        pass

    def f(x):
        try:
            return x * settings.scale
        except AttributeError:
            return x

    settings = Settings()
    replayed = jit(f)
    assert [replayed(2.0), replayed(2.0)] == [2.0, 2.0]
    settings.scale = 3.0
    assert replayed(2.0) == 6.0
    del settings.scale
    assert replayed(2.0) == 2.0
