"""Functions that lose the derivative of a number in one line, which ends with ``# lost``."""

import functools
import json
import math

import numpy as np
from scipy.ndimage import gaussian_filter1d

from autograd import Tensor, no_grad


def predator_and_prey(p):
    y = Tensor([1.0, 0.5], requires_grad=False)
    for _ in range(3):
        slope = np.stack([p[0] * y[0] - p[1] * y[0] * y[1], p[1] * y[0] * y[1] - p[2] * y[1]])
        step = 0.1 / (1 + np.abs(slope.data).max())  # lost
        y = y + step * slope
    return np.sum(y**2)


def kalman(q):
    mean, variance, total = 0.0, 1.0, 0.0
    for z in (0.3, 0.5, -0.2):
        variance = variance + np.exp(q[0])
        spread = variance + np.exp(q[1])
        gain = variance.data / spread.data  # lost
        total = total + 0.5 * (z - mean) ** 2 / spread + 0.5 * np.log(spread)
        mean, variance = mean + gain * (z - mean), (1 - gain) * variance
    return total


def with_a_harmless_maximum(x):
    top = np.max(x.data)
    p = np.exp(x - top) / np.sum(np.exp(x - top))
    weight = np.sum(p**2).data  # lost
    return weight * np.sum(p * np.arange(len(x)))


def springs(q):
    total = 0.0
    for i in range(len(q) - 1):
        stretch = q[i + 1] - q[i] - 1.0
        stiffness = 1.0 + float(stretch.data) ** 2  # lost
        total = total + stiffness * stretch**2
    return total


def moving_average(x):
    mean = x[0]
    for i in range(1, len(x)):
        with no_grad():
            mean = 0.9 * mean + 0.1 * x[i]  # lost
    return mean * np.sum(x**2)


def unit(x):
    length = np.sqrt(np.sum(x**2))
    return x / length.detach()  # lost


def in_a_helper(x):
    return np.sum(np.sin(unit(x)))


def by_text(x):
    rate = json.loads(json.dumps({"rate": x.data.item(0)}))["rate"]  # lost
    return np.sum((np.exp(-rate * np.arange(4.0)) * x[1]) ** 2)


def by_scipy(x):
    smooth = gaussian_filter1d(x.data, 1.0)  # lost
    return np.sum((x - smooth) ** 4)


def in_a_list(x):
    parts = [np.mean(x**k) for k in range(1, 4)]
    numbers = np.array([float(part.data) for part in parts])  # lost
    return np.sum(numbers**2) + np.sum(np.sin(x))


@functools.cache
def kernel(a):
    return np.exp(-a * np.arange(5.0))


def cached(x):
    return np.sum(kernel(float(x.data[0])) * x[1] ** 2)  # lost


class Layer:
    def __init__(self, weights):
        self.weights = weights

    def __call__(self, x):
        self.out = np.tanh(self.weights @ x)
        self.scale = math.sqrt(np.sum(self.out.data**2))  # lost
        return self.out / self.scale


def network(w):
    layers = [Layer(w[:4].reshape(2, 2)), Layer(w[4:].reshape(2, 2))]
    x = np.array([0.3, -0.4])
    for layer in layers:
        x = layer(x)
    return np.sum(x * np.array([1.0, 2.0]))


def steps(x):
    value = x[0]
    for k in range(4):
        value = value * 0.9 + x[1] * k
        yield value.data  # lost


def in_a_generator(x):
    return sum(step**2 for step in steps(x)) * x[0]


def in_an_element(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = np.sum(x[: i + 1] ** 2).data  # lost
    return np.sum(out * x)


def in_one_branch(x):
    total = 0.0
    for v in x:
        total = total + (v**2 if v > 0.5 else v.data**3)  # lost
    return total


def in_one_of_many_terms(x):
    return (
        np.sum(x**2)
        + np.sum(np.sin(x.data))  # lost
        + np.prod(x)
    )


def twice(x):
    scale = np.sum(x.data**2)  # lost
    other = np.prod(x.data + 1)  # lost
    return np.sum(np.sin(x * scale) * other)


def of_everything(x):
    return float(np.sum(x**2).data)  # lost


CASES = {
    predator_and_prey: 3, kalman: 2, with_a_harmless_maximum: 3, springs: 4, moving_average: 3,
    in_a_helper: 3, by_text: 2, by_scipy: 5, in_a_list: 3, cached: 2, network: 8, in_a_generator: 2,
    in_an_element: 3, in_one_branch: 3, in_one_of_many_terms: 3, twice: 3, of_everything: 2,
}  # fmt: skip
