"""Models of layers one after the other."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError
from nn import containers
from nn.arrays import floating
from nn.keras_style.configured import described_by, revived, serialize_keras_object, sharing
from nn.keras_style.functional import ranked
from nn.keras_style.layers.building import shapes_of
from nn.keras_style.layers.inputs import Input, InputLayer
from nn.keras_style.layers.layer import Layer
from nn.keras_style.model import Model
from nn.keras_style.registered import custom_object_scope
from nn.keras_style.symbolic import KerasTensor, applied
from nn.modes import in_mode
from nn.styles import plain_model


class Sequential(Model, containers.Sequential):
    """Layers one after the other, which are compiled and fitted as in Keras.

    Parameters
    ----------
    *layers : Layer, Module or KerasTensor, or one list of these
        The layers; the first one may be an `Input`. Without it they are built from the first data.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> from nn.keras_style import layers
    >>> first = layers.Dense(2, activation="relu", name="first")
    >>> model = Sequential([Input((3,)), first], name="small")
    >>> model.summary(line_length=60)
    Model: "small"
    ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
    ┃ Layer (type)             ┃ Output Shape      ┃   Param # ┃
    ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
    │ first (Dense)            │ (None, 2)         │         8 │
    └──────────────────────────┴───────────────────┴───────────┘
     Total params: 8 (32.00 B)
     Trainable params: 8 (32.00 B)
     Non-trainable params: 0 (0.00 B)
    """

    def __init__(self, *layers: Any, **options: Any) -> None:
        Layer.__init__(self, **options)
        many = len(layers) == 1 and isinstance(layers[0], (list, tuple))
        self._begin: KerasTensor | None = None
        self._end: Any = None
        for layer in layers[0] if many else layers:
            self.add(layer)

    def get_config(self) -> dict[str, Any]:
        """Return the layers with which to make such a model again."""
        if described_by(type(self)) is not Sequential:
            return super().get_config()
        begin = self._begin
        with sharing():
            layers = [serialize_keras_object(layer) for layer in self]
        if begin is not None:
            options = {"batch_shape": begin.shape, "dtype": begin.dtype.name, "name": begin.name}
            first = {"module": "keras.layers", "class_name": "InputLayer", "config": options}
            layers.insert(0, first)
        return {"name": self.name, "trainable": self._trainable, "layers": layers}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new model with the layers that `get_config` returned.

        Parameters
        ----------
        config : dict
            The layers.
        custom_objects : dict, optional
            Classes and functions of your own by name.
        """
        with custom_object_scope(custom_objects), sharing():
            if "layers" not in config:
                return super().from_config(config)
            options = {name: part for name, part in config.items() if name != "layers"}
            return cls([revived(layer) for layer in config["layers"]], **options)

    def forward(self, x: Any) -> Any:
        """Apply the layers in turn.

        Parameters
        ----------
        x : array_like
            The inputs.
        """
        if self._begin is None and self._is_lazy():
            x = floating(x) if isinstance(x, (list, tuple)) else x
            self._trace(Input(batch_shape=shapes_of(x), dtype=x.dtype))
        if self._begin is not None:
            x = ranked(x, self._begin.shape, self._begin.name)
        return self._masked(containers.Sequential.forward(self, x))

    def build(self, input_shape: Any = None) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple of int or None
            The shape of the inputs, with None for the number of examples.
        """
        if input_shape is None:
            raise OptionError("Write the shape: model.build((None, 784)).")
        self._trace(Input(batch_shape=tuple(input_shape)))
        self.built = True

    def _is_lazy(self) -> bool:
        return any(isinstance(one, Layer) for one in self.modules()[1:])

    def _takes(self) -> int:
        return 1

    def _trace(self, begin: KerasTensor) -> None:
        """Find the shapes of all layers for an input."""
        self._begin = self._end = begin
        self._is_ready = True
        with in_mode(self, False):
            for layer in self:
                self._end = self._next(layer)
        self._output_shape = self._end.shape

    def _next(self, layer: Any) -> Any:
        end = self._end
        return layer(end) if isinstance(layer, Layer) else applied(layer, (end,), {})

    def add(self, layer: Any) -> None:
        """Add a layer at the end.

        Parameters
        ----------
        layer : Layer, Module or KerasTensor
            The layer.
        """
        if isinstance(layer, InputLayer):
            layer = layer.output
        shape = vars(layer).get("_input_shape") if isinstance(layer, Layer) else None
        if isinstance(layer, KerasTensor) or (shape is not None and not len(self)):
            if len(self):
                raise OptionError("An Input is the first of the layers.")
            self._trace(layer if isinstance(layer, KerasTensor) else Input(shape))
            if isinstance(layer, KerasTensor):
                return
        layer = plain_model(layer)
        self.append(layer)
        if self._begin is not None:
            with in_mode(self, False):
                self._end = self._next(layer)
            self._output_shape = self._end.shape

    def pop(self) -> Any:
        """Remove the last layer, and return it."""
        layer = self[-1]
        del self[-1]
        if self._begin is not None:
            self._trace(self._begin)
        return layer

    @property
    def layers(self) -> list[Any]:
        """The layers."""
        return list(self)

    @property
    def input(self) -> Any:
        """The symbolic input."""
        if self._begin is None:
            raise OptionError(f"{self.name} has no symbolic input: begin with keras.Input(shape).")
        return self._begin

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._end if self.input is not None else None

    @property
    def inputs(self) -> list[Any]:
        """The symbolic input, in a list."""
        return [self.input]

    @property
    def outputs(self) -> list[Any]:
        """The symbolic output, in a list."""
        return [self.output]
