"""What optimisers keep of each parameter, to be read: ``optimizer.state[parameter]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from nn.torch_style.base import constant, held
from nn.torch_style.creation import tensor


class KeptState(Mapping[Any, Mapping[str, Any]]):
    """The state of an optimiser of `nn`, by parameter: a copy, which cannot be changed.

    To change it, change what ``state_dict()`` returns, and load that.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> w = torch.ones(2, requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> w.sum().backward()
    >>> optimizer.step()
    >>> optimizer.state[w]["momentum_buffer"]
    tensor([1., 1.])
    """

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer

    def _places(self) -> Iterator[tuple[Any, Any, int]]:
        """Yield parameters, with their packings and their positions there."""
        groups, packings = self._optimizer.param_groups, self._optimizer._packings
        for group, packing in zip(groups, packings, strict=True):
            for position, parameter in enumerate(group["params"]):
                yield parameter, packing, position

    def __getitem__(self, parameter: Any) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for known, packing, position in self._places():
            if held(known) is held(parameter):
                found = packing.states(only=position).get(position, {})
        for name, item in found.items():
            if name == "step":
                found[name] = tensor(float(item))
                continue
            item.flags.writeable = False
            found[name] = constant(item)
        return MappingProxyType(found)

    def __iter__(self) -> Iterator[Any]:
        return (known for known, packing, i in self._places() if packing.states(only=i))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, parameter: object) -> bool:
        return bool(self[parameter])

    def clear(self) -> None:
        """Forget everything: the next step is the first."""
        for packing in self._optimizer._packings:
            packing.load({})
