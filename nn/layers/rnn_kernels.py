"""The primitives of recurrent layers: a whole sequence is one primitive with its own backward.

A rule is called once for each argument, but backpropagation through time should run only once. So
weights, initial state and inputs are passed as one flat array, and everything that backward needs
is returned as another, in blocks of shape (steps, batch, ...). The backward pass consists of plain
operations, which can be differentiated again. Both passes are also written in C.

Source: Werbos, "Backpropagation through time", 1990; the cells are PyTorch's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, Tensor, define, kernel
from nn import notation
from nn.arrays import plain, shape_of
from nn.layers import rnn_in_c as in_c

Shapes = tuple[tuple[int, ...], ...]


def packed(parts: list[Any]) -> Any:
    """Join arrays into one flat array."""
    return np.concatenate([np.reshape(part, (-1,)) for part in parts])


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
    size = math.prod(block)
    return [y[k * size : (k + 1) * size].reshape(block) for k in range(len(first))]


def cut(gates: Any, width: int) -> list[Any]:
    """Split the last axis into gates of this width."""
    return [gates[..., k : k + width] for k in range(0, gates.shape[-1], width)]


# -- a sequence, given the steps of a cell ----------------------------------------------------


@kernel()
def unpacked(flat: Any, shapes: Any) -> Any:
    """Split a flat array into arrays of these shapes."""
    found, start = [], 0
    for shape in shapes:
        end = start + math.prod(shape)
        found.append(flat[start:end].reshape(shape))
        start = end
    return found


@kernel()
def matrix(x: Any) -> Any:
    """Return an array as a matrix whose rows are its last axis."""
    return x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


@kernel()
def parts_of(flat: Any, inputs: Any, shapes: Any, widths: Any) -> Any:
    """Return inputs, weights, biases and first states, and the shapes of the blocks."""
    given = unpacked(flat, shapes)
    if inputs is not None:
        given.insert(0, inputs)
    steps, batch = given[0].shape[:2]
    return given, tuple([(steps, batch, given[2].shape[1] * width) for width in widths])


@kernel()
def sequence(forward: Any, widths: Any, flat: Any, inputs: Any, shapes: Any) -> Any:
    """Compute all steps.

    Parameters
    ----------
    forward : callable
        ``forward(y, w_hh, b_hh, *first)`` fills the blocks `y` of all steps, starting from the
        initial states. The last block initially contains the projected inputs.
    widths : tuple of int
        The widths of the result's blocks in multiples of the hidden size: the states come first,
        the gates last.
    flat : ndarray
        The inputs (steps, batch, features), the weights of inputs and states, their biases, and the
        initial states.
    inputs : ndarray or None
        The inputs, if they need no derivative; then they are not in `flat`.
    shapes : tuple of tuples of int
        The shapes of what `flat` consists of.
    """
    (x, w_ih, w_hh, b_ih, b_hh, *first), blocks = parts_of(flat, inputs, shapes, widths)
    size = sum(map(math.prod, blocks))
    y = np.empty_like(flat, np.result_type(flat, x), shape=(size,))
    written = unpacked(y, blocks)
    np.matmul(matrix(x), w_ih.T, out=matrix(written[-1]))
    written[-1][...] += b_ih
    forward(written, w_hh, b_hh, *first)
    return y


@kernel()
def sequence_back(
    backward: Any, widths: Any, g: Any, y: Any, flat: Any, inputs: Any, shapes: Any
) -> Any:
    """Return the derivative with respect to `flat`.

    ``backward(g, y, w_hh, *first)`` returns the derivatives with respect to the projected inputs,
    the projected states before each step, and the initial states.
    """
    (x, w_ih, w_hh, _, _, *first), blocks = parts_of(flat, inputs, shapes, widths)
    written = unpacked(y, blocks)
    by_inputs, by_states, by_first = backward(unpacked(g, blocks), written, w_hh, *first)
    before = np.concatenate([first[0][None], written[0][:-1]])
    is_one = by_states is by_inputs
    by_inputs, by_states = matrix(by_inputs), matrix(by_states)
    if are_plain([by_inputs, by_states], [flat, x, w_hh], ()):
        y = np.empty_like(flat)
        parts = unpacked(y, shapes)
        if inputs is None:
            np.matmul(by_inputs, w_ih, out=matrix(parts.pop(0)))
        np.matmul(by_inputs.T, matrix(x), out=parts[0])
        np.matmul(by_states.T, matrix(before), out=parts[1])
        np.sum(by_inputs, axis=0, out=parts[2])
        parts[3][...] = parts[2] if is_one else np.sum(by_states, axis=0)
        for part, slope in zip(parts[4:], by_first, strict=True):
            part[...] = slope
        return y
    found = [by_inputs.T @ matrix(x), by_states.T @ matrix(before)]
    found += [np.sum(by_inputs, axis=0), np.sum(by_states, axis=0), *by_first]
    if inputs is None:
        found.insert(0, by_inputs @ w_ih)
    return np.concatenate([part.reshape((-1,)) for part in found])


@kernel()
def room(g: Any, x: Any) -> Any:
    """Return a container for results of single steps: one array, or a list for anything else."""
    is_plain = type(g) is np.ndarray and type(x) is np.ndarray
    return np.empty_like(x) if is_plain else [None] * len(x)


@kernel()
def filled(found: Any) -> Any:
    """Return the contents of a `room` as one array or node."""
    return np.stack(found) if isinstance(found, list) else found


@kernel()
def gates_of(x: Any, width: int) -> Any:
    """Split the last axis into gates of this width."""
    return [x[..., k : k + width] for k in range(0, x.shape[-1], width)]


@kernel()
def are_plain(g: Any, y: Any, blocks: Any) -> bool:
    """Return whether all is NumPy's, of one type, and nothing depends on some blocks directly.

    Only higher derivatives do. Then factors are computed for all steps at once, and a step is a few
    operations in place.
    """
    arrays = [*g, *y]
    is_numpy = all(type(x) is np.ndarray and x.dtype == y[0].dtype for x in arrays)
    return is_numpy and not any(np.any(g[k]) for k in blocks)


@kernel()
def backwards(*arrays: Any) -> Any:
    """Return the steps of some arrays, the last first."""
    return zip(*[x[::-1] for x in arrays], strict=True)


# -- the plain cell: h = f(projected + w h) ---------------------------------------------------


@kernel()
def tanh_forward(y: Any, w_hh: Any, b_hh: Any, h: Any) -> None:
    """H = tanh(projected + w h + b)."""
    y[0][...] += b_hh
    for a in y[0]:
        a += h @ w_hh.T
        h = np.tanh(a, out=a)


@kernel()
def relu_forward(y: Any, w_hh: Any, b_hh: Any, h: Any) -> None:
    """H = max(projected + w h + b, 0)."""
    y[0][...] += b_hh
    for a in y[0]:
        a += h @ w_hh.T
        h = np.maximum(a, 0, out=a)


@kernel()
def plain_backward(slopes: Any, g: Any, w_hh: Any) -> Any:
    """Backpropagate, given the slopes of the activation."""
    by_h, found = 0.0, room(g, slopes)
    if are_plain([g], [slopes], []):
        for a, direct, slope in backwards(found, g, slopes):
            np.add(direct, by_h, out=a)
            a *= slope
            by_h = a @ w_hh
        return found, found, (by_h,)
    for t in reversed(range(len(slopes))):
        found[t] = (g[t] + by_h) * slopes[t]
        by_h = found[t] @ w_hh
    by_all = filled(found)
    return by_all, by_all, (by_h,)


@kernel()
def tanh_backward(g: Any, y: Any, w_hh: Any, h: Any) -> Any:
    """Backpropagate through the hyperbolic tangent."""
    return plain_backward(1 - y[0] * y[0], g[0], w_hh)


@kernel()
def relu_backward(g: Any, y: Any, w_hh: Any, h: Any) -> Any:
    """Backpropagate through the ramp."""
    return plain_backward((y[0] > 0) * np.ones_like(y[0], shape=()), g[0], w_hh)


# -- long short-term memory -------------------------------------------------------------------


@kernel()
def lstm_forward(y: Any, w_hh: Any, b_hh: Any, h: Any, c: Any) -> None:
    """C = f c + i u, h = o tanh(c).

    The gates i, f and o are sigmoids, u is a tanh. Because sigmoid(x) = (tanh(x / 2) + 1) / 2, one
    tanh computes them all.
    """
    hs, cs, gates = y
    width = h.shape[1]
    scale = np.full_like(gates, 0.5, shape=(4 * width,))
    scale[2 * width : 3 * width] = 1
    shift = 1 - scale
    gates[...] += b_hh
    gates[...] *= scale
    turned = w_hh.T.copy("C") * scale
    for a, i, f, u, o, kept, out in zip(gates, *gates_of(gates, width), cs, hs, strict=True):
        a += h @ turned
        np.tanh(a, out=a)
        a *= scale
        a += shift
        c = np.multiply(f, c, out=kept)
        c += i * u
        h = np.tanh(c, out=out)
        h *= o


@kernel()
def lstm_backward(g: Any, y: Any, w_hh: Any, h: Any, first: Any) -> Any:
    """Backpropagate through c = f c + i u, h = o tanh(c)."""
    if are_plain(g, y, (2,)):
        return lstm_backward_in_place(g, y, w_hh, first)
    _, c, gates = y
    width = h.shape[1]
    shift = np.zeros_like(gates, shape=(4 * width,))
    shift[2 * width : 3 * width] = 1
    by_h = 0.0
    by_c = 0.0
    found = room(g[0], gates)
    for t in reversed(range(len(c))):
        i, f, u, o = gates_of(gates[t], width)
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


@kernel()
def lstm_backward_in_place(g: Any, y: Any, w_hh: Any, first: Any) -> Any:
    """Compute the same of NumPy's arrays, if nothing depends on the gates directly."""
    _, c, gates = y
    steps, batch, width = c.shape
    found = 1 - gates
    i, f, u, o = gates_of(gates, width)
    by_i, by_f, by_u, by_o = gates_of(found, width)
    for slope, gate in ((by_i, i), (by_f, f), (by_o, o)):
        slope *= gate
    by_u *= 1 + u
    by_i *= u
    by_u *= i
    by_f[:1] *= first
    by_f[1:] *= c[:-1]
    turned = np.tanh(c)
    by_o *= turned
    turned *= turned
    to_c = np.subtract(1, turned, out=turned)
    to_c *= o
    by_h, by_c = np.zeros_like(first), np.zeros_like(first)
    each = found.reshape((steps, batch, 4, width))
    for a, row, h, own, rest, kept in backwards(found, each, g[0], g[1], to_c, f):
        by_h += h
        by_c += own
        by_c += by_h * rest
        row[:, :3] *= by_c[:, None]
        row[:, 3] *= by_h
        by_h = a @ w_hh
        by_c *= kept
    return found, found, (by_h, by_c)


# -- gated recurrent unit ---------------------------------------------------------------------


@kernel()
def gru_forward(y: Any, w_hh: Any, b_hh: Any, h: Any) -> None:
    """H = (1 - z) n + z h, with n = tanh(projected + r q) and q = w h + b."""
    hs, qs, gates = y
    width = h.shape[1]
    of_both = gates[..., : 2 * width]
    for both, r, z, n, q, out in zip(of_both, *gates_of(gates, width), qs, hs, strict=True):
        by_h = h @ w_hh.T
        by_h += b_hh
        both += by_h[:, : 2 * width]
        both *= 0.5  # sigmoid(x) = (tanh(x / 2) + 1) / 2
        np.tanh(both, out=both)
        both *= 0.5
        both += 0.5
        q[...] = by_h[:, 2 * width :]
        n += r * q
        np.tanh(n, out=n)
        h = np.add(n, z * (h - n), out=out)


@kernel()
def gru_backward(g: Any, y: Any, w_hh: Any, first: Any) -> Any:
    """Backpropagate through h = (1 - z) n + z h, n = tanh(projected + r q)."""
    if are_plain(g, y, (1, 2)):
        return gru_backward_in_place(g, y, w_hh, first)
    h, q, gates = y
    width = first.shape[1]
    by_h = 0.0
    by_inputs, by_states = room(g[0], gates), room(g[0], gates)
    for t in reversed(range(len(h))):
        r, z, n = gates_of(gates[t], width)
        direct_r, direct_z, direct_n = gates_of(g[2][t], width)
        before = h[t - 1] if t else first
        by_h = g[0][t] + by_h
        by_n = (by_h * (1 - z) + direct_n) * (1 - n * n)
        by_r = (by_n * q[t] + direct_r) * r * (1 - r)
        by_z = (by_h * (before - n) + direct_z) * z * (1 - z)
        by_inputs[t] = np.concatenate([by_r, by_z, by_n], axis=-1)
        by_states[t] = np.concatenate([by_r, by_z, by_n * r + g[1][t]], axis=-1)
        by_h = by_h * z + by_states[t] @ w_hh
    return filled(by_inputs), filled(by_states), (by_h,)


@kernel()
def gru_backward_in_place(g: Any, y: Any, w_hh: Any, first: Any) -> Any:
    """Compute the same of NumPy's arrays, if nothing depends on the gates and on q directly."""
    h, q, gates = y
    width = first.shape[1]
    r, z, n = gates_of(gates, width)
    by_states, by_inputs = 1 - gates, np.empty_like(gates)
    by_r, by_z, to_n = gates_of(by_states, width)
    np.multiply(by_z, 1 - n * n, out=to_n)
    by_r *= r
    by_r *= q
    by_z *= z
    by_z[:1] *= first - n[:1]
    by_z[1:] *= h[:-1] - n[1:]
    by_n = by_inputs[..., 2 * width :]
    by_h = np.zeros_like(first)
    parts = (by_r, by_z, by_n, to_n, r, z, g[0], by_states)
    for reset, update, a, slope, gate, kept, direct, row in backwards(*parts):
        by_h += direct
        np.multiply(by_h, slope, out=a)
        reset *= a
        update *= by_h
        np.multiply(a, gate, out=slope)
        by_h *= kept
        by_h += row @ w_hh
    by_inputs[..., : 2 * width] = by_states[..., : 2 * width]
    return by_inputs, by_states, (by_h,)


# -- the primitives ---------------------------------------------------------------------------


@kernel()
def tanh_array(flat: Any, inputs: Any, shapes: Any) -> Any:
    """Compute a sequence of the plain cell with the hyperbolic tangent."""
    return sequence(tanh_forward, (1,), flat, inputs, shapes)


@kernel(c=in_c.TANH_BACK)
def tanh_back(g: Any, y: Any, flat: Any, inputs: Any, shapes: Any) -> Any:
    """Return its derivative."""
    return sequence_back(tanh_backward, (1,), g, y, flat, inputs, shapes)


@kernel()
def relu_array(flat: Any, inputs: Any, shapes: Any) -> Any:
    """Compute a sequence of the plain cell with the ramp."""
    return sequence(relu_forward, (1,), flat, inputs, shapes)


@kernel(c=in_c.RELU_BACK)
def relu_back(g: Any, y: Any, flat: Any, inputs: Any, shapes: Any) -> Any:
    """Return its derivative."""
    return sequence_back(relu_backward, (1,), g, y, flat, inputs, shapes)


@kernel()
def lstm_array(flat: Any, inputs: Any, shapes: Any) -> Any:
    """Compute a sequence of long short-term memory."""
    return sequence(lstm_forward, (1, 1, 4), flat, inputs, shapes)


@kernel(c=in_c.LSTM_BACK)
def lstm_back(g: Any, y: Any, flat: Any, inputs: Any, shapes: Any) -> Any:
    """Return its derivative."""
    return sequence_back(lstm_backward, (1, 1, 4), g, y, flat, inputs, shapes)


@kernel()
def gru_array(flat: Any, inputs: Any, shapes: Any) -> Any:
    """Compute a sequence of the gated recurrent unit."""
    return sequence(gru_forward, (1, 1, 3), flat, inputs, shapes)


@kernel(c=in_c.GRU_BACK)
def gru_back(g: Any, y: Any, flat: Any, inputs: Any, shapes: Any) -> Any:
    """Return its derivative."""
    return sequence_back(gru_backward, (1, 1, 3), g, y, flat, inputs, shapes)


# fmt: off
tanh_sequence = define(tanh_array, tanh_back,
    fresh_results=True, name="rnn_tanh", notation=notation.RNN_TANH, c=in_c.TANH)
relu_sequence = define(relu_array, relu_back,
    fresh_results=True, name="rnn_relu", notation=notation.RNN_RELU, c=in_c.RELU)
lstm_sequence = define(lstm_array, lstm_back,
    fresh_results=True, name="lstm", notation=notation.LSTM, c=in_c.LSTM)
gru_sequence = define(gru_array, gru_back,
    fresh_results=True, name="gru", notation=notation.GRU, c=in_c.GRU)
# fmt: on
