"""A picture of a report: how large the error is, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.verdicts import KINK, OK
from autograd.errors import MissingProgramError

if TYPE_CHECKING:
    from autograd.check.report import Report

#: Relative errors below this look all alike.
FLOOR = 1e-16


def plot(report: Report) -> Any:
    """Return a matplotlib figure of the relative error over the elements of each input.

    Vectors are drawn as points, matrices as images, and what is not ok is marked red.

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
            "Pictures of reports need matplotlib: pip install matplotlib."
        ) from None
    panels = _panels(report)
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


def _panels(report: Report) -> list[tuple[str, Any, Any]]:
    """Return name, errors and what is wrong for each input; for projections one panel of all."""
    if not report.batches:
        return [("nothing was checked", np.zeros(0), np.zeros(0, bool))]
    judgement = report.batches[0].judgement
    with np.errstate(all="ignore"):
        apart = np.abs(judgement.analytic - judgement.numeric)
        size = np.maximum(np.abs(judgement.analytic), np.abs(judgement.numeric))
        errors = np.where(size > 0, apart / size, 0.0)
    errors = np.clip(np.nan_to_num(errors, nan=1.0), FLOOR, 1.0)
    bad = (judgement.verdict != OK) & (judgement.verdict != KINK)
    if report.method:
        return [("random directions", errors.reshape(-1), bad.reshape(-1))]
    errors, bad = errors.max(axis=0, initial=FLOOR), bad.any(axis=0)
    panels = []
    for leaf in report.leaves:
        shape = leaf.data.shape
        shape = shape if len(shape) == 2 and min(shape) > 1 else (-1,)
        step = 2 if leaf.complex else 1
        parts = (slice(leaf.slice.start + k, leaf.slice.stop, step) for k in range(step))
        for name, part in zip(
            (" (real)", " (imaginary)") if step == 2 else ("",), parts, strict=True
        ):
            panels.append((leaf.path + name, errors[part].reshape(shape), bad[part].reshape(shape)))
    return panels
