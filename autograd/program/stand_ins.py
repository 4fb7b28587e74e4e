"""Nodes among the arguments of a traced function, and nodes from outside that it uses.

While a function is traced, a new leaf stands for each node among its arguments: what the node was
computed from belongs to the caller. What a function does to the node itself, beyond reading its
numbers, cannot be repeated by a program. Then `NotFollowed` is raised, and `jit` calls the function
itself from then on.
"""

from __future__ import annotations

import contextlib
from typing import Any

from autograd.engine import Node, Tensor, Value, is_recording
from autograd.engine.assignment import current
from autograd.engine.fields import ENDED, replace_contents
from autograd.engine.foreign import like
from autograd.engine.tensor import restore_tensor
from autograd.engine.transform_calls import ARGUMENTS
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import TraceError
from autograd.program.hosts import Hosts, is_on_device
from autograd.program.spaces import StateTracer


class NotFollowed(Exception):  # noqa: N818 - `jit` catches it
    """A function does something with nodes that a program cannot repeat."""


def numbers_of(x: Any) -> Any:
    """Return the array or number that a node holds now, and anything else as it is."""
    if isinstance(x, Tensor):
        return current(x)._contents
    return x._contents if isinstance(x, Value) else x


class Kind:
    """Makes leaves, or constants, like a node."""

    def __init__(self, node: Any) -> None:
        self.kind = type(node)
        self.label: str = node.label
        self.is_differentiated = bool(node._is_differentiated())
        if isinstance(node, Tensor):
            self.requires_grad = bool(node.requires_grad)
            self.is_parameter = bool(node.is_parameter)
            space = getattr(node, "__dict__", {})
            self.attributes = {name: x for name, x in space.items() if not name.startswith("_")}

    def leaf(self, numbers: Any) -> Any:
        """Return a leaf with these numbers."""
        if self.kind is Value:
            return Value(numbers, self.label)
        leaf = restore_tensor(
            self.kind, numbers, None, self.label, self.requires_grad, self.is_parameter
        )
        for name, item in self.attributes.items():
            setattr(leaf, name, item)
        return leaf


class NodeTracer(StateTracer):
    """The part of a `Recorder` that knows which nodes are arguments, and which come from outside.

    Attributes
    ----------
    strict : bool
        Whether to raise `NotFollowed`; if not, the program computes with the numbers of nodes.
    given_up : str
        The reason why `NotFollowed` was raised, which the function may have caught.
    stand_ins : dict
        By identity, the leaves that stand for arguments: the leaf, and the number of the argument.
    hosts : Hosts or None
        The copies that stand for arrays of a device; None where a program cannot run there.
    begun : float
        Leaves with a smaller number were made before the function was called.
    """

    begun: float

    def __init__(self, changing: Any, strict: bool) -> None:
        super().__init__(changing)
        self.strict = strict
        self.given_up = ""
        self.hosts: Hosts | None = None
        self.stand_ins: dict[int, tuple[Any, int]] = {}
        self._made: dict[int, Any] = {}  # Values that were computed from constants

    def stand_in(self, node: Any, number: int, traced: Any) -> Any:
        """Return the leaf that stands for a node among the arguments."""
        leaf = Kind(node).leaf(traced._value)
        self.stand_ins[id(leaf)] = (leaf, number)
        if isinstance(leaf, Value):
            self.leaf(leaf, traced)
        else:
            replace_contents(leaf, traced)
        return leaf

    def give_up(self, reason: str, is_lost: bool = False) -> None:
        """Stop following the function; if its program would lose something, in any case."""
        if self.strict:
            self.given_up = reason
            raise NotFollowed(reason)
        if is_lost:
            raise TraceError(
                f"A program cannot do what this function does: {reason}. Make a node of the "
                "argument inside, Tensor(x), or return the derivative that `grad` gives."
            )

    def give_up_foreign(self, items: Any) -> None:
        """Stop at an array of another library, unless a copy in memory can stand for it."""
        for item in items:
            found = like(item)
            if found is not None and not (self.hosts is not None and is_on_device(found)):
                library = type(found).__module__
                if self.strict:
                    self.give_up(f"it computes with arrays of {library}")
                raise TraceError(
                    f"A program is recorded in memory, and this function computes with arrays of "
                    f"{library}. Read them before, autograd.devices.to_numpy(x), or write "
                    "jit(f), which runs programs on a device."
                )

    def moved(self, x: Any) -> Any:
        """Return the copy that stands for an array of a device; anything else as it is."""
        return x if self.hosts is None else self.hosts.of(x)

    def moves(self, kind: type) -> bool:
        """Return whether copies stand for arrays of a type."""
        return self.hosts is not None and type(self.hosts.home) is kind

    def is_inside(self, node: Any) -> bool:
        """Return whether a node was made while the function was traced."""
        if isinstance(node, Value):
            if id(node) in self._made or id(node) in self.stand_ins:
                return True
            return node.primitive is None and self.begun < node._call() < ENDED
        return bool(self.begun < node._call() < ENDED)

    def use_outside(self, node: Any) -> None:
        """Check that the numbers of a node from outside can be read again at each run."""
        if node.primitive is not None:
            self.give_up("it uses a node that was computed outside")
        elif id(node) in ARGUMENTS:
            self.give_up("it uses an argument of a function that is being differentiated")

    def use_of_argument(self, node: Any) -> None:
        """Refuse to follow what happens to an argument itself."""
        if id(node) in self.stand_ins:
            what = "it reads or changes the grad or the data of a node among its arguments"
            self.give_up(what, is_lost=True)

    def replaced(self, handle: Any) -> None:
        """Handle the use of a Tensor whose elements another node holds, after assignments."""
        if not self.is_inside(handle):
            self.give_up("it uses a Tensor to whose elements something was assigned")

    def assigned(self, base: Any) -> None:
        """Handle an assignment to elements of a Tensor, before it happens."""
        if id(base) in self.stand_ins:
            self.give_up("it assigns to elements of a Tensor among its arguments", is_lost=True)
        trained = base.requires_grad or base.is_parameter
        if not self.is_inside(base) and (is_recording() or not trained):
            self.give_up("it assigns to elements of a Tensor from outside")


def marked(leaves: list[Any], given: list[Any]) -> Any:
    """Mark the leaves that stand for differentiated arguments: copies of them depend on them."""
    nodes = [
        leaf
        for node, leaf in zip(leaves, given, strict=True)
        if isinstance(node, Node) and node._is_differentiated()
    ]
    return arguments_of_call(nodes) if nodes else contextlib.nullcontext()
