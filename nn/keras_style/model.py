"""Models that are compiled and fitted as in Keras."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError
from nn import containers
from nn.arrays import is_array, plain
from nn.data import DataLoader
from nn.keras_style import optimizers
from nn.keras_style.compiled import Compiled, listed
from nn.keras_style.data import Weighted, arrays_of, divided, weights_of
from nn.keras_style.habits import Habits, check_options, check_steps
from nn.module import Module
from nn.optim import Optimizer
from nn.styles import plain_model
from nn.training.history import History
from nn.training.loop import evaluate, fit
from nn.weights import load_into, save

#: The number of examples per batch, unless another is asked for.
BATCH = 32


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
        loss_weights: Any = None,
        metrics: Any = None,
        jit_compile: bool | str = False,
        **options: Any,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
            A name such as "adam"; one of ``keras_style.optimizers``, such as
            ``Adam(learning_rate=0.01)``; or an optimiser of `nn.optim` of the model's parameters.
        loss : str or callable
            A name such as "mse"; one of ``keras_style.losses``, such as
            ``BinaryCrossentropy(from_logits=True)``; a loss of `nn`; or a function of your own,
            ``loss(y_true, y_pred)`` or ``loss(outputs, targets)``.
        loss_weights : None
            Not here: there is one loss.
        metrics : str, callable or list of these, optional
            Names such as "accuracy", ``keras_style.metrics``, or functions as for `loss`.
        jit_compile : bool
            Whether to record steps with `autograd.jit`; "auto" does not.
        **options
            Options of Keras, which raise unless they change nothing.

        Raises
        ------
        OptionError
            If a name is not known, there is no loss, or a function does not tell the targets from
            the outputs.
        """
        if loss is None:
            raise OptionError('compile needs a loss, such as loss="mse".')
        check_options("compile", {**options, "loss_weights": loss_weights})
        check_steps(self)
        optimizer = optimizers.get(optimizer)
        if isinstance(optimizer, optimizers.Optimizer):
            optimizer.build(self.parameters())
        elif not isinstance(optimizer, Optimizer):
            raise OptionError(
                f"optimizer={optimizer!r} must be a name, or an optimizer of nn.keras_style or "
                "nn.optim."
            )
        self._compiled = Compiled(loss, metrics)
        self.optimizer, self._jit = optimizer, jit_compile is True

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
        **options: Any,
    ) -> History:
        """Train.

        Parameters
        ----------
        x : array, list of arrays, or DataLoader
            The inputs; or batches of inputs and targets.
        y : array, optional
            The targets.
        batch_size : int, optional
            The number of examples per batch; by default 32.
        epochs : int
            The number of passes through the data.
        verbose : {"auto", 0, 1, 2}
            0 for nothing, 1 for a progress bar, 2 for a line after each epoch; "auto" for a bar in
            a terminal and in Jupyter.
        callbacks : Callback or list of these, optional
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
            callbacks=[*listed(callbacks), *([_print_row] if verbose == 2 else [])],
            progress="auto" if verbose == "auto" else verbose == 1, jit=self._jit,
        )  # fmt: skip
        self.history = history
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: None = None,
        callbacks: None = None,
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
        steps, callbacks, **options
            Options of Keras, which raise unless they change nothing.
        return_dict : bool
            Whether to return a dict instead of a list.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics a list of the loss and these.
        """
        check_options("evaluate", {**options, "steps": steps, "callbacks": callbacks})
        compiled = self._need_compiled()
        data = x
        if not is_batches(x, y):
            arrays = arrays_of(x, y, sample_weight)
            data = _loader(arrays, batch_size, False, sample_weight is not None, None)
        row = evaluate(self, data, compiled.loss, compiled.metrics, jit=self._jit)
        return row if return_dict else list(row.values()) if len(row) > 1 else row["loss"]

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: int | str = "auto", **options: Any
    ) -> Any:
        """Return the outputs for all examples, as an array.

        Parameters
        ----------
        x : array, list of arrays, or DataLoader
            The inputs; or batches of these, of which the targets are not used.
        batch_size : int, optional
            The number of examples to compute at once; by default 32.
        verbose : {"auto", 0, 1, 2}
            Accepted, and ignored.
        **options
            Options of Keras, which raise unless they change nothing.
        """
        check_options("predict", options)
        batches: Iterable[Any]
        if is_batches(x, None):
            batches = (part[: max(1, len(part) - 1)] for part in map(_parts, x))
        else:
            batches = DataLoader(arrays_of(x), BATCH if batch_size is None else batch_size)
        mode = self.training
        self.eval()
        with no_grad():
            found = [plain(self(*batch)) for batch in batches]
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


def is_batches(x: Any, y: Any) -> bool:
    """Return whether data are batches, not arrays."""
    return y is None and not is_array(x) and not isinstance(x, (tuple, list, dict))


def _parts(batch: Any) -> tuple[Any, ...]:
    return tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)


def _loader(
    arrays: tuple[Any, ...],
    batch_size: int | None,
    shuffle: bool,
    weighted: bool,
    class_weight: dict[int, float] | None,
) -> Any:
    if class_weight is not None:
        factors = weights_of(class_weight, arrays[-2] if weighted else arrays[-1])
        arrays = (*arrays[:-1], arrays[-1] * factors) if weighted else (*arrays, factors)
    loader = DataLoader(arrays, BATCH if batch_size is None else batch_size, shuffle)
    return Weighted(loader) if weighted or class_weight is not None else loader


def _print_row(model: Any, history: History) -> None:
    parts = [f"{name}: {number:.4g}" for name, number in history.rows[-1].items()]
    print(f"Epoch {len(history)} - {' - '.join(parts)}")
