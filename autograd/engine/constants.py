"""Plain arrays in the record: what happens if the program changes one before backward reads it.

NumPy's arrays have no versions. So a small array is copied into the record, and of a large one a
fingerprint of some elements is taken, which backward compares. A change that spares all of these
elements is not noticed: a full comparison would take as long as the operation itself.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

_ndarray: Final = np.ndarray

#: The largest array, in bytes, that is copied: a copy takes about as long as two fingerprints.
COPIED: Final = 1 << 15

#: About how many elements of a larger one are compared.
COMPARED: Final = 61


def kept(x: Any) -> Any:
    """Return a constant as the record keeps it: small arrays copied, also in tuples and lists."""
    if type(x) is _ndarray:
        return x.copy("K") if x.nbytes <= COPIED else x
    if isinstance(x, list):
        return [kept(item) for item in x]
    if type(x) is tuple:
        for item in x:
            if type(item) is _ndarray or isinstance(item, (list, tuple)):
                return tuple([kept(part) for part in x])
    return x


def kept_keywords(keywords: dict[str, Any]) -> dict[str, Any]:
    """Do the same for keyword arguments."""
    for item in keywords.values():
        if type(item) is _ndarray or isinstance(item, (list, tuple)):
            return {name: kept(item) for name, item in keywords.items()}
    return keywords


def fingerprint(arguments: Any, keywords: dict[str, Any]) -> int:
    """Return a number that changes if a large constant array does; zero if there is none."""
    found = 0
    for x in arguments:
        if type(x) is _ndarray:
            if x.nbytes > COPIED:
                found = hash((found, _sample(x)))
        elif isinstance(x, (tuple, list)) and x:
            found = _combined(found, fingerprint(x, {}))
    if keywords:
        found = _combined(found, fingerprint(list(keywords.values()), {}))
    return found


def _combined(one: int, other: int) -> int:
    return one if other == 0 else hash((one, other))


def _sample(x: Any) -> Any:
    step = x.size // COMPARED + 1
    flat = x.reshape(-1) if x.flags.c_contiguous else x.flat
    return flat[::step].tobytes()
