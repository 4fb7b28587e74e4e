"""Cotangents: their shapes and types, and the arrays that can be added to in place.

Adding in place is for speed only: without it the backward pass adds cotangents as it adds any
other arrays.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import objects, wrapped
from autograd.engine.batching import Batched
from autograd.engine.fields import ArrayNode, NumberNode
from autograd.engine.foreign import beside, is_foreign, ones, require_one_place
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.memoryless import in_chunks_of
from autograd.engine.node import Node, plain
from autograd.engine.primitive import Primitive
from autograd.engine.tracing import Followed, concrete
from autograd.errors import BatchError, DataError, ShapeError

_ndarray: Final = np.ndarray


def seed_of(root: ArrayNode, gradient: Any, create: bool) -> Any:
    """Return the initial cotangent, of the shape and type of the root."""
    data = root._contents
    if gradient is None:
        if data.size != 1:
            raise ShapeError(
                f"backward() of a Tensor of shape {data.shape} needs gradient=, an array of "
                "that shape; or make it one number first, by .sum() or .mean()."
            )
        if data.dtype.kind == "c":
            raise ShapeError(
                "backward() of a complex number needs gradient=; or take its .real or .imag."
            )
        return ones(data)
    if isinstance(gradient, Node) and not create:
        gradient = plain(gradient)
    gradient = as_given(gradient, data, "gradient=")
    if gradient.shape != data.shape:
        raise ShapeError(
            f"gradient= has shape {gradient.shape}, but the Tensor has shape {data.shape}; "
            "they must be the same."
        )
    if gradient.dtype.kind == "c" and data.dtype.kind != "c":
        raise DataError("gradient= is complex, but the Tensor is real.")
    return gradient if gradient.dtype == data.dtype else gradient.astype(data.dtype)


def as_given(gradient: Any, data: Any, what: str) -> Any:
    """Return a derivative that a user has given for these data as an array, or a node."""
    if isinstance(gradient, (Node, Batched, Followed)):
        return gradient
    wrapped.refuse_other_rules(gradient)
    if type(gradient) is not _ndarray and not isinstance(gradient, np.generic):
        gradient = gradient if is_foreign(gradient) else wrapped.converted(gradient)
    if gradient.dtype.kind not in "biufc":
        raise DataError(f"{what} is an array of {gradient.dtype}, and must be one of numbers.")
    if is_foreign(data) and isinstance(gradient, (np.ndarray, np.generic)):
        return np.asarray(gradient, like=data)
    require_one_place(what, gradient, data)
    return gradient


def add_to_elements(total: Any, index: Any, g: Any) -> bool:
    """Add the cotangent of some elements to that of the array; return whether that was possible.

    This saves an array with zeros for the other elements.
    """
    if GRAD_MODE.interventions != GRAD_MODE.tracing:
        return False  # tracing counts as an intervention, but only the others observe edges
    if isinstance(total, Batched):
        is_same = isinstance(g, Batched) and g.level is total.level
        return is_same and _is_of_slices(index) and _add_in_batch(total, index, g)
    if type(concrete(total)) is not _ndarray:
        return False
    if isinstance(g, Followed) and not isinstance(total, Followed):
        return False  # the array is a constant of the program
    if isinstance(g, Batched) or is_foreign(g):
        return False  # all calls of the batch share the array; another library returns new ones
    if not _is_of_slices(index):
        return False
    if g.dtype != total.dtype:
        return False
    elements = total[index]
    if type(concrete(elements)) is _ndarray:
        np.add(elements, g, out=elements)
    else:
        total[index] = elements + g
    return True


def _is_of_slices(index: Any) -> bool:
    """Return whether an index consists of integers and slices."""
    parts = index if isinstance(index, tuple) else (index,)
    for part in parts:  # noqa: SIM110 - as it is compiled
        if isinstance(part, bool) or not isinstance(part, (int, slice)):
            return False
    return True


def _add_in_batch(total: Any, index: Any, g: Any) -> bool:
    """Add the cotangents of some elements in all calls of a batch."""
    if g.array.dtype != total.array.dtype:
        return False
    if isinstance(g.array, Followed) and not isinstance(total.array, Followed):
        return False  # the array is a constant of the program
    elements = total[index]
    if elements.ndim:
        np.add(elements, g, out=elements)
    else:
        total[index] = elements + g
    return True


def conform(g: Any, argument: Any, primitive: Primitive) -> Any:
    """Convert a cotangent to the type of the argument; raise an error if its shape is wrong."""
    if not isinstance(argument, ArrayNode):
        if isinstance(plain(g), Batched):
            raise BatchError(
                "The derivative with respect to a Value differs between the calls of a batch, and "
                "a Value holds one number. Use a Tensor: Tensor(2.0) for Value(2.0)."
            )
        if hasattr(g, "dtype") and g.dtype.kind == "c":
            g = np.real(g)
        elif isinstance(g, complex):
            g = g.real
        if getattr(g, "shape", ()) != ():
            raise _shape_error(primitive, g.shape, ())
        return g
    data = argument._contents
    if isinstance(g, NumberNode):
        g = np.reshape(g, data.shape)  # type: ignore[call-overload]
    if primitive.partials is None:  # `unbroadcast` has checked the shape of elementwise rules
        if not hasattr(g, "dtype"):
            g = np.reshape(g, data.shape) if data.size == 1 else np.asarray(g)
            g = beside(g, data)
        if g.shape != data.shape:
            raise _shape_error(primitive, g.shape, data.shape)
    if g.dtype is not data.dtype and g.dtype != data.dtype:
        g = objects.joined(g)  # a rule may have made an array of a list of nodes
        if g.dtype.kind == "c" and data.dtype.kind != "c":
            g = np.real(g)
        g = g.astype(data.dtype)
    return g if type(data) is _ndarray else in_chunks_of(g, data)


def _shape_error(primitive: Primitive, given: Any, wanted: Any) -> ShapeError:
    return ShapeError(
        f"The rule of {primitive.name!r} returned a derivative of shape {given} for an argument "
        f"of shape {wanted}; a derivative has the shape of what it is taken with respect to."
    )


def is_new(found: Any, g: Any, y: Any, plain: list[Any]) -> bool:
    """Return whether a rule has made a new array that nothing else refers to."""
    if isinstance(found, Batched):
        held = [x.array for x in (g, y, *plain) if isinstance(x, Batched)]
        return is_new(found.array, None, None, held)
    array = concrete(found)
    if type(array) is not _ndarray or found is g or found is y:
        return False
    base = array.base
    if base is not None:
        return array is found and _is_whole(array, base) and not _holds((g, y, *plain), base)
    for argument in plain:  # noqa: SIM110 - a generator costs more than the rest of the pass
        if found is argument:
            return False
    return True


def _is_whole(array: Any, base: Any) -> bool:
    """Return whether an array is another one in another shape."""
    if type(base) is not _ndarray or not array.flags.writeable:
        return False
    return bool(array.nbytes == base.nbytes and array.dtype == base.dtype and base.base is None)


def _holds(arrays: Any, base: Any) -> bool:
    """Return whether an array, or one it is a view of, is among these."""
    return any(type(x) is _ndarray and (x is base or x.base is base) for x in arrays)


def added(before: Any, found: Any) -> Any:
    """Return the sum of two cotangents in the memory of the first, unless that is read-only.

    Rules may return new arrays that nothing may write to; only an error tells these for nothing.
    """
    try:
        return np.add(before, found, out=before)
    except ValueError:
        if before.flags.writeable:
            raise
        return before + found
