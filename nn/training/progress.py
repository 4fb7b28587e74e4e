"""The progress of `fit`: a bar in a terminal or in Jupyter, lines in a log."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from autograd.errors import MissingProgramError, OptionError
from nn.optional_imports import require
from nn.training.callback import Callback


def in_jupyter() -> bool:
    """Return whether the program runs in a kernel of Jupyter."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and hasattr(shell, "kernel")


#: A log gets a line for an epoch if this many seconds have passed since the last line.
INTERVAL = 10.0


def displays(progress: Any) -> list[Callback]:
    """Return what shows the progress, in a list that is empty if nothing does."""
    if progress not in (True, False, "auto"):
        raise OptionError(f"progress={progress!r} must be True, False or 'auto'.")
    if not progress:
        return []
    if in_jupyter() or sys.stderr.isatty():
        return [ProgressBar()]
    return [] if progress == "auto" else [ProgressLines()]


class ProgressLines(Callback):
    """Writes lines for a log, which a bar would fill with all its states."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.written = -1
        self._clock, self._next = clock, clock()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write a line about the epoch, unless the last line is recent."""
        if self._clock() >= self._next:
            self._write(epoch, logs)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Write a line about the last epoch, if there is none yet."""
        if self.history.rows and self.history.epoch[-1] != self.written:
            self._write(self.history.epoch[-1], self.history.rows[-1])

    def _write(self, epoch: int, logs: dict[str, float] | None) -> None:
        self.written, self._next = epoch, self._clock() + INTERVAL
        measured = ", ".join(f"{name} {text}" for name, text in _short(logs or {}).items())
        print(f"epoch {epoch + 1}/{self.params['epochs']}: {measured}", file=sys.stderr, flush=True)


class ProgressBar(Callback):
    """Shows the epoch, the measurements, the steps per second and the time left."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.unit, self.epoch = "epoch", 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show the bar, if tqdm is installed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that Jupyter lacks widgets: the bar is text then
                tqdm = require("tqdm.auto", "A progress bar", "train")
        except MissingProgramError:
            return
        epochs, steps = self.params["epochs"], self.params["steps"]
        self.unit, each = ("epoch", 1) if steps is None else ("step", steps)
        self.bar = tqdm.tqdm(
            total=epochs * each,
            initial=(self.history.before + len(self.history)) * each,
            desc="training",
            unit=self.unit,
        )

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Name the epoch."""
        self.epoch = epoch
        if self.bar is not None:
            self.bar.set_description(f"epoch {epoch + 1}/{self.params['epochs']}", refresh=False)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Advance by a step."""
        if self.bar is not None and self.unit == "step":
            self.bar.set_postfix(_short(logs or {}), refresh=False)
            self.bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show the measurements of the epoch."""
        if self.bar is not None:
            self.bar.set_postfix(_short(logs or {}), refresh=False)
            self.bar.update(self.unit == "epoch")
            self.bar.refresh()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Leave the bar as it is."""
        if self.bar is not None:
            self.bar.close()


def _short(row: dict[str, float]) -> dict[str, str]:
    return {name: f"{number:.4g}" for name, number in row.items()}
