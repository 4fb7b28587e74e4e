"""Callbacks that write files: weights, and tables of measurements."""

from __future__ import annotations

import csv
import os
from typing import Any

from autograd.errors import OptionError
from autograd.files import replacing
from nn import weights
from nn.callbacks.frequency import Frequency
from nn.callbacks.monitors import Monitor
from nn.training.callback import Callback


class ModelCheckpoint(Monitor):
    """Saves the weights after each epoch or some steps, or only if they are the best so far.

    Of a model of `nn.keras_style` it saves the whole model, as Keras does, unless
    `save_weights_only`.

    Parameters
    ----------
    filepath : path
        The file; ``{epoch}`` (counted from 1) and measurements such as ``{val_loss:.2f}`` in its
        name are filled in.
    monitor : str
        The measurement.
    verbose : int
        Whether to say what is saved.
    save_best_only : bool
        Whether to save only the best weights.
    save_weights_only : bool
        Whether to save the weights alone, which are all that is saved of a module of `nn`. To
        resume a run use ``checkpoint=`` of `nn.fit`.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" takes larger for accuracies, else smaller.
    save_freq : "epoch" or int
        Whether to save after each epoch, or after so many steps; then ``{batch}`` in the name is
        the step, counted from 1.
    initial_value_threshold : float, optional
        What the measurement must be better than at first, with `save_best_only`.

    Examples
    --------
    >>> ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.safetensors", save_best_only=True).mode
    'min'
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.save_freq, self.initial_value_threshold = save_freq, initial_value_threshold
        self._every, self._epoch = Frequency(save_freq), 0
        self.filepath, self.verbose = os.fspath(filepath), verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Begin anew, unless the run is resumed.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        super().on_train_begin(logs)
        if not len(self.history):
            self._every = Frequency(self.save_freq)
            if self.initial_value_threshold is not None:
                self.best = self.initial_value_threshold

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            Not used.
        """
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Save after so many steps.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            The means since the begin of the epoch.
        """
        if self._every.ends_with_step():
            self._save(self._epoch, logs, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save after an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        if not self._every.steps:
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: dict[str, float] | None, **places: int) -> None:
        if self.save_best_only and not self.improves(epoch, logs):
            return
        try:
            path = self.filepath.format(epoch=epoch + 1, **places, **(logs or {}))
        except KeyError as error:
            raise OptionError(
                f"{self.filepath!r} contains {error}, which is not measured. Measured: "
                f"{', '.join(logs or {})}."
            ) from None
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only or not hasattr(type(self.model), "save"):
            weights.save(self.model, path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}.")


class CSVLogger(Callback):
    """Writes the measurements of each epoch as a row of a table.

    After each epoch the file is complete, also if the program is interrupted.

    Parameters
    ----------
    filename : path
        The file.
    separator : str
        What separates the columns.
    append : bool
        Whether to keep the rows that are there.

    Examples
    --------
    >>> CSVLogger("training.csv").separator
    ','
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = filename, separator, append
        self.rows: list[list[Any]] = []

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Read the rows that are kept: those there, or those before a run was resumed.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        self.rows = []
        if self.append and os.path.isfile(self.filename):
            with open(self.filename, newline="", encoding="utf-8") as file:
                self.rows = list(csv.reader(file, delimiter=self.separator))
            return
        for epoch, row in enumerate(self.history.rows):
            self._add(epoch, row)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write a row.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        self._add(epoch, logs or {})
        with replacing(self.filename) as file:
            lines = "".join(self.separator.join(map(str, row)) + "\n" for row in self.rows)
            file.write(lines.encode())

    def _add(self, epoch: int, row: dict[str, float]) -> None:
        names = ["epoch", *row]
        if not self.rows:
            self.rows.append(names)
        elif self.rows[0] != names:
            raise OptionError(
                f"The columns of {str(self.filename)!r} are {', '.join(map(str, self.rows[0]))}; "
                f"this run measures {', '.join(names)}. Use another file, or append=False."
            )
        self.rows.append([epoch, *row.values()])
