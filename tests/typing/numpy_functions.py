"""NumPy's functions of nodes, typed by the plugin for mypy. Checked by mypy, never executed."""

from typing import Any, assert_type

import numpy as np
from numpy import isnan as undefined
from numpy.typing import NDArray

from autograd import Tensor, Value

v, t, x = Value(3.0), Tensor([1.0, 2.0]), np.ones(2)

assert_type(np.tanh(v), Value)
assert_type(np.maximum(v, 2), Value)
assert_type(np.maximum(v, x), Tensor)
assert_type(np.tanh(t), Tensor)
isnan = np.tanh  # another function under the name of one without derivative
assert_type(isnan(t), Tensor)
assert_type(np.maximum(0.0, t), Tensor)
assert_type(x @ t, Tensor)
assert_type(x * v, Tensor)
assert_type(np.sum(t, axis=0), Tensor)
assert_type(np.reshape(t, (2, 1)), Tensor)
assert_type(np.stack([t, t]), Tensor)
assert_type(np.concatenate((x, t)), Tensor)
assert_type(np.where(x > 0, t, 0.0), Tensor)
assert_type(np.einsum("i->", t), Tensor)
assert_type(np.linalg.solve(np.outer(t, t), x), Tensor)
assert_type(np.split(t, 2), list[Tensor])
np.tanh(t).backward()
np.sum(t, axsi=0)  # type: ignore[call-overload]

# Functions without derivative, and those of arrays, keep their types.
assert_type(np.shape(t), tuple[int, ...])
assert_type(np.argmax(t), np.intp)
assert_type(np.isnan(t), NDArray[Any])
assert_type(undefined(t), NDArray[Any])
assert_type(np.sum(x), np.float64)
