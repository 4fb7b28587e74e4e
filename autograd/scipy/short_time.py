"""`scipy.signal.ShortTimeFFT` of signals and spectra that are nodes, with a constant window."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal as _original
import scipy.sparse

from autograd.errors import NoRuleError
from autograd.scipy import fft
from autograd.scipy.fallback import has_node
from autograd.scipy.filtering import detrend

#: SciPy's name of an extension -> arguments of `numpy.pad`.
_PADDING: dict[str, dict[str, Any]] = {
    "zeros": {"mode": "constant"},
    "edge": {"mode": "edge"},
    "even": {"mode": "reflect", "reflect_type": "even"},
    "odd": {"mode": "reflect", "reflect_type": "odd"},
}


class ShortTimeFFT(_original.ShortTimeFFT):  # type: ignore[misc]
    """Short-time Fourier transforms; see `scipy.signal.ShortTimeFFT`.

    Signals passed to `stft`, `stft_detrend` and `spectrogram`, and spectra passed to `istft`, may be
    nodes. The window and everything else are constants.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.signal import ShortTimeFFT
    >>> transform = ShortTimeFFT(np.ones(4), hop=4, fs=1.0)
    >>> grad(lambda x: np.sum(transform.spectrogram(x)))(np.array([1.0, 0.0, 0.0, 0.0])).round(9)
    array([6., 0., 0., 0.])
    """

    def __init__(self, win: Any, *arguments: Any, **keywords: Any) -> None:
        if has_node(win, arguments, keywords):
            raise NoRuleError(
                "ShortTimeFFT has no derivative by its window or by what else it is made of. Pass "
                "node.data, or multiply the signal."
            )
        super().__init__(win, *arguments, **keywords)

    def stft_detrend(
        self, x: Any, detr: Any, p0: Any = None, p1: Any = None, *, k_offset: int = 0,
        padding: Any = "zeros", axis: int = -1,
    ) -> Any:  # fmt: skip
        """Return the transform of each slice, after removing a trend from it."""
        if not has_node(x):
            return super().stft_detrend(
                x, detr, p0, p1, k_offset=k_offset, padding=padding, axis=axis
            )
        # SciPy checks the arguments, and says what to expect.
        super().stft_detrend(
            np.zeros(np.shape(x), x.dtype),
            detr,
            p0,
            p1,
            k_offset=k_offset,
            padding=padding,
            axis=axis,
        )
        x = np.moveaxis(x, axis, -1)
        first, last = self.p_range(np.shape(x)[-1], p0, p1)
        slices = self._slices(x, first, last, k_offset, padding)
        if detr is not None:
            slices = detrend(slices, type=detr) if isinstance(detr, str) else detr(slices)
        found = np.swapaxes(self._forward(slices * np.conj(self.win)), -1, -2)
        return np.moveaxis(found, -2, axis if axis >= 0 else axis - 1) if np.ndim(x) > 1 else found

    def _slices(self, x: Any, first: int, last: int, offset: int, padding: str) -> Any:
        """Return all slices: the last axis is inside of a slice, the one before counts them."""
        n, length = np.shape(x)[-1], (last - first) * self.hop
        start = first * self.hop - self.m_num_mid + offset
        stop = start + length + self.m_num
        inside = x[..., max(start, 0) : min(stop, n)]
        widths = [(0, 0)] * (np.ndim(x) - 1) + [(max(-start, 0), max(stop - n, 0))]
        whole = np.pad(inside, widths, **_PADDING[padding])
        return whole[..., np.arange(0, length, self.hop)[:, None] + np.arange(self.m_num)]

    def _forward(self, slices: Any) -> Any:
        """Return the transform of each slice."""
        if self.phase_shift is not None:
            missing = max(self.mfft - np.shape(slices)[-1], 0)
            slices = np.pad(slices, [(0, 0)] * (np.ndim(slices) - 1) + [(0, missing)])
            slices = np.roll(slices, -((self.phase_shift + self.m_num_mid) % self.m_num), axis=-1)
        if self.onesided_fft:
            return fft.rfft(slices, n=self.mfft, axis=-1) * self._doubling()
        found = fft.fft(slices, n=self.mfft, axis=-1)
        return fft.fftshift(found, axes=-1) if self.fft_mode == "centered" else found

    def _doubling(self) -> Any:
        """Return by what one-sided spectra are multiplied, for the frequencies that are left out."""
        factors = np.ones(self.f_pts)
        if self.fft_mode == "onesided2X":
            paired = slice(1, -1 if self.mfft % 2 == 0 else None)
            factors[paired] = np.sqrt(2) if self.scaling == "psd" else 2.0
        return factors

    def _backward(self, spectra: Any) -> Any:
        """Return the slice of each transform."""
        if self.onesided_fft:
            found = fft.irfft(spectra / self._doubling(), n=self.mfft, axis=-1)
        else:
            if self.fft_mode == "centered":
                spectra = fft.ifftshift(spectra, axes=-1)
            found = fft.ifft(spectra, n=self.mfft, axis=-1)
        if self.phase_shift is not None:
            found = np.roll(found, (self.phase_shift + self.m_num_mid) % self.m_num, axis=-1)
        return found[..., : self.m_num]

    def istft(
        self,
        S: Any,  # noqa: N803
        k0: int = 0,
        k1: Any = None,
        *,
        f_axis: int = -2,
        t_axis: int = -1,
    ) -> Any:
        """Return the signal of a transform."""
        if not has_node(S):
            return super().istft(S, k0, k1, f_axis=f_axis, t_axis=t_axis)
        checked = super().istft(
            np.zeros(np.shape(S), complex), k0, k1, f_axis=f_axis, t_axis=t_axis
        )
        parts = np.moveaxis(S, (f_axis, t_axis), (-1, -2))
        slices = self._backward(parts) * self.dual_win
        count = np.shape(parts)[-2]
        along = (
            f_axis % np.ndim(S) if f_axis % np.ndim(S) < np.ndim(checked) else t_axis % np.ndim(S)
        )
        length = np.shape(checked)[along if np.ndim(checked) > 1 else 0]
        times = (np.arange(count) + self.p_min)[:, None] * self.hop - self.m_num_mid - k0
        times = (times + np.arange(self.m_num)).ravel()
        used = np.flatnonzero((times >= 0) & (times < length))
        ones = np.ones(used.size, self.dual_win.real.dtype)
        overlap = scipy.sparse.csr_array((ones, (used, times[used])), (times.size, length))
        flat = np.reshape(slices, (-1, times.size))
        found = np.reshape(flat @ overlap, (*np.shape(parts)[:-2], length))
        return np.moveaxis(found, -1, along) if np.ndim(found) > 1 else found
