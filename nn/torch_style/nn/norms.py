"""The norms of `nn` on tensors in PyTorch's style."""

from __future__ import annotations

from typing import Any, ClassVar

import nn
from nn.layers.normalisation import BatchNorm
from nn.torch_style.base import inside, outside
from nn.torch_style.calls import ANY
from nn.torch_style.creation import ones, tensor, zeros
from nn.torch_style.nn.face import Face, twin
from nn.torch_style.nn.module import Module
from nn.torch_style.nn.normalising import instance_norm


class _Shifted(Face):
    """The base class of norms whose bias may be left out."""

    lacking: ClassVar[dict[str, Any]] = {"bias": True}
    accepted: ClassVar[tuple[str, ...]] = ("bias",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not vars(self)["_given"]["bias"]:
            self.bias = None


class _BatchNorm(_Shifted):
    """The base class of batch norms."""


class _InstanceNorm(_Shifted):
    """The base class of instance norms."""

    order = (
        "num_features", "eps", "momentum", "affine", "track_running_stats", "device", "dtype",
    )  # fmt: skip
    lacking: ClassVar[dict[str, Any]] = {
        "momentum": 0.1, "track_running_stats": False, "bias": True,
    }  # fmt: skip
    accepted = tuple(lacking)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.track_running_stats:
            self.register_buffer("running_mean", zeros(self.num_features))
            self.register_buffer("running_var", ones(self.num_features))
            self.register_buffer("num_batches_tracked", tensor(0))

    def forward(self, input: Any) -> Any:
        """Return x with each channel normalised: by itself, or in use by running statistics."""
        if not vars(self).get("_given", {}).get("track_running_stats"):
            return outside(twin(self).forward(inside(input)))
        is_one = input.dim() < self.plain.ndim  # type: ignore[attr-defined]
        found = instance_norm(
            input.unsqueeze(0) if is_one else input, self.running_mean, self.running_var,
            self.weight, self.bias, self.training, self.momentum or 0.0, self.eps,
        )  # fmt: skip
        return found.squeeze(0) if is_one else found


class _OfAnyAxes(BatchNorm):
    """`nn.BatchNorm2d` of inputs of two to five axes."""

    ndims = (2, 3, 4, 5)


class SyncBatchNorm(_BatchNorm, plain=_OfAnyAxes):
    """Batch norm over the examples of all processes, of which there is one.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm2d(3)))
    Sequential(
      (0): SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=True, \
track_running_stats=True)
    )
    """

    order = (
        "num_features", "eps", "momentum", "affine", "track_running_stats", "process_group",
        "device", "dtype",
    )  # fmt: skip
    lacking: ClassVar[dict[str, Any]] = {"process_group": ANY, "bias": True}

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """Return a module with all its batch norms as layers of this class."""
        if isinstance(module, _BatchNorm):
            found = cls(
                module.num_features, module.eps, module.momentum, module.weight is not None,
                module.track_running_stats, bias=module.bias is not None,
            )  # fmt: skip
            vars(found).update({n: x for n, x in vars(module).items() if n != "_given"})
            return found
        for name, child in module.named_children():
            setattr(module, name, cls.convert_sync_batchnorm(child, process_group))
        return module


class BatchNorm1d(_BatchNorm, plain=nn.BatchNorm1d):
    """`nn.BatchNorm1d` on tensors in PyTorch's style."""


class BatchNorm2d(_BatchNorm, plain=nn.BatchNorm2d):
    """`nn.BatchNorm2d` on tensors in PyTorch's style."""


class BatchNorm3d(_BatchNorm, plain=nn.BatchNorm3d):
    """`nn.BatchNorm3d` on tensors in PyTorch's style."""


class LayerNorm(Face, plain=nn.LayerNorm):
    """`nn.LayerNorm` on tensors in PyTorch's style."""


class RMSNorm(Face, plain=nn.RMSNorm):
    """`nn.RMSNorm` on tensors in PyTorch's style."""


class GroupNorm(_Shifted, plain=nn.GroupNorm):
    """`nn.GroupNorm` on tensors in PyTorch's style."""


class InstanceNorm1d(_InstanceNorm, plain=nn.InstanceNorm1d):
    """`nn.InstanceNorm1d` on tensors in PyTorch's style."""


class InstanceNorm2d(_InstanceNorm, plain=nn.InstanceNorm2d):
    """`nn.InstanceNorm2d` on tensors in PyTorch's style."""


class InstanceNorm3d(_InstanceNorm, plain=nn.InstanceNorm3d):
    """`nn.InstanceNorm3d` on tensors in PyTorch's style."""


class LocalResponseNorm(Face, plain=nn.LocalResponseNorm):
    """`nn.LocalResponseNorm` on tensors in PyTorch's style."""
