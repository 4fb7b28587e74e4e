"""`Parameter` and `Buffer`, and how the parameters of modules are shown."""

from __future__ import annotations

import copy
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np

from autograd.errors import DataError
from nn.parameter import Parameter as PlainParameter
from nn.torch_style.base import constant, numbers
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import DEFAULT

#: By the identity of a parameter how it is shown, so that it is shown as one object.
_SHOWN: Final[WeakValueDictionary[int, Parameter]] = WeakValueDictionary()


class Parameter(Tensor):
    """A tensor that is found by ``parameters()`` when it is an attribute of a module.

    Parameters
    ----------
    data : tensor
        The initial numbers, which are copied.
    requires_grad : bool
        Whether to train it.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:  # type: ignore[override]
        """Return a parameter with a copy of the data."""
        found = np.zeros(0, DEFAULT.array) if data is None else numbers(data)
        if found.dtype.kind not in "fc":
            raise DataError(
                f"Parameters hold floats, not {found.dtype}: write nn.Parameter(x.float()), or "
                "self.register_buffer(name, x) for what is not trained."
            )
        return shown_parameter(PlainParameter(found, requires_grad=requires_grad))

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        pass

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"

    def __deepcopy__(self, memo: Any) -> Parameter:
        return shown_parameter(copy.deepcopy(self._held, memo))

    def __reduce__(self) -> Any:
        return shown_parameter, (self._held,)


class Buffer(Tensor):
    """A tensor that becomes a buffer of the module that it is assigned to.

    Parameters
    ----------
    data : tensor
        The initial numbers, which are copied.
    persistent : bool
        Whether ``state_dict`` contains it.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style import nn
    >>> layer = nn.Linear(2, 1)
    >>> layer.scale = nn.Buffer(torch.ones(1))
    >>> list(layer.state_dict()), len(layer.parameters())
    (['weight', 'bias', 'scale'], 2)
    """

    __slots__ = ("persistent",)

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:  # type: ignore[override]
        """Return a buffer with a copy of the data."""
        array = np.zeros(0, DEFAULT.array) if data is None else np.array(numbers(data))
        found = object.__new__(cls)
        found._held, found._owner = constant(array)._held, None
        found.persistent = persistent
        return found

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        pass

    def __deepcopy__(self, memo: Any) -> Buffer:
        memo[id(self)] = copy = Buffer(self, persistent=self.persistent)
        return copy

    def __reduce__(self) -> Any:
        return loaded_buffer, (Tensor(numbers(self)).to(self.dtype), self.persistent)


def loaded_buffer(data: Any, persistent: bool) -> Buffer:
    """Return a buffer that was pickled."""
    return Buffer(data, persistent=persistent)


def shown_parameter(parameter: PlainParameter) -> Parameter:
    """Return a parameter of `nn` as a tensor: always the same one while it is in use."""
    found = _SHOWN.get(id(parameter))
    if found is None:
        found = object.__new__(Parameter)
        found._held, found._owner = parameter, None
        _SHOWN[id(parameter)] = found
    return found
