"""A figure of the errors found by a check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.check.checked_function import Leaf
from autograd.check.compare import Outcome
from autograd.check.verdicts import KINK, OK
from autograd.errors import MissingProgramError

#: The smallest relative error to show.
FLOOR = 1e-16


def plot(outcome: Outcome | None, leaves: Sequence[Leaf]) -> Any:
    """Return a matplotlib figure of the relative errors, by the elements of each input.

    Vectors are drawn as points and matrices as images. Errors that are not ok are marked in red.

    Parameters
    ----------
    outcome : Outcome or None
        What was compared.
    leaves : sequence of Leaf
        The inputs; none if the columns of `outcome` are random directions.

    Raises
    ------
    MissingProgramError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ImportError:
        raise MissingProgramError(
            "Figures of reports need matplotlib: pip install matplotlib."
        ) from None
    panels = _panels(outcome, leaves)
    figure = Figure(figsize=(min(4.5 * len(panels), 16), 3.6), layout="constrained")
    for number, (name, errors, bad) in enumerate(panels):
        axes = figure.add_subplot(1, len(panels), number + 1)
        if errors.ndim == 2:
            image = axes.imshow(
                np.log10(errors), vmin=np.log10(FLOOR), vmax=0, cmap="viridis", aspect="auto"
            )
            rows, columns = np.nonzero(bad)
            axes.plot(columns, rows, "o", color="#d62728", markerfacecolor="none", markersize=9)
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
            figure.colorbar(image, ax=axes, label="log₁₀ of the relative error")
        else:
            places = np.arange(errors.size)
            axes.semilogy(places[~bad], errors[~bad], ".", color="#1f77b4", label="ok")
            if bad.any():
                axes.semilogy(places[bad], errors[bad], "o", color="#d62728", label="not ok")
                axes.legend()
            axes.set_ylim(FLOOR / 3, 3)
            axes.set_ylabel("relative error")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(name)
    return figure


def _panels(outcome: Outcome | None, leaves: Sequence[Leaf]) -> list[tuple[str, Any, Any]]:
    """Return name, errors and bad elements for each input, or of all directions."""
    if outcome is None:
        return [("nothing was checked", np.zeros(0), np.zeros(0, bool))]
    with np.errstate(all="ignore"):
        apart = np.abs(outcome.analytic - outcome.numeric)
        size = np.maximum(np.abs(outcome.analytic), np.abs(outcome.numeric))
        errors = np.where(size > 0, apart / size, 0.0)
    errors = np.clip(np.nan_to_num(errors, nan=1.0), FLOOR, 1.0)
    bad = (outcome.verdict != OK) & (outcome.verdict != KINK)
    if not leaves:
        return [("random directions", errors.reshape(-1), bad.reshape(-1))]
    errors, bad = errors.max(axis=0, initial=FLOOR), bad.any(axis=0)
    panels = []
    for leaf in leaves:
        shape = leaf.data.shape
        shape = shape if len(shape) == 2 and min(shape) > 1 else (-1,)
        step = 2 if leaf.complex else 1
        parts = (slice(leaf.slice.start + k, leaf.slice.stop, step) for k in range(step))
        for name, part in zip(
            (" (real)", " (imaginary)") if step == 2 else ("",), parts, strict=True
        ):
            panels.append((leaf.path + name, errors[part].reshape(shape), bad[part].reshape(shape)))
    return panels
