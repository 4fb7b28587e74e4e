"""A Tensor can hold arrays of other libraries that follow NumPy's protocols."""

import array

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.engine.wrapped import NODE_MAKERS
from autograd.errors import AutogradError


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


class Labelled(np.lib.mixins.NDArrayOperatorsMixin):
    """Numbers with labels, as pandas and xarray have them: ufuncs keep these, NumPy's functions do not."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)
        self.shape, self.dtype = self.numbers.shape, self.numbers.dtype

    def __array__(self, dtype=None, copy=None):
        return self.numbers

    def to_numpy(self):
        return self.numbers

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        plain = [x.numbers if isinstance(x, Labelled) else x for x in inputs]
        return Labelled(getattr(ufunc, method)(*plain, **keywords))


class Measured(Labelled):
    """Numbers with a unit, as pint has them: it makes no arrays of plain numbers."""

    def __array_function__(self, function, types, arguments, keywords):
        if "like" in keywords or function is np.arange:
            return NotImplemented
        return Measured(function(*[getattr(x, "numbers", x) for x in arguments], **keywords))


class Buffer:
    """An array of a library that knows nothing of NumPy's protocols, as PyTorch's."""

    def __init__(self, numbers):
        self.__dlpack__, self.__array__ = numbers.__dlpack__, numbers.__array__

    __dlpack__ = __array__ = None


OTHERS = {
    "masked": np.ma.array([1.0, 2.0], mask=[0, 1]),
    "matrix": np.ones((2, 1)).view(np.matrix),
    "unit": np.ones(2).view(Quantity),
    "labels": Labelled([1.0, 2.0]),
    "wrapped unit": Measured([1.0, 2.0]),
}
USES = {
    "Tensor": Tensor,
    "Parameter": nn.Parameter,
    "argument": autograd.grad(np.sum),
    "operand": lambda x: Tensor(np.ones(2)) * x,
    "operand of a number": lambda x: autograd.Value(2.0) * x,
    "ufunc": lambda x: np.multiply(Tensor(np.ones(2)), x),
    "choice": lambda x: np.where(np.array([True, False]), Tensor(np.ones(2)), x),
    "list": lambda x: np.stack([Tensor(np.ones(2)), x]),
    "keyword": lambda x: np.clip(Tensor(np.ones(2)), a_min=x, a_max=9.0),
    "assigned": lambda x: Tensor(np.ones(2)).__setitem__(slice(None), x),
    "cotangent": lambda x: (2 * Tensor(np.ones(2))).backward(x),
    "grad": lambda x: setattr(Tensor(np.ones(2)), "grad", x),
    "data": lambda x: setattr(Tensor(np.ones(2)), "data", x),
    "tangent": lambda x: autograd.make_jvp(np.sin)(np.ones(x.shape))(x),
    "loss": lambda x: nn.mse(Tensor(np.ones(2)), x),
    "check": lambda x: autograd.check_gradients(np.sum, x),
    "vmap": lambda x: autograd.vmap(lambda y: y * Tensor(1.0))(x),
}


@pytest.mark.each("use", list(USES))
@pytest.mark.parametrize("kind", OTHERS)
def test_arrays_with_rules_of_their_own_are_refused(use, kind):
    with pytest.raises(
        AutogradError, match=r"lose its mask|numpy\.matrix|rules of its own|get no axis"
    ):
        USES[use](OTHERS[kind])
    assert use != "Tensor" or kind != "labels" or "x.to_numpy()" in refusal(Tensor, OTHERS[kind])


def test_a_type_that_a_library_declares_is_taken_for_plain(monkeypatch):
    class Declared(Quantity):
        pass

    assert "rules of its own" in refusal(Tensor, np.ones(2).view(Declared))
    monkeypatch.setitem(NODE_MAKERS, Declared, lambda value, *_: Tensor(value))
    np.testing.assert_array_equal(
        autograd.grad(lambda x: np.sum(x * x))(np.ones(2).view(Declared)), [2, 2]
    )


def test_labels_of_an_index_do_not_count():
    node, mask = Tensor(np.arange(3.0)), np.array([True, False, True])
    for index in (Labelled(mask), (Labelled(np.array([0, 2])),)):
        part = node[index]
        np.testing.assert_array_equal(part.data, [0.0, 2.0])
        assert type(part.parents[0]) is Tensor
        filled = node * 1.0
        filled[index] = 9.0
        np.testing.assert_array_equal(filled.data, [9.0, 1.0, 9.0])
        slopes = autograd.gradients(np.sum(part**2) + np.sum(filled), [node])
        np.testing.assert_array_equal(slopes[0], [0.0, 1.0, 4.0])
    masked = np.ma.array(mask, mask=[True, False, False])
    assert "lose its mask" in refusal(lambda: node[masked])
    assert "lose its mask" in refusal(lambda: node[(masked,)])
    assert "lose its mask" in refusal(lambda: node.__setitem__(masked, 1.0))


def refusal(function, *arguments):
    with pytest.raises(AutogradError) as caught:
        function(*arguments)
    return str(caught.value)


def test_arrays_without_rules_of_their_own_are_converted():
    numbers = np.arange(4.0)
    for x in (
        memoryview(numbers),
        numbers.view(np.recarray),
        array.array("d", numbers),
        list(numbers),
    ):
        node = Tensor(x)
        (node * 2).backward(x)
        np.testing.assert_array_equal(node.grad, 2 * numbers)
        assert type(node.data) is type(node.grad) is np.ndarray
        node.grad = x
        assert type(node.grad) is np.ndarray
        np.testing.assert_array_equal(np.multiply(x, node).data, numbers**2)


def test_what_is_no_array_of_numbers_is_refused():
    node = Tensor(np.ones(2))
    texts = np.array(["1", "2"])
    assert "an array of <U1" in refusal((2 * node).backward, texts)
    assert "an array of <U1" in refusal(setattr, node, "grad", texts)
    assert "is no array of numbers" in refusal(Tensor, object())
    assert "from_dlpack" in refusal(lambda: node * Buffer(np.ones(2)))
