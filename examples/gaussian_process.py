"""A Gaussian process: its lengths and sizes are fitted by the likelihood of the data.

The gradient of the log likelihood is known in closed form: Rasmussen & Williams, "Gaussian
Processes for Machine Learning", 2006, equation 5.9.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from autograd import value_and_grad
from autograd.scipy.linalg import cho_factor, cho_solve
from autograd.scipy.spatial.distance import cdist

RANDOM = np.random.default_rng(1)
X = np.sort(RANDOM.uniform(0, 10, (40, 1)), axis=0)
Y = np.sin(X[:, 0]) + 0.3 * X[:, 0] + 0.2 * RANDOM.normal(size=40)


def kernel(a, b, parameters):
    """Return the covariances of two sets of points."""
    size, length = np.exp(parameters[0]), np.exp(parameters[1])
    return size**2 * np.exp(-cdist(a, b, "sqeuclidean") / (2 * length**2))


def surprise(parameters):
    """Return minus the log likelihood of the data."""
    matrix = kernel(X, X, parameters) + np.exp(2 * parameters[2]) * np.eye(len(X))
    factor = cho_factor(matrix, lower=True)
    half = np.sum(np.log(np.diagonal(factor[0])))
    return Y @ cho_solve(factor, Y) / 2 + half + len(X) / 2 * np.log(2 * np.pi)


def closed_form(parameters):
    """Return the gradient of `surprise` by its formula."""
    covariance, eye = kernel(X, X, parameters), np.eye(len(X))
    noise = np.exp(2 * parameters[2]) * eye
    inverse = np.linalg.inv(covariance + noise)
    inner = np.outer(inverse @ Y, inverse @ Y) - inverse
    by_length = covariance * cdist(X, X, "sqeuclidean") / np.exp(2 * parameters[1])
    return -np.array(
        [np.sum(inner * slope) / 2 for slope in (2 * covariance, by_length, 2 * noise)]
    )


def predicted(points, parameters):
    """Return means and standard deviations at new points."""
    matrix = kernel(X, X, parameters) + np.exp(2 * parameters[2]) * np.eye(len(X))
    cross = kernel(points, X, parameters)
    mean = cross @ np.linalg.solve(matrix, Y)
    variance = np.exp(2 * parameters[0]) - np.sum(
        cross * np.linalg.solve(matrix, cross.T).T, axis=1
    )
    return mean, np.sqrt(variance)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    start = np.zeros(3)
    difference = np.max(np.abs(value_and_grad(surprise)(start)[1] - closed_form(start)))
    print(f"the gradient differs from its closed form by {difference:.1e}")
    fit = minimize(value_and_grad(surprise), start, jac=True)
    size, length, noise = np.exp(fit.x)
    print(f"size {size:.3f}, length {length:.3f}, noise {noise:.3f} (the data: 0.2)")
    print(f"log likelihood {-surprise(start):.3f} before, {-fit.fun:.3f} after {fit.nit} steps")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(fit.x, options.output)
    return difference, -fit.fun, np.exp(fit.x)


def draw(parameters, folder):
    """Draw the data and the prediction."""
    import matplotlib.pyplot as plt

    points = np.linspace(-1, 13, 200)[:, None]
    mean, deviation = predicted(points, parameters)
    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    axes.fill_between(points[:, 0], mean - 2 * deviation, mean + 2 * deviation, alpha=0.3)
    axes.plot(points[:, 0], mean)
    axes.plot(X[:, 0], Y, ".")
    figure.savefig(folder / "gaussian_process.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
