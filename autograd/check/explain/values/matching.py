"""Recognise right values among many, up to transposition, shape and a constant factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.check.explain.values.right import Key

#: How many numbers of an array to compare.
MOST_COMPARED = 2048


class Matcher:
    """Recognises arrays.

    Parameters
    ----------
    arrays : mapping of Key to ndarray
        The arrays to recognise.
    tolerance : float
        Their relative error.
    """

    def __init__(self, arrays: Mapping[Key, Any], tolerance: float) -> None:
        self.tolerance = tolerance
        rows: dict[int, list[Any]] = {}
        self.keys: dict[int, list[Key]] = {}
        numbers: list[float] = []
        self.number_keys: list[Key] = []
        for key, array in arrays.items():
            if array.size == 1:
                numbers.append(_number(array))
                self.number_keys.append(key)
                continue
            for way in (array, array.T) if array.ndim > 1 else (array,):
                direction = _direction(way)
                if direction is not None:
                    rows.setdefault(array.size, []).append(direction)
                    self.keys.setdefault(array.size, []).append(key)
        self.rows = {size: np.array(found) for size, found in rows.items()}
        self.numbers = np.array(numbers)
        self.lengths = {key: np.linalg.norm(array) for key, array in arrays.items()}

    def _length_of(self, key: Key, array: Any) -> bool:
        length = np.linalg.norm(array)
        return bool(abs(length - self.lengths[key]) <= self.tolerance * length)

    def matches(self, array: Any, exactly: bool = False) -> list[Key]:
        """Return the keys of what an array is, up to shape and a constant factor."""
        if exactly and array.size > 1:
            return [key for key in self.matches(array) if self._length_of(key, array)]
        if array.size == 1:
            number = _number(array)
            factors = [1.0] if exactly else [1.0, -1.0, 2.0, 0.5]
            sizes = np.array(factors)[:, None] * self.numbers
            near = np.abs(sizes - number) <= self.tolerance / 100 * abs(number)
            return [self.number_keys[i] for i in np.flatnonzero(near.any(axis=0))]
        direction = _direction(array)
        known = self.rows.get(array.size)
        if direction is None or known is None:
            return []
        cosines = known @ direction
        keys = self.keys[array.size]
        # The cosine of an angle of 1e-8 is 1 up to rounding, so compare the numbers.
        return [
            keys[i]
            for i in np.flatnonzero(np.abs(cosines) > 1 - 1e-6)
            if np.max(np.abs(known[i] - np.sign(cosines[i]) * direction)) <= self.tolerance
        ]


def _number(array: Any) -> float:
    return complex(array.reshape(())[()]).real


def _direction(array: Any) -> Any:
    """Return some numbers of an array, scaled to length 1; None if there is no direction."""
    if array.dtype.kind == "c":
        return None
    flat = array.reshape(-1).astype(np.float64)
    if flat.size > MOST_COMPARED:
        flat = flat[:: flat.size // MOST_COMPARED]
    length = float(np.sqrt(flat @ flat))
    return flat / length if 0 < length < np.inf else None
