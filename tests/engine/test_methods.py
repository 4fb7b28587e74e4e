"""Methods and attributes of `numpy.ndarray` on Tensors, with NumPy's parameters."""

import numpy as np
import pytest

from autograd import Tensor, Value, grad
from autograd.engine.array_methods import ArrayMethods
from autograd.errors import NoRuleError, ReadOnlyError, ShapeError

X = np.array([[0.3, -1.2, 2.5], [1.7, 0.4, -0.6]])
MASK = X > -1.0

# fmt: off
CALLS = {
    "sum":      [((0, None),), ((), {"initial": 2.0}), ((1,), {"where": MASK, "keepdims": True})],
    "mean":     [((0, None),), ((1,), {"where": MASK}), ((None, "float64"),)],
    "var":      [((0, None),), ((1,), {"ddof": 1}), ((), {"where": MASK})],
    "std":      [((0, None),), ((1,), {"ddof": 1, "keepdims": True}), ((), {"where": MASK})],
    "prod":     [((0, None),), ((), {"initial": 2.0})],
    "max":      [((0,),), ((1,), {"initial": 1.0}), ((), {"where": MASK, "initial": -9.0})],
    "min":      [((0,),), ((1,), {"initial": 1.0, "keepdims": True})],
    "cumsum":   [((0, None),), ((),)],
    "cumprod":  [((1, None),), ((),)],
    "round":    [((1,),)],
    "trace":    [((1, 0, 1, None),)],
    "dot":      [((np.arange(3.0),),)],
    "take":     [(([1, 0], 0),), (([7, 0], 1), {"mode": "wrap"})],
    "compress": [(([True, False], 0),)],
    "clip":     [((-0.5, 1.0),), ((None, 1.0),)],
}
# fmt: on
CASES = [(name, *call) for name, calls in CALLS.items() for call in calls]


def derivative(function, weights):
    return grad(lambda x: np.sum(function(x) * weights))(X)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_methods_take_numpys_parameters_and_out(case):
    name, arguments, keywords = case[0], case[1], case[2] if len(case) > 2 else {}
    expected = getattr(X, name)(*arguments, **keywords)
    weights = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))

    def returned(x):
        return getattr(x, name)(*arguments, **keywords)

    def written(x):
        out = np.zeros_like(x, shape=np.shape(expected))
        assert getattr(x, name)(*arguments, **keywords, out=out) is out
        return out

    h = 1e-6
    numeric = [
        np.sum(weights * (returned(X + h * e) - returned(X - h * e))) / (2 * h)
        for e in np.eye(X.size).reshape(-1, *X.shape)
    ]
    for function in (returned, written):
        np.testing.assert_allclose(function(Tensor(X)).data, expected, rtol=1e-14)
        found = derivative(function, weights)
        np.testing.assert_allclose(found.ravel(), numeric, rtol=1e-6, atol=1e-8)
    with pytest.raises(NoRuleError, match="zeros_like"):
        getattr(Tensor(X), name)(*arguments, **keywords, out=np.zeros(np.shape(expected)))


@pytest.mark.parametrize("name", ["argmax", "argmin", "any", "all"])
def test_methods_without_derivative_write_into_arrays(name):
    out = np.zeros(3, int if name.startswith("arg") else bool)
    assert getattr(Tensor(X), name)(0, out) is out
    np.testing.assert_array_equal(out, getattr(X, name)(0))


@pytest.mark.parametrize("items", [1.0, [1.0, 2.0], [], np.arange(20.0), Value(3.0)])
def test_flat_assigns_values_in_turn(items):
    expected, x = X.copy(), Tensor(X)
    y = 1.0 * x
    y.flat = items
    expected.flat = items.data if isinstance(items, Value) else items
    np.testing.assert_array_equal(y.data, expected)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, 0.0 if np.size(items) else 1.0)
    if isinstance(items, Value):
        assert items.grad == 6.0


@pytest.mark.parametrize("shape", [(3,), (1, 2, 3), (1, 1, 1, 3), ()])
def test_copyto_accepts_leading_axes_of_length_one(shape):
    source = Tensor(np.arange(1.0, 1 + np.prod(shape, dtype=int)).reshape(shape))
    for mask in (True, X > 0):
        expected, target = X.copy(), 1.0 * Tensor(X)
        np.copyto(expected, source.data, where=mask)
        np.copyto(target, source, where=mask)
        np.testing.assert_array_equal(target.data, expected)
        source.grad = None
        target.sum().backward()
        assert source.grad.sum() == np.sum(np.broadcast_to(mask, X.shape))
    with pytest.raises(ValueError, match=r"broadcast|remapping"):
        np.copyto(1.0 * Tensor(X), Tensor(np.ones((2, 2, 3))))


def test_copyto_obeys_casting():
    target, source = Tensor(np.zeros(2, np.float32)) * 1.0, Tensor(np.ones(2))
    for casting in ("no", "safe"):
        with pytest.raises(TypeError, match="Cannot cast"):
            np.copyto(target, source, casting=casting)
        np.copyto(target, 1.5, casting=casting)
    np.copyto(target, source, casting="unsafe")
    np.testing.assert_array_equal(target.data, [1.0, 1.0])


def test_sort_and_partition_take_the_kind():
    x = Tensor(X)
    y = 1.0 * x
    y.sort(0, "stable")
    y.partition(1, 1, "introselect")
    expected = X.copy()
    expected.sort(0, "stable")
    expected.partition(1, 1, "introselect")
    np.testing.assert_array_equal(y.data, expected)
    (y * np.arange(6.0).reshape(2, 3)).sum().backward()
    assert sorted(x.grad.ravel()) == list(range(6))


def test_put_of_no_values_changes_nothing_and_place_raises():
    y = 1.0 * Tensor(X)
    np.put(y, [0, 1], [])
    np.putmask(y, X > 0, [])
    np.place(y, X > 9, [])
    np.testing.assert_array_equal(y.data, X)
    with pytest.raises(ShapeError, match="at least one value"):
        np.place(y, X > 0, [])


def test_astype_has_numpys_parameters():
    x = Tensor(X)
    assert x.astype(np.float64, copy=False) is x
    assert x.astype(np.float64) is not x
    assert x.astype("f4", order="F").data.flags.f_contiguous
    assert x.astype(np.float64, "F", copy=False).data.flags.f_contiguous
    assert x.astype("f4", "C", "same_kind", True, False).dtype == np.float32
    with pytest.raises(TypeError, match="'safe'"):
        x.astype(np.float32, casting="safe")
    x.astype("f4", "F").sum().backward()
    np.testing.assert_array_equal(x.grad, np.ones_like(X))


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("shape", (3, 2), r"t\.reshape\(\(3, 2\)\)"),
        ("dtype", np.float32, r"t\.astype\('float32'\)"),
    ],
)
def test_attributes_that_cannot_be_set_say_what_to_write(name, value, advice):
    t = Tensor(X)
    with pytest.raises(ReadOnlyError, match=advice):
        setattr(t, name, value)
    with pytest.raises(AttributeError):
        setattr(t, name, value)
    with pytest.raises(AttributeError):
        delattr(t, name)


#: What methods need to be called with.
ARGUMENTS = {
    "astype": (float,), "reshape": (1,), "compress": ([True],), "take": (0,), "repeat": (2,),
    "dot": (2.0,), "argpartition": (0,),
}  # fmt: skip

METHODS_OF_NUMBERS = sorted(
    name
    for name in set(dir(ArrayMethods)) & set(dir(np.float64))
    if not name.startswith("_")
    and name not in ("swapaxes", "searchsorted", "diagonal", "trace", "nonzero", "mT", "ptp")
)


@pytest.mark.each("name", list(METHODS_OF_NUMBERS))
@pytest.mark.parametrize("kind", [Value, Tensor])
def test_methods_of_a_number_return_what_numpy_returns(kind, name):
    arguments = ARGUMENTS.get(name, ())
    expected = getattr(np.float64(0.7), name)
    found = getattr(kind(0.7), name)
    if callable(expected):
        expected, found = expected(*arguments), found(*arguments)
    np.testing.assert_array_equal(getattr(found, "data", found), expected)
