"""A module as text: a tree with settings and numbers of parameters."""

from __future__ import annotations

import functools
import inspect
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


def title(module: Any) -> str:
    """Return the class of a module and what it was built with, such as "Linear(8, 16)"."""
    kind = type(module)
    names = _REQUIRED.get(kind)
    if names is None:
        names = _REQUIRED[kind] = _required(kind)
    if not names:
        return kind.__name__
    space = vars(module)
    settings = [space[name] for name in names if name in space]
    try:
        return _title(kind.__name__, *settings)
    except TypeError:  # one of them cannot be hashed
        return str(_title.__wrapped__(kind.__name__, *settings))


@functools.lru_cache(maxsize=4096, typed=True)
def _title(name: str, *settings: Any) -> str:
    numbers = [number for number in map(_number, settings) if number]
    return f"{name}({', '.join(numbers)})" if numbers else name


#: Class -> the parameters of its initialiser that have no default, as each call asks for them.
_REQUIRED: dict[type[Any], tuple[str, ...]] = {}


def _required(kind: type[Any]) -> tuple[str, ...]:
    try:
        parameters = inspect.signature(kind.__init__).parameters.values()
    except (TypeError, ValueError):  # a class of an extension module
        return ()
    return tuple(p.name for p in parameters if p.default is p.empty)[1:]


def _number(setting: Any) -> str:
    """Write a number, or numbers that are all equal as one; nothing for anything else."""
    if _is_numbers(setting) and setting:
        equal = all(number == setting[0] for number in setting)
        return str(setting[0]) if equal else "×".join(map(str, setting))
    is_number = isinstance(setting, (int, float)) and not isinstance(setting, bool)
    return str(setting) if is_number else ""


def _is_numbers(setting: Any) -> bool:
    return isinstance(setting, tuple) and all(isinstance(part, (int, float)) for part in setting)
