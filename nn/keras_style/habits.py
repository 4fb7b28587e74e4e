"""What else Keras' models can do: single batches, and files."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError
from nn import weights
from nn.arrays import plain
from nn.keras_style.data import weights_of
from nn.keras_style.model_files import check_free, load_weights, save_model
from nn.keras_style.steps import Steps, measurements, row_of
from nn.modes import in_mode

#: Options of Keras' methods, and what to write.
OPTIONS = {
    "validation_freq": "a callback that calls model.evaluate",
}

#: What Keras does unless asked, and so does this.
USUAL = [("validation_freq", 1), ("auto_scale_loss", True)]

#: Options that change nothing.
WITHOUT_EFFECT = ("workers", "use_multiprocessing", "max_queue_size", "name")


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


class Habits(Steps):
    """Methods of Keras' models beside `fit`: single batches, and weights in files."""

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None,
        class_weight: dict[int, float] | None = None, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """Take a step; return the loss before it, and the metrics.

        Parameters
        ----------
        x, y : array, or list or dict of arrays
            Inputs and targets.
        sample_weight : array, optional
            The weight of each example in the loss.
        class_weight : dict of int to float, optional
            The weight of the examples of each class.
        return_dict : bool
            Whether to return a dict instead of a list.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics a list of it and these.
        """
        if class_weight is not None:
            given = weights_of(class_weight, y)
            sample_weight = given if sample_weight is None else given * sample_weight
        data = (x, y) if sample_weight is None else (x, y, _weights(sample_weight))
        self._prepare((x,))
        self.reset_metrics()
        with in_mode(self, True):
            return row_of(measurements(self.train_step(data)), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and the metrics of a batch.

        Parameters
        ----------
        x, y, sample_weight, return_dict
            As for `train_on_batch`.
        """
        data = (x, y) if sample_weight is None else (x, y, _weights(sample_weight))
        self._prepare((x,))
        self.reset_metrics()
        with no_grad(), in_mode(self, False):
            return row_of(measurements(self.test_step(data)), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs as an array.

        Parameters
        ----------
        x : array
            The inputs.
        """
        with no_grad(), in_mode(self, False):
            return results(self.predict_step((x,)))

    def _prepare(self, data: Any) -> None:
        """Make the weights for the shape of the inputs, and tell the optimiser about them."""
        raise NotImplementedError

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Save the weights with `nn.save`.

        Parameters
        ----------
        filepath : path
            The file.
        overwrite : bool
            Whether to replace a file that exists.
        """
        check_free(filepath, overwrite)
        weights.save(self, filepath)

    def load_weights(self, filepath: Any) -> None:
        """Load the weights of a file of weights, or of one of a whole model.

        Parameters
        ----------
        filepath : path
            The file.
        """
        load_weights(self, filepath)

    def save(self, filepath: Any, overwrite: bool = True, **options: Any) -> None:
        """Save the model with its weights, and with what ``compile`` chose.

        Parameters
        ----------
        filepath : path
            The file, for `models.load_model`.
        overwrite : bool
            Whether to replace a file that exists.
        **options
            As for `models.save_model`.
        """
        save_model(self, filepath, overwrite, **options)

    def chosen_by_compile(self) -> Any:
        """Return what ``compile`` chose, as a file holds it."""
        raise NotImplementedError


def _weights(given: Any) -> Any:
    """Return weights as an array, or a dict of them for several outputs unchanged."""
    return given if isinstance(given, dict) else np.asarray(given)


def results(outputs: Any) -> Any:
    """Return outputs as arrays, also in lists and dicts."""
    if isinstance(outputs, (list, tuple)):
        return [results(part) for part in outputs]
    if isinstance(outputs, dict):
        return {name: results(part) for name, part in outputs.items()}
    return np.asarray(plain(outputs))
