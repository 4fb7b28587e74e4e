"""Which transforms are running, and on which nodes."""

from __future__ import annotations

import threading
from typing import Any, Final, final

from autograd.engine.callers import replaced
from autograd.engine.grad_mode import GRAD_MODE

_LOCK: Final = threading.Lock()

#: The identities of the arguments of functions that transforms are calling, over all threads.
ARGUMENTS: Final[set[int]] = set()


#: Arguments of nested calls that are nodes of the outer call. By identity: the node, the node of
#: the outer call that it stands for, and the number of the inner call. The outermost clears it.
INNER: Final[dict[int, tuple[Any, Any, float]]] = {}


@final
class Calls:
    """How many functions are being differentiated, over all threads."""

    def __init__(self) -> None:
        self.running: int = 0
        self.nested: bool = False  # whether one runs inside another


CALLS: Final = Calls()


class arguments:  # noqa: N801 - reads as `with arguments(nodes):`
    """Mark nodes as the arguments of a function that is being differentiated.

    A copy of such a node depends on it, where a copy of any other leaf is a leaf of its own.
    """

    def __init__(self, nodes: list[Any], given: list[Any] | None = None) -> None:
        self._nodes = nodes  # keeps them alive, so that no other object gets their identity
        self._given: list[Any] = [] if given is None else given

    def __enter__(self) -> arguments:
        with _LOCK:
            CALLS.nested = CALLS.nested or CALLS.running > 0
            CALLS.running += 1
        ARGUMENTS.update([id(node) for node in self._nodes])
        for node, item in zip(self._nodes, self._given, strict=False):
            if node._primitive is not None:  # a node of the outer call
                INNER[id(node)] = (node, item, GRAD_MODE.calls)
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        ARGUMENTS.difference_update([id(node) for node in self._nodes])
        with _LOCK:
            CALLS.running -= 1
            if CALLS.running == 0:
                CALLS.nested = False
                INNER.clear()
        if error is not None and (ours := replaced(error)) is not None:
            raise ours from error
