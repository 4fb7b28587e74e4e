"""Functions of each element of one tensor."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

import autograd
from nn.optional_imports import require
from nn.torch_style.arithmetic import Arithmetic
from nn.torch_style.base import in_place, made, numbers, tensor_held, unary
from nn.torch_style.promotion import operands

S = TypeVar("S", bound="Elementwise")


def _tested(function: Any) -> Any:
    """Return a function of the numbers, with a result without derivative."""
    return lambda x: function(numbers(x))


def _of_scipy(name: str) -> Any:
    """Return a function of SciPy, which is an extra."""
    return lambda x: getattr(require("autograd.scipy.special", f"torch.{name}", "scipy"), name)(x)


def _sign(x: Any) -> Any:
    if x.dtype.kind == "b":
        return x
    found, is_nan = np.sign(x), np.isnan(numbers(x))
    return np.where(is_nan, np.zeros((), x.dtype), found) if is_nan.any() else found


def _squared(x: Any) -> Any:
    return np.square(x.astype(np.int64) if x.dtype.kind == "b" else x)


class Elementwise(Arithmetic):
    """Functions of each element."""

    __slots__ = ()

    exp = unary(np.exp, "e to the power of the elements")
    exp2 = unary(np.exp2, "2 to the power of the elements")
    expm1 = unary(np.expm1, "exp(x) - 1, exact for small x")
    log = unary(np.log, "the natural logarithms")
    log2 = unary(np.log2, "the logarithms to base 2")
    log10 = unary(np.log10, "the logarithms to base 10")
    log1p = unary(np.log1p, "log(1 + x), exact for small x")
    sqrt = unary(np.sqrt, "the square roots")
    rsqrt = unary(lambda x: 1.0 / np.sqrt(x), "1 / √x")
    square = unary(_squared, "the squares", floating=False)
    reciprocal = unary(np.reciprocal, "1 / x")
    sin = unary(np.sin, "the sines of angles in radians")
    cos = unary(np.cos, "the cosines of angles in radians")
    tan = unary(np.tan, "the tangents of angles in radians")
    asin = arcsin = unary(np.arcsin, "the angles whose sines these are")
    acos = arccos = unary(np.arccos, "the angles whose cosines these are")
    atan = arctan = unary(np.arctan, "the angles whose tangents these are")
    sinh = unary(np.sinh, "the hyperbolic sines")
    cosh = unary(np.cosh, "the hyperbolic cosines")
    tanh = unary(np.tanh, "the hyperbolic tangents")
    asinh = arcsinh = unary(np.arcsinh, "the inverse hyperbolic sines")
    acosh = arccosh = unary(np.arccosh, "the inverse hyperbolic cosines")
    atanh = arctanh = unary(np.arctanh, "the inverse hyperbolic tangents")
    sigmoid = unary(autograd.sigmoid, "1 / (1 + exp(-x))")
    relu = unary(autograd.relu, "max(x, 0)", floating=False)
    erf = unary(autograd.erf, "the error function")
    lgamma = unary(autograd.lgamma, "log |Γ(x)|")
    abs = absolute = unary(np.absolute, "the absolute values", floating=False)
    neg = negative = unary(np.negative, "the elements with the other sign", floating=False)
    sign = unary(_sign, "the signs: -1, 0 or 1; 0 for NaN", floating=False)
    floor = unary(np.floor, "the next lower whole numbers", floating=False)
    ceil = unary(np.ceil, "the next higher whole numbers", floating=False)
    trunc = fix = unary(np.trunc, "the whole numbers towards zero", floating=False)
    frac = unary(lambda x: x - np.trunc(x), "the part behind the decimal point")
    deg2rad = unary(np.deg2rad, "radians for degrees")
    rad2deg = unary(np.rad2deg, "degrees for radians")
    sinc = unary(np.sinc, "sin(πx) / (πx)")
    isnan = unary(_tested(np.isnan), "where the elements are NaN", floating=False)
    isinf = unary(_tested(np.isinf), "where the elements are infinite", floating=False)
    isfinite = unary(_tested(np.isfinite), "where the elements are finite", floating=False)
    isposinf = unary(_tested(np.isposinf), "where the elements are ∞", floating=False)
    isneginf = unary(_tested(np.isneginf), "where the elements are -∞", floating=False)
    isreal = unary(_tested(np.isreal), "where the imaginary part is 0", floating=False)
    signbit = unary(_tested(np.signbit), "where the sign is negative", floating=False)
    sgn = unary(_sign, "the signs; of complex numbers x / |x|", floating=False)
    i0 = unary(np.i0, "the modified Bessel function of order 0")
    digamma = unary(_of_scipy("digamma"), "the logarithmic derivative of Γ")
    erfc = unary(_of_scipy("erfc"), "1 - erf(x), exact for large x")
    erfinv = unary(_of_scipy("erfinv"), "the inverse of the error function")
    angle = unary(np.angle, "the angles of complex numbers")

    def positive(self: S) -> S:
        """Return the tensor itself."""
        return self

    def conj(self: S) -> S:
        """Return the complex conjugates; of real numbers, the tensor itself."""
        x = tensor_held(self, "conj")
        return made(np.conjugate(x)) if x.dtype.kind == "c" else self

    def round(self: S, *, decimals: Any = 0) -> S:
        """Return the elements rounded; halves to the even number."""
        return made(np.round(tensor_held(self, "round"), decimals))

    def logit(self: S, eps: Any = None) -> S:
        """Return log(x / (1 - x)); `eps` keeps x from 0 and 1."""
        (held,) = operands(tensor_held(self, "logit"), floating=True)
        x = made(held) if eps is None else made(held).clamp(eps, 1 - eps)
        return (x / (1 - x)).log()  # type: ignore[no-any-return]

    def nan_to_num(self: S, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> S:
        """Return the elements with other numbers for NaN and infinity."""
        x = tensor_held(self, "nan_to_num")
        if x.dtype.kind in "iub":
            return made(x.copy())
        limits = np.finfo(x.dtype)
        found = np.where(np.isnan(numbers(x)), np.asarray(nan, x.dtype), x)
        top, bottom = limits.max if posinf is None else posinf, neginf
        bottom = limits.min if bottom is None else bottom
        found = np.where(numbers(x) == np.inf, np.asarray(top, x.dtype), found)
        return made(np.where(numbers(x) == -np.inf, np.asarray(bottom, x.dtype), found))

    exp_ = in_place(exp)
    log_ = in_place(log)
    sqrt_ = in_place(sqrt)
    rsqrt_ = in_place(rsqrt)
    sin_ = in_place(sin)
    cos_ = in_place(cos)
    tanh_ = in_place(tanh)
    sigmoid_ = in_place(sigmoid)
    relu_ = in_place(relu)
    abs_ = in_place(abs)
    neg_ = in_place(neg)
    sign_ = in_place(sign)
    floor_ = in_place(floor)
    ceil_ = in_place(ceil)
    round_ = in_place(round)
    square_ = in_place(square)
    reciprocal_ = in_place(reciprocal)
    nan_to_num_ = in_place(nan_to_num)
