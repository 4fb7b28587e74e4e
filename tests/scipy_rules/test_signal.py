"""Convolutions, compared with SciPy and with explicit sums."""

import itertools

import numpy as np
import pytest
import scipy.signal

from autograd import Tensor, grad
from autograd.errors import NoRuleError, ShapeError
from autograd.scipy import signal

random = np.random.default_rng(3)
real = random.standard_normal


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize(
    "shapes",
    [
        ((5,), (3,)),
        ((3,), (5,)),
        ((4, 4), (4, 4)),
        ((300,), (200,)),
        ((40, 30), (12, 9)),
        ((30, 31), (25, 28)),
    ],
)
def test_over_all_axes_convolve_matches_scipy(mode, shapes):
    a, b = real(shapes[0]), real(shapes[1])
    if mode == "same" and a.size < b.size:  # SciPy also returns the length of the first array here
        expected = scipy.signal.convolve(a, b, "full")[2:-2]
    else:
        expected = scipy.signal.convolve(a, b, mode)
    np.testing.assert_allclose(signal.convolve(a, b, mode=mode), expected, atol=1e-11)


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
def test_axes_can_be_kept_summed_and_convolved(mode):
    a, b = real((2, 5, 4, 3)), real((2, 4, 2, 3, 2))
    found = signal.convolve(a, b, axes=([1, 2], [2, 4]), dot_axes=([0, 3], [0, 3]), mode=mode)
    for i in range(4):
        expected = sum(
            scipy.signal.convolve(a[k, :, :, j], b[k, i, :, j, :], mode)
            for k, j in itertools.product(range(2), range(3))
        )
        np.testing.assert_allclose(found[i], expected, atol=1e-12)
    kept = signal.convolve(real((3, 5)), real((2, 4)), axes=([1], [1]), mode=mode)
    assert kept.shape[:2] == (3, 2)


def test_fft_convolution_has_the_same_derivatives():
    a, b = real((2, 100)), real((3, 80))
    weights = real((2, 3, 179))
    gradients = grad(lambda a, b: np.sum(weights * signal.convolve(a, b, axes=([1], [1]))), (0, 1))(
        a, b
    )
    for i, k in itertools.product(range(2), range(100)):
        shifted = np.zeros((3, 179))
        shifted[:, k : k + 80] = b
        np.testing.assert_allclose(gradients[0][i, k], np.sum(weights[i] * shifted), atol=1e-10)
    complex_result = signal.convolve(a[0] + 1j, b[0] * 1j)
    np.testing.assert_allclose(
        complex_result, scipy.signal.convolve(a[0] + 1j, b[0] * 1j), atol=1e-10
    )


def test_mismatched_arguments_are_rejected():
    a, b = np.ones((3, 4)), np.ones((4, 3))
    with pytest.raises(ShapeError, match="not one of"):
        signal.convolve(a, b, mode="circular")
    with pytest.raises(ShapeError, match="fit inside the other"):
        signal.convolve(a, b, mode="valid")
    with pytest.raises(ShapeError, match="as many axes"):
        signal.convolve(a, b, axes=([0], [0, 1]))
    with pytest.raises(ShapeError, match="an axis twice"):
        signal.convolve(a, b, axes=([0], [0]), dot_axes=([0], [1]))
    with pytest.raises(ShapeError, match="have lengths"):
        signal.convolve(a, b, axes=([1], [1]), dot_axes=([0], [0]))
    with pytest.raises(NoRuleError, match=r"scipy\.signal\.wiener"):
        signal.wiener(Tensor(np.ones(9)), 5)
    assert "convolve" in dir(signal)
