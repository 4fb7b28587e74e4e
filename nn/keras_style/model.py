"""Models that are compiled and fitted as in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import no_grad
from autograd.errors import OptionError, TraceError
from autograd.program import is_tracing
from nn.data import DataLoader
from nn.keras_style import optimizers
from nn.keras_style.compiled import Compiled, listed
from nn.keras_style.data import (
    BATCH,
    Portions,
    arrays_of,
    divided,
    first_of,
    is_batches,
    joined,
    loader_of,
    parts_of,
)
from nn.keras_style.functional import Graph
from nn.keras_style.habits import Habits, check_options, check_steps, results
from nn.keras_style.layers.layer import MASKS, Layer, mask_of, shapes_of, taken_by
from nn.keras_style.naming import new_name
from nn.keras_style.outputs import names_of
from nn.keras_style.summary import summarised
from nn.keras_style.symbolic import is_symbolic, mapped, tensors_in
from nn.modes import in_mode
from nn.optim import Optimizer
from nn.styles import plain_model
from nn.training.history import History
from nn.training.loop import evaluate, fit


class Model(Habits):
    """A model that is compiled and fitted as in Keras.

    It is a graph of layers from symbolic inputs to outputs; or a subclass that defines ``call``, or
    ``forward``; or it wraps another module.

    Parameters
    ----------
    *parts : KerasTensor, or Module
        The inputs and the outputs, which may also be lists or dicts; or a module to wrap.
    inputs, outputs : KerasTensor, or list or dict of these, optional
        The same by name.
    **options
        Options of `Layer`.

    Attributes
    ----------
    optimizer : Optimizer
        The optimiser, after `compile`.
    history : History
        The measurements of the last `fit`.

    Raises
    ------
    OptionError
        If the outputs need other inputs.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> from nn.keras_style import Input, layers
    >>> nn.seed(0)
    >>> x = np.random.default_rng(0).normal(size=(64, 2))
    >>> y = (x[:, 0] > x[:, 1]).astype(int)
    >>> inputs = Input((2,))
    >>> hidden = layers.Dense(8, activation="relu")(inputs)
    >>> model = Model(inputs, layers.Dense(2, activation="softmax")(hidden))
    >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    >>> history = model.fit(x, y, epochs=3, validation_split=0.25, verbose=0)
    >>> list(history.history)
    ['lr', 'loss', 'accuracy', 'val_loss', 'val_accuracy']
    >>> model.predict(x).shape
    (64, 2)
    """

    stop_training = False
    autocast = ""
    module: Any = None
    optimizer: Any = None
    _graph: Graph | None = None
    _is_ready = False

    def __init__(
        self, *parts: Any, inputs: Any = None, outputs: Any = None, **options: Any
    ) -> None:
        given = [*parts, *(part for part in (inputs, outputs) if part is not None)]
        if is_symbolic(given):
            if len(given) != 2:
                raise OptionError("A functional model takes inputs and outputs.")
            options.setdefault("name", new_name("Functional") if type(self) is Model else None)
            super().__init__(**options)
            self._graph = Graph(*given)
            self.stages = {one.name: one for one in self._graph.layers if isinstance(one, Layer)}
            self._is_ready = True
            self._output_shape = shapes_of(mapped(lambda t: t, self._graph.outputs))
            return
        super().__init__(**options)
        if len(given) > 1:
            raise OptionError(
                "keras.Model takes symbolic inputs and outputs, as keras.Input and layers return "
                "them; or one module. For anything else derive a class from it that defines call."
            )
        if given:
            self.module = plain_model(given[0])

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the graph, or call the wrapped module, or ``call``.

        Parameters
        ----------
        *inputs : array_like
            The inputs.
        **options
            Options of the module.
        """
        if self._graph is not None:
            many = len(inputs) == 1 and isinstance(inputs[0], (list, tuple, dict))
            return self._masked(self._graph.run(inputs[0] if many else inputs))
        found = getattr(self, "call", None) if self.module is None else self.module
        if found is None:
            raise OptionError(f"{type(self).__name__} defines neither forward nor call.")
        if self.module is not None:
            return found(*inputs, **options)
        if not self.built:
            self.build(shapes_of(inputs[0] if len(inputs) == 1 else list(inputs)))
            self.built = True
        takes = taken_by(type(self).call)
        if "training" in takes:
            options.setdefault("training", self.training)
        if len(inputs) > 1 and len(takes - {"self", "training", "mask"}) == 1:
            inputs = (list(inputs),)
        outputs = found(*inputs, **options)
        self._is_ready = True
        return self._masked(outputs)

    def _masked(self, outputs: Any) -> Any:
        """Return the outputs of the whole model, and keep their masks for the loss."""
        if MASKS.depth == 1:
            parts = outputs.values() if isinstance(outputs, dict) else outputs
            parts = list(parts) if isinstance(parts, (dict, list, tuple)) else [outputs]
            pairs = [(part, mask_of(part)) for part in parts]
            MASKS.outputs = [pair for pair in pairs if pair[1] is not None]
            if MASKS.outputs and is_tracing():
                raise TraceError(
                    f"The outputs of {self.name} have a mask, which programs do not keep for the "
                    "loss: write jit_compile=False."
                )
        return outputs

    @property
    def layers(self) -> list[Any]:
        """The layers."""
        return list(self.children()) if self._graph is None else list(self._graph.layers)

    @property
    def inputs(self) -> list[Any]:
        """The symbolic inputs of a functional model."""
        return list(self._need_graph().tensors)

    @property
    def outputs(self) -> list[Any]:
        """The symbolic outputs of a functional model."""
        return list(tensors_in(self._need_graph().outputs))

    @property
    def input(self) -> Any:
        """The symbolic inputs of a functional model, as they were given."""
        return self._need_graph().inputs

    @property
    def output(self) -> Any:
        """The symbolic outputs of a functional model, as they were given."""
        return self._need_graph().outputs

    def _need_graph(self) -> Graph:
        if self._graph is None:
            raise OptionError(f"{self.name} has no symbolic inputs: begin with keras.Input(shape).")
        return self._graph

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by its name or its index.

        Parameters
        ----------
        name : str, optional
            The name.
        index : int, optional
            The index in `layers`.

        Raises
        ------
        OptionError
            If there is none of this name.
        """
        if index is not None:
            return self.layers[index]
        for layer in self.layers:
            if getattr(layer, "name", None) == name:
                return layer
        names = [getattr(layer, "name", type(layer).__name__) for layer in self.layers]
        raise OptionError(f"{self.name} has no layer {name!r}, but {', '.join(names)}.")

    def _has_weights(self) -> bool:
        """Return whether no layer waits for its first inputs."""
        return self._is_ready or not self._is_lazy()

    def _is_lazy(self) -> bool:
        """Return whether there are weights that the first inputs make."""
        own = type(self).build is not Layer.build
        return own or any(isinstance(module, Layer) for module in self.modules()[1:])

    def _prepare(self, data: Any) -> None:
        """Make the weights for the shape of the inputs, and tell the optimiser about them."""
        if not self._has_weights():
            first = first_of(data)
            with no_grad(), in_mode(self, False):
                self(*(part[:1] if hasattr(part, "shape") else part for part in first))
        if isinstance(self.optimizer, optimizers.Optimizer):
            self.optimizer.build(self.parameters())
        elif any(getattr(p, "constraint", None) is not None for p in self.parameters()):
            raise OptionError("Constraints need an optimizer of keras.optimizers, not of nn.optim.")

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
            ``loss(y_true, y_pred)`` or ``loss(outputs, targets)``. For several outputs a list of
            these, or a dict by the names of the outputs.
        loss_weights : list or dict of float, optional
            The factors of the losses of several outputs.
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
        check_options("compile", options)
        check_steps(self)
        optimizer = optimizers.get(optimizer)
        if not isinstance(optimizer, (Optimizer, optimizers.Optimizer)):
            raise OptionError(
                f"optimizer={optimizer!r} must be a name, or an optimizer of nn.keras_style or "
                "nn.optim."
            )
        names = None if self._graph is None else names_of(self._graph.outputs)
        self._compiled = Compiled(loss, metrics, lambda: self.losses, names, loss_weights)
        if isinstance(optimizer, optimizers.Optimizer) and self._has_weights():
            optimizer.build(self.parameters())
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
        *,
        steps_per_epoch: int | None = None,
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
        steps_per_epoch : int, optional
            The number of batches per epoch, for batches that go on; by default all.
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
        validation: Any = validation_data
        data = x = self._listed(x)
        if is_batches(x, y):
            if class_weight or sample_weight is not None or validation_split:
                raise OptionError(
                    "validation_split, class_weight and sample_weight need arrays x and y."
                )
        else:
            arrays = arrays_of(x, y, sample_weight, self._output_names())
            if validation_split and validation_data is None:
                arrays, last = divided(arrays, validation_split)
                validation = self._loader(last, batch_size, sample_weight)
            data = self._loader(arrays, batch_size, sample_weight, shuffle, class_weight)
        if steps_per_epoch is not None:
            data = Portions(data, steps_per_epoch)
        self._prepare(data)
        if validation_data is not None and not is_batches(validation_data, None):
            inputs, targets, weights = (*validation_data, None)[:3]
            names = self._output_names()
            given = arrays_of(self._listed(inputs), targets, weights, names)
            validation = self._loader(given, batch_size, weights)
        history = fit(
            self, data, compiled.loss, self.optimizer, epochs,
            validation=validation, metrics=compiled.metrics,
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
        data = x = self._listed(x)
        if not is_batches(x, y):
            arrays = arrays_of(x, y, sample_weight, self._output_names())
            data = self._loader(arrays, batch_size, sample_weight)
        self._prepare(data)
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
        x = self._listed(x)
        if is_batches(x, None):
            batches = (part[: max(1, len(part) - 1)] for part in map(parts_of, x))
        else:
            batches = DataLoader(arrays_of(x), BATCH if batch_size is None else batch_size)
        with no_grad(), in_mode(self, False):
            found = [results(self(*batch)) for batch in batches]
        return joined(found)

    def summary(
        self, line_length: int | None = None, print_fn: Callable[[str], Any] = print, **options: Any
    ) -> None:
        """Print the layers with their shapes and numbers of parameters, as Keras does.

        Parameters
        ----------
        line_length : int, optional
            The width; by default that of the terminal, at most Keras' width.
        print_fn : callable
            What to call with the text.
        **options
            Options of Keras, which are ignored.
        """
        del options
        print_fn(summarised(self, self._graph, line_length))

    def _output_names(self) -> list[str] | None:
        """Return the names of several outputs that have losses of their own."""
        several = self._need_compiled().several
        return None if several is None else several.names

    def _loader(
        self, arrays: Any, batch_size: Any, weights: Any, shuffle: bool = False, classes: Any = None
    ) -> Any:
        """Return batches of arrays."""
        names = self._output_names()
        return loader_of(arrays, batch_size, shuffle, weights is not None, classes, names)

    def _listed(self, x: Any) -> Any:
        """Return a dict of inputs as a list in the order of the graph."""
        return x if self._graph is None or not isinstance(x, dict) else self._graph.listed(x)

    def _need_compiled(self) -> Compiled:
        found = vars(self).get("_compiled")
        if found is None:
            raise OptionError('Compile the model first: model.compile("adam", "mse").')
        return found  # type: ignore[no-any-return]


def _print_row(model: Any, history: History) -> None:
    parts = [f"{name}: {number:.4g}" for name, number in history.rows[-1].items()]
    print(f"Epoch {len(history)} - {' - '.join(parts)}")
