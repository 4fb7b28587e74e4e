"""Random numbers in batched functions: an error, the same in all calls, or different ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching.entropy import Watch
from autograd.batching.generators import GENERATORS, BatchedGenerator
from autograd.batching.level import Level
from autograd.batching.reachable import SOURCES
from autograd.batching.states import shared_state, state_of
from autograd.engine.batching import levels
from autograd.errors import BatchError, OptionError

SHARED = (
    "A function that vmap calls draws random numbers, which all calls would share. Pass a "
    'numpy.random.Generator as an argument and randomness="different", or draw the numbers before; '
    'write randomness="same" to share them.'
)
UNSEEDED = (
    "A function that vmap calls makes a random generator without a seed, whose numbers all calls "
    'would share. Pass a numpy.random.Generator as an argument and randomness="different"; write '
    'randomness="same" to share the numbers.'
)

CHOICES = ("error", "same", "different")


class Randomness:
    """What a batched function may do with random numbers."""

    def __init__(self, choice: str) -> None:
        if choice not in CHOICES:
            raise OptionError(f"randomness={choice!r} must be one of {', '.join(CHOICES)}.")
        self.choice = choice

    def generator(self, generator: Any, level: Level) -> Any:
        """Return what stands for a generator among the arguments."""
        return BatchedGenerator(generator, level) if self.choice == "different" else generator

    @contextlib.contextmanager
    def watching(self, arguments: Any, keywords: Any, reached: list[Any]) -> Iterator[None]:
        """Raise an error if the function draws numbers that all calls would share.

        `reached` holds what it refers to.
        """
        if self.choice == "same":
            yield
            return
        passed = [x for x in tree.flat((arguments, keywords)) if isinstance(x, GENERATORS)]
        known = passed if self.choice == "error" else []
        sources = [x for x in reached if isinstance(x, SOURCES)]
        watched = [*known, *[x for x in sources if x not in passed]]
        before = [state_of(x) for x in watched]
        shared = shared_state()
        with Watch() as watch:
            yield
        if shared != shared_state() or before != [state_of(x) for x in watched]:
            raise BatchError(SHARED)
        if watch.asked:
            raise BatchError(UNSEEDED)


def drawn(generator: np.random.Generator) -> Any:
    """Return what stands for a generator that a module draws from; raise if that is an error."""
    found: Any = generator
    for level in levels():
        if level.randomness == "different":
            found = BatchedGenerator(found, level)
        elif level.randomness == "error":
            raise BatchError(SHARED)
    return found
