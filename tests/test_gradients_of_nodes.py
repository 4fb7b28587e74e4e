"""`gradients`, derivatives with respect to chosen nodes; and recording inside `no_grad`."""

import numpy as np
import pytest

from autograd import Tensor, Value, enable_grad, gradients, is_recording, no_grad
from autograd.errors import DataError, FreedGraphError, GraphError, ShapeError

X = np.array([0.3, -1.2, 2.0])


def test_nodes_computed_from_each_other_get_total_derivatives():
    x = Tensor(X)
    square = x * x
    y = (np.sin(square) * x).sum()
    other = Tensor(X)
    of_square, of_x, of_other = gradients(y, [square, x, other])
    np.testing.assert_allclose(of_square, np.cos(X * X) * X, rtol=1e-14)
    np.testing.assert_allclose(of_x, np.cos(X * X) * 2 * X * X + np.sin(X * X), rtol=1e-14)
    assert of_other is None
    assert x.grad is None
    assert square.grad is None


def test_derivatives_of_derivatives_agree_with_the_formula():
    x = Tensor(X)
    (slope,) = gradients((x**3).sum(), [x], create_graph=True)
    (curvature,) = gradients(slope, [x], np.ones(3))
    np.testing.assert_allclose(curvature, 6 * X, rtol=1e-14)
    v = Value(2.0)
    (slope,) = gradients(v**3 * v, [v], create_graph=True)
    assert slope.data == 32.0
    assert gradients(slope, [v]) == [48.0]


def test_the_graph_is_freed_unless_it_is_to_be_kept():
    x = Tensor(X)
    y = np.exp(x)
    gradients(y, [x], np.ones(3), retain_graph=True)
    gradients(y, [x], np.ones(3))
    with pytest.raises(FreedGraphError):
        gradients(y, [x], np.ones(3))


def test_what_cannot_be_differentiated_raises():
    x = Tensor(X)
    with pytest.raises(DataError, match="gradients takes nodes"):
        gradients(X.sum(), [x])
    with pytest.raises(DataError, match="ndarray"):
        gradients((x * x).sum(), [X])
    with pytest.raises(GraphError, match="constant"):
        gradients(x.detach() * 2, [x])
    with pytest.raises(ShapeError):
        gradients(x * x, [x])
    with no_grad(), pytest.raises(GraphError, match=r"inside no_grad"):
        gradients(_recorded(x), [x], create_graph=True)


def _recorded(x):
    with enable_grad():
        return (x * x).sum()


def test_recording_is_on_again_inside_a_block():
    x = Tensor(X)

    @enable_grad()
    def cube(v):
        return (v**3).sum()

    with no_grad():
        with enable_grad():
            with no_grad():
                assert not is_recording()
            assert is_recording()
            y = x * 2
        assert not is_recording()
        z = cube(x)
        constant = x * 2
    assert is_recording()
    assert y.requires_grad
    assert z.requires_grad
    assert not constant.requires_grad


def test_what_is_suspended_cannot_be_decorated():
    def numbers():
        yield 1

    with pytest.raises(TypeError, match="suspended"):
        enable_grad()(numbers)


@pytest.mark.parametrize("create", [False, True])
def test_the_element_of_a_number_is_assigned_with_a_derivative(create):
    x = Tensor(3.0)
    y = x * 1.0
    y[...] = x * x
    y[()] += 0.0
    y.backward(create_graph=create)
    assert y.item() == 9.0
    assert float(np.asarray(getattr(x.grad, "data", x.grad))) == 6.0


def test_results_and_targets_may_have_been_assigned_to():
    x = Tensor([3.0, 4.0])
    y = np.zeros_like(x)
    y[0] = x[0] * x[1]
    z = np.sum(y * [2.0, 5.0])
    np.testing.assert_array_equal(gradients(y, [x], gradient=np.ones(2))[0], [4.0, 3.0])
    np.testing.assert_array_equal(gradients(z, [y])[0], [2.0, 5.0])


def test_a_freed_graph_in_between_raises_for_all_nodes():
    x = Tensor([1.0, 2.0])
    inner = np.exp(x)
    outer = np.sin(inner)
    outer.sum().backward()
    for node in (x, inner):
        with pytest.raises(FreedGraphError):
            gradients((outer * 2).sum(), [node])


def test_only_hooks_on_the_way_to_the_nodes_are_called():
    seen = []
    x, w = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    h = x * w
    for name, node in {"x": x, "w": w, "h": h}.items():
        node.register_hook(lambda g, name=name: seen.append(name))
    y = (h * h * w).sum()
    for nodes, names in (([x], "hx"), ([h], "h"), ([w], "hw"), ([x, w], "hxw")):
        gradients(y, nodes, retain_graph=True)
        assert sorted(seen) == sorted(names)
        seen.clear()
    h.register_hook(lambda g: 10 * g)
    np.testing.assert_array_equal(gradients(y, [h])[0], 20 * h.data * w.data)
