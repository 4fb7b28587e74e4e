"""pymanopt: optimization on manifolds, with gradients and Hessians from autograd."""

import numpy as np
import pymanopt
import pymanopt.manifolds
import pymanopt.optimizers
import pytest

import autograd.numpy as anp

random = np.random.default_rng(0)
n = 20
A = random.normal(size=(n, n))
A = A + A.T


@pytest.mark.parametrize("optimizer", ["TrustRegions", "ConjugateGradient", "SteepestDescent"])
def test_the_largest_eigenvalue_is_found_on_a_sphere(optimizer):
    manifold = pymanopt.manifolds.Sphere(n)

    @pymanopt.function.autograd(manifold)
    def cost(x):
        return -x @ A @ x

    optimize = getattr(pymanopt.optimizers, optimizer)(verbosity=0)
    found = optimize.run(pymanopt.Problem(manifold, cost), initial_point=np.ones(n) / np.sqrt(n))
    assert found.cost == pytest.approx(-np.linalg.eigvalsh(A)[-1], rel=1e-6)


def test_a_trust_region_run_finds_the_dominant_subspace():
    manifold = pymanopt.manifolds.Grassmann(n, 3)

    @pymanopt.function.autograd(manifold)
    def cost(X):
        return -anp.trace(X.T @ A @ X)

    start = np.linalg.qr(random.normal(size=(n, 3)))[0]
    found = pymanopt.optimizers.TrustRegions(verbosity=0).run(
        pymanopt.Problem(manifold, cost), initial_point=start
    )
    assert found.cost == pytest.approx(-np.linalg.eigvalsh(A)[-3:].sum(), rel=1e-9)


def test_several_arguments_on_a_product_of_manifolds():
    manifold = pymanopt.manifolds.Product(
        (pymanopt.manifolds.Sphere(5), pymanopt.manifolds.Stiefel(6, 2))
    )
    C = random.normal(size=(5, 6, 2))

    @pymanopt.function.autograd(manifold)
    def cost(x, Y):
        return -(anp.einsum("i,ijk,jk", x, C, Y) ** 2)

    problem = pymanopt.Problem(manifold, cost)
    found = pymanopt.optimizers.TrustRegions(verbosity=0).run(problem)
    gradient = problem.riemannian_gradient(found.point)
    assert problem.manifold.norm(found.point, gradient) < 1e-5


def test_complex_arguments_on_circles():
    manifold = pymanopt.manifolds.ComplexCircle(4)
    H = random.normal(size=(4, 4)) + 1j * random.normal(size=(4, 4))
    H = H + H.conj().T

    @pymanopt.function.autograd(manifold)
    def cost(z):
        return -anp.real(anp.conj(z) @ H @ z)

    problem = pymanopt.Problem(manifold, cost)
    found = pymanopt.optimizers.ConjugateGradient(verbosity=0).run(problem)
    gradient = problem.riemannian_gradient(found.point)
    assert problem.manifold.norm(found.point, gradient) < 1e-4
