"""Activations that are less common, as modules."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Any

from autograd import softmax
from autograd.errors import ShapeError
from nn.arrays import shape_of
from nn.function_module import OneInput
from nn.layers.activation_functions import (
    above,
    celu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    logsigmoid,
    mish,
    relu6,
    selu,
    softmin,
    softshrink,
    softsign,
    tanhshrink,
)
from nn.layers.activations import Activation


@dataclass(repr=False, eq=False)
class Hardtanh(Activation):
    """`hardtanh` as a module: x limited to a range.

    Parameters
    ----------
    min_val : float
        The smallest result.
    max_val : float
        The largest result.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> Hardtanh()(np.array([-2.0, 0.5]))
    array([-1. ,  0.5])
    """

    __match_args__ = ("min_val", "max_val")
    min_val: float = -1.0
    max_val: float = 1.0
    inplace: InitVar[bool] = False
    function = staticmethod(hardtanh)


@dataclass(repr=False, eq=False)
class ReLU6(Activation):
    """`relu6` as a module: x limited to 0 … 6.

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU6()(np.array([-2.0, 8.0]))
    array([0., 6.])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(relu6)


@dataclass(repr=False, eq=False)
class Hardsigmoid(Activation):
    """`hardsigmoid` as a module: x / 6 + 1/2 limited to 0 … 1.

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> Hardsigmoid()(np.array([0.0, 9.0]))
    array([0.5, 1. ])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(hardsigmoid)


@dataclass(repr=False, eq=False)
class Hardswish(Activation):
    """`hardswish` as a module: x · (x / 6 + 1/2 limited to 0 … 1).

    Source: Howard et al., "Searching for MobileNetV3", 2019.

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> Hardswish()(np.array([-9.0, 9.0])) + 0.0
    array([0., 9.])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(hardswish)


@dataclass(repr=False, eq=False)
class Mish(Activation):
    """`mish` as a module: x · tanh(softplus(x)).

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2019.

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> Mish()(np.array([0.0, 50.0]))
    array([ 0., 50.])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(mish)


@dataclass(repr=False, eq=False)
class SELU(Activation):
    """`selu` as a module: a scaled ELU that keeps mean 0 and variance 1.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.

    Parameters
    ----------
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> SELU()(np.array([1.0])).round(4)
    array([1.0507])
    """

    __match_args__ = ()
    inplace: InitVar[bool] = False
    function = staticmethod(selu)


@dataclass(repr=False, eq=False)
class CELU(Activation):
    """`celu` as a module: x, or alpha · (exp(x / alpha) - 1) where that is negative.

    Parameters
    ----------
    alpha : float
        Minus the limit for large negative x.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> CELU()(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """

    __match_args__ = ("alpha",)
    alpha: float = 1.0
    inplace: InitVar[bool] = False
    function = staticmethod(celu)


class Softsign(Activation):
    """`softsign` as a module: x / (1 + |x|).

    Examples
    --------
    >>> import numpy as np
    >>> Softsign()(np.array([1.0, -3.0]))
    array([ 0.5 , -0.75])
    """

    function = staticmethod(softsign)


@dataclass(repr=False, eq=False)
class Softshrink(Activation):
    """`softshrink` as a module: x moved towards 0.

    Parameters
    ----------
    lambd : float
        By how much.

    Examples
    --------
    >>> import numpy as np
    >>> Softshrink()(np.array([0.2, 2.0]))
    array([0. , 1.5])
    """

    lambd: float = 0.5
    function = staticmethod(softshrink)


@dataclass(repr=False, eq=False)
class Hardshrink(Activation):
    """`hardshrink` as a module: x, but 0 where it is small.

    Parameters
    ----------
    lambd : float
        The size up to which x counts as small.

    Examples
    --------
    >>> import numpy as np
    >>> Hardshrink()(np.array([0.2, 2.0]))
    array([0., 2.])
    """

    lambd: float = 0.5
    function = staticmethod(hardshrink)


class Tanhshrink(Activation):
    """`tanhshrink` as a module: x - tanh(x).

    Examples
    --------
    >>> import numpy as np
    >>> Tanhshrink()(np.array([0.0]))
    array([0.])
    """

    function = staticmethod(tanhshrink)


class LogSigmoid(Activation):
    """`logsigmoid` as a module: the logarithm of the sigmoid.

    Examples
    --------
    >>> import numpy as np
    >>> LogSigmoid()(np.array([-1000.0]))
    array([-1000.])
    """

    function = staticmethod(logsigmoid)


@dataclass(repr=False, eq=False)
class Threshold(Activation):
    """`threshold` as a module: x where it is above a threshold, elsewhere a value.

    Parameters
    ----------
    threshold : float
        The threshold.
    value : float
        The value.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.

    Examples
    --------
    >>> import numpy as np
    >>> Threshold(1.0, 9.0)(np.array([0.5, 2.0]))
    array([9., 2.])
    """

    __match_args__ = ("threshold", "value")
    threshold: float
    value: float
    inplace: InitVar[bool] = False
    function = staticmethod(above)


@dataclass(repr=False, eq=False)
class GLU(Activation):
    """`glu` as a module: one half of the channels times the sigmoid of the other.

    Source: Dauphin et al., "Language modeling with gated convolutional networks", 2017.

    Parameters
    ----------
    dim : int
        The axis to split in two.

    Examples
    --------
    >>> import numpy as np
    >>> GLU()(np.array([4.0, 0.0]))
    array([2.])
    """

    dim: int = -1
    function = staticmethod(glu)


@dataclass(repr=False, eq=False)
class Softmin(Activation):
    """`softmin` as a module: softmax(-x).

    Parameters
    ----------
    dim : int
        The axis along which the results sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> Softmin()(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    dim: int = -1
    function = staticmethod(softmin)


class Softmax2d(OneInput):
    """`softmax` over the channels of images, as a module.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax2d()(np.zeros((1, 2, 1, 1))).ravel()
    array([0.5, 0.5])
    """

    def forward(self, x: Any) -> Any:
        """Return shares that sum to 1 over the channels.

        Parameters
        ----------
        x : array_like, shape (batch, channels, height, width) or (channels, height, width)
            The images.

        Raises
        ------
        ShapeError
            If there are other axes.
        """
        if len(shape_of(x)) not in (3, 4):
            raise ShapeError(
                f"Softmax2d got an input of shape {shape_of(x)}; it takes (batch, channels, "
                "height, width) or (channels, height, width)."
            )
        return softmax(x, axis=-3)
