"""PyTorch's ``torch.onnx``: the export of feed-forward models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OptionError
from nn.missing_names import refuse
from nn.onnx_export import export_onnx
from nn.styles import plain_model
from nn.torch_style import hints

__all__ = ["export"]


#: Options that change nothing here: weights are in the file, and batches have any size.
_ACCEPTED = frozenset(
    (
        "do_constant_folding", "dynamic_axes", "dynamic_shapes", "dynamo", "export_params",
        "external_data", "optimize", "verbose",
    )
)  # fmt: skip


def export(model: Any, args: Any = (), f: Any = None, **options: Any) -> None:
    """Write a feed-forward model to a file; see `nn.export_onnx`."""
    unknown = sorted(options.keys() - _ACCEPTED)
    if unknown:
        raise OptionError(f"onnx.export does not take {', '.join(unknown)} here: leave it out.")
    inputs = args if isinstance(args, tuple) else (args,)
    if len(inputs) != 1 or f is None:
        raise OptionError("onnx.export takes a model, one example input, and the file.")
    example = inputs[0].detach().numpy()
    export_onnx(
        plain_model(model), f, np.repeat(example, 2, axis=0) if len(example) < 2 else example
    )


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.onnx", name, __all__))
