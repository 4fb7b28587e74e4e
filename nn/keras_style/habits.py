"""What else Keras' models can do: single batches; and what they cannot here."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError
from nn.arrays import plain
from nn.keras_style.layers.layer import Layer
from nn.modes import in_mode
from nn.weights import load_into, save

#: Methods of Keras that a subclass may define, which `fit` would not call.
OWN_STEPS = ("train_step", "test_step", "predict_step", "compute_loss", "make_train_function")

#: Options of Keras' methods, and what to write.
OPTIONS = {
    "initial_epoch": "nn.fit(..., checkpoint=path, resume=True), which continues a run",
    "validation_steps": "a loader of so many batches: itertools.islice",
    "validation_batch_size": "validation_data=nn.DataLoader((x, y), batch_size)",
    "validation_freq": "a callback that calls model.evaluate",
    "steps": "a loader of so many batches: itertools.islice",
    "weighted_metrics": "metrics=, which are not weighted",
    "callbacks": "callbacks= of fit, or call them yourself",
    "run_eagerly": "jit_compile=False",
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


class Habits(Layer):
    """Methods of Keras' models beside training."""

    _compiled: Any
    optimizer: Any

    def train_on_batch(self, x: Any, y: Any) -> Any:
        """Take a step; return the loss before, of several outputs a list of it and of theirs.

        Parameters
        ----------
        x, y : array
            Inputs and targets.
        """
        self._prepare(x)
        self.optimizer.zero_grad()
        with in_mode(self, True):
            outputs = self(x)
            loss = self._compiled.loss(outputs, y)
        loss.backward()
        self.optimizer.step()
        several = self._compiled.several
        if several is None:
            return float(plain(loss))
        parts = several.each(outputs, y).values()
        return [float(plain(part)) for part in (loss, *parts)]

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs as an array.

        Parameters
        ----------
        x : array
            The inputs.
        """
        with no_grad(), in_mode(self, False):
            return results(self(x))

    def _prepare(self, x: Any) -> None:
        """Make the weights for the shape of the inputs, and tell the optimiser about them."""
        raise NotImplementedError

    def save_weights(self, filepath: Any) -> None:
        """Save the weights with `nn.save`.

        Parameters
        ----------
        filepath : path
            The file.
        """
        save(self, filepath)

    def load_weights(self, filepath: Any) -> None:
        """Load the weights with `nn.load_into`.

        Parameters
        ----------
        filepath : path
            The file.
        """
        load_into(self, filepath)

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


def results(outputs: Any) -> Any:
    """Return outputs as arrays, also in lists and dicts."""
    if isinstance(outputs, (list, tuple)):
        return [results(part) for part in outputs]
    if isinstance(outputs, dict):
        return {name: results(part) for name, part in outputs.items()}
    return np.asarray(plain(outputs))
