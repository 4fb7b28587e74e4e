"""Arguments in C that are easily forgotten: orders, odd bytes, zeros with signs, unused errors."""

import inspect
import itertools
import math

import numpy as np
import pytest
from program.c_kernels import distance, replayed
from program.saved_c import SANITIZERS

import autograd
from autograd import Value, elu, jit, leaky_relu, sigmoid
from autograd.program.backends.c import compiler
from autograd.program.backends.c.floats import EXTENDED
from autograd.program.backends.c.formulas import kernel_formulas
from autograd.program.backends.c.library import unavailable

pytestmark = pytest.mark.skipif(unavailable() != "", reason=unavailable())

ERRORS = (ZeroDivisionError, OverflowError, ValueError)
NUMBERS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.5,
    -2.5,
    0.5,
    800.0,
    1e300,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
)


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "FLAGS", (*compiler.FLAGS, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def test_elements_follow_in_the_order_that_is_asked_for():
    functions = [
        f
        for order in "CFAK"
        for f in (
            lambda x, order=order: np.ravel(x, order),
            lambda x, order=order: x.ravel(order),
            lambda x, order=order: x.flatten(order),
            lambda x, order=order: x.flatten(order=order),
        )
    ]
    functions += [
        f
        for order in "CFA"
        for f in (
            lambda x, order=order: np.reshape(x, -1, order),
            lambda x, order=order: np.reshape(x, (3, 2), order=order),
            lambda x, order=order: x.reshape(-1, order=order),
        )
    ]

    def all_orders(x):
        return tuple(f(y) * 2 + 1 for f in functions for y in (x, x * 1.5, x.T, x[::-1]))

    x = np.arange(6.0).reshape(2, 3)
    for array in (x, np.asfortranarray(x)):
        found, summary = replayed(all_orders, array)
        assert "C kernels: " in summary
        for one, other in zip(found, all_orders(array), strict=True):
            assert np.array_equal(one, other)


def test_every_byte_but_zero_is_true():
    odd = np.array([[0, 1, 2], [255, 0, 128]], np.uint8).view(bool)
    x = np.arange(6.0).reshape(2, 3)

    def f(b, x):
        return (
            np.where(b, x, -1.0), b * x, ~b, b & (x > 2), b | (x > 2), b ^ True, b == True,  # noqa: E712
            b[:, 0] + x[:, 1], np.sum(b), np.sum(b, axis=0), np.sum(b[:1] * x, axis=1), b.T * 1.0,
        )  # fmt: skip

    found, summary = replayed(f, odd, x)
    assert "C kernels: " in summary
    for one, other in zip(found, f(odd != 0, x), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.array])
@pytest.mark.parametrize("exponent", [0.5, 2, -1, 1, 0.25, -0.5])
@pytest.mark.filterwarnings("ignore")
def test_fixed_powers_are_those_of_numpy_and_python(exponent, kind):
    is_array, is_float = kind is np.array, kind is float

    def f(x):
        y = x * 1.0 if not is_array else x
        powers = [y**exponent, -(y**exponent)]
        powers.append(math.pow(y, exponent) if is_float else np.power(y, exponent))
        return powers

    jitted = jit(f, backend="c")
    jitted(kind(2.0))
    assert "C kernels: " in jitted.summary()
    for number in (*NUMBERS, [-0.0, -np.inf, 3.0]):
        if isinstance(number, list) and kind is not np.array:
            continue
        x = kind(number)
        try:
            wanted = f(x)
        except ERRORS as error:
            with pytest.raises(type(error)):
                jitted(x)
            continue
        for one, other in zip(jitted(x), wanted, strict=True):
            assert type(one) is type(other)
            if isinstance(other, complex):
                assert one == other
            else:
                assert distance(np.atleast_1d(one), np.atleast_1d(other)).max() <= 8


@pytest.mark.parametrize("function", EXTENDED, ids=lambda f: f.__name__)
def test_errors_of_floats_are_raised_without_use(function):
    arguments = EXTENDED[function].nin

    def f(x, y):
        try:
            function(*(x, y)[:arguments])
        except ERRORS:
            return -1.0
        return x * 2 + y

    jitted = jit(f, backend="c")
    jitted(1.5 if function is math.acosh else 0.75, 0.5)
    assert "C kernels: " in jitted.summary()
    for pair in itertools.product(NUMBERS, NUMBERS if arguments == 2 else (1.0,)):
        assert np.array_equal(jitted(*pair), f(*pair), equal_nan=True), pair


FILLED = (
    lambda: np.full((2, 3), [1.0, 2.0, 3.0]),
    lambda: np.full((2, 3), np.array([[1.0], [-0.0]])),
    lambda: np.full((2, 3), fill_value=2.0),
    lambda: np.full(shape=(2, 3), fill_value=-0.0, dtype=np.float32),
    lambda: np.full((2, 3), np.array(4)),
    lambda: np.full((2, 3), 2.75, np.int64),
    lambda: np.full((2, 3), True),
    lambda: np.full((2, 3), np.nan, order="F"),
    lambda: np.zeros(shape=(2, 3)),
    lambda: np.ones(shape=(2, 3), dtype=np.int32),
    lambda: np.ones((), np.float32),
)


@pytest.mark.parametrize("make", FILLED, ids=map(str, range(len(FILLED))))
def test_new_arrays_may_be_filled_in_any_way(make):
    x = np.arange(6.0).reshape(2, 3)
    found, summary = replayed(lambda x: (make() * x + x, np.copysign(1.0, make()) - x), x)
    assert "C kernels: " in summary
    assert np.array_equal(found[0], make() * x + x, equal_nan=True)
    assert np.array_equal(found[1], np.copysign(1.0, make()) - x)


def test_kernels_take_their_defaults():
    x = np.linspace(-2, 2, 7)
    for function in (elu, leaky_relu):
        found, summary = replayed(lambda x, f=function: f(x) * 2 + x, x)
        assert "C kernels: 3 instructions" in summary
        assert np.allclose(found, function(x) * 2 + x, rtol=1e-14)
    for kernel, formula in kernel_formulas().items():
        count = len(inspect.signature(kernel).parameters)
        assert f"{{{count}}}" not in formula.text
        assert any(f"{{{count - 1}}}" in text for text in (formula.text, formula.instead))


@pytest.mark.parametrize("axis", [0, -1, None])
def test_numbers_are_reduced_along_their_axis(axis):
    def f(x):
        total = np.sum(x * x)
        return [r(total, axis=axis) + x for r in (np.sum, np.max, np.add.reduce)]

    found, summary = replayed(f, np.arange(3.0))
    assert "C kernels: " in summary
    assert np.array_equal(found, f(np.arange(3.0)))


@pytest.mark.parametrize("kind", [np.longlong, np.int64, np.int32, np.intc])
def test_integers_may_have_other_names(kind):
    def f(x, whole):
        return np.sum(whole) * x + 1, whole * x - 2, whole[0] * x * 3

    x = np.arange(3.0)
    for numbers in ([1, -2, 3], [5, 6, 7]):
        whole = np.array(numbers, kind)
        found, _ = replayed(f, x, whole)
        assert all(map(np.array_equal, found, f(x, whole)))


def test_numbers_that_underflow_are_reported_if_wanted():
    f = jit(lambda x: np.exp(x) * 2 + 1, backend="c")
    f(np.ones(3))
    assert np.array_equal(f(np.full(3, -800.0)), np.ones(3))
    with np.errstate(under="raise"), pytest.raises(FloatingPointError, match="underflow"):
        f(np.full(3, -800.0))
    g = jit(lambda x: math.exp(x) * 2 + 1, backend="c")
    g(1.0)
    with np.errstate(under="raise"):
        assert g(-800.0) == 1.0


def test_quotients_by_zero_are_errors_of_python():
    f = jit(lambda x, y: x / y + 1, backend="c")
    f(1.0, 2.0)
    for x in NUMBERS:
        with pytest.raises(ZeroDivisionError):
            f(x, -0.0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(3,), (5000,), (2, 5), (2, 4100), (3, 2, 4)])
def test_sums_of_negative_zeros_have_the_sign_of_numpy(shape, dtype):
    def f(x):
        axes = (None, 0, -1, tuple(range(len(shape))))
        return [np.sum(x * 1.5, axis=axis, keepdims=True) * 2 for axis in axes]

    x = np.full(shape, -0.0, dtype)
    found, summary = replayed(f, x)
    assert "C kernels: " in summary
    for one, other in zip(found, f(x), strict=True):
        assert np.array_equal(np.signbit(one), np.signbit(other))


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softplus", "sign", "gelu", "tanh", "arcsin"])
def test_functions_of_values_and_their_slopes_run_in_c(name):
    def function(x):
        y = Value(x)
        z = (getattr(autograd, name, None) or getattr(np, name))(y)
        z.backward()
        return z.data, y.grad, y.grad * 0.5 - x, x * x

    for x in (*NUMBERS, 40.0, -40.0, 0.999999999999, 1e-20):
        try:
            with np.errstate(all="ignore"):
                wanted = function(x)
        except ERRORS:
            continue
        found, summary = replayed(function, x)
        assert "C kernels: " in summary
        assert distance(np.array(found), np.array(wanted)).max() <= 8, x


def test_relus_and_truth_values_do_not_divide_programs_of_floats():
    def function(x):
        y = Value(x)
        z = y
        for _ in range(6):
            z = ((z * y - 0.25).relu() + (z > 0.1) * z) ** 2 + sigmoid(z)
        z.backward()
        return z.data, y.grad

    for x in (0.7, -0.4, 0.0):
        found, summary = replayed(function, x)
        assert "instructions in 1 function" in summary
        assert np.allclose(found, function(x), rtol=1e-13)
    product = replayed(lambda x, y, z: (x * y + z, x - y * z), 1 + 2**-30, 1 - 2**-30, -1.0)[0]
    assert product == ((1 + 2**-30) * (1 - 2**-30) - 1.0, 1 + 2**-30 + (1 - 2**-30))


def test_views_of_what_is_not_computed_in_c_do_not_disturb_it():
    def function(x, y):
        positions = np.argsort(x)
        return np.sqrt(x) * 2, np.log(x) + 1, positions[()] + positions[::-1]

    x = np.array([0.25, -1.0, 0.0])
    with np.errstate(all="ignore"):
        wanted = function(x, 1.0)
    jitted = jit(function, backend="c")
    with pytest.warns(RuntimeWarning):
        jitted(x, 1.0)
    with pytest.warns(RuntimeWarning):  # NumPy computes the region again
        found = jitted(x, 1.0)
    for one, other in zip(found, wanted, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    assert "C kernels: " in jitted.summary()


def test_other_shapes_of_the_same_numbers_share_a_loop(tmp_path):
    random = np.random.default_rng(0)
    x, b, c = random.normal(size=(6, 20)), random.normal(size=20), random.normal(size=(4, 1))

    def in_three_axes(x, b):
        rows = np.tanh((x + b).reshape(2, 3, 20)).reshape(6, 20)
        return (rows / np.sum(rows * rows, axis=1, keepdims=True)).reshape(3, 2, 20)

    def in_all_axes(x, b, c):
        y = np.exp((x + b).reshape(2, 3, 4, 5)) * c
        rows = y.reshape(6, 20)
        sums = np.sum(rows, axis=1, keepdims=True), np.sum(y, axis=(0, 2))
        return rows / sums[0], *sums, np.max(y.reshape(24, 5), axis=0), y.reshape(20, 6) + 1

    for function, arrays in ((in_three_axes, (x, b)), (in_all_axes, (x, b, c))):
        jitted = jit(function, backend="c")
        jitted(*arrays)
        found, wanted = (autograd.tree.flat(f(*arrays)) for f in (jitted, function))
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, 1e-13, 1e-13)
    path = tmp_path / "f.c"
    autograd.trace(in_three_axes)(x, b).save(path)
    assert "_part_1" not in path.read_text()
