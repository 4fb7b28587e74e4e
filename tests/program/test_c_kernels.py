"""Regions that run in C compute what NumPy computes, within the documented bounds."""

import math
import os
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from program.c_kernels import distance, replayed, unlike
from program.c_regions import Region
from program.saved_c import SANITIZERS

import autograd
from autograd import Tensor, gelu, grad, jit, log_softmax, softmax, value_and_grad
from autograd.program.backends.c import compiler
from autograd.program.backends.c.formulas import FORMULAS
from autograd.program.backends.c.kernel import Kernel
from autograd.program.backends.c.library import unavailable
from autograd.program.backends.c.objects import UNDERFLOW

pytestmark = pytest.mark.skipif(unavailable() != "", reason=unavailable())

COUNT = round(24 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

#: Ufuncs whose results are rounded as NumPy rounds them; the others are within some ulps.
CALLED = {u for u, formulas in FORMULAS.items() if any(f.calls for f in formulas)}


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "FLAGS", (*compiler.FLAGS, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def specials(dtype):
    info = np.finfo(dtype)
    numbers = [0.0, 0.5, 1.0, 2.0, 3.0, 10.0, 100.0, 88.8, 709.9, np.pi, 1e10, np.inf, info.eps]
    numbers += [info.max, info.tiny, info.smallest_subnormal, 1 + info.eps, 1 - info.epsneg]
    return np.array([*numbers, *(-x for x in numbers), np.nan], dtype)


def operands(count, dtype):
    random, special = np.random.default_rng(0), specials(dtype)
    ordinary = np.concatenate(
        [random.normal(size=300), random.uniform(-1, 1, 300), np.exp(random.uniform(-20, 20, 300))]
    ).astype(dtype)
    if count == 1:
        return [np.concatenate([special, ordinary])]
    a, b = np.meshgrid(special, special)
    other = random.permutation(ordinary)
    return [np.concatenate([a.ravel(), ordinary]), np.concatenate([b.ravel(), other])]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("count", [1, 2])
def test_each_function_does_what_numpy_does(count, dtype):
    ufuncs = [u for u, found in FORMULAS.items() if u.nin == count and "f" in found[0].kinds]
    arguments = operands(count, dtype)
    if count == 2:  # of zeros with different signs NumPy returns one or the other
        keep = (arguments[0] != 0) | (arguments[1] != 0)
        arguments = [x[keep] for x in arguments]
    with np.errstate(all="ignore"):
        found, summary = replayed(lambda *x: tuple(u(*x) for u in ufuncs), *arguments)
        assert f"C kernels: {len(ufuncs)} instructions" in summary
        for ufunc, one in zip(ufuncs, found, strict=True):
            wanted = ufunc(*arguments)
            assert one.dtype == wanted.dtype, ufunc
            if one.dtype.kind == "f":  # each may be 4 ulp from the exact value
                limit = 8 if ufunc in CALLED else 0
                assert distance(one, wanted).max() <= limit, ufunc
            else:
                assert np.array_equal(one, wanted), ufunc


INTEGERS = (np.add, np.subtract, np.multiply, np.negative, np.square, np.maximum, np.minimum,
            np.less, np.equal, np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert,
            np.logical_not, np.logical_xor)  # fmt: skip


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.bool_])
def test_integers_wrap_and_booleans_combine(dtype):
    x = np.array([0, 1, -1, 5, -7, 1 << 31, -(1 << 31), (1 << 62) + 3]).astype(dtype)
    y = x[::-1].copy()
    kind = np.dtype(dtype).kind
    ufuncs = [u for u in INTEGERS if any(kind in f.kinds for f in FORMULAS[u])]
    found, summary = replayed(lambda x, y: tuple(u(*(x, y)[: u.nin]) for u in ufuncs), x, y)
    assert "C kernels" in summary
    for ufunc, one in zip(ufuncs, found, strict=True):
        wanted = ufunc(*(x, y)[: ufunc.nin])
        assert one.dtype == wanted.dtype, ufunc
        assert np.array_equal(one, wanted), ufunc


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_regions_do_what_numpy_does(seed):
    region = Region(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = region(*region.arguments)
    found, summary = replayed(region, *region.arguments)
    assert "no C kernels" not in summary
    types = {np.asarray(x).dtype.type for x in (*wanted, *region.arguments)}
    digits = 3 if np.float32 in types else 10
    for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
        assert not unlike(one, other, digits), number


def test_sums_are_as_exact_as_those_of_numpy():
    random = np.random.default_rng(0)
    for shape in ((100_003,), (3, 5001), (5001, 3), (7, 40, 11)):
        x = random.normal(size=shape).astype(np.float32) * 1000
        for axis in (None, 0, -1):
            found, _ = replayed(lambda x, axis=axis: np.sum(x * 1 + 0, axis=axis), x)
            exact = np.sum(x, axis=axis, dtype=np.float64)
            size = np.sum(np.abs(x), axis=axis, dtype=np.float64)
            wanted = np.abs(np.sum(x, axis=axis) - exact)
            bound = 12 * np.finfo(np.float32).eps * size
            assert np.all(np.abs(found - exact) <= np.maximum(wanted, bound))


def test_warnings_and_errors_are_those_of_numpy():
    f = jit(lambda x: np.log(x) + 1, backend="c")
    f(np.ones(3))
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in log"):
        f(np.array([0.0, 1.0, 2.0]))
    with pytest.warns(RuntimeWarning, match="invalid value"):
        f(np.array([-1.0, 1.0, 2.0]))
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        f(np.array([0.0, 1.0, 2.0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(np.array([4.0, 1.0, 2.0]))
        with np.errstate(all="ignore"):
            assert np.isnan(f(np.array([-1.0, 1.0, 2.0]))[0])


def test_ordinary_numbers_raise_no_flags(monkeypatch):
    codes = []
    monkeypatch.setattr(Kernel, "_again", lambda self, code, *rest: codes.append(code))
    names = ("exp", "log", "tanh", "sin", "cos", "log1p", "expm1", "sqrt", "arctan", "sinh")
    for dtype in (np.float64, np.float32):
        for size in (3, 1000):
            x = np.random.default_rng(0).uniform(0.1, 3.0, size).astype(dtype)
            replayed(lambda x: tuple(getattr(np, n)(x) for n in names), x)
    assert codes == []


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("masked", [-np.inf, -1e30, -1e9, -100.0])
def test_exponentials_of_masked_numbers_raise_no_flags(monkeypatch, dtype, masked):
    codes, again = [], Kernel._again

    def noted(self, code, *rest):
        codes.append(code)
        return again(self, code, *rest)

    monkeypatch.setattr(Kernel, "_again", noted)
    x = np.random.default_rng(0).normal(size=(40, 40)).astype(dtype)
    x[np.triu_indices(40, 1)] = masked
    replayed(lambda x: softmax(x * 2, axis=-1) + np.exp(x), x)
    assert {*codes} <= {UNDERFLOW}  # which is ignored unless it is asked for


def test_gelu_in_single_precision_is_exact_far_below_0():
    x = np.linspace(-13, 6, 4001, dtype=np.float32)
    found, report = replayed(lambda x: 3 * gelu(x), x)
    exact = [3 * float(one) * math.erfc(-float(one) / math.sqrt(2)) / 2 for one in x]
    np.testing.assert_allclose(found, exact, rtol=1e-6)
    assert "C kernels" in report


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gelu_of_infinity_is_its_limit_with_flags_ignored(dtype):
    x = np.array([-np.inf, -1e30, -1e4, np.inf, 1e30, np.nan], dtype)
    both = jit(value_and_grad(lambda x: np.sum(gelu(x)[:3] * 2)), backend="c")
    slope = jit(lambda x: grad(lambda x: np.sum(gelu(x)))(x), backend="c")
    with np.errstate(all="ignore"):
        assert abs(both(x)[0]) < 1e-8
        np.testing.assert_allclose(slope(x), [0, 0, 0, 1, 1, np.nan], atol=1e-9)


def test_the_slope_of_log_softmax_takes_its_exponentials():
    x = np.random.default_rng(0).normal(size=(7, 33)) * 40
    x[0, 1], x[1], x[2, :2] = -np.inf, -np.inf, np.nan

    def both(x):
        t = Tensor(x)
        y = log_softmax(t)
        y.backward(np.cos(np.arange(y.size)).reshape(y.shape))
        return y.data, t.grad

    in_c = jit(both, backend="c")
    with np.errstate(all="ignore"):
        for _ in range(2):
            for a, b in zip(in_c(x), both(x), strict=True):
                np.testing.assert_allclose(a, b, 1e-12, 1e-12)


def test_arrays_may_lie_otherwise_in_later_calls():
    w = Tensor(np.arange(12.0).reshape(3, 4))

    @jit
    def f(x):
        return np.sum(np.tanh(w * x) * 2 + 1, axis=0)

    f = jit(f.function, backend="c")
    x = np.linspace(0, 1, 4)
    for data in (w.data, np.asfortranarray(w.data), np.zeros((3, 8))[:, ::2], w.data[::-1]):
        w.data = data
        assert np.allclose(f(x).data, f.function(x).data, rtol=1e-14)


def test_cotangents_may_be_arrays_instead_of_numbers():
    f = jit(lambda x: np.sum(np.exp(x) * x), backend="c")
    for _ in range(2):
        x = Tensor([1.0, 2.0])
        y = f(x)
        y.backward(retain_graph=True)
        y.backward(np.array(2.0))
        assert np.allclose(x.grad, 3 * np.exp(x.data) * (1 + x.data), rtol=1e-14)


def test_threads_have_memory_of_their_own():
    f = jit(value_and_grad(lambda x: np.sum(np.tanh(x * 2) * np.exp(-x * x))), backend="c")
    inputs = [np.linspace(k, k + 1, 20_000) for k in range(4)]
    f(inputs[0])
    wanted = [f(x) for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            for found, one in zip(pool.map(f, inputs), wanted, strict=True):
                assert found[0] == one[0]
                assert np.array_equal(found[1], one[1])


def test_results_are_fresh_arrays():
    f = jit(lambda x: (np.tanh(x) + 1, np.sum(x * 2)), backend="c")
    f(np.ones(3))
    first, second = f(np.ones(3)), f(np.zeros(3))
    assert first[0][0] != second[0][0]
    assert not np.shares_memory(first[0], second[0])
    assert first[1] == 6.0
    assert type(first[1]) is np.float64


def test_numbers_raise_the_errors_of_python():
    f = jit(lambda x, y: math.log(x) * 2 + y / x + math.exp(y), backend="c")
    f(1.0, 2.0)
    assert "C kernels: 6 instructions" in f.summary()
    wanted = math.log(3.0) * 2 + 0.5 / 3.0 + math.exp(0.5)
    assert f(3.0, 0.5) == pytest.approx(wanted, rel=1e-15)
    assert math.isnan(f(math.nan, 1.0))
    assert f(math.inf, 1.0) == math.inf
    assert f(1.0, -1e4) == -1e4
    for x, y, error in (
        (0.0, 1.0, ValueError),
        (-1.0, 1.0, ValueError),
        (1.0, 1e4, OverflowError),
    ):
        with np.errstate(all="ignore"), pytest.raises(error):
            f(x, y)
    divided = jit(lambda x, y: x * 2.0 / y + 1.0, backend="c")
    assert divided(1.0, 4.0) == divided(1.0, 4.0) == 1.5
    with pytest.raises(ZeroDivisionError):
        divided(1.0, 0.0)


def test_scalar_programs_are_one_function():
    def expression(x, y):
        total = 0.0
        for k in range(40):
            total = np.sin(total) + x * y - np.exp(-y) * 0.5 + x / (y + k) + max(total, x) ** 2
        return total

    f = jit(value_and_grad(expression, (0, 1)), backend="c")
    for x, y in ((0.1, 0.5), (0.1, 0.5), (-0.2, 0.7), (0.05, 1.5)):
        found, wanted = f(x, y), value_and_grad(expression, (0, 1))(x, y)
        assert np.allclose(found[0], wanted[0], rtol=1e-12)
        assert np.allclose(found[1], wanted[1], rtol=1e-12)
        assert type(found[0]) is type(wanted[0])
    assert "C kernels" in f.summary()


def test_c_runs_by_itself_where_it_pays():
    f = jit(lambda x: np.tanh(np.exp(-x * x) + 1))
    f(np.ones(10))
    assert "C kernels" not in f.summary()
    f(np.ones(1 << 19))
    assert "C kernels: 5 instructions" in f.summary()


def test_rows_are_added_to_chosen_rows():
    def add(table, indices, values):
        result = np.zeros(table.shape, table.dtype)
        np.add.at(result, indices, values * np.ones(values.shape, values.dtype) + 0)
        return result + table

    random = np.random.default_rng(0)
    for shape, chosen in (((7, 3), (7,)), ((6,), (6,)), ((4, 5), (4, 5)), ((4, 5, 2), (4, 5))):
        for dtype in (np.float64, np.float32):
            table = random.normal(size=shape).astype(dtype)
            indices = tuple(random.integers(-n, n, 20) for n in chosen)
            values = random.normal(size=(20, *shape[len(chosen) :])).astype(dtype)
            found, summary = replayed(add, table, indices, values)
            assert "C kernels" in summary
            assert np.allclose(found, add(table, indices, values), rtol=1e-5, atol=1e-5)


def test_an_index_out_of_range_raises_numpy_s_error():
    def add(x, n):
        result = np.zeros(5)
        np.add.at(result, n, x * 2 + 1)
        return result * 2

    f = jit(add, backend="c")
    x = np.arange(3.0)
    for _ in range(2):
        assert np.array_equal(f(x, np.array([0, -1, 0])), [12.0, 0, 0, 0, 6])
        for wrong in (5, -6):
            with pytest.raises(IndexError, match="out of bounds"):
                f(x, np.array([0, 1, wrong]))


def test_numbers_that_fill_arrays_are_written_out():
    def f(x):
        return np.log(x * np.full(3, 2.0)) + np.ones(3), np.zeros(3) + np.full(3, -0.0)

    for x in (np.ones(3), np.array([1.0, 0.0, 2.0])):  # NumPy computes the second, and warns
        with np.errstate(all="ignore"):
            found, _ = replayed(f, x)
            for one, other in zip(found, f(x), strict=True):
                assert np.allclose(one, other, rtol=1e-15)
    jitted = jit(f, backend="c")
    jitted(np.ones(3))
    with pytest.warns(RuntimeWarning):
        found = jitted(np.array([1.0, 0.0, 2.0]))
    assert found[0][1] == -np.inf


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_kernels_of_the_rules_have_their_formulas_in_c(dtype):
    x = operands(1, dtype)[0]
    x = x[np.isfinite(x)]

    def activations(x):
        z = x * 1
        return (
            autograd.sigmoid(z), autograd.softplus(z), autograd.erf(z), autograd.silu(z),
            autograd.gelu(z), autograd.elu(z, 1.5), autograd.leaky_relu(z, 0.1),
        )  # fmt: skip

    def slopes(x):
        y = activations(x)
        return y[3:], [autograd.elementwise_grad(lambda x, k=k: activations(x)[k])(x) for k in ALL]

    with np.errstate(all="ignore"):
        for f in (activations, slopes):
            found, summary = replayed(f, x)
            assert "C kernels" in summary
            eps = np.finfo(dtype).eps
            for y, wanted in zip(flat(found), flat(f(x)), strict=True):
                np.testing.assert_allclose(y, wanted, 16 * eps, 16 * eps)


ALL = range(7)


def flat(found):
    return [y for part in found for y in (part if isinstance(part, (tuple, list)) else [part])]


ACTIVATIONS = {
    "sigmoid": autograd.sigmoid,
    "softplus": autograd.softplus,
    "silu": autograd.silu,
    "gelu": autograd.gelu,
    "erf": autograd.erf,
    "elu": lambda x: autograd.elu(x, 0.7),
    "leaky": lambda x: autograd.leaky_relu(x, 0.1),
    "softmax": autograd.softmax,
    "softmax of columns": lambda x: autograd.softmax(x, axis=0),
    "log softmax": autograd.log_softmax,
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_fused_with_their_textbook_formulas(name, dtype):
    function = ACTIVATIONS[name]
    random = np.random.default_rng(0)
    weights = random.normal(size=(40, 30)).astype(dtype)

    def f(x):
        return function(x) * 2 + 1, value_and_grad(lambda x: np.sum(function(x) * weights))(x)

    for scale in (1.0, 30.0, 1000.0):
        x = (random.normal(size=(40, 30)) * scale).astype(dtype)
        with np.errstate(all="ignore"):
            (found, (total, slope)), summary = replayed(f, x)
            wanted, (other, gradient) = f(x)
        assert "NumPy runs it" not in summary
        digits = 5 if dtype is np.float32 else 12
        assert not unlike(found, wanted, digits)
        assert not unlike(slope, gradient, digits)
        assert abs(total - other) <= 10.0**-digits * np.sum(np.abs(wanted * weights))
