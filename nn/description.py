"""A module as text: a tree with settings and numbers of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nn.contents import found_in


def described(module: Any, kind: type[Any]) -> str:
    """Return the class, settings and parameter count of a module, and those of inner modules."""
    return "\n".join(_lines(module, kind, ()))


def _lines(module: Any, kind: type[Any], above: tuple[Any, ...]) -> Iterator[str]:
    settings = ", ".join(
        f"{name}={setting!r}"
        for name, setting in vars(module).items()
        if isinstance(setting, (int, float, str)) or _is_numbers(setting)
        if not name.startswith("_") and name != "training"
    )
    count = module.num_parameters()
    yield (
        type(module).__name__
        + (f"({settings})" if settings else "")
        + (f": {count:,} parameter{'s' if count != 1 else ''}" if count else "")
    )
    for name, inner in found_in(vars(module), kind):
        if inner is not module and inner not in above:
            head, *rest = _lines(inner, kind, (*above, module))
            yield f"  {name}: {head}"
            yield from (f"  {line}" for line in rest)


def _is_numbers(setting: Any) -> bool:
    return isinstance(setting, tuple) and all(isinstance(part, (int, float)) for part in setting)
