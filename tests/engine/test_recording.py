"""Primitives of the user, and what is recorded inside `no_grad`."""

import pickle

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, check_gradients, no_grad
from autograd.errors import (
    GraphError,
    ShapeError,
)


def test_a_custom_function_becomes_a_primitive():
    def gauss_hermite(x):
        return np.exp(-x * x) * (4 * x * x - 2)

    own = autograd.elementwise(
        gauss_hermite,
        None,
        lambda y, x: np.exp(-x * x) * (8 * x) - 2 * x * y,
    )
    check_gradients(own, 0.4)
    check_gradients(own, np.array([[0.4, -1.0]]))
    v = Value(0.4)
    assert own(v).op == "gauss_hermite"
    assert own(0.4) == pytest.approx(gauss_hermite(0.4))
    own(v).backward(create_graph=True)
    slope = v.grad
    v.grad = 0.0
    slope.backward()
    h = 1e-5

    def derivative(x):
        return (gauss_hermite(x + h) - gauss_hermite(x - h)) / (2 * h)

    assert v.grad == pytest.approx((derivative(0.4 + h) - derivative(0.4 - h)) / (2 * h), rel=1e-3)


def test_custom_primitives_are_freed_with_their_last_reference():
    import gc
    import weakref

    def own(x):
        return x * 2

    seen = weakref.ref(own)
    primitive = autograd.elementwise(own, None, 2)
    assert primitive(Value(1.0)).data == 2.0
    del own, primitive
    gc.collect()
    assert seen() is None


def test_a_rule_returning_the_wrong_shape_is_named():
    wrong = autograd.define(lambda x: (x * x).sum(), lambda g, y, x: g * 2, name="wrong")
    with pytest.raises(ShapeError, match=r"'wrong'.*\(\).*\(2,\)"):
        wrong(Tensor([1.0, 2.0])).backward()


def test_a_rule_must_be_complete():
    with pytest.raises(TypeError):
        autograd.elementwise(np.tan, None)
    with pytest.raises(TypeError):
        autograd.elementwise(np.tan, None, "x")
    with pytest.raises(TypeError):
        autograd.define(np.linalg.inv)


# -- recording --------------------------------------------------------------------------------


def test_no_grad_records_nothing():
    v, t = Value(2.0), Tensor([1.0])
    with no_grad():
        a, b = v * 2, np.tanh(t) + v
        with no_grad():
            pass
        c = v.tanh()
    assert (a.parents, b.parents, c.parents, a.op, b.op) == ((), (), (), "", "")
    assert not b.requires_grad
    assert (v * 2).parents == (v,)
    for constant in (a, c):
        assert (constant.primitive, constant.arguments) == (None, ())
        with pytest.raises(GraphError, match="no_grad"):
            constant.backward()
        with pytest.raises(GraphError, match="no_grad"):
            constant.backward(create_graph=True)
        assert pickle.loads(pickle.dumps(constant)).data == constant.data
    (a * v).backward()
    assert (v.grad, a.grad) == (4.0, 2.0)

    @no_grad()
    def predict(x):
        """Say something."""
        return x * t

    assert predict(3.0).parents == ()
    assert predict.__doc__ == "Say something."
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (t * 2).parents == (t,)


def test_create_graph_inside_no_grad_is_an_error():
    v, t = Value(2.0), Tensor([1.0])
    for y in (v * v, (t * t).sum()):
        with no_grad():
            with pytest.raises(GraphError, match="no_grad"):
                y.backward(create_graph=True)
            y.backward()
    assert (v.grad, t.grad[0]) == (4.0, 2.0)


def test_updates_inside_no_grad_are_in_place():
    t = Tensor([1.0, 2.0])
    same, data = t, t.data
    with no_grad():
        t -= 0.5
        t += Tensor([1.0, 1.0])
        t *= 2
        t /= 4.0
        np.testing.assert_array_equal(t.data, [0.75, 1.25])
        t **= 2
        t //= 0.5
        t %= 0.7
    assert t is same
    assert t.data is data
    t @= np.eye(2)
    assert t is same
    assert t.data is not data


def test_no_grad_affects_only_its_thread():
    import threading

    t = Tensor([1.0])
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append((t * 2).op))
        thread.start()
        thread.join()
        assert (t * 2).op == ""
    assert found == ["multiply"]
