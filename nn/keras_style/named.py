"""Things that are looked up by name: activations, initialisers, regularisers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from autograd.errors import OptionError
from nn.keras_style.configured import FUNCTIONS, deserialize_keras_object, is_tagged
from nn.keras_style.registered import get_registered_object


def looked_up(what: str, given: Any, known: Mapping[str, Callable[..., Any]]) -> Any:
    """Return what a name stands for, or anything that can be called unchanged.

    Raises
    ------
    OptionError
        If nothing has this name.

    Examples
    --------
    >>> looked_up("function", "absolute", {"absolute": abs})
    <built-in function abs>
    """
    if is_tagged(given):
        return deserialize_keras_object(given)
    if callable(given):
        return given
    if not isinstance(given, str):
        raise OptionError(f"{what}={given!r} must be a name or a function.")
    if given.startswith("ops.") and given in FUNCTIONS:  # as `get_config` names it
        return FUNCTIONS[given]
    own = get_registered_object(given)
    if own is not None:
        return own
    if given not in known:
        near = difflib.get_close_matches(given, known, 1)
        advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
        raise OptionError(f"There is no {what} {given!r}; {advice}")
    return known[given]
