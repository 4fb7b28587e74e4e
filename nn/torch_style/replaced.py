"""Copies of tensors in which some elements are those of another: ``x.select_scatter(...)``."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from autograd.errors import ShapeError
from nn.torch_style.base import held, made, numbers, tensor_held
from nn.torch_style.selection import added
from nn.torch_style.spectra import Spectra
from nn.torch_style.types import Bool, Int

S = TypeVar("S", bound="Replaced")


class Replaced(Spectra):
    """Elements of other tensors in a copy."""

    __slots__ = ()

    def select_scatter(self: S, src: Any, dim: Int, index: Int) -> S:
        """Return a copy with `src` at an index of an axis."""
        return self._with(src, self._along(dim, index))

    def slice_scatter(
        self: S, src: Any, dim: Int = 0, start: Any = None, end: Any = None, step: Int = 1
    ) -> S:
        """Return a copy with `src` in a slice of an axis."""
        return self._with(src, self._along(dim, slice(start, end, step)))

    def diagonal_scatter(self: S, src: Any, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> S:
        """Return a copy with `src` on a diagonal."""
        x = numbers(self)
        places = np.arange(x.size).reshape(x.shape).diagonal(offset, dim1, dim2)
        if numbers(src).shape != places.shape:
            raise ShapeError(
                f"The diagonal has the shape {places.shape}, not {numbers(src).shape}."
            )
        flat: Any = self.reshape(-1)  # type: ignore[attr-defined]
        return flat.put(made(places.reshape(-1)), src.reshape(-1)).reshape(x.shape)  # type: ignore[no-any-return]

    def put(self: S, index: Any, source: Any, accumulate: Bool = False) -> S:
        """Return a copy with elements of `source` at places of the flat tensor, perhaps added."""
        x, places = tensor_held(self), numbers(index).reshape(-1)
        flat, new = np.reshape(x, -1), np.reshape(held(source), -1)
        if len(places) and not (-x.size <= places.min() and places.max() < x.size):
            raise IndexError(f"The places must be from {-x.size} to {x.size - 1}.")
        if accumulate:
            return made(np.reshape(added(np.copy(flat), places % max(x.size, 1), new), x.shape))
        found = made(np.copy(flat))
        found[made(places)] = made(new)
        return found.reshape(x.shape)  # type: ignore[no-any-return]

    def _along(self, dim: int, index: Any) -> Any:
        axis = range(numbers(self).ndim)[dim]
        return (*[slice(None)] * axis, index)

    def _with(self: S, src: Any, index: Any) -> S:
        part = numbers(self)[index]
        if numbers(src).shape != part.shape:
            raise ShapeError(
                f"What is replaced has the shape {part.shape}, not {numbers(src).shape}."
            )
        found: Any = self.clone()  # type: ignore[attr-defined]
        found[index] = src
        return found  # type: ignore[no-any-return]
