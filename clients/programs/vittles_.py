"""vittles: how an optimum depends on hyperparameters, by derivatives of high order."""

import numpy as np
import scipy.optimize
import vittles
from vittles.sensitivity_lib import ForwardModeDerivativeArray, ReverseModeDerivativeArray

import autograd
import autograd.numpy as npa

random = np.random.default_rng(3)
A = random.normal(size=(3, 3))
A = A @ A.T + np.eye(3)
weights = np.array([0.7, 1.3])


def objective(x, w):
    return (
        w[0] * x @ A @ x / 2
        + npa.sum(npa.exp(0.3 * x))
        - w[1] * npa.sum(x)
        + w[1] ** 2 * x[0] ** 3 / 9
    )


def optimum(w):
    gradient = autograd.grad(objective)
    return scipy.optimize.root(lambda x: gradient(x, w), np.zeros(3), tol=1e-13).x


def linear_approximation():
    linear = vittles.HyperparameterSensitivityLinearApproximation(
        objective_fun=objective, opt_par_value=optimum(weights), hyper_par_value=weights
    )
    return [linear.get_dopt_dhyper(), linear.get_hessian_at_opt(),
            linear.predict_opt_par_from_hyper_par(weights + 0.1)]  # fmt: skip


def taylor_expansion():
    best = optimum(weights)
    found = []
    for forward, order in ((True, 3), (False, 2)):
        taylor = vittles.ParametricSensitivityTaylorExpansion.optimization_objective(
            objective_function=objective, input_val0=best, hyper_val0=weights, order=order,
            forward_mode=forward,
        )  # fmt: skip
        found.append(taylor.evaluate_taylor_series(weights + 0.1))
    return found


def derivatives_of_third_order():
    gradient = autograd.grad(objective)
    x, dx, dw = random.normal(size=3), np.ones(3), np.array([0.5, -1.0])
    found = []
    for kind in (ForwardModeDerivativeArray, ReverseModeDerivativeArray):
        array = kind(gradient, order1=2, order2=1)
        if kind is ReverseModeDerivativeArray:
            array.set_evaluation_location(x, weights)
        found.append(array.eval_directional_derivative(x, weights, [dx, dx], [dw]))
    return found


def optimum_as_a_function():
    linear = vittles.HyperparameterSensitivityLinearApproximation(
        objective_fun=objective, opt_par_value=optimum(weights), hyper_par_value=weights
    )
    function = linear.get_opt_par_function()
    return autograd.jacobian(lambda w: npa.sin(function(w)))(weights)
