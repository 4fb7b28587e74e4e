"""Gradients of softmax and its losses keep their digits where one class is nearly certain."""

import mpmath
import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, grad, hessian


@pytest.fixture(autouse=True)
def _sixty_digits():
    with mpmath.workdps(60):
        yield


def probabilities(z):
    exponentials = [mpmath.exp(mpmath.mpf(float(x))) for x in z]
    return [e / mpmath.fsum(exponentials) for e in exponentials]


def agrees(found, exact, dtype):
    for mine, right in zip(np.ravel(found), exact, strict=True):
        if abs(right) > np.finfo(dtype).tiny:
            assert abs((mpmath.mpf(float(mine)) - right) / right) < 200 * np.finfo(dtype).eps


LOGITS = [(50.0, 1.0, -3.0), (0.0, 9.0, 0.5), (-1.0, 0.0, 1.0), (2.0, -600.0, 90.0)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("logits", LOGITS, ids=str)
@pytest.mark.parametrize("chosen", range(3))
def test_gradients_of_classes_have_all_digits(logits, chosen, dtype):
    z = np.array([logits, (0.0, 0.0, 0.0)], dtype)
    p = probabilities(z[0])
    excess = [p[i] if i != chosen else p[i] - 1 for i in range(3)]
    agrees(grad(lambda z: nn.cross_entropy(z, [chosen, 0], "sum"))(z)[0], excess, dtype)
    agrees(grad(lambda z: -nn.log_softmax(z)[0, chosen])(z)[0], excess, dtype)
    agrees(grad(lambda z: autograd.softmax(z)[0, chosen])(z)[0], [-e * p[chosen] for e in excess], dtype)  # fmt: skip
    loss = -mpmath.log(p[chosen])
    agrees(nn.cross_entropy(z, [chosen, 0], "none")[0], [loss], dtype)
    if dtype is np.float64:
        curved = hessian(lambda z: nn.cross_entropy(z, [chosen]))(z[:1])[0, :, 0, :]
        agrees(curved[chosen, chosen], [-p[chosen] * excess[chosen]], dtype)


@pytest.mark.parametrize("z", [40.0, -40.0, 3.0, 0.0])
def test_gradients_of_bits_have_all_digits(z):
    for t in (0.0, 1.0, 0.25):
        exact = mpmath.exp(z) / (1 + mpmath.exp(z)) - t
        loss = nn.binary_cross_entropy_with_logits
        agrees(grad(loss)(np.array([z]), np.array([t])), [exact], float)


def test_a_certain_class_trains_on():
    z = Tensor([[60.0, 0.0]])
    nn.cross_entropy(z, [0]).backward()
    assert -1e-25 < z.grad[0, 0] < -1e-27
