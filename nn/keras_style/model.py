"""Models that are compiled and fitted as in Keras."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import DataError, OptionError
from nn import containers
from nn.arrays import is_array, plain, shape_of
from nn.data import DataLoader
from nn.keras_style import losses, optimizers
from nn.keras_style import metrics as known_metrics
from nn.keras_style.data import Weighted, arrays_of, divided, weights_of
from nn.keras_style.habits import (
    Habits,
    check_options,
    check_steps,
    outputs_first,
    takes_truth_first,
)
from nn.module import Module
from nn.optim import Optimizer
from nn.styles import plain_model
from nn.training.history import History
from nn.training.loop import evaluate, fit
from nn.weights import load_into, save


class Model(Habits):
    """A model that is compiled and fitted as in Keras.

    Subclasses define ``forward``, or ``call`` as in Keras; or it wraps another module.

    Parameters
    ----------
    module : Module, optional
        The module to wrap.
    *more, **options
        Arguments of Keras, which raise unless they change nothing: a functional model is a class
        here.

    Attributes
    ----------
    optimizer : Optimizer
        The optimiser, after `compile`.
    history : History
        The measurements of the last `fit`.

    Examples
    --------
    >>> import nn
    >>> nn.seed(0)
    >>> x = np.random.default_rng(0).normal(size=(64, 2))
    >>> y = (x[:, 0] > x[:, 1]).astype(int)
    >>> model = Model(nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2), nn.Softmax()))
    >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    >>> history = model.fit(x, y, epochs=3, validation_split=0.25, verbose=0)
    >>> list(history.history)
    ['lr', 'loss', 'accuracy', 'val_loss', 'val_accuracy']
    >>> model.predict(x).shape
    (64, 2)
    """

    stop_training = False
    module: Any = None
    optimizer: Any = None

    def __init__(self, module: Module | None = None, *more: Any, **options: Any) -> None:
        if more:
            options["inputs"] = module
        check_options(type(self).__name__, options)
        self.module = plain_model(module)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Call the wrapped module, or ``call``.

        Parameters
        ----------
        *inputs : array_like
            The inputs.
        **options
            Options of the module.
        """
        found = getattr(self, "call", None) if self.module is None else self.module
        if found is None:
            raise OptionError(f"{type(self).__name__} defines neither forward nor call.")
        if self.module is None and "training" in inspect.signature(found).parameters:
            options.setdefault("training", self.training)
        return found(*inputs, **options)

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Iterable[Any] = (),
        jit_compile: bool = False,
        **options: Any,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str, Optimizer or callable
            A name such as "adam"; an optimiser of `nn.optim`, or one of
            ``keras_style.optimizers``, such as ``Adam(learning_rate=0.01)``.
        loss : str or callable
            A name such as "mse"; one of ``keras_style.losses``, such as
            ``BinaryCrossentropy(from_logits=True)``; or any loss of `nn`.
        metrics : iterable of str or callable
            Names such as "accuracy", or functions of outputs and targets.
        jit_compile : bool
            Whether to record steps with `autograd.jit`.
        **options
            Options of Keras, which raise unless they change nothing.

        Raises
        ------
        OptionError
            If a name is not known, or there is no loss.
        """
        if loss is None:
            raise OptionError('compile needs a loss, such as loss="mse".')
        check_options("compile", options)
        check_steps(self)
        if isinstance(optimizer, str):
            optimizer = optimizers.recipe(optimizer)
        if not isinstance(optimizer, Optimizer):
            optimizer = optimizer(self.parameters())
        compiled = Compiled(losses.named(loss), [known_metrics.named(metric) for metric in metrics])
        self.optimizer, self._compiled, self._jit = optimizer, compiled, jit_compile

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Any] = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        **options: Any,
    ) -> History:
        """Train.

        Parameters
        ----------
        x : array, list of arrays, or DataLoader
            The inputs; or batches of inputs and targets.
        y : array, optional
            The targets.
        batch_size : int
            The number of examples per batch.
        epochs : int
            The number of passes through the data.
        verbose : {"auto", 0, 1, 2}
            0 for nothing, 1 for a progress bar, 2 for a line after each epoch; "auto" for a bar in
            a terminal and in Jupyter.
        callbacks : sequence of Callback
            What to do after steps and epochs; see `nn.callbacks`.
        validation_split : float
            The share of the examples, the last ones, to validate with.
        validation_data : tuple (x, y), tuple (x, y, sample_weight) or DataLoader, optional
            The data to validate with.
        shuffle : bool
            Whether to draw a new order in each epoch.
        class_weight : dict of int to float, optional
            The weight of the examples of each class in the loss.
        sample_weight : array, shape (examples,), optional
            The weight of each example in the loss.
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
        data: Any = x
        if is_batches(x, y):
            if class_weight or sample_weight is not None or validation_split:
                raise OptionError(
                    "validation_split, class_weight and sample_weight need arrays x and y."
                )
        else:
            arrays = arrays_of(x, y, sample_weight)
            if validation_split and validation_data is None:
                arrays, validation_data = divided(arrays, validation_split)
            data = _loader(arrays, batch_size, shuffle, sample_weight is not None, class_weight)
        if validation_data is not None and not is_batches(validation_data, None):
            given = arrays_of(*validation_data)
            validation_data = _loader(given, batch_size, False, len(validation_data) == 3, None)
        history = fit(
            self, data, compiled.loss, self.optimizer, epochs,
            validation=validation_data, metrics=compiled.metrics,
            callbacks=[*callbacks, *([_print_row] if verbose == 2 else [])],
            progress="auto" if verbose == "auto" else verbose == 1, jit=self._jit,
        )  # fmt: skip
        self.history = history
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int = 32,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss, and the metrics if there are any.

        Parameters
        ----------
        x, y, batch_size, sample_weight
            As for `fit`.
        verbose : {"auto", 0, 1, 2}
            Accepted, and ignored.
        return_dict : bool
            Whether to return a dict instead of a list.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics a list of the loss and these.
        """
        compiled = self._need_compiled()
        data = x
        if not is_batches(x, y):
            arrays = arrays_of(x, y, sample_weight)
            data = _loader(arrays, batch_size, False, sample_weight is not None, None)
        row = evaluate(self, data, compiled.loss, compiled.metrics, jit=self._jit)
        return row if return_dict else list(row.values()) if len(row) > 1 else row["loss"]

    def predict(self, x: Any, batch_size: int = 32, verbose: int | str = "auto") -> Any:
        """Return the outputs for all examples, as an array.

        Parameters
        ----------
        x : array or list of arrays
            The inputs.
        batch_size : int
            The number of examples to compute at once.
        verbose : {"auto", 0, 1, 2}
            Accepted, and ignored.
        """
        inputs = tuple(x) if isinstance(x, (tuple, list)) and is_array(x[0]) else (np.asarray(x),)
        mode = self.training
        self.eval()
        with no_grad():
            found = [plain(self(*batch)) for batch in DataLoader(inputs, batch_size)]
        self.train(mode)
        return np.concatenate(found)

    def summary(self, print_fn: Callable[[str], Any] = print) -> None:
        """Print the layers with their settings and numbers of parameters.

        Parameters
        ----------
        print_fn : callable
            What to call with the text.
        """
        trained = sum(p.size for p in self.parameters() if p.requires_grad)
        print_fn(f"{self}\ntrained parameters: {trained:,} of {self.num_parameters():,}")

    def count_params(self) -> int:
        """Return the number of parameters."""
        return self.num_parameters()

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

    def _need_compiled(self) -> Compiled:
        found = vars(self).get("_compiled")
        if found is None:
            raise OptionError('Compile the model first: model.compile("adam", "mse").')
        return found  # type: ignore[no-any-return]


class Sequential(Model, containers.Sequential):
    """Layers one after the other, which are compiled and fitted as in Keras.

    Parameters
    ----------
    *layers : Module, or one list of these
        The layers.

    Examples
    --------
    >>> import nn
    >>> model = Sequential([nn.Linear(3, 2), nn.ReLU()])
    >>> model.summary()
    Sequential: 8 parameters
      0: Linear(in_features=3, out_features=2): 8 parameters
      1: ReLU
    trained parameters: 8 of 8
    """

    forward = containers.Sequential.forward

    def __init__(self, *layers: Any) -> None:
        many = len(layers) == 1 and isinstance(layers[0], (list, tuple))
        given = layers[0] if many else layers
        containers.Sequential.__init__(self, *[plain_model(layer) for layer in given])

    def add(self, layer: Any) -> None:
        """Add a layer at the end.

        Parameters
        ----------
        layer : Module
            The layer.
        """
        self.append(plain_model(layer))


class Compiled:
    """The loss and the metrics of a compiled model, which take targets with weights as well."""

    def __init__(self, loss: Any, given: list[Any]) -> None:
        self.of_examples = outputs_first(loss) if takes_truth_first(loss) else loss
        self.metrics = [_unweighted(metric) for metric in given]

    def loss(self, outputs: Any, targets: Any) -> Any:
        """Return the mean of the weighted losses of the examples."""
        weights = None
        if isinstance(targets, dict) and targets.keys() == {"targets", "weights"}:
            targets, weights = targets["targets"], targets["weights"]
        if weights is None:
            return np.mean(self.of_examples(outputs, targets))
        found = self.of_examples(outputs, targets)
        if shape_of(found) != shape_of(weights):
            raise DataError(
                f"The loss returned an array of shape {shape_of(found)}; weights of examples need "
                f"a loss of shape {shape_of(weights)}, one number for each: a name such as "
                '"mse", or a loss with reduction="none".'
            )
        return np.mean(found * weights)


def is_batches(x: Any, y: Any) -> bool:
    """Return whether data are batches, not arrays."""
    return y is None and not is_array(x) and not isinstance(x, (tuple, list))


def _unweighted(metric: Any) -> Any:
    metric = outputs_first(metric) if takes_truth_first(metric) else metric

    def measure(outputs: Any, targets: Any) -> Any:
        if isinstance(targets, dict) and targets.keys() == {"targets", "weights"}:
            targets = targets["targets"]
        return metric(outputs, targets)

    measure.__name__ = getattr(metric, "__name__", type(metric).__name__)
    return measure


def _loader(
    arrays: tuple[Any, ...],
    batch_size: int,
    shuffle: bool,
    weighted: bool,
    class_weight: dict[int, float] | None,
) -> Any:
    if class_weight is not None:
        factors = weights_of(class_weight, arrays[-2] if weighted else arrays[-1])
        arrays = (*arrays[:-1], arrays[-1] * factors) if weighted else (*arrays, factors)
    loader = DataLoader(arrays, batch_size, shuffle)
    return Weighted(loader) if weighted or class_weight is not None else loader


def _print_row(model: Any, history: History) -> None:
    parts = [f"{name}: {number:.4g}" for name, number in history.rows[-1].items()]
    print(f"Epoch {len(history)} - {' - '.join(parts)}")
