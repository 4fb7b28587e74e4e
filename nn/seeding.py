"""The random generator of `nn`, used unless another one is passed."""

from __future__ import annotations

from typing import Final

import numpy as np

from autograd.errors import DataError, TraceError
from autograd.program import followed, is_tracing

#: Never replaced: `seed` sets its state.
GENERATOR: Final = np.random.default_rng()


def seed(number: int) -> None:
    """Seed the random generator of `nn`: the same seed gives the same run, bit for bit.

    Parameters
    ----------
    number : int
        The seed, not negative.

    Raises
    ------
    TraceError
        In a function that is traced.

    Examples
    --------
    >>> import nn
    >>> nn.seed(0)
    >>> first = nn.Linear(2, 2).weight.data
    >>> nn.seed(0)
    >>> bool((nn.Linear(2, 2).weight == first).all())
    True
    """
    if is_tracing():
        raise TraceError(
            "A function that is traced cannot seed the generator; call nn.seed before."
        )
    GENERATOR.bit_generator.state = np.random.default_rng(number).bit_generator.state


def chosen(generator: np.random.Generator | None) -> np.random.Generator:
    """Return the given generator, or the one that `seed` sets; what represents it in a program."""
    if generator is None:
        return followed(GENERATOR)  # type: ignore[no-any-return]
    if not isinstance(generator, np.random.Generator):
        raise DataError(
            f"generator= must be a numpy.random.Generator, not {generator!r}. "
            "Write np.random.default_rng(seed)."
        )
    return followed(generator)  # type: ignore[no-any-return]
