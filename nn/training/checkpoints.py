"""The state of a training run, in one file of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import WeightsError
from nn import weights
from nn.arrays import is_array
from nn.optim import Optimizer
from nn.seeding import GENERATOR
from nn.styles import stripped
from nn.training.history import History


class Checkpoint:
    """Saves and restores a training run, which then continues bit for bit.

    The state includes the random generators: that of `nn`, that of the data, and those in
    attributes of the model's modules.

    Parameters
    ----------
    model : Module
        The model.
    optimizer : Optimizer
        The optimiser.
    history : History
        The measurements so far.
    schedule : Scheduler, optional
        The learning rate schedule.
    early_stopping : EarlyStopping, optional
        The state of early stopping.
    generator : numpy.random.Generator, optional
        The generator of the data.
    callbacks : sequence of Callback
        Callbacks that have a state.
    """

    def __init__(
        self,
        model: Any,
        optimizer: Optimizer,
        history: History,
        schedule: Any = None,
        early_stopping: Any = None,
        generator: np.random.Generator | None = None,
        callbacks: Sequence[Any] = (),
    ) -> None:
        self.callbacks = list(callbacks)
        self.model, self.optimizer, self.history = model, optimizer, history
        self.schedule, self.early_stopping = schedule, early_stopping
        found = [GENERATOR] if generator is None else [GENERATOR, generator]
        found += getattr(model, "generators", ())
        for module in model.modules():
            parts = vars(module).values()
            found += [part for part in parts if isinstance(part, np.random.Generator)]
        self.generators = list({id(each): each for each in found}.values())

    def save(self, path: Any) -> None:
        """Save the state with `nn.save`.

        Parameters
        ----------
        path : path
            The file to write.
        """
        state = {f"model.{name}": array for name, array in self.model.state_dict().items()}
        arrays, settings = parts_of_state(self.optimizer)
        state |= {f"optimizer.{name}": array for name, array in arrays.items()}
        called = []
        for number, callback in enumerate(self.callbacks):
            values = callback.state_dict()
            called.append({n: item for n, item in values.items() if not is_array(item)})
            arrays = {n: item for n, item in values.items() if is_array(item)}
            state |= {f"callback.{number}.{name}": array for name, array in arrays.items()}
        stopping = self.early_stopping
        if stopping is not None:
            state |= {f"best.{name}": array for name, array in stopping.weights.items()}
        weights.save(
            state,
            path,
            {
                "kinds": self._kinds(),
                "history": self.history.rows,
                "stopped": self.history.stopped,
                **settings,
                "callbacks": called,
                "schedule": None if self.schedule is None else self.schedule.state_dict(),
                "early_stopping": None if stopping is None else [stopping.best, stopping.epoch],
                "generators": [state_of(each) for each in self.generators],
            },
        )

    def restore(self, path: Any) -> None:
        """Restore the state.

        Parameters
        ----------
        path : path
            The file to read.

        Raises
        ------
        WeightsError
            If the file belongs to another training run. Nothing is changed.
        """
        found = weights.load(path)
        saved = found.metadata
        if "kinds" not in saved:
            raise WeightsError(
                f"{str(path)!r} contains weights, but is not a checkpoint of a training run."
            )
        for what, here in self._kinds().items():
            if saved["kinds"].get(what) != here:
                raise WeightsError(
                    f"The checkpoint {str(path)!r} was saved with {what}: "
                    f"{saved['kinds'].get(what)}, but this run has {here}. Resume with the "
                    "original arguments."
                )
        before = self.model.state_dict()
        self.model.load_state_dict(under("model.", found))
        try:
            self.optimizer.load_state_dict(state_from_parts(under("optimizer.", found), saved))
        except WeightsError:
            self.model.load_state_dict(before)
            raise
        if self.schedule is not None:
            self.schedule.load_state_dict(saved["schedule"])
        stopping = self.early_stopping
        if stopping is not None:
            stopping.best, stopping.epoch = saved["early_stopping"]
            stopping.weights = under("best.", found)
        for place, values in enumerate(saved["callbacks"]):
            own = under(f"callback.{place}.", found)
            self.callbacks[place].load_state_dict({**values, **own})
        for generator, state in zip(self.generators, saved["generators"], strict=True):
            set_state(generator, state)
        self.history.rows, self.history.stopped = saved["history"], saved["stopped"]

    def _kinds(self) -> dict[str, Any]:
        """Return, by name, what must be unchanged when a training run is resumed."""
        return {
            "optimizer": type(self.optimizer).__name__,
            "schedule": self.schedule and type(self.schedule).__name__,
            "early stopping": self.early_stopping is not None,
            "callbacks": [type(callback).__name__ for callback in self.callbacks],
            "random generators": [type(g.bit_generator).__name__ for g in self.generators],
        }


def parts_of_state(optimizer: Optimizer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the state of an optimiser as arrays by name, and as settings that JSON can hold."""
    state = stripped(optimizer.state_dict())
    arrays: dict[str, Any] = {}
    numbers: dict[int, Any] = {}
    for number, items in state["state"].items():
        numbers[number] = {name: item for name, item in items.items() if not is_array(item)}
        found = {name: item for name, item in items.items() if is_array(item)}
        arrays |= {f"{number}.{name}": array for name, array in found.items()}
    return arrays, {"param_groups": state["param_groups"], "numbers": numbers}


def state_from_parts(arrays: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of an optimiser from what `parts_of_state` returned."""
    states = {int(number): dict(items) for number, items in settings["numbers"].items()}
    for name, array in arrays.items():
        number, _, rest = name.partition(".")
        states[int(number)][rest] = array
    return {"state": states, "param_groups": settings["param_groups"]}


def state_of(generator: Any) -> Any:
    """Return the state of a random generator."""
    if hasattr(generator, "get_state"):
        return generator.get_state()
    return generator.bit_generator.state


def set_state(generator: Any, state: Any) -> None:
    """Set the state of a random generator."""
    if hasattr(generator, "set_state"):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


def under(prefix: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arrays whose names begin with a prefix, without it."""
    return {n.removeprefix(prefix): array for n, array in found.items() if n.startswith(prefix)}
