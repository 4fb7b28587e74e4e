"""`scipy.fft` with derivatives: Fourier, cosine and sine transforms.

Fourier transforms of nodes are those of `numpy.fft`. The cosine and sine transforms along one axis
have one row each; along several axes they are compositions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft as _original

from autograd.engine import Primitive as _Primitive
from autograd.rules.fourier import INVERSE as _INVERSE
from autograd.rules.fourier import along as _along
from autograd.rules.fourier import fitted as _fitted
from autograd.rules.shapes import along_axis as _along_axis
from autograd.rules.table import linear as _linear
from autograd.scipy.fallback import in_place_of as _in_place_of
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.lists import take_lists as _take_lists

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.fft")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


def _counterpart(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the counterpart of the function of this name in `scipy.fft`."""
    function.__name__, function.__doc__ = name, f"`scipy.fft.{name}` with derivatives."
    return _in_place_of(getattr(_original, name))(function)


# -- Fourier ----------------------------------------------------------------------------------


def _as_numpy(name: str, several: bool) -> Callable[..., Any]:
    """Return a transform that calls `numpy.fft` for nodes."""
    numpys = getattr(np.fft, name)

    def of_one_axis(
        x: Any, n: Any = None, axis: int = -1, norm: Any = None, *_: Any, **__: Any
    ) -> Any:
        return numpys(x, n=n, axis=axis, norm=norm)

    def of_axes(
        x: Any, s: Any = None, axes: Any = None, norm: Any = None, *_: Any, **__: Any
    ) -> Any:
        if axes is None and (name.endswith("2") or s is not None):
            axes = (-2, -1) if name.endswith("2") else tuple(range(-len(s), 0))
        return numpys(x, s=s, axes=axes, norm=norm)

    function = of_axes if several else of_one_axis
    return _counterpart(name, function)


fft, ifft, rfft, irfft, hfft, ihfft = (
    _as_numpy(name, False) for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
)
fft2, ifft2, rfft2, irfft2 = (_as_numpy(n, True) for n in ("fft2", "ifft2", "rfft2", "irfft2"))
fftn, ifftn, rfftn, irfftn = (_as_numpy(n, True) for n in ("fftn", "ifftn", "rfftn", "irfftn"))


@_in_place_of(_original.hfftn)
def hfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None, *_: Any, **__: Any) -> Any:
    """Transform the half of a Hermitian signal into its real spectrum."""
    return irfftn(np.conjugate(x), s, axes, _INVERSE[norm])


@_in_place_of(_original.ihfftn)
def ihfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None, *_: Any, **__: Any) -> Any:
    """Undo `hfftn`."""
    return np.conjugate(rfftn(x, s, axes, _INVERSE[norm]))


@_in_place_of(_original.hfft2)
def hfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, *_: Any, **__: Any) -> Any:
    """Return `hfftn` along two axes."""
    return hfftn(x, s, axes, norm)


@_in_place_of(_original.ihfft2)
def ihfft2(
    x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, *_: Any, **__: Any
) -> Any:
    """Undo `hfft2`."""
    return ihfftn(x, s, axes, norm)


# -- cosines and sines ------------------------------------------------------------------------

#: Type -> the type with the transposed matrix, up to the weights of the ends.
_TRANSPOSED = {1: 1, 2: 3, 3: 2, 4: 4}


def _ends(x: Any, axis: int, first: float, last: float) -> Any:
    """Multiply the first and the last element of an axis."""
    weights = np.ones(np.shape(x)[axis], np.real(x).dtype)
    weights[0] *= first
    weights[-1] *= last
    return x * _along_axis(weights, axis, np.ndim(x))


def _cosines(x: Any, type: int, axis: int, norm: Any, orthogonalize: bool) -> Any:
    return _recorded(_original.dct)(x, type, axis=axis, norm=norm, orthogonalize=orthogonalize)


def _sines(x: Any, type: int, axis: int, norm: Any, orthogonalize: bool) -> Any:
    return _recorded(_original.dst)(x, type, axis=axis, norm=norm, orthogonalize=orthogonalize)


def _cosines_transpose(g: Any, x: Any, type: int, axis: int, norm: Any, orthogonalize: bool) -> Any:
    """Apply the transposed type; if not orthogonal, with weighted ends."""
    if orthogonalize or type == 4:
        return _dct(g, _TRANSPOSED[type], axis, norm, orthogonalize)
    before, after = {
        1: ((2.0, 2.0), (0.5, 0.5)),
        2: ((2.0, 1.0), (1.0, 1.0)),
        3: ((1.0, 1.0), (0.5, 1.0)),
    }[type]
    return _ends(_dct(_ends(g, axis, *before), _TRANSPOSED[type], axis, norm, False), axis, *after)


def _sines_transpose(g: Any, x: Any, type: int, axis: int, norm: Any, orthogonalize: bool) -> Any:
    """Apply the transposed type; if not orthogonal, with a weighted end."""
    if orthogonalize or type in (1, 4):
        return _dst(g, _TRANSPOSED[type], axis, norm, orthogonalize)
    before, after = {2: (2.0, 1.0), 3: (1.0, 0.5)}[type]
    y = _dst(_ends(g, axis, 1.0, before), _TRANSPOSED[type], axis, norm, False)
    return _ends(y, axis, 1.0, after)


_dct: _Primitive
_dst: _Primitive

# fmt: off
_dct = _linear(_cosines, _cosines_transpose, name="dct")
_dst = _linear(_sines,   _sines_transpose,   name="dst")
# fmt: on


def _transform(name: str, primitive: _Primitive) -> Callable[..., Any]:
    """Return `dct` or `dst`, or their inverse if the name begins with i."""

    def transform(
        x: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None,
        overwrite_x: bool = False, workers: Any = None, orthogonalize: Any = None,
    ) -> Any:  # fmt: skip
        if n is not None:
            x = _fitted(x, n, axis)
        orthogonal = norm == "ortho" if orthogonalize is None else bool(orthogonalize)
        if name.startswith("i"):
            return primitive(x, _TRANSPOSED[type], axis, _INVERSE[norm], orthogonal)
        return primitive(x, type, axis, norm, orthogonal)

    return _counterpart(name, transform)


def _transform_of_axes(name: str, one: Callable[..., Any]) -> Callable[..., Any]:
    def transform(
        x: Any, type: int = 2, s: Any = None, axes: Any = None, norm: Any = None,
        overwrite_x: bool = False, workers: Any = None, *, orthogonalize: Any = None,
    ) -> Any:  # fmt: skip
        axes = (axes,) if np.ndim(axes) == 0 and axes is not None else axes
        s = (s,) if np.ndim(s) == 0 and s is not None else s
        for axis, n in _along(x, s, axes):
            x = one(x, type, n, axis, norm, orthogonalize=orthogonalize)
        return x

    return _counterpart(name, transform)


dct, idct = _transform("dct", _dct), _transform("idct", _dct)
dst, idst = _transform("dst", _dst), _transform("idst", _dst)
dctn, idctn = _transform_of_axes("dctn", dct), _transform_of_axes("idctn", idct)
dstn, idstn = _transform_of_axes("dstn", dst), _transform_of_axes("idstn", idst)


@_in_place_of(_original.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """Move the zero frequency to the middle."""
    return np.fft.fftshift(x, axes)


@_in_place_of(_original.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """Undo `fftshift`."""
    return np.fft.ifftshift(x, axes)


_take_lists(globals(), _original)
