"""Arrays of other libraries: on a GPU, on a cluster.

A Tensor may hold any array that follows NumPy's protocols (NEP 13 and 18), such as those of CuPy
and Dask. These functions are for code that should work with them as well: a rule, a layer or a
training loop.
"""

from __future__ import annotations

from autograd.engine.foreign import as_array, beside, eye, full, is_foreign, like, to_numpy
from autograd.rules.kernel import holds

__all__ = ["as_array", "beside", "eye", "full", "holds", "is_foreign", "like", "to_numpy"]
