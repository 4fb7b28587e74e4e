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
from nn.missing_names import refuse
from nn.torch_style import hints, submodules
from nn.torch_style import (
    accelerator, amp, autograd, backends, cuda, distributed, distributions, fft, func, jit, linalg,
    mps, multiprocessing, nn, onnx, optim, serialization, special, testing, utils,
)
from nn.torch_style.amp import autocast
from nn.torch_style.calls import named_in
from nn.torch_style.compiling import compile
from nn.torch_style.creation import (
    arange, as_tensor, asarray, bartlett_window, bernoulli, blackman_window, empty, empty_like,
    eye, from_numpy, frombuffer, full, full_like, hamming_window, hann_window, linspace, logspace,
    multinomial, normal, ones, ones_like, poisson, polar, rand, rand_like, randint, randint_like,
    randn, randn_like, randperm, tensor, tril_indices, triu_indices, vander, zeros, zeros_like,
)
from nn.torch_style.functions import (
    abs, absolute, acos, acosh, add, addbmm, addcdiv, addcmul, addmm, addmv, addr, adjoint, all,
    allclose, amax, amin, aminmax, angle, any, arccos, arccosh, arcsin, arcsinh, arctan, arctan2,
    arctanh, argmax, argmin, argsort, argwhere, asin, asinh, atan, atan2, atanh, baddbmm, bincount,
    bitwise_and, bitwise_not, bitwise_or, bitwise_xor, bmm, broadcast_to, bucketize, ceil, cholesky,
    chunk, clamp, clamp_max, clamp_min, clip, clone, conj, copysign, corrcoef, cos, cosh,
    count_nonzero, cov, cross, cummax, cummin, cumprod, cumsum, deg2rad, det, detach, diag,
    diag_embed, diagflat, diagonal, diagonal_scatter, diff, dist, div, divide, dot, dsplit, eq,
    equal, erf, exp, exp2, expm1, fix, flatten, flip, fliplr, flipud, float_power, floor,
    floor_divide, fmax, fmin, fmod, frac, gather, gcd, ge, ger, greater, greater_equal, gt,
    heaviside, histc, hsplit, hypot, i0, imag, index_add, index_copy, index_fill, index_put,
    index_select, inner, inverse, is_complex, is_floating_point, is_nonzero, is_same_size,
    is_signed, is_tensor, isclose, isfinite, isin, isinf, isnan, isneginf, isposinf, isreal, istft,
    kron, kthvalue, lcm, ldexp, le, lerp, less, less_equal, lgamma, log, log10, log1p, log2,
    log_softmax, logaddexp, logaddexp2, logcumsumexp, logdet, logical_and, logical_not, logical_or,
    logical_xor, logit, logsumexp, lt, masked_fill, masked_scatter, masked_select, matmul,
    matrix_power, max, maximum, mean, median, min, minimum, mm, mode, moveaxis, movedim, msort, mul,
    multiply, mv, nan_to_num, nanmean, nanquantile, nansum, narrow, ne, neg, negative, nextafter,
    nonzero, norm, not_equal, numel, outer, permute, pinverse, positive, pow, prod, put, qr,
    quantile, rad2deg, ravel, real, reciprocal, relu, remainder, renorm, repeat_interleave, reshape,
    roll, rot90, round, rsqrt, rsub, scatter, scatter_add, scatter_reduce, searchsorted, select,
    select_scatter, sgn, sigmoid, sign, signbit, sin, sinc, sinh, slice_scatter, slogdet, softmax,
    sort, split, split_with_sizes, sqrt, square, squeeze, std, std_mean, stft, sub, subtract, sum,
    svd, swapaxes, swapdims, t, take, take_along_dim, tan, tanh, tensor_split, tile, topk, trace,
    transpose, trapezoid, trapz, tril, triu, true_divide, trunc, unbind, unflatten, unique,
    unique_consecutive, unsqueeze, var, var_mean, vdot, view_as_complex, view_as_real, vsplit,
    xlogy,
)
from nn.torch_style.grad_mode import (
    enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled,
)
from nn.torch_style.joining import (
    atleast_1d, atleast_2d, atleast_3d, block_diag, broadcast_shapes, broadcast_tensors,
    cartesian_prod, cat, cdist, column_stack, combinations, concat, concatenate, dstack, einsum,
    hstack, meshgrid, stack, tensordot, vstack, where,
)
from nn.torch_style.settings import (
    get_default_device, get_num_threads, is_inference_mode_enabled, set_default_device,
    set_default_tensor_type, set_float32_matmul_precision, set_num_interop_threads,
    set_num_threads, set_printoptions, use_deterministic_algorithms, version, _assert as _assert,
)
from nn.torch_style.random import (
    Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state,
)
from nn.torch_style.saving import load, save
from nn.torch_style.tensor import (
    BoolTensor, ByteTensor, CharTensor, DoubleTensor, FloatTensor, HalfTensor, IntTensor,
    LongTensor, ShortTensor, Tensor,
)
from nn.torch_style.types import (
    Size, bfloat16, channels_last, channels_last_3d, complex128, complex64, contiguous_format,
    device, dtype, finfo, float16, float32, float64, get_default_dtype, iinfo, int16, int32,
    int64, int8, memory_format, preserve_format, set_default_dtype, uint8,
)
from nn.torch_style.creation import complex_of as complex
from nn.torch_style.creation import range_of as range
from nn.torch_style.func import vmap
from nn.torch_style.amp import GradScaler
from nn.torch_style.linalg import matrix_exp
from nn.torch_style.joining import can_cast, promote_types, result_type_of as result_type
from nn.torch_style.types import boolean as bool

from nn.torch_style.special import digamma, erfc, erfinv, polygamma
from nn.torch_style.nn.functional import (
    adaptive_avg_pool1d, alpha_dropout, avg_pool1d, bilinear, celu, celu_, channel_shuffle, conv1d,
    conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d, cosine_similarity,
    dropout, group_norm, hardshrink, max_pool1d, max_pool2d, max_pool3d, pairwise_distance, pdist,
    pixel_shuffle, pixel_unshuffle, prelu, relu_, rms_norm, rrelu, selu, selu_, threshold,
    threshold_,
)

float, double, half = float32, float64, float16
long, int, short = int64, int32, int16
cfloat, cdouble = complex64, complex128
newaxis = None
pi, e, inf, nan = math.pi, math.e, math.inf, math.nan

submodules.install()

#: The version of PyTorch that this follows, which programs ask for, and that of this package.
__version__ = f"2.14.0+chainrule.{_autograd.__version__}"

__all__ = [  # noqa: RUF022 - without regard to case
    "abs", "absolute", "accelerator", "acos", "acosh", "adaptive_avg_pool1d", "add", "addbmm",
    "addcdiv", "addcmul", "addmm", "addmv", "addr", "adjoint", "all", "allclose", "alpha_dropout",
    "amax", "amin", "aminmax", "amp", "angle", "any", "arange", "arccos", "arccosh", "arcsin",
    "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin", "argsort", "argwhere",
    "as_tensor", "asarray", "asin", "asinh", "atan", "atan2", "atanh", "atleast_1d", "atleast_2d",
    "atleast_3d", "autocast", "autograd", "avg_pool1d", "backends", "baddbmm", "bartlett_window",
    "bernoulli", "bfloat16", "bilinear", "bincount", "bitwise_and", "bitwise_not", "bitwise_or",
    "bitwise_xor", "blackman_window", "block_diag", "bmm", "bool", "BoolTensor", "broadcast_shapes",
    "broadcast_tensors", "broadcast_to", "bucketize", "ByteTensor", "can_cast", "cartesian_prod",
    "cat", "cdist", "cdouble", "ceil", "celu", "celu_", "cfloat", "channel_shuffle",
    "channels_last", "channels_last_3d", "CharTensor", "cholesky", "chunk", "clamp", "clamp_max",
    "clamp_min", "clip", "clone", "column_stack", "combinations", "compile", "complex",
    "complex128", "complex64", "concat", "concatenate", "conj", "contiguous_format", "conv1d",
    "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "copysign",
    "corrcoef", "cos", "cosh", "cosine_similarity", "count_nonzero", "cov", "cross", "cuda",
    "cummax", "cummin", "cumprod", "cumsum", "deg2rad", "det", "detach", "device", "diag",
    "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "diff", "digamma", "dist",
    "distributed", "distributions", "div", "divide", "dot", "double", "DoubleTensor", "dropout",
    "dsplit", "dstack", "dtype", "e", "einsum", "empty", "empty_like", "enable_grad", "eq", "equal",
    "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "eye", "fft", "finfo", "fix", "flatten",
    "flip", "fliplr", "flipud", "float", "float16", "float32", "float64", "float_power",
    "FloatTensor", "floor", "floor_divide", "fmax", "fmin", "fmod", "frac", "from_numpy",
    "frombuffer", "full", "full_like", "func", "gather", "gcd", "ge", "Generator", "ger",
    "get_default_device", "get_default_dtype", "get_num_threads", "get_rng_state", "GradScaler",
    "greater", "greater_equal", "group_norm", "gt", "half", "HalfTensor", "hamming_window",
    "hann_window", "hardshrink", "heaviside", "histc", "hsplit", "hstack", "hypot", "i0", "iinfo",
    "imag", "index_add", "index_copy", "index_fill", "index_put", "index_select", "inf",
    "inference_mode", "initial_seed", "inner", "int", "int16", "int32", "int64", "int8",
    "IntTensor", "inverse", "is_complex", "is_floating_point", "is_grad_enabled",
    "is_inference_mode_enabled", "is_nonzero", "is_same_size", "is_signed", "is_tensor", "isclose",
    "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal", "istft", "jit", "kron",
    "kthvalue", "lcm", "ldexp", "le", "lerp", "less", "less_equal", "lgamma", "linalg", "linspace",
    "load", "log", "log10", "log1p", "log2", "log_softmax", "logaddexp", "logaddexp2",
    "logcumsumexp", "logdet", "logical_and", "logical_not", "logical_or", "logical_xor", "logit",
    "logspace", "logsumexp", "long", "LongTensor", "lt", "manual_seed", "masked_fill",
    "masked_scatter", "masked_select", "matmul", "matrix_exp", "matrix_power", "max", "max_pool1d",
    "max_pool2d", "max_pool3d", "maximum", "mean", "median", "memory_format", "meshgrid", "min",
    "minimum", "mm", "mode", "moveaxis", "movedim", "mps", "msort", "mul", "multinomial",
    "multiply", "multiprocessing", "mv", "nan", "nan_to_num", "nanmean", "nanquantile", "nansum",
    "narrow", "ne", "neg", "negative", "newaxis", "nextafter", "nn", "no_grad", "nonzero", "norm",
    "normal", "not_equal", "numel", "ones", "ones_like", "onnx", "optim", "outer",
    "pairwise_distance", "pdist", "permute", "pi", "pinverse", "pixel_shuffle", "pixel_unshuffle",
    "poisson", "polar", "polygamma", "positive", "pow", "prelu", "preserve_format", "prod",
    "promote_types", "put", "qr", "quantile", "rad2deg", "rand", "rand_like", "randint",
    "randint_like", "randn", "randn_like", "randperm", "range", "ravel", "real", "reciprocal",
    "relu", "relu_", "remainder", "renorm", "repeat_interleave", "reshape", "result_type",
    "rms_norm", "roll", "rot90", "round", "rrelu", "rsqrt", "rsub", "save", "scatter",
    "scatter_add", "scatter_reduce", "searchsorted", "seed", "select", "select_scatter", "selu",
    "selu_", "serialization", "set_default_device", "set_default_dtype", "set_default_tensor_type",
    "set_float32_matmul_precision", "set_grad_enabled", "set_num_interop_threads",
    "set_num_threads", "set_printoptions", "set_rng_state", "sgn", "short", "ShortTensor",
    "sigmoid", "sign", "signbit", "sin", "sinc", "sinh", "Size", "slice_scatter", "slogdet",
    "softmax", "sort", "special", "split", "split_with_sizes", "sqrt", "square", "squeeze", "stack",
    "std", "std_mean", "stft", "sub", "subtract", "sum", "svd", "swapaxes", "swapdims", "t", "take",
    "take_along_dim", "tan", "tanh", "Tensor", "tensor", "tensor_split", "tensordot", "testing",
    "threshold", "threshold_", "tile", "topk", "trace", "transpose", "trapezoid", "trapz", "tril",
    "tril_indices", "triu", "triu_indices", "true_divide", "trunc", "uint8", "unbind", "unflatten",
    "unique", "unique_consecutive", "unsqueeze", "use_deterministic_algorithms", "utils", "vander",
    "var", "var_mean", "vdot", "version", "view_as_complex", "view_as_real", "vmap", "vsplit",
    "vstack", "where", "xlogy", "zeros", "zeros_like",
]

named_in(__name__, {name: globals()[name] for name in __all__})

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch", name, __all__, Tensor, nn.functional))
