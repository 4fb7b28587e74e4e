"""The losses of `nn` as modules, in PyTorch's style."""

from __future__ import annotations

from typing import Any, ClassVar

import nn
from nn.torch_style.nn.face import Face, check_count
from nn.torch_style.nn.module import Module


def reduction_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return options with ``reduction`` in place of the older size_average and reduce."""
    average, reduce = options.pop("size_average", None), options.pop("reduce", None)
    if average is not None or reduce is not None:
        summed = "sum" if average is False else "mean"
        options["reduction"] = "none" if reduce is False else summed
    return options


class Loss(Face):
    """The base class of losses."""

    called: ClassVar[tuple[str, ...]] = ("input", "target")

    def extra_repr(self) -> str:
        """Return nothing, as PyTorch shows no settings of losses."""
        return ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        check_count(self, arguments)
        super().__init__(
            **reduction_of({**dict(zip(self.order, arguments, strict=False)), **options})
        )


class _Loss(Module):
    """The base class of losses of your own."""

    reduction: str

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean"):
        super().__init__()
        options = {"size_average": size_average, "reduce": reduce, "reduction": reduction}
        self.reduction = reduction_of(options)["reduction"]


class _WeightedLoss(_Loss):
    """The base class of losses of your own that weigh classes."""

    def __init__(
        self,
        weight: Any = None,
        size_average: Any = None,
        reduce: Any = None,
        reduction: str = "mean",
    ):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class BCELoss(Loss, plain=nn.BCELoss):
    """`nn.BCELoss` on tensors in PyTorch's style."""

    order = ("weight", "size_average", "reduce", "reduction")


class BCEWithLogitsLoss(Loss, plain=nn.BCEWithLogitsLoss):
    """`nn.BCEWithLogitsLoss` on tensors in PyTorch's style."""

    order = ("weight", "size_average", "reduce", "reduction", "pos_weight")


class CrossEntropyLoss(Loss, plain=nn.CrossEntropyLoss):
    """`nn.CrossEntropyLoss` on tensors in PyTorch's style."""

    order = ("weight", "size_average", "ignore_index", "reduce", "reduction", "label_smoothing")


class HuberLoss(Loss, plain=nn.HuberLoss):
    """`nn.HuberLoss` on tensors in PyTorch's style."""

    order = ("reduction", "delta")


class KLDivLoss(Loss, plain=nn.KLDivLoss):
    """`nn.KLDivLoss` on tensors in PyTorch's style."""

    order = ("size_average", "reduce", "reduction", "log_target")


class L1Loss(Loss, plain=nn.L1Loss):
    """`nn.L1Loss` on tensors in PyTorch's style."""

    order = ("size_average", "reduce", "reduction")


class MSELoss(Loss, plain=nn.MSELoss):
    """`nn.MSELoss` on tensors in PyTorch's style."""

    order = ("size_average", "reduce", "reduction")


class NLLLoss(Loss, plain=nn.NLLLoss):
    """`nn.NLLLoss` on tensors in PyTorch's style."""

    order = ("weight", "size_average", "ignore_index", "reduce", "reduction")


class SmoothL1Loss(Loss, plain=nn.SmoothL1Loss):
    """`nn.SmoothL1Loss` on tensors in PyTorch's style."""

    order = ("size_average", "reduce", "reduction", "beta")


class CTCLoss(Loss, plain=nn.CTCLoss):
    """`nn.CTCLoss` on tensors in PyTorch's style."""

    called = ("log_probs", "targets", "input_lengths", "target_lengths")
    order = ("blank", "reduction", "zero_infinity")


class CosineEmbeddingLoss(Loss, plain=nn.CosineEmbeddingLoss):
    """`nn.CosineEmbeddingLoss` on tensors in PyTorch's style."""

    called = ("input1", "input2", "target")
    order = ("margin", "size_average", "reduce", "reduction")


class GaussianNLLLoss(Loss, plain=nn.GaussianNLLLoss):
    """`nn.GaussianNLLLoss` on tensors in PyTorch's style."""

    called = ("input", "target", "var")
    order = ("full", "eps", "reduction")


class HingeEmbeddingLoss(Loss, plain=nn.HingeEmbeddingLoss):
    """`nn.HingeEmbeddingLoss` on tensors in PyTorch's style."""

    order = ("margin", "size_average", "reduce", "reduction")


class MarginRankingLoss(Loss, plain=nn.MarginRankingLoss):
    """`nn.MarginRankingLoss` on tensors in PyTorch's style."""

    called = ("input1", "input2", "target")
    order = ("margin", "size_average", "reduce", "reduction")


class MultiLabelSoftMarginLoss(Loss, plain=nn.MultiLabelSoftMarginLoss):
    """`nn.MultiLabelSoftMarginLoss` on tensors in PyTorch's style."""

    order = ("weight", "size_average", "reduce", "reduction")


class MultiMarginLoss(Loss, plain=nn.MultiMarginLoss):
    """`nn.MultiMarginLoss` on tensors in PyTorch's style."""

    order = ("p", "margin", "weight", "size_average", "reduce", "reduction")


class PoissonNLLLoss(Loss, plain=nn.PoissonNLLLoss):
    """`nn.PoissonNLLLoss` on tensors in PyTorch's style."""

    called = ("log_input", "target")
    order = ("log_input", "full", "size_average", "eps", "reduce", "reduction")


class SoftMarginLoss(Loss, plain=nn.SoftMarginLoss):
    """`nn.SoftMarginLoss` on tensors in PyTorch's style."""

    order = ("size_average", "reduce", "reduction")
