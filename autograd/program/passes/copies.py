"""Leave out copies that nothing can tell from what they were made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Instruction, Method, Variable
from autograd.program.passes.effects import Effects, is_fresh, rebuilt
from autograd.program.program import Program


def without_copies(program: Program) -> Program:
    """Return the program without copies that are equal to the original as long as they live.

    A copy stays if it or the original is written to while the other is still read. What is
    returned stays an array of its own.
    """
    while any(isinstance(item, Instruction) and is_copy(item) for item in program.items):
        effects = Effects(program)
        makers = {x: item for item in program.instructions for x in item.makes()}
        busy: set[Any] = set()
        replaced: dict[Any, Any] = {}
        for position, item in enumerate(program.items):
            if not isinstance(item, Instruction) or not is_copy(item):
                continue
            copy, original = item.result, item.arguments[0]
            memory = {effects.owner(copy), effects.owner(original)}
            if memory & busy:
                continue  # what is known about it holds before the first replacement only
            if _is_needless(effects, makers, position, copy, original):
                busy |= memory
                replaced[copy] = original
        if not replaced:
            break
        dropped = set(replaced)
        kept = [x for x in program.items if dropped.isdisjoint(x.makes())]
        program = rebuilt(program, replaced, kept)
    return program


def is_copy(item: Instruction) -> bool:
    """Return whether an instruction copies an array and changes neither type nor layout."""
    function, result = item.function, item.result
    if not (isinstance(result, Variable) and result.is_array and result.root is result):
        return False
    copies = function == Method("copy") or function is np.copy
    if function is np.array:
        copies = not item.keywords and len(item.arguments) == 1
    if not copies or not item.arguments:
        return False
    original = item.arguments[0]
    if isinstance(original, Variable):
        return original.is_array and original.strides == result.strides
    value = getattr(original, "value", None)
    return isinstance(value, np.ndarray) and value.strides == result.strides


def _is_needless(
    effects: Effects, makers: dict[Any, Any], position: int, copy: Any, original: Any
) -> bool:
    last = effects.last.get(effects.owner(copy), position)
    if effects.leaves(copy):
        maker = makers.get(original)
        if maker is None or not is_fresh(maker, original) or effects.leaves(original):
            return False
    if not effects.writes_to(copy) and not effects.is_changed(original, position, last):
        return True
    # One of them is written to: the copy may take over the memory of an original that ends here.
    maker = makers.get(original)
    return (
        maker is not None
        and is_fresh(maker, original)
        and not effects.leaves(original)
        and effects.last.get(effects.owner(original), 0) <= position
    )
