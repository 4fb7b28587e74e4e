"""`float`, `type`, `max`, ... are the same objects wherever a traced function finds them."""

import dataclasses
import math

import numpy as np
import pytest

from autograd import jit, trace

KIND, LARGER, TABLE, LIST, NESTED = float, max, {"kind": float}, [int, float], ((float, 1), max)


class Holder:
    kind = float

    def __init__(self):
        self.larger, self.options = max, {"kind": float}


@dataclasses.dataclass
class Options:
    kind: type = float


HOLDER, OPTIONS = Holder(), Options()


def closed_over(kind):
    return lambda x: x * (2.0 if kind is float else 3.0)


def default(x, kind=float):
    return x * (2.0 if kind is float else 3.0)


def made_inside(x):
    kinds = {"float": float, max: 1}
    return x * (2.0 if kinds["float"] is KIND and kinds.get(LARGER) else 3.0)


FUNCTIONS = (
    closed_over(float), default, made_inside,
    lambda x: x * (2.0 if KIND is float else 3.0),
    lambda x: x * (2.0 if LARGER is max else 3.0),
    lambda x: x * (2.0 if TABLE["kind"] is float else 3.0),
    lambda x: x * (2.0 if LIST[1] is float and LIST[0] is int else 3.0),
    lambda x: x * (2.0 if NESTED[0][0] is float and NESTED[1] is max else 3.0),
    lambda x: x * (2.0 if HOLDER.kind is float and HOLDER.larger is max else 3.0),
    lambda x: x * (2.0 if HOLDER.options["kind"] is float else 3.0),
    lambda x: x * (2.0 if OPTIONS.kind is float else 3.0),
    lambda x: x * (2.0 if type(Holder) is type and type(float) is type else 3.0),
    lambda x: x * (2.0 if float is KIND and type(HOLDER) is Holder else 3.0),
    lambda x: x * (3.0 if isinstance(2, KIND) or not issubclass(KIND, object) else 2.0),
    lambda x: x * KIND("2.0") * np.ones(2, KIND)[0] * {float: 1.0}[KIND],
)  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=map(str, range(len(FUNCTIONS))))
def test_names_of_python_are_the_same_objects_everywhere(function):
    for x in (1.5, np.float64(1.5), np.ones(2)):
        jitted = jit(function)
        for _ in range(2):
            assert np.array_equal(jitted(x), function(x))
        assert np.array_equal(trace(function)(x)(x), function(x))


@pytest.mark.parametrize(
    "kind", [float, [float], {"kind": (float,)}, max, isinstance, type], ids=str
)
def test_arguments_are_the_names_of_python(kind):
    def f(x, kind):
        while isinstance(kind, (list, dict)):
            kind = next(iter(kind.values() if isinstance(kind, dict) else kind))
        known = (float, max, isinstance, type)
        found = [kind is one for one in known], kind == (float,), x * 2
        return found, kind

    jitted = jit(f)
    for _ in range(2):
        assert jitted(1.5, kind) == f(1.5, kind)


def test_type_of_a_number_may_come_from_a_variable():
    jitted = jit(lambda x: x * (2.0 if type(x) is KIND else 3.0))
    for _ in range(2):
        assert jitted(1.5) == 3.0
        assert jitted(np.float64(1.5)) == 4.5


def test_functions_that_are_returned_are_those_of_python():
    def f(x, function):
        return x, max, float, [type, math.sin], np.zeros, function, KIND, LARGER

    jitted = jit(f)
    for function in (min, math.cos, np.ones, len):
        for _ in range(2):
            assert jitted(1.0, function) == f(1.0, function)


def test_variables_get_back_what_they_held():
    nested = NESTED
    jit(lambda x: x * (TABLE["kind"] is LIST[1] is NESTED[0][0] is HOLDER.kind))(1.0)
    assert TABLE == {"kind": float} == HOLDER.options
    assert all(x is float for x in (TABLE["kind"], LIST[1], HOLDER.kind, KIND))
    assert NESTED is nested
    assert LARGER is HOLDER.larger is max
