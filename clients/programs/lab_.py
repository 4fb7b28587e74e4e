"""lab: one interface to several backends."""

import lab.autograd as lab
import numpy as np

from autograd import grad, hessian

random = np.random.default_rng(8)
A = random.normal(size=(3, 3))
A = A @ A.T + np.eye(3)
x = random.normal(size=3)


def gaussian(a, y):
    root = lab.cholesky(lab.reg(a))
    z = lab.triangular_solve(root, y[:, None])
    return lab.sum(z**2) + 2 * lab.sum(lab.log(lab.diag(root)))


def gradients_of_a_gaussian():
    symmetric = grad(gaussian)(A, x)
    return [symmetric + symmetric.T, grad(gaussian, 1)(A, x), hessian(gaussian, 1)(A, x)]


def elementwise_functions():
    names = ("tanh", "sigmoid", "softplus", "relu", "sin", "erf", "loggamma", "logistic")
    found = []
    for name in names:
        function = getattr(lab, name, None)
        if function is not None:
            found.append(grad(lambda y, f=function: lab.sum(f(lab.abs(y) + 0.1) * y))(x))
    return found


def shapes():
    def f(y):
        stacked = lab.stack(y, 2 * y, axis=0)
        joined = lab.concat(stacked, lab.transpose(lab.reshape(y, 3, 1)), axis=0)
        return lab.logsumexp(joined) + lab.sum(lab.take(joined, [0, 2]) ** 2) + lab.max(y)

    return grad(f)(x)


def products():
    return grad(
        lambda y: (
            lab.sum(lab.kron(lab.outer(y, y), A) @ lab.ones(9)) + lab.logdet(A + lab.outer(y, y))
        )
    )(x)
