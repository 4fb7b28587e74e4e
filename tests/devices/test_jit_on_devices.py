"""`jit` of functions of arrays of a device: programs that were recorded with copies run there."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from devices import kernels, strict
from devices.strict import DeviceArray, on_device
from devices.test_rules_on_devices import Place, number
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd as ag
import nn
from autograd import tree
from autograd.errors import DataError
from autograd.program.environment import OPAQUE

STAND_IN = pytest.mark.skipif(strict.CUPY, reason="the transfers of CuPy are not counted")
COMPILES = pytest.mark.skipif(not kernels.COMPILER or strict.CUPY, reason="no C compiler")
X = np.random.default_rng(0).normal(size=6)
OPAQUE.add(strict.NumPyThere)


def same(found, expected):
    for a, b in zip(tree.flat(found), tree.flat(expected), strict=True):
        a, b = (getattr(x, "data", x) for x in (a, b))
        assert (np.shape(a), a.dtype) == (np.shape(b), b.dtype)
        assert isinstance(a, DeviceArray)
        np.testing.assert_allclose(number(a), number(b), 1e-9, 1e-11)


@pytest.fixture
def fusing(monkeypatch):
    """Let the library of the stand-in compile kernels; return those that it has compiled."""
    monkeypatch.setattr(strict, "ElementwiseKernel", kernels.ElementwiseKernel, raising=False)
    kernels.ElementwiseKernel.made.clear()
    return kernels.ElementwiseKernel.made


def twice(function, *arguments):
    """Return what a function that `jit` has returned gives when it replays; it must have."""
    function(*map(on_device, arguments))
    found = function(*map(on_device, arguments))
    assert not function.not_followed, function.summary()
    return found


@pytest.mark.parametrize("sample", SAMPLES[3::12], ids=str)
@quiet
@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
def test_a_recorded_rule_runs_on_a_device(sample, monkeypatch):
    monkeypatch.setattr(strict, "transfers", _NoList())
    place = Place(sample, True)
    if place.is_refused():
        pytest.skip("CuPy lacks this function")
    floats = tuple(i for i, x in enumerate(place.inputs) if x.dtype.kind in "fc")

    def total(*arguments):
        found = place.call(list(arguments))
        several = isinstance(found, tuple | list)
        return sum(np.sum(np.real(x) * np.cos(np.real(x))) for x in (found if several else [found]))

    def both(*arguments):
        return place.call(list(arguments)), ag.grad(total, floats)(*arguments)

    try:
        expected = both(*map(on_device, place.inputs))
    except TypeError:
        pytest.skip("it takes no derivative of this sample")
    same(twice(ag.jit(both), *place.inputs), expected)


class _NoList:
    """Counts nothing: a list that a function changes is refused by `jit`."""

    def append(self, item):
        pass


OPAQUE.add(_NoList)


def test_each_branch_is_replayed_where_its_guard_holds():
    function = ag.jit(ag.grad(lambda x: np.sum(x**3) if np.sum(x) > 0 else np.sum(-x)))
    for x in (X, abs(X), -abs(X), X[:3], X.astype(np.float32), np.stack([X, X]).T):
        for _ in range(2):
            found = function(on_device(x))
            expected = 3 * x**2 if np.sum(x) > 0 else -np.ones_like(x)
            assert found.dtype == x.dtype
            np.testing.assert_allclose(found.get(), expected, 1e-6)
    assert len(function.programs) == 5
    assert not function.not_followed


@STAND_IN
def test_a_replay_reads_nothing_but_what_guards_ask_for():
    matrix = on_device(np.eye(6) + 0.1)
    plain = ag.jit(ag.value_and_grad(lambda x: np.sum(np.tanh(matrix @ x))))
    guarded = ag.jit(lambda x: x if np.sum(x) > 0 else -x)
    for function, reads in ((plain, []), (guarded, ["bool"])):
        twice(function, X)
        strict.transfers.clear()
        function(on_device(2 * X))
        assert strict.transfers == reads
    assert "devices.strict runs it" in plain.summary()


def test_arrays_that_a_function_reads_may_change():
    weights = [on_device(X)]
    function = ag.jit(lambda x: np.sum(weights[0] * x))
    for change in (lambda: None, lambda: weights[0].fill(2.0), lambda: weights.__setitem__(0, on_device(3 * X))):  # fmt: skip
        change()
        for _ in range(2):
            found = function(on_device(X)).get()
            np.testing.assert_allclose(found, np.sum(weights[0].get() * X))


def test_in_place_and_host_results_are_repeated():
    def step(x, rate):
        x -= rate * np.cos(x)
        return float(np.sum(x)), x[[0, 2]], np.zeros(2), {"mean": np.mean(x)}

    function, x, y = ag.jit(step), X.copy(), on_device(X)
    for rate in (0.1, 0.2, 0.3):
        expected, found = step(x, rate), function(y, rate)
        np.testing.assert_allclose(y.get(), x)
        assert type(found[0]) is float
        assert type(found[2]) is np.ndarray
        np.testing.assert_allclose(found[0], expected[0])
        np.testing.assert_allclose(found[1].get(), expected[1])
        np.testing.assert_allclose(found[3]["mean"].get(), expected[3]["mean"])
    assert not function.not_followed


def test_mixed_devices_are_refused_as_without_jit():
    function = ag.jit(lambda x, y: x * y + np.ones(6))
    with pytest.raises(DataError, match=r"one of NumPy of shape .*autograd\.devices\.beside"):
        ag.grad(lambda x, y: np.sum(x * y))(on_device(X), X)
    for _ in range(2):
        with pytest.raises(TypeError):
            function(on_device(X), X)


def test_a_step_of_training_is_replayed():
    def trained(move, wrap):
        model = nn.Linear(6, 1, generator=np.random.default_rng(0))
        rows, wanted = np.outer(np.arange(1.0, 5.0), X), np.ones((4, 1))
        if move:
            model, rows, wanted = model.to(_Library), on_device(rows), on_device(wanted)
        optimizer = nn.optim.Adam(model.parameters(), 0.1)

        def step(rows, wanted):
            optimizer.zero_grad()
            loss = nn.mse(model(rows), wanted)
            loss.backward()
            optimizer.step()
            return loss.data

        step = ag.jit(step) if wrap else step
        losses = [number(step(rows, wanted)) for _ in range(4)]
        assert not wrap or not step.not_followed, step.summary()
        return losses

    expected = trained(False, False)
    np.testing.assert_allclose(trained(True, False), expected, 1e-9)
    np.testing.assert_allclose(trained(True, True), expected, 1e-9)


class _Library:
    asarray = staticmethod(on_device)


# -- kernels ------------------------------------------------------------------------------------


SMOOTH = [np.sin, np.cosh, np.arctan, np.expm1, np.cbrt, ag.sigmoid, ag.softplus, ag.gelu, ag.silu]
ANY = [np.sign, np.floor, np.square, np.isnan, np.isfinite, np.signbit, ag.relu, np.negative]
PAIRS = [np.maximum, np.fmin, np.hypot, np.copysign, np.less, np.logical_xor, np.arctan2, np.power]


def long_chain(x, y):
    parts = [f(x * 0.5) * 1.0 for f in SMOOTH] + [f(x) * 1.0 for f in ANY]
    parts += [f(x, y) * 1.0 for f in PAIRS]
    total = parts[0]
    for part in parts[1:]:
        total = total * 0.5 + part
    return np.where(x > y, total, -total), (x > 0) & (y > 0), (np.floor(x) == 1.0) * 2


@COMPILES
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=str)
@quiet
def test_a_kernel_computes_what_numpy_computes(fusing, dtype):
    x = np.array([[-2.5, -0.0, 0.0, 1.0, 3.0, np.inf, -np.inf, np.nan, 50.0]], dtype)
    y = np.array([[1.5], [-2.0], [np.nan], [0.0]], dtype)
    function = ag.jit(long_chain)
    found = twice(function, x, y)
    assert "instructions in 2 kernels" in function.summary() or "kernel" in function.summary()
    assert 0 < len(fusing) < 6
    for a, b in zip(found, long_chain(x, y), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(
            number(a), b, *((1e-13, 0) if dtype == np.float64 else (2e-6, 0))
        )


SINGLE = [*SMOOTH, ag.elu, ag.leaky_relu, ag.logsumexp, ag.softmax, ag.log_softmax, ag.erf, np.abs,
          lambda x: np.logaddexp(x, 0.5), lambda x: np.logaddexp2(0.5, x), lambda x: np.hypot(x, 0.5),
          lambda x: np.arctan2(x, 0.5), np.var, np.prod]  # fmt: skip


@COMPILES
def test_derivatives_of_single_numbers_stay_single(fusing):
    x = np.array([0.5, -1.0, 2.0], np.float32)
    function = ag.jit(ag.grad(lambda x: sum(np.sum(f(x) * f(x)) for f in SINGLE)))
    assert twice(function, np.abs(x)).dtype == np.float32
    wide = [kernel for kernel in fusing if any(kind == "float64" for kind, _ in kernel.outputs)]
    assert not wide


@COMPILES
@quiet
def test_a_kernel_takes_any_number_but_zero_for_true(fusing):
    def combined(x, n, flags):
        truths = np.logical_and(x, n), np.logical_xor(flags, x), np.logical_or(n, flags)
        return (*truths, truths[0] * x, np.where(flags, x, n), np.logical_not(x), n * flags)

    x = np.array([0.5, -0.25, 0.0, np.nan, 256.0, -1e-300])
    n = np.array([-2, 256, 3, 0, 1, 512])
    found = twice(ag.jit(combined), x, n, n > 0)
    for a, b in zip(found, combined(x, n, n > 0), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(number(a), b)
    assert fusing


@COMPILES
def test_a_gradient_is_fused(fusing):
    def loss(x, scale):
        return np.mean(np.tanh(scale * x) ** 2 + np.exp(-(x**2)) / (1 + np.abs(x)))

    function = ag.jit(ag.value_and_grad(loss, (0, 1)))
    same(twice(function, X, np.array(0.5)), ag.value_and_grad(loss, (0, 1))(on_device(X), on_device(np.array(0.5))))  # fmt: skip
    calls = function.summary()
    assert "fused kernels" in calls
    assert len(fusing) <= 4


@STAND_IN
def test_what_cannot_be_compiled_runs_unfused(monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("no CUDA compiler")

    monkeypatch.setattr(strict, "ElementwiseKernel", broken, raising=False)
    function = ag.jit(lambda x: np.tanh(x) * np.exp(x))
    np.testing.assert_allclose(twice(function, X).get(), np.tanh(X) * np.exp(X))
    assert "no fused kernels: " in function.summary()
    assert "no CUDA compiler" in function.summary()


@STAND_IN
def test_the_table_for_a_gpu_can_be_measured():
    path = Path(__file__).parents[2] / "benchmarks" / "device.py"
    spec = importlib.util.spec_from_file_location("device_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = module.table(_Library, lambda: None, size=1000, times=1)
    assert [line.count("ms") for line in lines[2:]] == [4, 4, 4, 2]
