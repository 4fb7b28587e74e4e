"""The generator that all random numbers of `nn` come from, unless another one is given."""

from __future__ import annotations

from typing import Final

import numpy as np

from autograd.errors import DataError

#: One object for good: `seed` sets its state.
GENERATOR: Final = np.random.default_rng()


def seed(number: int) -> None:
    """Set the generator: the same seed gives the same run, bit for bit.

    Examples
    --------
    >>> import nn
    >>> nn.seed(0)
    >>> first = nn.Linear(2, 2).weight.data
    >>> nn.seed(0)
    >>> bool((nn.Linear(2, 2).weight == first).all())
    True
    """
    GENERATOR.bit_generator.state = np.random.default_rng(number).bit_generator.state


def chosen(generator: np.random.Generator | None) -> np.random.Generator:
    """Return the generator that was given, or else the one that `seed` sets."""
    if generator is None:
        return GENERATOR
    if not isinstance(generator, np.random.Generator):
        raise DataError(
            f"generator= is a numpy.random.Generator, not {generator!r}. "
            "Write np.random.default_rng(seed)."
        )
    return generator
