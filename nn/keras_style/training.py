"""Training of models as in Keras: ``compile``, ``fit``, ``evaluate`` and ``predict``."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

from autograd import no_grad
from autograd.errors import DataError, OptionError
from nn.arrays import is_array
from nn.data import DataLoader
from nn.keras_style import optimizers
from nn.keras_style.compiled import Compiled, listed
from nn.keras_style.configured import revived, serialize_keras_object
from nn.keras_style.data import (
    BATCH,
    Limited,
    Portions,
    Read,
    arrays_of,
    divided,
    first_of,
    flat_weights,
    inputs_in,
    is_batches,
    joined,
    loader_of,
    parts_of,
    without_targets,
)
from nn.keras_style.habits import Habits, check_options, results
from nn.keras_style.outputs import WEIGHTS, names_of, weights_by_key
from nn.keras_style.steps import Steps, has_own_steps, row_of, unpacked
from nn.keras_style.symbolic import tried
from nn.keras_style.variable import name_paths
from nn.modes import in_mode
from nn.optim import Optimizer
from nn.styles import stripped
from nn.training.batches import batches_of
from nn.training.callback import Callbacks
from nn.training.history import History
from nn.training.loop import fit
from nn.training.metrics import Means


class Trained(Habits):
    """A model that is compiled and fitted as in Keras."""

    _is_ready = False

    def _has_weights(self) -> bool:
        """Return whether no layer waits for its first inputs."""
        raise NotImplementedError

    def _listed(self, x: Any) -> Any:
        """Return a dict of inputs as a list in the order of the graph."""
        raise NotImplementedError

    def _prepare(self, data: Any) -> None:
        """Make the weights for the shape of the inputs, and tell the optimiser about them."""
        if not self._has_weights():
            first = first_of(data)
            with tried(), in_mode(self, False):
                self(*(part[:1] if hasattr(part, "shape") else part for part in first))
        if isinstance(self.optimizer, optimizers.Optimizer):
            name_paths(self)
            self.optimizer.build(self.parameters())
        elif any(getattr(p, "constraint", None) is not None for p in self.parameters()):
            raise OptionError("Constraints need an optimizer of keras.optimizers, not of nn.optim.")

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = False,
        **options: Any,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
            A name such as "adam"; one of ``keras_style.optimizers``, such as
            ``Adam(learning_rate=0.01)``; or an optimiser of `nn.optim` of the model's parameters.
        loss : str or callable, optional
            A name such as "mse"; one of ``keras_style.losses``, such as
            ``BinaryCrossentropy(from_logits=True)``; a loss of `nn`; or a function of your own,
            ``loss(y_true, y_pred)`` or ``loss(outputs, targets)``. For several outputs a list of
            these, or a dict by the names of the outputs. Without it there are the penalties, those
            of ``add_loss`` included, or the ``train_step`` of a subclass.
        loss_weights : list or dict of float, optional
            The factors of the losses of several outputs.
        metrics : str, callable or list of these, optional
            Names such as "accuracy", ``keras_style.metrics``, or functions as for `loss`.
        weighted_metrics : str, callable or list of these, optional
            The same, which take the weights of the examples.
        run_eagerly, steps_per_execution
            Accepted, and ignored.
        jit_compile : bool
            Whether to record steps with `autograd.jit`; "auto" does not.
        **options
            Options of Keras, which raise unless they change nothing.

        Raises
        ------
        OptionError
            If a name is not known, or a function does not tell the targets from the outputs.
        """
        del run_eagerly, steps_per_execution
        check_options("compile", options)
        self._chosen = {
            "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "jit_compile": jit_compile,
        }  # fmt: skip
        optimizer = optimizers.get(optimizer)
        if not isinstance(optimizer, (Optimizer, optimizers.Optimizer)):
            raise OptionError(
                f"optimizer={optimizer!r} must be a name, or an optimizer of nn.keras_style or "
                "nn.optim."
            )
        names = None if self._graph is None else names_of(self._graph.outputs)
        self._compiled = Compiled(
            loss, metrics, lambda: self.losses, names, loss_weights, weighted_metrics
        )
        if isinstance(optimizer, optimizers.Optimizer) and self._has_weights():
            name_paths(self)
            optimizer.build(self.parameters())
        self.optimizer, self._jit = optimizer, jit_compile is True

    def get_compile_config(self) -> dict[str, Any]:
        """Return what ``compile`` chose; a subclass with arguments of its own adds these."""
        return {"optimizer": self.optimizer, **self._chosen}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model with what `get_compile_config` returned.

        Parameters
        ----------
        config : dict
            What ``compile`` chose.
        """
        self.compile(**{name: revived(part) for name, part in config.items()})

    def chosen_by_compile(self) -> Any:
        """Return what ``compile`` chose, as a file holds it; None if only the program knows."""
        kind = type(self)
        own = kind.get_compile_config is not Trained.get_compile_config
        if kind.compile is not Trained.compile and not own:
            warnings.warn(
                f"{kind.__name__} defines compile, so that its arguments are not saved: compile "
                "the model after load_model, or define get_compile_config.",
                stacklevel=4,
            )
            return None
        if not isinstance(self.optimizer, optimizers.Optimizer):
            raise OptionError(
                f"A file cannot hold a {type(self.optimizer).__name__} of nn.optim: compile with "
                "an optimizer of keras.optimizers, or write save(path, include_optimizer=False)."
            )
        return serialize_keras_object(self.get_compile_config())

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        **options: Any,
    ) -> History:
        """Train.

        Parameters
        ----------
        x : array, list of arrays, or iterable of batches
            The inputs; or batches (x, y) or (x, y, sample_weight), such as those of a DataLoader.
        y : array, optional
            The targets.
        batch_size : int, optional
            The number of examples per batch; by default 32.
        epochs : int
            The number of passes through the data, those before `initial_epoch` included.
        verbose : {"auto", 0, 1, 2}
            0 for nothing, 1 for a progress bar, 2 for a line after each epoch; "auto" for a bar in
            a terminal and in Jupyter.
        callbacks : Callback or list of these, optional
            What to do after steps and epochs; see `nn.callbacks`.
        validation_split : float
            The share of the examples, the last ones, to validate with.
        validation_data : tuple (x, y) or (x, y, sample_weight), x, or iterable of batches, optional
            The data to validate with; x alone where the loss needs no targets.
        shuffle : bool
            Whether to draw a new order in each epoch.
        class_weight : dict of int to float, optional
            The weight of the examples of each class in the loss.
        sample_weight : array, shape (examples,), optional
            The weight of each example in the loss.
        initial_epoch : int
            The epoch to begin with, counted from 0.
        steps_per_epoch : int, optional
            The number of batches per epoch, for batches that go on; by default all.
        validation_steps : int, optional
            The number of batches to validate with; by default all.
        validation_batch_size : int, optional
            The number of examples per batch to validate with; by default `batch_size`.
        **options
            Options of Keras, which raise unless they change nothing.

        Returns
        -------
        History
            The measurements; ``history.history`` is a dict of lists.

        Raises
        ------
        OptionError
            If the model is not compiled, or an option is invalid.
        ShapeError, DataError
            If the data do not fit.
        """
        check_options("fit", options)
        compiled = self._need_compiled()
        validation: Any = None
        size = batch_size if validation_batch_size is None else validation_batch_size
        if is_batches(x, y) and (class_weight or sample_weight is not None or validation_split):
            raise OptionError(
                "validation_split, class_weight and sample_weight need arrays x and y."
            )
        if validation_data is not None and not is_batches(validation_data, None):
            is_list = isinstance(validation_data, list)
            inputs, targets, weights = unpacked(
                tuple(validation_data) if is_list else validation_data
            )
            validation = self._data(inputs, targets, size, weights)
        elif validation_data is not None:
            validation = self._data(validation_data, None, size, None)
        elif validation_split:
            arrays = arrays_of(self._listed(x), y, sample_weight, self._output_names())
            arrays, last = divided(arrays, validation_split)
            weighted = list(weights_by_key(sample_weight, self._output_names()))
            validation = self._loader(last, size, weighted)
            data = self._loader(arrays, batch_size, weighted, shuffle, class_weight)
        if not validation_split or validation_data is not None:
            data = self._data(x, y, batch_size, sample_weight, shuffle, class_weight)
        if steps_per_epoch is not None:
            data = Portions(data, steps_per_epoch)
        self._prepare(data)
        history = fit(
            self, data, compiled.loss, self.optimizer, epochs,
            validation=validation if validation_steps is None or validation is None
            else Limited(validation, validation_steps),
            metrics=compiled.metrics, initial_epoch=initial_epoch,
            callbacks=[*listed(callbacks), *([_print_row] if verbose == 2 else [])],
            progress="auto" if verbose == "auto" else verbose == 1, jit=self._jit,
        )  # fmt: skip
        if isinstance(self.optimizer, optimizers.Optimizer):
            self.optimizer.finalize_variable_values(self.parameters())
        self.history = history
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **options: Any,
    ) -> Any:
        """Return the loss, and the metrics if there are any.

        Parameters
        ----------
        x, y, batch_size, sample_weight
            As for `fit`.
        verbose : {"auto", 0, 1, 2}
            Accepted, and ignored.
        steps : int, optional
            The number of batches; by default all.
        callbacks : Callback or list of these, optional
            What to do before and after each batch.
        return_dict : bool
            Whether to return a dict instead of a list.
        **options
            Options of Keras, which raise unless they change nothing.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics a list of the loss and these.
        """
        check_options("evaluate", options)
        compiled = self._need_compiled()
        data: Any = self._data(x, y, batch_size, sample_weight)
        self._prepare(data)
        data = data if steps is None else Limited(data, steps)
        made = (compiled.loss, None, None, bool(compiled.metrics), self._jit, False)
        means = Means(compiled.metrics, compiled.loss)
        called = Callbacks(listed(callbacks), self, self.optimizer, History(), {})
        called.call("on_test_begin", {})
        batches = called.watched(batches_of(data, "last"), means.row)
        row = self.__trainer__(self, *made).evaluate(batches, means)
        called.call("on_test_end", row)
        return row_of(row, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **options: Any,
    ) -> Any:
        """Return the outputs for all examples, as an array.

        Parameters
        ----------
        x : array, list of arrays, or iterable of batches
            The inputs; or batches of these, of which the targets are not used.
        batch_size : int, optional
            The number of examples to compute at once; by default 32.
        verbose : {"auto", 0, 1, 2}
            Accepted, and ignored.
        steps : int, optional
            The number of batches; by default all.
        callbacks : Callback or list of these, optional
            What to do before and after each batch.
        **options
            Options of Keras, which raise unless they change nothing.
        """
        check_options("predict", options)
        x = self._listed(x)
        batches: Iterator[Any]
        if is_batches(x, None):
            batches = (inputs_in(self._read(batch)) for batch in x)
        else:
            arrays = arrays_of(x)
            batches = iter(DataLoader(arrays, BATCH if batch_size is None else batch_size))
        own = type(self).predict_step is not Steps.predict_step
        called = Callbacks(listed(callbacks), self, vars(self).get("optimizer"), History(), {})
        called.call("on_predict_begin", {})
        found = []
        with no_grad(), in_mode(self, False):
            for number, batch in enumerate(islice(batches, steps)):
                called.call("on_predict_batch_begin", number, {})
                given = batch[0] if len(batch) == 1 else list(batch)
                found.append(results(self.predict_step((given,)) if own else self(*batch)))
                called.call("on_predict_batch_end", number, {"outputs": found[-1]})
        called.call("on_predict_end", {})
        if not found:
            raise DataError("There was no batch to predict.")
        return joined(found)

    def _data(
        self, x: Any, y: Any, batch_size: Any, weights: Any, shuffle: bool = False,
        classes: Any = None,
    ) -> Any:  # fmt: skip
        """Return batches of arrays; or batches that were given, as `nn.fit` takes them."""
        x = self._listed(x)
        if is_batches(x, y):
            return Read(x, self._read)
        if y is None and not self._may_lack_targets():
            raise DataError("There are no targets: write fit(x, y); for an autoencoder fit(x, x).")
        arrays = arrays_of(x, y, weights, self._output_names())
        weighted = list(weights_by_key(weights, self._output_names()))
        loader = self._loader(arrays, batch_size, weighted, shuffle, classes)
        return loader if y is not None else Read(loader, without_targets)

    def _read(self, batch: Any) -> tuple[Any, ...]:
        """Return the inputs and the targets of a batch (x, y), (x, y, weights) or x alone."""
        parts = parts_of(batch)
        parts = (self._listed(parts[0]), *parts[1:])
        if len(parts) == 1 and self._may_lack_targets():
            return without_targets(parts)
        is_weighted = len(parts) == 3 and (not is_array(parts[0]) or self._takes() == 1)
        if len(parts) != 2 and not is_weighted:
            return parts  # (x, x, ..., y), as loaders of nn yield them
        x, y, weights = (*parts, None)[:3]
        several = vars(self).get("_compiled") and self._need_compiled().several
        if several and not isinstance(y, dict):
            y = several.targets(y)
        given = weights_by_key(weights, several.names if several else None)
        given = {n: flat_weights(stripped(w)) for n, w in given.items()}
        if several:
            y = {**y, **given}
        elif given:
            y = {"targets": y, "weights": given[WEIGHTS]}
        return (*x, y) if isinstance(x, (list, tuple)) and self._takes() != 1 else (x, y)

    def _may_lack_targets(self) -> bool:
        """Return whether the loss needs no targets."""
        compiled = vars(self).get("_compiled")
        return compiled is not None and (compiled.is_empty or has_own_steps(self))

    def _output_names(self) -> list[str] | None:
        """Return the names of several outputs that have losses of their own."""
        several = self._need_compiled().several
        return None if several is None else several.names

    def _loader(
        self, arrays: Any, batch_size: Any, weighted: list[str], shuffle: bool = False,
        classes: Any = None,
    ) -> Any:  # fmt: skip
        """Return batches of arrays."""
        return loader_of(arrays, batch_size, shuffle, weighted, classes, self._output_names())

    def _need_compiled(self) -> Compiled:
        found = vars(self).get("_compiled")
        if found is None:
            raise OptionError('Compile the model first: model.compile("adam", "mse").')
        return found  # type: ignore[no-any-return]


def _print_row(model: Any, history: History) -> None:
    parts = [f"{name}: {number:.4g}" for name, number in history.rows[-1].items()]
    print(f"Epoch {history.epoch[-1] + 1} - {' - '.join(parts)}")
