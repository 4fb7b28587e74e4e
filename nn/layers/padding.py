"""Layers that add a border."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import floating, shape_of
from nn.function_module import OneInput
from nn.layers.borders import bordered, filled
from nn.layers.borders_in_c import CONSTANT, EDGE, REFLECT, WRAP
from nn.layers.sliding_window import Size

#: PyTorch's names of the ways to fill a border.
MODES = {"constant": CONSTANT, "reflect": REFLECT, "replicate": EDGE, "circular": WRAP}


def pad(x: Any, pad: Any, mode: str = "constant", value: float = 0.0) -> Any:
    """Return x with a border.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    pad : sequence of int
        How much to add before and after the last axis, the one before it, and so on; negative
        numbers remove.
    mode : {"constant", "reflect", "replicate", "circular"}
        What to fill with.
    value : float
        The constant.

    Raises
    ------
    OptionError
        If `mode` is something else, or the numbers are no pairs.

    Examples
    --------
    >>> pad(np.ones((1, 2)), (1, 0))
    array([[0., 1., 1.]])
    """
    ndim = len(shape_of(x))
    if mode not in MODES or len(pad) % 2 or len(pad) > 2 * ndim:
        raise OptionError(
            f"pad={tuple(pad)!r} must be pairs of numbers, for at most {ndim} axes, and "
            f"mode={mode!r} one of {', '.join(MODES)}."
        )
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    pairs = [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]
    if min(map(min, pairs)) < 0:
        ends = zip(pairs, shape_of(x), strict=True)
        x = x[tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in ends)]
    widths = tuple((max(a, 0), max(b, 0)) for a, b in pairs)
    x = np.asarray(x) if isinstance(x, (list, tuple)) else x
    if mode == "constant" and value:
        return filled(floating(x), widths, value)  # integers may not hold the value
    return bordered(x, widths, MODES[mode])


class Padding(OneInput):
    """The base class of layers that add a border; for their parameters see there."""

    ndim: int
    mode = "constant"
    value = 0.0

    def __init__(self, padding: Size) -> None:
        each = (padding,) * (2 * self.ndim) if isinstance(padding, int) else padding
        self.padding = tuple(each)

    def forward(self, x: Any) -> Any:
        """Return x with a border.

        Parameters
        ----------
        x : array_like, shape (..., *grid)
            The input.
        """
        return pad(x, self.padding, self.mode, self.value)


class ZeroPad1d(Padding):
    """Adds a border of zeros to the last axis.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left and right.

    Examples
    --------
    >>> ZeroPad1d(1)(np.ones((1, 1, 2))).shape
    (1, 1, 4)
    """

    ndim = 1


class ReflectionPad1d(Padding):
    """Adds a border of the elements inside, mirrored at the edge to the last axis.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left and right.

    Examples
    --------
    >>> ReflectionPad1d(1)(np.ones((1, 1, 2))).shape
    (1, 1, 4)
    """

    ndim = 1
    mode = "reflect"


class ReplicationPad1d(Padding):
    """Adds a border of the elements at the edge to the last axis.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left and right.

    Examples
    --------
    >>> ReplicationPad1d(1)(np.ones((1, 1, 2))).shape
    (1, 1, 4)
    """

    ndim = 1
    mode = "replicate"


class ZeroPad2d(Padding):
    """Adds a border of zeros to the last two axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top and bottom.

    Examples
    --------
    >>> ZeroPad2d(1)(np.ones((1, 1, 2, 2))).shape
    (1, 1, 4, 4)
    """

    ndim = 2


class ReflectionPad2d(Padding):
    """Adds a border of the elements inside, mirrored at the edge to the last two axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top and bottom.

    Examples
    --------
    >>> ReflectionPad2d(1)(np.ones((1, 1, 2, 2))).shape
    (1, 1, 4, 4)
    """

    ndim = 2
    mode = "reflect"


class ReplicationPad2d(Padding):
    """Adds a border of the elements at the edge to the last two axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top and bottom.

    Examples
    --------
    >>> ReplicationPad2d(1)(np.ones((1, 1, 2, 2))).shape
    (1, 1, 4, 4)
    """

    ndim = 2
    mode = "replicate"


class ConstantPad1d(Padding):
    """Adds a border of a constant to the last axis.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left and right.
    value : float
        The constant.

    Examples
    --------
    >>> ConstantPad1d(1, 2.5)(np.ones((1, 1, 2))).shape
    (1, 1, 4)
    """

    ndim = 1

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__(padding)
        self.value = value


class CircularPad1d(Padding):
    """Adds a border of the elements at the other end to the last axis.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left and right.

    Examples
    --------
    >>> CircularPad1d(1)(np.ones((1, 1, 2))).shape
    (1, 1, 4)
    """

    ndim = 1
    mode = "circular"


class ConstantPad2d(Padding):
    """Adds a border of a constant to the last two axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top and bottom.
    value : float
        The constant.

    Examples
    --------
    >>> ConstantPad2d(1, 2.5)(np.ones((1, 1, 2, 2))).shape
    (1, 1, 4, 4)
    """

    ndim = 2

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__(padding)
        self.value = value


class CircularPad2d(Padding):
    """Adds a border of the elements at the other end to the last two axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top and bottom.

    Examples
    --------
    >>> CircularPad2d(1)(np.ones((1, 1, 2, 2))).shape
    (1, 1, 4, 4)
    """

    ndim = 2
    mode = "circular"


class ZeroPad3d(Padding):
    """Adds a border of zeros to the last three axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top, bottom, front and back.

    Examples
    --------
    >>> ZeroPad3d(1)(np.ones((1, 1, 2, 2, 2))).shape
    (1, 1, 4, 4, 4)
    """

    ndim = 3


class ReflectionPad3d(Padding):
    """Adds a border of the elements inside, mirrored at the edge to the last three axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top, bottom, front and back.

    Examples
    --------
    >>> ReflectionPad3d(1)(np.ones((1, 1, 2, 2, 2))).shape
    (1, 1, 4, 4, 4)
    """

    ndim = 3
    mode = "reflect"


class ReplicationPad3d(Padding):
    """Adds a border of the elements at the edge to the last three axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top, bottom, front and back.

    Examples
    --------
    >>> ReplicationPad3d(1)(np.ones((1, 1, 2, 2, 2))).shape
    (1, 1, 4, 4, 4)
    """

    ndim = 3
    mode = "replicate"


class ConstantPad3d(Padding):
    """Adds a border of a constant to the last three axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top, bottom, front and back.
    value : float
        The constant.

    Examples
    --------
    >>> ConstantPad3d(1, 2.5)(np.ones((1, 1, 2, 2, 2))).shape
    (1, 1, 4, 4, 4)
    """

    ndim = 3

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__(padding)
        self.value = value


class CircularPad3d(Padding):
    """Adds a border of the elements at the other end to the last three axes.

    Parameters
    ----------
    padding : int or sequence of int
        How much to add on all sides; or left, right, top, bottom, front and back.

    Examples
    --------
    >>> CircularPad3d(1)(np.ones((1, 1, 2, 2, 2))).shape
    (1, 1, 4, 4, 4)
    """

    ndim = 3
    mode = "circular"
