"""What a traced function reads from nodes that it closes over, and stores in them."""

from __future__ import annotations

from typing import Any

from autograd.engine import Tensor
from autograd.engine.fields import replace_contents, replace_gradient
from autograd.program.traced import Traced


class Outside:
    """The numbers, or the derivative, of a node from outside that a traced function used.

    Attributes
    ----------
    node : Value or Tensor
        The node.
    what : str
        ``"data"`` or ``"grad"``.
    before : array or number
        What the node held before the function ran.
    traced : Traced or None
        The input of the program; None for a ``grad`` that is None.
    written : bool
        Whether the function has stored something in it.
    """

    def __init__(self, recorder: Any, node: Any, what: str) -> None:
        self.node = node
        self.what = what
        self.written = False
        self.before = node._contents if what == "data" else node._grad
        self._held = recorder.moved(self.before)
        self._recorder = recorder
        self.traced: Any = None
        self.is_read = False

    def read(self) -> Any:
        """Return the input of the program."""
        if not self.is_read:
            self.is_read = True
            label = self.node.label
            hint = f"grad_{label}" if label and self.what == "grad" else label
            if self._held is not None:
                self.traced = self._recorder.lent(self._held, hint if hint.isidentifier() else "")
        return self.traced

    def now(self, recorder: Any) -> Any:
        """Return what the node holds now, traced."""
        node = self.node
        if isinstance(node, Tensor):
            return node._contents if self.what == "data" else node._grad
        known = recorder._values if self.what == "data" else recorder._gradients
        return known[id(node)][1] if id(node) in known else self.traced

    def finish(self, keep: bool) -> None:
        """Give the node plain numbers: those that it has now, or those that it had before."""
        node = self.node
        if isinstance(node, Tensor):
            held = node._contents if self.what == "data" else node._grad
            plain = held._value if isinstance(held, Traced) else held
            found = plain if keep else self.before
            if self.what == "data":
                replace_contents(node, found)
            else:
                replace_gradient(node, found)
        elif not keep:
            if self.what == "data":
                node.data = self.before
            else:
                node.grad = self.before
