"""Short-time Fourier transforms: SciPy's values, and derivatives of linear functions."""

import numpy as np
import pytest
import scipy.signal
from scipy_rules.derivatives import assert_derivatives

from autograd import Tensor, grad, jvp
from autograd.errors import NoRuleError
from autograd.scipy.signal import ShortTimeFFT

RANDOM = np.random.default_rng(3)
WINDOW = np.hanning(8)[1:] + 0.1
KINDS = [
    {"hop": 3},
    {"hop": 2, "fft_mode": "twosided", "mfft": 12},
    {"hop": 3, "fft_mode": "centered", "phase_shift": None},
    {"hop": 3, "fft_mode": "onesided2X", "mfft": 10, "scale_to": "psd"},
    {"hop": 2, "fft_mode": "onesided2X", "scale_to": "magnitude", "phase_shift": 2},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_short_time_transforms_match_scipy(kind):
    ours = ShortTimeFFT(WINDOW, fs=2.0, **kind)
    theirs = scipy.signal.ShortTimeFFT(WINDOW, fs=2.0, **kind)
    x, v = RANDOM.normal(size=(2, 26)), RANDOM.normal(size=(2, 26))
    calls = [
        lambda t, x: t.stft(x),
        lambda t, x: t.stft(x, 1, 4, k_offset=1, padding="odd"),
        lambda t, x: t.stft(x[0], padding="edge"),
        lambda t, x: t.stft(x.T, axis=0, padding="even"),
        lambda t, x: t.stft_detrend(x, "linear"),
    ]
    for call in calls:
        found = call(ours, Tensor(x))
        np.testing.assert_allclose(found.data, call(theirs, x), atol=1e-14)
        pushed = jvp(lambda x, c=call: c(ours, x))(x)(v)[1]
        np.testing.assert_allclose(pushed, call(theirs, v), atol=1e-13)
    spectrum = theirs.stft(x)
    for call in (
        lambda t, s: t.istft(s),
        lambda t, s: t.istft(s[0], 0, 20),
        lambda t, s: t.istft(s.T, 0, 26, f_axis=1, t_axis=0),
    ):
        found = call(ours, Tensor(spectrum))
        np.testing.assert_allclose(found.data, call(theirs, spectrum), atol=1e-14)
    back = ours.istft(ours.stft(Tensor(x)), 0, 26)
    np.testing.assert_allclose(back.data, x, atol=1e-13)
    at = np.cos(np.arange(26.0))
    energies = lambda x: np.sum(ours.spectrogram(x, detr="constant") ** 2)  # noqa: E731
    assert_derivatives(energies, x[0], at, h=1e-3)
    energy = grad(lambda x: np.sum(np.real(ours.istft(ours.stft(x), 0, 26)) ** 2))(x)
    np.testing.assert_allclose(energy, 2 * x, atol=1e-12)


def test_windows_that_are_nodes_are_refused():
    with pytest.raises(NoRuleError, match="by its window"):
        ShortTimeFFT(Tensor(WINDOW), 3, 1.0)
