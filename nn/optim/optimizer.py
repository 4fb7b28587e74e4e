"""The base class of optimisers: parameter groups with options, steps, and state."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from autograd import Node, Tensor
from autograd.errors import DataError, OptionError, WeightsError
from autograd.program import State, changed, created, follow
from nn.arrays import plain
from nn.optim.packing import Block, Packing
from nn.styles import stripped

#: The range of each option: from the first number, inclusive, to the second, exclusive.
POSITIVE = (
    "momentum_decay lr momentum weight_decay eps alpha lr_decay initial_accumulator_value lambd"
)
RANGES = {"betas": (0.0, 1.0), "rho": (0.0, 1.0)} | dict.fromkeys(POSITIVE.split(), (0.0, math.inf))

#: Options of PyTorch that do not change the numbers.
WITHOUT_EFFECT = ("foreach", "fused", "capturable", "differentiable", "initial_lr")


class ParameterState(defaultdict[Any, dict[str, Any]]):
    """What an optimiser that defines its own ``step`` keeps of each parameter."""


class Optimizer:
    """The base class of optimisers, which update parameters from their gradients.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters; or groups of them, dicts with the parameters under ``"params"`` and options
        that differ from the defaults.
    defaults : dict, optional
        The default options, as PyTorch's optimisers pass them.
    **options
        The same by name: ``lr``, the learning rate; ``weight_decay``, which adds
        ``weight_decay·p`` to the gradient of p; ``momentum``, the share of the last step to keep;
        ``eps``, which prevents divisions by zero; ``maximize``, whether to go uphill.

    Attributes
    ----------
    param_groups : list of dict
        The groups with all their options, which may be changed between steps.
    state : dict of dict
        What an optimiser that defines its own ``step`` keeps of each parameter.

    Raises
    ------
    OptionError
        If there are no parameters, one appears twice, or an option is out of range.
    DataError
        If a parameter is not a leaf.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(2, 3)
    >>> groups = [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.5}]
    >>> optimizer = nn.optim.SGD(groups, lr=0.1)
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.1, 0.5]

    Your own optimiser defines ``step``, as in PyTorch. What it keeps of a parameter in `state` is
    saved and restored.

    >>> import numpy as np
    >>> class Momentum(nn.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1, keep=0.9):
    ...         super().__init__(params, dict(lr=lr, keep=keep))
    ...
    ...     def step(self, closure=None):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 state = self.state[p]
    ...                 v = state["v"] = group["keep"] * state.get("v", 0.0) + p.grad
    ...                 p.data -= group["lr"] * v
    >>> w = nn.Parameter([1.0])
    >>> (w * w).sum().backward()
    >>> optimizer = Momentum([w])
    >>> optimizer.step()
    >>> optimizer.state_dict()["state"]
    {0: {'v': array([2.])}}
    """

    state: Any
    implied: ClassVar[dict[str, Any]] = {}  # options of PyTorch that the class stands for
    decays_gradient = True  # whether weight_decay is a part of the gradient
    takes_complex = True  # whether real and imaginary parts can be updated as numbers by themselves
    _is_recorded = True  # whether `jit` can record a step

    def __init__(
        self, params: Iterable[Any], defaults: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        self.defaults = {**(defaults or {}), **options}
        self.param_groups: list[dict[str, Any]] = []
        self._packings: list[Packing] = []
        if isinstance(params, Node):
            raise DataError("The parameters must be in a list: write [parameter].")
        given = list(params)
        if not given:
            raise OptionError("There are no parameters to optimise: the list is empty.")
        groups = given if isinstance(given[0], dict) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Add a group of parameters.

        Parameters
        ----------
        group : dict
            The parameters under ``"params"``, and options that differ from the defaults.
        """
        params = group["params"]
        params = [params] if isinstance(params, Node) else stripped(list(params))
        for parameter in params:
            if not isinstance(parameter, Node) or parameter.primitive is not None:
                raise DataError(
                    "Optimisers take leaves, Tensors and Values that were not computed, "
                    f"not {_described(parameter)}."
                )
        seen = [id(p) for other in self.param_groups for p in other["params"]]
        seen += [id(p) for p in params]
        if len(set(seen)) < len(seen):
            raise OptionError("A parameter appears twice, and would be updated twice per step.")
        unknown = group.keys() - self.defaults.keys() - {"params", "name"}
        if unknown:
            raise OptionError(
                f"{type(self).__name__} has no option {', '.join(map(repr, sorted(unknown)))}; "
                f"its options are {', '.join(self.defaults)}."
            )
        options = {**self.defaults, **group, "params": params}
        for name, (least, limit) in RANGES.items():
            value = options.get(name, least)
            for number in value if isinstance(value, (tuple, list)) else [value]:
                if number is not None and not least <= number < limit:
                    limits = f"in [{least:g}, {limit:g})"
                    raise OptionError(f"{name}={value!r} is out of range; it must be {limits}.")
        for parameter in params:
            if not self.takes_complex and np.iscomplexobj(plain(parameter)):
                raise DataError(
                    f"{type(self).__name__} takes real parameters, not one of shape "
                    f"{parameter.shape} and type {parameter.dtype}. Use a parameter for the real "
                    "and one for the imaginary part, or Adam."
                )
            if isinstance(parameter, Tensor):
                parameter.is_parameter = True  # a recorded assignment would not change this leaf
        self.param_groups.append(options)
        self._packings.append(Packing(params))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Called first; computes the loss and its gradients, and returns the loss.

        Returns
        -------
        node or None
            The result of the closure.
        """
        loss = None if closure is None else closure()
        is_followed = follow(self)
        for group, packing in zip(self.param_groups, self._packings, strict=True):
            for block in packing.blocks():
                if is_followed:
                    follow(block)
                block.steps += 1
                block.read_gradients()
                if group.get("maximize"):
                    np.negative(block.gradient, out=block.gradient)
                decay = group.get("weight_decay") if self.decays_gradient else 0.0
                is_apart = group.get("decoupled_weight_decay")
                if decay and not is_apart:
                    block.decay(decay)
                self._update(block, group)
                if decay and is_apart:
                    block.decay(group["lr"] * decay)
                block.subtract()
        return loss

    def __getattr__(self, name: str) -> Any:
        if name == "state":  # made when an optimiser that defines its own `step` first asks
            self.state = ParameterState(dict)
            return self.state
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        """Replace ``block.gradient`` by the numbers to subtract from the parameters."""
        raise NotImplementedError

    def __setattr__(self, name: str, item: Any) -> None:
        if vars(self).get(name, self) is not item:
            if not vars(self):
                created(self)
            changed()  # programs that contain the old attribute are not right any more
        super().__setattr__(name, item)

    def __program_state__(self) -> Iterator[State]:
        """Yield options and state, for programs that `autograd.jit` records."""
        is_followed = self._is_own() and self._is_recorded
        if is_followed and type(self.state) is ParameterState:  # made here, before the first use
            yield State(self.state)
            for found in self.state.values():
                yield State(found, numbers=("step",))
        yield State(vars(self), counted=True, functions=(type(self)._update,))
        for group, packing in zip(self.param_groups, self._packings, strict=True):
            yield State(group, numbers=("lr",))
            yield from packing.__program_state__()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            Whether to set those of Tensors to None; otherwise, and for Values, to zero.
        """
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None if set_to_none else np.zeros_like(parameter.data)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state: everything that steps depend on except the parameters.

        Returns
        -------
        dict
            Under ``"state"`` the arrays of each parameter by name, with the parameters numbered
            across all groups; under ``"param_groups"`` the options, with these numbers.
        """
        state, groups, first = {}, [], 0
        for group, packing in zip(self.param_groups, self._packings, strict=True):
            count = len(group["params"])
            for position, found in sorted(packing.states().items()):
                state[first + position] = copy.deepcopy(found)
            for position, parameter in enumerate(group["params"]):
                own = vars(self).get("state")
                if isinstance(own, ParameterState) and parameter in own:
                    state[first + position] = copy.deepcopy(own[parameter])
            options = {name: value for name, value in group.items() if name != "params"}
            groups.append({**options, "params": list(range(first, first + count))})
            first += count
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state, from which steps continue bit for bit.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.

        Raises
        ------
        WeightsError
            If its groups or shapes differ, or it has options that this optimiser lacks. Nothing is
            changed.
        """
        for group in state["param_groups"]:
            self._check_loaded(group)
        theirs = [len(group["params"]) for group in state["param_groups"]]
        ours = [len(group["params"]) for group in self.param_groups]
        if theirs != ours:
            raise WeightsError(
                f"The state has groups of {theirs} parameters, this optimiser has groups of {ours}."
            )
        is_own = self._is_own()
        loaded: list[dict[int, dict[str, Any]]] = []
        first = 0
        for group in self.param_groups:
            loaded.append({})
            for position, parameter in enumerate(group["params"]):
                if first + position not in state["state"]:
                    continue
                found = copy.deepcopy(state["state"][first + position])
                for name, array in found.items():
                    if is_own or name == "step":
                        continue
                    if np.shape(array) != np.shape(parameter.data):
                        raise WeightsError(
                            f"{name!r} of parameter {first + position} has shape "
                            f"{np.shape(array)} in the state, but the parameter has shape "
                            f"{np.shape(parameter.data)}."
                        )
                loaded[-1][position] = found
            first += len(group["params"])
        for group, packing, options, states in zip(
            self.param_groups, self._packings, state["param_groups"], loaded, strict=True
        ):
            for name, value in options.items():
                if name in self.defaults or name == "name":
                    group[name] = tuple(value) if isinstance(value, list) else value
            if not is_own:
                packing.load(states)
            elif states:
                self.state.update((group["params"][i], found) for i, found in states.items())

    def _is_own(self) -> bool:
        """Return whether the class defines its own ``step``."""
        return type(self)._update is Optimizer._update

    def _check_loaded(self, group: dict[str, Any]) -> None:
        """Raise if a group of a loaded state has options that would be lost."""
        for name, value in group.items():
            if name in self.defaults or name in ("params", "name", *WITHOUT_EFFECT):
                continue
            if value != self.implied.get(name, False) and value is not None:
                raise WeightsError(
                    f"The state was saved with {name}={value!r}, which {type(self).__name__} does "
                    "not know. This optimiser is unchanged."
                )

    def __repr__(self) -> str:
        groups = [
            f"{len(group['params'])} parameters, "
            + ", ".join(f"{name}={value!r}" for name, value in group.items() if name != "params")
            for group in self.param_groups
        ]
        return f"{type(self).__name__}({'; '.join(groups)})"


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an ``__init__``, given its ``locals()``."""
    return {name: a for name, a in arguments.items() if name not in ("self", "__class__")}


def _described(thing: Any) -> str:
    if isinstance(thing, Node):
        return f"a {type(thing).__name__} computed by {thing.op!r}"
    return type(thing).__name__
