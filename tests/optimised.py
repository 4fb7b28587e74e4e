"""Parameters with gradients, for the tests of optimisers."""

import numpy as np

from autograd import Tensor


def with_gradients(*shapes, dtype=np.float64, seed=0):
    random = np.random.default_rng(seed)
    parameters = [Tensor(np.asarray(random.normal(size=shape), dtype)) for shape in shapes]
    for parameter in parameters:
        parameter.grad = np.asarray(random.normal(size=parameter.shape), dtype)
    return parameters


def numbers(parameters):
    return [np.array(parameter.data) for parameter in parameters]


def assert_same(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
