"""`vmap` inside and around other transforms, and itself."""

import itertools
import threading
import types

import numpy as np
import pytest
from batching.against_loops import close

from autograd import (
    Tensor,
    Value,
    checkpoint,
    grad,
    hessian,
    jacobian,
    jit,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    no_grad,
    value_and_grad,
    vmap,
)
from autograd.errors import GraphError

random = np.random.default_rng(5)
X = random.normal(size=(3, 4))
W = random.normal(size=4)
A = random.normal(size=(2, 4))


def curved(x):
    return np.sum(np.tanh(A @ x)) * x[0] + np.sum(x**3)


def weighed(w, x):
    return np.sum(np.sin(w * x)) ** 2 + w[0] * x[1]


TRANSFORMS = {
    "value": lambda f: f,
    "grad": grad,
    "value_and_grad": value_and_grad,
    "hessian": hessian,
    "jacobian of grad": lambda f: jacobian(grad(f)),
    "grad of grad": lambda f: grad(lambda x: np.sum(grad(f)(x) * W)),
    "hvp": lambda f: lambda x: make_hvp(f)(x)[0](W),
    "jvp": lambda f: lambda x: make_jvp(f)(x)(W)[1],
    "vjp": lambda f: lambda x: make_vjp(lambda y: y * f(y))(x)[0](W),
    "jvp of grad": lambda f: lambda x: make_jvp(grad(f))(x)(W)[1],
    "jit": jit,
    "jit of grad": lambda f: jit(grad(f)),
    "checkpoint": lambda f: grad(checkpoint(f)),
}


@pytest.mark.parametrize("outer", ["plain", "jit"])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_inside_a_batch(name, outer):
    function = TRANSFORMS[name](curved)
    batched = vmap(function) if outer == "plain" else jit(vmap(function))
    close(batched(X), [function(x) for x in X])
    close(batched(2 * X), [function(x) for x in 2 * X])


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_around_a_batch(name):
    def of_batch(f):
        return lambda w: np.sum(vmap(f, (None, 0))(w, X) ** 2)

    def of_loop(f):
        return lambda w: sum(f(w, x) ** 2 for x in X)

    found = TRANSFORMS[name](of_batch(weighed))(W)
    expected = TRANSFORMS[name](of_loop(weighed))(W)
    parts = zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
    for part, each in parts:
        np.testing.assert_allclose(part, each, rtol=1e-10)


@pytest.mark.parametrize("axes", [*itertools.product((0, 1, -1, None), repeat=2)][:-1])
def test_batches_inside_batches(axes):
    grid = random.normal(size=(3, 3, 3))
    inner = vmap(lambda x, y: np.sin(x) @ y, axes)
    found = vmap(inner, (0, None))(grid, grid[0])
    close(found, [inner(g, grid[0]) for g in grid])
    found = vmap(grad(lambda x, y: np.sum(inner(x, y) ** 2)), (0, None))(grid, grid[0])
    close(found, [grad(lambda x, y: np.sum(inner(x, y) ** 2))(g, grid[0]) for g in grid])


def test_each_call_has_its_own_derivative_of_what_is_shared():
    found = vmap(grad(weighed), (None, 0))(W, X)
    close(found, [grad(weighed)(W, x) for x in X])
    found = vmap(lambda x: grad(lambda w: weighed(w, x))(W))(X)
    close(found, [grad(weighed)(W, x) for x in X])


def test_nodes_from_outside_get_the_sum_of_all_calls():
    w, v = Tensor(W), Value(1.5)
    total = np.sum(vmap(lambda x: weighed(w * 2, x) + v * 3 + v * x[0])(X))
    total.backward()
    slopes = [grad(lambda w, x: weighed(2 * w, x))(W, x) for x in X]
    np.testing.assert_allclose(w.grad, np.sum(slopes, axis=0))
    np.testing.assert_allclose(v.grad, 3 * len(X) + X[:, 0].sum())


def test_second_derivatives_with_respect_to_what_is_shared():
    def of_batch(w):
        return np.sum(vmap(lambda x: weighed(w, x) * np.sum(w))(X))

    def of_loop(w):
        return sum(weighed(w, x) * np.sum(w) for x in X)

    np.testing.assert_allclose(hessian(of_batch)(W), hessian(of_loop)(W))


def test_a_result_that_no_entry_changes_counts_once_per_call():
    def total(w):
        return np.sum(vmap(lambda x: w[0] * 2.0)(X))

    np.testing.assert_array_equal(grad(total)(W), [2.0 * len(X), 0, 0, 0])
    same = grad(lambda w: vmap(lambda x: w[0] * 2.0, out_axes=None)(X))(W)
    np.testing.assert_array_equal(same, [2.0, 0, 0, 0])


def test_backward_in_a_batch_adds_to_leaves_outside():
    w = Tensor(W)

    def step(x):
        loss = weighed(w, x)
        loss.backward()
        return loss.data

    vmap(step)(X)
    np.testing.assert_allclose(w.grad, sum(grad(weighed)(W, x) for x in X))


def test_the_derivative_of_a_number_differs_between_calls():
    found = vmap(lambda x: grad(lambda a: a**2 * np.sum(x))(3.0))(X)
    np.testing.assert_allclose(found, 6 * X.sum(axis=1))
    outer = grad(lambda a: np.sum(vmap(lambda x: grad(lambda b: b**2 * np.sum(x))(a))(X)))(3.0)
    np.testing.assert_allclose(outer, 2 * X.sum())


def test_nothing_is_recorded_inside_no_grad():
    with no_grad():
        found = vmap(curved)(Tensor(X))
    assert not found.requires_grad
    close(found.data, [curved(x) for x in X])


def test_checkpoints_in_a_batch_know_what_is_outside():
    def total(w):
        return np.sum(vmap(lambda x: checkpoint(lambda y: weighed(w, y))(x))(X))

    np.testing.assert_allclose(grad(total)(W), sum(grad(weighed)(W, x) for x in X))


def test_a_hook_sees_the_derivatives_of_all_calls():
    seen = []

    def watched(x):
        t = x * 2.0
        t.register_hook(lambda g: seen.append(g.shape))
        return np.sum(t * t)

    vmap(grad(watched))(X)
    assert seen == [(4,)]


def test_products_recorded_outside_take_a_batch_of_vectors():
    eye, J = np.eye(4), jacobian(lambda x: A @ np.sin(x))(W)
    np.testing.assert_allclose(vmap(make_hvp(curved)(W)[0])(eye), hessian(curved)(W), rtol=1e-10)
    pushed = make_jvp(lambda x: A @ np.sin(x))(W)
    np.testing.assert_allclose(vmap(lambda v: pushed(v)[1])(eye).T, J)
    pull, _ = make_vjp(lambda x: A @ np.sin(x))(W)
    np.testing.assert_allclose(vmap(pull)(np.eye(2)), J)
    product = make_ggnvp(lambda x: A @ np.sin(x))(W)
    np.testing.assert_allclose(vmap(product)(eye), J.T @ J)
    H = grad(lambda w: np.sum(vmap(make_hvp(curved)(w)[0])(eye) ** 2))(W)
    np.testing.assert_allclose(H, grad(lambda w: np.sum(hessian(curved)(w) ** 2))(W), rtol=1e-9)


def test_what_all_calls_share_cannot_be_changed():
    w = Tensor(W)

    def replaced(x):
        w.data = w.data - x
        return x

    def in_place(x):
        with no_grad():
            w.__iadd__(1.0)
        return x

    def assigned(x):
        w.reshape(2, 2)[0] = x[:2]
        return x

    for function in (replaced, in_place, assigned):
        with pytest.raises(GraphError, match=r"t\.copy\(\)"):
            vmap(function)(X)
    np.testing.assert_array_equal(w.data, W)


def test_threads_have_their_own_batches():
    failures = []

    def work(seed):
        x = np.random.default_rng(seed).normal(size=(5, 4))
        for _ in range(10):
            found = vmap(grad(curved))(x)
            if not np.allclose(found, [grad(curved)(row) for row in x]):
                failures.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert isinstance(np.asarray, types.BuiltinFunctionType)
