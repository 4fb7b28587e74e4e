"""PyTorch's names on Tensors: they do what NumPy's do, or say what to write."""

import warnings

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, check_gradients
from autograd.engine.missing import HINTS
from autograd.errors import GradientLostError, OptionError, ShapeError

X = np.random.default_rng(0).normal(size=(2, 3, 4))
M = X[0]

#: A call with PyTorch's names, what NumPy computes, and the input.
ALIASES = {
    "view": (lambda x: x.view(6, -1), lambda x: x.reshape(6, 4), X),
    "view of a tuple": (lambda x: x.view((3, 8)), lambda x: x.reshape(3, 8), X),
    "view alone": (lambda x: x.view(), lambda x: x, X),
    "unsqueeze": (lambda x: x.unsqueeze(1), lambda x: x[:, None], X),
    "unsqueeze at the end": (lambda x: x.unsqueeze(-1), lambda x: x[..., None], X),
    "squeeze": (lambda x: x.unsqueeze(0).squeeze(dim=0), lambda x: x, X),
    "permute": (lambda x: x.permute(2, 0, 1), lambda x: x.transpose(2, 0, 1), X),
    "permute of a tuple": (lambda x: x.permute((2, 0, 1)), lambda x: x.transpose(2, 0, 1), X),
    "t": (lambda x: x.t(), lambda x: x.T, M),
    "clone": (lambda x: x.clone(), lambda x: x, X),
    "contiguous": (lambda x: x.swapaxes(0, 1).contiguous(), lambda x: x.swapaxes(0, 1), X),
    "cpu": (lambda x: x.cpu(), lambda x: x, X),
    "to a device": (lambda x: x.to("cpu", non_blocking=True), lambda x: x, X),
    "to a type": (lambda x: x.to(np.float64), lambda x: x, X),
    "to the type of another": (lambda x: x.to(np.ones(2)), lambda x: x, X),
    "type_as": (lambda x: x.type_as(np.ones(2)), lambda x: x, X),
    "double": (lambda x: x.double(), lambda x: x, X),
    "clamp": (lambda x: x.clamp(-0.5, 0.7), lambda x: x.clip(-0.5, 0.7), X),
    "clamp min": (lambda x: x.clamp(min=0), lambda x: np.maximum(x, 0), X),
    "pow": (lambda x: x.pow(2), lambda x: x**2, X),
    "matmul": (lambda x: x.matmul(np.ones((4, 2))), lambda x: x @ np.ones((4, 2)), X),
    "mm": (lambda x: x.mm(np.ones((4, 2))), lambda x: x @ np.ones((4, 2)), M),
    "bmm": (lambda x: x.bmm(np.ones((2, 4, 2))), lambda x: x @ np.ones((2, 4, 2)), X),
    "masked_fill": (lambda x: x.masked_fill(X > 0, 3), lambda x: np.where(X > 0, 3, x), X),
    "expand": (
        lambda x: x.unsqueeze(0).expand(5, -1, -1),
        lambda x: np.broadcast_to(x, (5, 3, 4)),
        M,
    ),
    "expand with new axes": (
        lambda x: x.expand(2, 3, -1),
        lambda x: np.broadcast_to(x, (2, 3, 4)),
        M[:1],
    ),
    "flip": (lambda x: x.flip(0, 2), lambda x: x[::-1, :, ::-1], X),
    "flip of a list": (lambda x: x.flip([0, 2]), lambda x: x[::-1, :, ::-1], X),
    "flatten": (lambda x: x.flatten(), lambda x: x.ravel(), X),
    "flatten(1)": (lambda x: x.flatten(1), lambda x: x.reshape(2, 12), X),
    "flatten(0, 1)": (lambda x: x.flatten(0, 1), lambda x: x.reshape(6, 4), X),
    "flatten(-2)": (lambda x: x.flatten(-2), lambda x: x.reshape(2, 12), X),
    "flatten(0) of a number": (lambda x: x.flatten(0), lambda x: x.reshape(1), np.array(0.5)),
    "flatten(start_dim=)": (lambda x: x.flatten(start_dim=1), lambda x: x.reshape(2, 12), X),
    "sum": (lambda x: x.sum(dim=1, keepdim=True), lambda x: x.sum(1, keepdims=True), X),
    "sum of two": (lambda x: x.sum(dim=[0, 2]), lambda x: x.sum((0, 2)), X),
    "sum kept": (lambda x: x.sum(1, keepdim=True), lambda x: x.sum(1, keepdims=True), X),
    "mean": (lambda x: x.mean(dim=-1), lambda x: x.mean(-1), X),
    "prod": (lambda x: x.prod(dim=1), lambda x: x.prod(1), X),
    "cumsum": (lambda x: x.cumsum(dim=1), lambda x: x.cumsum(1), X),
    "cumprod": (lambda x: x.cumprod(dim=1), lambda x: x.cumprod(1), X),
}


@pytest.mark.each("name", list(ALIASES))
def test_an_alias_has_numpys_value_and_derivative(name):
    ours, numpys, x = ALIASES[name]
    found = ours(Tensor(x))
    np.testing.assert_array_equal(found.data, numpys(x))
    weights = np.cos(np.arange(found.data.size)).reshape(found.shape)
    check_gradients(lambda t: np.sum(ours(t) * weights), x)


def test_plain_results_have_pytorchs_names():
    t = Tensor(X)
    assert (t.size, t.numel(), t.dim()) == (24, 24, 3)
    assert t.device == "cpu"
    np.testing.assert_array_equal(t.argmax(dim=1, keepdim=True), X.argmax(1, keepdims=True))
    np.testing.assert_array_equal(t.argmin(dim=0), X.argmin(0))
    np.testing.assert_array_equal((t > 9).any(axis=0), (X > 9).any(0))
    np.testing.assert_array_equal(t.all(dim=0, keepdim=True), X.all(0, keepdims=True))
    constant = t.detach()
    assert constant.numpy() is constant.data
    assert (constant.long() == X.astype(int)).all()
    assert constant.int().dtype == np.int32
    assert (t.float().dtype, t.half().dtype) == (np.float32, np.float16)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: t.max(dim=1), OptionError, r"x.max\(axis=dim\) and x.argmax\(axis=dim\)"),
        (lambda t: t.min(dim=1, keepdim=True), OptionError, r"x.argmin\(axis=dim\)"),
        (lambda t: t.std(dim=1), OptionError, r"x.std\(axis=dim, ddof=1\)"),
        (lambda t: t.var(unbiased=False), OptionError, r"x.var\(axis=dim, ddof=1\)"),
        (lambda t: t.sum(axis=1, dim=1), OptionError, "two names"),
        (lambda t: t.cumsum(0, dim=1), OptionError, "two names"),
        (lambda t: t.cumprod(0, dim=1), OptionError, "two names"),
        (lambda t: t.squeeze(0, dim=1), OptionError, "two names"),
        (lambda t: t.flatten(5), np.exceptions.AxisError, "axis 5"),
        (lambda t: t.flatten(0, 3), np.exceptions.AxisError, "axis 3"),
        (lambda t: t.flatten(2, 1), ShapeError, "axes 2 to 1"),
        (lambda t: t.transpose(1, 2), ShapeError, r"x.swapaxes\(1, 2\)"),
        (lambda t: t.t(), ShapeError, "x.mT"),
        (lambda t: t.numpy(), GradientLostError, r"x.detach\(\).numpy\(\)"),
        (lambda t: t.long(), GradientLostError, "astype"),
        (lambda t: t.to("cuda:0"), OptionError, "no device 'cuda:0'"),
        (lambda t: t.to(device="mps"), OptionError, "no device 'mps'"),
        (lambda t: t.something, AttributeError, "no attribute 'something'"),
    ],
)
def test_what_clashes_or_misleads_says_what_to_write(call, error, message):
    with pytest.raises(error, match=message):
        call(Tensor(X))


@pytest.mark.each("name", list(HINTS))
def test_what_a_tensor_lacks_says_what_to_write(name):
    with pytest.raises(AttributeError, match=f"{name}: write ") as caught:
        getattr(Tensor(X), name)
    assert caught.value.name == name
    assert not hasattr(np.ndarray, name)
    assert getattr(Tensor(X), name, None) is None
    assert name not in dir(Tensor(X))


def test_two_axes_that_stay_in_order_warn():
    t = Tensor(M)
    for axes in ((0, 1), (-2, -1)):
        with pytest.warns(UserWarning, match=r"swapaxes\(.* or x.T") as caught:
            assert t.transpose(*axes).shape == M.shape
        assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        t.transpose(1, 0)
        t.transpose()
        t.transpose((0, 1))
        np.transpose(t, (0, 1))
        t.swapaxes(0, 1)


def test_the_names_work_in_programs_and_on_values():
    f = autograd.jit(lambda x: x.view(6, -1).sum(dim=0).unsqueeze(0) * x.shape[1])
    np.testing.assert_allclose(f(Tensor(X)).data, 3 * X.reshape(6, 4).sum(0)[None])
    assert Value(2.0).sum(dim=None).item() == 2.0
