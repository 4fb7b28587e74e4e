"""The measurements of a training run, as a table and as a plot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import OptionError
from nn.optional_imports import require


class History:
    """The measurements of a training run, one row per epoch.

    Parameters
    ----------
    rows : iterable of dict, optional
        The rows to begin with.
    before : int
        The number of epochs that came before and have no rows.

    Attributes
    ----------
    rows : list of dict
        For each epoch the learning rate, the loss and the metrics; those of the validation data
        have the prefix ``val_``.
    stopped : str
        When and why training ended before its last epoch; empty if it did not.
    best : int
        The epoch, counted from 1, whose weights early stopping restored; else 0.

    Examples
    --------
    >>> history = History([{"loss": 0.5}, {"loss": 0.25}])
    >>> history["loss"]
    [0.5, 0.25]
    """

    def __init__(self, rows: Iterable[dict[str, float]] = (), before: int = 0) -> None:
        self.rows, self.before = list(rows), before
        self.stopped = ""
        self.best = 0

    def __getitem__(self, name: str) -> list[float]:
        """Return one measurement for all epochs."""
        known = self.rows[-1] if self.rows else {}
        if name not in known:
            raise OptionError(
                f"{name!r} was not measured. Measured: {', '.join(known) or 'nothing'}."
            )
        return [row[name] for row in self.rows]

    @property
    def history(self) -> dict[str, list[float]]:
        """All measurements by name, as Keras' users read them."""
        return {name: self[name] for name in (self.rows[-1] if self.rows else {})}

    @property
    def epoch(self) -> list[int]:
        """The epochs, counted from 0."""
        return list(range(self.before, self.before + len(self.rows)))

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        """Return a table of the last epochs."""
        names = list(self.rows[-1]) if self.rows else []
        lines = ["epoch" + "".join(f"{name:>14}" for name in names)]
        for epoch, row in list(enumerate(self.rows, self.before + 1))[-5:]:
            lines.append(f"{epoch:5d}" + "".join(f"{row[name]:14.6g}" for name in names))
        if self.best:
            lines.append(f"restored the weights of epoch {self.best}")
        if self.stopped:
            lines.append(f"stopped: {self.stopped}")
        return "\n".join(lines)

    def plot(self) -> Any:
        """Return a matplotlib figure with one panel for each measurement."""
        figures = require("matplotlib.figure", "The plot of a history", "plot")
        ticker = require("matplotlib.ticker", "The plot of a history", "plot")
        names = [n for n in (self.rows[-1] if self.rows else {}) if not n.startswith("val_")]
        figure = figures.Figure(figsize=(4 * max(1, len(names)), 3.4), layout="constrained")
        epochs = [epoch + 1 for epoch in self.epoch]
        for axes, name in zip(
            figure.subplots(1, max(1, len(names)), squeeze=False)[0], names, strict=False
        ):
            axes.plot(epochs, self[name], color="#2a6496", label="training")
            if f"val_{name}" in self.rows[-1]:
                axes.plot(epochs, self[f"val_{name}"], color="#b35c00", label="validation")
                axes.legend(frameon=False)
            if self.best:
                axes.axvline(self.best, color="#777777", linewidth=0.8, linestyle=":")
            if name == "loss" and min(self[name]) > 0:
                axes.set_yscale("log")
            axes.set(xlabel="epoch", title=name)
            axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
            axes.spines[["top", "right"]].set_visible(False)
        return figure
