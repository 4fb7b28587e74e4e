"""Random generators in traced functions: each run draws from them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import TraceError
from autograd.program.instructions import Method
from autograd.program.traced import Traced, TracedArray


class TracedGenerator(Traced):
    """A random generator that records the calls of its methods."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return np.random.Generator

    @property
    def bit_generator(self) -> Any:
        """Refused: what code does with the state of a generator cannot be followed."""
        raise TraceError(
            "The state of a random generator cannot be read or set in a function that is traced. "
            "Do it outside."
        )

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._value, name)  # raises the error that the generator would raise
        if name.startswith("_") or not callable(found):
            raise TraceError(f"The attribute {name!r} of a generator cannot be followed.")
        return _Draw(self, name)

    def spawn(self, n_children: int) -> Any:
        """Refused: a run would not have the same children."""
        raise TraceError("Generators cannot be spawned in a function that is traced; do it before.")

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Record that the generator shuffles an array in place."""
        if not isinstance(x, TracedArray):
            raise TraceError("shuffle needs an array that is followed; write rng.permutation(x).")
        x[...] = self._draw(shuffled, (x, axis), {})

    def _draw(self, function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
        recorder = self._recorder
        found = recorder.emit(function, (self, *arguments), keywords)
        if not isinstance(found, Traced):
            raise TraceError(
                f"A generator draws {type(found).__name__} here, which cannot be followed."
            )
        recorder.items[-1].writes = self._variable
        return found


class _Draw:
    """A method of a traced generator."""

    def __init__(self, owner: TracedGenerator, name: str) -> None:
        self.owner = owner
        self.name = name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        out = keywords.pop("out", None)
        if out is None:
            return self.owner._draw(Method(self.name), arguments, keywords)
        if self.name != "permuted" and len(arguments) == (self.name == "standard_gamma"):
            keywords.setdefault("size", out.shape)
        found = self.owner._draw(Method(self.name), arguments, keywords)
        if found.dtype != out.dtype:
            raise TypeError(f"out= has the type {out.dtype}; {self.name} draws {found.dtype}.")
        out[...] = found
        return out


def shuffled(generator: np.random.Generator, x: Any, axis: int) -> Any:
    """Return a shuffled copy."""
    copy = np.array(x)
    generator.shuffle(copy, axis)
    return copy
