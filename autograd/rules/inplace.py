"""Functions of NumPy that write into their first argument: on a Tensor, recorded assignments.

Into a plain array no node can be written; the error says to make it a Tensor first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.engine.dispatch import plain
from autograd.errors import GradientLostError, lost
from autograd.rules.histograms import in_bins
from autograd.rules.table import implements


def refusal(name: str, target: Any) -> GradientLostError:
    """Build the error for writing nodes into something that is not a Tensor."""
    return lost(
        f"numpy.{name} of a node into {type(target).__name__} of shape {np.shape(plain(target))}",
        "Elements are assigned to a Tensor, not to an array: make it one first, t = Tensor(a), "
        f"then np.{name}(t, ...); for the bare numbers pass node.data.",
    )


def writes(function: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler that assigns to its first argument, which must be a Tensor."""

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        first = handler.__code__.co_varnames[0]

        @functools.wraps(handler)
        def checked(*arguments: Any, **keywords: Any) -> None:
            target = arguments[0] if arguments else keywords[first]
            if not isinstance(target, Tensor):
                raise refusal(function.__name__, target)
            handler(*arguments, **keywords)

        return implements(function)(checked)

    return register


def numbered(target: Any) -> Any:
    """Return the numbers of the elements of an array, in an array of its shape."""
    return np.arange(np.size(plain(target))).reshape(np.shape(target))


def assign_flat(target: Any, positions: Any, values: Any) -> None:
    """Assign to elements given by their number, as many values as there are elements."""
    target[np.unravel_index(positions, np.shape(target))] = values


def cycled(values: Any, order: Any) -> Any:
    """Take values by their number, from the start again where there are too few."""
    if np.ndim(values) == 0:
        return values
    values = np.ravel(values)
    return values[order % np.shape(values)[0]]


@writes(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Assign to elements given by their number in the flattened array."""
    positions = np.take(np.arange(np.size(plain(a))), plain(ind), mode=mode).ravel()  # type: ignore[call-overload]
    assign_flat(a, positions, cycled(v, np.arange(positions.size)))


@writes(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """Assign values in turn to the elements where a mask holds."""
    positions = np.flatnonzero(plain(mask))
    assign_flat(arr, positions, cycled(np.ravel(vals), np.arange(positions.size)))


@writes(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """Assign to the elements where a mask holds the values of the same number."""
    positions = np.flatnonzero(plain(mask))
    assign_flat(a, positions, cycled(values, positions))


@writes(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Assign an array, which is broadcast, where a mask holds."""
    shape = np.shape(dst)
    if where is True:
        dst[...] = np.broadcast_to(src, shape)
        return
    mask = np.broadcast_to(np.asarray(plain(where), bool), shape)
    dst[mask] = np.broadcast_to(src, shape)[mask]


@writes(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Assign to the diagonal, values in turn."""
    on_diagonal = np.zeros(np.shape(a), bool)
    np.fill_diagonal(on_diagonal, True, wrap=wrap)
    positions = np.flatnonzero(on_diagonal)
    assign_flat(a, positions, cycled(val, np.arange(positions.size)))


@writes(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    """Assign to elements by an index for each along an axis."""
    positions = np.take_along_axis(numbered(arr), np.asarray(plain(indices)), axis)
    assign_flat(arr, positions, np.broadcast_to(values, np.shape(positions)))


def at(ufunc: Any) -> Callable[..., None]:
    """Return what ``ufunc.at`` does to a Tensor: the same place may be named several times."""

    def update(target: Any, indices: Any, *operands: Any) -> None:
        if not isinstance(target, Tensor):
            raise refusal(f"{ufunc.__name__}.at", target)
        positions = numbered(target)[plain(indices)]
        operands = tuple(np.ravel(np.broadcast_to(b, np.shape(positions))) for b in operands)
        positions = np.ravel(positions)
        if ufunc in (np.add, np.subtract):
            added = in_bins(operands[0] + 0.0, positions, np.size(plain(target)))
            target[...] = ufunc(target, np.reshape(added, np.shape(target)))
            return
        for chosen in rounds(positions):
            now = np.unravel_index(positions[chosen], np.shape(target))
            target[now] = ufunc(target[now], *[b[chosen] for b in operands])

    return update


def rounds(positions: Any) -> list[Any]:
    """Divide indices into rounds, each without a place that occurs twice, in their order."""
    order = np.argsort(positions, kind="stable")
    ordered = positions[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if order.size else order
    lengths = np.diff(np.r_[starts, order.size])
    turn = np.empty(order.size, int)
    turn[order] = np.arange(order.size) - np.repeat(starts, lengths)
    return [np.flatnonzero(turn == i) for i in range(int(turn.max(initial=-1)) + 1)]
