"""A Tensor can hold arrays of other libraries that follow NumPy's protocols."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.errors import DataError


class Foreign(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that NumPy cannot read, like one on another device."""

    def __init__(self, inside):
        self.inside = inside

    def __array__(self, *_, **__):
        raise TypeError("this array must not be brought here")

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return wrapped(getattr(ufunc, method)(*bare(inputs), **bare(keywords)))

    def __array_function__(self, function, types, arguments, keywords):
        return wrapped(function(*bare(arguments), **bare(keywords)))

    def __getitem__(self, index):
        return wrapped(self.inside[bare(index)])

    def __getattr__(self, name):
        found = getattr(self.inside, name)
        if callable(found):
            return lambda *a, **k: wrapped(found(*bare(a), **bare(k)))
        return wrapped(found)


def bare(x):
    if isinstance(x, Foreign):
        return x.inside
    if isinstance(x, (tuple, list)):
        return type(x)(bare(part) for part in x)
    if isinstance(x, dict):
        return {key: bare(part) for key, part in x.items()}
    return x


def wrapped(x):
    return Foreign(x) if isinstance(x, (np.ndarray, np.generic)) else x


def network(x, w, b):
    h = np.tanh(x @ w + b)
    shifted = (h - h.mean(axis=0)) / (h.std(axis=0) + 0.1)
    return (autograd.softmax(shifted) * h**2).sum() + np.exp(-h).mean() + abs(b).sum()


@pytest.mark.parametrize("create_graph", [False, True])
def test_rules_work_on_other_array_libraries(create_graph):
    random = np.random.default_rng(3)
    arrays = [random.normal(size=shape) for shape in ((5, 3), (3, 4), (4,))]
    ours = [Tensor(a) for a in arrays]
    network(*ours).backward(create_graph=create_graph)
    foreign = [Tensor(Foreign(a)) for a in arrays]
    result = network(*foreign)
    assert isinstance(result.data, Foreign)
    result.backward(create_graph=create_graph)
    for mine, other in zip(ours, foreign, strict=True):
        expected = mine.grad.data if create_graph else mine.grad
        found = other.grad.data if create_graph else other.grad
        assert isinstance(found, Foreign)
        np.testing.assert_allclose(found.inside, expected, rtol=1e-12)


class Quantity(np.ndarray):
    """Numbers with a unit, as unyt and astropy have them."""

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        plain = [np.asarray(x) if isinstance(x, Quantity) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **keywords).view(Quantity)


OTHERS = {"masked": np.ma.array([1.0, 2.0], mask=[0, 1]), "unit": np.ones(2).view(Quantity)}


@pytest.mark.parametrize("x", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize(
    "use",
    [
        Tensor,
        autograd.grad(np.sum),
        lambda x: Tensor(np.ones(2)) * x,
        lambda x: nn.mse(Tensor(np.ones(2)), x),
        lambda x: autograd.check_gradients(np.sum, x),
        autograd.vmap(np.sin),
    ],
)
def test_arrays_with_rules_of_their_own_are_refused(use, x):
    with pytest.raises(DataError, match=r"would lose its mask|rules of its own"):
        use(x)
