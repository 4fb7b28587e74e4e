"""Keras' `Bidirectional` and `TimeDistributed`: layers around others."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.configured import described
from nn.keras_style.layers.cells import RNN
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.recurrent import check_recurrent
from nn.module import Module

#: How the outputs of both directions become one.
MERGES: dict[str | None, Callable[[Any, Any], Any]] = {
    "concat": lambda a, b: np.concatenate([a, b], axis=-1),
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) / 2,
    None: lambda a, b: [a, b],
}


class Bidirectional(Layer):
    """A recurrent layer that reads sequences in both directions.

    Parameters
    ----------
    layer : LSTM, GRU or SimpleRNN
        The layer, which has not been called.
    merge_mode : {"concat", "sum", "mul", "ave", None}
        What to make of the outputs.
    backward_layer : LSTM, GRU or SimpleRNN, optional
        The layer that begins with the last step; by default one like the first.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> from nn.keras_style.layers import LSTM
    >>> Bidirectional(LSTM(4))(np.ones((2, 5, 3))).shape
    (2, 8)
    """

    supports_masking = True
    autocast = "fiub"
    fixed = ("layer",)

    def __init__(
        self, layer: Any, merge_mode: str | None = "concat", *, backward_layer: Any = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        if not isinstance(layer, RNN):
            check_recurrent(layer)
        if merge_mode not in MERGES:
            raise OptionError(f"merge_mode={merge_mode!r} must be one of {list(MERGES)}.")
        if layer.built:
            raise OptionError(f"{layer.name} has weights already: pass a new layer.")
        if backward_layer is None:
            backward_layer = copy.deepcopy(layer)
            backward_layer.go_backwards = not layer.go_backwards
            backward_layer._name = f"backward_{layer.name}"
        self.forward_layer, self.backward_layer = layer, backward_layer
        for one in (layer, backward_layer):  # as in Keras
            one.zero_output_for_mask = one.return_sequences
        self.merge_mode = merge_mode

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {**super().get_config(), "layer": described(self.forward_layer)}

    def call(
        self, inputs: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Return the outputs of both directions.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, features)
            The sequences.
        initial_state : list of array, optional
            The states of the forward layer, and of the backward layer.
        mask : array of bool, optional
            Which steps count.
        training : bool
            Whether to train.
        """
        del training  # both layers know
        begin: list[Any] = [None, None]
        if initial_state is not None:
            half = len(initial_state) // 2
            begin = [initial_state[:half], initial_state[half:]]
        layers = (self.forward_layer, self.backward_layer)
        found = [
            layer(inputs, initial_state=state, mask=mask)
            for layer, state in zip(layers, begin, strict=True)
        ]
        states: list[Any] = []
        if self.forward_layer.return_state:
            states = [*found[0][1:], *found[1][1:]]
            found = [part[0] for part in found]
        ahead, back = found
        if self.forward_layer.return_sequences:
            back = back[:, ::-1]
        merged = MERGES[self.merge_mode](ahead, back)
        if not states:
            return merged
        return [*(merged if self.merge_mode is None else [merged]), *states]

    @property
    def keeps_steps(self) -> bool:
        """Whether the outputs have the steps of the inputs, and so their mask."""
        return bool(self.forward_layer.return_sequences)


class TimeDistributed(Layer):
    """A layer that is applied to each step of a sequence.

    Parameters
    ----------
    layer : Layer
        The layer.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> from nn.keras_style.layers import Flatten
    >>> TimeDistributed(Flatten())(np.ones((2, 5, 3, 3))).shape
    (2, 5, 9)
    """

    supports_masking = True

    def __init__(self, layer: Any, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layer, Module):
            raise OptionError(f"TimeDistributed takes a layer, not {layer!r}.")
        self.layer = layer

    def call(self, inputs: Any) -> Any:
        """Apply the layer to each step.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, ...)
            The sequences.
        """
        batch, steps = inputs.shape[:2]
        y = self.layer(np.reshape(inputs, (batch * steps, *inputs.shape[2:])))
        return np.reshape(y, (batch, steps, *y.shape[1:]))
