import tracemalloc

import numpy as np
import pytest

from autograd import Tensor, Value, check_gradients, checkpoint, grad, hessian, jvp, no_grad
from autograd.errors import DataError, GraphError

random = np.random.default_rng(2)
x = random.normal(size=4)


def peak(step, times):
    """Return the peak memory of forward and backward, in arrays of the size of the data."""
    t = Tensor(np.ones(100_000))
    tracemalloc.start()
    y = t
    for _ in range(times):
        y = step(y)
    y.sum().backward()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found / t.nbytes


def block(x):
    return np.tanh(np.sin(x) ** 2 + x[::-1])


def test_derivatives_equal_those_of_the_function():
    check_gradients(checkpoint(block), x, order=2)
    np.testing.assert_array_equal(
        grad(lambda x: np.sum(checkpoint(block)(x)))(x), grad(lambda x: np.sum(block(x)))(x)
    )
    np.testing.assert_allclose(
        hessian(lambda x: np.sum(checkpoint(block)(x) ** 2))(x),
        hessian(lambda x: np.sum(block(x) ** 2))(x),
    )


def test_arguments_can_be_nested_or_numbers():
    def f(params, scale, power=2):
        return np.sum(params["W"] @ params["b"]) ** power * scale

    def whole(W, b, scale):
        return checkpoint(f)({"W": W, "b": b}, scale, power=3)

    check_gradients(whole, random.normal(size=(2, 4)), x, 0.7)


def test_closed_over_leaves_get_gradients():
    w, v = Tensor(np.ones(4)), Value(2.0)
    inside = w * 3
    y = checkpoint(lambda x: np.sum(inside * x**2) * v + np.sum(w))(Tensor(x))
    y.backward()
    np.testing.assert_allclose(w.grad, 6 * x**2 + 1)
    assert v.grad == pytest.approx(3 * np.sum(x**2))


def test_plain_arguments_give_plain_results():
    assert type(checkpoint(block)(x)) is np.ndarray


def test_several_results_are_rejected():
    with pytest.raises(DataError, match="one array"):
        checkpoint(lambda x: (x, x))(Tensor(x))


def test_gradients_are_freed_once_passed_on():
    def short(x):
        return np.tanh(np.sin(x))

    assert peak(checkpoint(short), 40) < 40 + 10


def test_a_retained_graph_with_several_arguments_can_be_reused():
    calls = []

    def product(a, b):
        calls.append(1)
        return np.sum(a * b)

    a, b = Tensor(x), Tensor(2 * x)
    y = checkpoint(product)(a, b)
    y.backward(retain_graph=True)
    assert len(calls) == 2
    y.backward()
    np.testing.assert_allclose(a.grad, 4 * x)
    np.testing.assert_allclose(b.grad, 2 * x)


def test_a_nondeterministic_function_is_rejected():
    random = np.random.default_rng(0)
    dropped = checkpoint(lambda x: x * random.integers(0, 2, 100))
    t = Tensor(np.ones(100))
    total = dropped(t).sum()
    with pytest.raises(DataError, match="pass them as arguments"):
        total.backward()
    assert t.grad is None


@pytest.mark.parametrize("how", ["argument", "view", "captured", "captured constant", "no_grad"])
def test_modifying_outside_data_is_rejected(how):
    x = np.array([1.0, 2.0, 3.0])

    def f(x):
        a, constant = x * 1.0, np.zeros_like(x)

        def inner(z):
            if how == "argument":
                z *= 2.0
            elif how == "view":
                z[1:][0] = 1.0
            elif how == "captured":
                a[0] = z[1] * z[2]
            elif how == "captured constant":
                np.copyto(constant, 3 * z)
            else:
                with no_grad():
                    constant[0] = 1.0
            return np.sum(z)

        return checkpoint(inner)(a) + np.sum(a**2) + np.sum(constant**2)

    with pytest.raises(GraphError, match="outer Tensor"):
        grad(f)(x)


def test_a_checkpoint_can_modify_its_own_results():
    def inner(z):
        made, like = z.copy(), np.zeros_like(z)
        made[1:] *= z[:-1]
        like[0] = made[1]
        like += made
        return np.sin(like)

    x = np.array([1.0, 2.0, 3.0])
    plain = grad(lambda x: np.sum(inner(x)))(x)
    np.testing.assert_allclose(grad(lambda x: np.sum(checkpoint(inner)(x)))(x), plain)


def test_forward_mode_follows_closed_over_nodes():
    def f(t):
        return np.sum(checkpoint(lambda x: np.sin(x) * t)(t * 2.0))

    t, v = np.array([1.0, 2.0]), np.array([0.3, -0.7])
    first = np.sin(2 * t) + 2 * t * np.cos(2 * t)
    second = 4 * np.cos(2 * t) - 4 * t * np.sin(2 * t)
    np.testing.assert_allclose(jvp(f)(t)(v)[1], first @ v)
    twice = jvp(lambda t: jvp(f)(t)(v)[1])(t)(v)[1]
    np.testing.assert_allclose(twice, v @ (second * v))


def test_closed_over_nodes_assigned_to_later_are_followed():
    def f(t, wrap):
        w = t * t
        y = wrap(lambda x: np.sum(w[:2] * x))(t[0] * 1.0)
        w[2] = 0.0
        return y * y

    t = np.array([1.0, 2.0, 3.0])
    for transform in (grad, hessian, lambda f: lambda t, wrap: jvp(lambda t: f(t, wrap))(t)(t)[1]):
        np.testing.assert_allclose(transform(f)(t, checkpoint), transform(f)(t, lambda g: g))
