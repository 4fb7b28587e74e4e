"""Scalar programs as tapes: lists of numbers that a small interpreter in C carries out.

It is built together with the engine, so no compiler is needed later. It calls the functions of the
C library that Python's own floats use, in the same order, so the results are the same bits.
"""

from __future__ import annotations

from typing import Any

from autograd.program.backends.report import Report
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.regions import with_regions
from autograd.program.program import Program

#: Shorter regions take as long in Python, in operations.
SHORTEST = 8


def with_tapes(program: Program, backend: Any, report: Report) -> Program:
    """Return the program with its scalar regions as tapes."""
    if machine is None:
        report.refuses("tape", "it was not built, because there was no C compiler")
        return program
    return with_regions(program, 1 if backend.is_asked_for else SHORTEST, report)
