"""What must not be assigned to attributes of a module, because training would not find it."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Tensor, Value
from autograd.errors import DataError
from nn.parameter import Parameter


def check_assignment(owner: Any, name: str, before: Any, item: Any, module: type[Any]) -> None:
    """Raise if something replaces a parameter or a module that is neither; warn of plain leaves."""
    if isinstance(before, Parameter) and not (
        item is None or isinstance(item, (Parameter, module))
    ):
        raise DataError(
            f"{name} is a parameter of this {type(owner).__name__}; {_described(item)} in its "
            f"place would not be trained. To change its numbers write `with no_grad(): "
            f"module.{name} *= 0.1`, or module.{name}.data[...] = array; for another parameter "
            f"module.{name} = nn.Parameter(array); without one, first del module.{name}."
        )
    if isinstance(before, module) and not (item is None or callable(item)):
        raise DataError(
            f"{name} is a module of this {type(owner).__name__}; {_described(item)} in its place "
            f"cannot be called. To remove it write del module.{name}."
        )
    if (
        isinstance(item, (Tensor, Value))
        and not isinstance(item, Parameter)
        and item.primitive is None
        and getattr(item, "requires_grad", True)
    ):
        warnings.warn(
            f"{name} is a {type(item).__name__} that is not a parameter of this "
            f"{type(owner).__name__}, so training does not find it. Write nn.Parameter(array) to "
            "train it, module.register_buffer(name, array) or an array for a constant.",
            stacklevel=3,
        )


def check_class(owner: type[Any], kinds: tuple[type[Any], ...]) -> None:
    """Raise if parameters or modules are attributes of a class, which no instance would have."""
    for name, item in vars(owner).items():
        if isinstance(item, kinds) and name not in vars(owner).get("__annotations__", ()):
            raise DataError(
                f"{name} is an attribute of the class {owner.__name__}, shared by all its "
                f"instances, where training does not find it: assign self.{name} in __init__."
            )


def _described(item: Any) -> str:
    name = type(item).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
