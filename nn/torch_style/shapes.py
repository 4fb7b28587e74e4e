"""The same elements in another shape or order."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Callable
from typing import Any, Concatenate, TypeVar

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.lib.stride_tricks import sliding_window_view

from autograd.errors import DataError, OptionError, ShapeError
from nn.torch_style.base import made, numbers, tensor_held
from nn.torch_style.reductions import Reductions
from nn.torch_style.types import Dims, Int, Size, contiguous_format, dtype

S = TypeVar("S", bound="Shapes")


def lengths(given: Any) -> Any:
    """Return the lengths that were passed one by one, or as one sequence."""
    if len(given) == 1 and isinstance(given[0], dtype):
        raise OptionError("view(dtype) would reinterpret bytes: for other types write x.to(dtype).")
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    return tuple([n if type(n) is int else int(n) for n in given])


def one_or_many(method: Callable[..., Any]) -> Callable[Concatenate[S, ...], S]:
    """Return a method of lengths or axes that takes them one by one, in a sequence, or by name."""
    (_, name) = inspect.signature(method).parameters
    names = {"size", "shape"} if name in ("size", "shape") else {name}

    @functools.wraps(method)
    def call(self: S, *given: Any, **named: Any) -> S:
        for known in names & named.keys():
            given = (named.pop(known),)
        if named:
            raise TypeError(f"{method.__name__}() has no argument {', '.join(named)}.")
        return method(self, lengths(given))

    return call


def _matrices(x: Any, name: str) -> Any:
    """Return what a tensor holds; raise if it has fewer than two axes, which NumPy would add."""
    found = tensor_held(x, name)
    if found.ndim < 2:
        raise ShapeError(f"{name} takes matrices, not a tensor of shape {tuple(found.shape)}.")
    return found


class Shapes(Reductions):
    """The shape, and the same elements in another one."""

    __slots__ = ()

    @property
    def shape(self) -> Size:
        """The length of each axis."""
        return Size(self._held.shape)

    def size(self, dim: Any = None) -> Any:
        """Return the shape, or the length of an axis."""
        return Size(self._held.shape) if dim is None else self._held.shape[dim]

    @property
    def ndim(self) -> Int:
        """The number of axes."""
        return int(self._held.ndim)

    def dim(self) -> Int:
        """Return the number of axes."""
        return int(self._held.ndim)

    ndimension = dim

    def numel(self) -> Int:
        """Return the number of elements."""
        return math.prod(self._held.shape)

    nelement = numel

    @one_or_many
    def view(self: S, shape: Any) -> S:
        """Return the elements in another shape; -1 stands for what is left."""
        return made(np.reshape(self._held, shape))

    @one_or_many
    def reshape(self: S, shape: Any) -> S:
        """Return the elements in another shape; -1 stands for what is left."""
        return made(np.reshape(tensor_held(self, "reshape"), shape))

    def view_as(self: S, other: Any) -> S:
        """Return the elements in the shape of another tensor."""
        return self.view(other.shape)

    reshape_as = view_as

    def flatten(self: S, start_dim: Int = 0, end_dim: Int = -1) -> S:
        """Return the elements with some adjacent axes joined, by default all."""
        x = tensor_held(self, "flatten")
        if not x.ndim:
            return self.reshape(1)
        first = normalize_axis_index(start_dim, x.ndim)
        last = normalize_axis_index(end_dim, x.ndim)
        if first > last:
            raise ShapeError(f"flatten: axis {start_dim} is behind axis {end_dim}.")
        shape = x.shape
        return self.reshape(*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])

    def unflatten(self: S, dim: Int, sizes: Any) -> S:
        """Return the elements with one axis split into several."""
        shape = self._held.shape
        dim = normalize_axis_index(dim, len(shape))
        return self.reshape(*shape[:dim], *sizes, *shape[dim + 1 :])

    def sum_to_size(self: S, *size: Any) -> S:
        """Return the sums over the axes that a smaller shape lacks, or has with length 1."""
        wanted = lengths(size)
        added = self._held.ndim - len(wanted)
        found = self.sum(tuple(range(added))) if added else self
        ones = tuple(i for i, n in enumerate(wanted) if n == 1 and found._held.shape[i] != 1)
        return found.sum(ones, keepdim=True) if ones else found

    def ravel(self: S) -> S:
        """Return the elements along one axis."""
        return self.reshape(-1)

    def squeeze(self: S, dim: Dims = None) -> S:
        """Return the elements without axes of length 1: all, or those given that have it."""
        x = tensor_held(self, "squeeze")
        if dim is not None:
            given = (dim,) if isinstance(dim, int) else dim
            if not x.ndim and set(given) <= {0, -1}:
                return made(x)
            dim = tuple(d for d in given if x.shape[d] == 1)
        return made(np.squeeze(x, axis=dim))

    def unsqueeze(self: S, dim: Int) -> S:
        """Return the elements with a new axis of length 1."""
        return made(np.expand_dims(tensor_held(self, "unsqueeze"), dim))

    def transpose(self: S, dim0: Int, dim1: Int) -> S:
        """Return the elements with two axes exchanged."""
        return made(np.swapaxes(tensor_held(self, "transpose"), dim0, dim1))

    swapaxes = swapdims = transpose

    def t(self: S) -> S:
        """Return the transpose of a matrix."""
        x = tensor_held(self, "t")
        if x.ndim > 2:
            raise ShapeError(f"t() takes at most 2 axes, not {x.ndim}: write x.mT.")
        return made(x.T)

    @property
    def T(self: S) -> S:  # noqa: N802 - PyTorch's name
        """The transpose: all axes in reverse order."""
        return made(self._held.T)

    @property
    def mT(self: S) -> S:  # noqa: N802 - PyTorch's name
        """The transpose of each matrix: the last two axes exchanged."""
        return self.transpose(-1, -2)

    @property
    def mH(self: S) -> S:  # noqa: N802 - PyTorch's name
        """The conjugate transpose of each matrix."""
        return self.mT.conj()

    def adjoint(self: S) -> S:
        """Return the conjugate transpose of each matrix."""
        return self.mH

    @property
    def H(self: S) -> S:  # noqa: N802 - PyTorch's name
        """The conjugate transpose of a matrix."""
        return self.t().conj()

    @one_or_many
    def permute(self: S, dims: Any) -> S:
        """Return the elements with the axes in another order."""
        return made(np.transpose(tensor_held(self, "permute"), dims))

    def movedim(self: S, source: Any, destination: Any) -> S:
        """Return the elements with axes moved to other places."""
        return made(np.moveaxis(tensor_held(self, "movedim"), source, destination))

    moveaxis = movedim

    @one_or_many
    def expand(self: S, size: Any) -> S:
        """Return the elements with axes of length 1 repeated; -1 keeps a length."""
        own, wanted = tensor_held(self, "expand").shape, size
        added = len(wanted) - len(own)
        full = [own[i - added] if n == -1 and i >= added else n for i, n in enumerate(wanted)]
        if tuple(full) == tuple(own):
            return made(self._held[...])  # which may be assigned to
        return made(np.broadcast_to(self._held, full))

    @one_or_many
    def broadcast_to(self: S, size: Any) -> S:
        """Do the same as `expand`."""
        return self.expand(size)

    def expand_as(self: S, other: Any) -> S:
        """Return the elements with axes repeated to the shape of another tensor."""
        return self.expand(other.shape)

    @one_or_many
    def repeat(self: S, repeats: Any) -> S:
        """Return the whole tensor, repeated along each axis."""
        if len(repeats) < self._held.ndim:
            raise ShapeError(
                f"repeat takes a count for each of the {self._held.ndim} axes, not {repeats}."
            )
        return made(np.tile(self._held, repeats))

    @one_or_many
    def tile(self: S, dims: Any) -> S:
        """Return the whole tensor, repeated along the last axes."""
        return made(np.tile(tensor_held(self, "tile"), dims))

    def repeat_interleave(self: S, repeats: Any, dim: Any = None) -> S:
        """Return the elements, each repeated."""
        return made(np.repeat(tensor_held(self), numbers(repeats), axis=dim))

    def split(self: S, split_size: Any, dim: Int = 0) -> tuple[S, ...]:
        """Return parts along an axis: of one length, or of the lengths in a list."""
        x = tensor_held(self, "split")
        count = x.shape[dim]
        if isinstance(split_size, int):
            ends = list(range(split_size, count, split_size))
        else:
            if sum(split_size) != count:
                raise ShapeError(f"split: {list(split_size)} must sum to the {count} elements.")
            ends = np.cumsum(split_size)[:-1].tolist()
        parts = []
        for start, stop in zip([0, *ends], [*ends, count], strict=True):
            parts.append(self.narrow(dim, start, stop - start))
        return tuple(parts)

    split_with_sizes = split

    def tensor_split(self: S, indices_or_sections: Any, dim: Int = 0) -> tuple[S, ...]:
        """Return parts along an axis: so many, or those between given places."""
        x, ends = tensor_held(self, "tensor_split"), numbers(indices_or_sections)
        if np.ndim(ends) == 0:
            each, more = divmod(x.shape[dim], int(ends))
            ends = np.cumsum([each + (i < more) for i in range(int(ends))])[:-1]
        places = [0, *[int(end) for end in ends], x.shape[dim]]
        spans = itertools.pairwise(places)
        return tuple([self.narrow(dim, a, max(b - a, 0)) for a, b in spans])

    def hsplit(self: S, indices_or_sections: Any) -> tuple[S, ...]:
        """Return parts along the second axis; of vectors along the first."""
        return self.tensor_split(indices_or_sections, 0 if self._held.ndim == 1 else 1)

    def vsplit(self: S, indices_or_sections: Any) -> tuple[S, ...]:
        """Return parts along the first axis."""
        return self.tensor_split(indices_or_sections, 0)

    def dsplit(self: S, indices_or_sections: Any) -> tuple[S, ...]:
        """Return parts along the third axis."""
        return self.tensor_split(indices_or_sections, 2)

    def chunk(self: S, chunks: Int, dim: Int = 0) -> tuple[S, ...]:
        """Return at most so many parts of equal length along an axis; the last may be shorter."""
        count = tensor_held(self, "chunk").shape[dim]
        if not count:
            return (self,) * chunks
        return self.split(max(-(-count // chunks), 1), dim)

    def unbind(self: S, dim: Int = 0) -> tuple[S, ...]:
        """Return the parts along an axis, without the axis."""
        return tuple([self.select(dim, i) for i in range(tensor_held(self).shape[dim])])

    def narrow(self: S, dim: Int, start: Int, length: Int) -> S:
        """Return the elements from `start` along an axis."""
        x = tensor_held(self, "narrow")
        dim = normalize_axis_index(dim, x.ndim)
        count = x.shape[dim]
        start = start + count if start < 0 else start
        if length < 0 or not 0 <= start <= count - length:
            raise ShapeError(f"narrow: {length} elements from {start} are not within {count}.")
        return made(x[(*(slice(None),) * dim, slice(start, start + length))])

    def select(self: S, dim: Int, index: Int) -> S:
        """Return the elements at one place along an axis, without the axis."""
        x = tensor_held(self, "select")
        return made(x[(*(slice(None),) * normalize_axis_index(dim, x.ndim), index)])

    @one_or_many
    def flip(self: S, dims: Any) -> S:
        """Return the elements with axes reversed."""
        return made(np.copy(np.flip(tensor_held(self, "flip"), dims)))

    def fliplr(self: S) -> S:
        """Return the elements with the second axis reversed."""
        return self.flip(1)

    def flipud(self: S) -> S:
        """Return the elements with the first axis reversed."""
        return self.flip(0)

    def rot90(self: S, k: Int = 1, dims: Any = (0, 1)) -> S:
        """Return the elements turned k times by 90 degrees."""
        return made(np.copy(np.rot90(tensor_held(self, "rot90"), k, tuple(dims))))

    def roll(self: S, shifts: Any, dims: Any = None) -> S:
        """Return the elements shifted along axes, those from the end at the beginning."""
        return made(np.roll(tensor_held(self, "roll"), shifts, dims))

    def tril(self: S, diagonal: Int = 0) -> S:
        """Return the matrices with zeros above a diagonal."""
        return made(np.tril(_matrices(self, "tril"), diagonal))

    def triu(self: S, diagonal: Int = 0) -> S:
        """Return the matrices with zeros below a diagonal."""
        return made(np.triu(_matrices(self, "triu"), diagonal))

    def diagonal(self: S, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> S:
        """Return the elements on a diagonal; of a matrix, its memory."""
        x = tensor_held(self, "diagonal")
        if x.ndim == 2 and (dim1, dim2) in ((0, 1), (-2, -1)) and numbers(x).flags.c_contiguous:
            rows, columns = x.shape  # NumPy's function returns a view that is read-only
            start = offset if offset >= 0 else -offset * columns
            length = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
            flat = np.reshape(x, (-1,))
            return made(flat[start : start + length * (columns + 1) : columns + 1])
        return made(np.diagonal(x, offset, dim1, dim2))

    def diag(self: S, diagonal: Int = 0) -> S:
        """Return the diagonal of a matrix, or a matrix with this diagonal."""
        return made(np.copy(np.diag(tensor_held(self, "diag"), diagonal)))

    def diagflat(self: S, offset: Int = 0) -> S:
        """Return a matrix with these elements on a diagonal."""
        return made(np.diagflat(tensor_held(self, "diagflat"), offset))

    def diag_embed(self: S, offset: Int = 0, dim1: Int = -2, dim2: Int = -1) -> S:
        """Return matrices with the last axis on their diagonals."""
        x = tensor_held(self, "diag_embed")
        size = x.shape[-1] + abs(offset)
        at = np.arange(x.shape[-1])
        mask, places = np.zeros((size, size), bool), np.zeros((size, size), np.int64)
        rows, columns = at + max(-offset, 0), at + max(offset, 0)
        mask[rows, columns], places[rows, columns] = True, at
        filled = np.take(x, places, -1) if len(at) else np.zeros((*x.shape[:-1], 1, 1), x.dtype)
        found = np.where(mask, filled, np.zeros((), x.dtype))
        return made(np.moveaxis(found, (-2, -1), (dim1, dim2)))

    def trace(self: S) -> S:
        """Return the sum of the diagonal of a matrix."""
        return made(np.trace(tensor_held(self, "trace")))

    def unfold(self: S, dimension: Int, size: Int, step: Int) -> S:
        """Return all windows of a length along an axis, as a new last axis; they share memory."""
        x = tensor_held(self, "unfold")
        axis = normalize_axis_index(dimension, x.ndim)
        if x.shape[axis] < size:
            raise DataError(f"unfold: a window of {size} is longer than the axis.")
        windows = sliding_window_view(x, size, axis)
        return made(windows[(*(slice(None),) * axis, slice(None, None, step))])

    def contiguous(self: S, memory_format: Any = None) -> S:
        """Return the tensor, or a copy with the elements in their order in memory."""
        if numbers(self).flags.c_contiguous or memory_format not in (None, contiguous_format):
            return self
        return made(np.copy(tensor_held(self, "contiguous"), order="C"))

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Return whether the elements are in memory in their order."""
        return bool(numbers(self).flags.c_contiguous)

    def clone(self: S, *, memory_format: Any = None) -> S:
        """Return a copy, through which derivatives flow."""
        return made(np.copy(tensor_held(self, "clone")))
