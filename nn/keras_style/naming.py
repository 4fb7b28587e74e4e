"""Names of layers and models that are given none: ``dense``, ``dense_1`` and so on."""

from __future__ import annotations

import re
from collections import Counter

_COUNTS: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """Return the name of a class as Keras writes it in lower case.

    Examples
    --------
    >>> snake_case("GlobalMaxPooling2D"), snake_case("LSTM")
    ('global_max_pooling2d', 'lstm')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def new_name(kind: str) -> str:
    """Return a name for a new object of a class, counting those before.

    Examples
    --------
    >>> new_name("OddLayer"), new_name("OddLayer")
    ('odd_layer', 'odd_layer_1')
    """
    name = snake_case(kind)
    count = _COUNTS[name]
    _COUNTS[name] += 1
    return f"{name}_{count}" if count else name


def clear_session(free_memory: bool = True) -> None:
    """Start again with the names of layers: the next ``Dense`` is ``dense``.

    Parameters
    ----------
    free_memory : bool
        Accepted, and ignored: Python frees what nothing refers to.
    """
    del free_memory
    _COUNTS.clear()
