"""The derivative that a Tensor keeps, and the hooks that a backward pass calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd.engine import assignment, tracing
from autograd.engine.batching import Batched
from autograd.engine.cotangents import as_given
from autograd.engine.fields import ArrayNode, adopt
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.hooks import add_hook, call_after
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import Node
from autograd.errors import GraphError, ShapeError

_ndarray: Final = np.ndarray


@mypyc_attr(allow_interpreted_subclasses=True)
class HookedNode(ArrayNode):
    """The part of `Tensor` that deals with its derivative."""

    __slots__ = ()

    def _now(self) -> ArrayNode:
        """Return the node that holds the current elements, after assignments."""
        if GRAD_MODE.tracing != 0:
            adopt(self)
        return self if self._memory is None else assignment.current(self)

    def _is_own_leaf(self) -> bool:
        """Return whether ``grad`` and hooks belong to this object, not to what was assigned."""
        is_alone = self._latest is None and self._view is None
        return self._primitive is None and (self._requires_grad or is_alone)

    @property
    def grad(self) -> Any:
        """The derivative: None at first, then an array like ``data``.

        A Tensor after ``backward(create_graph=True)``. Only leaves keep it, and nodes on which
        `retain_grad` was called.
        """
        if not self._is_own_leaf():
            return self._now()._grad
        return self._grad if GRAD_MODE.tracing == 0 else tracing.here().gradient(self)

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if GRAD_MODE.tracing != 0:
            tracing.here().stored_gradient(self)
        if gradient is None:
            self._grad = None
            return
        if not isinstance(gradient, Node):
            gradient = as_given(gradient, self._contents, "grad")
        is_array = isinstance(gradient, _ndarray) or isinstance(gradient, Batched)
        if is_array and gradient.dtype != self._contents.dtype:
            gradient = gradient.astype(self._contents.dtype)
        if gradient.shape != self._contents.shape:
            raise ShapeError(
                f"The gradient has shape {gradient.shape}, the data {self._contents.shape}; "
                "they must be the same."
            )
        self._grad = gradient

    def register_hook(self, function: Callable[[Any], Any]) -> Callable[[], None]:
        """Call ``function(g)`` with the derivative of this node during every `backward`.

        Parameters
        ----------
        function : callable
            Takes the derivative. If it returns anything but None, that replaces the derivative.

        Returns
        -------
        callable
            Removes the hook, when called without arguments.
        """
        return add_hook(self if self._is_own_leaf() else self._now(), function)

    def register_post_accumulate_grad_hook(
        self, function: Callable[[Any], Any]
    ) -> Callable[[], None]:
        """Call ``function(tensor)`` with this leaf whenever `backward` has added to its ``grad``.

        The function may read and change the numbers and ``grad``: an optimiser can take its step,
        and set ``grad`` to None. Nothing is recorded meanwhile, unless by ``create_graph=True``.
        `backward` calls such hooks at its end, for the leaves used last first.

        Parameters
        ----------
        function : callable
            Takes this Tensor, and returns None.

        Returns
        -------
        callable
            Removes the hook, when called without arguments.

        Raises
        ------
        GraphError
            If this is computed, or a constant.
        """
        self._require_leaf()
        return add_hook(self, function, True)

    def accumulate_grad(self, gradient: Any, create_graph: Any = False) -> None:
        """Add a derivative to the ``grad`` of this leaf, as `backward` does, and call hooks.

        Parameters
        ----------
        gradient : array_like
            The derivative, such as one of those that `gradients` returns, of the same shape. An
            array is copied.
        create_graph : bool
            Whether it stays a node.

        Raises
        ------
        GraphError
            If this is computed, or a constant.
        ShapeError
            If the derivative has another shape.
        """
        self._require_leaf()
        before = self.grad
        if before is not None:
            gradient = before + gradient
        elif not isinstance(gradient, Node):
            gradient = as_given(gradient, self._contents, "grad").copy()  # others may have it, too
        self.grad = gradient
        if self._hooks is not None:
            call_after(self, bool(create_graph))

    def _require_leaf(self) -> None:
        now = self._now()
        if now._primitive is not None or not now._requires_grad:
            raise GraphError(
                "Only a leaf that requires a gradient stores one: write this for the leaf, or for "
                "a computed Tensor t.register_hook(function)."
            )
