"""The forms of functions that store their result in the tensor: ``x.erf_()``."""

from __future__ import annotations

from typing import Any, TypeVar

from nn.torch_style.base import in_place
from nn.torch_style.spectra import Spectra

S = TypeVar("S", bound="InPlaceForms")


class InPlaceForms(Spectra):
    """Functions in place."""

    __slots__ = ()

    acos_ = arccos_ = in_place(Spectra.acos)
    acosh_ = arccosh_ = in_place(Spectra.acosh)
    asin_ = arcsin_ = in_place(Spectra.asin)
    asinh_ = arcsinh_ = in_place(Spectra.asinh)
    atan_ = arctan_ = in_place(Spectra.atan)
    atanh_ = arctanh_ = in_place(Spectra.atanh)
    atan2_ = arctan2_ = in_place(Spectra.atan2)
    addbmm_ = in_place(Spectra.addbmm)
    addmv_ = in_place(Spectra.addmv)
    addr_ = in_place(Spectra.addr)
    baddbmm_ = in_place(Spectra.baddbmm)
    absolute_ = in_place(Spectra.abs)
    bitwise_and_ = in_place(Spectra.bitwise_and)
    bitwise_not_ = in_place(Spectra.bitwise_not)
    bitwise_or_ = in_place(Spectra.bitwise_or)
    bitwise_xor_ = in_place(Spectra.bitwise_xor)
    copysign_ = in_place(Spectra.copysign)
    cosh_ = in_place(Spectra.cosh)
    cumprod_ = in_place(Spectra.cumprod)
    cumsum_ = in_place(Spectra.cumsum)
    deg2rad_ = in_place(Spectra.deg2rad)
    divide_ = true_divide_ = in_place(Spectra.div)
    eq_ = in_place(Spectra.eq)
    erf_ = in_place(Spectra.erf)
    exp2_ = in_place(Spectra.exp2)
    expm1_ = in_place(Spectra.expm1)
    fix_ = trunc_ = in_place(Spectra.trunc)
    floor_divide_ = in_place(Spectra.floor_divide)
    fmod_ = in_place(Spectra.fmod)
    frac_ = in_place(Spectra.frac)
    ge_ = greater_equal_ = in_place(Spectra.ge)
    gt_ = greater_ = in_place(Spectra.gt)
    heaviside_ = in_place(Spectra.heaviside)
    hypot_ = in_place(Spectra.hypot)
    le_ = less_equal_ = in_place(Spectra.le)
    lgamma_ = in_place(Spectra.lgamma)
    log10_ = in_place(Spectra.log10)
    log1p_ = in_place(Spectra.log1p)
    log2_ = in_place(Spectra.log2)
    logical_and_ = in_place(Spectra.logical_and)
    logical_not_ = in_place(Spectra.logical_not)
    logical_or_ = in_place(Spectra.logical_or)
    logical_xor_ = in_place(Spectra.logical_xor)
    logit_ = in_place(Spectra.logit)
    lt_ = less_ = in_place(Spectra.lt)
    masked_scatter_ = in_place(Spectra.masked_scatter)
    multiply_ = in_place(Spectra.mul)
    ne_ = not_equal_ = in_place(Spectra.ne)
    negative_ = in_place(Spectra.neg)
    rad2deg_ = in_place(Spectra.rad2deg)
    remainder_ = in_place(Spectra.remainder)
    sgn_ = in_place(Spectra.sgn)
    sinc_ = in_place(Spectra.sinc)
    sinh_ = in_place(Spectra.sinh)
    subtract_ = in_place(Spectra.sub)
    tan_ = in_place(Spectra.tan)
    tril_ = in_place(Spectra.tril)
    triu_ = in_place(Spectra.triu)
    xlogy_ = in_place(Spectra.xlogy)

    # -- other shapes: the tensor shows other memory from then on ----------------------------

    def _become(self: S, other: Any) -> S:
        self._held, self._owner = other._held, other._owner
        return self

    def squeeze_(self: S, dim: Any = None) -> S:
        """Remove axes of length 1; return the tensor."""
        return self._become(self.squeeze(dim))

    def unsqueeze_(self: S, dim: int) -> S:
        """Add an axis of length 1; return the tensor."""
        return self._become(self.unsqueeze(dim))

    def transpose_(self: S, dim0: int, dim1: int) -> S:
        """Exchange two axes; return the tensor."""
        return self._become(self.transpose(dim0, dim1))

    swapaxes_ = swapdims_ = transpose_

    def t_(self: S) -> S:
        """Transpose the matrix; return the tensor."""
        return self._become(self.t())
