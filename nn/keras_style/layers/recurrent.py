"""Keras' `SimpleRNN`, `LSTM` and `GRU`, with its order of gates.

Whole sequences are computed by the primitives of `nn.layers.rnn_kernels`; with masks, other
activations or dropout of the state, step by step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Primitive
from autograd.errors import OptionError, ShapeError, TraceError
from autograd.program import is_tracing
from nn.arrays import plain, shape_of
from nn.keras_style import activations, initializers, regularizers
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.noise import kept
from nn.keras_style.symbolic import is_tried
from nn.layers.rnn_kernels import cut, gru_sequence, lstm_sequence, scanned, tanh_sequence


class Kept:
    """Keeps the states with which a batch ended for the next one, if the layer is stateful.

    It also passes the mask on, if the layer returns all outputs.
    """

    name: str
    stateful: bool
    return_sequences: bool
    _last: list[Any] | None = None

    def last_states(self, inputs: Any) -> list[Any] | None:
        """Return the states with which the last batch ended."""
        if is_tracing():
            raise TraceError(f"{self.name} keeps states: write jit_compile=False.")
        if self._last is not None and (count := _examples(self._last)) != inputs.shape[0]:
            raise ShapeError(
                f"{self.name} is stateful, and got {inputs.shape[0]} sequences after "
                f"{count}: write {self.name}.reset_state(), or batches of one size."
            )
        return self._last

    @property
    def keeps_steps(self) -> bool:
        """Whether the outputs have the steps of the inputs, and so their mask."""
        return self.return_sequences

    def keep_states(self, states: Any) -> None:
        """Keep the numbers of the states, if the layer is stateful."""
        if self.stateful and not is_tried():
            self._last = _numbers(states)

    def reset_state(self) -> None:
        """Let the next batch begin with zeros."""
        self._last = None

    reset_states = reset_state


def _examples(states: Any) -> int:
    return _examples(states[0]) if isinstance(states, list) else len(states)


def _numbers(states: Any) -> Any:
    """Return copies of the numbers in states, also of those in lists."""
    if isinstance(states, (list, tuple)):
        return [_numbers(part) for part in states]
    return plain(states).copy()


class Recurrent(Kept, Layer):
    """The base class of recurrent layers.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation : str or callable
        The activation of the outputs.
    recurrent_activation : str or callable
        The activation of the gates.
    use_bias : bool
        Whether to add biases.
    kernel_initializer, recurrent_initializer, bias_initializer : str or callable
        The first numbers.
    kernel_regularizer, recurrent_regularizer, bias_regularizer : str or callable, optional
        Penalties.
    dropout, recurrent_dropout : float
        The share of the inputs, and of the state, that are zeros in training; the same in all steps
        of a sequence.
    return_sequences : bool
        Whether to return the outputs of all steps, not only of the last one.
    return_state : bool
        Whether to return also the state after the last step.
    go_backwards : bool
        Whether to begin with the last step.
    stateful : bool
        Whether a batch begins with the states with which the one before ended, until `reset_state`.
    zero_output_for_mask : bool
        Whether the outputs of masked steps are zeros, not those of the step before.
    **options
        Options of `Layer`.
    """

    gates: int
    states = 1
    primitive: Primitive
    autocast = "fiub"
    supports_masking = True

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        for name in ("unroll", "implementation", "seed", "use_cudnn", "time_major"):
            options.pop(name, None)
        super().__init__(**options)
        self.units, self.use_bias = units, use_bias
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful = go_backwards, stateful
        self.zero_output_for_mask = zero_output_for_mask
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        if len(input_shape) != 3:
            raise ShapeError(
                f"{self.name} got inputs of shape {input_shape}; it takes (batch, steps, features)."
                " Write return_sequences=True in a recurrent layer before it."
            )
        width = self.gates * self.units
        shapes = ((input_shape[-1], width), (self.units, width), self.bias_shape())
        kinds = ("kernel", "recurrent", "bias")[: 3 if self.use_bias else 2]
        for kind, shape in zip(kinds, shapes, strict=False):
            first = getattr(self, f"{kind}_initializer")
            weight = self.add_weight(shape, first, regularizer=getattr(self, f"{kind}_regularizer"))
            setattr(self, "recurrent_kernel" if kind == "recurrent" else kind, weight)

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def call(
        self, inputs: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Return the last output, or all; and the state if `return_state`.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, features)
            The sequences.
        initial_state : list of array, optional
            The state before the first step.
        mask : array of bool, shape (batch, steps), optional
            Which steps count: in the others the state stays.
        training : bool
            Whether to train.
        """
        if inputs.ndim != 3 or inputs.shape[-1] != self.kernel.shape[0] or not inputs.shape[1]:
            raise ShapeError(
                f"{self.name} got inputs of shape {inputs.shape}; it takes (batch, steps, "
                f"{self.kernel.shape[0]}), with at least one step."
            )
        if self.go_backwards:
            inputs = inputs[:, ::-1]
            mask = None if mask is None else mask[:, ::-1]
        if training and self.dropout:
            shape = (inputs.shape[0], 1, inputs.shape[2])
            inputs = inputs * kept(shape, self.dropout, inputs.dtype)
        if self.stateful and initial_state is None:
            initial_state = self.last_states(inputs)
        outputs, states = self._run(inputs, self._first(initial_state, inputs), mask, training)
        self.keep_states(states)
        result = np.swapaxes(outputs, 0, 1) if self.return_sequences else outputs[-1]
        return [result, *states] if self.return_state else result

    def _first(self, given: Any, inputs: Any) -> list[Any]:
        shape = (inputs.shape[0], self.units)
        if given is None:
            return [np.zeros(shape, self.kernel.dtype) for _ in range(self.states)]
        states = list(given) if isinstance(given, (list, tuple)) else [given]
        if [tuple(shape_of(state)) for state in states] != [shape] * self.states:
            raise ShapeError(
                f"{self.name} takes an initial_state of {self.states} arrays of shape {shape}."
            )
        return states

    def _run(self, inputs: Any, first: list[Any], mask: Any, training: bool) -> Any:
        """Return the outputs of all steps, along the first axis, and the last states."""
        x = np.swapaxes(inputs, 0, 1)
        dropped = self.recurrent_dropout if training else 0.0
        if mask is None and not dropped and self.is_usual():
            found = scanned(self.primitive, x, self.pytorch_weights(), first)
            return found[0], [part[-1] for part in found]
        factor = kept(first[0].shape, dropped, first[0].dtype) if dropped else 1.0
        states, outputs = first, []
        output = np.zeros_like(first[0])
        for step in range(x.shape[0]):
            new = self.step(x[step], states, factor)
            if mask is None:
                states, output = new, new[0]
            else:
                here = np.reshape(np.asarray(mask)[:, step], (-1,) + (1,) * (output.ndim - 1))
                states = [np.where(here, a, b) for a, b in zip(new, states, strict=True)]
                before = np.zeros_like(output) if self.zero_output_for_mask else output
                output = np.where(here, new[0], before)
            outputs.append(output)
        return np.stack(outputs), states

    def is_usual(self) -> bool:
        """Return whether the primitive computes the same."""
        usual = (activations.tanh, activations.sigmoid)
        return (self.activation, self.recurrent_activation) == usual

    def pytorch_weights(self) -> list[Any]:
        """Return weights and biases of inputs and states, as PyTorch arranges them."""
        weights = [np.transpose(self.kernel), np.transpose(self.recurrent_kernel)]
        zero = np.zeros(self.gates * self.units, self.kernel.dtype)
        return [*weights, zero if self.bias is None else self.bias, zero]

    def step(self, x: Any, states: list[Any], factor: Any) -> list[Any]:
        """Return the states after a step."""
        raise NotImplementedError

    def _sum(self, x: Any, h: Any) -> Any:
        y = x @ self.kernel + h @ self.recurrent_kernel
        return y if self.bias is None else y + self.bias


class SimpleRNN(Recurrent):
    """h = activation(x kernel + h recurrent_kernel + bias); see `Recurrent`.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation : str or callable
        The activation.
    use_bias : bool
        Whether to add biases.
    **options
        Options of `Recurrent`.

    Examples
    --------
    >>> SimpleRNN(4)(np.ones((2, 5, 3))).shape
    (2, 4)
    """

    gates, primitive = 1, tanh_sequence

    def __init__(
        self, units: int, activation: Any = "tanh", use_bias: bool = True, **options: Any
    ) -> None:
        super().__init__(units, activation, use_bias=use_bias, **options)

    def step(self, x: Any, states: list[Any], factor: Any) -> list[Any]:
        """Return the state after a step."""
        return [self.activation(self._sum(x, states[0] * factor))]


class LSTM(Recurrent):
    """Long short-term memory: c = f c + i g, h = o activation(c); see `Recurrent`.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation, recurrent_activation : str or callable
        The activations.
    use_bias : bool
        Whether to add biases.
    unit_forget_bias : bool
        Whether the biases of the forget gates are 1 at first.
    **options
        Options of `Recurrent`.

    Examples
    --------
    >>> LSTM(4, return_sequences=True)(np.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    gates, states, primitive = 4, 2, lstm_sequence

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
        use_bias: bool = True, *, unit_forget_bias: bool = True, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(units, activation, recurrent_activation, use_bias, **options)
        self.unit_forget_bias = unit_forget_bias

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias:
            self.bias.data[self.units : 2 * self.units] = 1.0

    def step(self, x: Any, states: list[Any], factor: Any) -> list[Any]:
        """Return the states after a step."""
        h, c = states
        i, f, g, o = cut(self._sum(x, h * factor), self.units)
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(g)
        return [gate(o) * self.activation(c), c]


class GRU(Recurrent):
    """Gated recurrent unit: h = z h + (1 - z) g; see `Recurrent`.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation, recurrent_activation : str or callable
        The activations.
    use_bias : bool
        Whether to add biases.
    reset_after : bool
        Whether the reset gate is applied after the product with the recurrent kernel.
    **options
        Options of `Recurrent`.

    Examples
    --------
    >>> outputs, state = GRU(4, return_state=True)(np.ones((2, 5, 3)))
    >>> outputs.shape, state.shape
    ((2, 4), (2, 4))
    """

    gates, primitive = 3, gru_sequence

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
        use_bias: bool = True, *, reset_after: bool = True, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(units, activation, recurrent_activation, use_bias, **options)
        self.reset_after = reset_after

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def is_usual(self) -> bool:
        """Return whether the primitive computes the same."""
        return self.reset_after and super().is_usual()

    def pytorch_weights(self) -> list[Any]:
        """Return weights and biases, the reset gate before the update gate."""

        def turned(x: Any) -> Any:
            z, r, g = cut(x, self.units)
            return np.concatenate([r, z, g], axis=-1)

        weights = [np.transpose(turned(self.kernel)), np.transpose(turned(self.recurrent_kernel))]
        if self.bias is None:
            return [*weights, *np.zeros((2, 3 * self.units), self.kernel.dtype)]
        both = turned(self.bias)
        return [*weights, both[0], both[1]]

    def step(self, x: Any, states: list[Any], factor: Any) -> list[Any]:
        """Return the state after a step."""
        h = states[0]
        known = h * factor
        gate, n = self.recurrent_activation, 2 * self.units
        by_x, by_h = x @ self.kernel, known @ self.recurrent_kernel[:, :n]
        if self.bias is not None:
            by_x = by_x + (self.bias[0] if self.reset_after else self.bias)
        if self.reset_after:
            by_h = known @ self.recurrent_kernel
            by_h = by_h if self.bias is None else by_h + self.bias[1]
        z, r = (gate(part) for part in cut(by_x[:, :n] + by_h[:, :n], self.units))
        candidate = by_h[:, n:] * r if self.reset_after else (r * known) @ self._of_candidate()
        return [z * h + (1 - z) * self.activation(by_x[:, n:] + candidate)]

    def _of_candidate(self) -> Any:
        return self.recurrent_kernel[:, 2 * self.units :]


def check_recurrent(layer: Any) -> None:
    """Raise if a layer is not recurrent."""
    if not isinstance(layer, Recurrent):
        raise OptionError(f"This takes a recurrent layer such as LSTM(8), not {layer!r}.")
