"""Logs for TensorBoard."""

from __future__ import annotations

import os
from typing import Any

from autograd.errors import OptionError
from nn.arrays import plain
from nn.optional_imports import require
from nn.styles import plain_model
from nn.training.callback import Callback


class TensorBoard(Callback):
    """Writes the measurements for TensorBoard, which shows them: ``tensorboard --logdir logs``.

    Measurements of the validation data are in a folder of their own, so that both appear in one
    chart. The extra ``tensorboard`` installs the package tensorboardX, which writes them.

    Parameters
    ----------
    log_dir : path
        The folder.
    histogram_freq : int
        After how many epochs to write histograms of the parameters; 0 for never.
    update_freq : {"epoch", "batch"} or int
        Whether to write the loss of each step as well, or of how many steps.

    Raises
    ------
    OptionError
        If `update_freq` is something else.
    MissingProgramError
        If the package tensorboardX is not installed.

    Examples
    --------
    >>> TensorBoard("logs/first", histogram_freq=5).log_dir
    'logs/first'
    """

    def __init__(
        self, log_dir: Any = "logs", histogram_freq: int = 0, *, update_freq: str | int = "epoch"
    ) -> None:
        self.log_dir, self.histogram_freq = os.fspath(log_dir), histogram_freq
        every = {"epoch": 0, "batch": 1}.get(str(update_freq), update_freq)
        if not isinstance(every, int) or every < 0:
            raise OptionError(
                f"update_freq={update_freq!r} must be 'epoch', 'batch' or a number of steps."
            )
        self.every = every
        self.writers: dict[str, Any] = {}
        self.steps = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Open the files.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        package = require("tensorboardX", "Writing logs for TensorBoard", "tensorboard")
        self.writers = {
            name: package.SummaryWriter(os.path.join(self.log_dir, name))
            for name in ("train", "validation")
        }

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Write the loss of a step, if asked for.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            The means since the begin of the epoch.
        """
        self.steps += 1
        if self.every and self.steps % self.every == 0:
            for name, number in (logs or {}).items():
                self.writers["train"].add_scalar(f"batch_{name}", number, self.steps)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the measurements of an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        for name, number in (logs or {}).items():
            is_validated = name.startswith("val_")
            writer = self.writers["validation" if is_validated else "train"]
            writer.add_scalar(f"epoch_{name.removeprefix('val_')}", number, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for name, parameter in plain_model(self.model).named_parameters():
                self.writers["train"].add_histogram(name, plain(parameter), epoch)
        for writer in self.writers.values():
            writer.flush()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the files.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        for writer in self.writers.values():
            writer.close()
