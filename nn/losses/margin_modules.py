"""Losses of margins and distances as modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nn import losses
from nn.function_module import FunctionModule


@dataclass(repr=False, eq=False)
class MarginRankingLoss(FunctionModule):
    """`margin_ranking` as a module, called with two scores and targets.

    Parameters
    ----------
    margin : float
        By how much the right one should be larger.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(MarginRankingLoss()(np.array([1.0]), np.array([3.0]), [1]))
    2.0
    """

    margin: float = 0.0
    reduction: str = "mean"
    function = staticmethod(losses.margin_ranking)


@dataclass(repr=False, eq=False)
class HingeEmbeddingLoss(FunctionModule):
    """`hinge_embedding` as a module.

    Parameters
    ----------
    margin : float
        How far apart pairs that are not alike should be.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(HingeEmbeddingLoss()(np.array([0.25]), [-1]))
    0.75
    """

    margin: float = 1.0
    reduction: str = "mean"
    function = staticmethod(losses.hinge_embedding)


@dataclass(repr=False, eq=False)
class CosineEmbeddingLoss(FunctionModule):
    """`cosine_embedding` as a module, called with two arrays of vectors and targets.

    Parameters
    ----------
    margin : float
        The cosine up to which pairs that are not alike have no loss.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(CosineEmbeddingLoss()(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]]), [1]))
    1.0
    """

    margin: float = 0.0
    reduction: str = "mean"
    function = staticmethod(losses.cosine_embedding)


@dataclass(repr=False, eq=False)
class SoftMarginLoss(FunctionModule):
    """`soft_margin` as a module.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(SoftMarginLoss()(np.array([-1000.0]), [1]))
    1000.0
    """

    reduction: str = "mean"
    function = staticmethod(losses.soft_margin)


@dataclass(repr=False, eq=False)
class MultiMarginLoss(FunctionModule):
    """`multi_margin` as a module.

    Parameters
    ----------
    p : int
        The power, 1 or 2.
    margin : float
        How much larger the score of the target should be.
    weight : array_like, shape (classes,), optional
        The weight of each class.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(MultiMarginLoss()(np.array([[0.0, 2.0]]), [0]))
    1.5
    """

    p: int = 1
    margin: float = 1.0
    weight: Any = None
    reduction: str = "mean"
    function = staticmethod(losses.multi_margin)


@dataclass(repr=False, eq=False)
class MultiLabelSoftMarginLoss(FunctionModule):
    """`multilabel_soft_margin` as a module.

    Parameters
    ----------
    weight : array_like, shape (classes,), optional
        The weight of each class.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(MultiLabelSoftMarginLoss()(np.array([[-1000.0, 1000.0]]), [[1, 1]]))
    500.0
    """

    weight: Any = None
    reduction: str = "mean"
    function = staticmethod(losses.multilabel_soft_margin)
