"""Functions of several tensors: joining, choosing, products of many."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import held, made, numbers, tensor_held
from nn.torch_style.promotion import converted, is_number, operands, result_type
from nn.torch_style.renaming import with_axis
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import array_type, dtype_of


def _all_held(tensors: Any, name: str) -> list[Any]:
    if isinstance(tensors, Tensor):
        tensors = tensors.unbind(0)
    found = [tensor_held(x, name) for x in tensors]
    if not found:
        raise DataError(f"{name} takes at least one tensor.")
    return operands(*found)


@with_axis
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors joined along an axis.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.cat([torch.zeros(2), torch.ones(1)])
    tensor([0., 0., 1.])
    """
    parts = _all_held(tensors, "cat")
    if len({part.ndim for part in parts}) > 1:
        parts = [part for part in parts if part.shape != (0,)]  # PyTorch's start of a loop
    return made(np.concatenate(parts, dim))


concat = concatenate = cat


@with_axis
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors of one shape joined along a new axis."""
    return made(np.stack(_all_held(tensors, "stack"), dim))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors joined along their second axis; vectors along the first."""
    return made(np.hstack(_all_held(tensors, "hstack")))


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors joined along their first axis; vectors as rows."""
    return made(np.vstack(_all_held(tensors, "vstack")))


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors joined along their third axis."""
    return made(np.dstack(_all_held(tensors, "dstack")))


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors joined along their second axis; vectors as columns."""
    return made(np.column_stack(_all_held(tensors, "column_stack")))


def atleast_1d(*tensors: Any) -> Any:
    """Return tensors with at least one axis."""
    return _each(np.atleast_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Return tensors with at least two axes."""
    return _each(np.atleast_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Return tensors with at least three axes."""
    return _each(np.atleast_3d, tensors)


def _each(function: Any, tensors: Any) -> Any:
    given = _given(tensors)
    found = tuple(made(function(tensor_held(x))) for x in given)
    return found if len(given) > 1 or given is not tensors else found[0]


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Return all combinations of r elements of a vector, as rows."""
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(choose(range(len(input)), r)), np.int64).reshape(-1, r)
    return made(tensor_held(input, "combinations")[places])


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """Return `input` where a condition is true, else `other`; alone, where it is true."""
    if input is None and other is None:
        return made(numbers(condition)).nonzero(as_tuple=True)
    if getattr(numbers(condition), "dtype", None) not in (None, np.bool_, np.uint8):
        raise DataError(f"A condition holds booleans, not {condition.dtype}: write x > 0.")
    x, y = held(input), held(other)
    wanted = result_type(x, y)
    x, y = (np.asarray(z, wanted) if is_number(z) else converted(z, wanted) for z in (x, y))
    return made(np.where(numbers(condition), x, y))


def _given(tensors: Any) -> Any:
    """Return the tensors that were passed one by one, or as one list."""
    return tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors


def einsum(equation: str, *operands_: Any) -> Tensor:
    """Return sums of products, as the letters of the axes say."""
    given = _given(operands_)
    return made(np.einsum(equation.replace(" ", ""), *_all_held(given, "einsum")))


def tensordot(a: Any, b: Any, dims: Any = 2) -> Tensor:
    """Return sums of products over some axes of both."""
    return made(np.tensordot(*pair(a, b), axes=dims))  # type: ignore[call-overload]


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Return the coordinates of all points of a grid."""
    found = np.meshgrid(*[tensor_held(x, "meshgrid") for x in _given(tensors)], indexing=indexing)  # type: ignore[call-overload]
    return tuple(map(made, found))


def cartesian_prod(*tensors: Any) -> Tensor:
    """Return all combinations of the elements of vectors, as rows."""
    grids = meshgrid(*tensors)
    return stack([grid.reshape(-1) for grid in grids], -1)


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """Return tensors with axes repeated to one shape."""
    return tuple(map(made, np.broadcast_arrays(*[tensor_held(x) for x in tensors])))


def block_diag(*tensors: Any) -> Tensor:
    """Return a matrix with these matrices on its diagonal, and zeros elsewhere."""
    parts = [np.atleast_2d(x) for x in operands(*[tensor_held(x, "block_diag") for x in tensors])]
    width = sum(part.shape[1] for part in parts)
    rows, start = [], 0
    for part in parts:
        after = width - start - part.shape[1]
        rows.append(np.pad(part, ((0, 0), (start, after))))
        start += part.shape[1]
    return made(np.concatenate(rows))


def cdist(x1: Any, x2: Any, p: float = 2.0) -> Tensor:
    """Return the p-norms of the differences of all pairs of rows."""
    return (x1.unsqueeze(-2) - x2.unsqueeze(-3)).norm(p, dim=-1)


def matmul_all(tensors: Sequence[Tensor]) -> Tensor:
    """Return the product of matrices, in the order that takes the fewest steps."""
    return made(np.linalg.multi_dot(_all_held(tensors, "multi_dot")))


def broadcast_shapes(*shapes: Any) -> Any:
    """Return the shape that these shapes broadcast to."""
    return np.broadcast_shapes(*shapes)


def promote_types(type1: Any, type2: Any) -> Any:
    """Return the type of what is computed from tensors of two types."""
    return result_type_of(*(np.empty(1, array_type(kind)) for kind in (type1, type2)))


#: The kinds of types, each of which can hold those before it.
_KINDS = ("b", "iu", "f", "c")


def can_cast(from_: Any, to: Any) -> bool:
    """Return whether results of a type may be stored in a tensor of another one."""
    own, other = (
        next(i for i, kinds in enumerate(_KINDS) if array_type(each).kind in kinds)
        for each in (from_, to)
    )
    return own <= other


def result_type_of(a: Any, b: Any) -> Any:
    """Return the type of the result of an operation with two tensors or numbers."""
    return dtype_of(result_type(held(a), held(b)))
