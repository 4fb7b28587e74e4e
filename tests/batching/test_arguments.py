"""The arguments and results of `vmap`: axes, containers, keywords, types, random numbers."""

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest
from batching.against_loops import close

from autograd import Tensor, grad, vmap
from autograd.errors import AutogradError, BatchError, OptionError, ShapeError

X = np.random.default_rng(3).normal(size=(3, 4))


@dataclasses.dataclass
class Pair:
    x: object


class Point(NamedTuple):
    x: object
    y: object


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_the_axis_may_be_any(axis):
    found = vmap(np.sin, axis)(X)
    np.testing.assert_array_equal(found, np.moveaxis(np.sin(X), axis, 0))


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_the_axis_of_results_may_be_any(axis):
    found = vmap(lambda x: np.outer(x, x), out_axes=axis)(X)
    np.testing.assert_array_equal(found, np.moveaxis(X[:, :, None] * X[:, None], 0, axis))


def test_containers_keep_their_structure():
    def f(p, q):
        return {"sum": p["a"] + q.x, "parts": [q.y * p["b"][0], (p["b"][1],)], "text": "same"}

    p = {"a": X, "b": (X[:, 0], X.T)}
    q = Point(X, 2.0)
    found = vmap(f, ({"a": 0, "b": (0, 1)}, Point(0, None)))(p, q)
    np.testing.assert_array_equal(found["sum"], 2 * X)
    np.testing.assert_array_equal(found["parts"][0], 2 * X[:, 0])
    np.testing.assert_array_equal(found["parts"][1][0], X)
    assert found["text"] == "same"
    with_axes = vmap(f, ({"a": 0, "b": (0, 1)}, Point(0, None)), {"sum": 1, "parts": 0, "text": 0})
    np.testing.assert_array_equal(with_axes(p, q)["sum"], 2 * X.T)


def test_derivatives_keep_the_containers():
    found = vmap(grad(lambda p: np.sum(p["w"] ** 2) * p["b"]))({"w": X, "b": X[:, 0]})
    np.testing.assert_allclose(found["w"], 2 * X * X[:, :1])
    np.testing.assert_allclose(found["b"], np.sum(X**2, axis=1))


def test_keyword_arguments_are_shared_or_have_an_axis():
    def f(x, *, scale, shift=0.0):
        return x * scale + shift

    np.testing.assert_array_equal(vmap(f)(X, scale=np.arange(4.0)), X * np.arange(4.0))
    found = vmap(f, keyword_axes={"shift": 0})(X, scale=2.0, shift=X[:, 0])
    np.testing.assert_array_equal(found, 2 * X + X[:, :1])
    found = vmap(f, keyword_axes=0)(X, scale=X[:, 0])
    np.testing.assert_array_equal(found, X * X[:, :1])


@pytest.mark.parametrize("kind", ["float32", "complex64", "complex128", "int64", "bool", "float16"])
def test_types_are_those_of_one_call(kind):
    x = (10 * X).astype(kind)
    for function in (np.square, lambda x: x + 1, lambda x: x * 0.5, np.sum, lambda x: x[0] * 2):
        close(
            vmap(function)(x), [function(each) for each in x], 1e-2 if kind == "float16" else 1e-6
        )


def test_numbers_become_arrays_and_arguments_are_not_shared():
    assert vmap(lambda x: 2.0)(X).tolist() == [2.0] * 3
    same = vmap(lambda x: x)(X)
    assert not np.shares_memory(same, X)
    np.testing.assert_array_equal(same, X)


def test_a_tensor_gives_a_tensor():
    t = Tensor(X)
    found = vmap(lambda x: x.exp() * x)(t)
    assert isinstance(found, Tensor)
    found.sum().backward()
    np.testing.assert_allclose(t.grad, np.exp(X) * (1 + X))


def test_assignments_to_an_entry_change_the_argument():
    x = X.copy()

    def halved(row):
        row[0] /= 2
        return row.sum()

    vmap(halved)(x)
    np.testing.assert_array_equal(x[:, 0], X[:, 0] / 2)


def test_arrays_of_numbers_are_made_in_each_call():
    def f(x):
        return np.array([x[0], [x[1], 2.0][0], 3.0]) + np.asarray(x[:3]) * np.full(3, x[2])

    close(vmap(f)(X), [f(x) for x in X])
    assert vmap(lambda x: np.asarray(x, np.float32))(X).dtype == np.float32
    assert np.asarray(X) is X


def test_an_empty_batch_gives_empty_results():
    found = vmap(grad(lambda x: np.sum(np.sin(x) * x)))(np.zeros((0, 4)))
    assert found.shape == (0, 4)


def test_functions_without_a_rule_are_called_in_a_loop():
    f = vmap(lambda x: np.convolve(x, x[:2]))
    close(f(X), [np.convolve(x, x[:2]) for x in X])
    assert f.looped == {"convolve": 1}
    assert vmap(np.sin)(X) is not None
    g = vmap(lambda x: np.sum(np.tanh(x)) + np.linalg.det(np.outer(x, x)))
    g(X)
    assert g.looped == {}


def test_values_are_looked_up_in_a_table_at_once():
    table, values = np.array([-1.0, 0.0, 0.5, 2.0]), np.array([3.0, 1.0, 2.0, 5.0])
    for look in (
        lambda x: np.interp(x, table, values, left=7.0),
        lambda x: np.searchsorted(table, x, side="right"),
        lambda x: np.digitize(x, table),
        lambda x: np.interp(x[0], table, values),
    ):
        f = vmap(look)
        close(f(X), [look(x) for x in X])
        assert f.looped == {}
    own = vmap(lambda x, t: np.interp(x, t, values), (0, 0))
    tables = table + np.arange(len(X))[:, None]
    expected = [np.interp(x, t, values) for x, t in zip(X, tables, strict=True)]
    close(own(X, tables), expected)


# -- bad input ----------------------------------------------------------------------------------

BAD = {
    "sizes": (lambda: vmap(np.add)(X, X.T), ShapeError, "3 entries in .*4 in"),
    "no axis": (lambda: vmap(np.add)(X, 2.0), ShapeError, r"shape \(\).*Write None"),
    "axis out of range": (lambda: vmap(np.sin, 2)(X), ShapeError, "no axis 2"),
    "too many axes": (lambda: vmap(np.sin, (0, 0))(X), OptionError, "2 parts, but 1 positional"),
    "another structure": (lambda: vmap(np.sin, ({"a": 0},))(X), OptionError, "does not fit ndarray"),
    "nothing mapped": (lambda: vmap(np.sin, None)(X), OptionError, "at least one array"),
    "keyword": (lambda: vmap(np.sin, keyword_axes={"y": 0})(X), OptionError, "y, which is not"),
    "result axis": (lambda: vmap(np.sum, out_axes=1)(X), OptionError, "out_axes=1 is out of range"),
    "result that differs": (lambda: vmap(np.sum, out_axes=None)(X), BatchError, "depends on the batch"),
    "branch": (lambda: vmap(lambda x: x if x[0] > 0 else -x)(X), BatchError, "np.where"),
    "branch on a node": (
        lambda: vmap(grad(lambda x: x.sum() if x[0] > 0 else -x.sum()))(X), BatchError, "np.where"
    ),
    "float": (lambda: vmap(lambda x: float(x[0]))(X), BatchError, "float of a batched array"),
    "in": (lambda: vmap(lambda x: 3.0 in x)(X), BatchError, "np.any"),
    "format": (lambda: vmap(lambda x: f"{x[0]:.2f}")(X), BatchError, "A text of a batched array"),
    "range": (lambda: vmap(lambda x: list(range(x[0].astype(int))))(X), BatchError, "an index"),
    "mask": (lambda: vmap(lambda x: x[x > 0])(X), BatchError, r"np.where\(mask"),
    "mask of a node": (lambda: vmap(grad(lambda x: x[x > 0].sum()))(X), BatchError, r"np.where\(mask"),
    "slice": (lambda: vmap(lambda x: X[0][: np.argmax(x)])(X), BatchError, "an index"),
    "batched slice": (lambda: vmap(lambda x: x[: np.argmax(x)])(X), BatchError, "batched bounds"),
    "shapes": (lambda: vmap(np.flatnonzero)(X > 0), BatchError, "have the shapes"),
    "in place": (lambda: vmap(changes_plain)(X), BatchError, "all calls of a batch share"),
    "tensor from outside": (lambda: vmap(writes_outside(Tensor(X[0])))(X), AutogradError, "copy"),
    "axis_size": (lambda: vmap(np.sin, axis_size=4)(X), ShapeError, "4 entries in axis_size, but 3"),
    "object with arrays": (lambda: vmap(np.add)(X, Pair(X)), OptionError, "type Pair.*None in in_axes"),
    "randomness": (lambda: vmap(np.sin, randomness="yes"), OptionError, "must be one of"),
    "more axes than arguments": (lambda: vmap(np.add, (0, None, 0))(X, 2.0), OptionError, "3 parts"),
}  # fmt: skip


def changes_plain(x):
    y = np.zeros(4)
    np.add(y, x, out=y)
    return y


def writes_outside(t):
    def write(x):
        t[0] = x[0]
        return t.sum()

    return write


def test_an_element_of_a_plain_array_says_what_to_write():
    def fills_plain(x):
        y = np.zeros(4)
        y[0] = x[1]
        return y

    with pytest.raises(BatchError, match="zeros_like") as info:
        vmap(fills_plain)(X)
    assert "array element" in str(info.value.__cause__)  # NumPy's


@pytest.mark.parametrize("name", BAD)
def test_bad_input_says_what_to_write(name):
    call, error, text = BAD[name]
    with pytest.raises(error, match=text):
        call()
