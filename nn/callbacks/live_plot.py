"""A plot in Jupyter that grows while a model is trained."""

from __future__ import annotations

import io
from typing import Any

from nn.optional_imports import require
from nn.training.callback import Callback
from nn.training.progress import in_jupyter


class LivePlot(Callback):
    """Plots the measurements in Jupyter, anew after each epoch.

    Elsewhere it does nothing; ``history.plot()`` returns the same figure.

    Parameters
    ----------
    every : int
        After how many epochs to plot.

    Raises
    ------
    MissingProgramError
        If matplotlib is not installed.

    Examples
    --------
    >>> LivePlot(every=5).every
    5
    """

    def __init__(self, every: int = 1) -> None:
        self.every = every
        self.handle: Any = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Forget the plot of another run.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        self.handle = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Plot.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            Not used.
        """
        if not in_jupyter() or (epoch + 1) % self.every:
            return
        jupyter = require("IPython.display", "A live plot", "plot")
        content = io.BytesIO()
        self.history.plot().savefig(content, format="png", dpi=96)
        picture = jupyter.Image(content.getvalue())  # a figure is shown as text, without pyplot
        if self.handle is None:
            self.handle = jupyter.display(picture, display_id=True)
        else:
            self.handle.update(picture)
