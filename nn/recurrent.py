"""Recurrent layers: `RNN`, `LSTM`, `GRU`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, Tensor
from autograd.errors import OptionError, ShapeError
from nn import init
from nn.linear import Dropout
from nn.module import Module, Parameter, plain, shape_of
from nn.rnn_kernels import (
    gru_sequence,
    lstm_sequence,
    packed,
    relu_sequence,
    tanh_sequence,
    unpacked,
)


class Recurrent(Module):
    """Layers that read a sequence step by step, and remember.

    Parameters
    ----------
    input_size, hidden_size : int
        How many numbers come in at each step, and how many are remembered.
    batch_first : bool
        Whether inputs and outputs are (batch, steps, features), instead of (steps, batch, ...).
    dropout : float
        The share of zeros between layers, while training.
    bidirectional : bool
        Whether to read the sequence backwards as well: each output then has both, side by side.
    generator : numpy.random.Generator, optional
        Of the initial weights and of dropout.
    """

    gates: int
    states: int = 1  # how many arrays make up what is remembered
    primitive: Primitive  # what computes a whole sequence
    weight_hh_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        if min(input_size, hidden_size, num_layers) < 1:
            raise OptionError("input_size, hidden_size and num_layers are at least 1.")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = Dropout(dropout, generator)
        rows = self.gates * hidden_size
        for layer in range(num_layers):
            features = input_size if layer == 0 else hidden_size * self.directions
            for suffix in self._suffixes(layer):
                shapes: dict[str, tuple[int, ...]]
                shapes = {"weight_ih": (rows, features), "weight_hh": (rows, hidden_size)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                for name, shape in shapes.items():
                    first = init.uniform(shape, 1 / math.sqrt(hidden_size), generator)
                    setattr(self, name + suffix, Parameter(first))

    @property
    def directions(self) -> int:
        """In how many directions a sequence is read."""
        return 2 if self.bidirectional else 1

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]

    def forward(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        """Return the outputs of the last layer at all steps, and what all layers remember.

        Parameters
        ----------
        x : array_like, shape (steps, batch, input_size)
            Or (batch, steps, input_size) if `batch_first`; or (steps, input_size) alone.
        state : array_like, shape (num_layers * directions, batch, hidden_size), optional
            What is remembered to begin with, by default zeros; of an `LSTM` a pair (h, c).

        Raises
        ------
        ShapeError
            If shapes do not fit, or there is no step.
        """
        alone = len(shape_of(x)) == 2
        turned = self.batch_first and not alone
        if (
            len(shape_of(x)) not in (2, 3)
            or shape_of(x)[-1] != self.input_size
            or not shape_of(x)[turned]
        ):
            order = "batch, steps" if self.batch_first else "steps, batch"
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)}; it takes ({order}, "
                f"{self.input_size}) or (steps, {self.input_size}), with at least one step."
            )
        x = x[:, None] if alone else np.swapaxes(x, 0, 1) if turned else x
        first = self._first(state, shape_of(x)[1], x.dtype, alone)
        last: list[list[Any]] = []
        for layer in range(self.num_layers):
            if layer:
                x = self.dropout(x)
            outputs = []
            for direction, suffix in enumerate(self._suffixes(layer)):
                number = layer * self.directions + direction
                y, *ends = self._sequence(
                    x[::-1] if direction else x, suffix, [part[number] for part in first]
                )
                outputs.append(y[::-1] if direction else y)
                last.append(ends)
            x = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=-1)
        ended = [np.stack(parts) for parts in zip(*last, strict=True)]
        if alone:
            x, ended = x[:, 0], [part[:, 0] for part in ended]
        elif turned:
            x = np.swapaxes(x, 0, 1)
        return x, ended[0] if self.states == 1 else tuple(ended)

    def _first(self, state: Any, batch: int, dtype: Any, alone: bool) -> list[Any]:
        """Return what is remembered to begin with, with an axis of examples."""
        shape = (self.num_layers * self.directions, batch, self.hidden_size)
        if state is None:
            zeros = np.zeros(shape, np.result_type(dtype, self.weight_hh_l0.dtype))
            return [zeros] * self.states
        given = [state] if self.states == 1 else list(state)
        wanted = (shape[0], shape[2]) if alone else shape
        if [shape_of(part) for part in given] != [wanted] * self.states:
            raise ShapeError(
                f"{type(self).__name__} got a state of shape "
                f"{' and '.join(str(shape_of(part)) for part in given)}; it takes "
                f"{' and '.join([str(wanted)] * self.states)}."
            )
        return [part[:, None] for part in given] if alone else given

    def _sequence(self, x: Any, suffix: str, first: list[Any]) -> list[Any]:
        """Read a sequence; return the outputs and the last states."""
        names = [name + suffix for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        zero = np.zeros(self.gates * self.hidden_size, first[0].dtype)
        parts = [getattr(self, name, zero) for name in names] + first
        inputs = None
        if isinstance(x, Tensor) and x.requires_grad:
            parts.insert(0, x)
        else:
            inputs = plain(x)
        shapes = tuple(shape_of(part) for part in parts)
        y = self.primitive(packed(parts), inputs, shapes=shapes)
        steps, batch = shape_of(x)[:2]
        block = (steps, batch, self.hidden_size)
        states = unpacked(y, (block,) * self.states)
        return [states[0], *(state[-1] for state in states)]


class RNN(Recurrent):
    """`Recurrent` layers of plain cells: h = tanh(w_ih x + b_ih + w_hh h + b_hh).

    ``nonlinearity="relu"`` takes max(0, ...) instead.
    """

    gates = 1

    def __init__(
        self, input_size: int, hidden_size: int, nonlinearity: str = "tanh", **options: Any
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise OptionError(f'nonlinearity= is "tanh" or "relu", not {nonlinearity!r}.')
        super().__init__(input_size, hidden_size, **options)
        self.nonlinearity = nonlinearity

    @property
    def primitive(self) -> Primitive:  # type: ignore[override]
        """What computes a whole sequence."""
        return tanh_sequence if self.nonlinearity == "tanh" else relu_sequence


class LSTM(Recurrent):
    """`Recurrent` layers of long short-term memory; the state is a pair (h, c).

    Source: Hochreiter & Schmidhuber, "Long short-term memory", 1997.

    Examples
    --------
    >>> outputs, (h, c) = LSTM(4, 8, num_layers=2)(np.zeros((5, 3, 4)))
    >>> outputs.shape, h.shape, c.shape
    ((5, 3, 8), (2, 3, 8), (2, 3, 8))
    """

    gates, states, primitive = 4, 2, lstm_sequence


class GRU(Recurrent):
    """`Recurrent` layers of gated recurrent units.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
    """

    gates, primitive = 3, gru_sequence
