"""`autograd.core`, `tracer`, `builtins`, `test_util` and their like, as HIPS autograd has them."""

import warnings

import numpy as np
import pytest

import autograd
import autograd.builtins
import autograd.differential_operators
import autograd.tracer
from autograd import Tensor, Value, grad, jacobian
from autograd.builtins import DictBox, SequenceBox
from autograd.core import JVPNode, VJPNode, backward_pass, make_jvp, make_vjp, primitive
from autograd.errors import GraphError
from autograd.extend import primitive as new_primitive
from autograd.extend import vspace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.test_util import check_equivalent, check_grads, combo_check, scalar_close
from autograd.tracer import Node, getval, isbox, new_box, trace
from autograd.util import quick_grad_check, subval, subvals, toposort
from autograd.wrap_util import unary_to_nary

x = np.array([0.3, -0.8, 1.9])


def test_the_two_modes_take_a_function_and_its_argument():
    vjp, value = make_vjp(np.sin, x)
    np.testing.assert_allclose(value, np.sin(x))
    np.testing.assert_allclose(vjp(x), x * np.cos(x))
    value, change = make_jvp(np.sin, x)(x)
    np.testing.assert_allclose(value, np.sin(x))
    np.testing.assert_allclose(change, x * np.cos(x))


def test_a_graph_can_be_traversed_by_hand():
    box = new_box(x, 0, VJPNode.new_root())
    end = np.sin(box) * 2
    assert isbox(box)
    np.testing.assert_allclose(end._value, 2 * np.sin(x))
    np.testing.assert_allclose(backward_pass(np.ones(3), end._node), 2 * np.cos(x))
    again = backward_pass(new_box(np.ones(3), 0, VJPNode.new_root()), end._node)
    np.testing.assert_allclose(again._value, 2 * np.cos(x))
    with pytest.raises(GraphError, match="2"):
        backward_pass(1.0, Value(1.0) * Value(2.0))


def test_trace_accepts_the_nodes_of_both_modes():
    value, end = trace(VJPNode.new_root(), np.sin, x)
    np.testing.assert_allclose(value, np.sin(x))
    np.testing.assert_allclose(backward_pass(x, end), x * np.cos(x))
    value, end = trace(JVPNode.new_root(x), np.sin, x)
    np.testing.assert_allclose(end.g, x * np.cos(x))


class Recorded(Node):
    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        self.shown = f"{fun.__name__}({', '.join(parent.shown for parent in parents)})"
        self.value, self.parents = value, parents

    def initialize_root(self, name):
        self.shown, self.parents = name, ()


def test_trace_makes_a_custom_node_for_each_operation():
    value, end = trace(Recorded.new_root("x"), lambda x: np.sin(x + 1.0) * x, 2.0)
    assert value == pytest.approx(np.sin(3.0) * 2)
    assert end.shown == "multiply(sin(add(x)), x)"
    assert end.value == value
    _, derivative = trace(Recorded.new_root("x"), grad(np.sin), 2.0)
    assert "cos" in derivative.shown
    assert [node.shown for node in toposort(end)][-1] == "x"


def test_a_result_independent_of_the_argument_has_no_node():
    with pytest.warns(UserWarning, match="independent"):
        assert trace(Recorded.new_root("x"), lambda x: 3.0, 2.0) == (3.0, None)
    with pytest.warns(UserWarning, match="independent"):
        assert trace(VJPNode.new_root(), lambda x: 3.0, 2.0) == (3.0, None)


def test_boxes_are_nodes_and_containers_of_nodes():
    node = Tensor(x)
    assert isinstance(node, ArrayBox)
    assert isinstance(Value(1.0), ArrayBox)
    assert not isinstance(x, ArrayBox)
    assert isinstance({"a": node}, DictBox)
    assert isinstance([node], SequenceBox)
    assert not isinstance({"a": x}, DictBox)
    assert getval([node, 1.0])[0] is node.data
    with pytest.raises(TypeError, match="int"):
        new_box(3, 0, None)


def test_unsupported_internals_raise_an_explaining_error():
    with pytest.raises(NotImplementedError, match=r"find_top_boxed_args.*no counterpart"):
        autograd.tracer.find_top_boxed_args  # noqa: B018
    with pytest.raises(AttributeError):
        autograd.tracer.nothing  # noqa: B018


def test_the_builtins_see_through_nodes():
    def f(x):
        assert autograd.isinstance(x, np.ndarray)
        assert autograd.type(x) is np.ndarray
        assert autograd.isinstance([x], autograd.list)
        return np.sum(autograd.tuple((x, x))[0] * autograd.dict(a=x)["a"])

    np.testing.assert_allclose(grad(f)(x), 2 * x)
    assert autograd.builtins.isinstance(Value(1.0), float)


def test_the_old_rule_defining_methods_still_work():
    @primitive
    def product(x, y):
        return x * y

    with pytest.warns(UserWarning, match="Deprecated"):
        product.defgrad(lambda ans, x, y: lambda g: g * y)
    with pytest.warns(UserWarning, match="Deprecated"):
        product.defvjp(lambda g, ans, vs, gvs, x, y: g * x, argnum=1)
    check_grads(product, (0, 1))(x, x + 1)

    @primitive
    def zero(x):
        return 0.0 * x

    with pytest.warns(UserWarning, match="Deprecated"):
        zero.defvjp_is_zero()
    assert grad(zero)(1.0) == 0.0


def test_check_grads_accepts_right_and_finds_wrong_gradients():
    check_grads(lambda x, y: np.sin(x) * y, (0, 1))(x, x + 1)
    combo_check(np.sum, [0])([x, np.ones((2, 3))], axis=[None, 0])

    @new_primitive
    def doubled(x):
        return 2.0 * x

    autograd.extend.defvjp(doubled, lambda ans, x: lambda g: 2.001 * g)
    with pytest.raises(AssertionError, match=r"\(VJP\) check of doubled"):
        check_grads(doubled, modes=["rev"])(1.0)
    autograd.extend.defvjp(doubled, lambda ans, x: lambda g: 2.0 * g)
    autograd.extend.defjvp(doubled, lambda g, ans, x: 1.9 * g)
    with pytest.raises(AssertionError, match="mismatch"):
        check_grads(doubled, modes=["fwd"])(1.0)
    with pytest.raises(ValueError, match="modes"):
        check_grads(np.sin, modes=["backwards"])(1.0)


def test_check_equivalent_compares_values_and_spaces():
    check_equivalent([x, 1.0], [x.copy(), 1.0 + 1e-9])
    for other in ([x, 1.1], [x.astype(np.float32), 1.0], (x, 1.0)):
        with pytest.raises(AssertionError):
            check_equivalent([x, 1.0], other)
    assert scalar_close(1.0, 1.0 + 1e-8)
    assert not scalar_close(1.0, 1.1)


@pytest.mark.parametrize("like", [1.0, x, x + 1j, [x, (1.0, {"a": 2.0})]], ids=str)
def test_a_space_has_its_basis_and_its_inner_product(like):
    space = vspace(like)
    basis = list(space.standard_basis())
    assert len(basis) == space.size
    products = [[space.inner_prod(a, b) for b in basis] for a in basis]
    np.testing.assert_array_equal(products, np.eye(space.size))
    total = space.zeros()
    for vector in basis:
        total = space.mut_add(total, vector)
    check_equivalent(total, space.ones())
    assert vspace(space.randn()) == space
    assert space != vspace([like])
    with pytest.raises(TypeError, match="str"):
        vspace("text")


def test_unary_to_nary_applies_to_any_argument():
    @unary_to_nary
    def change(fun, x, step):
        return (fun(x + step) - fun(x)) / step

    assert change(lambda a, b: a * b**2, 1, 0.5)(2.0, 3.0) == 13.0
    assert change(np.sin).__name__ == "change_of_sin_wrt_argnum_0"
    with pytest.raises(TypeError, match="argnum"):
        change(np.sin, "x")


def test_small_utilities():
    assert subvals((1, 2, 3), [(0, 9), (2, 8)]) == (9, 2, 8)
    assert subval([1, 2], 1, 5) == (1, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quick_grad_check(lambda x, y: x**2 * y, 1.0, (2.0,))
    jvp = autograd.differential_operators.make_jvp_reversemode(np.sin)(x)
    np.testing.assert_allclose(jvp(np.ones(3)), np.diag(jacobian(np.sin)(x)))
