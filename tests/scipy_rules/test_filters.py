"""Recursive filters, windows and spectra of signals: values of SciPy, and derivatives."""

import numpy as np
import pytest
import scipy.signal

from autograd import Tensor, deriv, grad, hessian_vector_product, jit, vmap
from autograd.errors import AutogradError, ShapeError
from autograd.scipy import signal

#: Of some versions of SciPy, about options.
pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning:scipy", "ignore:The behavior of affine", "ignore:Input data is complex"
)

MODULES = (signal, scipy.signal)
RANDOM = np.random.default_rng(6)
X = RANDOM.normal(size=37)
ROWS = RANDOM.normal(size=(2, 37, 2))
B, A = np.array([0.4, 0.3, -0.2]), np.array([1.2, -0.5, 0.3, 0.1])
SOS = scipy.signal.butter(5, 0.3, output="sos")


def slope(f, p, direction, h=1e-3):
    near, far = (f(p + k * h * direction) - f(p - k * h * direction) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def assert_derivatives(f, p):
    direction = np.random.default_rng(1).normal(size=p.shape) * 0.1
    expected = slope(f, p, direction)
    assert np.sum(grad(f)(p) * direction) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert deriv(lambda s: f(p + s * direction))(0.0) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    found, expected = hessian_vector_product(f)(p, direction), slope(grad(f), p, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


CALLS = {  # functions of the module and a signal
    "lfilter": lambda m, x: m.lfilter(B, A, x),
    "lfilter fir": lambda m, x: m.lfilter(B, [2.0], x),
    "lfilter zi": lambda m, x: np.concatenate(m.lfilter(B, A, x, zi=np.array([0.3, -0.2, 0.5]))),
    "lfilter short": lambda m, x: np.concatenate(m.lfilter(B, A, x[:2], zi=np.array([0.3, -0.2, 0.5]))),
    "sosfilt": lambda m, x: m.sosfilt(SOS, x),
    "sosfilt zi": lambda m, x: m.sosfilt(SOS, x, zi=m.sosfilt_zi(SOS) * x[0])[0],
    "filtfilt": lambda m, x: m.filtfilt(B, A, x),
    "filtfilt even": lambda m, x: m.filtfilt(B, A, x, padtype="even", padlen=5),
    "filtfilt plain": lambda m, x: m.filtfilt(B, A, x, padtype=None),
    "sosfiltfilt": lambda m, x: m.sosfiltfilt(SOS, x, padtype="constant"),
    "detrend": lambda m, x: m.detrend(x, bp=[10, 22]) + m.detrend(x, type="constant"),
    **{
        f"savgol {mode}": lambda m, x, mode=mode: m.savgol_filter(x, 7, 3, deriv=1, delta=0.5, mode=mode, cval=0.2)
        for mode in ("interp", "mirror", "nearest", "wrap", "constant")
    },
    "savgol even": lambda m, x: m.savgol_filter(x, 6, 2, mode="mirror"),
    "hilbert": lambda m, x: np.abs(m.hilbert(x)) + np.abs(m.hilbert(x, 41)[:37]),
    **{f"resample {n}": lambda m, x, n=n: m.resample(x, n) for n in (20, 21, 37, 50, 51)},
    "resample even": lambda m, x: np.concatenate([m.resample(x[:36], n) for n in (20, 21, 50)]),
    "resample window": lambda m, x: m.resample(x, 20, window="hamming"),
    "resample complex": lambda m, x: np.concatenate([np.abs(m.resample(x[:36] * (1 + 2j) + 1j * x[1:], n)) for n in (20, 21, 50)]),
    "welch": lambda m, x: m.welch(x, 2.0, nperseg=12)[1],
    "welch options": lambda m, x: m.welch(x, 2.0, "boxcar", 9, 3, 16, "linear", True, "spectrum", average="median")[1],
    "welch complex": lambda m, x: m.welch(x + 1j * x[::-1], nperseg=9)[1],
    "csd": lambda m, x: np.abs(m.csd(x, x[::-1] ** 2, nperseg=12)[1]),
    "periodogram": lambda m, x: m.periodogram(x, window="hann", nfft=40)[1],
    "stft": lambda m, x: np.abs(m.stft(x, 2.0, nperseg=12, noverlap=8)[2]),
    "stft options": lambda m, x: np.abs(m.stft(x, nperseg=9, boundary="even", detrend="constant", scaling="psd")[2]),
    "istft": lambda m, x: m.istft(m.stft(x, nperseg=12)[2] * np.linspace(0.5, 1, 7)[:, None], nperseg=12)[1],
    "coefficients": lambda m, x: m.filtfilt(x[:3], np.concatenate([[1.0], x[3:5] / 9]), x),
    "sections": lambda m, x: m.sosfiltfilt(np.concatenate([x[:3], [1.0], x[3:5] / 9])[None], x),
    "states": lambda m, x: m.lfilter_zi(x[:3], np.concatenate([[1.0], x[3:6] / 9])),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_functions_of_signals_match_scipy(name):
    found, expected = CALLS[name](signal, Tensor(X)).data, CALLS[name](scipy.signal, X)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert_derivatives(lambda x: np.sum(np.sin(CALLS[name](signal, x))), X)


@pytest.mark.parametrize("axis", [1, -2])
def test_signals_along_any_axis(axis):
    for f in (
        lambda m, x: m.lfilter(B, A, x, axis),
        lambda m, x: m.filtfilt(B, A, x, axis),
        lambda m, x: m.sosfilt(SOS, x, axis),
        lambda m, x: m.detrend(x, axis),
        lambda m, x: m.savgol_filter(x, 7, 2, axis=axis),
        lambda m, x: m.resample(x, 20, axis=axis),
        lambda m, x: m.welch(x, nperseg=9, axis=axis)[1],
        lambda m, x: np.real(m.stft(x, nperseg=8, axis=axis)[2]),
        lambda m, x: np.imag(m.hilbert(x, axis=axis)),
    ):
        np.testing.assert_allclose(
            f(signal, Tensor(ROWS)).data, f(scipy.signal, ROWS), rtol=1e-9, atol=1e-12
        )


def test_coefficients_of_filters_have_derivatives():
    def total(p):
        y, state = signal.lfilter(p[:3], p[3:7], X[:9], zi=p[7:10])
        return np.sum(y**2) + np.sum(state * np.array([1.0, 2.0, 3.0]))

    assert_derivatives(total, np.concatenate([B, A, [0.3, -0.2, 0.5]]))


def test_transforms_of_filters():
    loss = lambda x, a: np.sum(signal.lfilter(B, a, x) ** 2) + np.sum(signal.welch(x, nperseg=9)[1])  # noqa: E731
    expected = grad(loss, (0, 1))(X, A)
    run = jit(grad(loss, (0, 1)))
    for _ in range(2):
        for one, other in zip(run(X, A), expected, strict=True):
            np.testing.assert_allclose(one, other)
    np.testing.assert_allclose(
        vmap(grad(loss), (0, None))(np.stack([X, 2 * X]), A)[1], grad(loss)(2 * X, A)
    )


def test_wrong_signals_are_named():
    for call, kind, message in (
        (
            lambda: signal.lfilter(B, A, Tensor(X), zi=np.zeros(2)),
            ShapeError,
            "last axis must have length 3",
        ),
        (lambda: signal.lfilter(B, [0.0], Tensor(X)), ValueError, "must not be 0"),
        (lambda: signal.filtfilt(B, A, Tensor(X[:5])), ValueError, "padlen"),
        (
            lambda: signal.filtfilt(B, A, Tensor(X), method="gust"),
            AutogradError,
            'Use method="pad"',
        ),
        (lambda: signal.sosfilt(np.ones((2, 5)), Tensor(X)), ShapeError, "six coefficients"),
        (lambda: signal.detrend(Tensor(X), type="curve"), AutogradError, "type='curve'"),
        (lambda: signal.wiener(Tensor(X)), AutogradError, "no derivative rule"),
    ):
        with pytest.raises(kind, match=message):
            call()
