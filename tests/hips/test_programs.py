"""What programs written for HIPS autograd do at import and with boxes, lists and several results."""

import subprocess
import sys

import numpy as np
import pytest

import autograd
import autograd.numpy as anp
from autograd import Tensor, Value, grad, jacobian, make_jvp, make_vjp, value_and_grad
from autograd.errors import NoRuleError, ShapeError
from autograd.extend import Box, VJPNode, defjvp, defvjp, primitive, vspace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import isbox, new_box, trace_stack

b = np.array([2.0, 3.0, 5.0])


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.slow
def test_submodules_are_lazy_attributes():
    modules = ["builtins", "core", "differential_operators", "extend", "numpy", "tracer", "util", "wrap_util", "scipy", "misc", "check", "test_util"]  # fmt: skip
    arrays = "numpy_boxes numpy_jvps numpy_vjps numpy_vspaces numpy_wrapper linalg fft random"
    assert run(f"import autograd; [getattr(autograd, m) for m in {modules}]") == ""
    assert run(f"import autograd.numpy as a; [getattr(a, m) for m in {arrays.split()}]") == ""
    loaded = run("import autograd, sys; print([m for m in sys.modules if m[:9] == 'autograd.'])")
    assert not any(f"'autograd.{m}'" in loaded for m in modules)
    assert {"extend", "numpy"} <= set(dir(autograd))
    with pytest.raises(AttributeError, match="nothing"):
        autograd.nothing  # noqa: B018


def test_the_namespace_of_numpy_is_complete():
    public = {n for n, x in vars(np).items() if n[0] != "_" and type(x) is not type(np)}
    public.discard("row_stack")  # has been taken out of NumPy
    assert public <= set(vars(anp))
    np.testing.assert_array_equal(vars(anp)["array"]([b]), [b])
    copied = {}
    anp.numpy_wrapper.wrap_namespace(np.linalg.__dict__, copied)
    assert copied["inv"] is np.linalg.inv


def test_integers_among_several_results_stay_integers():
    @primitive
    def entries(x):
        return x * 2.0, np.arange(len(x)), 7, np.array([True, False, True])

    defvjp(entries, lambda ans, x: lambda g: 2.0 * g[0])

    def f(x):
        values, indices, number, mask = entries(x)
        assert indices.dtype.kind == "i"
        assert type(number) is int
        assert mask.dtype == bool
        return np.sum(values[indices][mask]) * number

    np.testing.assert_array_equal(grad(f)(b), [14.0, 0.0, 14.0])


@pytest.mark.parametrize("kind", [list, tuple])
def test_the_vjp_of_a_sequence_may_be_an_array(kind):
    @primitive
    def weighted(parts, factor):
        return factor * sum((i + 1) * part for i, part in enumerate(parts))

    defvjp(
        weighted,
        lambda ans, parts, factor: lambda g: np.stack([g * factor * (i + 1) for i in range(3)]),
        lambda ans, parts, factor: lambda g: np.sum(g * ans) / factor,
    )
    found = grad(lambda x: weighted(kind([x[0], x[1], x[2]]), 2.0))(b)
    np.testing.assert_array_equal(found, [2.0, 4.0, 6.0])
    rows = np.ones((3, 2))
    found = grad(lambda x: np.sum(weighted(kind(list(x)), 2.0)))(rows)
    np.testing.assert_array_equal(found, [[2.0] * 2, [4.0] * 2, [6.0] * 2])
    found = grad(lambda x: weighted(kind([x, 1.0, x]), 2.0))(1.0)
    assert found == 8.0
    twice = grad(grad(lambda x: weighted(kind([x, x * x, 1.0]), 1.0)))(3.0)
    assert twice == 4.0
    defvjp(weighted, lambda ans, parts, factor: lambda g: np.ones(3))
    with pytest.raises(ShapeError, match=r"shape \(3,\) for a .* of 2 parts"):
        grad(lambda x: weighted(kind([x, x]), 2.0))(1.0)


def test_an_array_of_objects_holds_nodes():
    for array in (np.array, anp.array, anp.asarray):

        def f(x, array=array):
            objects = array([x, 2 * x], dtype=object)
            assert type(objects) is np.ndarray
            assert objects.dtype == object
            return np.sum(np.dot(np.array([1.0, 2.0]), np.exp(objects)))

        assert grad(f)(1.0) == pytest.approx(np.e + 4 * np.e**2)
        np.testing.assert_allclose(grad(f)(b), np.exp(b) + 4 * np.exp(2 * b))
    assert np.array(Tensor(b), dtype=object).shape == (3,)
    v = Value(1.0)
    assert np.array(v, dtype=object)[()] is v


def test_reductions_return_numpy_scalars():
    value, gradient = value_and_grad(lambda x: np.sum(x**2))(b)
    assert (type(value), value) == (np.float64, 38.0)
    assert type(gradient) is np.ndarray
    assert type(value_and_grad(np.sum)(b.astype(np.float32))[0]) is np.float32
    assert type(make_vjp(np.sum)(b)[1]) is np.float64
    assert [type(x) for x in make_jvp(np.sum)(b)(b)] == [np.float64, np.float64]
    assert isinstance(value_and_grad(lambda x: x * x)(2.0)[0], float)
    assert vspace(value).size == 1


def test_boxes_can_be_made_patched_and_compared():
    assert isinstance(Tensor(b), ArrayBox)
    assert type(Value(1.0)) == ArrayBox  # noqa: E721 - what programs write
    assert type(Tensor(b)) == ArrayBox  # noqa: E721
    assert type(b) != ArrayBox  # noqa: E721
    assert issubclass(Tensor, Box)
    assert np.ndarray in ArrayBox.type_mappings
    box = ArrayBox(b, 0, None)
    assert type(box) is Tensor
    assert ArrayBox(None, 0, box) is box
    names = ("patched", "twice", "__array_ufunc__")
    before = {
        kind: {n: vars(kind)[n] for n in names if n in vars(kind)} for kind in (Value, Tensor)
    }
    try:
        ArrayBox.patched = 7
        ArrayBox.twice = lambda self: 2 * self
        ArrayBox.halved = np.negative
        ArrayBox.__array_ufunc__ = None  # nodes have their own
        np.testing.assert_array_equal(grad(lambda x: np.sum(x.twice()) * x.patched)(b), [14.0] * 3)
        assert grad(lambda x: x.twice() + x.halved())(1.0) == 1.0
        assert grad(np.sin)(0.0) == 1.0
    finally:
        for kind in (Value, Tensor):
            for name in ("patched", "twice", "halved"):
                delattr(kind, name)
        assert before == {Value: {}, Tensor: {}}


class Marked(np.ndarray):
    """An array that says whether it varies, as PennyLane's does."""

    varies = True


def test_array_types_can_be_registered():
    def make(x, *arguments):
        if not x.varies:
            raise ValueError("does not vary")
        return ArrayBox(x, *arguments)

    marked, fixed = b.view(Marked), b.view(Marked)
    fixed.varies = False
    try:
        Box.type_mappings[Marked] = make
        np.testing.assert_array_equal(grad(lambda x: np.sum(x**2))(marked), 2 * b)
        with pytest.raises(ValueError, match="does not vary"):
            grad(np.sum)(fixed)
        ArrayBox.register(Marked)
        np.testing.assert_array_equal(grad(np.sum)(fixed), np.ones(3))
    finally:
        del Box.type_mappings[Marked]
    with pytest.raises(NoRuleError, match="no counterpart"):
        ArrayBox.register(dict)


def test_trace_numbers_reveal_dependence():
    def depends(f, *arguments):
        with trace_stack.new_trace() as number:
            start = new_box(arguments, number, VJPNode.new_root())
            end = f(*start)
        return isbox(end) and end._trace == start._trace

    outer = Value(1.0)
    assert depends(lambda x, y: np.sum(x) * y, b, 2.0)
    assert not depends(lambda x: outer * 2.0, 2.0)
    assert not depends(lambda x: 3.0, 2.0)
    assert grad(lambda x: x * depends(lambda y: x * 1.0, 2.0))(3.0) == 0.0
    assert depends(lambda x: grad(lambda z: z * x)(1.0), 2.0)


def test_operators_can_be_built_as_in_hips_autograd():
    operators = autograd.differential_operators

    @operators.unary_to_nary
    def both(fun, x):
        vjp, ans = operators._make_vjp(fun, x)
        return ans, vjp(operators.vspace(ans).ones())

    value, gradient = both(lambda x: np.sum(x**2))(b)
    assert (value, list(gradient)) == (38.0, [4.0, 6.0, 10.0])
    assert operators._make_jvp(np.sin, 0.0)(1.0)[1] == 1.0


def test_a_rule_for_astype_can_be_defined():
    from autograd.numpy.numpy_jvps import broadcast
    from autograd.numpy.numpy_vjps import balanced_eq, replace_zero
    from autograd.numpy.numpy_wrapper import _astype

    defjvp(_astype, lambda g, ans, A, dtype, **_: _astype(g, dtype))
    found = jacobian(lambda x: _astype(x, np.float32))(b)
    np.testing.assert_array_equal(found, np.eye(3))
    np.testing.assert_array_equal(make_jvp(lambda x: x.astype(np.float32))(b)(b)[1], b)
    assert broadcast(1.0, b + 1j).dtype == complex
    assert broadcast(b, np.zeros((2, 3))).shape == (2, 3)
    np.testing.assert_array_equal(balanced_eq(b, np.maximum(b, 3.0), 3.0), [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(replace_zero(np.array([0.0, 2.0]), 9.0), [9.0, 2.0])


def test_value_of_a_node_belongs_to_outer_transforms():
    stopped = lambda x: np.sum(x**2 * x._value)  # noqa: E731
    assert grad(stopped)(3.0) == 18.0
    assert grad(grad(stopped))(3.0) == 12.0  # of 2 x x
    np.testing.assert_array_equal(jacobian(grad(stopped))(b), 4 * np.diag(b))
    assert grad(grad(grad(lambda x: x * x * x._value)))(3.0) == 4.0
    assert grad(lambda x: grad(lambda y: y * (x * y)._value)(2.0))(3.0) == 2.0
    assert grad(lambda x: x * grad(lambda y: y**3)(x)._value)(2.0) == 12.0
    assert make_jvp(grad(stopped))(3.0)(1.0)[1] == 12.0
    outer = Tensor(b)
    total = grad(lambda x: np.sum(x * outer) * np.sum(x * outer)._value)(b)
    np.testing.assert_array_equal(total, b * (b @ b))  # a leaf of the program is not an argument
    assert type(grad(lambda x: x * float((x * 2.0)._value))(3.0)) is float


def test_rules_find_nodes_inside_other_objects():
    class Tape:
        def __init__(self, x):
            self.x = x

    @primitive
    def outer(parameters, tape):
        return inner(parameters, tape)

    @primitive
    def inner(parameters, tape):
        return np.sin(parameters[0]), np.cos(parameters[0])

    defvjp(inner, lambda ans, parameters, tape: lambda g: [100.0 * g[0]])
    defvjp(
        outer,
        lambda ans, parameters, tape: (
            lambda g: [
                (
                    g[0] * np.cos(tape.x) - g[1] * np.sin(tape.x)
                )._value  # one level out, as PennyLane
            ]
        ),
    )
    f = lambda x: sum(outer([x], Tape(x)))  # noqa: E731
    assert grad(f)(0.3) == pytest.approx(np.cos(0.3) - np.sin(0.3))
    assert grad(grad(f))(0.3) == pytest.approx(-np.cos(0.3) - np.sin(0.3))
