"""Instructions that copy elements: conversions, single elements, reshaping without a view."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import TYPES, has_type, stored_type
from autograd.program.backends.c.formulas import FORMULAS, Elementwise
from autograd.program.backends.c.places import Place, place_of, static_view
from autograd.program.backends.c.steps import Element
from autograd.program.instructions import Constant, Instruction, Method, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import is_pure, operands

#: Functions of one array, whose result has the same elements in the same shape.
_SAME_SHAPE: frozenset[Any] = frozenset(
    (
        *(np.copy, np.asarray, np.ascontiguousarray, float, np.float64, np.float32),
        *map(Method, ("copy", "astype", "item")),
    )
)

#: Functions whose result has the same elements one after the other.
_SAME_ORDER: frozenset[Any] = frozenset(
    (np.reshape, np.ravel, *map(Method, ("reshape", "ravel", "flatten")))
)


def copy_of(item: Instruction, views: dict[Any, Place]) -> Element | None:
    """Return an instruction that copies elements as a step; None for others."""
    arguments, result = item.arguments, item.result
    x = arguments[0] if arguments else None
    if not isinstance(x, (Variable, Constant)) or operands((arguments[1:], item.keywords)):
        return None
    if not isinstance(result, Variable) or result.root is not result or not has_type(result):
        return None
    if not is_pure(item) or 0 in result.shape or (isinstance(x, Variable) and not has_type(x)):
        return None
    place = place_of(x, views)
    if not isinstance(place, Place) or stored_type(x) not in TYPES:
        return None
    if item.function is operator.getitem and not result.is_array:
        index = arguments[1] if type(arguments[1]) is tuple else (arguments[1],)
        place = static_view(lambda array: array[(*index, ...)], place, stored_type(x))
        return None if place is None or place.shape else copied_element(result, place)
    is_same = item.function in _SAME_SHAPE and place.shape == result.shape
    in_order = item.function in _SAME_ORDER and is_c_contiguous(result)
    orders = [one for one in (*arguments[1:], *item.keywords.values()) if isinstance(one, str)]
    if in_order and any(order != "C" for order in orders):
        return None
    if not is_same and not in_order:
        return None
    given, wanted = stored_type(x), stored_type(result)
    if given.kind == "f" and wanted.kind != "f":
        return None  # C leaves open what numbers out of range become
    if result.shape and not is_c_contiguous(result):
        return None
    return copied_element(result, place)


def copied_element(result: Variable, place: Place) -> Element:
    """Return a step that copies elements to a result, one after the other."""
    dtype = stored_type(result)
    formula = Elementwise(FORMULAS[np.positive][0], (place.base,), (dtype,), dtype, dtype)
    return Element(result, place.shape, (place,), formula)
