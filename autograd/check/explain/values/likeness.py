"""How similar the values of an expression are to right ones."""

from __future__ import annotations

import math

import numpy as np

from autograd.check.explain.values.right import Key, RightValues
from autograd.check.explain.values.runs import Row
from autograd.check.explain.values.sequences import ZERO, Sequence


class Likeness:
    """The cosine of the angle between the values of a row and right values.

    Parameters
    ----------
    right : RightValues
        The right values.
    row : Row
        The values of an expression, turn by turn.
    """

    def __init__(self, right: RightValues, row: Row) -> None:
        self.right = right
        self.given = [value.reshape(-1) for value in row.values]
        self.squares = [float(abs(np.vdot(value, value))) for value in self.given]
        self._known: dict[tuple[int, Key], tuple[complex, float]] = {}

    def __call__(self, keys: Sequence) -> float:
        """Return the cosine for some keys, without its sign; 0 if there is none."""
        product: complex = 0.0
        given = right = 0.0
        for turn, key in enumerate(keys):
            if key is not None and key != ZERO:
                part, square = self._products(turn, key)
                product += part
                right += square
                given += self.squares[turn]
        length = math.sqrt(right) * math.sqrt(given)
        cosine = abs(product) / length if length else 0.0
        return 0.0 if math.isnan(cosine) else float(cosine)

    def _products(self, turn: int, key: Key) -> tuple[complex, float]:
        """Return the product of a given and a right value, and the square of the right one."""
        if (turn, key) not in self._known:
            value = self.right.of(key).reshape(-1)
            product = complex(value @ self.given[turn])
            self._known[turn, key] = product, float(abs(np.vdot(value, value)))
        return self._known[turn, key]
