"""`autograd.misc`, as HIPS autograd has it."""

import numpy as np
import pytest

from autograd import check_gradients, grad
from autograd.errors import GraphError
from autograd.extend import primitive
from autograd.misc import const_graph, flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.misc.tracers import full_graph

random = np.random.default_rng(3)
nested = {"b": [random.normal(size=(2, 3)), 2.5], "a": (random.normal(size=2), ())}


def test_flatten_and_unflatten_round_trip():
    vector, unflatten = flatten(nested)
    assert vector.shape == (9,)
    np.testing.assert_array_equal(vector[:2], nested["a"][0])  # by the order of the keys
    back = unflatten(vector)
    assert list(back) == ["b", "a"]
    assert back["b"][1] == 2.5
    assert type(back["b"][1]) is float
    np.testing.assert_array_equal(back["b"][0], nested["b"][0])
    assert back["a"][1] == ()
    assert flatten(())[0].shape == (0,)


def test_flatten_and_unflatten_are_differentiable():
    check_gradients(lambda x, y: np.sum(flatten([x, {"y": y}])[0] ** 2), nested["b"][0], 0.7)
    vector, unflatten = flatten(nested)
    check_gradients(lambda v: np.sum(unflatten(v)["b"][0] ** 3) * unflatten(v)["b"][1], vector)
    f, back, start = flatten_func(lambda tree: tree["b"][0] * tree["b"][1], nested)
    np.testing.assert_allclose(f(start), np.ravel(nested["b"][0]) * 2.5)
    np.testing.assert_array_equal(back(start)["a"][0], nested["a"][0])


@pytest.mark.parametrize(
    ("optimize", "settings"),
    [(sgd, {"num_iters": 300}), (rmsprop, {"num_iters": 400, "step_size": 0.05}), (adam, {"num_iters": 2000, "step_size": 0.01})],
)  # fmt: skip
def test_an_optimizer_finds_the_minimum_of_a_bowl(optimize, settings):
    def bowl(parameters, i):
        return np.sum((parameters["w"] - 3.0) ** 2) + (parameters["b"] + 1.0) ** 2

    seen = []
    found = optimize(
        grad(bowl), {"w": np.zeros(2), "b": 0.0},
        callback=lambda p, i, g: seen.append((p["b"], i, g["b"])), **settings,
    )  # fmt: skip
    np.testing.assert_allclose(found["w"], 3.0, atol=0.05)
    assert found["b"] == pytest.approx(-1.0, abs=0.05)
    assert len(seen) == settings["num_iters"]
    assert seen[0] == (0.0, 0, 2.0)


def test_first_optimizer_steps_match_their_formulas():
    gradient = lambda x, i: x  # noqa: E731
    assert sgd(gradient, 1.0, num_iters=1) == pytest.approx(1 - 0.1 * 0.1)
    assert sgd(gradient, 1.0, num_iters=2) == pytest.approx(0.99 - 0.1 * (0.9 * 0.1 + 0.1 * 0.99))
    assert rmsprop(gradient, 2.0, num_iters=1) == pytest.approx(2 - 0.1 * 2 / np.sqrt(0.9 + 0.4))
    assert adam(gradient, 2.0, num_iters=1) == pytest.approx(2 - 0.001)


def test_an_optimization_can_be_differentiated():
    def after(step):
        return sgd(grad(lambda x, i: np.sum(x**4)), 1.0, num_iters=3, step_size=step)

    check_gradients(after, 0.1)


def test_a_fixed_point_has_first_and_second_derivatives():
    def root(a):
        return fixed_point(
            lambda a: lambda x: 0.5 * (x + a / x), a, 1.0, lambda x, y: abs(x - y), 1e-13
        )

    assert root(2.0) == pytest.approx(np.sqrt(2))
    assert grad(root)(2.0) == pytest.approx(0.5 / np.sqrt(2), rel=1e-9)
    assert grad(grad(root))(2.0) == pytest.approx(-0.25 / 2**1.5, rel=1e-8)


def test_a_fixed_point_of_arrays_has_a_derivative():
    A = random.normal(size=(3, 3)) * 0.2

    def fixed(b):
        return fixed_point(
            lambda b: lambda x: np.tanh(A @ x + b), b, np.zeros(3),
            lambda x, y: np.max(np.abs(x - y)), 1e-14,
        )  # fmt: skip

    check_gradients(fixed, random.normal(size=3))


def test_a_constant_graph_runs_its_function_once():
    calls, processed = [], []

    @primitive
    def process(x, name):
        processed.append(name)
        return x

    def f(x, y, z):
        calls.append(None)
        return process(x, "x") + grad(np.sin)(y) * process(z, "z")

    replayed = const_graph(f, z=2.0)
    for x, y in ((1.0, 2.0), (0.3, 0.1), (0.3, 0.1)):
        assert replayed(x, y) == pytest.approx(x + 2 * np.cos(y))
    assert len(calls) == 1
    assert processed == ["x", "z", "x", "x"]
    with pytest.raises(GraphError, match="depend"), pytest.warns(UserWarning, match="independent"):
        const_graph(lambda x: 1.0)(2.0)


def test_a_full_graph_holds_the_recipes():
    end = full_graph(lambda x, y: np.sin(x) * y, 1.0, 2.0)
    function, _, _, parents = end.recipe
    assert function.__name__ == "multiply"
    assert end.value == pytest.approx(2 * np.sin(1.0))
    assert [argnum for argnum, _ in parents] == [0, 1]
    assert parents[0][1].recipe[0].__name__ == "sin"
