"""Models of layers: graphs, classes, and modules in Keras' way."""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

from autograd.errors import DataError, OptionError, TraceError
from autograd.program import is_tracing
from nn.arrays import is_array
from nn.keras_style.configured import described_by, serialize_keras_object, sharing, untagged
from nn.keras_style.functional import Graph
from nn.keras_style.layers.building import shapes_of, taken_by
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.passing import MASKS, mask_of
from nn.keras_style.model_files import specified
from nn.keras_style.naming import new_name
from nn.keras_style.rebuilding import described_graph, rebuilt
from nn.keras_style.registered import custom_object_scope
from nn.keras_style.summary import summarised
from nn.keras_style.symbolic import is_symbolic, mapped, tensors_in
from nn.keras_style.training import Trained
from nn.styles import plain_model

VARIABLE = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class Model(Trained):
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
    _wraps = False  # a module, which is in the attribute of that name
    optimizer: Any = None
    _graph: Graph | None = None

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
            self.module, self._wraps = plain_model(given[0]), True

    def get_config(self) -> dict[str, Any]:
        """Return the graph, or the options of a class, with which to make such a model again.

        Raises
        ------
        OptionError
            If the model wraps a module.
        """
        if self._wraps:
            raise OptionError(
                f"{self.name} wraps a {type(self.module).__name__}, whose options are not known: "
                "save the weights alone, model.save_weights(path)."
            )
        if self._graph is None or described_by(type(self)) is not Model:
            return super().get_config()
        return {"name": self.name, "trainable": self._trainable, **described_graph(self._graph)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new model with the graph or options that `get_config` returned.

        Parameters
        ----------
        config : dict
            The graph or the options.
        custom_objects : dict, optional
            Classes and functions of your own by name.
        """
        with custom_object_scope(custom_objects):
            if "calls" not in config or "input_layers" not in config:
                return super().from_config(config)
            config = untagged(config)
            options = {name: config[name] for name in ("name", "trainable") if name in config}
            return cls(*rebuilt(config), **options)

    def to_json(self, **options: Any) -> str:
        """Return what `get_config` returns as a text, for `models.model_from_json`.

        Parameters
        ----------
        **options
            Options of `json.dumps`.
        """
        with sharing():
            return json.dumps(serialize_keras_object(self), **options)

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
            self._check_names(inputs[0] if many else None)
            return self._masked(self._graph.run(inputs[0] if many else inputs))
        found = self.module if self._wraps else getattr(self, "call", None)
        if found is None:
            raise OptionError(f"{type(self).__name__} defines neither forward nor call.")
        if self._wraps:
            return found(*inputs, **options)
        if not self.built:
            self.build(shapes_of(self._as_given(inputs)))
            self.built = True
        takes = taken_by(type(self).call)
        if "training" in takes:
            options.setdefault("training", self.training)
        if len(takes - {"self", "training", "mask"}) == 1:
            inputs = (self._as_given(inputs),)
        if "_seen" not in vars(self):
            self._seen = specified(inputs)
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
        own = hasattr(self, "call") or type(self).forward is not Model.forward
        is_called = own or self._wraps or self._graph is not None
        return self._is_ready or not self._is_lazy() or not is_called

    def _is_lazy(self) -> bool:
        """Return whether there are weights that the first inputs make."""
        own = type(self).build is not Layer.build
        return own or any(isinstance(module, Layer) for module in self.modules()[1:])

    def summary(
        self, line_length: int | None = None, positions: Any = None,
        print_fn: Callable[[str], Any] | None = None, expand_nested: bool = False,
        show_trainable: bool = False, layer_range: Any = None,
    ) -> None:  # fmt: skip
        """Print the layers with their shapes and numbers of parameters, as Keras does.

        Parameters
        ----------
        line_length : int, optional
            The width; by default that of the terminal, at most Keras' width.
        print_fn : callable, optional
            What to call with the text instead of ``print``.
        positions, expand_nested, show_trainable, layer_range
            Not here.

        Raises
        ------
        OptionError
            If one of these is given.
        """
        options = {
            "positions": positions, "expand_nested": expand_nested,
            "show_trainable": show_trainable, "layer_range": layer_range,
        }  # fmt: skip
        for name in [name for name, option in options.items() if option]:
            raise OptionError(f"summary has no {name}= here: leave it out.")
        (print_fn or print)(summarised(self, self._graph, line_length))

    def _takes(self) -> int | None:
        """Return how many inputs the model takes; None if that is not known."""
        if self._graph is not None:
            return len(self._graph.tensors)
        call = getattr(type(self), "call", None)
        if self._wraps or call is None:
            return None
        parameters = signature(call).parameters
        others = {"self", "training", "mask"}
        found = [one for name, one in parameters.items() if name not in others]
        return None if any(one.kind in VARIABLE for one in found) else len(found)

    def _listed(self, x: Any) -> Any:
        """Return a dict of inputs as a list in the order of the graph, or of the dict."""
        if self._graph is None and hasattr(type(self), "call") and self._takes() == 1:
            self._dict_names = tuple(x) if isinstance(x, dict) else None
            return list(x.values()) if isinstance(x, dict) else x
        if self._graph is None or not isinstance(x, dict):
            self._check_names(x)
            return x
        return self._graph.listed(x)

    def _as_given(self, inputs: Any) -> Any:
        """Return inputs that are in a row as one, as a list, or as the dict that they were."""
        names = vars(self).get("_dict_names")
        given = inputs[0] if len(inputs) == 1 else list(inputs)
        if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
            inputs = inputs[0]
        if names and len(names) == len(inputs) and all(map(is_array, inputs)):
            return dict(zip(names, inputs, strict=True))
        return given

    def _check_names(self, x: Any) -> None:
        """Raise for a list of inputs of which the graph knows the names alone."""
        graph = self._graph
        if graph is None or not isinstance(graph.inputs, dict) or len(graph.tensors) < 2:
            return
        if isinstance(x, (list, tuple)):
            raise DataError(
                f"{self.name} was made of a dict of inputs, which have no order: write a dict with "
                f"the names {', '.join(graph.names)}."
            )
