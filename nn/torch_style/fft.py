"""PyTorch's ``torch.fft``: discrete Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import made, tensor_held
from nn.torch_style.calls import summary
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import DEFAULT, array_type

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift",
    "ihfft", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip


def _along(function: Any) -> Callable[..., Tensor]:
    """Return a transform of one axis."""

    def call(input: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Tensor:
        return made(function(tensor_held(input), n, dim, norm))

    call.__name__, call.__doc__ = function.__name__, summary(function)
    return call


def _of_axes(function: Any, usual: Any = None) -> Callable[..., Tensor]:
    """Return a transform of several axes."""

    def call(input: Any, s: Any = None, dim: Any = usual, norm: Any = None) -> Tensor:
        x = tensor_held(input)
        if s is not None and dim is None:  # NumPy's default is deprecated
            dim = tuple(range(x.ndim - len(s), x.ndim))
        return made(function(x, s, dim, norm))

    call.__name__, call.__doc__ = function.__name__, summary(function)
    return call


fft, ifft, rfft = _along(np.fft.fft), _along(np.fft.ifft), _along(np.fft.rfft)
irfft, hfft, ihfft = _along(np.fft.irfft), _along(np.fft.hfft), _along(np.fft.ihfft)
fft2, ifft2 = _of_axes(np.fft.fft2, (-2, -1)), _of_axes(np.fft.ifft2, (-2, -1))
rfft2, irfft2 = _of_axes(np.fft.rfft2, (-2, -1)), _of_axes(np.fft.irfft2, (-2, -1))
fftn, ifftn = _of_axes(np.fft.fftn), _of_axes(np.fft.ifftn)
rfftn, irfftn = _of_axes(np.fft.rfftn), _of_axes(np.fft.irfftn)


def fftshift(input: Any, dim: Any = None) -> Tensor:
    """Return a spectrum with the frequency 0 in the middle."""
    return made(np.fft.fftshift(tensor_held(input), dim))


def ifftshift(input: Any, dim: Any = None) -> Tensor:
    """Return a spectrum with the frequency 0 at the beginning."""
    return made(np.fft.ifftshift(tensor_held(input), dim))


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Return the frequencies of `fft`."""
    wanted = DEFAULT.array if dtype is None else array_type(dtype)
    return made(np.fft.fftfreq(n, d).astype(wanted))


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Return the frequencies of `rfft`."""
    wanted = DEFAULT.array if dtype is None else array_type(dtype)
    return made(np.fft.rfftfreq(n, d).astype(wanted))


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.fft", name, __all__))
