"""What else Keras' models can do: weights as lists, single batches; and what they cannot here."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autograd.errors import OptionError
from nn.arrays import plain
from nn.module import Module

#: Methods of Keras that a subclass may define, which `fit` would not call.
OWN_STEPS = ("train_step", "test_step", "predict_step", "compute_loss", "make_train_function")

#: Options of Keras' methods, and what to write.
OPTIONS = {
    "initial_epoch": "nn.fit(..., checkpoint=path, resume=True), which continues a run",
    "steps_per_epoch": "a loader of so many batches: itertools.islice",
    "validation_steps": "a loader of so many batches: itertools.islice",
    "validation_batch_size": "validation_data=nn.DataLoader((x, y), batch_size)",
    "validation_freq": "a callback that calls model.evaluate",
    "steps": "a loader of so many batches: itertools.islice",
    "loss_weights": "a loss of your own, the weighted sum",
    "weighted_metrics": "metrics=, which are not weighted",
    "callbacks": "callbacks= of fit, or call them yourself",
    "run_eagerly": "jit_compile=False",
    "inputs": "a class that derives from keras.Model and defines call",
    "outputs": "a class that derives from keras.Model and defines call",
}

#: What Keras does unless asked, and so does this.
USUAL = [
    ("run_eagerly", False), ("initial_epoch", 0), ("validation_freq", 1),
    ("auto_scale_loss", True),
]  # fmt: skip

#: Options that change nothing.
WITHOUT_EFFECT = ("workers", "use_multiprocessing", "max_queue_size", "name", "steps_per_execution")


def check_options(method: str, options: dict[str, Any]) -> None:
    """Raise for options of Keras that are not here; ignore those that change nothing."""
    for name, option in options.items():
        if name in WITHOUT_EFFECT or (option is None and name in OPTIONS):
            continue
        if (name, option) in USUAL:
            continue
        if name in OPTIONS:
            raise OptionError(f"{method} has no {name}= here: write {OPTIONS[name]}.")
        raise TypeError(f"{method} got an unexpected keyword argument {name!r}")


def check_steps(model: Any) -> None:
    """Raise if a subclass defines a step of its own, which `fit` would not take."""
    own = [name for name in OWN_STEPS if hasattr(type(model), name)]
    if own:
        raise OptionError(
            f"{type(model).__name__} defines {own[0]}, which fit does not call. Write the loop "
            "yourself: optimizer.zero_grad(); loss.backward(); optimizer.step()."
        )


class Habits(Module):
    """Methods of Keras' models beside training."""

    _compiled: Any
    optimizer: Any

    @property
    def layers(self) -> list[Any]:
        """The layers."""
        return list(self.children())

    @property
    def weights(self) -> list[Any]:
        """The parameters."""
        return list(self.parameters())

    variables = weights

    @property
    def trainable_weights(self) -> list[Any]:
        """The parameters that are trained."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    trainable_variables = trainable_weights

    def get_weights(self) -> list[Any]:
        """Return copies of all parameters and buffers."""
        return list(self.state_dict().values())

    def set_weights(self, weights: Any) -> None:
        """Set all parameters and buffers.

        Parameters
        ----------
        weights : list of array
            As `get_weights` returns them.
        """
        names = list(self.state_dict())
        if len(weights) != len(names):
            raise OptionError(f"There are {len(names)} arrays, not {len(weights)}.")
        self.load_state_dict(dict(zip(names, weights, strict=True)))

    def train_on_batch(self, x: Any, y: Any) -> float:
        """Take a step; return the loss before.

        Parameters
        ----------
        x, y : array
            Inputs and targets.
        """
        self.train()
        self.optimizer.zero_grad()
        loss = self._compiled.loss(self(x), y)
        loss.backward()
        self.optimizer.step()
        self.eval()
        return float(plain(loss))

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs as an array.

        Parameters
        ----------
        x : array
            The inputs.
        """
        self.eval()
        return np.asarray(plain(self(x)))

    def save(self, filepath: Any, **options: Any) -> NoReturn:
        """Raise: files hold weights.

        Parameters
        ----------
        filepath, **options
            Not used.

        Raises
        ------
        OptionError
            Always.
        """
        raise OptionError("Files hold weights, not models: write model.save_weights(path).")

    def add_loss(self, loss: Any) -> NoReturn:
        """Raise: the loss is what is passed to ``compile``.

        Parameters
        ----------
        loss
            Not used.

        Raises
        ------
        OptionError
            Always.
        """
        raise OptionError(
            "There is no add_loss here: return what the loss needs from call, and write a loss of "
            "it, loss(outputs, targets)."
        )
