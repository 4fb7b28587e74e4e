"""Compare a batched call with a loop over the entries."""

import zlib

import numpy as np

import autograd
from autograd import vmap
from autograd.transforms import make_jvp

#: The entries of a batch, and the axes that count them.
SIZE = 3
AXES = (0, -1, None)


def batch_of(x, axis, random):
    """Return an array with an axis for the batch, whose entries are near `x`."""
    x = np.asarray(x)
    if axis is None:
        return x
    if x.dtype.kind not in "fc":
        return np.stack([x] * SIZE, axis)
    factors = 1 + 0.02 * random.uniform(-1, 1, SIZE)
    return np.stack([np.asarray(x * f, x.dtype) for f in factors], axis)


def entry(x, axis, i):
    return x if axis is None else np.take(x, i, axis)


def chosen(inputs, name):
    """Return batches of some inputs, and their axes: random ones, at least one of them not None."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    axes = [AXES[random.integers(3)] for _ in inputs]
    axes[random.integers(len(inputs))] = AXES[random.integers(2)]
    batches = [batch_of(x, a, random) for x, a in zip(inputs, axes, strict=True)]
    return batches, tuple(axes)


def check(function, inputs, axes, rtol=1e-10, outer=lambda f: f):
    """Compare results; return the names of what `vmap` has called in a loop."""
    batched = vmap(function, axes)
    found = outer(batched)(*inputs)
    expected = [
        function(*[entry(x, a, i) for x, a in zip(inputs, axes, strict=True)]) for i in range(SIZE)
    ]
    close(found, expected, rtol)
    return batched.looped


def close(found, expected, rtol=1e-10):
    """Check the results of all calls against those of each one."""
    if isinstance(found, (tuple, list)):
        for part, each in zip(found, zip(*expected, strict=True), strict=True):
            close(part, each, rtol)
        return
    plain = [e.data if isinstance(e, autograd.Node) else e for e in expected]
    expected = np.stack([np.asarray(e) for e in plain])
    found = found.data if isinstance(found, autograd.Node) else found
    assert type(found) is np.ndarray
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1e-3)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale)


def weights_of(result, seed=1):
    """Return fixed random weights of the shape and kind of a result."""
    random = np.random.default_rng(seed)
    weights = random.uniform(0.5, 1.5, np.shape(result))
    return weights + 1j * weights[::-1] if np.ndim(weights) and np.iscomplexobj(result) else weights


def total(function, weights):
    """Return a function of one real number: a weighted sum of the results."""
    return lambda *x: np.sum(np.real(function(*x) * weights))


def pushed(function, inputs):
    """Return a function that pushes tangents through, of all arguments at once."""
    tangents = tuple(np.cos(np.asarray(x, np.asarray(x).dtype)) for x in inputs)

    def of(*arguments):
        return make_jvp(function, tuple(range(len(inputs))))(*arguments)(tangents)[1]

    return of


def again(gradient, numbers):
    """Return the gradient of a weighted sum of a gradient."""

    def second(*x):
        def inner(*y):
            full = list(x)
            for i, each in zip(numbers, y, strict=True):
                full[i] = each
            return sum(np.sum(np.real(d * waves(d))) for d in gradient(*full))

        return autograd.grad(inner, tuple(range(len(numbers))))(*[x[i] for i in numbers])

    return second


def waves(x):
    return np.cos(np.arange(np.size(x))).reshape(np.shape(x))
