"""The optimisers of `nn`, on tensors in PyTorch's style."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from autograd.errors import OptionError
from nn import optim
from nn.optim.optimizer import WITHOUT_EFFECT, ParameterState
from nn.parameter import Parameter as PlainParameter
from nn.torch_style.base import TensorBase, held, inside, outside
from nn.torch_style.nn.parameter import shown_parameter
from nn.torch_style.optim.state import KeptState
from nn.torch_style.tensor import Tensor


class _Required:
    """What stands for an option without default."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


class Optimizer(optim.Optimizer):
    """The base class of optimisers: your own define ``step``.

    Parameters
    ----------
    params : iterable of tensor, or of dict
        The parameters, or groups of them with options.
    defaults : dict
        The default options.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> class Descent(torch.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params, dict(lr=lr))
    ...
    ...     @torch.no_grad()
    ...     def step(self):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 p.add_(p.grad, alpha=-group["lr"])
    >>> w = torch.ones(2, requires_grad=True)
    >>> w.sum().backward()
    >>> Descent([w]).step()
    >>> w
    tensor([0.9000, 0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Any, defaults: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        if isinstance(params, TensorBase):
            raise OptionError("The parameters must be in a list: write [parameter].")
        given = [_group(part) for part in params]
        super().__init__(given, defaults, **options)

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Add a group of parameters."""
        params = group["params"]
        params = [params] if isinstance(params, TensorBase) else list(params)
        found = [held(parameter) for parameter in params]
        seen = {id(held(p)) for other in self.param_groups for p in other["params"]}
        if seen & set(map(id, found)):
            raise OptionError("A parameter is in two groups, and would be updated twice per step.")
        known = (*self.defaults, "params", "name", *WITHOUT_EFFECT)
        own = {name: option for name, option in group.items() if name not in known}
        given = {name: option for name, option in group.items() if name not in own}
        super().add_param_group({**given, "params": found})
        self.param_groups[-1].update(own)  # what the program itself keeps there
        self.param_groups[-1]["params"] = [
            old if isinstance(old, TensorBase) else _shown(new)
            for old, new in zip(params, found, strict=True)
        ]

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient."""
        return super().step(closure)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state and the options, to be passed to `load_state_dict`."""
        return outside(super().state_dict())

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore a state, from which steps continue bit for bit."""
        found = dict(state_dict) if self._is_own() else inside(dict(state_dict))
        groups = [dict(group) for group in found["param_groups"]]
        known = (*self.defaults, "params", "name", *WITHOUT_EFFECT)
        kept = []
        for own, group in zip(self.param_groups, groups, strict=False):
            names = [name for name in own if name not in known and name in group]
            kept.append({name: group.pop(name) for name in names})
        super().load_state_dict({**found, "param_groups": groups})
        for own, options in zip(self.param_groups, kept, strict=False):
            own.update(options)


def _group(part: Any) -> Any:
    """Return a parameter as it is, of a pair of name and parameter the second."""
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str):
        return part[1]
    return part


def _shown(parameter: Any) -> Any:
    if isinstance(parameter, PlainParameter):
        return shown_parameter(parameter)
    found = object.__new__(Tensor)
    found._held, found._owner = parameter, None
    return found


class _Known(Optimizer):
    """An optimiser of `nn`: accepts PyTorch's options that change nothing."""

    #: Further positional arguments of PyTorch, behind those of the optimiser of `nn`.
    more: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Any, *arguments: Any, **options: Any) -> None:
        kind: Any = next(k for k in type(self).__mro__ if not issubclass(k, Optimizer))
        known = inspect.signature(kind).parameters.values()
        count = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in known) - 1  # without params
        arguments, last = arguments[:count], arguments[count:]
        if len(last) > len(self.more):
            raise OptionError(
                f"{type(self).__name__} takes at most {count + len(self.more)} arguments behind "
                "the parameters: write others by name."
            )
        options |= dict(zip(self.more, last, strict=False))
        if options.get("differentiable"):
            raise OptionError(
                "Steps have no derivative: differentiable=True needs one. Write the new parameters "
                "as p - lr * g, with g from torch.autograd.grad(..., create_graph=True), and call "
                "the model by torch.func.functional_call."
            )
        for name in WITHOUT_EFFECT:
            options.pop(name, None)
        kind.__init__(self, [_group(part) for part in params], *map(inside, arguments), **options)

    def _has_step(self) -> bool:
        """Return whether the class is one of a program, and defines ``step``."""
        return type(self).step is not Optimizer.step

    @property
    def state(self) -> Any:
        """What is kept of each parameter."""
        if self._has_step():
            return vars(self).setdefault("state", ParameterState(dict))
        return KeptState(self)

    @state.setter
    def state(self, given: Any) -> None:
        if self._has_step():
            vars(self)["state"] = given
        elif given:
            raise OptionError(
                "Only an empty state can be assigned: load others with load_state_dict."
            )
        else:
            KeptState(self).clear()

    def _is_own(self) -> bool:
        return self._has_step()


class SGD(_Known, optim.SGD):
    """Gradient descent, with momentum if asked for."""


class Adam(_Known, optim.Adam):
    """Adam."""

    def __init__(
        self, params: Any, *arguments: Any, decoupled_weight_decay: bool = False, **options: Any
    ) -> None:
        super().__init__(params, *arguments, **options)
        if decoupled_weight_decay:
            self.defaults["decoupled_weight_decay"] = True
            for group in self.param_groups:
                group["decoupled_weight_decay"] = True


class AdamW(_Known, optim.AdamW):
    """Adam with decoupled weight decay."""


class Adamax(_Known, optim.Adamax):
    """Adam with the largest gradient in place of the mean square."""

    more = ("foreach",)


class NAdam(_Known, optim.NAdam):
    """Adam with Nesterov's momentum."""

    more = ("decoupled_weight_decay",)


class RAdam(_Known, optim.RAdam):
    """Adam with a rectified variance."""

    more = ("decoupled_weight_decay",)


class Adagrad(_Known, optim.Adagrad):
    """Gradient descent with rates that fall with the sum of squared gradients."""

    more = ("foreach",)


class Adadelta(_Known, optim.Adadelta):
    """Gradient descent with rates from the sizes of past steps."""

    more = ("foreach",)


class RMSprop(_Known, optim.RMSprop):
    """Gradient descent with rates from the mean of squared gradients."""

    more = ("capturable", "foreach", "maximize", "differentiable")


class ASGD(_Known, optim.ASGD):
    """Gradient descent that also averages the parameters."""

    more = ("foreach", "maximize", "differentiable", "capturable")


class Rprop(_Known, optim.Rprop):
    """Steps of a size of its own for each element, against the sign of the derivative."""


class SparseAdam(_Known, optim.SparseAdam):
    """Adam on the rows that have a gradient."""


class _Whole(_Known):
    """An optimiser of `nn` with its own ``step``, which reads and writes arrays."""

    @contextmanager
    def _arrays(self) -> Iterator[None]:
        """Have the parameters of `nn` in the groups, by which the state is kept."""
        shown = [group["params"] for group in self.param_groups]
        for group in self.param_groups:
            group["params"] = inside(group["params"])
        try:
            yield
        finally:
            for group, params in zip(self.param_groups, shown, strict=True):
                group["params"] = params

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take a step; return the result of the closure."""
        with self._arrays():
            return super().step(closure)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state and the options, to be passed to `load_state_dict`."""
        with self._arrays():
            return super().state_dict()

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore a state, from which steps continue bit for bit."""
        with self._arrays():
            super().load_state_dict(inside(dict(state_dict)))


class Adafactor(_Whole, optim.Adafactor):
    """Adam's steps with little memory."""


class Muon(_Whole, optim.Muon):
    """Momentum whose matrices are nearly orthogonal."""


class LBFGS(_Whole, optim.LBFGS):
    """The limited-memory BFGS method."""
