"""What a function reads apart from its arguments, to notice changes before it runs again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.engine import Value
from autograd.engine.constants import COPIED, fingerprint
from autograd.errors import GraphError
from autograd.program.program import Program
from autograd.program.structure import Identity
from autograd.program.tracing import RECORDING

#: Types that are compared by value.
PLAIN = (int, str, bytes, type(None))


class Readings:
    """What a program reads apart from its arguments and from nodes that the engine watches.

    Parameters
    ----------
    program : Program
        The program.
    watched : set of int
        The identities of nodes whose changes the engine notices.
    holds : callable
        Whether names and objects mean what they meant when the program was recorded.
    """

    def __init__(self, program: Program, watched: set[int], holds: Callable[[], bool]) -> None:
        arrays = [constant.value for constant in program.constants]
        self._arrays = [x for x in arrays if x.nbytes <= COPIED]
        self._loads = [load for load in program.loads if id(load.node) not in watched]
        self._holds = holds

    def now(self) -> list[Any]:
        """Return what is there now, for comparison."""
        if not (self._arrays or self._loads):
            return []
        found = [x.tobytes() for x in self._arrays]
        return found + [_state(getattr(load.node, load.what)) for load in self._loads]

    @contextlib.contextmanager
    def restored(self, before: list[Any], name: str) -> Iterator[None]:
        """Let small arrays hold what they held, for a while; nothing else may have changed."""
        now = self.now()
        with RECORDING:
            changed = [k for k, x in enumerate(self._arrays) if now[k] != before[k]]
            try:
                self._fill(changed, before)
                self.require_same(before, name)
                yield
            finally:
                self._fill(changed, now)

    def _fill(self, changed: list[int], contents: list[Any]) -> None:
        for k in changed:
            x = self._arrays[k]
            if x.flags.writeable:
                x[...] = np.frombuffer(contents[k], x.dtype).reshape(x.shape)

    def require_same(self, before: list[Any], name: str) -> None:
        """Raise an error if something is not what it was."""
        if not self._holds() or self.now() != before:
            raise GraphError(
                f"Something that {name} reads besides its arguments, an array or an attribute for "
                "instance, has changed since the call. Its derivative would be another one: change "
                "it after backward(), or pass it as an argument."
            )


def _state(x: Any) -> Any:
    """Return what identifies the contents of an array or number."""
    if isinstance(x, np.ndarray):
        return x.tobytes() if x.nbytes <= COPIED else fingerprint((x,), {})
    if isinstance(x, (float, complex, np.generic)):
        return np.asarray(x).tobytes()
    return (type(x), x) if isinstance(x, PLAIN) else Identity(x)


def watched_nodes(parents: list[Any]) -> set[int]:
    """Return the identities of those among the parents of a call that the engine watches."""
    return {id(parent) for parent in parents if not isinstance(parent, (int, Value))}
