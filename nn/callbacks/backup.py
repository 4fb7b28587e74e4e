"""A callback that keeps a training run in a folder, and resumes it there."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from typing import Any

from autograd.errors import OptionError, WeightsError
from autograd.files import replacing
from nn import weights
from nn.callbacks.frequency import Frequency
from nn.styles import plain_model
from nn.training.callback import Callback
from nn.training.checkpoints import parts_of_state, state_from_parts, under

#: The key of what a backup holds beside arrays.
KEY = "backup"


class BackupAndRestore(Callback):
    """Saves a training run in a folder, and goes on there after a crash or an interruption.

    `fit` with such a callback and the same folder restores weights, the state of the optimiser and
    the number of the epoch; an epoch that was not complete begins again, with the weights that were
    saved in it. When training has ended as it should the files are deleted. A failed save leaves
    the old file. For a run that is the same bit for bit, with its schedule and the order of its
    examples, use ``checkpoint=`` and ``resume=`` of `nn.fit`.

    Parameters
    ----------
    backup_dir : path
        The folder, which only one run uses.
    save_freq : "epoch" or int
        Whether to save after each epoch, or after so many steps.
    double_checkpoint : bool
        Whether to keep the file before the last, too, which is read if that one is damaged.
    delete_checkpoint : bool
        Whether to delete the files at the end of training.

    Raises
    ------
    OptionError
        If `backup_dir` is empty, or `save_freq` something else.
    WeightsError
        In `fit`, if the files are damaged or belong to another model.

    Examples
    --------
    >>> BackupAndRestore("backup", save_freq=100).backup_dir
    'backup'
    """

    def __init__(
        self, backup_dir: Any, save_freq: str | int = "epoch", double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:  # fmt: skip
        self.backup_dir = os.fspath(backup_dir)
        if not self.backup_dir:
            raise OptionError("backup_dir= is empty: write the name of a folder.")
        self.save_freq, self.double_checkpoint = save_freq, double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.path = os.path.join(self.backup_dir, "latest.safetensors")
        self.before = f"{self.path}.bkp"
        self._every, self._epoch = Frequency(save_freq), 0
        self._error: Any = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Restore what is in the folder, if there is anything.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        self._error = sys.exc_info()[1]  # of a program that trains while it handles one
        self._every, self._epoch = Frequency(self.save_freq), self.history.before
        files = [path for path in (self.path, self.before) if os.path.exists(path)]
        if not files:
            return
        if len(self.history):
            raise OptionError("BackupAndRestore and resume=True exclude each other.")
        for path in files:
            try:
                self._restore(path)
                return
            except WeightsError:
                if path == files[-1]:
                    raise

    def _restore(self, path: str) -> None:
        found, model = weights.load(path), plain_model(self.model)
        content = found.metadata.get(KEY)
        if content is None:
            raise WeightsError(f"{path!r} is no backup of a training run.")
        before = model.state_dict()
        model.load_state_dict(under("model.", found))
        try:
            state = state_from_parts(under("optimizer.", found), content["optimizer"])
            self.optimizer.load_state_dict(state)
        except WeightsError:
            model.load_state_dict(before)
            raise
        self._epoch = self.history.before = max(content["epoch"], self.history.before)

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
            Not used.
        logs : dict
            Not used.
        """
        if self._every.ends_with_step():
            self._save()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save after an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            Not used.
        """
        self._epoch = epoch + 1
        if not self._every.steps:
            self._save()

    def _save(self) -> None:
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and os.path.exists(self.path):
            with open(self.path, "rb") as old, replacing(self.before) as new:
                shutil.copyfileobj(old, new)
        state = plain_model(self.model).state_dict()
        arrays = {f"model.{name}": array for name, array in state.items()}
        of_optimizer, settings = parts_of_state(self.optimizer)
        arrays |= {f"optimizer.{name}": array for name, array in of_optimizer.items()}
        weights.save(arrays, self.path, {KEY: {"epoch": self._epoch, "optimizer": settings}})

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Delete the files, unless an error or an interruption has ended training.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        is_error = sys.exc_info()[1] is not self._error
        if is_error or self.history.stopped.startswith("interrupted") or not self.delete_checkpoint:
            return
        for path in (self.path, self.before):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
        with contextlib.suppress(OSError):  # other files are in the folder, or there is none
            os.rmdir(self.backup_dir)
