"""Functions that are called in the backward pass with the derivatives of a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import OptionError
from nn.hooks import Hook
from nn.torch_style.base import TensorBase


class BackwardHook:
    """A hook of a module that the backward pass calls; ``remove()`` removes it.

    Parameters
    ----------
    module : Module
        The module.
    function : callable
        ``function(module, grad_input, grad_output)``, two tuples; what it returns, if not None,
        replaces the derivative with respect to the input.
    early : bool
        Whether to call ``function(module, grad_output)`` before the module's own backward pass;
        what it returns replaces the derivative with respect to the output.
    first : bool
        Whether to call it before the hooks of this kind that are there already.
    """

    def __init__(
        self, module: Any, function: Callable[..., Any], early: bool = False, first: bool = False
    ) -> None:
        self.function = function
        self._watch = _watch_of(module, early)
        self._watch.hooks.insert(0 if first else len(self._watch.hooks), self)

    def remove(self) -> None:
        """Remove the hook, if it is still there."""
        self._watch.remove(self)


class _Watch:
    """The hooks of a module that are called before, or after, its own backward pass.

    The inputs and outputs of the module pass through nodes of their own, whose derivatives are
    those with respect to the inputs and the outputs.
    """

    def __init__(self, module: Any, early: bool) -> None:
        self.early = early
        self.hooks: list[BackwardHook] = []
        self.running: list[_Call] = []
        self.around = Hook(module, self._before, after=False), Hook(module, self._after, after=True)

    def remove(self, hook: BackwardHook) -> None:
        """Remove a hook; without hooks, do not watch the module any more."""
        self.hooks = [other for other in self.hooks if other is not hook]
        for part in () if self.hooks else self.around:
            part.remove()

    def changed(self, module: Any, derivatives: list[Any], *further: Any) -> Any:
        """Return the derivatives as the hooks leave them; None if none returns anything."""
        result = None
        for hook in self.hooks:
            given = tuple(derivatives) if result is None else result
            found = hook.function(module, given, *further)
            if found is not None:
                result = found if isinstance(found, tuple) else (found,) * len(derivatives)
        return result

    def _before(self, module: Any, inputs: Any) -> Any:
        call = _Call(self, module, inputs)
        self.running.append(call)
        return tuple([call.entered(place, x) for place, x in enumerate(inputs)])

    def _after(self, module: Any, inputs: Any, outputs: Any) -> Any:
        return self.running.pop().left(outputs)


def _watch_of(module: Any, early: bool) -> _Watch:
    """Return what watches a module; what is early is reached first, so its hook comes last."""
    owners = [getattr(hook.function, "__self__", None) for hook in module._hooks if hook.after]
    watches = {x.early: x for x in owners if isinstance(x, _Watch)}
    if early in watches:
        return watches[early]
    found = _Watch(module, early)
    if True in watches:
        last = watches[True].around[1]
        module._hooks = (*(hook for hook in module._hooks if hook is not last), last)
    return found


class _Call:
    """One call of a module that has such a hook."""

    def __init__(self, watch: _Watch, module: Any, inputs: Any) -> None:
        self.watch, self.module = watch, module
        self.inputs: list[Any] = [None] * len(inputs)
        self.outputs: list[Any] = []
        self.waiting = sum(_varies(x) for x in inputs)
        self.count = self.waiting

    def entered(self, place: int, x: Any) -> Any:
        """Return an input as the module gets it."""
        if self.watch.early or not _varies(x):
            return x
        inner = x.view_as(x)
        inner.register_hook(lambda gradient: self._reached_input(place, gradient))
        return inner

    def left(self, outputs: Any) -> Any:
        """Return the outputs as the caller gets them."""
        many = isinstance(outputs, (tuple, list))
        parts = list(outputs) if many else [outputs]
        self.outputs = [None] * len(parts)
        parts = [self._watched(place, y) for place, y in enumerate(parts)]
        return type(outputs)(parts) if many else parts[0]

    def _watched(self, place: int, y: Any) -> Any:
        if not _varies(y):
            return y
        outer = y.view_as(y)
        outer.register_hook(lambda gradient: self._reached_output(place, gradient))
        return outer

    def _reached_output(self, place: int, gradient: Any) -> Any:
        self.outputs[place] = gradient
        if self.watch.early:
            found = self.watch.changed(self.module, self.outputs)
            return None if found is None else found[place]
        if not self.count:  # no input has a derivative
            self.watch.changed(self.module, self.inputs, tuple(self.outputs))
        return None

    def _reached_input(self, place: int, gradient: Any) -> Any:
        self.inputs[place] = gradient
        self.waiting -= 1
        if self.waiting:
            return None
        self.waiting = self.count
        found = self.watch.changed(self.module, self.inputs, tuple(self.outputs))
        if found is None:
            return None
        if self.count > 1:
            raise OptionError(
                f"A backward hook of {type(self.module).__name__} returns derivatives for "
                f"{self.count} inputs, of which only one can be replaced here: write "
                "input.register_hook(hook) for each of them."
            )
        return found[place]


def _varies(x: Any) -> bool:
    return isinstance(x, TensorBase) and bool(x.requires_grad)  # type: ignore[attr-defined]
