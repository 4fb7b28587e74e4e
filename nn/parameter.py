"""`Parameter`, a Tensor to train."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn.arrays import copied


class Parameter(Tensor):
    """A Tensor that training updates, found by `Module.parameters`.

    Parameters
    ----------
    data : array_like
        The initial numbers. They are copied, because optimisers write into them.
    dtype : dtype, optional
        The type to convert `data` to.
    label : str, optional
        A name for graphs and tables; by default the name of the `Module` attribute that the
        parameter is assigned to.
    requires_grad : bool
        Whether to train it; False freezes it.

    Examples
    --------
    >>> import nn
    >>> import numpy as np
    >>> nn.Parameter(np.zeros((2, 3))).shape
    (2, 3)
    """

    def __init__(
        self, data: Any, dtype: Any = None, label: str = "", requires_grad: bool = True
    ) -> None:
        super().__init__(copied(data), dtype, label, requires_grad)
        self.is_parameter = True
