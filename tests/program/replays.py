"""Record a sample of a rule as a program, and compare replays with eager calls, bit by bit."""

import warnings

import numpy as np
from rules.checks import call, weights_like

import autograd
from autograd.program.running import GuardFailed


def arrays(sample, seed=0):
    """Return the inputs of a sample as arrays; for other seeds others of the same shapes."""
    random = np.random.default_rng(len(str(seed)))
    return [changed(np.array(x), seed, random) for x in sample.inputs]


def changed(x, seed, random):
    """Return nearby numbers, other layouts in memory, or numbers where formulas have limits."""
    if x.dtype.kind not in "fc" or not seed:
        return x
    near = np.asarray(x * random.uniform(0.97, 1.03, x.shape), x.dtype)
    if seed == "layout":
        return np.array(near, order="F")
    flat = near.reshape(-1)
    if seed == "zeros":
        flat[: flat.size // 2 + 1] = 0
    elif seed == "equal":
        flat[: flat.size // 2 + 1] = flat[:1]
    elif seed == "large":
        flat[::2] *= 50
    elif seed == "special":
        flat[:3] = (np.inf, np.nan, -np.inf)[: flat.size]
    return near


def varying(inputs):
    """Return the positions of the inputs that derivatives are taken for."""
    return tuple(i for i, x in enumerate(inputs) if x.dtype.kind in "fc")


def value(sample):
    return lambda *x: call(sample, x)


def total(sample):
    """Return a weighted sum of the results, which are real."""

    def weighed(*x):
        result = call(sample, x)
        return np.sum(np.real(weights_like(result) * result))

    return weighed


def gradient(sample):
    return lambda *x: autograd.grad(total(sample), varying(x))(*x)


def shared(sample):
    """Use each input several times, so that its derivatives are added."""

    def several(*x):
        more = sum(np.sum(np.real(x[i] * x[i])) for i in varying(x))
        return total(sample)(*x) + total(sample)(*x) * more

    return lambda *x: autograd.grad(several, varying(x))(*x)


def backward(sample):
    """Return the derivatives that `backward` leaves in Tensors."""

    def gradients(*x):
        nodes = [autograd.Tensor(item) for item in x]
        result = call(sample, nodes)
        result.backward(weights_like(result))
        return [node.grad for node in nodes]

    return gradients


def forward(sample):
    """Return the change of the results when each input grows in proportion."""

    def change(*x):
        numbers = varying(x)
        return autograd.make_jvp(lambda *y: call(sample, y), numbers)(*x)(
            tuple(0.5 * x[i] for i in numbers)
        )

    return change


def second(sample):
    """Return the product of the Hessian with the inputs."""

    def product(*x):
        def slope(*y):
            found = autograd.grad(total(sample), varying(x))(*y)
            return sum(np.sum(np.real(g * x[i])) for g, i in zip(found, varying(x), strict=True))

        return autograd.grad(slope, varying(x))(*x)

    return product


MODES = {
    "value": value,
    "gradient": gradient,
    "shared": shared,
    "backward": backward,
    "forward": forward,
    "second": second,
}


def data_of(result):
    """Return results without nodes."""
    if isinstance(result, (tuple, list)):
        return [data_of(item) for item in result]
    return result.data if isinstance(result, autograd.Tensor) else result


def identity(result):
    """Return what has to be the same: types, shapes and bytes."""
    if isinstance(result, list):
        return [identity(item) for item in result]
    array = np.array(result)
    if array.dtype.kind in "fc":
        for part in (array.real, array.imag) if array.dtype.kind == "c" else (array,):
            part[np.isnan(part)] = np.nan  # NaNs with other signs are the same
    return (type(result), array.shape, array.dtype, array.tobytes())


def outcome(function, arguments):
    """Return the result of a call and its warnings, or its error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = data_of(function(*[np.copy(x) for x in arguments]))
        except GuardFailed:
            raise
        except Exception as error:
            return type(error), str(error), None
    return None, found, sorted({str(w.message) for w in caught})


def recorded(sample, mode):
    """Return the program of one call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return autograd.trace(MODES[mode](sample))(*arrays(sample))
