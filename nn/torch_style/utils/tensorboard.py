"""PyTorch's ``torch.utils.tensorboard``: the writer of the package tensorboardX, an extra."""

from __future__ import annotations

from typing import Any

from nn.optional_imports import require


def SummaryWriter(*arguments: Any, **options: Any) -> Any:  # noqa: N802 - PyTorch's name
    """Return a writer of logs for TensorBoard."""
    package = require("tensorboardX", "Writing logs for TensorBoard", "tensorboard")
    return package.SummaryWriter(*arguments, **options)
