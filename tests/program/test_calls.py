"""Calls that run a program at once: they see every change, and errors are those of the function."""

import gc
import math
import threading
import types
import weakref

import numpy as np
import pytest

from autograd import Value, grad, jit, no_grad, vmap
from autograd.program.backends.c.library import unavailable
from autograd.program.native.built import calls

pytestmark = pytest.mark.skipif(calls is None, reason="calls in C were not built")

ARRAY = np.arange(6.0).reshape(2, 3)


def by_route(function, *arguments, **options):
    """Return a compiled function that has called these arguments at once."""
    compiled = jit(function, **options)
    for _ in range(4):
        compiled(*arguments)
    assert compiled._route.runs == 2
    return compiled


def in_space(text, **names):
    """Return the function `f` that a text defines, with globals of its own."""
    exec(text, names)
    return names["f"]


def in_cell():
    scale = 2.0

    def change():
        nonlocal scale
        scale = 3.0

    return (lambda x: scale * x), change


def in_globals():
    f = in_space("def f(x): return scale * x", scale=2.0)
    return f, lambda: f.__globals__.update(scale=3.0)


def in_missing_global():
    f = in_space("def f(x): return (scale if 'scale' in globals() else 2.0) * x")
    return f, lambda: f.__globals__.update(scale=3.0)


def in_list():
    scales = [2.0, 3.0]
    return (lambda x: scales[0] * x), scales.reverse


def in_dict():
    scales = {"a": 2.0}
    return (lambda x: scales["a"] * x), lambda: scales.update(a=3.0)


def in_attribute():
    owner = types.SimpleNamespace(scale=2.0)
    return (lambda x: owner.scale * x), lambda: vars(owner).update(scale=3.0)


def in_slot():
    class Owner:
        __slots__ = ("scale",)

    owner = Owner()
    owner.scale = 2.0
    return (lambda x: owner.scale * x), lambda: setattr(owner, "scale", 3.0)


def in_class():
    class Owner:
        scale = 2.0

    owner = Owner()
    return (lambda x: owner.scale * x), lambda: setattr(Owner, "scale", 3.0)


def in_default():
    def f(x, scale=2.0):
        return scale * x

    return f, lambda: setattr(f, "__defaults__", (3.0,))


def in_code():
    def helper(x):
        return 2.0 * x

    def other(x):
        return 3.0 * x

    return (lambda x: helper(x) + 1.0), lambda: setattr(helper, "__code__", other.__code__)


CHANGES = (
    in_cell, in_globals, in_missing_global, in_list, in_dict, in_attribute, in_slot, in_class,
    in_default, in_code,
)  # fmt: skip


@pytest.mark.parametrize("x", [1.5, ARRAY], ids=["float", "array"])
@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__)
def test_a_change_is_noticed_at_the_next_call(make, x):
    function, change = make()
    compiled = by_route(function, x)
    change()
    for _ in range(3):
        np.testing.assert_array_equal(compiled(x), function(x))


OTHERS = (
    2.5, -1.0, np.float64(2.5), np.float32(2.5), 2, True, 2.5j, ARRAY, ARRAY + 1, ARRAY[:, ::-1],
    ARRAY.T, ARRAY.astype(np.float32), ARRAY.astype(int), ARRAY[None], np.asfortranarray(ARRAY),
    np.ones(()), np.ones((0, 3)), np.array([1, 2.5j]), [2.0, 3.0],
)  # fmt: skip


@pytest.mark.parametrize("first", [1.5, np.float64(1.5), ARRAY], ids=["float", "float64", "array"])
def test_other_arguments_take_another_program(first):
    def function(x, y):
        return np.sum(np.asarray(x) * 3.0 - 1.0) * y, type(x).__name__

    compiled = by_route(function, first, 2.0)
    for other in OTHERS:
        for x in (other, first, other):
            found, wanted = compiled(x, 2.0), function(x, 2.0)
            assert found == wanted
            assert type(found[0]) is type(wanted[0])


def test_fixed_arguments_and_counts_and_keywords_decide():
    def function(x, power=2, name="a"):
        return x**power + len(name)

    compiled = by_route(function, 3.0, 2, "a")
    for given in ((3.0, 3, "a"), (3.0, 2, "bcd"), (3.0, True, "a"), (3.0, 2), (3.0,)):
        assert compiled(*given) == function(*given)
    assert compiled(3.0, power=4) == function(3.0, power=4)
    with pytest.raises(TypeError):
        compiled(3.0, 2, "a", 4)


NESTED = {"w": [ARRAY, ARRAY[0]], "b": (2.0, "text", 3), "none": None, "empty": []}

ALIKE = (
    NESTED,
    {**NESTED, "w": [ARRAY + 1.0, ARRAY[1]]},
    {**NESTED, "b": (-1.0, "text", 3)},
    {**NESTED, "b": [2.0, "text", 3]},
    {**NESTED, "b": (2.0, "texts", 3)},
    {**NESTED, "b": (2.0, "text", 4)},
    {**NESTED, "b": (2, "text", 3)},
    {**NESTED, "b": (2.0, "text", 3, 5.0)},
    {**NESTED, "w": [ARRAY, ARRAY[0].astype(np.float32)]},
    {**NESTED, "w": [ARRAY[0], ARRAY]},
    {**NESTED, "w": [ARRAY, [1.0, 2.0, 3.0]]},
    {**NESTED, "more": (1.0,)},
    {**NESTED, "empty": [2.5]},
    dict(reversed(NESTED.items())),
    [*NESTED.values()],
)


def test_containers_are_alike_if_all_in_them_is():
    def function(x, y):
        total = y
        for part in x.values() if isinstance(x, dict) else x:
            for item in part or ():
                total = total * 0.5 + (len(item) if type(item) is str else np.sum(item))
        return total, type(x).__name__, next(iter(x)) if isinstance(x, dict) else ""

    compiled = by_route(function, NESTED, 1.5)
    for other in ALIKE:
        for x in (other, NESTED, other, other):
            assert compiled(x, 2.5) == function(x, 2.5)
    rows = [ARRAY, ARRAY[0]]
    compiled = by_route(lambda x: sum([np.sum(row) for row in x]), rows)
    for change in (lambda: rows.append(2.0), rows.pop, rows.reverse, lambda: rows.append(ARRAY)):
        change()
        assert [compiled(rows), compiled(rows)] == [compiled.function(rows)] * 2
    many = [1.0] * 1000
    assert [jit(sum)(many) for _ in range(4)] == [1000.0] * 4


def test_inputs_live_while_the_program_runs():
    rows = [np.ones(2), np.ones(2) * 3.0]
    path_run = by_route(lambda x: x[0] * 2.0 + x[1], rows)._route.run

    def run(*inputs):
        rows.clear()
        return path_run(*inputs)

    compiled = by_route(lambda x: x[0] * 2.0 + x[1], rows)
    kinds = (list, ((np.ndarray, np.dtype(float), (2,), (8,)),) * 2)
    compiled._route = calls.Route((kinds,), run, None, (), (), (), (), (), None)
    assert compiled(rows).tolist() == [5.0, 5.0]
    assert rows == []


def test_branches_that_take_turns_are_all_right():
    def function(x):
        return -x if x < 0 else x * x if x < 2 else 5.0

    compiled = by_route(function, 1.0)
    for x in (-1.0, 3.0, -2.0, 1.5, math.nan, 0.5, -0.0, 4.0, 4.0, 4.0, -1.0, -1.0):
        assert compiled(x) == pytest.approx(function(x), nan_ok=True)


def test_an_error_is_the_one_of_the_function():
    def function(x):
        y = 1.0
        for _ in range(10):
            y = y * 2.0 + 1.0 / x
        return y

    compiled = by_route(function, 2.0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as raised:
            compiled(0.0)
        assert raised.traceback[-1].frame.code.name == "function"
    assert compiled(4.0) == function(4.0)

    def handles(x):
        try:
            return math.log(x)
        except ValueError:
            return -1.0

    compiled = by_route(handles, 2.0)
    assert [compiled(x) for x in (0.0, 4.0, -1.0)] == [-1.0, math.log(4.0), -1.0]


def test_an_interrupt_is_not_handled():
    compiled = by_route(lambda x: x * 2.0, 1.0)

    def interrupted(*x):
        raise KeyboardInterrupt

    path = next(iter(compiled._cache.values()))[0]
    for parts in ((interrupted, None), (path.run, interrupted)):  # in the program, or before it
        compiled._route = calls.Route((float,), *parts, (), (), (), (), (), None)
        with pytest.raises(KeyboardInterrupt):
            compiled(1.0)
    compiled._route = calls.Route((float,), path.run, None, (), (), (), (), (), None)
    assert compiled(2.0) == 4.0


def test_contexts_are_noticed():
    w = Value(2.0)
    compiled = by_route(lambda x: w * x, 1.0)
    with no_grad():
        assert not compiled(3.0).parents
    assert compiled(3.0).parents

    double = by_route(lambda x: x * 2.0, 1.5)
    np.testing.assert_array_equal(vmap(double)(np.arange(3.0)), [0.0, 2.0, 4.0])
    assert grad(double)(1.5) == 2.0
    assert jit(lambda x: double(x) + 1.0)(1.5) == 4.0


def test_methods_are_quick_for_the_same_object():
    class Line:
        def __init__(self, slope):
            self.slope = slope

        @jit
        def at(self, x):
            return self.slope * x

    line, other = Line(2.0), Line(5.0)
    for _ in range(4):
        assert line.at(3.0) == 6.0
    assert vars(Line)["at"]._route.runs == 2
    assert other.at(3.0) == 15.0
    line.slope = 4.0
    assert line.at(3.0) == 12.0


@pytest.mark.skipif(bool(unavailable()), reason="nothing can be compiled")
def test_floats_in_c_are_the_same_and_errors_too():
    def function(x, y):
        for _ in range(4):
            x = x * y - 1.0 / x
        return x, y

    compiled = by_route(function, 2.0, 3.0, backend="c")
    for given in ((1.5, 0.5), (-1.0, math.inf), (math.nan, 1.0), (1e200, 1e200)):
        np.testing.assert_array_equal(compiled(*given), function(*given))
    with pytest.raises(ZeroDivisionError):
        compiled(0.0, 1.0)

    found = [[] for _ in range(4)]

    def work(k):
        for _ in range(500):
            found[k].append(compiled(1.5 + k, 0.5))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [set(x) for x in found] == [{function(1.5 + k, 0.5)} for k in range(4)]


def test_what_is_not_used_any_more_is_freed():
    class Owner:
        scale = 2.0

    def used():
        owner = Owner()
        compiled = by_route(lambda x: owner.scale * x, 1.0)
        compiled.itself = compiled  # a cycle
        return weakref.ref(owner)

    gone = used()
    gc.collect()
    assert gone() is None


PARTS = ((float,), abs, None, (), (), (), (), (), None)


def test_parts_that_do_not_fit_are_refused():
    kind = (np.ndarray, np.dtype(float), (2,), (8,))
    assert calls.Route((kind, (1,)), *PARTS[1:]).runs == 0
    wrong = [((2.0,),), ((kind[:2],),), (((*kind[:3], ()),),), (((int, *kind[1:]),),), (None,)]
    wrong += [(((list, 1),),), (((list, (2.0,)),),), (((list, (), ()),),), (((dict, ()),),)]
    wrong += [(((dict, (float,), ()),),), (((set, ()),),), (((list, (kind, (kind,) * 5)),),)]
    with pytest.raises(ValueError, match="too many"):
        calls.Route((float,) * 65, *PARTS[1:])
    wrong += [((*kind[:2], ("a",), (8,)),), (((*kind[:2], (2**70,), (8,)),),)]
    for kinds in wrong:
        with pytest.raises((TypeError, OverflowError)):
            calls.Route(*kinds, *PARTS[1:])
    for position in range(3, 8):
        for part in (None, (1,), ((1, 2),), ((1, 2, 3),)):
            with pytest.raises(TypeError):
                calls.Route(*PARTS[:position], part, *PARTS[position + 1 :])
    with pytest.raises(TypeError):
        jit(abs)._route = 1
    with pytest.raises(TypeError):
        calls.Function(0, None)(1.0)
    for given in ((1, 1, np.zeros(1), (), abs), (calls.Function(0, 0), -1, np.zeros(1), (), abs)):
        with pytest.raises(TypeError):
            calls.Numbers(*given)
    with pytest.raises(TypeError):
        calls.Numbers(calls.Function(0, 0), 1, np.zeros(1, int), (), abs)
    with pytest.raises(TypeError):
        calls.Numbers(calls.Function(0, 0), 1, np.zeros(1), (), abs)()
