"""What could make a replayed program wrong: it is right, or an error says what to write."""

import copy
import dataclasses
import functools
import gc
import inspect
import itertools
import math
import pickle
import random
import sys
import threading
import time
import types
import warnings
import weakref
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from math import sin as imported_sin

import numpy as np
import pytest
from numpy import zeros as imported_zeros
from program.agreement import alike, difference

import autograd
from autograd import Tensor, Value, grad, jit, value_and_grad
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import ImpureFunctionError, TraceError

Point = namedtuple("Point", "x y")


def array(*numbers):
    return np.array(numbers, float)


VECTORS = [
    array(1, 2, 3), array(-1, 2, -3), array(0.5, -0.0, np.nan), array(3, 2, 1), array(1, 1, 1),
    array(-np.inf, 0, np.inf), array(1, 2, 3),
]  # fmt: skip
NUMBERS = [1.5, -2.5, 0.0, -0.0, 3.0, 1.5, math.inf, math.nan, 1e-310]
INTEGERS = [np.arange(4), np.arange(4) * 2, np.arange(4)[::-1]]


def paths(jitted):
    return [path for found in jitted._cache.values() for path in found]


def same_as_before(replayed, f, *arguments):
    """Check one call."""
    assert alike(replayed(*copy.deepcopy(arguments)), f(*copy.deepcopy(arguments))), arguments


# -- functions of one array ----------------------------------------------------------------------


def early_exit(x):
    for i, number in enumerate(x):
        if number > 1.5:
            return i, number
    return None


def caught(x):
    try:
        return np.linalg.cholesky(np.diag(x))
    except np.linalg.LinAlgError as error:
        return str(error)


def filled(x):
    buffer = np.empty(len(x))
    for i in range(len(x)):
        buffer[i] = x[i] ** 2 if x[i] > 0 else -x[i]
    return buffer


def made(x):
    a, b, c = np.ones((2, 3)), np.full(3, 2.0), np.arange(3.0)
    a[0], d = x, np.eye(3)
    b += x
    c *= x
    d[0] = x
    e = np.linspace(0, 1, 3)
    e[x > 1] = 7.0
    return a, b, c, d, e


def written(x):
    a = np.zeros(3)
    np.add(x, 1, out=a)
    np.log(x, out=a, where=x > 0)
    np.add.at(a, [0, 0, 1], x)
    b = np.zeros(3)
    np.copyto(b, x)
    np.put(b, [0], x[1])
    np.place(b, b > 1, x[:2])
    np.putmask(b, x > 2, x)
    b.flat[1] = x[0]
    return a, b


def in_place(x):
    y = x * 1
    y **= 2
    y //= 1
    y[1:] -= y[:-1]
    y[::-1] += 1
    y[[0, 2]] *= 3
    x += y
    x.sort()
    return y


def unpacked(x):
    a, _, c = x
    first, *rest = x
    return a * c, first, rest, dict(enumerate(x)), list(x.flat)


def generated(x):
    def doubled():
        for v in x:
            yield v * 2

    return list(doubled()), sum(v * v for v in x), list(map(abs, x)), list(reversed(x))


def recursive(x, n=5):
    return x if n == 0 else recursive(x * 2 + n, n - 1)


def recorded(x):
    t = Tensor(x)
    (t * t).sum().backward()
    return t.grad, t.data


ARRAYS = {
    "mask": lambda x: (x[x > 0], x[~(x > 1)].sum(), np.where(x > 0), np.nonzero(x)),
    "argmax": lambda x: (x[np.argmax(x)], x[int(np.argmin(x))], [5, 6, 7][np.argmax(x)]),
    "order": lambda x: (np.sort(x), x[np.argsort(x)], sorted(x), max(x), min(x), sum(x)),
    "early exit": early_exit,
    "caught error": caught,
    "filled in a loop": filled,
    "made": made,
    "written": written,
    "in place": in_place,
    "unpacked": unpacked,
    "generators": generated,
    "recursion": recursive,
    "tensors inside": recorded,
    "types": lambda x: (
        isinstance(x, np.ndarray), isinstance(x[0], float), isinstance(x[0], np.floating),
        type(x) is np.ndarray, type(x[0]) is np.float64, np.isscalar(x), np.isscalar(x[0]),
    ),
    "texts": lambda x: (str(x), repr(x), np.array2string(x), f"{x[0]} {x[1]!r}"),
    "lists": lambda x: (x.tolist(), list(x), x[0].item(), x.item(1), tuple(x), float(x[2]) + 1),
    "copies": lambda x: (copy.copy(x), copy.deepcopy([x, {"a": x}]), np.array(x), x.copy()),
    "aliases": lambda x: (x, x[1:], x.T, x.reshape(3, 1)),
    "iterators": lambda x: ([float(v) for v in np.nditer(x)], [i for i, _ in np.ndenumerate(x)]),
    "ignored errors": lambda x: np.errstate(all="ignore")(lambda: np.log(x) / 0)(),
    "generator inside": lambda x: x + np.random.default_rng(0).normal(size=3),
    "derivatives": lambda x: (
        grad(lambda v: np.sum(np.sin(v) * v))(x), autograd.hessian(lambda v: np.sum(v**3))(x),
    ),
    "complex": lambda x: (np.abs(x + 1j), complex(x[0], 1), np.fft.fft(x), x.astype(complex)),
    "nested": lambda x: jit(lambda v: v * 2)(x) + 1,
    "of nested lists": lambda x: (np.array([x, x * 2]), np.stack((x, x)), np.array([x[0], 1.0])),
    "conversions": lambda x: (np.asarray(x, np.float32), np.array(x, ndmin=2), np.float32(x[0])),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ARRAYS)
def test_functions_of_an_array_do_the_same(name):
    warned = name != "derivatives"  # a program may leave out what warns
    assert difference(ARRAYS[name], *[(x,) for x in VECTORS], warned=warned) is None


# -- functions of one number ---------------------------------------------------------------------


def convergence(x):
    turns = 0
    while abs(x) > 1e-2 and turns < 50:
        x, turns = x / 2, turns + 1
    return x, turns


def raising(x):
    if x < 0:
        raise ValueError(f"negative: {x}")
    return x


def handling(x):
    found = []
    for function in (lambda: 1 / x, lambda: math.log(x), lambda: (x * 1e200) ** 2, lambda: int(x)):
        try:
            found.append(function())
        except (ArithmeticError, ValueError) as error:
            found.append(str(error))
    return found


def buffered(x):
    buffer = np.zeros(3)
    buffer[0] = x
    buffer[1] = x * x
    buffer[1:] += x
    return buffer, np.array([[x, 1], [2, x]])


def of_math(x):
    y = min(max(x, -3.0), 3.0) if x == x else 0.5
    return math.exp(y), math.atan2(x, 2.0), math.copysign(1.0, x), math.isnan(x), math.fsum([y, 1])


def scalar_nodes(x):
    v = Value(x)
    (v * v + 1).backward()
    return v.grad, v.data


@functools.singledispatch
def dispatched(x):
    return "other"


@dispatched.register
def _(x: float):
    return x * 2


def matched(x):
    match x:
        case 1.5 | 3.0:
            return "few"
        case float():
            return x * 2
    return x


SCALARS = {
    "until convergence": convergence,
    "errors by data": raising,
    "handled errors": handling,
    "division by zero": lambda x: 1 / x,
    "buffers": buffered,
    "math": of_math,
    "math errors": lambda x: math.sqrt(x),
    "rounding": lambda x: (round(x, 1), abs(x), divmod(x, 2.0), x // 0.7, x % 0.7, -x, +x),
    "integers": lambda x: (round(x), int(x), math.floor(x)),
    "texts": lambda x: (f"{x:.2f}", str(x), repr(x), "%s" % x, f"{x:.3e}"),  # noqa: UP031
    "types": lambda x: (
        isinstance(x, float), isinstance(x, (int, float)), type(x) is float, np.isscalar(x),
        isinstance(x, np.ndarray), type(x).__name__, type(x)(3), {float: 1}[type(x)],
        x.__class__ is float, type(x) in (float, int), dispatched(x), matched(x),
    ),
    "keys": lambda x: ({1.5: "a", -2.5: "b"}.get(x), x in [1.5, 0.0], x in {1.5}, [1.5].count(x)),
    "comparisons": lambda x: (x == 1.5, 1.0 < x < 3, not x, x is None, x == "a", bool(x), x or 2),
    "extremes": lambda x: (max(x, 1.0), min(x, 1.0), sorted([x, 0.5]), sum([x, 1.0])),
    "methods": lambda x: (x.is_integer(), x.real, x.imag, x.conjugate()),
    "numpy": lambda x: (np.sin(x), np.float64(x) * 2, np.asarray(x), float(np.sin(x)), np.sign(x)),
    "truth as number": lambda x: ((x > 0) + 1, (x > 0) * x, (x > 0) & (x < 2), int(x > 0)),
    "branching derivative": lambda x: grad(lambda v: v**3 if v > 0 else -v)(x),
    "values inside": scalar_nodes,
    "functions made inside": lambda x: np.piecewise(x, [x > 0], [lambda v: -v, -1.0]),
    "shapes assigned inside": lambda x: np.meshgrid([x, 1.0], [2.0, x]),
    "as an index": lambda x: [1, 2, 3][x],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SCALARS)
def test_functions_of_a_number_do_the_same(name):
    assert difference(SCALARS[name], *[(x,) for x in NUMBERS]) is None


def test_functions_of_integers_do_the_same():
    def f(x):
        x[0] += 1
        x <<= 1
        names = list(range(20))
        parts = np.zeros(x[1] % 3), np.arange(x[1]), [0] * x[1], names[x[1]], "a" * int(x[2])
        return parts, x & 3, ~x, x / 2, list(range(x[1])), hex(x[1]), x.tolist()

    assert difference(f, *[(x,) for x in INTEGERS]) is None


def test_kinds_of_numbers_are_told_apart():
    kinds = [1, 1.0, True, 0, False, 0.0, -0.0, np.float64(1), np.float64(-0.0), np.int64(1)]
    kinds += [np.bool_(True), 1 + 0j, np.complex64(1), np.float32(1), None, "1"]

    def f(x):
        return x, type(x), (x + 1 if not isinstance(x, (str, type(None))) else x), x if x else "no"

    assert difference(f, *[(x,) for x in kinds]) is None
    nested = [
        (0.0, 1),
        (-0.0, 1),
        (0.0, True),
        (0.0, 1.0),
        [0.0, 1],
        {"a": 0.0},
        {1: 0.0},
        {True: 0.0},
    ]
    assert difference(lambda x: x, *[(x,) for x in (*nested, (), [], Point(1.0, 2))]) is None


def test_shapes_types_and_layouts_are_told_apart():
    plain = [array(), np.zeros((0, 3)), np.array(3.0), np.float32([1, 2]), np.float16([1, 2])]
    plain += [np.arange(2), np.array([True, False]), array(1, 2) + 1j, np.array(["a", "b"])]
    assert (
        difference(lambda x: (x, x.shape, x.dtype, x[..., :0]), *[(x,) for x in plain if x.ndim])
        is None
    )
    grid = np.arange(6.0).reshape(2, 3)
    layouts = [
        np.asfortranarray(grid),
        grid,
        np.arange(12.0).reshape(2, 6)[:, ::2],
        grid.reshape(3, 2).T,
    ]

    def f(x):
        y = x.reshape(-1)
        y += 1
        return x.ravel("K"), x.flags.f_contiguous, x.strides, (x * 2).strides, x.sum(0), x

    assert difference(f, *[(x,) for x in layouts]) is None
    closed = array(1, 2, 3)
    closed.flags.writeable = False

    def g(x):
        x[0] = 5.0
        return x

    replayed = jit(g)
    assert alike(replayed(array(1, 2, 3)), array(5, 2, 3))
    with pytest.raises(ValueError, match="read-only"):
        replayed(closed)


def test_arrays_of_texts_dates_and_records_work():
    def of_texts(x):
        found = x == "b", x[0] == "b", x[0] + "z", {"a": 1}.get(x[0]), x != "a", str(x[0])
        return found, x[0].upper(), list(x), "b" in x, sorted(x), x.tolist(), x == None  # noqa: E711

    texts = [np.array(["a", "b"]), np.array(["c", "b"]), np.array(["b", "a"])]
    assert difference(of_texts, *[(x,) for x in texts]) is None

    def of_dates(x):
        later = x + np.timedelta64(1, "D"), x[1] - x[0], x[0] < x[1], np.diff(x), x.max()
        return later, x[0], x.tolist(), str(x[0])

    days = [np.array([f"202{i}-01-01", "2020-01-05"], "M8[D]") for i in range(3)]
    assert difference(of_dates, *[(x,) for x in days]) is None

    def of_records(x):
        x["a"] += 1
        x[1] = (9.0, 9)
        return x["a"] * 2, x[0]["a"], x[0], x.tolist(), x["b"].sum()

    kinds = [("a", float), ("b", int)]
    records = [np.array([(float(i), 2), (3.0, i)], dtype=kinds) for i in range(3)]
    assert difference(of_records, *[(x,) for x in records]) is None


# -- what the function reads -----------------------------------------------------------------------

RATE = 2.0
TABLE = array(1, 2, 3)


def rated(x):
    return x * RATE


def test_rebound_names_are_noticed(monkeypatch):
    module = sys.modules[__name__]
    functions = [jit(rated), jit(lambda x: x * module.RATE), jit(lambda x: rated(x))]
    for rate in (2.0, 3.0, 1, True, 1.0, -0.0, 0.0, np.float32(2)):
        monkeypatch.setattr(module, "RATE", rate)
        for f in functions:
            assert alike(f(2.0), 2.0 * rate)
    monkeypatch.setattr(module, "rated", lambda x: x + 1)
    assert functions[2](2.0) == 3.0
    factor = 2.0
    f = jit(lambda x: x * factor)
    assert f(2.0) == 4.0
    factor = 5.0
    assert f(2.0) == 10.0


def test_names_that_appear_later_are_noticed(monkeypatch):
    def f(x):
        try:
            return x * LATER
        except NameError:
            return x

    replayed, owner = jit(f), types.SimpleNamespace()
    asked = jit(lambda x: x * owner.extra if hasattr(owner, "extra") else x)
    assert (replayed(2.0), asked(2.0)) == (2.0, 2.0)
    monkeypatch.setitem(globals(), "LATER", 3.0)
    owner.extra = 4.0
    assert (replayed(2.0), asked(2.0)) == (6.0, 8.0)


def test_new_code_of_a_function_is_noticed():
    def f(x):
        return x * 2

    replayed = jit(lambda x: f(x))
    assert replayed(2.0) == 4.0
    f.__code__ = (lambda x: x * 3).__code__
    assert replayed(2.0) == 6.0


def test_changed_containers_are_noticed():
    numbers, nested, table, tupled = [1.0] * 500, [[1.0, [2.0]]], {"k": 1.0}, ([1.0],)

    def f(x):
        return (
            x * numbers[200],
            x * nested[0][1][0],
            x * table["k"],
            x * tupled[0][0],
            sum(table.values()),
        )

    replayed = jit(f)
    for number in (1.0, 4.0, 2, 4.0):
        numbers[200] = nested[0][1][0] = table["k"] = tupled[0][0] = number
        assert alike(replayed(2.0), f(2.0))
    table["new"] = 1.0
    assert alike(replayed(2.0), f(2.0))


def default_of(k=(array(1, 2),)):  # noqa: B008
    return k


def test_arrays_are_read_at_each_call():
    single, listed, tupled = array(1, 2), [array(1, 2), array(3, 4)], (array(1, 2), [array(3, 4)])

    def f(x):
        default = default_of()
        alone = (
            single[0],
            single.sum(),
            (single * 2)[1],
            listed[0][0],
            tupled[0].max(),
            default[0][0],
        )
        return x * single, alone, sum(w.sum() for w in listed) * x, TABLE @ TABLE, float(single[1])

    replayed = jit(f)
    for number in (1.0, 7.0, -3.0):
        for changed in (single, listed[0], tupled[0], tupled[1][0], default_of.__defaults__[0][0]):
            changed[0] = number
        assert alike(replayed(2.0), f(2.0))
    assert len(paths(replayed)) <= 3
    listed[1] = array(0, 0)
    assert alike(replayed(2.0), f(2.0))


def test_arrays_from_outside_are_changed_once_at_each_call():
    a, b = array(0, 2), array(0, 2)

    def change(k, x):
        k[0] += x
        k[1] = k[0] * 2
        return k * 2 if x > 0 else k * 3

    replayed = jit(lambda x: change(a, x))
    for number in (1.0, -1.0, 2.0, -1.0, 0.0):
        assert alike(replayed(number), change(b, number))
        assert alike(a, b)


class Model:
    rate = 1.0

    def __init__(self, k=2.0):
        self.k = k
        self.w = array(1, 2)

    def scaled(self, x):
        return x * self.k

    def value(self, x):
        return self.scaled(x) + self.w[0] * self.rate + self.double

    @property
    def double(self):
        return self.k * 2

    @jit
    def replayed(self, x):
        return x * self.k * self.rate

    @classmethod
    @jit
    def of_class(cls, x):
        return x * cls.rate

    def __call__(self, x):
        return x + self.k

    def count(self, x):
        self.k += 1
        return x * self.k


def test_attributes_are_followed(monkeypatch):
    model = Model()
    functions = [(jit(model.value), model.value), (jit(model), model)]
    passed = jit(lambda m, x: x * m.k + m.w.sum() + m.rate)

    def check():
        for replayed, f in functions:
            assert alike(replayed(1.5), f(1.5))
        assert alike(passed(model, 1.5), 1.5 * model.k + model.w.sum() + model.rate)

    check()
    for name, item in (("k", 5.0), ("w", array(9, 9)), ("rate", 3.0), ("k", 5)):
        setattr(model, name, item)
        check()
    model.w[0] = 7
    check()
    other = Model()
    replayed = jit(other.value)
    assert alike(replayed(1.0), other.value(1.0))
    monkeypatch.setattr(Model, "rate", 8.0)
    assert alike(replayed(1.0), other.value(1.0))


def test_methods_can_be_decorated():
    for k in (2.0, 3.0, *range(100)):
        assert Model(k).replayed(1.0) == k
    model = Model()
    model.replayed(1.0)
    model.k = 4.0
    assert model.replayed(1.0) == 4.0
    assert Model.of_class(2.0) == model.of_class(2.0) == 2.0
    assert str(inspect.signature(model.replayed)) == "(x)"
    with pytest.raises(TypeError, match="@jit below"):
        jit(classmethod(lambda cls: 1))


@dataclasses.dataclass
class Options:
    a: object = 1.0


@dataclasses.dataclass(frozen=True)
class Fixed:
    a: object = 1.0


def test_objects_as_arguments_are_told_apart():
    f = jit(lambda d, x: x * d.a)
    options = Options()
    for number in (1.0, 5.0, 2, -0.0):
        options.a = number
        assert alike(f(options, 2.0), 2.0 * number)
        assert alike(f(Options(number), 2.0), 2.0 * number)
    f = jit(lambda d, x: x * d.a)
    for number in (1.0, 1, True, 2, 0.0, -0.0, 1):
        assert alike(f(Fixed(number), 2), 2 * number)
    assert len(f._cache) == 6
    f, found = jit(lambda s, x: x * len(s)), {1, 2}
    assert f(found, 2.0) == 4.0
    found.add(3)
    assert f(found, 2.0) == 6.0


def test_unused_objects_are_forgotten():
    model = Model()
    jit(lambda m, x: x * m.k)(model, 1.0)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# -- impure functions --------------------------------------------------------------------------------

GROWING: list = []
COUNT = 0


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
    "'k'": Model().count,
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
    assert "test_traps.py" in str(caught.value)


def test_passed_generators_draw_anew():
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


REFUSED = {
    "swallowed refusal": (swallow, "line"),
    "generator function": (yielding, "generator"),
    "coroutine": (waiting, "coroutine"),
    "threads inside": (in_threads, "thread"),
    "assigned shape": (reshape_in_place, "reshape"),
    "callback": (calling_back, "pass them as arguments"),
    "error settings": (raise_at_errors, "around the call"),
    "set": (lambda x: {1, 2}, "list or a tuple"),
    "masked array": (lambda x: np.ma.masked_array(x, mask=[0, 1, 0]).sum(), "without jit"),
    "objects": (lambda x: np.array([x, None], dtype=object), "objects"),
    "pickle": (lambda x: pickle.dumps(x), "pickled"),
    "kept": (lambda x: types.SimpleNamespace(x=x), "return"),
    "closure": (lambda x: lambda: x, "return"),
}


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused(name):
    f, words = REFUSED[name]
    with pytest.raises(TraceError, match=words):
        jit(f)(array(1, 2, 3))
    assert GRAD_MODE.tracing == 0


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


def test_errors_that_nobody_handles_come_from_the_function():
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


# -- the cache ---------------------------------------------------------------------------------------------


def test_the_number_of_paths_is_bounded():
    f = jit(lambda x: int(x) * 2)
    with pytest.warns(RuntimeWarning, match=r"line \d+") as caught:
        assert [f(float(number)) for number in range(40)] == list(range(0, 80, 2))
    assert len(caught) == 1
    assert len(paths(f)) == 16
    g = jit(lambda x, n: x * n)
    for number in range(100):
        g(2.0, number)
    assert len(g._cache) == 64


def test_a_name_that_changes_often_is_named(monkeypatch):
    f = jit(lambda x: x * RATE)

    def call(number):
        monkeypatch.setitem(globals(), "RATE", float(number))
        return f(2.0)

    with pytest.warns(RuntimeWarning, match="RATE"):
        assert [call(number) for number in range(20)] == list(range(0, 40, 2))


def test_names_and_functions_are_followed_without_recording_anew():
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
