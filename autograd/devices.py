"""Arrays of other libraries: on a GPU, on a cluster.

A Tensor may hold any array that follows NumPy's protocols (NEP 13 and 18), such as those of CuPy
and Dask. These functions are for code that should work with them as well: a rule, a layer or a
training loop.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.engine.foreign import as_array, beside, eye, full, is_foreign, like, to_numpy
from autograd.errors import DataError
from autograd.rules.kernel import holds

__all__ = [
    "as_array",
    "beside",
    "eye",
    "from_dlpack",
    "full",
    "holds",
    "is_foreign",
    "like",
    "to_numpy",
]

#: DLPack's numbers of the memory that NumPy reads, and of that of CUDA and ROCm.
_NUMPY, _CUPY = (1, 3), (2, 10, 13)


def from_dlpack(x: Any, label: str = "", requires_grad: bool = True) -> Tensor:
    """Return a leaf with the memory of an array of another library, such as PyTorch or JAX.

    Nothing is copied: what is written there changes the leaf. A tensor of PyTorch that requires a
    gradient is refused, by PyTorch: pass ``x.detach()``.

    Parameters
    ----------
    x : array
        It has the methods ``__dlpack__`` and ``__dlpack_device__``. Memory of a GPU becomes an
        array of CuPy.
    label, requires_grad : str and bool
        As for `Tensor`.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If this is no such array, or its memory is on a device that neither NumPy nor CuPy reads.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.devices import from_dlpack
    >>> x = from_dlpack(np.array([1.0, 2.0]))  # or torch.tensor([1.0, 2.0])
    >>> np.sum(x * x).backward()
    >>> x.grad
    array([2., 4.])
    """
    if not (hasattr(x, "__dlpack__") and hasattr(x, "__dlpack_device__")):
        raise DataError(
            f"from_dlpack got a {type(x).__name__}, which has no __dlpack__: write Tensor(x)."
        )
    kind = int(x.__dlpack_device__()[0])
    if kind not in (*_NUMPY, *_CUPY):
        raise DataError(
            f"The {type(x).__name__} is on a device of DLPack's type {kind}, which neither NumPy "
            "nor CuPy reads: copy it to the processor first."
        )
    library = np if kind in _NUMPY else importlib.import_module("cupy")
    return Tensor(library.from_dlpack(x), None, label, requires_grad)
