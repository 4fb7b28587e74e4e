"""All that the next epoch of a training depends on, in one file of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.errors import WeightsError
from nn import weights
from nn.history import History
from nn.optim import Optimizer
from nn.seeding import GENERATOR


class Checkpoint:
    """Saves and restores a training: the same numbers follow, bit for bit.

    The random generators are that of `nn`, the one that is given, of the data, and those in
    attributes of the modules of the model.
    """

    def __init__(
        self,
        model: Any,
        optimizer: Optimizer,
        history: History,
        schedule: Any = None,
        early_stopping: Any = None,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.model, self.optimizer, self.history = model, optimizer, history
        self.schedule, self.early_stopping = schedule, early_stopping
        found = [GENERATOR] if generator is None else [GENERATOR, generator]
        for module in model.modules():
            parts = vars(module).values()
            found += [part for part in parts if isinstance(part, np.random.Generator)]
        self.generators = list({id(each): each for each in found}.values())

    def save(self, path: Any) -> None:
        """Write everything into a file, as `nn.save` does."""
        state = {f"model.{name}": array for name, array in self.model.state_dict().items()}
        optimizer = self.optimizer.state_dict()
        steps = {}
        for number, of_parameter in optimizer["state"].items():
            steps[number] = of_parameter.pop("step")
            state |= {f"optimizer.{number}.{name}": a for name, a in of_parameter.items()}
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
                "param_groups": optimizer["param_groups"],
                "steps": steps,
                "schedule": None if self.schedule is None else self.schedule.state_dict(),
                "early_stopping": None if stopping is None else [stopping.best, stopping.epoch],
                "generators": [each.bit_generator.state for each in self.generators],
            },
        )

    def restore(self, path: Any) -> None:
        """Go on from a file; that of another training changes nothing, and is a `WeightsError`."""
        found = weights.load(path)
        saved = found.metadata
        if "kinds" not in saved:
            raise WeightsError(f"{str(path)!r} holds weights, but is no checkpoint of a training.")
        for what, here in self._kinds().items():
            if saved["kinds"].get(what) != here:
                raise WeightsError(
                    f"The checkpoint {str(path)!r} was made with {what}: "
                    f"{saved['kinds'].get(what)}, this training has {here}. Resume with the "
                    "arguments that it began with."
                )
        steps: dict[int, dict[str, Any]] = {
            int(number): {"step": step} for number, step in saved["steps"].items()
        }
        for name, array in _under("optimizer.", found).items():
            number, _, rest = name.partition(".")
            steps[int(number)][rest] = array
        before = self.model.state_dict()
        self.model.load_state_dict(_under("model.", found))
        try:
            self.optimizer.load_state_dict({"state": steps, "param_groups": saved["param_groups"]})
        except WeightsError:
            self.model.load_state_dict(before)
            raise
        if self.schedule is not None:
            self.schedule.load_state_dict(saved["schedule"])
        stopping = self.early_stopping
        if stopping is not None:
            stopping.best, stopping.epoch = saved["early_stopping"]
            stopping.weights = _under("best.", found)
        for generator, state in zip(self.generators, saved["generators"], strict=True):
            generator.bit_generator.state = state
        self.history.rows, self.history.stopped = saved["history"], saved["stopped"]

    def _kinds(self) -> dict[str, Any]:
        """Say what must be the same when a training is resumed, by its name."""
        return {
            "optimizer": type(self.optimizer).__name__,
            "schedule": self.schedule and type(self.schedule).__name__,
            "early stopping": self.early_stopping is not None,
            "random generators": [type(g.bit_generator).__name__ for g in self.generators],
        }


def _under(prefix: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {n.removeprefix(prefix): array for n, array in found.items() if n.startswith(prefix)}
