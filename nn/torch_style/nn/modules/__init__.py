"""PyTorch's ``torch.nn.modules``: the layers by kind."""

from __future__ import annotations

from typing import Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.nn.modules import (
    activation,
    batchnorm,
    container,
    conv,
    dropout,
    instancenorm,
    linear,
    loss,
    module,
    normalization,
    pixelshuffle,
    pooling,
    rnn,
    sparse,
    transformer,
    upsampling,
    utils,
)

__all__ = [
    "activation", "batchnorm", "container", "conv", "dropout", "instancenorm", "linear", "loss",
    "module", "normalization", "pixelshuffle", "pooling", "rnn", "sparse", "transformer",
    "upsampling", "utils",
]  # fmt: skip


_KINDS = (
    activation, batchnorm, container, conv, dropout, instancenorm, linear, loss, module,
    normalization, pixelshuffle, pooling, rnn, sparse, transformer, upsampling,
)  # fmt: skip


def __getattr__(name: str) -> Any:
    for kind in _KINDS:
        if name in kind.__all__:
            return getattr(kind, name)
    known = [known for kind in _KINDS for known in kind.__all__]
    refuse(hints.missing("torch.nn.modules", name, known))
