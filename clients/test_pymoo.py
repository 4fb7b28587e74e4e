"""pymoo: gradients of test problems of multi-objective optimization."""

import numpy as np
import pytest
from pymoo.gradient.automatic import AutomaticDifferentiation
from pymoo.problems import get_problem


@pytest.mark.parametrize(
    "name",
    ["zdt1", "zdt3", "zdt4", "bnh", "osy", "tnk", "rosenbrock", "ackley", "rastrigin", "griewank",
     "dtlz1", "dtlz2", "welded_beam", "truss2d", "g1", "kursawe"],
)  # fmt: skip
def test_the_gradient_agrees_with_finite_differences(name):
    problem = get_problem(name)
    low, high = problem.xl, problem.xu
    x = low + (0.1 + 0.8 * np.random.default_rng(1).uniform(size=(5, problem.n_var))) * (high - low)
    values, gradient = AutomaticDifferentiation(problem).evaluate(x, return_values_of=["F", "dF"])
    np.testing.assert_allclose(values, problem.evaluate(x, return_values_of=["F"]))
    for j in range(problem.n_var):
        step = np.zeros(problem.n_var)
        step[j] = 1e-6
        above, below = (problem.evaluate(x + s, return_values_of=["F"]) for s in (step, -step))
        expected = (above - below) / 2e-6
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(gradient[:, :, j] / scale, expected / scale, atol=1e-5)
