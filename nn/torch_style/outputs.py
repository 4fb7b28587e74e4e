"""The argument ``out=`` of PyTorch's functions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.errors import GraphError, ShapeError
from nn.torch_style.base import numbers
from nn.torch_style.tensor import Tensor, overwrite

#: The functions that take it.
NAMES = """
abs absolute acos acosh add addcdiv addcmul addmm arccos arcsin arctan asin asinh atan atan2 atanh
bitwise_and bitwise_not bitwise_or bitwise_xor bmm ceil clamp clamp_max clamp_min clip conj cos
cosh cross cumprod cumsum diag div divide dot eq erf exp exp2 expm1 float_power floor floor_divide
fmax fmin fmod frac gather ge greater gt hypot index_select inner inverse isin ldexp le lerp less
lgamma log log10 log1p log2 logaddexp logcumsumexp logical_and logical_not logical_or logical_xor
logit logsumexp lt masked_select matmul maximum mean minimum mm mul multiply mv nan_to_num ne neg
negative norm not_equal outer pow prod reciprocal remainder round rsqrt scatter scatter_add
sigmoid sign sin sinc sinh softmax sqrt square sub subtract sum take tan tanh tril triu
true_divide trunc xlogy
"""


def with_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that can also store its result in the tensor ``out``."""

    @functools.wraps(function)
    def call(*arguments: Any, out: Tensor | None = None, **options: Any) -> Any:
        found = function(*arguments, **options)
        if out is None:
            return found
        if found.requires_grad:
            raise GraphError(
                f"out= keeps no derivatives: write x = torch.{function.__name__}(...), or call it "
                "in torch.no_grad()."
            )
        if out.shape != found.shape:
            raise ShapeError(
                f"The result has shape {tuple(found.shape)}, out= {tuple(out.shape)}; they must be "
                "the same."
            )
        return overwrite(out, numbers(found))

    return call
