"""geomstats: manifolds, with gradients from its backend for autograd."""

import os

import numpy as np

os.environ["GEOMSTATS_BACKEND"] = "autograd"
import geomstats.backend as gs
from geomstats.geometry.hypersphere import Hypersphere
from geomstats.geometry.poincare_ball import PoincareBall
from geomstats.geometry.spd_matrices import SPDMatrices
from geomstats.learning.frechet_mean import FrechetMean

random = np.random.default_rng(1)


def on_sphere(n):
    x = random.normal(size=(n, 3))
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


points = on_sphere(4)
A = random.normal(size=(3, 3))
A = A @ A.T + np.eye(3)


def squared_distances_on_the_sphere():
    metric = Hypersphere(2).metric
    f = gs.autodiff.value_and_grad(lambda x: gs.sum(metric.squared_dist(x, points[1:])))
    return list(f(points[0]))


def distances_in_the_ball():
    metric = PoincareBall(2).metric
    x, y = np.array([0.2, 0.1]), np.array([-0.3, 0.4])
    return list(gs.autodiff.value_and_grad(lambda x: metric.squared_dist(x, y))(x))


def exponential_and_logarithm_of_matrices():
    metric = SPDMatrices(3).metric
    f = gs.autodiff.value_and_grad(lambda x: gs.sum(metric.log(x, np.eye(3)) ** 2))
    g = gs.autodiff.value_and_grad(lambda x: gs.sum(metric.exp(x, np.eye(3)) ** 2))
    return [*f(A), *g(A / 10)]


def jacobian_and_hessian():
    metric = Hypersphere(2).metric
    tangent = np.array([0.3, 0.2, -0.1])
    return [
        gs.autodiff.jacobian(lambda v: metric.exp(v, points[0]))(tangent),
        gs.autodiff.hessian(lambda v: gs.sum(metric.exp(v, points[0]) ** 3))(tangent),
    ]


def jacobians_of_several_points():
    f = gs.autodiff.jacobian_vec(lambda x: gs.sin(x) * x[..., :1])
    return f(points)


def rotations():
    basis = np.zeros((2, 3, 3))
    basis[0, 2, 1] = basis[1, 0, 2] = 1.0
    basis = basis - basis.swapaxes(-1, -2)
    f = gs.autodiff.value_and_grad(
        lambda v: gs.sum(A * gs.linalg.expm(gs.einsum("i,ijk->jk", v, basis)))
    )
    return list(f(np.array([0.3, -0.2])))


def rules_of_its_own():
    @gs.autodiff.custom_gradient(lambda x: 2 * x)
    def squared(x):
        return gs.sum(x**2)

    return list(gs.autodiff.value_and_grad(lambda x: squared(x) * x[0])(points[0]))


def frechet_mean():
    mean = FrechetMean(Hypersphere(2))
    return mean.fit(np.abs(points)).estimate_
