"""The graph: derivatives, constants, hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import autograd
from autograd import Node
from autograd.errors import DataError, GraphError
from nn.torch_style.base import Attribute, TensorBase, held, made, memory_of, mutated, numbers
from nn.torch_style.in_place_forms import InPlaceForms
from nn.torch_style.types import Bool

S = TypeVar("S", bound="InGraph")


class Hook:
    """What `Tensor.register_hook` returns; ``remove()`` or the end of ``with`` removes the hook."""

    def __init__(self, remove: Callable[[], None]) -> None:
        self.remove = remove

    def __enter__(self) -> Hook:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class Made(str):
    """The name of the function that computed a tensor."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{self}>"


class InGraph(InPlaceForms):
    """What a tensor was computed from, and its derivative."""

    __slots__ = ()

    @property
    def requires_grad(self) -> Bool:
        """Whether derivatives flow to this."""
        return isinstance(self._held, Node) and bool(getattr(self._held, "requires_grad", True))

    @requires_grad.setter
    def requires_grad(self, wanted: Any) -> None:
        self.requires_grad_(wanted)

    def requires_grad_(self: S, requires_grad: Bool = True) -> S:
        """Set whether derivatives flow to this leaf; return it."""
        if not isinstance(self._held, Node):
            if not requires_grad:
                return self
            if self._held.dtype.kind not in "fc":
                raise DataError(
                    f"Only tensors of floats can require gradients, not of {self._held.dtype}: "
                    "write x.float()."
                )
            self._held = autograd.Tensor(self._held)
            self._owner = None
        elif requires_grad != self.requires_grad:
            self._held.requires_grad = requires_grad  # type: ignore[attr-defined]
        return self

    @property
    def is_leaf(self) -> Bool:
        """Whether this was not computed from tensors that require gradients."""
        return not isinstance(self._held, Node) or bool(self._held.is_leaf)  # type: ignore[attr-defined]

    @property
    def grad_fn(self) -> Any:
        """What computed this, for messages; None for leaves."""
        return None if self.is_leaf else Made(self._held.op or "assignment")  # type: ignore[attr-defined]

    @property
    def grad(self) -> Any:
        """The derivative, None before ``backward``."""
        found = getattr(self._held, "grad", None)
        if found is None:
            return None
        is_node = isinstance(found, Node)
        return made(found) if is_node else memory_of(found, Attribute(self._held, "grad"))

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if not isinstance(self._held, Node):
            if gradient is None:
                return
            raise GraphError("This tensor requires no gradient: write x.requires_grad_() before.")
        self._held.grad = held(gradient)  # type: ignore[attr-defined]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: Any = None,
        create_graph: Bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the derivatives of this to the ``grad`` of the leaves it was computed from."""
        node: Any = self._held
        if not isinstance(node, autograd.Tensor):
            raise GraphError(
                "This tensor has no graph: nothing that it was computed from requires a gradient."
            )
        if inputs is not None:
            self._backward_to(inputs, gradient, retain_graph, create_graph)
            return
        node.backward(held(gradient), retain_graph=bool(retain_graph), create_graph=create_graph)

    def _backward_to(self, inputs: Any, gradient: Any, retain: Any, create: Any) -> None:
        """Add the derivatives to the ``grad`` of some nodes only."""
        nodes = [held(x) for x in ([inputs] if isinstance(inputs, TensorBase) else inputs)]
        found = autograd.gradients(
            self._held, nodes, held(gradient), create_graph=create, retain_graph=bool(retain)
        )
        for node, part in zip(nodes, found, strict=True):
            if part is None:
                continue
            if node.is_leaf:
                node.accumulate_grad(part, create)
            elif node.grad is not None:
                node.grad = node.grad + part
            else:
                node.grad = part if create else part.copy()  # others may have it, too

    def retain_grad(self) -> None:
        """Keep the derivative of this computed tensor in ``grad``."""
        self._held.retain_grad()

    def register_hook(self, hook: Callable[[Any], Any]) -> Hook:
        """Call ``hook(gradient)`` during ``backward``; what it returns replaces the gradient."""
        return Hook(self._held.register_hook(lambda g: held(hook(made(g)))))

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], Any]) -> Hook:
        """Call ``hook(x)`` with this leaf whenever ``backward`` has added to its ``grad``."""
        if not self.is_leaf or not self.requires_grad:
            raise GraphError(
                "Only a leaf that requires a gradient stores one: register the hook there, or "
                "write x.register_hook(hook)."
            )
        return Hook(self._held.register_post_accumulate_grad_hook(lambda _: hook(self)))

    # -- without history ---------------------------------------------------------------------

    @property
    def data(self: S) -> S:
        """The same memory without history; changing it changes the tensor, unrecorded."""
        if isinstance(self._held, Node):
            return memory_of(numbers(self), self._held)
        return self

    @data.setter
    def data(self, data: Any) -> None:
        found = numbers(data)
        owner = getattr(self, "_owner", None)
        if isinstance(self._held, Node):
            self._held.data = found  # type: ignore[attr-defined]
        elif isinstance(owner, Attribute):
            self._held = owner.put(self._held, found)
        else:
            self._held = found
            mutated(self)

    def detach(self: S) -> S:
        """Return the same memory as a constant."""
        return self.data

    def detach_(self: S) -> S:
        """Forget the history of this tensor; return it."""
        self._held = autograd.Tensor(numbers(self), None, "", False)
        return self
