"""The options of `fit`: what they must be, and what is monitored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Node
from autograd.errors import DataError, OptionError
from nn.optim import ReduceLROnPlateau, Scheduler
from nn.styles import plain_model, stripped
from nn.training.batches import Metric, described
from nn.training.early_stopping import EarlyStopping, check_direction
from nn.training.metrics import direction_of, named


def check_options(
    model: Any,
    loss: Any,
    optimizer: Any,
    schedule: Any,
    schedule_each: str,
    epochs: Any,
    accumulate: Any,
) -> None:
    """Raise if an argument of `fit` has a wrong type or is out of range."""
    if not callable(model) or not hasattr(model, "parameters"):
        raise DataError(f"The model must be a nn.Module, not {type(model).__name__}.")
    check_loss(loss)
    if not hasattr(optimizer, "param_groups"):
        raise DataError(
            f"The optimizer must be one of nn.optim, such as nn.optim.Adam(model.parameters()), "
            f"not {type(optimizer).__name__}."
        )
    trained = {id(stripped(p)) for group in optimizer.param_groups for p in group["params"]}
    parts = [plain_model(part) for part in (model, loss) if hasattr(part, "parameters")]
    if trained.isdisjoint(id(p) for part in parts for p in part.parameters()):
        raise OptionError(
            "The optimizer has none of the model's parameters, so it would train nothing. Write "
            f"{type(optimizer).__name__}(model.parameters(), ...) with the model that fit gets; "
            "a copy of a model has parameters of its own."
        )
    _check_schedule(schedule, optimizer)
    for name, number, least in (("epochs", epochs, 0), ("accumulate", accumulate, 1)):
        if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or number < least:
            raise OptionError(f"{name}={number!r} must be an integer of at least {least}.")
    if schedule_each not in ("epoch", "batch"):
        raise OptionError(f"schedule_each={schedule_each!r} must be 'epoch' or 'batch'.")


def check_beginning(initial_epoch: int, epochs: int, checkpoint: Any, resume: bool) -> None:
    """Raise if it is not clear after how many epochs a run begins."""
    if resume and checkpoint is None:
        raise OptionError("resume=True needs a file: checkpoint='run.safetensors'.")
    if not 0 <= initial_epoch <= epochs or (initial_epoch and checkpoint is not None):
        raise OptionError(
            f"initial_epoch={initial_epoch!r} must be between 0 and epochs={epochs}; with "
            "checkpoint= the file knows it."
        )


def _check_schedule(schedule: Any, optimizer: Any) -> None:
    """Raise if a schedule is none, or would set the rates of another optimiser."""
    if schedule is None:
        return
    if not hasattr(schedule, "step"):
        raise OptionError(
            "schedule= must be one of nn.optim, such as nn.optim.LambdaLR(optimizer, function), "
            f"not {described(schedule)}."
        )
    theirs = getattr(schedule, "optimizer", optimizer)
    if theirs is not optimizer and getattr(theirs, "param_groups", None) is not getattr(
        optimizer, "param_groups", None
    ):
        raise OptionError(
            "schedule= sets the rates of another optimizer than the one that fit gets: write "
            f"{type(schedule).__name__}(optimizer, ...) with that one."
        )


def listed(name: str, given: Any) -> list[Any]:
    """Return metrics or callbacks as a list; raise if they are not listed, or are classes."""
    if isinstance(given, str) or callable(given) or not isinstance(given, Iterable):
        raise OptionError(f"{name}= must be a list: write {name}=[...].")
    found = list(given)
    for one in found:
        if isinstance(one, type):
            raise OptionError(f"{name}= contains the class {one.__name__}: write {one.__name__}().")
        if isinstance(one, str) and name == "metrics":
            raise OptionError(f"{name}= contains {one!r}: write a function, such as nn.accuracy.")
    return found


def check_loss(loss: Any) -> None:
    """Raise if a loss cannot be called, or is a class."""
    if isinstance(loss, type):
        raise DataError(f"The loss is the class {loss.__name__}: write {loss.__name__}().")
    if not callable(loss):
        raise DataError(
            "The loss must be a function such as nn.mse or nn.CrossEntropyLoss(), not "
            f"{type(loss).__name__}. Pass inputs and targets together: "
            "fit(model, nn.DataLoader((inputs, targets)), loss, optimizer, epochs)."
        )


def check_result(loss: Any, training: bool) -> None:
    """Raise if what a loss returned is no number, or for training has no graph."""
    is_node = isinstance(loss, Node)
    if not is_node and not isinstance(loss, (int, float, np.ndarray, np.generic)):
        end = " It lacks a return statement." if loss is None else ""
        raise DataError(
            f"The loss returned {described(loss)}; it must return one number, computed from the "
            f"outputs.{end}"
        )
    if training and not (is_node and getattr(loss, "requires_grad", True)):
        raise DataError(
            f"The loss returned {described(loss)} without a graph, from which no gradient can be "
            "computed. Compute it from the outputs as they are, without .data, .item(), .detach(), "
            "float() or no_grad(); and at least one parameter must require a gradient."
        )


def explain_outputs(loss: Any, outputs: Any, error: Exception) -> None:
    """Raise a better error if a loss has failed on several outputs, which most losses do not take.

    Parameters
    ----------
    loss : callable
        The loss.
    outputs : object
        What the model returned.
    error : Exception
        What the loss has raised.
    """
    if not isinstance(outputs, (tuple, list, dict)):
        return
    name = getattr(loss, "__name__", type(loss).__name__)
    first = f"outputs[{next(iter(outputs), 0)!r}]" if isinstance(outputs, dict) else "outputs[0]"
    raise DataError(
        f"The model returned {described(outputs)}, with which the loss {name} failed: {error} "
        "If it takes one array, write a loss that gives it this one, such as "
        f"lambda outputs, targets: loss({first}, targets)."
    ) from error


def monitored(
    monitor: str,
    validated: bool,
    metrics: list[Metric],
    early_stopping: EarlyStopping | None,
    schedule: Scheduler | None,
) -> str:
    """Return the name of the monitored measurement; raise if its direction is contradicted."""
    wanted = early_stopping.monitor if early_stopping else ""
    if monitor and wanted and monitor != wanted:
        raise OptionError(f"monitor={monitor!r} contradicts EarlyStopping(monitor={wanted!r}).")
    monitor = monitor or wanted or ("val_loss" if validated else "loss")
    if early_stopping or isinstance(schedule, ReduceLROnPlateau):
        names = ["loss", *named(metrics)]
        names += [f"val_{name}" for name in names if validated]
        measured(dict.fromkeys(["lr", *names], 0.0), monitor)  # or raise
    direction = direction_of(monitor, metrics)
    if early_stopping:
        early_stopping.direct(monitor, direction)
    if isinstance(schedule, ReduceLROnPlateau):
        who = f"ReduceLROnPlateau(mode={schedule.mode!r})"
        check_direction(who, schedule.mode, monitor, direction)
    return monitor


def measured(row: dict[str, float], name: str) -> float:
    """Return a measurement; raise if it was not measured."""
    if name not in row:
        raise OptionError(
            f"{name!r} is not measured, so it cannot be monitored. Measured: {', '.join(row)}."
        )
    return row[name]
