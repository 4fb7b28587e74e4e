"""Functions of arrays and of numbers: replayed, they do what they do without `jit`."""

import copy
import functools
import math
import operator

import numpy as np
import pytest
from program.agreement import (
    INTEGERS,
    NUMBERS,
    VECTORS,
    Point,
    alike,
    array,
    difference,
)

import autograd
from autograd import Tensor, Value, grad, jit, trace, value_and_grad

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


@pytest.mark.parametrize(
    "f", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, np.dot],
    ids=lambda f: f.__name__,
)  # fmt: skip
@pytest.mark.parametrize("other", ["number", "array", "constant"])
def test_arrays_of_nodes_meet_followed_operands(f, other):
    def both(x, k, a):
        nodes = np.array([x[0], k, x[1] * x[2]])
        operand = {"number": k, "array": a, "constant": np.array([1.0, 2.0, 3.0])}[other]
        return np.sum(f(nodes, operand) + f(operand, nodes) * k)

    calls = [(array(1, 2, 3), 2.0, array(3, 2, 1)), (array(3, 2, 1), 0.5, array(1, 1, 2))]
    assert difference(value_and_grad(both), *calls) is None


EXTREMES = {
    "two": lambda x, y: (max(x, y), min(x, y)),
    "list": lambda x, y: (max([x, y, 0.5]), min([0.5, y, x])),
    "generator": lambda x, y: (max(a * 2.0 for a in (x, y)), min(iter([x, y]))),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_of_floats_are_choices_without_guards(name):
    f = EXTREMES[name]
    numbers = (1.5, -2.0, 0.0, -0.0, math.inf, math.nan)
    assert difference(f, *[(x, y) for x in numbers for y in numbers]) is None
    assert not trace(f)(1.0, 2.0).guards


def test_extremes_of_other_things_are_those_of_python():
    for f in (
        lambda x, m: max(x, 2),  # an integer, if it is larger
        lambda x, m: min([x, -x], key=abs),
        lambda x, m: max([], default=x),
        lambda x, m: max(*m, x),
        lambda x, m: max(m, x),
        lambda x, m: min(["b", "a"]) + str(m),
        lambda x, m: max(x),
        lambda x, m: min(),
        lambda x, m: max([]),
    ):
        assert difference(f, (1.0, (2.0, 3.0)), (5.0, (2.0, 3.0)), warned=False) is None
