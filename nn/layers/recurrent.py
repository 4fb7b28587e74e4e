"""The recurrent layers `RNN`, `LSTM` and `GRU`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Primitive, Tensor, sigmoid
from autograd.devices import beside, like
from autograd.errors import OptionError, ShapeError
from nn import init
from nn.arrays import shape_of
from nn.layers.linear import Dropout
from nn.layers.rnn_kernels import (
    cut,
    gru_sequence,
    lstm_sequence,
    relu_sequence,
    scanned,
    tanh_sequence,
)
from nn.module import Module
from nn.packed import PackedSequence
from nn.parameter import Parameter


class Recurrent(Module):
    """The base class of `RNN`, `LSTM` and `GRU`; for its parameters see there."""

    gates: int
    states: int = 1  # the number of arrays in the state
    proj_size: int = 0  # the number of features of the outputs, if it is another one
    primitive: Primitive  # computes a whole sequence
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
            raise OptionError("input_size, hidden_size and num_layers must be at least 1.")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = Dropout(dropout, generator=generator)
        rows = self.gates * hidden_size
        for layer in range(num_layers):
            features = input_size if layer == 0 else self.output_size * self.directions
            for suffix in self._suffixes(layer):
                shapes: dict[str, tuple[int, ...]]
                shapes = {"weight_ih": (rows, features), "weight_hh": (rows, self.output_size)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if self.proj_size:
                    shapes["weight_hr"] = self.proj_size, hidden_size
                for name, shape in shapes.items():
                    first = init.uniform(shape, 1 / math.sqrt(hidden_size), generator)
                    setattr(self, name + suffix, Parameter(first))

    @property
    def directions(self) -> int:
        """The number of directions in which a sequence is read, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> int:
        """The number of features of the outputs of one direction."""
        return self.proj_size or self.hidden_size

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]

    def forward(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        """Return the outputs of the last layer at all steps, and the final state of all layers.

        Parameters
        ----------
        x : array_like, shape (steps, batch, input_size)
            The sequences; of shape (batch, steps, input_size) if `batch_first`, or
            (steps, input_size) for one sequence. Or a `PackedSequence`, as
            `nn.utils.rnn.pack_padded_sequence` makes them; the outputs are packed then as well.
        state : array_like, shape (num_layers * directions, batch, hidden_size), optional
            The initial state, by default zeros; for an `LSTM` a pair (h, c) of such arrays. Without
            the axis of the batch for one sequence.

        Returns
        -------
        outputs : Tensor, shape (steps, batch, hidden_size * directions)
            With the axes in the order of `x`.
        state : Tensor or pair of Tensors
            Of the shape of the initial state.

        Raises
        ------
        ShapeError
            If a shape does not fit, or there is no step.
        """
        if isinstance(x, PackedSequence):
            return self._packed(x, state)
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
        x, ended = self._layers(x, self._first(state, shape_of(x)[1], x.dtype, alone))
        if alone:
            x, ended = x[:, 0], [part[:, 0] for part in ended]
        elif turned:
            x = np.swapaxes(x, 0, 1)
        return x, ended[0] if self.states == 1 else tuple(ended)

    def _packed(self, x: PackedSequence, state: Any) -> tuple[Any, Any]:
        """Return the same for packed sequences."""
        if shape_of(x.data)[1:] != (self.input_size,):
            raise ShapeError(
                f"{type(self).__name__} got packed data of shape {shape_of(x.data)}; it takes "
                f"(steps of all sequences, {self.input_size})."
            )
        padded = x.padded()
        first = self._first(state, shape_of(padded)[1], padded.dtype, False)
        if x.sorted_indices is not None:
            order = beside(x.sorted_indices, padded)
            first = [part[:, order] for part in first]
        y, ended = self._layers(padded, first, x.lengths)
        if x.unsorted_indices is not None:
            back = beside(x.unsorted_indices, padded)
            ended = [part[:, back] for part in ended]
        return x.with_data(y[x.places]), ended[0] if self.states == 1 else tuple(ended)

    def _layers(self, x: Any, first: list[Any], lengths: Any = None) -> tuple[Any, list[Any]]:
        """Return the outputs of the last layer, and the final state of all, given the first.

        What follows the length of a sequence is ignored.
        """
        steps, batch = shape_of(x)[:2]
        backward: Any = slice(None, None, -1)
        final: Any = -1
        if lengths is not None:
            at, rows = np.arange(steps)[:, None], np.arange(batch)
            turned = np.where(at < lengths, lengths - 1 - at, at)
            backward = beside(turned, x), beside(rows, x)
            final = beside(lengths - 1, x), beside(rows, x)
        last: list[list[Any]] = []
        for layer in range(self.num_layers):
            if layer:
                x = self.dropout(x)
            outputs = []
            for direction, suffix in enumerate(self._suffixes(layer)):
                number = layer * self.directions + direction
                states = self._sequence(
                    x[backward] if direction else x, suffix, [part[number] for part in first]
                )
                outputs.append(states[0][backward] if direction else states[0])
                last.append([state[final] for state in states])
            x = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=-1)
        return x, [np.stack(parts) for parts in zip(*last, strict=True)]

    def _first(self, state: Any, batch: int, dtype: Any, alone: bool) -> list[Any]:
        """Return the initial state, with an axis of the batch."""
        count = self.num_layers * self.directions
        widths = [self.output_size, self.hidden_size][: self.states]
        if state is None:
            weight = self.weight_hh_l0
            dtype = np.result_type(dtype, weight.dtype)
            home = like(weight)
            return [np.zeros((count, batch, width), dtype=dtype, like=home) for width in widths]
        given = [state] if self.states == 1 else list(state)
        wanted = [(count, width) if alone else (count, batch, width) for width in widths]
        if [shape_of(part) for part in given] != wanted:
            raise ShapeError(
                f"{type(self).__name__} got a state of shape "
                f"{' and '.join(str(shape_of(part)) for part in given)}; it takes "
                f"{' and '.join(map(str, wanted))}."
            )
        return [part[:, None] for part in given] if alone else given

    def _sequence(self, x: Any, suffix: str, first: list[Any]) -> list[Any]:
        """Return the states of one layer and direction at all steps; the first are the outputs."""
        names = [name + suffix for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        zero = np.zeros(self.gates * self.hidden_size, dtype=first[0].dtype, like=like(first[0]))
        weights = [getattr(self, name, zero) for name in names]
        return scanned(self.primitive, x, weights, first)


class RNN(Recurrent):
    """Elman network: h = tanh(w_ih x + b_ih + w_hh h + b_hh).

    Source: Elman, "Finding structure in time", 1990.

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    num_layers : int
        The number of layers, each reading the outputs of the one before.
    nonlinearity : {"tanh", "relu"}
        The activation function.
    bias : bool
        Whether to add biases.
    batch_first : bool
        Whether inputs and outputs have shape (batch, steps, features) instead of (steps, batch,
        features).
    dropout : float
        The probability of zeroing an element between layers, in training mode.
    bidirectional : bool
        Whether to read the sequence backward as well; the outputs of both directions are joined
        along the last axis.
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is less than 1, or `nonlinearity` is something else.

    Examples
    --------
    >>> outputs, h = RNN(4, 8)(np.zeros((5, 3, 4)))
    >>> outputs.shape, h.shape
    ((5, 3, 8), (1, 3, 8))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise OptionError(f'nonlinearity= must be "tanh" or "relu", not {nonlinearity!r}.')
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            generator,
        )
        self.nonlinearity = nonlinearity

    @property
    def primitive(self) -> Primitive:  # type: ignore[override]
        """The primitive that computes a whole sequence."""
        return tanh_sequence if self.nonlinearity == "tanh" else relu_sequence

    if TYPE_CHECKING:

        def __call__(self, x: Any, state: Any = None) -> tuple[Tensor, Tensor]:
            """Apply the layers."""


class LSTM(Recurrent):
    """Long short-term memory; the state is a pair (h, c).

    With the gates i, f, o = σ(w_ih x + b_ih + w_hh h + b_hh) and the candidate u, a tanh of the
    same form, c = f c + i u and h = o tanh(c). Source: Hochreiter & Schmidhuber, "Long short-term
    memory", 1997; Gers, Schmidhuber & Cummins, "Learning to forget", 2000.

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    num_layers : int
        The number of layers, each reading the outputs of the one before.
    bias : bool
        Whether to add biases.
    batch_first : bool
        Whether inputs and outputs have shape (batch, steps, features) instead of (steps, batch,
        features).
    dropout : float
        The probability of zeroing an element between layers, in training mode.
    bidirectional : bool
        Whether to read the sequence backward as well; the outputs of both directions are joined
        along the last axis.
    proj_size : int
        The number of features of h = w_hr (o tanh(c)), if not `hidden_size`. Source: Sak, Senior &
        Beaufays, "Long short-term memory based recurrent neural network architectures", 2014.
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is less than 1, or `proj_size` not less than `hidden_size`.

    Examples
    --------
    >>> outputs, (h, c) = LSTM(4, 8, num_layers=2)(np.zeros((5, 3, 4)))
    >>> outputs.shape, h.shape, c.shape
    ((5, 3, 8), (2, 3, 8), (2, 3, 8))
    """

    gates, states, primitive = 4, 2, lstm_sequence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        generator: np.random.Generator | None = None,
    ) -> None:
        if proj_size and not 0 < proj_size < hidden_size:
            raise OptionError(f"proj_size={proj_size} must be less than hidden_size={hidden_size}.")
        self.proj_size = proj_size
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            generator,
        )

    def _sequence(self, x: Any, suffix: str, first: list[Any]) -> list[Any]:
        if not self.proj_size:
            return super()._sequence(x, suffix, first)
        weights = [getattr(self, name + suffix) for name in ("weight_ih", "weight_hh", "weight_hr")]
        biases = [getattr(self, name + suffix, 0.0) for name in ("bias_ih", "bias_hh")]
        h, c = first
        found = []
        for step in x @ weights[0].T + (biases[0] + biases[1]):
            i, f, u, o = cut(step + h @ weights[1].T, self.hidden_size)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(u)
            h = (sigmoid(o) * np.tanh(c)) @ weights[2].T
            found.append((h, c))
        return [np.stack(parts) for parts in zip(*found, strict=True)]

    if TYPE_CHECKING:

        def __call__(self, x: Any, state: Any = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
            """Apply the layers."""


class GRU(Recurrent):
    """Gated recurrent unit.

    With the gates r, z = σ(w_ih x + b_ih + w_hh h + b_hh) and the candidate
    n = tanh(w_in x + b_in + r (w_hn h + b_hn)), h = (1 - z) n + z h. Source: Cho et al., "Learning
    phrase representations using RNN encoder-decoder", 2014.

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    num_layers : int
        The number of layers, each reading the outputs of the one before.
    bias : bool
        Whether to add biases.
    batch_first : bool
        Whether inputs and outputs have shape (batch, steps, features) instead of (steps, batch,
        features).
    dropout : float
        The probability of zeroing an element between layers, in training mode.
    bidirectional : bool
        Whether to read the sequence backward as well; the outputs of both directions are joined
        along the last axis.
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is less than 1.

    Examples
    --------
    >>> outputs, h = GRU(4, 8, bidirectional=True)(np.zeros((5, 3, 4)))
    >>> outputs.shape, h.shape
    ((5, 3, 16), (2, 3, 8))
    """

    gates, primitive = 3, gru_sequence

    if TYPE_CHECKING:

        def __call__(self, x: Any, state: Any = None) -> tuple[Tensor, Tensor]:
            """Apply the layers."""
