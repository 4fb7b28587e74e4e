"""PyTorch's names and meanings: ``import nn.torch_style as torch``.

Programs written for PyTorch run with their imports changed:

    import nn.torch_style as torch
    import nn.torch_style.nn as nn
    import nn.torch_style.nn.functional as F
    from nn.torch_style import optim

A tensor here is a view of a Tensor of `autograd`, or of an array, whose methods mean what
PyTorch's do: ``x.size()``, ``x.transpose(0, 1)``, ``x.max(1)``, ``x.add_(y)``. Floats are float32
unless `set_default_dtype` is called, and random numbers from a seed are PyTorch's own.

Examples
--------
>>> import nn.torch_style as torch
>>> torch.manual_seed(0)  # doctest: +ELLIPSIS
Generator(MT19937) at 0x...
>>> model = torch.nn.Linear(2, 1)
>>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
>>> loss = torch.nn.functional.mse_loss(model(torch.ones(4, 2)), torch.zeros(4, 1))
>>> optimizer.zero_grad()
>>> loss.backward()
>>> optimizer.step()
>>> loss
tensor(0.0432, grad_fn=<mean>)
"""

# fmt: off
# isort: off
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import autograd as _autograd
from nn.torch_style import hints
from nn.torch_style import (
    accelerator, amp, autograd, backends, cuda, distributions, func, linalg, mps, nn, optim,
    utils,
)
from nn.torch_style.amp import autocast
from nn.torch_style.compiling import compile
from nn.torch_style.creation import (
    arange, as_tensor, asarray, bernoulli, empty, empty_like, eye, from_numpy, full, full_like,
    linspace, logspace, multinomial, normal, ones, ones_like, rand, rand_like, randint,
    randint_like, randn, randn_like, randperm, tensor, tril_indices, triu_indices, zeros,
    zeros_like,
)
from nn.torch_style.functions import (
    abs, absolute, acos, acosh, add, addbmm, addcdiv, addcmul, addmm, addmv, all, allclose, amax,
    amin, angle, any, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, argmax, argmin,
    argsort, argwhere, asin, asinh, atan, atan2, atanh, baddbmm, bincount, bitwise_and,
    bitwise_not, bitwise_or, bitwise_xor, bmm, broadcast_to, ceil, cholesky, chunk, clamp,
    clamp_max, clamp_min, clip, clone, conj, cos, cosh, count_nonzero, cross, cumprod, cumsum,
    deg2rad, det, diag, diagonal, dist, div, divide, dot, eq, equal, erf, exp, exp2, expm1,
    flatten, flip, floor, floor_divide, fmod, frac, gather, ge, ger, greater, greater_equal, gt,
    hypot, index_add, index_fill, index_select, inner, inverse, isclose, isfinite, isinf, isnan,
    kron, kthvalue, le, lerp, less, less_equal, lgamma, log, log10, log1p, log2, log_softmax,
    logaddexp, logdet, logical_and, logical_not, logical_or, logical_xor, logit, logsumexp, lt,
    masked_fill, masked_scatter, masked_select, matmul, max, maximum, mean, median, min, minimum,
    mm, moveaxis, movedim, mul, multiply, mv, nan_to_num, nanmean, nansum, narrow, ne, neg,
    negative, nonzero, norm, not_equal, numel, outer, permute, pinverse, pow, prod, quantile,
    rad2deg, ravel, reciprocal, relu, remainder, repeat_interleave, reshape, roll, round, rsqrt,
    rsub, scatter, scatter_add, searchsorted, select, sigmoid, sign, sin, sinc, sinh, softmax,
    sort, split, sqrt, square, squeeze, std, std_mean, sub, subtract, sum, swapaxes, swapdims, t,
    take, take_along_dim, tan, tanh, tile, topk, trace, transpose, tril, triu, true_divide, trunc,
    unbind, unflatten, unique, unsqueeze, var, var_mean, is_floating_point, is_complex, fix,
    is_tensor, is_nonzero,
)
from nn.torch_style.grad_mode import (
    enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled,
)
from nn.torch_style.joining import (
    block_diag, broadcast_shapes, broadcast_tensors, cartesian_prod, cat, cdist, concat,
    concatenate, einsum, histc, hstack, meshgrid, stack, tensordot, vstack, where,
)
from nn.torch_style.settings import (
    get_num_threads, set_float32_matmul_precision, set_num_threads, set_printoptions,
    use_deterministic_algorithms, version,
)
from nn.torch_style.random import (
    Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state,
)
from nn.torch_style.saving import load, save
from nn.torch_style.tensor import (
    BoolTensor, ByteTensor, DoubleTensor, FloatTensor, HalfTensor, IntTensor, LongTensor, Tensor,
)
from nn.torch_style.types import (
    Size, bfloat16, complex64, complex128, device, dtype, finfo, float16, float32, float64,
    get_default_dtype, iinfo, int8, int16, int32, int64, set_default_dtype, uint8,
)
from nn.torch_style.creation import complex_of as complex
from nn.torch_style.joining import result_type_of as result_type
from nn.torch_style.types import boolean as bool

float, double, half = float32, float64, float16
long, int, short = int64, int32, int16
pi, e, inf, nan = math.pi, math.e, math.inf, math.nan

__version__ = _autograd.__version__

__all__ = [  # noqa: RUF022 - without regard to case
    "BoolTensor", "ByteTensor", "DoubleTensor", "FloatTensor", "Generator", "HalfTensor",
    "IntTensor", "LongTensor", "Size", "Tensor", "abs", "absolute", "accelerator", "acos",
    "acosh", "add", "addbmm", "addcdiv", "addcmul", "addmm", "addmv", "all", "allclose", "amax",
    "amin", "amp", "angle", "any", "arange", "arccos", "arccosh", "arcsin", "arcsinh", "arctan",
    "arctan2", "arctanh", "argmax", "argmin", "argsort", "argwhere", "as_tensor", "asarray",
    "asin", "asinh", "atan", "atan2", "atanh", "autocast", "autograd", "backends", "baddbmm",
    "bernoulli", "bfloat16", "bincount", "bitwise_and", "bitwise_not", "bitwise_or",
    "bitwise_xor", "block_diag", "bmm", "bool", "broadcast_shapes", "broadcast_tensors",
    "broadcast_to", "cartesian_prod", "cat", "cdist", "ceil", "cholesky", "chunk", "clamp",
    "clamp_max", "clamp_min", "clip", "clone", "compile", "complex", "complex128", "complex64",
    "concat", "concatenate", "conj", "cos", "cosh", "count_nonzero", "cross", "cuda", "cumprod",
    "cumsum", "deg2rad", "det", "device", "diag", "diagonal", "dist", "distributions", "div",
    "divide", "dot", "double", "dtype", "e", "einsum", "empty", "empty_like", "enable_grad", "eq",
    "equal", "erf", "exp", "exp2", "expm1", "eye", "finfo", "fix", "flatten", "flip", "float",
    "float16", "float32", "float64", "floor", "floor_divide", "fmod", "frac", "from_numpy",
    "full", "full_like", "func", "gather", "ge", "ger", "get_default_dtype", "get_num_threads",
    "get_rng_state", "greater", "greater_equal", "gt", "half", "histc", "hstack", "hypot",
    "iinfo", "index_add", "index_fill", "index_select", "inf", "inference_mode", "initial_seed",
    "inner", "int", "int16", "int32", "int64", "int8", "inverse", "is_complex",
    "is_floating_point", "is_grad_enabled", "is_nonzero", "is_tensor", "isclose", "isfinite",
    "isinf", "isnan", "kron", "kthvalue", "le", "lerp", "less", "less_equal", "lgamma", "linalg",
    "linspace", "load", "log", "log10", "log1p", "log2", "log_softmax", "logaddexp", "logdet",
    "logical_and", "logical_not", "logical_or", "logical_xor", "logit", "logspace", "logsumexp",
    "long", "lt", "manual_seed", "masked_fill", "masked_scatter", "masked_select", "matmul",
    "max", "maximum", "mean", "median", "meshgrid", "min", "minimum", "mm", "moveaxis", "movedim",
    "mps", "mul", "multinomial", "multiply", "mv", "nan", "nan_to_num", "nanmean", "nansum",
    "narrow", "ne", "neg", "negative", "nn", "no_grad", "nonzero", "norm", "normal", "not_equal",
    "numel", "ones", "ones_like", "optim", "outer", "permute", "pi", "pinverse", "pow", "prod",
    "quantile", "rad2deg", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like",
    "randperm", "ravel", "reciprocal", "relu", "remainder", "repeat_interleave", "reshape",
    "result_type", "roll", "round", "rsqrt", "rsub", "save", "scatter", "scatter_add",
    "searchsorted", "seed", "select", "set_default_dtype", "set_float32_matmul_precision",
    "set_grad_enabled", "set_num_threads", "set_printoptions", "set_rng_state", "short",
    "sigmoid", "sign", "sin", "sinc", "sinh", "softmax", "sort", "split", "sqrt", "square",
    "squeeze", "stack", "std", "std_mean", "sub", "subtract", "sum", "swapaxes", "swapdims", "t",
    "take", "take_along_dim", "tan", "tanh", "tensor", "tensordot", "tile", "topk", "trace",
    "transpose", "tril", "tril_indices", "triu", "triu_indices", "true_divide", "trunc", "uint8",
    "unbind", "unflatten", "unique", "unsqueeze", "use_deterministic_algorithms", "utils", "var",
    "var_mean", "version", "vstack", "where", "zeros", "zeros_like",
]

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        raise AttributeError(hints.missing("torch", name, __all__))
