"""Errors for functions whose next call does something else."""

from __future__ import annotations

from autograd.errors import ImpureFunctionError


def require_unchanged(source: str | None, name: str | None) -> None:
    """Raise an error if the function has drawn random numbers or changed what it reads.

    Parameters
    ----------
    source : str or None
        Where it has drawn random numbers from.
    name : str or None
        What it has changed.
    """
    if source is not None:
        raise ImpureFunctionError(
            f"The function draws random numbers from {source}. Pass a numpy.random.Generator as an "
            "argument, or draw the numbers outside."
        )
    if name is not None:
        raise ImpureFunctionError(
            f"The function changes {name!r}, which is not among its arguments, so its next call "
            "does something else. Return the new value, and pass the old one as an argument."
        )
