"""Attributes of modules that are computed whenever they are used, from parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nn.torch_style.base import held
from nn.torch_style.nn.face import Face
from nn.torch_style.nn.module import Module, stored_as

#: By class: what it computes, and the class without that.
_ADDED: Final[dict[type[Any], tuple[dict[str, property], type[Any]]]] = {}


def compute(
    module: Module, name: str, function: Callable[[Any], Any],
    assign: Callable[[Any, Any], None] | None = None,
) -> None:  # fmt: skip
    """Let an attribute of a module be ``function(module)``, a tensor.

    When something is assigned to it, ``assign(module, item)`` is called.
    """
    computed, kind = _ADDED.get(type(module), ({}, type(module)))
    _set_class(module, {**computed, name: property(function, assign)}, kind)


def forget(module: Module, name: str) -> None:
    """Undo `compute`: the attribute is to be stored again."""
    computed, kind = _ADDED[type(module)]
    _set_class(module, {n: found for n, found in computed.items() if n != name}, kind)


def _set_class(module: Module, computed: dict[str, property], kind: type[Any]) -> None:
    plain = stored_as(module)
    if not computed:
        module.__class__ = kind
        if plain is not None:
            plain.__class__ = kind.plain
        return
    space: dict[str, Any] = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    if issubclass(kind, Face):
        inner = {name: property(_held(found.fget)) for name, found in computed.items()}
        twin = type(kind.plain.__name__, (kind.plain,), {**space, **inner})
        new = type(kind.__name__, (kind,), {**space, **computed, "order": kind.order}, plain=twin)
        if plain is not None:
            plain.__class__ = twin
    else:
        new = type(kind.__name__, (kind,), {**space, **computed})
    _ADDED[new] = computed, kind
    module.__class__ = new


def _held(function: Any) -> Callable[[Any], Any]:
    return lambda module: held(function(module))
