"""Functions that need the bare numbers of each entry: branches, `math`, Values; against loops."""

import math
import warnings

import numpy as np
import pytest

from autograd import Tensor, Value, grad, hessian, jit, no_grad, value_and_grad, vmap
from autograd.errors import AutogradError, BatchError
from autograd.program.backends.tape.built import machine
from autograd.transforms import make_jvp

pytestmark = pytest.mark.filterwarnings("ignore:vmap calls")

random = np.random.default_rng(3)
X, Y = random.normal(size=(2, 21))


def branching(x, k=0.3):
    """Return different formulas on both sides of k."""
    return x * np.sin(x) * k if x > k else k - x * x


def steps(x, k=0.3):
    """Return what needs another number of steps for each entry."""
    total = x * 0.0
    for _ in range(4):
        if total > abs(k):
            break
        total = total + x * x + 0.1
    return total * k


def of_values(x, k=0.3):
    a, b = Value(x), Value(k)
    y = (a * b + 1.0).relu() + (a.exp() if a > b else b * b)
    y.backward()
    return {"value": y.data, "slopes": (a.grad, b.grad), "above": a.data > b.data}


def of_math(x, k=0.3):
    return math.sin(x) * math.gamma(1.5 + k * k), max(x, k), 1, round(x, 1)


def of_no_views(x, k=0.3):
    """Assign to arrays made of a number, which are no views of it."""
    s = np.float64(x) * k
    t = np.sum(s) + np.sum(np.atleast_2d(x))
    for number in (s, t):
        for array in (np.ravel(number), np.atleast_2d(number), number[None], number.reshape(1, 1)):
            array[0] = 5.0
    return s, t


def loop(f, *arrays):
    return [f(*numbers) for numbers in zip(*[x.tolist() for x in arrays], strict=True)]


def same(found, expected, exactly=True):
    """Compare the results of all calls with those of each one."""
    if isinstance(found, (tuple, list, dict)):
        keys = found if isinstance(found, dict) else range(len(found))
        assert len(found) == len(expected[0])
        for key in keys:
            same(found[key], [e[key] for e in expected], exactly)
        return
    found = found.data if isinstance(found, (Tensor, Value)) else found
    expected = np.array([e.data if isinstance(e, Value) else e for e in expected])
    assert found.dtype == expected.dtype
    if exactly:
        assert found.tobytes() == expected.tobytes()
    else:
        np.testing.assert_allclose(found, expected, 1e-13, 1e-15)


@pytest.mark.parametrize("outer", [lambda f: f, jit], ids=["called", "jit"])
@pytest.mark.parametrize(
    "f", [branching, steps, of_values, of_math, of_no_views], ids=lambda f: f.__name__
)
def test_entries_take_their_own_branches(f, outer):
    exactly = f is not branching  # NumPy's sine of an array
    for axes, arrays in ((0, (X,)), ((0, 0), (X, Y)), ((0, None), (X, 0.1))):
        batched = outer(vmap(f, axes))
        pairs = np.broadcast_arrays(*arrays)
        for _ in range(2):
            same(batched(*arrays), loop(f, *pairs), exactly)
        same(batched(*[abs(x) + 1 for x in arrays]), loop(f, *[abs(x) + 1 for x in pairs]), exactly)


def of_round(x):
    return round(x) * x if x > 0 else x


def polynomial(x):
    return x * x if x > 0 else -x


def test_lanes_run_what_is_made_of_floats():
    for f, runs_in_lanes in ((polynomial, True), (of_values, True), (of_round, False)):
        batched = vmap(f)
        batched(X)
        assert bool(batched.looped) == (machine is None or not runs_in_lanes)


DERIVATIVES = {
    "of each entry": (lambda f: vmap(grad(f, (0, 1))), lambda f: loop(grad(f, (0, 1)), X, Y)),
    "second": (lambda f: vmap(grad(grad(f))), lambda f: loop(grad(grad(f)), X, Y)),
    "around": (
        lambda f: grad(lambda x, y: np.sum(vmap(f)(x, y) ** 2)),
        lambda f: loop(grad(lambda x, y: f(x, y) ** 2), X, Y),
    ),
    "with the value": (lambda f: vmap(value_and_grad(f)), lambda f: loop(value_and_grad(f), X, Y)),
    "Hessian around": (
        lambda f: lambda x, y: np.diag(hessian(lambda x: np.sum(vmap(f)(x, y) ** 2))(x)),
        lambda f: loop(grad(grad(lambda x, y: f(x, y) ** 2)), X, Y),
    ),
    "forward": (
        lambda f: lambda x, y: make_jvp(lambda x: vmap(f)(x, y))(x)(np.ones_like(x))[1],
        lambda f: loop(grad(f), X, Y),
    ),
}


@pytest.mark.parametrize("outer", [lambda f: f, jit], ids=["called", "jit"])
@pytest.mark.parametrize("f", [branching, steps], ids=lambda f: f.__name__)
@pytest.mark.parametrize("which", DERIVATIVES)
def test_derivatives_are_those_of_each_branch(which, f, outer):
    batched, one_by_one = DERIVATIVES[which]
    same(outer(batched(f))(X, Y), one_by_one(f), exactly=False)


def test_a_call_for_each_entry_warns_once():
    batched = vmap(of_round)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            same(batched(X), loop(of_round, X))
    assert len(caught) == (machine is not None)
    for warning in caught:
        assert warning.category is RuntimeWarning
        assert "vmap calls of_round for each entry" in str(warning.message)
        assert warning.filename == __file__


def test_what_all_calls_share_has_the_sum_of_derivatives():
    def total(k):
        return np.sum(vmap(branching, (0, None))(X, k) ** 2)

    def closed(k):
        return np.sum(vmap(lambda x: branching(x, k))(X) ** 2)

    def one_by_one(k):
        return sum(branching(x, k) ** 2 for x in X.tolist())

    for f in (total, closed):
        assert math.isclose(grad(f)(0.2), grad(one_by_one)(0.2), rel_tol=1e-12)
        assert math.isclose(grad(grad(f))(0.2), grad(grad(one_by_one))(0.2), rel_tol=1e-12)
    assert math.isclose(jit(grad(total))(0.2), grad(one_by_one)(0.2), rel_tol=1e-12)


def test_values_from_outside_get_derivatives_and_are_read_again():
    w, other = Value(0.7), Value(0.2)

    def f(x):
        return w * x if x > 0 else w * w * x + other

    def step():
        w.grad = other.grad = 0
        total = np.sum(vmap(f)(X))
        total.backward()
        return float(total.data), w.grad, other.grad

    def by_hand():
        positive, negative = X[X > 0].sum(), X[X <= 0].sum()
        v = w.data
        return (
            v * positive + v * v * negative + other.data * np.sum(X <= 0),
            positive + 2 * v * negative,
            np.sum(X <= 0),
        )

    batched, replayed = vmap(f), jit(step)
    for number in (0.7, -1.5, -1.5):
        w.data = number
        np.testing.assert_allclose(step(), by_hand(), 1e-13)
        np.testing.assert_allclose(replayed(), by_hand(), 1e-13)
    result = np.sum(batched(X))
    w.data = 3.0
    with pytest.raises(AutogradError, match="were changed"):
        result.backward()
    with no_grad():
        assert not batched(X).requires_grad


def test_batches_nest_around_branches():
    table = np.array([[branching(x, y) for y in Y] for x in X])
    for f in (
        lambda: vmap(lambda x: vmap(lambda y: branching(x, y))(Y))(X),
        lambda: vmap(vmap(branching, (None, 0)), (0, None))(X, Y),
        lambda: vmap(vmap(branching))(*map(np.array, np.broadcast_arrays(X[:, None], Y))),
        lambda: jit(vmap(vmap(branching, (None, 0)), (0, None)))(X, Y),
    ):
        np.testing.assert_allclose(f(), table, 1e-14, 1e-15)
    found = vmap(grad(lambda row: np.sum(vmap(branching)(row))))(np.outer(X, Y))
    expected = [[grad(branching)(x * y) for y in Y] for x in X]
    np.testing.assert_allclose(found, expected, 1e-13, 1e-14)


def test_new_branches_are_taken_in_replays():
    batched = jit(vmap(branching))
    for x in (abs(X) + 1, -abs(X), X, X[::-1].copy()):
        same(batched(x), loop(branching, x), exactly=False)


def test_results_have_the_type_of_all_of_them():
    mixed = vmap(lambda x: 0 if x < 0 else x)(X)
    assert np.array_equal(mixed, np.maximum(X, 0))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324])
    found = vmap(lambda x: x * 2 if x > 0 else x)(special)
    assert found.tobytes() == np.where(special > 0, special * 2, special).tobytes()


SEEN = Value(0.0)


def changing(x):
    SEEN.data = x
    return x if x > 0 else -x


WRONG = {
    "structures": (
        lambda x: (x, x) if x > 0 else x,
        BatchError,
        "tuple of .a number, a number. in",
    ),
    "nothing": (lambda x: x if x > 0 else None, BatchError, "a number in some .* None in others"),
    "keys": (lambda x: {"a": x} if x > 0 else {"b": x}, BatchError, "keys 'a'"),
    "random": (lambda x: x * np.random.rand() if x > 0 else x, BatchError, "random numbers"),
    "outside": (changing, BatchError, "changes a Value"),
    "errors": (lambda x: 1 / (x - float(X[1])) if x < 9 else x, ZeroDivisionError, "division"),
    "shapes": (lambda x: np.ones(2) if x > 0 else np.ones(3), BatchError, r"shapes \(2,\)"),
}


@pytest.mark.parametrize("which", WRONG)
def test_what_differs_between_entries_is_refused(which):
    f, kind, message = WRONG[which]
    with pytest.raises(kind, match=message) as caught:
        vmap(f)(X)
    if which == "errors":
        assert caught.value.__notes__ == ["in the call for entry 1 of the batch"]


def test_entries_that_are_no_floats_are_refused():
    for f, arguments in (
        (lambda x: x if x[0] > 0 else -x, (np.ones((2, 3)),)),
        (lambda x, y: y if x > 0 else -y, (X, np.ones((21, 2)))),
        (lambda x: Value(x[0]).data, (np.ones((2, 3)),)),
        (lambda x: x if x > 0 else -x, (X.astype(np.float32),)),
        (lambda x: x if x > 0 else -x, (np.arange(-3, 3),)),
        (lambda x, k: x if x > k else -x, (X, np.float32(0.5))),
        (lambda x: Value(x).data, (X > 0,)),
    ):
        axes = [0 if np.ndim(x) else None for x in arguments]
        with pytest.raises(BatchError):
            vmap(f, axes)(*arguments)
    with pytest.raises(BatchError, match="there is none"):
        vmap(branching)(np.ones(0))
    with pytest.raises(BatchError, match="out_axes"):
        vmap(branching, out_axes=None)(X)


def test_programs_know_what_is_read_in_lanes():
    w = Value(1.0)
    points = X

    @jit
    def step(rate):
        w.data = w.data * rate
        return vmap(lambda x: x * w.data if x > 0 else w.data)(points)

    @jit
    def loops(rate):
        w.data = w.data * rate
        return vmap(lambda x: np.array([x, w.data]) if x > 0 else np.array([w.data, x]))(points)

    for rate in (0.5, 3.0, 0.25):
        number = w.data * rate
        assert np.array_equal(step(rate), np.where(X > 0, X * number, number))
        assert w.data == number
    assert not step.not_followed
    assert [path.runs for paths in step._cache.values() for path in paths] == [2]
    for rate in (0.5, 3.0):
        number = w.data * rate
        assert np.array_equal(loops(rate).max(axis=1), np.maximum(X, number))
    assert "returns arrays" in next(iter(loops.not_followed.values()))
    for f in (lambda x, k: k * x if x > 0 else k, lambda x, k: x * k if x > k else x):
        outer = jit(lambda k, f=f: vmap(lambda a: f(a, k))(points))
        for k in (0.2, -0.3):
            assert np.array_equal(outer(k), [f(x, k) for x in X.tolist()])


def test_losses_that_end_in_a_kink_run_in_lanes():
    def f(x, y):
        w = Value(x)
        loss = (1.0 - w * y * w).relu()
        loss.backward()
        return loss.data, w.grad

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of calls for each entry
        found = vmap(f)(X, Y)
    same(found, loop(f, X, Y))
