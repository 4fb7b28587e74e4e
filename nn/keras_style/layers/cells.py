"""Keras' `RNN`, which steps through sequences with a cell, and cells for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import shape_of
from nn.keras_style.configured import described
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.noise import kept
from nn.keras_style.layers.recurrent import GRU, LSTM, Kept, Recurrent, SimpleRNN


class Cell(Recurrent):
    """The base class of cells: one step of the layer that a subclass derives from as well."""

    fixed = ("return_sequences", "return_state", "go_backwards", "stateful")

    @property
    def state_size(self) -> Any:
        """The length of the state, or of each of several."""
        return self.units if self.states == 1 else [self.units] * self.states

    @property
    def output_size(self) -> int:
        """The length of the output."""
        return self.units

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs, (batch, features).
        """
        super().build((*input_shape[:1], None, *input_shape[1:]))

    def begin(self) -> None:
        """Let the next step choose what dropout leaves out, for a whole sequence."""
        self._factors: tuple[Any, Any] | None = None

    def call(  # type: ignore[override]
        self, inputs: Any, states: Any, training: bool = False
    ) -> Any:
        """Return the output, and the states after the step.

        Parameters
        ----------
        inputs : array_like, shape (batch, features)
            The inputs of the step.
        states : list of array
            The states before it.
        training : bool
            Whether to train.
        """
        single = not isinstance(states, (list, tuple))
        states = [states] if single else list(states)
        of_inputs, of_states = self._dropped(inputs, states[0]) if training else (1.0, 1.0)
        found = self.step(inputs * of_inputs, states, of_states)
        return found[0], found[0] if single else found

    def _dropped(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """Return the factors of the inputs and of the state, the same ones until `begin`."""
        if vars(self).get("_factors") is None:
            pairs = ((inputs, self.dropout), (state, self.recurrent_dropout))
            first, second = (kept(x.shape, rate, x.dtype) if rate else 1.0 for x, rate in pairs)
            self._factors = (first, second)
        return self._factors  # type: ignore[return-value]


class SimpleRNNCell(Cell, SimpleRNN):
    """One step of `SimpleRNN`, for `RNN`."""


class LSTMCell(Cell, LSTM):
    """One step of `LSTM`, for `RNN`."""


class GRUCell(Cell, GRU):
    """One step of `GRU`, for `RNN`."""


class StackedRNNCells(Layer):
    """Cells one after the other, each of which takes the outputs of the one before.

    Parameters
    ----------
    cells : list of cell
        The cells.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> RNN(StackedRNNCells([LSTMCell(3), GRUCell(2)]))(np.ones((2, 5, 4))).shape
    (2, 2)
    """

    def __init__(self, cells: Any, **options: Any) -> None:
        super().__init__(**options)
        self.cells = list(cells)
        check_cells(self.cells)

    @property
    def state_size(self) -> Any:
        """The lengths of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        """The length of the output."""
        return self.cells[-1].output_size

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states before the first step.

        Parameters
        ----------
        batch_size : int
            The number of sequences.
        """
        return [first_states(cell, batch_size, self.dtype) for cell in self.cells]

    def begin(self) -> None:
        """Tell the cells that a sequence begins."""
        for cell in self.cells:
            if hasattr(cell, "begin"):
                cell.begin()

    def call(self, inputs: Any, states: Any) -> Any:
        """Return the output of the last cell, and the states of all.

        Parameters
        ----------
        inputs : array_like, shape (batch, features)
            The inputs of the step.
        states : list
            The states of each cell.
        """
        found = []
        for cell, own in zip(self.cells, states, strict=True):
            inputs, after = stepped(cell, inputs, own)
            found.append(after)
        return inputs, found


class RNN(Kept, Layer):
    """Steps through sequences with a cell.

    Parameters
    ----------
    cell : Layer or list of Layer
        Called with the inputs of a step and a list of states, it returns the output and the new
        states. Its ``state_size`` is their length, or a list of these. A list of cells stands for
        `StackedRNNCells`.
    return_sequences : bool
        Whether to return the outputs of all steps, not only of the last one.
    return_state : bool
        Whether to return also the states after the last step.
    go_backwards : bool
        Whether to begin with the last step.
    stateful : bool
        Whether a batch begins with the states with which the one before ended.
    zero_output_for_mask : bool
        Whether outputs of masked steps are zeros, and not those of the step before.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> class Sums(Layer):
    ...     state_size = output_size = 3
    ...
    ...     def call(self, inputs, states):
    ...         return states[0] + inputs, [states[0] + inputs]
    >>> RNN(Sums())(np.ones((1, 4, 3)))
    array([[4., 4., 4.]], dtype=float32)
    """

    autocast = "fiub"
    supports_masking = True

    def __init__(
        self, cell: Any, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, *, zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        options.pop("unroll", None)
        super().__init__(**options)
        self.cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else cell
        check_cells([self.cell])
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful = go_backwards, stateful
        self.zero_output_for_mask = zero_output_for_mask

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {**super().get_config(), "cell": described(self.cell)}

    def call(self, inputs: Any, initial_state: Any = None, mask: Any = None) -> Any:
        """Return the last output, or all; and the states if `return_state`.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, ...)
            The sequences.
        initial_state : list of array, optional
            The states before the first step.
        mask : array of bool, shape (batch, steps), optional
            Which steps count: in the others the states stay.
        """
        if inputs.ndim < 3 or not inputs.shape[1]:
            raise ShapeError(
                f"{self.name} got inputs of shape {inputs.shape}; it takes (batch, steps, "
                "features), with at least one step."
            )
        if self.go_backwards:
            inputs, mask = inputs[:, ::-1], None if mask is None else mask[:, ::-1]
        if initial_state is None and self.stateful:
            initial_state = self.last_states(inputs)
        if initial_state is None:
            initial_state = first_states(self.cell, inputs.shape[0], self.dtype)
        single = not isinstance(initial_state, (list, tuple))
        states = [initial_state] if single else list(initial_state)
        if hasattr(self.cell, "begin"):
            self.cell.begin()
        outputs: list[Any] = []
        for step in range(inputs.shape[1]):
            output, new = stepped(self.cell, inputs[:, step], states)
            if mask is not None:
                here = np.asarray(mask)[:, step]
                before = outputs[-1] if outputs and not self.zero_output_for_mask else None
                output = chosen(here, output, np.zeros_like(output) if before is None else before)
                new = chosen(here, new, states)
            states = list(new) if isinstance(new, (list, tuple)) else [new]
            outputs.append(output)
        self.keep_states(states)
        result = np.stack(outputs, axis=1) if self.return_sequences else outputs[-1]
        return [result, *states] if self.return_state else result


def check_cells(cells: list[Any]) -> None:
    """Raise unless each of these says how long its states are."""
    for cell in cells:
        if not (callable(cell) and hasattr(cell, "state_size")):
            raise OptionError(
                f"{cell!r} is no cell: a cell has state_size, a number or a list, and "
                "call(self, inputs, states), which returns an output and a list of states."
            )


def first_states(cell: Any, batch: int, dtype: Any) -> Any:
    """Return the states of a cell before the first step: its own, or zeros."""
    if hasattr(cell, "get_initial_state"):
        found = cell.get_initial_state(batch_size=batch)
        return found if isinstance(found, (list, tuple)) else [found]
    sizes = cell.state_size
    sizes = sizes if isinstance(sizes, (list, tuple)) else [sizes]
    return [
        np.zeros((batch, *(size if isinstance(size, (list, tuple)) else (size,))), dtype)
        for size in sizes
    ]


def stepped(cell: Any, inputs: Any, states: Any) -> tuple[Any, Any]:
    """Return the output and the states of a cell after a step."""
    found = cell(inputs, states)
    if not isinstance(found, (list, tuple)) or len(found) != 2:
        name = getattr(cell, "name", type(cell).__name__)
        raise OptionError(f"The cell {name} must return an output and a list of states.")
    return found[0], found[1]


def chosen(here: Any, new: Any, old: Any) -> Any:
    """Return new numbers for the examples where a step counts, and old ones elsewhere."""
    if isinstance(new, (list, tuple)):
        return [chosen(here, a, b) for a, b in zip(new, old, strict=True)]
    return np.where(here.reshape(-1, *[1] * (len(shape_of(new)) - 1)), new, old)
