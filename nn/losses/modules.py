"""Loss functions as modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from autograd import Tensor
from nn import losses
from nn.function_module import FunctionModule


@dataclass(repr=False, eq=False)
class Loss(FunctionModule):
    """A loss as a module, called with outputs and targets.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    """

    reduction: str = "mean"

    if TYPE_CHECKING:

        @overload
        def __call__(self, outputs: Tensor, targets: Any) -> Tensor: ...
        @overload
        def __call__(self, outputs: Any, targets: Any) -> Any: ...
        def __call__(self, outputs: Any, targets: Any) -> Any:
            """Compute the loss."""


@dataclass(repr=False, eq=False)
class MSELoss(Loss):
    """`mse` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(MSELoss()(np.array([1.0, 2.0]), [0.0, 0.0]))
    2.5
    """

    function = staticmethod(losses.mse)


@dataclass(repr=False, eq=False)
class L1Loss(Loss):
    """`mae` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(L1Loss(reduction="sum")(np.array([1.0, -2.0]), [0.0, 0.0]))
    3.0
    """

    function = staticmethod(losses.mae)


@dataclass(repr=False, eq=False)
class HuberLoss(Loss):
    """`huber` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    delta : float
        The error beyond which the loss is linear.

    Examples
    --------
    >>> import numpy as np
    >>> float(HuberLoss(delta=2.0)(np.array([3.0]), [0.0]))
    4.0
    """

    delta: float = 1.0
    function = staticmethod(losses.huber)


@dataclass(repr=False, eq=False)
class HingeLoss(Loss):
    """`hinge` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        Scores of the right sign beyond the margin have no loss.

    Examples
    --------
    >>> import numpy as np
    >>> float(HingeLoss()(np.array([2.0, 0.5]), [1, -1]))
    0.75
    """

    margin: float = 1.0
    function = staticmethod(losses.hinge)


@dataclass(repr=False, eq=False)
class BCELoss(Loss):
    """`binary_cross_entropy` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, optional
        The weight of each loss, of a shape that broadcasts.

    Examples
    --------
    >>> import numpy as np
    >>> float(BCELoss()(np.array([1.0, 0.0]), [1, 0]) + 0.0)
    0.0
    """

    weight: Any = None
    function = staticmethod(losses.binary_cross_entropy)


@dataclass(repr=False, eq=False)
class BCEWithLogitsLoss(Loss):
    """`binary_cross_entropy_with_logits` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, optional
        The weight of each loss, of a shape that broadcasts.
    pos_weight : array_like, optional
        The factor of the losses of targets 1, of a shape that broadcasts.

    Examples
    --------
    >>> import numpy as np
    >>> float(BCEWithLogitsLoss()(np.array([-1000.0, 1000.0]), [1, 1]))
    500.0
    """

    weight: Any = None
    pos_weight: Any = None
    function = staticmethod(losses.binary_cross_entropy_with_logits)


@dataclass(repr=False, eq=False)
class KLDivLoss(Loss):
    """`kl_divergence` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "batchmean", "none"}
        "mean" averages over all elements, "batchmean" divides the sum by the number of examples.
    log_target : bool
        Whether the targets are logarithms.

    Examples
    --------
    >>> import numpy as np
    >>> float(KLDivLoss()(np.array([-2.0, -3.0]), [1.0, 0.0]))
    1.0
    """

    log_target: bool = False
    function = staticmethod(losses.kl_divergence)


@dataclass(repr=False, eq=False)
class NLLLoss(Loss):
    """`nll` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, shape (classes,), optional
        The weight of each class; the mean is weighted.
    ignore_index : int
        A target that stands for no class; such examples are ignored.

    Examples
    --------
    >>> import numpy as np
    >>> float(NLLLoss()(np.array([[-1.0, -2.0], [-3.0, -4.0]]), [0, 1]))
    2.5
    """

    weight: Any = None
    ignore_index: int = -100
    function = staticmethod(losses.nll)


@dataclass(repr=False, eq=False)
class CrossEntropyLoss(Loss):
    """`cross_entropy` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, shape (classes,), optional
        The weight of each class; the mean is weighted.
    ignore_index : int
        A target that stands for no class; such examples are ignored.
    label_smoothing : float
        The share of the target, from 0 to 1, that is spread evenly over all classes.

    Examples
    --------
    >>> import numpy as np
    >>> float(CrossEntropyLoss()(np.array([[0.0, 1000.0]]), [0]))
    1000.0
    """

    weight: Any = None
    ignore_index: int = -100
    label_smoothing: float = 0.0
    function = staticmethod(losses.cross_entropy)


@dataclass(repr=False, eq=False)
class SmoothL1Loss(Loss):
    """`smooth_l1` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    beta : float
        The error up to which the loss is quadratic.

    Examples
    --------
    >>> import numpy as np
    >>> float(SmoothL1Loss()(np.array([3.0]), [0.0]))
    2.5
    """

    beta: float = 1.0
    function = staticmethod(losses.smooth_l1)


@dataclass(repr=False, eq=False)
class TripletMarginLoss(FunctionModule):
    """`triplet_margin` as a module, called with anchors, positive and negative examples.

    Parameters
    ----------
    margin : float
        How much farther away the negative examples should be.
    p : float
        The p of the norm.
    eps : float
        Added to the differences, so that the norm has a derivative.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])
    >>> float(np.round(TripletMarginLoss(margin=2.0)(a, b, a), 4))
    7.0
    """

    margin: float = 1.0
    p: float = 2.0
    eps: float = 1e-6
    reduction: str = "mean"
    function = staticmethod(losses.triplet_margin)
