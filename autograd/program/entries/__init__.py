"""Functions of numbers that `vmap` calls, recorded for one entry and run for all.

A function that needs the bare number of each entry, because it branches, calls `math.sin` or makes
a `Value`, cannot be called with the arrays of a batch. One call is recorded instead, with the
numbers of one entry, and the program runs for all entries on a tape. A guard fails for entries that
take another branch; then a call with one of these is recorded. Where a program cannot run on a
tape, the function is called for each entry.
"""

from autograd.program.entries.calls import Entries

__all__ = ["Entries"]
