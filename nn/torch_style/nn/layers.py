"""The layers of `nn` on single examples, in PyTorch's style."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
import nn
from nn.torch_style.base import inside, numbers, outside
from nn.torch_style.creation import as_tensor
from nn.torch_style.nn.face import Face, face_of, twin
from nn.torch_style.nn.functional import interpolate
from nn.torch_style.nn.lookups import by_frequency, embedding_bag, shorten
from nn.torch_style.nn.random_layers import dropout, dropout2d, dropout3d

POOLING = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
TRANSPOSED = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups",
    "bias", "dilation", "padding_mode", "device", "dtype",
)  # fmt: skip
SPARSE: dict[str, Any] = {
    "max_norm": None, "norm_type": 2.0, "scale_grad_by_freq": False, "sparse": False,
}  # fmt: skip


class _ConvNd(Face):
    """The base class of convolutions."""

    tupled = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    transposed = False


class _DropoutNd(Face):
    """The base class of dropout."""


class Linear(Face, plain=nn.Linear):
    """`nn.Linear` on tensors in PyTorch's style."""


class Bilinear(Face, plain=nn.Bilinear):
    """`nn.Bilinear` on tensors in PyTorch's style."""

    called = ("input1", "input2")


class Embedding(Face, plain=nn.Embedding):
    """`nn.Embedding` on tensors in PyTorch's style."""

    order = (
        "num_embeddings", "embedding_dim", "padding_idx", *SPARSE, "_weight", "_freeze", "device",
        "dtype",
    )  # fmt: skip
    lacking: ClassVar[dict[str, Any]] = {**SPARSE, "_weight": None, "_freeze": False}
    accepted = tuple(lacking)

    def __init__(self, *arguments: Any, _weight: Any = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        given = vars(self)["_given"]
        weight = given.pop("_weight", None) if _weight is None else _weight
        if weight is not None:
            self.weight.data = as_tensor(weight)
        if given["_freeze"]:
            self.weight.requires_grad_(False)

    def forward(self, input: Any) -> Any:
        """Return the vectors at indices, those longer than ``max_norm`` shortened before."""
        given = vars(self).get("_given", {})
        if given.get("max_norm") is not None:
            with autograd.no_grad():
                shorten(self.weight, numbers(input), given["max_norm"], given["norm_type"])
        found = outside(twin(self).forward(inside(input)))
        return by_frequency(found, numbers(input)) if given.get("scale_grad_by_freq") else found

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, **options: Any) -> Embedding:
        """Return a table of given vectors."""
        table = nn.Embedding.from_pretrained(numbers(embeddings), freeze, **options)
        return face_of(table, cls)


class EmbeddingBag(Face, plain=nn.EmbeddingBag):
    """`nn.EmbeddingBag` on tensors in PyTorch's style."""

    order = (
        "num_embeddings", "embedding_dim", "max_norm", "norm_type", "scale_grad_by_freq", "mode",
        "sparse", "_weight", "include_last_offset", "padding_idx", "device", "dtype",
    )  # fmt: skip
    lacking: ClassVar[dict[str, Any]] = {**SPARSE, "_weight": None}
    accepted = tuple(lacking)

    def __init__(self, *arguments: Any, _weight: Any = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        weight = vars(self)["_given"].pop("_weight", None) if _weight is None else _weight
        if weight is not None:
            self.weight.data = as_tensor(weight)

    def forward(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        """Return one vector for each bag; `embedding_bag` says what the options do."""
        given = vars(self).get("_given", {})
        if given.get("max_norm") is None and not given.get("scale_grad_by_freq"):
            return outside(twin(self).forward(*inside((input, offsets, per_sample_weights))))
        return embedding_bag(
            input, self.weight, offsets, given["max_norm"], given["norm_type"],
            given["scale_grad_by_freq"], self.mode, False, per_sample_weights,
            self.include_last_offset, self.padding_idx,
        )  # fmt: skip


class Flatten(Face, plain=nn.Flatten):
    """`nn.Flatten` on tensors in PyTorch's style."""

    order = ("start_dim", "end_dim")


class Unflatten(Face, plain=nn.Unflatten):
    """`nn.Unflatten` on tensors in PyTorch's style."""


class Dropout(_DropoutNd, plain=nn.Dropout):
    """`nn.Dropout` on tensors in PyTorch's style."""

    def forward(self, input: Any) -> Any:
        """Return the input with random zeros."""
        return dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_DropoutNd, plain=nn.FeatureAlphaDropout):
    """`nn.FeatureAlphaDropout` on tensors in PyTorch's style."""

    overwrites = False


class Dropout1d(_DropoutNd, plain=nn.Dropout1d):
    """`nn.Dropout1d` on tensors in PyTorch's style."""


class Dropout2d(_DropoutNd, plain=nn.Dropout2d):
    """`nn.Dropout2d` on tensors in PyTorch's style."""

    def forward(self, input: Any) -> Any:
        """Return the input with random channels set to zero; of a matrix, random elements."""
        return dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd, plain=nn.Dropout3d):
    """`nn.Dropout3d` on tensors in PyTorch's style."""

    def forward(self, input: Any) -> Any:
        """Return the input with random channels set to zero."""
        return dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd, plain=nn.AlphaDropout):
    """`nn.AlphaDropout` on tensors in PyTorch's style."""

    overwrites = False


class ChannelShuffle(Face, plain=nn.ChannelShuffle):
    """`nn.ChannelShuffle` on tensors in PyTorch's style."""


class PReLU(Face, plain=nn.PReLU):
    """`nn.PReLU` on tensors in PyTorch's style."""


class Conv1d(_ConvNd, plain=nn.Conv1d):
    """`nn.Conv1d` on tensors in PyTorch's style."""


class Conv2d(_ConvNd, plain=nn.Conv2d):
    """`nn.Conv2d` on tensors in PyTorch's style."""


class Conv3d(_ConvNd, plain=nn.Conv3d):
    """`nn.Conv3d` on tensors in PyTorch's style."""


class ConvTranspose1d(_ConvNd, plain=nn.ConvTranspose1d):
    """`nn.ConvTranspose1d` on tensors in PyTorch's style."""

    order = TRANSPOSED
    lacking: ClassVar[dict[str, Any]] = {"padding_mode": "zeros"}
    transposed = True


class ConvTranspose2d(_ConvNd, plain=nn.ConvTranspose2d):
    """`nn.ConvTranspose2d` on tensors in PyTorch's style."""

    order = TRANSPOSED
    lacking: ClassVar[dict[str, Any]] = {"padding_mode": "zeros"}
    transposed = True


class ConvTranspose3d(_ConvNd, plain=nn.ConvTranspose3d):
    """`nn.ConvTranspose3d` on tensors in PyTorch's style."""

    order = TRANSPOSED
    lacking: ClassVar[dict[str, Any]] = {"padding_mode": "zeros"}
    transposed = True


class AvgPool1d(Face, plain=nn.AvgPool1d):
    """`nn.AvgPool1d` on tensors in PyTorch's style."""

    order = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")


class AvgPool2d(Face, plain=nn.AvgPool2d):
    """`nn.AvgPool2d` on tensors in PyTorch's style."""

    order = (
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    )


class AvgPool3d(Face, plain=nn.AvgPool3d):
    """`nn.AvgPool3d` on tensors in PyTorch's style."""

    order = (
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    )


class MaxPool1d(Face, plain=nn.MaxPool1d):
    """`nn.MaxPool1d` on tensors in PyTorch's style."""

    order = POOLING


class MaxPool2d(Face, plain=nn.MaxPool2d):
    """`nn.MaxPool2d` on tensors in PyTorch's style."""

    order = POOLING


class MaxPool3d(Face, plain=nn.MaxPool3d):
    """`nn.MaxPool3d` on tensors in PyTorch's style."""

    order = POOLING


class LPPool1d(Face, plain=nn.LPPool1d):
    """`nn.LPPool1d` on tensors in PyTorch's style."""


class LPPool2d(Face, plain=nn.LPPool2d):
    """`nn.LPPool2d` on tensors in PyTorch's style."""


class LPPool3d(Face, plain=nn.LPPool3d):
    """`nn.LPPool3d` on tensors in PyTorch's style."""


class MaxUnpool1d(Face, plain=nn.MaxUnpool1d):
    """`nn.MaxUnpool1d` on tensors in PyTorch's style."""


class MaxUnpool2d(Face, plain=nn.MaxUnpool2d):
    """`nn.MaxUnpool2d` on tensors in PyTorch's style."""


class MaxUnpool3d(Face, plain=nn.MaxUnpool3d):
    """`nn.MaxUnpool3d` on tensors in PyTorch's style."""


class AdaptiveAvgPool1d(Face, plain=nn.AdaptiveAvgPool1d):
    """`nn.AdaptiveAvgPool1d` on tensors in PyTorch's style."""


class AdaptiveAvgPool2d(Face, plain=nn.AdaptiveAvgPool2d):
    """`nn.AdaptiveAvgPool2d` on tensors in PyTorch's style."""


class AdaptiveAvgPool3d(Face, plain=nn.AdaptiveAvgPool3d):
    """`nn.AdaptiveAvgPool3d` on tensors in PyTorch's style."""


class AdaptiveMaxPool1d(Face, plain=nn.AdaptiveMaxPool1d):
    """`nn.AdaptiveMaxPool1d` on tensors in PyTorch's style."""

    order = ("output_size", "return_indices")
    lacking: ClassVar[dict[str, Any]] = {"return_indices": False}


class AdaptiveMaxPool2d(Face, plain=nn.AdaptiveMaxPool2d):
    """`nn.AdaptiveMaxPool2d` on tensors in PyTorch's style."""

    order = ("output_size", "return_indices")
    lacking: ClassVar[dict[str, Any]] = {"return_indices": False}


class AdaptiveMaxPool3d(Face, plain=nn.AdaptiveMaxPool3d):
    """`nn.AdaptiveMaxPool3d` on tensors in PyTorch's style."""

    order = ("output_size", "return_indices")
    lacking: ClassVar[dict[str, Any]] = {"return_indices": False}


class PixelShuffle(Face, plain=nn.PixelShuffle):
    """`nn.PixelShuffle` on tensors in PyTorch's style."""


class PixelUnshuffle(Face, plain=nn.PixelUnshuffle):
    """`nn.PixelUnshuffle` on tensors in PyTorch's style."""


class Upsample(Face, plain=nn.Upsample):
    """`nn.Upsample` on tensors in PyTorch's style."""

    order = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    lacking: ClassVar[dict[str, Any]] = {"recompute_scale_factor": None}
    accepted = tuple(lacking)

    def forward(self, input: Any) -> Any:
        """Return x on another grid."""
        if not vars(self).get("_given", {}).get("recompute_scale_factor"):
            return outside(twin(self).forward(inside(input)))
        return interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners, True)


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images by the nearest pixel."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images between pixels, the corners aligned."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)


class Fold(Face, plain=nn.Fold):
    """`nn.Fold` on tensors in PyTorch's style."""


class Unfold(Face, plain=nn.Unfold):
    """`nn.Unfold` on tensors in PyTorch's style."""


class CosineSimilarity(Face, plain=nn.CosineSimilarity):
    """`nn.CosineSimilarity` on tensors in PyTorch's style."""

    called = ("x1", "x2")


class PairwiseDistance(Face, plain=nn.PairwiseDistance):
    """`nn.PairwiseDistance` on tensors in PyTorch's style."""

    called = ("x1", "x2")


class AdaptiveLogSoftmaxWithLoss(Face, plain=nn.AdaptiveLogSoftmaxWithLoss):
    """`nn.AdaptiveLogSoftmaxWithLoss` on tensors in PyTorch's style."""

    called = ("input_", "target_")


class ReflectionPad1d(Face, plain=nn.ReflectionPad1d):
    """`nn.ReflectionPad1d` on tensors in PyTorch's style."""


class ReflectionPad2d(Face, plain=nn.ReflectionPad2d):
    """`nn.ReflectionPad2d` on tensors in PyTorch's style."""


class ReflectionPad3d(Face, plain=nn.ReflectionPad3d):
    """`nn.ReflectionPad3d` on tensors in PyTorch's style."""


class ReplicationPad1d(Face, plain=nn.ReplicationPad1d):
    """`nn.ReplicationPad1d` on tensors in PyTorch's style."""


class ReplicationPad2d(Face, plain=nn.ReplicationPad2d):
    """`nn.ReplicationPad2d` on tensors in PyTorch's style."""


class ReplicationPad3d(Face, plain=nn.ReplicationPad3d):
    """`nn.ReplicationPad3d` on tensors in PyTorch's style."""


class ZeroPad1d(Face, plain=nn.ZeroPad1d):
    """`nn.ZeroPad1d` on tensors in PyTorch's style."""


class ZeroPad2d(Face, plain=nn.ZeroPad2d):
    """`nn.ZeroPad2d` on tensors in PyTorch's style."""


class ZeroPad3d(Face, plain=nn.ZeroPad3d):
    """`nn.ZeroPad3d` on tensors in PyTorch's style."""


class CircularPad1d(Face, plain=nn.CircularPad1d):
    """`nn.CircularPad1d` on tensors in PyTorch's style."""


class CircularPad2d(Face, plain=nn.CircularPad2d):
    """`nn.CircularPad2d` on tensors in PyTorch's style."""


class CircularPad3d(Face, plain=nn.CircularPad3d):
    """`nn.CircularPad3d` on tensors in PyTorch's style."""


class ConstantPad1d(Face, plain=nn.ConstantPad1d):
    """`nn.ConstantPad1d` on tensors in PyTorch's style."""


class ConstantPad2d(Face, plain=nn.ConstantPad2d):
    """`nn.ConstantPad2d` on tensors in PyTorch's style."""


class ConstantPad3d(Face, plain=nn.ConstantPad3d):
    """`nn.ConstantPad3d` on tensors in PyTorch's style."""
