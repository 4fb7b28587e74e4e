"""PyTorch's ``torch.special``. What NumPy lacks comes from SciPy, an optional extra."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.optional_imports import require
from nn.torch_style import hints
from nn.torch_style.base import tensor_held
from nn.torch_style.calls import shown
from nn.torch_style.promotion import operands
from nn.torch_style.tensor import Tensor

__all__ = [
    "bessel_j0", "bessel_j1", "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2",
    "expit", "expm1", "gammainc", "gammaincc", "gammaln", "i0", "i0e", "i1", "i1e", "log1p",
    "log_ndtr", "log_softmax", "logit", "logsumexp", "ndtr", "ndtri", "polygamma", "psi", "round",
    "sinc", "softmax", "xlog1py", "xlogy", "zeta",
]  # fmt: skip


def _of_scipy(name: str, does: str, scipy_name: str = "") -> Callable[..., Tensor]:
    """Return a function of SciPy as one of tensors."""

    def call(*inputs: Any) -> Any:
        special = require("autograd.scipy.special", f"torch.special.{name}", "scipy")
        given = [tensor_held(x) if isinstance(x, Tensor) else x for x in inputs]
        floats = operands(*given, floating=True) if len(given) < 3 else given
        return shown(getattr(special, scipy_name or name))(*floats)

    call.__name__, call.__doc__ = name, f"Return {does}."
    return call


erfcx = _of_scipy("erfcx", "exp(x²)·erfc(x)")
i0e = _of_scipy("i0e", "exp(-|x|)·I₀(x)")
i1 = _of_scipy("i1", "the modified Bessel function of order 1")
i1e = _of_scipy("i1e", "exp(-|x|)·I₁(x)")
bessel_j0 = _of_scipy("bessel_j0", "the Bessel function of order 0", "j0")
bessel_j1 = _of_scipy("bessel_j1", "the Bessel function of order 1", "j1")
gammainc = _of_scipy("gammainc", "the lower regularised incomplete Γ function")
gammaincc = _of_scipy("gammaincc", "the upper regularised incomplete Γ function")
ndtr = _of_scipy("ndtr", "the standard normal distribution function")
ndtri = _of_scipy("ndtri", "the inverse of the standard normal distribution function")
log_ndtr = _of_scipy("log_ndtr", "the logarithm of `ndtr`")
entr = _of_scipy("entr", "-x·log(x)")
xlog1py = _of_scipy("xlog1py", "x·log(1 + y), and 0 where x is 0")
zeta = _of_scipy("zeta", "Hurwitz' zeta function")


def polygamma(n: int, input: Any) -> Tensor:
    """Return the n-th derivative of `digamma`."""
    special = require("autograd.scipy.special", "torch.polygamma", "scipy")
    (x,) = operands(tensor_held(input, "polygamma"), floating=True)
    return shown(special.polygamma)(n, x)


erf, exp2, expm1, log1p, sinc = Tensor.erf, Tensor.exp2, Tensor.expm1, Tensor.log1p, Tensor.sinc
digamma = psi = Tensor.digamma
erfc, erfinv = Tensor.erfc, Tensor.erfinv
expit, gammaln, i0, logit = Tensor.sigmoid, Tensor.lgamma, Tensor.i0, Tensor.logit
log_softmax, softmax, logsumexp = Tensor.log_softmax, Tensor.softmax, Tensor.logsumexp
round, xlogy = Tensor.round, Tensor.xlogy

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.special", name, __all__))
