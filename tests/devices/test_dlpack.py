"""DLPack: memory that is shared with other libraries, and no derivative that is lost."""

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from autograd.devices import from_dlpack
from autograd.errors import DataError, GradientLostError


class Elsewhere:
    """An array on a device, which must not be read."""

    def __dlpack__(self, **options):
        raise AssertionError

    def __dlpack_device__(self):
        return (12, 0)


def exchanged(library, array):
    """Return the gradient that a library gets for a leaf of its own array."""
    x = from_dlpack(array, label="x")
    np.sum(x**3).backward()
    assert x.label == "x"
    return library.from_dlpack(x.grad)


def test_numpy_takes_and_gives_memory():
    array = np.arange(4.0)
    assert np.shares_memory(from_dlpack(array).data, array)
    np.testing.assert_array_equal(exchanged(np, array), 3 * array**2)
    constant = Tensor(array, requires_grad=False)
    assert np.from_dlpack(constant).dtype == array.dtype
    assert constant.__dlpack_device__() == (1, 0)
    assert from_dlpack(array, requires_grad=False).requires_grad is False


def test_pytorch_takes_and_gives_memory():
    torch = pytest.importorskip("torch")
    array = torch.arange(4, dtype=torch.float64)
    assert torch.equal(exchanged(torch, array), 3 * array**2)
    leaf = from_dlpack(array)
    array[0] = 7.0
    assert leaf.data[0] == 7.0
    assert torch.from_dlpack(Tensor(np.ones(2), requires_grad=False)).sum() == 2
    with pytest.raises((BufferError, RuntimeError), match="require gradient"):
        from_dlpack(torch.ones(2, requires_grad=True))


def test_jax_takes_and_gives_memory():
    jax = pytest.importorskip("jax")
    array = jax.numpy.arange(4, dtype=np.float32)
    found = exchanged(jax.dlpack, array)
    np.testing.assert_allclose(found, 3 * np.arange(4.0) ** 2)


@pytest.mark.parametrize("node", [Tensor([1.0]), 2 * Tensor([1.0])], ids=["leaf", "result"])
def test_a_derivative_is_not_passed_to_another_library(node):
    with pytest.raises(GradientLostError, match=r"by DLPack.*x\.data"):
        np.from_dlpack(node)
    with pytest.raises(GradientLostError, match="DLPack"):
        ag.grad(lambda x: np.sum(np.from_dlpack(x)))(np.ones(2))


@pytest.mark.parametrize(
    ("array", "text"), [([1.0], "write Tensor"), (Elsewhere(), "type 12, which neither")]
)
def test_what_cannot_be_read_is_refused(array, text):
    with pytest.raises(DataError, match=text):
        from_dlpack(array)
