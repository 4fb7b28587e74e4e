"""PyTorch's ``torch.nn.parallel``, on the one device and in the one process that there is."""

from __future__ import annotations

from typing import Any

from nn.torch_style.nn.module import Module


class DataParallel(Module):
    """Calls a module: with one device there is nothing to share out.

    Parameters
    ----------
    module : Module
        The module.
    device_ids, output_device, dim
        Ignored.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> [name for name, _ in nn.DataParallel(nn.Linear(2, 1)).named_parameters()]
    ['module.weight', 'module.bias']
    """

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Call the module."""
        return self.module(*inputs, **options)


class DistributedDataParallel(DataParallel):
    """Calls a module: there is one process.

    Parameters
    ----------
    module : Module
        The module.
    device_ids, output_device, dim, **options
        Ignored.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(module, device_ids, output_device, dim)


def data_parallel(
    module: Module, inputs: Any, device_ids: Any = None, output_device: Any = None
) -> Any:
    """Call a module: with one device there is nothing to share out."""
    return module(*inputs) if isinstance(inputs, tuple) else module(inputs)
