"""The structure of what a function of numbers returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Tensor
from autograd.program.instructions import Constant, Variable
from autograd.program.structure import VALUES

#: In a structure: a number.
NUMBER = "a number"

#: Types whose elements are passed as Python's numbers, which are as precise.
_PLAIN = "bilqpBILQP?dD"

_NUMBERS = (Variable, Constant, Node, np.ndarray, np.generic, float, int, complex)


def number_of(x: Any) -> Any:
    """Return an element as a number of Python, if that is as precise."""
    plain = isinstance(x, np.generic) and x.dtype.char in _PLAIN
    return x.item() if plain or isinstance(x, np.ndarray) else x


def are_numbers(leaves: list[Any]) -> list[bool]:
    """Return which leaves of a result are numbers, arrays or nodes, or stand for them."""
    return [isinstance(x, _NUMBERS) for x in leaves]


def structure_of(result: Any) -> Any:
    """Return a result with `NUMBER` in the place of numbers."""
    return tree.mapped(result, lambda x: NUMBER if isinstance(x, _NUMBERS) else x)


def object_in(structure: Any) -> type | None:
    """Return the type of something in a structure that may hold a number; None if nothing does."""
    others = (x for x in tree.flat(structure) if not isinstance(x, VALUES))
    return next(map(type, others), None)


def described(structure: Any) -> str:
    """Return a structure in words."""
    if isinstance(structure, tree.CONTAINERS):
        is_dict = isinstance(structure, dict)
        keys = f" with the keys {', '.join(map(repr, structure))}" if is_dict else ""
        parts = ", ".join(described(x) for x in tree.items(structure))
        return f"{type(structure).__name__}{keys} of ({parts})"
    return NUMBER if structure is NUMBER else repr(structure)


def filled(structure: Any, numbers: Any, nodes: list[bool]) -> Any:
    """Return results in a structure: nodes where calls return nodes."""
    rest = iter(numbers)
    are_nodes = iter(nodes)

    def leaf(x: Any) -> Any:
        is_node = next(are_nodes)
        if x is not NUMBER:
            return x
        found = next(rest)
        is_made = is_node and not isinstance(found, Node)
        return Tensor(found, requires_grad=False) if is_made else found

    return tree.mapped(structure, leaf)
