"""Patterns of instructions that change an array in place."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import INPLACE, Variable, set_flat
from autograd.sparse.elements import PRODUCTS, elementwise, spread
from autograd.sparse.memory import Memories
from autograd.sparse.operands import Operand, Positions, Step, Unknown, plain, sets_of, shape_of
from autograd.sparse.sets import Sets

#: The operators that are computed element by element.
_ELEMENTWISE = frozenset(set(INPLACE) - {operator.imatmul})


def write(
    step: Step, target: Any, memories: Memories, compute: Callable[[Step], list[Sets]]
) -> None:
    """Note what an array depends on after an instruction has changed it; may raise `Unknown`.

    Parameters
    ----------
    step : Step
        The instruction.
    target : Variable or Constant
        What it changes.
    memories : Memories
        The state of all variables.
    compute : callable
        Returns the sets of the results of an instruction.
    """
    try:
        places = memories.places(target)
    except TypeError:
        raise Unknown from None
    function = step.function
    out = step.keywords.get("out")
    owner = getattr(function, "__self__", None)
    if out is not None:
        _into(step, target, places, memories, compute)
    elif function in _ELEMENTWISE:
        memories.put(target, places, _updated(step, places.shape))
    elif isinstance(owner, np.ufunc) and function.__name__ == "at":
        _at(step, target, places, memories)
    elif function is operator.setitem or function is set_flat:
        _assign(step, target, places, memories)
    elif function is np.copyto:
        _copy(step, target, places, memories)
    else:
        memories.put(target, places, _moved(step, places))


def _updated(step: Step, shape: tuple[int, ...]) -> Sets:
    """Return the sets of an array that an operator such as ``+=`` changes."""
    result = Variable(-1, np.empty(shape))
    return elementwise(Step(step.function, step.arguments, {}, [result], step.width))[0]


def _into(
    step: Step,
    target: Any,
    places: Any,
    memories: Memories,
    compute: Callable[[Step], list[Sets]],
) -> None:
    """Note the results of a function with ``out=``, which is computed where ``where=`` holds."""
    keywords = {name: x for name, x in step.keywords.items() if name not in ("out", "where")}
    result = Variable(-1, np.empty(places.shape))
    found = compute(Step(step.function, step.arguments, keywords, [result], step.width))
    memories.put(target, places, found[0], keeps="where" in step.keywords)


def _at(step: Step, target: Any, places: Any, memories: Memories) -> None:
    """Note the results of ``ufunc.at``, which uses an element as often as an index names it."""
    _, index, *rest = step.arguments
    changed = places[plain(index)]
    for x in rest:
        sets = spread(x, changed.shape, step.width)
        if step.function.__self__ in PRODUCTS or sets.count:
            memories.put(target, changed, sets, keeps=True)


def _assign(step: Step, target: Any, places: Any, memories: Memories) -> None:
    """Note the results of ``x[index] = item``."""
    _, index, item = step.arguments
    if step.function is set_flat:
        places = places.reshape(-1)
    try:
        changed = places[plain(index)]
    except Unknown:
        if not sets_of(item, step.width).count:
            memories.forget(target)  # some elements may now depend on nothing
            return
        raise
    shape = shape_of(item)
    if isinstance(item, Operand):
        extra = len(shape) - np.ndim(changed)
        if extra > 0:  # NumPy allows extra leading axes of length one
            item = Operand(shape[extra:], item.sets)
        sets = spread(item, np.shape(changed), step.width)
    else:
        sets = Sets.empty(np.size(changed), step.width)
    memories.put(target, np.asarray(changed), sets)


def _copy(step: Step, target: Any, places: Any, memories: Memories) -> None:
    """Note the results of `numpy.copyto`."""
    named = dict(zip(("dst", "src", "casting", "where"), step.arguments, strict=False))
    named.update(step.keywords)
    sets = spread(named["src"], places.shape, step.width)
    try:
        where = np.broadcast_to(plain(named.get("where", True)), places.shape).reshape(-1)
    except Unknown:
        memories.put(target, places, sets, keeps=True)
        return
    places = places.reshape(-1)[where]
    memories.put(target, places, sets.take(np.flatnonzero(where)))


def _moved(step: Step, places: Any) -> Sets:
    """Return the sets of an array to which elements are moved, by moving positions."""
    target, *others = step.arguments
    positions = Positions()
    whole = positions.of(Operand(places.shape, sets_of(target, step.width)))
    values = [positions.of(x) if has_sets(x) else plain(x) for x in others]
    if isinstance(others[-1], Operand) and others[-1].sets is None:
        values[-1] = np.zeros_like(values[-1], int)
    try:
        step.function(whole, *values, **plain(step.keywords))
    except Exception:
        raise Unknown from None
    return positions.sets(whole)


def has_sets(x: Any) -> bool:
    """Return whether an argument depends on inputs."""
    return isinstance(x, Operand) and x.sets is not None
