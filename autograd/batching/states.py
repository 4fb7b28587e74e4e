"""The states of random generators, to see whether a function has drawn from them."""

from __future__ import annotations

import ctypes
import random
from typing import Any

import numpy as np

from autograd.batching.generators import BatchedGenerator
from autograd.engine import tracing

#: The bytes of what the bits of `numpy.random` depend on: 624 numbers and a position.
_SIZE = 4 * 625


def state_of(source: Any) -> Any:
    """Return the state of a generator, or of a sequence of seeds, to compare."""
    if type(source) is BatchedGenerator:
        source = source.unbatched()
    source = tracing.concrete(source)
    if isinstance(source, random.SystemRandom):  # it has none: see `Watch`
        return None
    if isinstance(source, random.Random):
        return source.getstate()
    if isinstance(source, np.random.RandomState):
        return repr(source.get_state(legacy=False))
    if isinstance(source, np.random.SeedSequence):
        return source.n_children_spawned
    children = getattr(source.bit_generator.seed_seq, "n_children_spawned", 0)
    return children, repr(source.bit_generator.state)


class _Known:
    """The last bits of `numpy.random` for which it has been seen to keep no number for later."""

    bits: bytes | None = None


def shared_state() -> tuple[Any, ...]:
    """Return the state of `numpy.random` and of `random` without a generator.

    NumPy needs 60 microseconds to return its state, because besides its bits it keeps every second
    normal number for later. It cannot have begun to keep one while its bits are the same.
    """
    bits = _bits()
    if bits is not None and bits == _Known.bits:
        return (bits, random.getstate())
    found: Any = np.random.get_state()
    if bits is not None and len(found) > 3 and not found[3]:
        _Known.bits = bits
        return (bits, random.getstate())
    kept = found[1].tobytes(), *found[2:]
    return (kept, random.getstate())


def _bits() -> bytes | None:
    """Return what the bits of `numpy.random` depend on; None if they are not its own ones."""
    source = np.random.mtrand.get_bit_generator()
    if type(source) is not np.random.MT19937:
        return None
    return ctypes.string_at(source.ctypes.state_address, _SIZE)
