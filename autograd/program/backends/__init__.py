"""What runs programs: NumPy, or C where that is faster; `jit` says which it chose and why."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from autograd.errors import OptionError
from autograd.program.backends.report import Report
from autograd.program.backends.tape import with_tapes
from autograd.program.backends.tape.bound import bound
from autograd.program.passes import optimised
from autograd.program.program import Program
from autograd.program.running import compiled

#: Makes some parts of a program run in C, and notes in the report which do.
Pass = Callable[[Program, "Backend", Report], Program]

#: Passes over programs as they were recorded, before those that simplify them.
PASSES: list[Pass] = []

#: The names that `jit` takes; None lets it choose.
NAMES = (None, "numpy", "c")

#: The most threads.
MOST = 256

#: The environment variable that chooses if `jit` has no ``backend=``.
VARIABLE = "CHAINRULE_BACKEND"


class Backend:
    """What runs the programs of a function.

    Parameters
    ----------
    name : str or None
        ``"numpy"``, ``"c"``, or None for the environment variable, else for C where it pays.
    threads : int
        How many threads may carry out large loops in C.

    Attributes
    ----------
    uses_c : bool
        Whether C may run parts of a program.
    is_asked_for : bool
        Whether the user chose C: then it runs all that it can, not only what pays.
    """

    def __init__(self, name: str | None = None, threads: int = 1) -> None:
        self.name = _checked(name, "backend")
        if isinstance(threads, bool) or not isinstance(threads, int) or not 0 < threads <= MOST:
            raise OptionError(f"threads is {threads!r}; write a number from 1 to {MOST}.")
        if threads > 1 and name == "numpy":
            raise OptionError("threads= is for loops in C: leave it out, or write backend='c'.")
        self.threads = threads
        chosen = name or _checked(os.environ.get(VARIABLE) or None, VARIABLE)
        self.uses_c = chosen != "numpy"
        self.is_asked_for = chosen == "c"

    def prepared(self, program: Program, report: Report) -> Program:
        """Return an optimised program, parts of which run in C; note in the report which do."""
        for one in PASSES if self.uses_c else ():
            program = one(program, self, report)
        found = optimised(program)
        return (
            with_products(found, report) if self.is_asked_for or REPORTED in report.runs else found
        )

    def ready(self, program: Program, report: Report) -> Callable[..., Any]:
        """Return a function of the inputs that runs a program; see `running.compiled`."""
        prepared = self.prepared(program, report)
        return bound(prepared, lambda: compiled(prepared, program))


def _checked(name: str | None, what: str) -> str | None:
    """Return the name of a backend, if it is one."""
    if name not in NAMES:
        names = ", ".join(repr(x) for x in NAMES if x is not None)
        raise OptionError(
            f"{what} is {name!r}; write one of {names}, or nothing to let jit choose."
        )
    return name


# Imported last: these modules need the names above.
from autograd.program.backends.c import saving as _saving  # noqa: E402, F401
from autograd.program.backends.c.products import with_products  # noqa: E402
from autograd.program.backends.c.regions import REPORTED, with_kernels  # noqa: E402

PASSES += (with_kernels, with_tapes)
