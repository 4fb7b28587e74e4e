"""paragami: parameters with constraints as free vectors. Its import gives functions forward rules."""

import numpy as np
import paragami

import autograd
import autograd.numpy as npa

random = np.random.default_rng(2)
pattern = paragami.PatternDict()
pattern["mean"] = paragami.NumericVectorPattern(length=3)
pattern["covariance"] = paragami.PSDSymmetricMatrixPattern(size=3)
pattern["weights"] = paragami.SimplexArrayPattern(array_shape=(2,), simplex_size=3)
pattern["scale"] = paragami.NumericScalarPattern(lb=0.0)
free = random.normal(size=pattern.flat_length(free=True)) * 0.3
data = random.normal(size=(20, 3))


def likelihood(parameters):
    centred = data - parameters["mean"]
    covariance = parameters["covariance"] * parameters["scale"]
    half = npa.sum(centred * npa.linalg.solve(covariance, centred.T).T) / 2
    sign, logarithm = npa.linalg.slogdet(covariance)
    return half + 10 * sign * logarithm + npa.sum(npa.log(parameters["weights"]) ** 2)


objective = paragami.FlattenFunctionInput(likelihood, free=True, patterns=pattern)


def gradient_and_hessian():
    wrapped = paragami.OptimizationObjective(objective)
    return [wrapped.grad(free), wrapped.hessian(free), wrapped.hessian_vector_product(free, free)]


def forward_mode():
    return autograd.make_jvp(objective)(free)(np.ones(len(free)))[1]


def hessian_of_inverses():
    def f(a):
        return npa.sum(npa.linalg.inv(a) ** 2) + npa.linalg.slogdet(a)[1]

    a = np.array([[2.0, 0.3], [0.1, 1.5]])
    return [autograd.hessian(f)(a), autograd.make_hvp(f)(a)[0](np.ones((2, 2)))]


def functions_of_gamma():
    special = autograd.scipy.special
    x = np.array([0.7, 2.5])
    names = ("gammaln", "digamma", "gamma", "rgamma", "psi")
    functions = [getattr(special, name) for name in names]
    return [[autograd.elementwise_grad(f)(x), autograd.deriv(f)(x)] for f in functions]


def preconditioned():
    wrapped = paragami.PreconditionedFunction(objective)
    wrapped.set_preconditioner_matrix(np.diag(np.arange(1.0, len(free) + 1)))
    return [autograd.grad(wrapped)(free), autograd.hessian(wrapped)(free)]


def sums_by_group():
    from paragami.autograd_supplement_lib import grouped_sum

    groups = np.array([0, 1, 0, 2, 1])
    x = random.normal(size=5)
    f = lambda x: npa.sum(grouped_sum(x**2, groups, 3) ** 2)  # noqa: E731
    return [autograd.grad(f)(x), autograd.hessian(f)(x), autograd.make_jvp(f)(x)(x)[1]]
