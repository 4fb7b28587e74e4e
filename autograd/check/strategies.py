"""Hypothesis strategies for tests of gradients: numbers away from kinks.

Finite differences are meaningless at kinks. These strategies keep all numbers away from zero and,
on request, the numbers of an array away from each other, where ``max`` and ``sort`` have ties. They
need Hypothesis, which the extra ``test`` installs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

#: The smallest magnitude, and the smallest difference of distinct numbers.
GAP = 1 / 16


def numbers(positive: bool = False, largest: float = 4.0) -> st.SearchStrategy[float]:
    """Return floats of magnitude `GAP` to `largest`, of either sign unless `positive`.

    Two of them are equal or at least `GAP` apart.
    """
    steps = st.integers(1, int(largest / GAP))
    sizes = steps.map(lambda step: step * GAP)
    return sizes if positive else st.tuples(sizes, st.sampled_from((1.0, -1.0))).map(_signed)


def _signed(pair: tuple[float, float]) -> float:
    return pair[0] * pair[1]


@st.composite
def arrays(
    draw: st.DrawFn,
    shape: Any = None,
    dtype: Any = np.float64,
    positive: bool = False,
    distinct: bool = False,
    largest: float = 4.0,
    max_dims: int = 3,
    max_side: int = 4,
) -> Any:
    """Draw an array of numbers away from zero.

    Parameters
    ----------
    shape : tuple of int or strategy, optional
        By default any, including 0-d and empty shapes.
    dtype : dtype
        A real or complex floating point type.
    positive : bool
        Whether all numbers are positive; for complex ones, both parts.
    distinct : bool
        Whether all numbers differ: for functions with a kink at ties.
    largest : float
        The largest magnitude.
    max_dims, max_side : int
        Limits of the shape, if it is not given.
    """
    if shape is None:
        shape = hnp.array_shapes(min_dims=0, max_dims=max_dims, min_side=0, max_side=max_side)
    if isinstance(shape, st.SearchStrategy):
        shape = draw(shape)
    count = int(np.prod(shape, dtype=int))
    if distinct:
        largest = max(largest, GAP * (count + 8))

    def reals() -> Any:
        elements = numbers(positive, largest)
        unique = (lambda x: abs(x)) if distinct else None
        found = draw(st.lists(elements, min_size=count, max_size=count, unique_by=unique))
        return np.array(found, np.float64).reshape(shape)

    whole = reals() + 1j * reals() if np.dtype(dtype).kind == "c" else reals()
    return np.asarray(whole.astype(dtype))


@st.composite
def arguments(draw: st.DrawFn, /, count: int = 2, **options: Any) -> tuple[Any, ...]:
    """Draw a tuple of arrays that broadcast with each other.

    Parameters
    ----------
    count : int
        The number of arrays.
    **options
        Options of `arrays` for all of them.
    """
    limits = {key: options.pop(key) for key in ("max_dims", "max_side") if key in options}
    shapes = draw(
        hnp.mutually_broadcastable_shapes(
            num_shapes=count, **{"max_dims": 3, "max_side": 4, **limits}
        )
    )
    return tuple(draw(arrays(shape, **options)) for shape in shapes.input_shapes)
