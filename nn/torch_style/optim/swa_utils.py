"""PyTorch's ``torch.optim.swa_utils``: averages of weights over the steps of training."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.errors import WeightsError
from nn.missing_names import refuse
from nn.optim import factor_schedules
from nn.optim.averages import update_bn as plain_update_bn
from nn.torch_style import hints
from nn.torch_style.creation import tensor
from nn.torch_style.grad_mode import no_grad
from nn.torch_style.nn.module import Module
from nn.torch_style.optim.lr_scheduler import Schedule
from nn.torch_style.tensor import Tensor

__all__ = [
    "SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn",
    "get_swa_multi_avg_fn", "update_bn",
]  # fmt: skip


class SWALR(Schedule, factor_schedules.SWALR):
    """`nn.optim.SWALR`."""


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], Any]:
    """Return the `avg_fn` of an exponential average."""
    return lambda average, new, count: decay * average + (1 - decay) * new


def get_swa_avg_fn() -> Callable[[Any, Any, Any], Any]:
    """Return the `avg_fn` of the mean."""
    return _mean


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], None]:
    """Return the `multi_avg_fn` of an exponential average."""
    return _each(lambda average, new, count: average + (1 - decay) * (new - average))


def get_swa_multi_avg_fn() -> Callable[[Any, Any, Any], None]:
    """Return the `multi_avg_fn` of the mean."""
    return _each(get_swa_avg_fn())


def _each(function: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], None]:
    """Return a function of lists of tensors that writes the averages into the first."""
    return functools.partial(_write, function)


def _write(function: Any, averages: Any, new: Any, count: Any) -> None:
    with no_grad():
        for average, one in zip(averages, new, strict=True):
            average.copy_(function(average, one, count))


def _mean(average: Any, new: Any, count: Any) -> Any:
    return average + (new - average) / (count + 1)


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of the model's.

    Parameters
    ----------
    model : Module
        The model, which is copied.
    device
        The processor.
    avg_fn : callable, optional
        ``avg_fn(average, new, count)`` returns the next average of a parameter; by default the mean
        of all.
    multi_avg_fn : callable, optional
        ``multi_avg_fn(averages, new, count)`` writes those of all parameters.
    use_buffers : bool
        Whether to average the buffers, too; otherwise they are copied.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> model = torch.nn.Linear(2, 1)
    >>> average = torch.optim.swa_utils.AveragedModel(model)
    >>> average.update_parameters(model)
    >>> torch.equal(average.module.weight, model.weight)
    True
    """

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Any = None,
        multi_avg_fn: Any = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        self.module = copy.deepcopy(model).to(device=device)
        self.register_buffer("n_averaged", tensor(0))
        self.use_buffers = use_buffers
        self._write = multi_avg_fn or _each(avg_fn or get_swa_avg_fn())

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Call the copy."""
        return self.module(*inputs, **options)

    def update_parameters(self, model: Module) -> None:
        """Take the present parameters of the model into the averages."""
        averages: list[Tensor] = list(self.module.parameters())
        new: list[Tensor] = [parameter.detach() for parameter in model.parameters()]
        buffers = list(zip(self.module.buffers(), model.buffers(), strict=True))
        if [p.shape for p in averages] != [p.shape for p in new]:
            raise WeightsError("The model has other parameters than the one that was averaged.")
        if self.use_buffers:
            averages += [own for own, _ in buffers]
            new += [other for _, other in buffers]
        first = int(self.n_averaged) == 0
        (_each(lambda average, one, count: one) if first else self._write)(
            averages, new, self.n_averaged
        )
        if not self.use_buffers:
            for own, other in buffers:
                own.copy_(other)
        self.n_averaged += 1


def update_bn(loader: Any, model: Module, device: Any = None) -> None:
    """Compute the running statistics of all batch norms anew, as means over the batches."""
    plain_update_bn(loader, model)


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.optim.swa_utils", name, __all__))
