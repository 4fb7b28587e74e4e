"""What `fit` calls while it trains: the base class of callbacks, and the list of those of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd.errors import OptionError
from nn.training.history import History


class Callback:
    """The base class of callbacks: `fit` calls its methods, which do nothing unless overridden.

    The order is: ``on_train_begin``; in each epoch ``on_epoch_begin``, for each step
    ``on_train_batch_begin`` and ``on_train_batch_end``, for validation ``on_test_begin``, for each
    batch ``on_test_batch_begin`` and ``on_test_batch_end``, and ``on_test_end``; then
    ``on_epoch_end``; at last ``on_train_end``, also after an interruption.
    If ``on_epoch_end`` returns True, training ends after the epoch. Epochs and steps are counted
    from 0, as in Keras.

    Attributes
    ----------
    model : Module
        The model.
    optimizer : Optimizer
        The optimiser.
    history : History
        The measurements so far.
    params : dict
        Under ``"epochs"`` the number of epochs, under ``"steps"`` that of steps per epoch, or None;
        under ``"directions"`` for each measurement "min" or "max", whichever is better, if known.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> class Print(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, logs["loss"])
    >>> model, data = nn.Linear(1, 1), [(np.zeros((1, 1)), np.zeros((1, 1)))]
    >>> model.bias.data[...] = 1.0
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.25)
    >>> history = nn.fit(model, data, nn.mse, optimizer, 2, callbacks=[Print()])
    0 1.0
    1 0.25
    """

    model: Any = None
    optimizer: Any = None
    history: History
    params: dict[str, Any]

    def set_model(self, model: Any) -> None:
        """Receive the model.

        Parameters
        ----------
        model : Module
            The model.
        """
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Receive the numbers of epochs and of steps.

        Parameters
        ----------
        params : dict
            As in the attribute.
        """
        self.params = params

    def on_train_begin(self, logs: dict[str, float] | None = None) -> Any:
        """Before the first epoch.

        Parameters
        ----------
        logs : dict
            Empty.
        """

    def on_train_end(self, logs: dict[str, float] | None = None) -> Any:
        """After the last epoch.

        Parameters
        ----------
        logs : dict
            The measurements of the last epoch.
        """

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> Any:
        """Before an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            Empty.
        """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> Any:
        """After an epoch; training ends if it returns True.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements of the epoch.
        """

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """Before a step.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            Empty.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """After a step.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            The means since the begin of the epoch.
        """
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """Before a step: another name of ``on_train_batch_begin``.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            Empty.
        """

    def on_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """After a step: another name of ``on_train_batch_end``.

        Parameters
        ----------
        batch : int
            The step, counted from 0 in each epoch.
        logs : dict
            The means since the begin of the epoch.
        """

    def on_test_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """Before a batch of the validation data.

        Parameters
        ----------
        batch : int
            The batch, counted from 0.
        logs : dict
            Empty.
        """

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> Any:
        """After a batch of the validation data.

        Parameters
        ----------
        batch : int
            The batch, counted from 0.
        logs : dict
            The means so far.
        """

    def on_test_begin(self, logs: dict[str, float] | None = None) -> Any:
        """Before validation.

        Parameters
        ----------
        logs : dict
            Empty.
        """

    def on_test_end(self, logs: dict[str, float] | None = None) -> Any:
        """After validation.

        Parameters
        ----------
        logs : dict
            The measurements.
        """


class Callbacks:
    """The callbacks of a run: objects with the methods of `Callback`, and plain functions."""

    def __init__(
        self,
        callbacks: Iterable[Any],
        model: Any,
        optimizer: Any,
        history: History,
        params: dict[str, Any],
    ) -> None:
        self.model, self.history = model, history
        self.hooked: list[Any] = []
        self.functions: list[Callable[[Any, History], Any]] = []
        for callback in callbacks:
            if hasattr(callback, "on_epoch_end"):
                self.hooked.append(callback)
            elif callable(callback):
                self.functions.append(callback)
            else:
                raise OptionError(
                    f"{callback!r} is no callback: it must be a function callback(model, history), "
                    "or an object with the methods of nn.callbacks.Callback."
                )
        for callback in self.hooked:
            callback.optimizer, callback.history = optimizer, history
            callback.set_model(model)
            callback.set_params(params)
        if getattr(model, "stop_training", False):
            model.stop_training = False
        steps = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
        self.each_step = self._has(*steps)
        self.each_test = self._has("on_test_batch_end")

    def _has(self, *names: str) -> bool:
        """Return whether a callback defines one of these methods."""
        return any(
            getattr(callback, name, None) is not None
            and getattr(getattr(callback, name), "__func__", None) is not vars(Callback)[name]
            for callback in self.hooked
            for name in names
        )

    def call(self, name: str, *arguments: Any) -> None:
        """Call a method of all callbacks that have it."""
        for callback in self.hooked:
            method = getattr(callback, name, None)
            if method is not None:
                method(*arguments)

    def begin_step(self, step: int) -> None:
        """Call what comes before a step, counted from 1."""
        if self.each_step:
            self.call("on_train_batch_begin", step - 1, {})

    def end_step(self, step: int, measure: Callable[[], dict[str, float]]) -> None:
        """Call what comes after a step, counted from 1."""
        if self.each_step:
            self.call("on_train_batch_end", step - 1, measure())

    def watched(
        self, batches: Iterable[Any], measure: Callable[[], dict[str, float]]
    ) -> Iterator[Any]:
        """Yield batches of the validation data, and call what comes before and after each."""
        for number, batch in enumerate(batches):
            self.call("on_test_batch_begin", number, {})
            yield batch
            self.call("on_test_batch_end", number, measure() if self.each_test else {})

    def end_epoch(self, epoch: int, row: dict[str, float]) -> str:
        """Call what comes after an epoch; return what ends training, or nothing."""
        found = ""
        for callback in self.hooked:
            if callback.on_epoch_end(epoch - 1, dict(row)) is True:
                found = type(callback).__name__
        for function in self.functions:
            if function(self.model, self.history) is True:
                found = getattr(function, "__name__", type(function).__name__)
        if not found and getattr(self.model, "stop_training", False):
            found = "model.stop_training"
        return f"after epoch {epoch}, by {found}" if found else ""
