"""Passes: functions from a program to a program that computes the same with less."""

from __future__ import annotations

from autograd.program.passes.algebra import simplified
from autograd.program.passes.buffers import with_buffers
from autograd.program.passes.common import with_common_subexpressions
from autograd.program.passes.copies import without_copies
from autograd.program.passes.dead_code import without_dead_code
from autograd.program.passes.tiles import with_tiles
from autograd.program.program import PASSES, Program

#: Passes that leave out instructions, or replace them by cheaper ones.
SIMPLIFYING = (
    without_dead_code,
    simplified,
    with_common_subexpressions,
    simplified,
    without_copies,
    without_dead_code,
)

#: Passes that decide where results are stored, and in which order they are computed.
PLACING = (with_tiles, with_buffers)

PASSES.extend((*SIMPLIFYING, *PLACING))


def optimised(program: Program) -> Program:
    """Return a program that computes the same with less; the given one stays as it is.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> program = autograd.trace(lambda x: np.sum(x * 1.0 + (x * 1.0) * 2.0))(np.ones(2))
    >>> len(program), len(optimised(program))
    (5, 4)
    """
    return program.optimised()
