"""One step of a recurrent layer: `RNNCell`, `LSTMCell` and `GRUCell`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor, relu, sigmoid
from autograd.devices import like
from autograd.errors import OptionError, ShapeError
from nn import init
from nn.arrays import shape_of
from nn.layers.linear import affine
from nn.module import Module
from nn.parameter import Parameter


class Cell(Module):
    """The base class of cells; for their parameters see there."""

    gates: int
    states = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.input_size, self.hidden_size = input_size, hidden_size
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        self.weight_ih = Parameter(init.uniform((rows, input_size), bound, generator))
        self.weight_hh = Parameter(init.uniform((rows, hidden_size), bound, generator))
        self.bias_ih = Parameter(init.uniform((rows,), bound, generator)) if bias else None
        self.bias_hh = Parameter(init.uniform((rows,), bound, generator)) if bias else None

    def forward(self, x: Any, state: Any = None) -> Any:
        """Return the next state.

        Parameters
        ----------
        x : array_like, shape (batch, input_size) or (input_size,)
            The input of this step.
        state : array_like, shape (batch, hidden_size) or (hidden_size,), optional
            The state before, by default zeros; for an `LSTMCell` a pair (h, c).

        Raises
        ------
        ShapeError
            If a shape does not fit.
        """
        shape = (*shape_of(x)[:-1], self.hidden_size)
        if not 1 <= len(shape) <= 2 or shape_of(x)[-1:] != (self.input_size,):
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)}; it takes (batch, "
                f"{self.input_size}) or ({self.input_size},)."
            )
        if state is None:
            zeros = np.zeros(shape, dtype=self.weight_hh.dtype, like=like(x))
            state = zeros if self.states == 1 else (zeros,) * self.states
        given = [state] if self.states == 1 else list(state)
        if [shape_of(part) for part in given] != [shape] * self.states:
            raise ShapeError(
                f"{type(self).__name__} got a state of shape "
                f"{' and '.join(str(shape_of(part)) for part in given)}; it takes {shape}."
            )
        return self._next(self._affine(x, "ih"), self._affine(given[0], "hh"), *given)

    def _affine(self, x: Any, name: str) -> Any:
        weight, bias = getattr(self, f"weight_{name}"), getattr(self, f"bias_{name}")
        return affine(x, weight) if bias is None else affine(x, weight, bias)

    def _next(self, by_x: Any, by_h: Any, *state: Any) -> Any:
        raise NotImplementedError

    def _cut(self, gates: Any) -> list[Any]:
        width = self.hidden_size
        return [gates[..., i * width : (i + 1) * width] for i in range(self.gates)]


class RNNCell(Cell):
    """One step of an `RNN`: h = tanh(w_ih x + b_ih + w_hh h + b_hh).

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    bias : bool
        Whether to add biases.
    nonlinearity : {"tanh", "relu"}
        The activation function.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `nonlinearity` is something else.

    Examples
    --------
    >>> RNNCell(4, 8)(np.zeros((3, 4))).shape
    (3, 8)
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        generator: np.random.Generator | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise OptionError(f'nonlinearity= must be "tanh" or "relu", not {nonlinearity!r}.')
        super().__init__(input_size, hidden_size, bias, generator)
        self.nonlinearity = nonlinearity

    def _next(self, by_x: Any, by_h: Any, *state: Any) -> Tensor:
        y: Tensor = np.tanh(by_x + by_h) if self.nonlinearity == "tanh" else relu(by_x + by_h)
        return y


class LSTMCell(Cell):
    """One step of an `LSTM`; the state is a pair (h, c).

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    bias : bool
        Whether to add biases.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> h, c = LSTMCell(4, 8)(np.zeros((3, 4)))
    >>> h.shape, c.shape
    ((3, 8), (3, 8))
    """

    gates, states = 4, 2

    def _next(self, by_x: Any, by_h: Any, *state: Any) -> tuple[Tensor, Tensor]:
        i, f, u, o = self._cut(by_x + by_h)
        c: Any = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(u)
        return sigmoid(o) * np.tanh(c), c


class GRUCell(Cell):
    """One step of a `GRU`.

    Parameters
    ----------
    input_size : int
        The number of features at each step.
    hidden_size : int
        The number of features of the state.
    bias : bool
        Whether to add biases.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> GRUCell(4, 8)(np.zeros((3, 4))).shape
    (3, 8)
    """

    gates = 3

    def _next(self, by_x: Any, by_h: Any, *state: Any) -> Tensor:
        (r_x, z_x, n_x), (r_h, z_h, n_h) = self._cut(by_x), self._cut(by_h)
        z = sigmoid(z_x + z_h)
        n = np.tanh(n_x + sigmoid(r_x + r_h) * n_h)
        y: Tensor = n + z * (state[0] - n)
        return y
