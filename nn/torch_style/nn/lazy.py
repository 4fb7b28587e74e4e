"""Layers that learn the number of their inputs from the first one: `LazyLinear` and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from autograd.errors import OptionError
from nn.torch_style.nn import layers, norms
from nn.torch_style.nn.module import Module


class Lazy(Module):
    """The base class of layers that become others when they are called for the first time."""

    becomes: ClassVar[type[Module]]
    axis: ClassVar[int]  # of the input, which has the number to learn

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()
        self._waiting = (arguments, options)

    def __call__(self, *inputs: Any, **options: Any) -> Any:  # type: ignore[override]
        """Become the layer, and call it."""
        arguments, given = self._waiting
        count, training, layer = inputs[0].shape[self.axis], self.training, self.becomes
        del self._waiting
        self.__class__ = layer  # type: ignore[assignment]
        layer.__init__(self, count, *arguments, **given)  # type: ignore[misc, call-arg]
        self.train(training)
        return self(*inputs, **options)

    def _own_parameters(self) -> Iterator[tuple[str, Any]]:
        raise OptionError(
            f"{type(self).__name__} has no parameters before its first call: call the model with "
            "an example first, under torch.no_grad()."
        )


class LazyLinear(Lazy):
    """`Linear` whose number of inputs is that of the first one."""

    becomes, axis = layers.Linear, -1


class LazyConv1d(Lazy):
    """`Conv1d` whose number of channels is that of the first input."""

    becomes, axis = layers.Conv1d, -2


class LazyConv2d(Lazy):
    """`Conv2d` whose number of channels is that of the first input."""

    becomes, axis = layers.Conv2d, -3


class LazyConv3d(Lazy):
    """`Conv3d` whose number of channels is that of the first input."""

    becomes, axis = layers.Conv3d, -4


class LazyConvTranspose1d(Lazy):
    """`ConvTranspose1d` whose number of channels is that of the first input."""

    becomes, axis = layers.ConvTranspose1d, -2


class LazyConvTranspose2d(Lazy):
    """`ConvTranspose2d` whose number of channels is that of the first input."""

    becomes, axis = layers.ConvTranspose2d, -3


class LazyConvTranspose3d(Lazy):
    """`ConvTranspose3d` whose number of channels is that of the first input."""

    becomes, axis = layers.ConvTranspose3d, -4


class LazyBatchNorm1d(Lazy):
    """`BatchNorm1d` whose number of channels is that of the first input."""

    becomes, axis = norms.BatchNorm1d, 1


class LazyBatchNorm2d(Lazy):
    """`BatchNorm2d` whose number of channels is that of the first input."""

    becomes, axis = norms.BatchNorm2d, 1


class LazyBatchNorm3d(Lazy):
    """`BatchNorm3d` whose number of channels is that of the first input."""

    becomes, axis = norms.BatchNorm3d, 1


class _LazyInstanceNorm(Lazy):
    """The base class of lazy instance norms, whose defaults are others."""

    def __init__(
        self, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True,
        track_running_stats: bool = True, device: Any = None, dtype: Any = None, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)


class LazyInstanceNorm1d(_LazyInstanceNorm):
    """`InstanceNorm1d` whose number of channels is that of the first input."""

    becomes, axis = norms.InstanceNorm1d, -2


class LazyInstanceNorm2d(_LazyInstanceNorm):
    """`InstanceNorm2d` whose number of channels is that of the first input."""

    becomes, axis = norms.InstanceNorm2d, -3


class LazyInstanceNorm3d(_LazyInstanceNorm):
    """`InstanceNorm3d` whose number of channels is that of the first input."""

    becomes, axis = norms.InstanceNorm3d, -4
