"""Errors and their effects, results, the cache, threads."""

import copy
import functools
import gc
import inspect
import itertools
import math
import pickle
import sys
import threading
import warnings
import weakref
from collections import Counter, OrderedDict, defaultdict
from concurrent.futures import ThreadPoolExecutor
from math import sin as imported_sin

import numpy as np
import pytest
from numpy import zeros as imported_zeros
from program.agreement import (
    Point,
    alike,
    array,
    difference,
    paths,
)

from autograd import Tensor, jit, value_and_grad
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import AutogradError

RATE = 2.0
TABLE = array(1, 2, 3)

# -- errors and partial effects ------------------------------------------------------------------------


def test_changes_before_a_guard_are_made_once():
    def f(x, y):
        x += 1
        return x * 2 if (x * y).sum() > 0 else x * 3

    assert difference(f, *[(array(1, 2), y) for y in (1.0, -1.0, 1.0, -1.0, 0.0)]) is None


def test_changes_before_an_error_are_made_once():
    def f(x, y):
        x += 1
        if y < 0:
            raise ValueError("negative")
        x *= 2
        try:
            return math.log(y - 1)
        except ValueError:
            x -= 1
            return 1 / y

    numbers = (3.0, 0.5, 0.0, -1.0, 3.0, 0.0, -1.0)
    assert difference(f, *[(array(1, 2), y) for y in numbers]) is None
    assert difference(f, *[(array(1, 2), y) for y in numbers[::-1]]) is None


def test_draws_before_an_error_are_made_once():
    def f(generator, y):
        drawn = generator.normal()
        try:
            return drawn + math.log(y)
        except ValueError:
            return drawn

    replayed, one, two = jit(f), np.random.default_rng(0), np.random.default_rng(0)
    for y in (1.0, -1.0, 2.0, -1.0):
        assert alike(replayed(one, y), f(two, y))


def test_unhandled_errors_come_from_the_function():
    def f(x, y):
        unused = 1 / y  # noqa: F841
        return np.linalg.inv(x)

    cases = [(np.eye(2), 1.0), (np.zeros((2, 2)), 1.0), (np.eye(2), 0.0)]
    assert difference(f, *cases) is None
    replayed = jit(f)
    replayed(np.eye(2), 1.0)
    with pytest.raises(np.linalg.LinAlgError) as caught:
        replayed(np.zeros((2, 2)), 1.0)
    assert any("test_traps" in str(entry.path) and entry.name == "f" for entry in caught.traceback)


def test_an_interrupt_leaves_nothing_behind():
    def f(x):
        y = np.sin(x)
        if interrupting:
            raise KeyboardInterrupt
        return y

    interrupting = True
    replayed, before = jit(f), (np.asarray, math.sin, np.zeros)
    with pytest.raises(KeyboardInterrupt):
        replayed(1.0)
    interrupting = False
    assert replayed(1.0) == np.sin(1.0)
    assert (np.asarray, math.sin, np.zeros) == before
    assert GRAD_MODE.tracing == 0


def test_error_settings_around_a_call_count():
    f = jit(lambda x: np.log(x))
    f(array(1, 2))
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        f(array(-1, 1))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        f(array(-1, 1))
    with pytest.warns(RuntimeWarning, match="invalid value"):
        f(array(-1, 1))


# -- results ---------------------------------------------------------------------------------------------


def test_changed_results_do_not_change_the_program():
    def f(x):
        drawn = np.random.default_rng(0).normal(size=3)
        arrays = np.zeros(3), np.ones(2) * x, np.tile([1.0, 2.0], 2), np.array([1.0, 2.0])[::-1]
        return arrays, drawn, drawn[1:], np.fromiter([1.0, 2.0], float), {"a": [1.0]}, [1.0, 2.0]

    replayed = jit(f)
    for _ in range(3):
        result = replayed(2.0)
        assert alike(result, f(2.0))
        for x in (*result[0], *result[1:4]):
            x[...] = 9
        result[4]["a"].append(2)
        result[5][0] = 7


class OwnList(list):
    pass


class OwnTuple(tuple):
    __slots__ = ()


class OwnDict(dict):
    def __init__(self, *items, **named):
        super().__init__(*items, **named)
        self.__dict__ = self  # d.key is d["key"]


CONTAINERS = {
    "tuple": lambda *items: items,
    "list": lambda *items: list(items),
    "dict": lambda *items: dict(enumerate(items)),
    "named tuple": lambda *items: Point(*items),
    "own list": lambda *items: OwnList(items),
    "own tuple": lambda *items: OwnTuple(items),
    "own dict": lambda *items: OwnDict(zip("xy", items, strict=True)),
    "ordered dict": lambda *items: OrderedDict(zip("yx", items, strict=True)),
    "dict of a factory": lambda *items: defaultdict(float, zip("xy", items, strict=True)),
    "counter": lambda *items: Counter(dict(zip("xy", items, strict=True))),
}


@pytest.mark.each("outer", list(CONTAINERS))
@pytest.mark.parametrize("inner", CONTAINERS)
def test_results_and_arguments_may_be_any_container(outer, inner):
    outer, inner = CONTAINERS[outer], CONTAINERS[inner]

    def f(given, x):
        return outer(inner(x * 2, given), {float(x[0]): x, 1: slice(x[0], None)}), given

    def of(x):
        return outer(inner(x, 1.5), x + 1)

    assert difference(f, *[(of(x), x) for x in (array(1, 2), array(3, 4), array(1, 5))]) is None


def test_items_may_be_read_as_attributes():
    f = lambda d: d.x * d["y"]  # noqa: E731
    assert difference(f, *[(OwnDict(x=array(x, 2), y=3.0),) for x in (1.0, 2.0)]) is None


@pytest.mark.parametrize("size", [3, 1000, 50_000])
def test_later_calls_do_not_change_earlier_results(size):
    f = jit(value_and_grad(lambda x: np.sum(np.sin(x) * x * x + np.exp(-x * x))))
    g = jit(lambda x: (x * 2 + 1, np.sin(x) * x, x.T))
    x = np.linspace(0, 1, size)
    results = f(x), g(x)
    kept = copy.deepcopy(results)
    f(x * 3), g(x * 3)
    assert alike(results, kept)


def test_results_that_are_arguments_or_constants_stay_these():
    x = np.ones((2, 3))
    assert jit(lambda x: x)(x) is x
    f = jit(lambda x: (x.T, TABLE))
    for _ in range(2):
        view, table = f(x)
        assert np.shares_memory(view, x)
        assert table is TABLE


def test_arguments_may_share_memory():
    def f(x, y):
        x += 1
        y += x
        return x + y

    replayed = jit(f)
    for first, second in itertools.product((slice(0, 2), slice(1, 3), slice(2, 4)), repeat=2):
        a, b = array(1, 2, 3, 4), array(1, 2, 3, 4)
        wanted = f(a[first], a[second])
        assert alike(replayed(b[first], b[second]), wanted)
        assert alike(b, a)
    a, b = array(1, 2), array(1, 2)
    assert alike((replayed(b, b), b), (f(a, a), a))


def test_results_of_nodes_lie_in_memory_as_without_jit():
    f = lambda x: np.sin(x) * 2 + 1  # noqa: E731
    replayed, square = jit(f), np.arange(9.0).reshape(3, 3)
    for x in (square, square.T, square[::-1], square, square.T):
        found, wanted = replayed(Tensor(x)), f(Tensor(x))
        assert alike(found.data, wanted.data)
        assert found.data.strides == wanted.data.strides


def test_views_of_arguments_stay_views_beside_nodes():
    weight = Tensor(array(1, 2, 3))
    f = jit(lambda x: ((weight * x).sum(), x[1:]))
    for number in (1.0, 2.0):
        x = array(number, 2, 3)
        loss, view = f(x)
        assert loss.item() == number + 13
        assert np.shares_memory(view, x)


def test_arguments_of_ended_transforms_may_be_returned():
    def f(x):
        kept = []
        value_and_grad(lambda v: np.sum(kept.append(v) or v * v))(x)
        return kept[0]

    replayed = jit(f)
    for x in (array(1, 2), array(3, 4)):
        found, wanted = replayed(x), f(x)
        assert alike(found, wanted)
        assert outcome_of(found) == outcome_of(wanted)


def outcome_of(node):
    try:
        return np.sum(node * node).backward()
    except AutogradError as error:
        return type(error)


def test_positional_and_keyword_arguments_are_told_apart():
    f = jit(lambda *a, **named: (len(a), list(named)))
    for _ in range(2):
        assert f({"a": 1.0}) == (1, [])
        assert f(a=1.0) == (0, ["a"])


def test_threads_that_start_together_record_once():
    def many(x):
        for _ in range(300):
            x = np.sin(x) * x + 1
        return x

    f, barrier = jit(many), threading.Barrier(6)

    def call(number):
        barrier.wait()
        return f(np.full(3, number))

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(call, map(float, range(6))))
    assert all(alike(y, many(np.full(3, float(n)))) for n, y in enumerate(found))
    assert len(paths(f)) == 1


def test_arguments_that_are_read_only_cannot_be_assigned_to():
    def f(x):
        try:
            x[0] = 5.0
        except ValueError:
            return -x
        return x * 2

    x = array(1, 2)
    x.flags.writeable = False
    for replayed in (jit(f), jit(f)):
        for given in (x, x, x.copy(), x):
            assert alike(replayed(given), f(given))


# -- the cache ---------------------------------------------------------------------------------------------


def test_the_number_of_paths_is_bounded():
    f = jit(lambda x: int(x) * 2)
    with pytest.warns(RuntimeWarning, match=r"line \d+") as caught:
        assert [f(float(number)) for number in range(40)] == list(range(0, 80, 2))
    assert len(caught) == 1
    assert len(paths(f)) == 16
    g = jit(lambda x, n: x * len(range(n)))
    for number in range(100):
        g(2.0, number)
    assert len(g._cache) == 64


def test_only_the_path_of_a_branch_is_run():
    f, runs = jit(lambda x: np.sin(x) * int(x)), []
    for number in range(8):
        f(float(number))
    for path in paths(f):
        path.run = lambda *inputs, run=path.run: (runs.append(1), run(*inputs))[1]
    assert [f(float(number)) for number in range(8)] == [np.sin(n) * n for n in range(8)]
    assert len(runs) <= 16


def test_a_name_that_changes_often_is_named(monkeypatch):
    f = jit(lambda x: x * RATE)

    def call(number):
        monkeypatch.setitem(globals(), "RATE", float(number))
        return f(2.0)

    with pytest.warns(RuntimeWarning, match="RATE"):
        assert [call(number) for number in range(20)] == list(range(0, 40, 2))


def test_names_and_functions_are_followed_by_one_recording():
    def f(x):
        buffer = imported_zeros(2)
        buffer[0] = x
        return buffer * imported_sin(x), float(np.sum(buffer)) * 2, math.exp(x)

    replayed = jit(f)
    for x in (1.0, 2.0, 3.0):
        assert alike(replayed(x), f(x))
    assert len(paths(replayed)) == 1


def test_functions_are_freed():
    f = jit(lambda x: np.sin(x))
    f(array(1, 2))
    gone = weakref.ref(f)
    del f
    gc.collect()
    assert gone() is None


@jit
def module_function(x):
    """Double."""
    return x * 2


def plain_function(x):
    return x * 2


def test_functions_can_be_copied_and_pickled():
    assert pickle.loads(pickle.dumps(module_function)) is module_function
    for function in (copy.copy(module_function), copy.deepcopy(module_function)):
        assert function(1.0) == 2.0
    assert pickle.loads(pickle.dumps(jit(plain_function)))(1.0) == 2.0
    assert (module_function.__name__, module_function.__doc__) == ("module_function", "Double.")
    assert str(inspect.signature(module_function)) == "(x)"


def test_all_kinds_of_callables_work():
    assert alike(jit(np.sin)(1.0), np.sin(1.0))
    assert alike(jit(np.sum)(array(1, 2)), np.float64(3))
    assert alike(jit(functools.partial(np.power, 2.0))(3.0), np.float64(8))
    assert jit(max)(1.0, 2.0) == 2.0
    assert jit(sum)([1.0, 2.0]) == 3.0
    assert jit(math.sin)(1.0) == math.sin(1.0)
    assert jit(str)(2.5) == "2.5"
    assert jit(lambda *a, **k: (a, k))(1.0, 2, z=3.0) == ((1.0, 2), {"z": 3.0})
    f = jit(lambda x, /, y=2.0, *, z=2.0: x - y + z)
    assert (f(1.0), f(1.0, 5.0), f(1.0, y=5.0), f(1.0, z=0.0), f(1.0, z=1.0, y=3.0)) == (
        1,
        -2,
        -2,
        -1,
        -1,
    )
    assert jit(lambda p: p._replace(x=3.0).x * p.y)(Point(1.0, array(1, 2)))[1] == 6.0
    with pytest.raises(TypeError, match="takes a function"):
        jit(3)


# -- threads -------------------------------------------------------------------------------------------------


def run_threads(work, count=6):
    """Run ``work(i)`` in threads that are switched often; raise their first error."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(work, range(count)))
    finally:
        sys.setswitchinterval(before)


def test_threads_call_one_function():
    def f(x):
        return np.sin(x) * 2 if x.sum() > 0 else np.cos(x) * np.zeros(3)

    replayed = jit(f)

    def work(i):
        for j in range(30):
            x = array(i - 2, j % 7, 1) * (1 if j % 2 else -1)
            assert alike(replayed(x), f(x))

    run_threads(work)


def test_threads_use_memory_of_their_own():
    f = value_and_grad(lambda x: np.sum(np.sin(x) * np.exp(x) - np.cos(x * 2) * x))
    replayed = jit(f)
    inputs = [np.linspace(i, i + 1, 20_000) for i in range(6)]
    wanted = [f(x) for x in inputs]
    replayed(inputs[0])

    def work(i):
        for _ in range(20):
            assert alike(replayed(inputs[i]), wanted[i])

    run_threads(work)


def test_threads_record_at_the_same_time():
    def work(i):
        for j in range(5):
            x = array(i, j, 1)
            assert alike(jit(lambda x, j=j: np.sin(x) * j + np.zeros(3))(x), np.sin(x) * j + 0.0)

    run_threads(work)
    assert GRAD_MODE.tracing == 0
    assert not isinstance(np.zeros, threading.Thread)


def test_a_function_may_call_itself():
    def f(x):
        return x if x < 1 else replayed(x / 2) + 1

    def plain(x):
        return x if x < 1 else plain(x / 2) + 1

    replayed = jit(f)
    for x in (0.5, 3.0, 10.0, 0.2, 100.0):
        assert replayed(x) == plain(x)


@pytest.mark.parametrize("kind", [float, np.int32, np.uint8])
def test_arguments_that_share_memory_change_together(kind):
    def f(x, y):
        x[0] = 5.0
        return 2.0 * x.sum() if y[0] > 1 else x.sum()

    replayed = jit(f)
    for first in (0.0, 9.0, 0.0):
        apart, together = np.array([first, 2.0]), np.array([first, 2.0])
        for x, y in ((apart, np.ones(2, kind)), (together, together.view(kind))):
            assert replayed(x.copy(), y.copy()) == f(x.copy(), y.copy())
        shared, again = together.copy(), together.copy()
        assert replayed(shared, shared.view(kind)) == f(again, again.view(kind))
        assert np.array_equal(shared, again)


def test_arrays_may_be_made_of_constant_tensors():
    scale = Tensor(np.arange(3.0), requires_grad=False)

    def f(x):
        return x * np.asarray(scale) + np.array(scale)

    replayed = jit(f)
    for factor in (1.0, 2.0):
        scale.data = factor * np.arange(3.0)
        assert np.array_equal(replayed(np.ones(3)), f(np.ones(3)))
