"""Lengths that may be factors in a wrong gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from autograd import tree
from autograd.check.checked_function import Leaf
from autograd.check.explain.reference import Reference
from autograd.graph import contents

#: Of an array with more axes, only the lengths and the number of elements are named.
MOST_AXES = 5


def lengths(inputs: Sequence[Leaf], reference: Reference) -> dict[str, int]:
    """Return lengths that may be factors, by their description, the likelier ones first."""
    found: dict[str, int] = {}
    for leaf in inputs:
        found.update(_of_array(leaf.data.shape, leaf.path))
    known = set(found.values())
    for shape in _intermediate_shapes(reference):
        for length in shape:
            if length not in known:
                found.setdefault("length of the intermediate arrays (the batch?)", length)
        for name, length in _of_array(shape, f"the intermediate array of shape {shape}").items():
            if length not in found.values():
                found[name] = length
    return found


def _of_array(shape: tuple[int, ...], name: str) -> Mapping[str, int]:
    found = {}
    if len(shape) > 1:
        for axis, length in enumerate(shape):
            found[f"length of axis {axis} of {name}"] = length
    found[f"number of elements of {name}"] = math.prod(shape)
    if len(shape) <= MOST_AXES:
        for count in range(2, len(shape)):
            for axes in combinations(range(len(shape)), count):
                listed = f"{', '.join(map(str, axes[:-1]))} and {axes[-1]}"
                product = math.prod(shape[axis] for axis in axes)
                found[f"product of the lengths of axes {listed} of {name}"] = product
    return found


def _intermediate_shapes(reference: Reference) -> Iterator[tuple[int, ...]]:
    """Yield the shapes of what the operations of the function take, each once."""
    if reference.recorded_call is None:
        return
    seen: set[tuple[int, ...]] = set()
    for node in reference.recorded_call.graph.operations:
        for _, argument in tree.leaves(node.arguments):
            shape = np.shape(contents(argument))
            if shape and shape not in seen:
                seen.add(shape)
                yield shape
