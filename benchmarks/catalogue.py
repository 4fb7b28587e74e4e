"""The workloads: each module in `workloads/` is one, with a function for each peer.

A module has

- a docstring whose first line says what it does;
- ``SIZES``: the sizes to run, each passed to the functions; ``QUICK_SIZES``: the sizes of a
  quick run, possibly none;
- ``LARGEST`` (optional): for a peer, the largest size that it can do in reasonable time or memory;
- ``TOLERANCE`` (optional): the largest relative difference between the numbers of two peers;
- ``UNIT``: ``second`` (the default) to time a call of what the functions return, which returns
  numbers on which all peers must agree; ``byte`` if that call returns its own measurement.

Functions are named after the peers in `peers.py`.
"""

import importlib
import pkgutil
from dataclasses import dataclass

import workloads

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Workload:
    """One module of `workloads/`, with its defaults filled in."""

    name: str
    title: str
    sizes: tuple
    quick_sizes: tuple
    largest: dict
    tolerance: float
    unit: str
    functions: dict

    def can(self, peer, size):
        """Whether a peer has a function for this workload and can handle the size."""
        if peer.function not in self.functions:
            return False
        largest = self.largest.get(peer.name, size)
        return self.sizes.index(size) <= self.sizes.index(largest)


def load(name):
    """Read one workload."""
    module = importlib.import_module(f"workloads.{name}")
    sizes = getattr(module, "SIZES", ("",))
    return Workload(
        name=name,
        title=module.__doc__.splitlines()[0].rstrip("."),
        sizes=sizes,
        quick_sizes=getattr(module, "QUICK_SIZES", sizes),
        largest=getattr(module, "LARGEST", {}),
        tolerance=getattr(module, "TOLERANCE", TOLERANCE),
        unit=getattr(module, "UNIT", "second"),
        functions={
            key: value
            for key, value in vars(module).items()
            if getattr(value, "__module__", "") == module.__name__ and callable(value)
        },
    )


def names():
    """Return the names of all workloads, in the order of the tables."""
    found = {module.name for module in pkgutil.iter_modules(workloads.__path__)}
    listed = [name for name in workloads.ORDER if name in found]
    return [*listed, *sorted(found - set(listed))]
