"""Transforms of functions."""

import functools
import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import (
    Tensor,
    Value,
    check_gradients,
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    no_grad,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)
from autograd.check import strategies
from autograd.errors import DataError, ShapeError

random = np.random.default_rng(12)
A = random.normal(size=(4, 3))
x3 = random.normal(size=3)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


# -- types and structures ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "x", [2.0, np.float64(2.0), np.array(2.0), np.array([1.0, 2.0]), np.ones((2, 3), np.float32)]
)
def test_a_gradient_has_the_type_and_shape_of_the_argument(x):
    g = grad(lambda x: np.sum(x**2))(x)
    assert type(g) is type(x)
    assert np.shape(g) == np.shape(x)
    assert np.asarray(g).dtype == np.asarray(x).dtype
    np.testing.assert_allclose(g, 2 * x)


def test_nested_arguments_give_nested_gradients():
    def f(p, scale):
        return np.sum(p["layers"][0][0] @ p["layers"][0][1]) * p["b"] * scale[1]

    p = {"layers": [(A, x3)], "b": 2.0}
    g, s = grad(f, (0, 1))(p, [1.0, 3.0])
    np.testing.assert_allclose(g["layers"][0][0], np.ones((4, 1)) * x3 * 6)
    np.testing.assert_allclose(g["layers"][0][1], A.sum(axis=0) * 6)
    assert g["b"] == pytest.approx(np.sum(A @ x3) * 3)
    assert s == pytest.approx([0.0, np.sum(A @ x3) * 2])
    assert type(g["layers"]) is list
    assert type(g["layers"][0]) is tuple


def test_argnum_can_be_one_several_or_negative():
    def f(x, y, z=1.0):
        return x * y**2 * z

    assert grad(f)(2.0, 3.0) == 9.0
    assert grad(f, 1)(2.0, 3.0, z=2.0) == 24.0
    assert grad(f, (1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert grad(f, -1)(2.0, 3.0) == 12.0
    assert grad(f, [0])(2.0, 3.0) == (9.0,)
    for transform in (grad, deriv, jacobian, make_jvp):
        with pytest.raises(DataError, match="argnum=2"):
            transform(f, 2)(2.0, 3.0)
    for transform in (grad, deriv, jacobian):
        assert transform(f, np.int64(1))(2.0, 3.0) == 12.0


def test_complex_gradients_follow_the_convention():
    g = grad(lambda z: np.real(z) * np.imag(z))(np.array(2 + 3j))
    assert g == 3 - 2j
    assert holomorphic_grad(lambda z: z**3)(np.array([1 + 2j]))[0] == pytest.approx(
        3 * (1 + 2j) ** 2
    )
    with pytest.warns(UserWarning, match="not complex"):
        holomorphic_grad(lambda z: z**3)(2.0)


# -- nesting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.7, np.array(0.7)])
def test_derivatives_of_any_order_nest(x):
    f = np.sin
    expected = itertools.cycle([np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin])
    for _ in range(5):
        f = grad(f)
        assert f(x) == pytest.approx(next(expected)(x))


def test_nested_levels_are_not_confused():
    """The inner function closes over the outer variable, and both have the same value."""
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0) == 1.0
    assert grad(lambda x: grad(lambda y: x**2 * y**3)(x))(2.0) == pytest.approx(12 * 2.0**3)
    assert deriv(lambda x: x * deriv(lambda y: x * y)(x))(3.0) == 6.0
    assert deriv(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: x * deriv(lambda y: x * y)(x))(3.0) == 6.0
    t = np.array([1.0, 2.0])
    np.testing.assert_allclose(
        grad(lambda x: np.sum(x * grad(lambda y: np.sum(x**2 * y**2))(x)))(t), 8 * t**3
    )


def test_all_transforms_nest_in_each_other():
    def f(x):
        return np.sum(np.sin(x) * x[::-1] ** 2)

    v = random.normal(size=3)
    H = hessian(f)(x3)
    np.testing.assert_allclose(H, H.T, atol=1e-12)
    products = {
        "hvp": hessian_vector_product(f)(x3, v),
        "tensor": hessian_tensor_product(f)(x3, v),
        "make_hvp": make_hvp(f)(x3)[0](v),
        "jvp of grad": make_jvp(grad(f))(x3)(v)[1],
        "vjp of grad": make_vjp(grad(f))(x3)[0](v),
        "grad of jvp": grad(lambda x: make_jvp(f)(x)(v)[1])(x3),
        "jvp of a jacobian": make_jvp(jacobian(f))(x3)(v)[1],
        "grad of a product": grad(lambda x: grad(f)(x) @ v)(x3),
        "vjp inside jvp": make_jvp(lambda x: make_vjp(f)(x)[0](1.0))(x3)(v)[1],
        "jacobian of grad": jacobian(grad(f))(x3) @ v,
    }
    for name, product in products.items():
        np.testing.assert_allclose(product, H @ v, rtol=1e-10, err_msg=name)
    third = jacobian(hessian(f))(x3)
    np.testing.assert_allclose(third, jacobian(jacobian(jacobian(f)))(x3))
    np.testing.assert_allclose(
        grad(lambda x: v @ hessian(f)(x) @ v)(x3), np.einsum("ijk,i,j->k", third, v, v), rtol=1e-9
    )


def test_a_derivative_by_a_closure_over_nodes_is_a_node():
    w, v = Tensor(np.ones(3)), Value(2.0)
    w.grad, v.grad = np.full(3, 7.0), 5.0
    derivative = grad(lambda x: np.sum(w * x**2) * v)(x3)
    np.testing.assert_allclose(derivative.data, 4 * x3)
    second = hessian(lambda x: np.sum(w * x**3) * v)(x3)
    np.testing.assert_allclose(second.data, np.diag(12 * x3))
    assert grad(lambda x: x * v * v)(1.0).data == 4.0
    np.testing.assert_array_equal(w.grad, 7.0)
    assert v.grad == 5.0
    (derivative.sum() * v).backward()
    np.testing.assert_allclose(w.grad, 7.0 + 2 * x3 * 4)
    assert v.grad == 5.0 + 2 * derivative.data.sum()


def test_inner_transforms_follow_closed_over_outer_arguments():
    inner = np.array([0.4, -1.1])
    for f in (
        lambda x: x * grad(lambda y: x * y)(2.0),
        lambda x: np.sum(jacobian(lambda y: x**2 * y)(inner)),
        lambda x: np.sum(make_jvp(lambda y: x**2 * y**2)(inner)(inner)[1]),
        lambda x: value_and_grad(lambda y: x**2 + y)(2.0)[0],
        lambda x: value_and_grad(lambda y: x**2 + y)(2.0)[1] * x**2,
        lambda x: np.sum(make_vjp(lambda y: x**2 * y)(inner)[0](inner)),
        lambda x: make_hvp(lambda y: np.sum(x**2 * y**3))(inner)[0](inner)[0],
    ):
        check_gradients(f, 1.3, order=2, modes=("reverse", "forward"))


def test_nodes_made_inside_a_function_do_not_escape():
    def filled(x):
        t = Tensor(np.zeros(2))
        t[0], t[1] = x, x * x
        return np.sum(t)

    assert type(grad(filled)(3.0)) is float
    assert type(grad(lambda x: Value(2.0) * x)(3.0)) is float
    assert grad(grad(filled))(3.0) == 2.0


def test_results_inside_no_grad_are_constant():
    def fixed(x):
        with no_grad():
            return x * 3

    assert grad(lambda x: fixed(x) * x)(2.0) == 6.0
    with pytest.warns(UserWarning, match="does not depend"):
        assert grad(fixed)(2.0) == 0.0


# -- each transform ---------------------------------------------------------------------------


def test_returned_values_are_plain_numbers():
    value, g = value_and_grad(lambda x: x**3)(2.0)
    assert (type(value), value, g) == (float, 8.0, 12.0)
    value, g = value_and_grad(rosenbrock)(x3)
    assert isinstance(value, (float, np.ndarray))
    assert value == pytest.approx(rosenbrock(x3))
    g, aux = grad_and_aux(lambda x: (np.sum(x**2), {"twice": 2 * x, "name": "aux"}))(x3)
    np.testing.assert_array_equal(g, 2 * x3)
    assert type(aux["twice"]) is np.ndarray
    assert aux["name"] == "aux"


def test_value_and_grad_works_with_scipy_minimize():
    from scipy.optimize import minimize

    found = minimize(value_and_grad(rosenbrock), np.zeros(6), jac=True, method="BFGS")
    np.testing.assert_allclose(found.x, 1, atol=1e-4)
    newton = minimize(
        rosenbrock, np.zeros(6), jac=grad(rosenbrock), method="trust-ncg",
        hessp=hessian_vector_product(rosenbrock),
    )  # fmt: skip
    np.testing.assert_allclose(newton.x, 1, atol=1e-6)


def test_elementwise_grad_differentiates_each_element():
    x = random.normal(size=(3, 2))
    np.testing.assert_allclose(elementwise_grad(np.tanh)(x), 1 - np.tanh(x) ** 2)
    np.testing.assert_allclose(elementwise_grad(elementwise_grad(np.sin))(x), -np.sin(x))
    assert elementwise_grad(np.tanh)(0.0) == 1.0


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_a_jacobian_has_result_shape_then_argument_shape(shape):
    x = random.normal(size=shape)
    J = jacobian(lambda x: np.stack([np.sin(x), x * x]))(x)
    assert J.shape == (2, *shape, *shape)
    check_gradients(lambda x: np.stack([np.sin(x), x * x]), x, gradient=J)


def test_a_jacobian_of_nested_arguments_has_their_structure():
    J = jacobian(lambda p: p["a"] * p["b"])({"a": x3, "b": 2.0})
    np.testing.assert_allclose(J["a"], 2 * np.eye(3))
    np.testing.assert_allclose(J["b"], x3)
    assert jacobian(lambda x: x**2)(3.0) == 6.0
    with pytest.raises(DataError, match="Join the results"):
        jacobian(lambda x: (x, x))(x3)


def test_hessians_agree_with_scipy():
    from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

    x, v = random.normal(size=(2, 7))
    np.testing.assert_allclose(grad(rosenbrock)(x), rosen_der(x))
    np.testing.assert_allclose(hessian(rosenbrock)(x), rosen_hess(x), atol=1e-10)
    np.testing.assert_allclose(hessian_vector_product(rosenbrock)(x, v), rosen_hess_prod(x, v))
    assert rosenbrock(x) == pytest.approx(rosen(x))


def test_vjp_jvp_and_hvp_match_the_jacobian():
    def f(x):
        return np.tanh(A @ x)

    J, v, w = jacobian(f)(x3), random.normal(size=4), random.normal(size=3)
    vjp, result = make_vjp(f)(x3)
    np.testing.assert_allclose(result, f(x3))
    for _ in range(2):
        np.testing.assert_allclose(vjp(v), v @ J)
    result, change = make_jvp(f)(x3)(w)
    np.testing.assert_allclose(change, J @ w)
    np.testing.assert_allclose(vector_jacobian_product(f)(x3, v), v @ J)
    M = random.normal(size=(2, 3))
    np.testing.assert_allclose(
        tensor_jacobian_product(lambda x: x[:2, None] * x)(x3, M),
        np.einsum("ij,ijk->k", M, jacobian(lambda x: x[:2, None] * x)(x3)),
    )
    H = hessian(lambda y: np.sum(y**4))(f(x3))
    np.testing.assert_allclose(
        make_ggnvp(f, lambda y: np.sum(y**4))(x3)(w), J.T @ H @ J @ w, rtol=1e-10
    )


def test_make_hvp_records_the_gradient_once_and_returns_a_copy():
    calls = []

    def f(p):
        calls.append(p)
        return np.sum(np.exp(p["x"])) * p["s"] ** 2

    p = {"x": x3, "s": 2.0}
    hvp, gradient = make_hvp(f)(p)
    assert len(calls) == 1
    assert type(gradient["s"]) is float
    np.testing.assert_allclose(gradient["x"], 4 * np.exp(x3))
    gradient["x"] *= 0
    np.testing.assert_allclose(hvp({"x": x3, "s": 0.0})["x"], 4 * np.exp(x3) * x3)


def test_a_result_can_be_changed_before_its_derivative():
    vjp, result = make_vjp(np.exp)(np.zeros(3))
    result *= 0
    np.testing.assert_array_equal(vjp(np.ones(3)), 1)
    jvp = make_jvp(np.exp)(np.zeros(3))
    jvp(np.ones(3))[0][:] = 0
    for found in jvp(np.ones(3)):
        np.testing.assert_array_equal(found, 1)


def test_dict_vectors_and_tangents_are_matched_by_key():
    f = lambda d: {"p": 3 * d["a"], "q": 5 * d["b"]}  # noqa: E731
    _, change = make_jvp(f)({"a": 1.0, "b": 2.0})({"b": 10.0, "a": 1.0})
    assert change == {"p": 3.0, "q": 50.0}
    vjp, _ = make_vjp(f)({"a": 1.0, "b": 2.0})
    assert vjp({"q": 10.0, "p": 1.0}) == {"a": 3.0, "b": 50.0}
    for wrong in ({"p": 1.0, "r": 1.0}, {"p": 1.0}, (1.0, 1.0), 1.0):
        with pytest.raises(ShapeError, match="Expected dict with the keys 'p', 'q'"):
            vjp(wrong)


def test_results_can_be_nested():
    vjp, _ = make_vjp(lambda x: (2 * x, np.sum(x**2)))(x3)
    np.testing.assert_allclose(vjp((np.ones(3), 10.0)), 2 + 20 * x3)
    _, (da, db) = make_jvp(lambda x: (2 * x, np.sum(x**2)))(x3)(np.ones(3))
    np.testing.assert_allclose(da, [2, 2, 2])
    assert db == pytest.approx(2 * x3.sum())


def test_arguments_can_be_selected_by_name():
    def f(w, x, scale=2.0):
        return w * x**2 * scale

    assert grad_named(f, "x")(3.0, 2.0) == 24.0
    assert multigrad_dict(f)(3.0, x=2.0) == {"w": 8.0, "x": 24.0, "scale": 12.0}
    with pytest.raises(DataError, match="has no parameter"):
        grad_named(f, "z")


@given(strategies.arguments(2, positive=True))
def test_forward_and_reverse_mode_agree(arrays):
    def f(a, b):
        return np.log(a) * b + np.sum(a) ** 2 / (1 + b)

    a, b = arrays
    u = np.cos(a)
    _, change = make_jvp(f)(a, b)(u)
    vjp, result = make_vjp(f)(a, b)
    g = np.sin(result)
    assert np.sum(vjp(g) * u) == pytest.approx(np.sum(g * change), abs=1e-9)


@given(st.floats(-2, 2))
def test_transforms_accept_any_callable(x):
    class F:
        def __call__(self, x):
            return x**2

        def method(self, x):
            return x**2

    for f in (F(), F().method, functools.partial(lambda a, x: a * x**2, 1.0), lambda x: x**2):
        assert grad(f)(x) == pytest.approx(2 * x)


def test_transformed_functions_keep_their_documentation():
    def energy(x):
        """Kinetic energy."""
        return x**2

    assert "Kinetic energy." in grad(energy).__doc__
    assert grad(energy).__name__ == "grad_of_energy_wrt_argnum_0"


def test_transforms_inside_no_grad_give_plain_numbers():
    w = Value(2.0)
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert grad(grad(lambda x: x**3))(2.0) == 12.0
        assert type(grad(lambda x: w * x**3)(2.0)) is float
        assert deriv(lambda x: x**3)(2.0) == 12.0
        np.testing.assert_allclose(jacobian(lambda x: A @ x)(x3), A)
        np.testing.assert_allclose(
            make_jvp(lambda x: np.linalg.inv(x))(np.eye(2))(np.eye(2))[1], -np.eye(2)
        )
        assert (w * w).parents == ()
        assert grad(lambda x: x**3)(w * 1.0) == 12.0
    y = w * w
    with no_grad():
        grad(lambda x: y * x)(1.0)
    y.backward()
    assert w.grad == 4.0


@pytest.mark.parametrize("result", [True, "text", None])
def test_a_nonnumeric_result_is_rejected(result):
    with pytest.raises(DataError, match="returned"):
        grad(lambda x: result)(1.0)


# -- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_grad_rejects_results_that_are_not_scalar(transform):
    with pytest.raises(ShapeError, match=r"an array of shape \(3,\).*jacobian or elementwise_grad"):
        transform(lambda x: x**2)(x3)
    with pytest.raises(ShapeError, match="returned tuple"):
        transform(lambda x: (x[0], x[1]))(x3)
    with pytest.raises(DataError, match="holomorphic_grad"):
        transform(lambda x: np.sum(x))(x3 + 1j)
    found = transform(lambda x: x[:1] ** 2)(x3)  # an array of one number is accepted
    np.testing.assert_allclose(
        found[1] if transform is value_and_grad else found, [2 * x3[0], 0, 0]
    )


@pytest.mark.parametrize("x", [3, np.array([True]), "text", [1, 2], None, True])
def test_arguments_that_cannot_vary_are_rejected(x):
    with pytest.raises(DataError, match="need floating point numbers"):
        grad(lambda x: 1.0)(x)
    assert issubclass(DataError, TypeError)


def test_an_array_of_integers_is_converted_to_floats():
    np.testing.assert_array_equal(grad(lambda x: np.sum(x**3))(np.arange(3)), [0.0, 3.0, 12.0])
    assert jacobian(lambda x: x * 0.5)(np.arange(2)).dtype == np.float64


def test_an_independent_result_gives_zero_and_a_warning():
    for x, zero in ((2.0, 0.0), (x3, np.zeros(3))):
        with pytest.warns(UserWarning, match="does not depend on the argument"):
            np.testing.assert_array_equal(grad(lambda x: 1.0)(x), zero)
        with pytest.warns(UserWarning, match="does not depend"):
            np.testing.assert_array_equal(grad(lambda x: Value(1.0) * 2)(x), zero)
    for transform in (grad, value_and_grad, jacobian, lambda f: lambda x: make_vjp(f)(x)[0](1.0)):
        with pytest.warns(UserWarning, match="does not depend") as record:
            transform(lambda x: 1.0)(2.0)
        assert record[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(lambda x, y: x * 2, (0, 1))(1.0, 2.0) == (2.0, 0.0)


def test_cotangents_and_tangents_of_wrong_shape_are_rejected():
    vjp, _ = make_vjp(np.sin)(x3)
    with pytest.raises(ShapeError):
        vjp(np.ones(2))
    with pytest.raises(ShapeError, match="tangent"):
        make_jvp(np.sin)(x3)(np.ones(2))
    with pytest.raises(ShapeError, match=r"\(2, 3\)"):
        make_jvp(np.sin)(x3)((x3, x3))
    vjp, _ = make_vjp(lambda x: (x, x))(x3)
    with pytest.raises(ShapeError, match="Expected tuple of 2 parts, got ndarray"):
        vjp(x3)


def test_functions_may_modify_their_arguments():
    x = np.ones(3)

    def f(x):
        y = x * x
        return np.sum(y)

    grad(f)(x)
    np.testing.assert_array_equal(x, 1)
    np.testing.assert_array_equal(
        grad(lambda x: x.__setitem__(0, 5.0) or np.sum(x**2))(x), [0, 2, 2]
    )
    np.testing.assert_array_equal(x, 1)


def test_gradients_of_a_deep_chain_need_no_recursion():
    def f(x):
        for _ in range(50_000):
            x = x * 1.00001
        return x

    assert grad(f)(1.0) == pytest.approx(np.exp(0.5), rel=1e-4)
    assert autograd.grad is grad


def test_jacobian_of_a_complex_function_of_reals_is_rejected():
    with pytest.raises(DataError, match="imaginary part"):
        jacobian(lambda x: x * 1j)(np.ones(2))
    turn = np.array([0.0, 1.0])
    product = vector_jacobian_product(lambda x: x * (2 + 1j))(np.ones(2), turn)
    np.testing.assert_array_equal(product, 2 * turn)


@pytest.mark.parametrize("name", ["grad", "hessian", "multigrad_dict", "vmap", "checkpoint"])
def test_what_is_no_function_is_refused_at_once(name):
    with pytest.raises(DataError, match=rf"not 1\. Write {name}\(f\)"):
        getattr(autograd, name)(1)
