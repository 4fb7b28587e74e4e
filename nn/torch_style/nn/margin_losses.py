"""Losses with margins that are made of functions of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import nn
from nn.torch_style.nn import functional
from nn.torch_style.nn.losses import Loss, _Loss
from nn.torch_style.nn.module import Module
from nn.torch_style.tensor import Tensor


class TripletMarginLoss(Loss, plain=nn.TripletMarginLoss):
    """`nn.TripletMarginLoss` on tensors in PyTorch's style, also with ``swap=True``."""

    called = ("anchor", "positive", "negative")
    order = ("margin", "p", "eps", "swap", "size_average", "reduce", "reduction")
    lacking: ClassVar[dict[str, Any]] = {"swap": False}
    accepted = ("swap",)

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Tensor:
        """Return the loss."""
        settings = {name: getattr(self, name) for name in ("margin", "p", "eps", "reduction")}
        swap = self._given.get("swap", False)
        return functional.triplet_margin_loss(anchor, positive, negative, swap=swap, **settings)


class TripletMarginWithDistanceLoss(Module):
    """`TripletMarginLoss` with a distance of your own.

    Parameters
    ----------
    distance_function : callable, optional
        The distance of two tensors; by default that of `PairwiseDistance`.
    margin : float
        How much larger the distance of the negative example should be.
    swap : bool
        Whether to take the distance from the positive example, where it is smaller.
    reduction : {"mean", "sum", "none"}
        What to return.
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Any, Any], Any] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self.distance_function = distance_function
        self.margin, self.swap, self.reduction = margin, swap, reduction

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Tensor:
        """Return the loss."""
        settings: dict[str, Any] = {
            "margin": self.margin,
            "swap": self.swap,
            "reduction": self.reduction,
        }
        return functional.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function, **settings
        )


class MultiLabelMarginLoss(_Loss):
    """Σ max(1 - (x[right] - x[wrong]), 0) / n over all pairs of a right and a wrong class."""

    def forward(self, input: Any, target: Any) -> Tensor:
        """Return the loss."""
        return functional.multilabel_margin_loss(input, target, reduction=self.reduction)
