"""Run a pass, and compare what the programs before and after it compute."""

import numpy as np

from autograd.program import trace
from autograd.program.instructions import Instruction
from autograd.program.passes import SIMPLIFYING
from autograd.program.running import compiled

X = np.array([[1.0, -2.0, 0.5], [0.25, -0.0, 3.0]])


def calls(program):
    return [item.name for item in program.items if isinstance(item, Instruction)]


def bits(x):
    """Return what two results must have in common; NaN has no sign."""
    x = np.array(x)
    if x.dtype.kind == "f":
        x[np.isnan(x)] = np.nan
    return (x.dtype, x.shape, x.tobytes())


def simplest(program):
    for one in SIMPLIFYING:
        program = one(program)
    return program


def check(one, function, *arguments, expected=None):
    """Run a pass; compare what the programs compute, and return what the second calls."""
    program = trace(function)(*arguments)
    before = calls(program)
    after = one(program)
    assert calls(program) == before, "the pass has changed the program that it was given"
    runs = []
    for p in (program, after):
        copies = [x.copy() if isinstance(x, np.ndarray) else x for x in arguments]
        found = compiled(p)(*copies)
        runs.append([bits(x) for x in (found if isinstance(found, tuple) else (found,))])
        runs[-1] += [bits(x) for x in copies]
    assert runs[0] == runs[1]
    if expected is not None:
        assert calls(after) == expected
    return after
