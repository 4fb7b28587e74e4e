"""What all optimisers share: groups of parameters with their options, the step, the state."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import Node, Tensor
from autograd.errors import DataError, OptionError, WeightsError
from nn.optim.packing import Block, Packing

#: What an option may be: from the first number on, below the second.
POSITIVE = "lr momentum weight_decay eps alpha lr_decay initial_accumulator_value"
RANGES = {"betas": (0.0, 1.0)} | dict.fromkeys(POSITIVE.split(), (0.0, math.inf))


class Optimizer:
    """Changes parameters along their gradients.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        Each dict is a group: its parameters under ``"params"``, and options of its own.
    **options
        The options of every group that does not have its own: ``lr``, the learning rate;
        ``weight_decay``, which adds ``weight_decay·p`` to the gradient of p; ``momentum``, how
        much of the last step stays; ``eps``, which keeps quotients finite.

    Attributes
    ----------
    param_groups : list of dict
        The groups with all their options, which may be changed between steps.

    Raises
    ------
    OptionError
        If there are no parameters, one is there twice, or an option makes no sense.
    DataError
        If something is not a leaf.
    """

    def __init__(self, params: Iterable[Any], **options: Any) -> None:
        self.defaults = options
        self.param_groups: list[dict[str, Any]] = []
        self._packings: list[Packing] = []
        if isinstance(params, Node):
            raise DataError("The parameters must be a list: write [parameter].")
        given = list(params)
        if not given:
            raise OptionError("There are no parameters to optimise: the list is empty.")
        groups = given if isinstance(given[0], dict) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Take in more parameters, with options of their own."""
        params = group["params"]
        params = [params] if isinstance(params, Node) else list(params)
        for parameter in params:
            if not isinstance(parameter, Node) or parameter.primitive is not None:
                raise DataError(
                    "Only leaves, Tensors and Values made by hand, can be optimised, "
                    f"not {_told(parameter)}."
                )
        seen = [id(p) for other in self.param_groups for p in other["params"]]
        seen += [id(p) for p in params]
        if len(set(seen)) < len(seen):
            raise OptionError("A parameter is there twice; it would be changed twice in a step.")
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
                if not least <= number < limit:
                    limits = f"in [{least:g}, {limit:g})"
                    raise OptionError(f"{name}={value!r} makes no sense; it must be {limits}.")
        for parameter in params:
            if isinstance(parameter, Tensor):
                parameter.is_parameter = True  # a recorded assignment would go unnoticed here
        self.param_groups.append(options)
        self._packings.append(Packing(params))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient once.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and its gradients first, and returns the loss.
        """
        loss = None if closure is None else closure()
        for group, packing in zip(self.param_groups, self._packings, strict=True):
            for block in packing.blocks():
                block.steps += 1
                block.read_gradients()
                self._update(block, group)
                block.subtract()
        return loss

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        """Turn ``block.gradient`` into what is to be subtracted from the parameters."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: None for Tensors, zero for Values."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of all that the next step depends on besides parameters and gradients.

        Under ``"state"`` for each parameter, numbered through all groups, its arrays by name;
        under ``"param_groups"`` the options, with these numbers for the parameters.
        """
        state, groups, first = {}, [], 0
        for group, packing in zip(self.param_groups, self._packings, strict=True):
            count = len(group["params"])
            for position, found in sorted(packing.states().items()):
                state[first + position] = copy.deepcopy(found)
            options = {name: value for name, value in group.items() if name != "params"}
            groups.append({**options, "params": list(range(first, first + count))})
            first += count
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave: the numbers that follow are the same.

        Raises
        ------
        WeightsError
            If it is of other groups or shapes; nothing is changed then.
        """
        theirs = [len(group["params"]) for group in state["param_groups"]]
        ours = [len(group["params"]) for group in self.param_groups]
        if theirs != ours:
            raise WeightsError(
                f"The state is of groups of {theirs} parameters, this optimiser has groups of "
                f"{ours}."
            )
        loaded: list[dict[int, dict[str, Any]]] = []
        first = 0
        for group in self.param_groups:
            loaded.append({})
            for position, parameter in enumerate(group["params"]):
                if first + position not in state["state"]:
                    continue
                found = copy.deepcopy(state["state"][first + position])
                for name, array in found.items():
                    if name != "step" and np.shape(array) != np.shape(parameter.data):
                        raise WeightsError(
                            f"{name!r} of parameter {first + position} has shape "
                            f"{np.shape(array)} in the state, the parameter "
                            f"{np.shape(parameter.data)}."
                        )
                loaded[-1][position] = found
            first += len(group["params"])
        for group, packing, options, states in zip(
            self.param_groups, self._packings, state["param_groups"], loaded, strict=True
        ):
            for name, value in options.items():
                if name != "params":
                    group[name] = tuple(value) if isinstance(value, list) else value
            packing.load(states)

    def __repr__(self) -> str:
        groups = [
            f"{len(group['params'])} parameters, "
            + ", ".join(f"{name}={value!r}" for name, value in group.items() if name != "params")
            for group in self.param_groups
        ]
        return f"{type(self).__name__}({'; '.join(groups)})"


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that an ``__init__`` was given, out of its ``locals()``."""
    return {name: a for name, a in arguments.items() if name not in ("self", "__class__")}


def _told(thing: Any) -> str:
    if isinstance(thing, Node):
        return f"a {type(thing).__name__} computed by {thing.op!r}"
    return type(thing).__name__
