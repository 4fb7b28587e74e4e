"""NumPy functions that write into their first argument: recorded assignments, if it is a Tensor.

A plain array cannot hold nodes; the error says to make a Tensor of it first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.engine.batching import Batched
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.engine.foreign import index_beside, is_foreign, to_numpy
from autograd.engine.registry import WRITERS
from autograd.errors import GradientLostError, ShapeError, lost
from autograd.rules.histograms import in_bins
from autograd.rules.shapes import numbered
from autograd.rules.table import implements


def refusal(name: str, target: Any) -> GradientLostError:
    """Build the error for writing nodes into anything but a Tensor."""
    return lost(
        f"numpy.{name} of a node into {type(target).__name__} of shape {np.shape(plain(target))}",
        f"Make the array a Tensor first: t = Tensor(a), then np.{name}(t, ...). For the bare "
        "numbers pass node.data.",
    )


def writes(function: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler that assigns to its first argument, which must be a Tensor."""

    def decorate(handler: Callable[..., None]) -> Callable[..., None]:
        first = handler.__code__.co_varnames[0]

        @functools.wraps(handler)
        def checked(*arguments: Any, **keywords: Any) -> None:
            target = arguments[0] if arguments else keywords[first]
            if not isinstance(target, Tensor):
                raise refusal(function.__name__, target)
            handler(*arguments, **keywords)

        WRITERS.add(checked)
        return implements(function)(checked)

    return decorate


def assign_flat(target: Any, positions: Any, values: Any) -> None:
    """Assign to the elements with these flat indices, one value each; None assigns nothing."""
    if values is not None:
        target[np.unravel_index(positions, np.shape(target))] = values


def cycled(values: Any, order: Any) -> Any:
    """Take values by their number, starting over at the end; without values, return None."""
    if np.ndim(values) == 0:
        return values
    values = np.ravel(values)
    return values[order % np.shape(values)[0]] if size_of(values) else None


def broadcast_to_target(values: Any, shape: tuple[int, ...]) -> Any:
    """Broadcast values to a shape; as in any assignment, leading axes of length one may be more."""
    extra = np.ndim(values) - len(shape)
    if extra > 0 and np.shape(values)[:extra] == (1,) * extra:
        values = np.reshape(values, np.shape(values)[extra:])
    return np.broadcast_to(values, shape)


@writes(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Assign to the elements with these flat indices, values in turn."""
    positions = np.take(np.arange(size_of(plain(a))), plain(ind), mode=mode).ravel()  # type: ignore[call-overload]
    assign_flat(a, positions, cycled(v, np.arange(positions.size)))


@writes(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """Assign to the elements where a mask holds, values in turn."""
    positions = np.flatnonzero(plain(mask))
    if positions.size and not size_of(vals):
        raise ShapeError("np.place needs at least one value to insert.")
    assign_flat(arr, positions, cycled(np.ravel(vals), np.arange(positions.size)))


@writes(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """Assign to the elements where a mask holds, to each the value at the same flat index."""
    if is_foreign(plain(a)) and np.ndim(values) == 0:
        a[...] = np.where(plain(mask), values, a)
        return
    if isinstance(plain(mask), Batched):
        every = cycled(values, np.arange(size_of(plain(a))))
        if every is not None:
            every = np.reshape(every, np.shape(a)) if np.ndim(every) else every
            a[...] = np.where(plain(mask), every, a)
        return
    positions = np.flatnonzero(plain(mask))
    assign_flat(a, positions, cycled(values, positions))


@writes(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Assign an array, broadcast to the target, where a mask holds."""
    shape = np.shape(dst)
    if casting != "same_kind":  # raise what NumPy raises
        np.copyto(np.empty_like(plain(dst)), plain(src), casting)  # type: ignore[arg-type]
    if where is True:
        dst[...] = broadcast_to_target(src, shape)
        return
    if isinstance(plain(where), Batched) or is_foreign(plain(dst)):
        dst[...] = np.where(plain(where), broadcast_to_target(src, shape), dst)
        return
    mask = np.broadcast_to(np.asarray(plain(where), bool), shape)
    dst[mask] = broadcast_to_target(src, shape)[mask]


@writes(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Assign to the diagonal, values in turn."""
    on_diagonal = np.zeros(np.shape(a), bool)
    np.fill_diagonal(on_diagonal, True, wrap=wrap)
    positions = np.flatnonzero(on_diagonal)
    assign_flat(a, positions, cycled(val, np.arange(positions.size)))


@writes(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    """Assign to the elements at these indices along an axis."""
    positions = np.take_along_axis(numbered(arr), np.asarray(plain(indices)), axis)
    assign_flat(arr, positions, broadcast_to_target(values, np.shape(positions)))


def at(ufunc: Any) -> Callable[..., None]:
    """Return ``ufunc.at`` for a Tensor; an index may occur several times."""

    def update(target: Any, indices: Any, *operands: Any) -> None:
        if not isinstance(target, Tensor):
            raise refusal(f"{ufunc.__name__}.at", target)
        positions = numbered(target)[plain(indices)]
        operands = tuple(np.ravel(np.broadcast_to(b, np.shape(positions))) for b in operands)
        positions = np.ravel(positions)
        if is_foreign(positions) and ufunc not in (np.add, np.subtract):
            positions = to_numpy(positions)  # what occurs twice decides in how many rounds
        if ufunc in (np.add, np.subtract):
            added = in_bins(operands[0] + 0.0, positions, size_of(plain(target)))
            target[...] = ufunc(target, np.reshape(added, np.shape(target)))
            return
        for chosen in rounds(positions):
            now = np.unravel_index(positions[chosen], np.shape(target))
            target[now] = ufunc(target[now], *[b[index_beside(chosen, plain(b))] for b in operands])

    WRITERS.add(update)
    return update


def rounds(positions: Any) -> list[Any]:
    """Split indices into rounds, in order, so that no index occurs twice in a round."""
    order = np.argsort(positions, kind="stable")
    ordered = positions[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if order.size else order
    lengths = np.diff(np.r_[starts, order.size])
    turn = np.empty(order.size, int)
    turn[order] = np.arange(order.size) - np.repeat(starts, lengths)
    return [np.flatnonzero(turn == i) for i in range(int(turn.max(initial=-1)) + 1)]
