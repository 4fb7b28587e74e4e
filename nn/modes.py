"""Training mode or evaluation mode, for some time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def in_mode(model: Any, training: bool) -> Iterator[None]:
    """Put all modules into a mode; afterwards, also after an error, each has its own mode again.

    Parameters
    ----------
    model : Module
        The model.
    training : bool
        True for training mode.

    Examples
    --------
    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    >>> frozen = model[1].eval()
    >>> with in_mode(model, False):
    ...     [module.training for module in model]
    [False, False]
    >>> [module.training for module in model]
    [True, False]
    """
    whole = model.training
    before = {id(module): module.training for module in model.modules()}
    model.train(training)
    try:
        yield
    finally:
        for module in model.modules():  # those made in the meantime have the mode of the model
            module.training = before.get(id(module), whole)
