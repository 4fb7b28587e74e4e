"""The forms of functions that store their result in the tensor: ``x.erf_()``."""

from __future__ import annotations

from typing import Any, TypeVar

from nn.torch_style.base import in_place, show_other
from nn.torch_style.products import Products
from nn.torch_style.queries import Queries

S = TypeVar("S", bound="InPlaceForms")


class InPlaceForms(Queries):
    """Functions in place."""

    __slots__ = ()

    acos_ = arccos_ = in_place(Products.acos)
    acosh_ = arccosh_ = in_place(Products.acosh)
    asin_ = arcsin_ = in_place(Products.asin)
    asinh_ = arcsinh_ = in_place(Products.asinh)
    atan_ = arctan_ = in_place(Products.atan)
    atanh_ = arctanh_ = in_place(Products.atanh)
    atan2_ = arctan2_ = in_place(Products.atan2)
    addbmm_ = in_place(Products.addbmm)
    addmv_ = in_place(Products.addmv)
    addr_ = in_place(Products.addr)
    baddbmm_ = in_place(Products.baddbmm)
    absolute_ = in_place(Products.abs)
    bitwise_and_ = in_place(Products.bitwise_and)
    bitwise_not_ = in_place(Products.bitwise_not)
    bitwise_or_ = in_place(Products.bitwise_or)
    bitwise_xor_ = in_place(Products.bitwise_xor)
    copysign_ = in_place(Products.copysign)
    cosh_ = in_place(Products.cosh)
    cumprod_ = in_place(Products.cumprod)
    cumsum_ = in_place(Products.cumsum)
    deg2rad_ = in_place(Products.deg2rad)
    divide_ = true_divide_ = in_place(Products.div)
    eq_ = in_place(Products.eq)
    digamma_ = in_place(Products.digamma)
    erf_ = in_place(Products.erf)
    erfc_ = in_place(Products.erfc)
    erfinv_ = in_place(Products.erfinv)
    exp2_ = in_place(Products.exp2)
    expm1_ = in_place(Products.expm1)
    fix_ = trunc_ = in_place(Products.trunc)
    float_power_ = in_place(Products.float_power)
    floor_divide_ = in_place(Products.floor_divide)
    fmod_ = in_place(Products.fmod)
    frac_ = in_place(Products.frac)
    gcd_ = in_place(Products.gcd)
    ge_ = greater_equal_ = in_place(Products.ge)
    gt_ = greater_ = in_place(Products.gt)
    heaviside_ = in_place(Products.heaviside)
    hypot_ = in_place(Products.hypot)
    i0_ = in_place(Products.i0)
    lcm_ = in_place(Products.lcm)
    ldexp_ = in_place(Products.ldexp)
    le_ = less_equal_ = in_place(Products.le)
    lgamma_ = in_place(Products.lgamma)
    log10_ = in_place(Products.log10)
    log1p_ = in_place(Products.log1p)
    log2_ = in_place(Products.log2)
    logical_and_ = in_place(Products.logical_and)
    logical_not_ = in_place(Products.logical_not)
    logical_or_ = in_place(Products.logical_or)
    logical_xor_ = in_place(Products.logical_xor)
    logit_ = in_place(Products.logit)
    lt_ = less_ = in_place(Products.lt)
    masked_scatter_ = in_place(Products.masked_scatter)
    multiply_ = in_place(Products.mul)
    nextafter_ = in_place(Products.nextafter)
    ne_ = not_equal_ = in_place(Products.ne)
    negative_ = in_place(Products.neg)
    put_ = in_place(Queries.put)
    rad2deg_ = in_place(Products.rad2deg)
    remainder_ = in_place(Products.remainder)
    renorm_ = in_place(Products.renorm)
    sgn_ = in_place(Products.sgn)
    sinc_ = in_place(Products.sinc)
    sinh_ = in_place(Products.sinh)
    subtract_ = in_place(Products.sub)
    tan_ = in_place(Products.tan)
    tril_ = in_place(Products.tril)
    triu_ = in_place(Products.triu)
    xlogy_ = in_place(Products.xlogy)

    # -- other shapes: the tensor shows other memory from then on ----------------------------

    def _become(self: S, other: Any) -> S:
        if not show_other(self._held, other._held):
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
