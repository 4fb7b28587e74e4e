"""The table of batch rules: how NumPy's functions are called for all entries of a batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching import shapes, writing
from autograd.batching.axes import along, elementwise, looked_up, reduction, through, transform
from autograd.batching.entries import RULES
from autograd.batching.explaining import stand_in
from autograd.batching.level import innermost, mapped, ndim
from autograd.batching.linalg import LINALG
from autograd.batching.loops import looped
from autograd.batching.products import PRODUCTS

Rule = Callable[..., Any]

#: Functions that only look at shapes and types.
STATIC = frozenset(
    (
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
        np.common_type, np.min_scalar_type, np.tril_indices_from, np.triu_indices_from,
        np.diag_indices_from,
    )
)  # fmt: skip

#: By function: what computes it for all entries of a batch. Everything else is called in a loop.
TABLE: dict[Any, Rule] = {
    **{f: reduction(f) for f in (
        np.sum, np.prod, np.mean, np.std, np.var, np.max, np.min, np.amax, np.amin, np.ptp, np.any,
        np.all, np.nansum, np.nanprod, np.nanmean, np.nanstd, np.nanvar, np.nanmax, np.nanmin,
        np.median, np.nanmedian, np.count_nonzero,
    )},
    **{f: along(f, shape="reduced") for f in (np.argmax, np.argmin, np.nanargmax, np.nanargmin)},
    **{f: along(f) for f in (
        np.cumsum, np.cumprod, np.nancumsum, np.nancumprod, np.repeat,
    )},
    **{f: along(f, -1) for f in (
        np.sort, np.argsort, np.partition, np.argpartition,
    )},
    **{f: transform(f) for f in (
        np.diff, np.trapezoid, np.unwrap, np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft,
        np.fft.hfft, np.fft.ihfft,
    )},
    **{f: transform(f, True, (-2, -1)) for f in (
        np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.irfft2,
    )},
    **{f: transform(f, True, None) for f in (
        np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn, np.fft.fftshift, np.fft.ifftshift,
    )},
    **{f: elementwise(f) for f in (
        np.real, np.imag, np.angle, np.round, np.around, np.fix, np.nan_to_num, np.i0, np.sinc,
        np.isreal, np.iscomplex, np.isneginf, np.isposinf, np.astype,
    )},
    np.isclose: elementwise(np.isclose, 2),
    np.clip: elementwise(np.clip, 3),
    np.interp: looked_up(np.interp, 0),
    np.digitize: looked_up(np.digitize, 0),
    np.searchsorted: looked_up(np.searchsorted, 1),
    **PRODUCTS,
    **LINALG,
    np.reshape: shapes.reshape,
    np.ravel: shapes.ravel,
    np.transpose: shapes.transpose,
    np.permute_dims: shapes.transpose,
    np.swapaxes: shapes.swapaxes,
    np.matrix_transpose: shapes.matrix_transpose,
    np.linalg.matrix_transpose: shapes.matrix_transpose,
    np.moveaxis: shapes.moveaxis,
    np.expand_dims: shapes.expand_dims,
    np.squeeze: shapes.squeeze,
    np.broadcast_to: shapes.broadcast_to,
    np.concatenate: shapes.concatenate,
    np.stack: shapes.stack,
    np.vstack: shapes.side_by_side(np.atleast_2d, 0),
    np.hstack: shapes.side_by_side(np.atleast_1d, lambda arrays: min(ndim(arrays[0]) - 1, 1)),
    np.dstack: shapes.side_by_side(np.atleast_3d, 2),
    np.column_stack: shapes.side_by_side(shapes.column, 1),
    np.unstack: shapes.unstack,
    np.atleast_1d: shapes.at_least(1),
    np.atleast_2d: shapes.at_least(2),
    np.atleast_3d: shapes.at_least(3),
    np.rollaxis: shapes.rollaxis,
    np.broadcast_arrays: shapes.broadcast_arrays,
    np.hsplit: shapes.cut(np.hsplit, 1),
    np.vsplit: shapes.cut(np.vsplit, 0),
    np.dsplit: shapes.cut(np.dsplit, 2),
    np.split: shapes.split,
    np.array_split: shapes.array_split,
    np.lib.stride_tricks.sliding_window_view: shapes.sliding_window_view,
    np.meshgrid: shapes.meshgrid,
    np.real_if_close: shapes.real_if_close,
    np.flip: shapes.flip,
    np.flipud: through(lambda m: np.flip(m, 0)),
    np.fliplr: through(lambda m: np.flip(m, 1)),
    np.rot90: shapes.rot90,
    np.roll: shapes.roll,
    np.tile: shapes.tile,
    np.tril: shapes.triangle(np.tril),
    np.triu: shapes.triangle(np.triu),
    np.diagonal: shapes.diagonal,
    np.linalg.diagonal: lambda level, x, /, *, offset=0: shapes.diagonal(level, x, offset, -2, -1),
    np.trace: shapes.trace,
    np.diag: shapes.diag,
    np.pad: shapes.pad,
    np.take: shapes.take,
    np.take_along_axis: shapes.take_along_axis,
    np.where: shapes.where,
    np.copy: shapes.copy,
    np.zeros_like: shapes.like(np.zeros_like),
    np.ones_like: shapes.like(np.ones_like),
    np.empty_like: shapes.like(np.empty_like),
    np.full_like: shapes.like(np.full_like),
    **writing.WRITING,
}  # fmt: skip


def call_function(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a function of NumPy for all entries of the innermost batch."""
    if function in STATIC:
        return function(*[mapped(x, stand_in) for x in arguments], **keywords)
    level = innermost((arguments, keywords))
    if function in (np.array2string, np.array_repr, np.array_str):
        return repr(arguments[0])
    rule = TABLE.get(function)
    if rule is not None:
        found = rule(level, *_listed(arguments), **keywords)
        if found is not NotImplemented:
            return found
    return looped(function, level, arguments, keywords, may_share=True)


def _listed(arguments: Any) -> Any:
    """Replace iterators, which rules and loops would exhaust, by lists."""
    return [list(x) if isinstance(x, itertools.chain) else x for x in arguments]


RULES["function"] = call_function
