"""The primitives of recurrent layers: a whole sequence is one primitive with its own backward.

A rule is called once for each argument, but backpropagation through time should run only once. So
weights, initial state and inputs are passed as one flat array, and everything that backward needs
is returned as another, in blocks of shape (steps, batch, ...). The backward pass consists of plain
operations, which can be differentiated again.

Source: Werbos, "Backpropagation through time", 1990; the cells are PyTorch's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Notation, Primitive, Tensor, define, sigmoid
from autograd.devices import like
from nn.arrays import plain, shape_of
from nn.layers.linear import rows
from nn.notation import GRU, LSTM, RNN_RELU, RNN_TANH

Shapes = tuple[tuple[int, ...], ...]


def packed(parts: list[Any]) -> Any:
    """Join arrays into one flat array."""
    return np.concatenate([np.reshape(part, (-1,)) for part in parts])


def unpacked(flat: Any, shapes: Shapes) -> list[Any]:
    """Split a flat array into arrays of these shapes."""
    found, start = [], 0
    for shape in shapes:
        end = start + math.prod(shape)
        found.append(flat[start:end].reshape(shape))
        start = end
    return found


def recurrence(
    name: str,
    widths: tuple[int, ...],
    forward: Callable[..., None],
    backward: Callable[..., tuple[Any, Any, tuple[Any, ...]]],
    notation: Notation,
) -> Primitive:
    """Return a primitive for a cell: ``primitive(flat, inputs, shapes=...)``.

    Parameters
    ----------
    name : str
        The name of the primitive.
    widths : tuple of int
        The widths of the result's blocks in multiples of the hidden size: the states come first,
        the gates last.
    forward : callable
        ``forward(y, w_hh, b_hh, *first)`` fills the blocks `y` of all steps, starting from the
        initial states. The last block initially contains the projected inputs.
    backward : callable
        ``backward(g, y, w_hh, *first)`` returns the derivatives with respect to the projected
        inputs, the projected states before each step, and the initial states.
    notation : Notation
        How it is written.

    Returns
    -------
    Primitive
        Its argument `flat` holds the inputs (steps, batch, features), the weights of inputs and
        states, their biases, and the initial states. Inputs that need no derivative are passed as
        `inputs` instead, which is None otherwise.
    """

    def parts(flat: Any, inputs: Any, shapes: Shapes) -> tuple[list[Any], Shapes]:
        given = unpacked(flat, shapes)
        if inputs is not None:
            given.insert(0, inputs)
        steps, batch = given[0].shape[:2]
        return given, tuple((steps, batch, given[2].shape[1] * width) for width in widths)

    def function(flat: Any, inputs: Any, shapes: Shapes) -> Any:
        (x, w_ih, w_hh, b_ih, b_hh, *first), blocks = parts(flat, inputs, shapes)
        size = sum(map(math.prod, blocks))
        y = np.empty_like(flat, np.result_type(flat, x), shape=(size,))
        written = unpacked(y, blocks)
        np.matmul(rows(x), w_ih.T, out=rows(written[-1]))
        written[-1] += b_ih
        forward(written, w_hh, b_hh, *first)
        return y

    def vjp(g: Any, y: Any, flat: Any, inputs: Any, shapes: Shapes) -> Any:
        (x, w_ih, w_hh, _, _, *first), blocks = parts(flat, inputs, shapes)
        written = unpacked(y, blocks)
        by_inputs, by_states, by_first = backward(unpacked(g, blocks), written, w_hh, *first)
        before = np.concatenate([first[0][None], written[0][:-1]])
        by_inputs, by_states = rows(by_inputs), rows(by_states)
        found = [by_inputs.T @ rows(x), by_states.T @ rows(before)]
        found += [np.sum(by_inputs, axis=0), np.sum(by_states, axis=0), *by_first]
        return packed(found if inputs is not None else [by_inputs @ w_ih, *found])

    return define(function, vjp, fresh_results=True, name=name, notation=notation)


def scanned(primitive: Primitive, x: Any, weights: list[Any], first: list[Any]) -> list[Any]:
    """Return the states at all steps, given the first ones; those of the outputs come first.

    The weights are those of inputs and states, and their biases.
    """
    given = [*weights, *first]
    inputs = None
    if isinstance(x, Tensor) and x.requires_grad:
        given.insert(0, x)
    else:
        inputs = plain(x)
    y = primitive(packed(given), inputs, shapes=tuple(shape_of(part) for part in given))
    block = (*shape_of(x)[:2], shape_of(weights[1])[1])
    return unpacked(y, (block,) * len(first))


def room(g: Any, x: Any) -> Any:
    """Return a container for results of single steps: a list for nodes, else one array."""
    nodes = isinstance(g, Tensor) or isinstance(x, Tensor)
    return [None] * len(x) if nodes else np.empty_like(x)


def filled(found: Any) -> Any:
    """Return the contents of a `room` as one array or node."""
    return np.stack(found) if isinstance(found, list) else found


def cut(gates: Any, width: int) -> list[Any]:
    """Split the last axis into gates of this width."""
    return [gates[..., k : k + width] for k in range(0, gates.shape[-1], width)]


# -- the plain cell: h = f(projected + w h) ---------------------------------------------------


def plain_cell(
    name: str, activation: Any, slope: Callable[[Any], Any], notation: Notation
) -> Primitive:
    """Return the primitive of a plain cell, given its activation and the slope at a result."""

    def forward(y: list[Any], w_hh: Any, b_hh: Any, h: Any) -> None:
        y[0] += b_hh
        for a in y[0]:
            a += h @ w_hh.T
            h = activation(a, out=a)

    def backward(g: list[Any], y: list[Any], w_hh: Any, h: Any) -> Any:
        slopes, by_h, found = slope(y[0]), 0.0, room(g[0], y[0])
        for t in reversed(range(len(slopes))):
            found[t] = (g[0][t] + by_h) * slopes[t]
            by_h = found[t] @ w_hh
        by_all = filled(found)
        return by_all, by_all, (by_h,)

    return recurrence(name, (1,), forward, backward, notation)


tanh_sequence = plain_cell("rnn_tanh", np.tanh, lambda h: 1 - h * h, RNN_TANH)
relu_sequence = plain_cell(
    "rnn_relu", lambda a, out: np.maximum(a, 0, out=out), lambda h: (h > 0) * 1.0, RNN_RELU
)

# -- long short-term memory -------------------------------------------------------------------


def lstm_forward(y: list[Any], w_hh: Any, b_hh: Any, h: Any, c: Any) -> None:
    """C = f c + i u, h = o tanh(c).

    The gates i, f and o are sigmoids, u is a tanh. Because sigmoid(x) = (tanh(x / 2) + 1) / 2, one
    tanh computes them all.
    """
    hs, cs, gates = y
    width = h.shape[1]
    scale = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype=gates.dtype, like=like(gates)), width)
    shift = 1 - scale
    gates += b_hh
    gates *= scale
    turned = w_hh.T.copy("C") * scale
    for t, a in enumerate(gates):
        a += h @ turned
        np.tanh(a, out=a)
        a *= scale
        a += shift
        i, f, u, o = cut(a, width)
        c = np.multiply(f, c, out=cs[t])
        c += i * u
        h = np.tanh(c, out=hs[t])
        h *= o


def lstm_backward(g: list[Any], y: list[Any], w_hh: Any, h: Any, first: Any) -> Any:
    """Backpropagate through c = f c + i u, h = o tanh(c)."""
    _, c, gates = y
    width = h.shape[1]
    shift = np.repeat(np.array([0.0, 0.0, 1.0, 0.0], dtype=h.dtype, like=like(h)), width)
    by_h: Any = 0.0
    by_c: Any = 0.0
    found = room(g[0], gates)
    for t in reversed(range(len(c))):
        i, f, u, o = cut(gates[t], width)
        tanh_c = np.tanh(c[t])
        by_h = g[0][t] + by_h
        by_c = g[1][t] + by_c + by_h * o * (1 - tanh_c * tanh_c)
        before = c[t - 1] if t else first
        by_gates = np.concatenate([by_c * u, by_c * before, by_c * i, by_h * tanh_c], axis=-1)
        by_gates = by_gates + g[2][t]  # nonzero only for higher derivatives
        slopes = (gates[t] + shift) * (1 - gates[t])  # (1 + u) (1 - u) of a tanh, s (1 - s)
        found[t] = by_gates * slopes
        by_h = found[t] @ w_hh
        by_c = by_c * f
    by_all = filled(found)
    return by_all, by_all, (by_h, by_c)


lstm_sequence = recurrence("lstm", (1, 1, 4), lstm_forward, lstm_backward, LSTM)

# -- gated recurrent unit ---------------------------------------------------------------------


def gru_forward(y: list[Any], w_hh: Any, b_hh: Any, h: Any) -> None:
    """H = (1 - z) n + z h, with n = tanh(projected + r q) and q = w h + b."""
    hs, qs, gates = y
    width = h.shape[1]
    for t, a in enumerate(gates):
        by_h = h @ w_hh.T
        by_h += b_hh
        both, n = a[:, : 2 * width], a[:, 2 * width :]
        both[...] = sigmoid(both + by_h[:, : 2 * width])
        r, z = cut(both, width)
        qs[t] = by_h[:, 2 * width :]
        n += r * qs[t]
        np.tanh(n, out=n)
        h = np.add(n, z * (h - n), out=hs[t])


def gru_backward(g: list[Any], y: list[Any], w_hh: Any, first: Any) -> Any:
    """Backpropagate through h = (1 - z) n + z h, n = tanh(projected + r q)."""
    h, q, gates = y
    width = first.shape[1]
    by_h: Any = 0.0
    by_inputs, by_states = room(g[0], gates), room(g[0], gates)
    for t in reversed(range(len(h))):
        r, z, n = cut(gates[t], width)
        direct_r, direct_z, direct_n = cut(g[2][t], width)
        before = h[t - 1] if t else first
        by_h = g[0][t] + by_h
        by_n = (by_h * (1 - z) + direct_n) * (1 - n * n)
        by_r = (by_n * q[t] + direct_r) * r * (1 - r)
        by_z = (by_h * (before - n) + direct_z) * z * (1 - z)
        by_inputs[t] = np.concatenate([by_r, by_z, by_n], axis=-1)
        by_states[t] = np.concatenate([by_r, by_z, by_n * r + g[1][t]], axis=-1)
        by_h = by_h * z + by_states[t] @ w_hh
    return filled(by_inputs), filled(by_states), (by_h,)


gru_sequence = recurrence("gru", (1, 1, 3), gru_forward, gru_backward, GRU)
