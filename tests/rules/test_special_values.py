"""Every function with a rule matches NumPy at special arrays: value, type, error.

Forward and reverse mode agree there.
"""

import numpy as np
import pytest
from rules.calls import CALLS, functions_without_calls
from rules.checks import quiet

from autograd import Tensor
from autograd.engine.dispatch import plain
from autograd.errors import GradientLostError, NoDerivativeError
from autograd.forward import push_forward

nan, inf = np.nan, np.inf
READ_ONLY = np.array([0.3, 0.5, 0.9])
READ_ONLY.flags.writeable = False
ARRAYS = {
    "NaN": np.array([1.0, nan, 3.0]),
    "all NaN": np.array([nan, nan]),
    "inf": np.array([1.0, 2.0, inf]),
    "-inf": np.array([-inf, 2.0, 1.0]),
    "both inf": np.array([inf, -inf, 0.5]),
    "two inf": np.array([inf, inf, 1.0]),
    "zeros": np.zeros(3),
    "-0.0": np.array([-0.0, 0.0, -0.0]),
    "ties": np.array([2.0, 1.0, 2.0, 2.0]),
    "empty": np.zeros(0),
    "(0, 3)": np.zeros((0, 3)),
    "(3, 0)": np.zeros((3, 0)),
    "0-d": np.array(0.7),
    "0-d NaN": np.array(nan),
    "one": np.array([0.6]),
    "(1, 1)": np.array([[0.6]]),
    "float16": np.array([0.3, 0.5, 0.9], np.float16),
    "float32": np.array([0.3, 0.5, 0.9], np.float32),
    "float32 0-d": np.array(0.5, np.float32),
    "(2, 3)": np.array([[0.3, 0.5, 0.9], [0.2, 0.8, 0.4]]),
    "(2, 3) F": np.asfortranarray([[0.3, nan, 0.9], [0.2, 0.8, inf]]),
    "reversed": np.array([0.3, 0.5, 0.9])[::-1],
    "(2, 2, 2)": np.linspace(0.1, 0.9, 8).reshape(2, 2, 2),
    "negative": np.array([-1.0, -2.5, 3.0]),
    "large": np.array([1e200, -1e200, 3.0]),
    "read-only": READ_ONLY,
    "complex": np.array([1 + 2j, 0, -1 - 0.5j]),
}
TOLERANCE = {2: 2e-2, 4: 2e-5, 8: 1e-9}


def outcome(function, x):
    """Return the result of a call, or the exception it raises."""
    try:
        return function(x), None
    except Exception as error:
        return None, error


def parts(y):
    return [p for item in y for p in parts(item)] if isinstance(y, (tuple, list)) else [y]


def significant(*types):
    """Return the tolerance for the least precise of these types."""
    return max(TOLERANCE[np.finfo(t).dtype.itemsize] for t in types)


def assert_same_number(found, expected):
    found, expected = np.asarray(plain(found)), np.asarray(expected)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    if expected.dtype.kind in "fc":
        rtol = {2: 1e-2, 4: 1e-6, 8: 1e-11}[np.finfo(expected.dtype).dtype.itemsize]
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * 1e-6)
    else:
        np.testing.assert_array_equal(found, expected)


def assert_modes_agree(node, y):
    """Compare ⟨w, Jv⟩ with ⟨Jᵀw, v⟩; infinities of both signs make either infinite or NaN."""
    w = np.linspace(0.5, 1.5, y.size).reshape(y.shape).astype(y.dtype)
    v = np.linspace(1.2, 0.4, node.size).reshape(node.shape).astype(node.dtype)
    node.grad = None
    try:
        y.backward(w, retain_graph=True)
    except NoDerivativeError:
        return
    gradient = np.zeros(node.shape) if node.grad is None else node.grad
    (tangent,) = push_forward([y], {node: v})
    products = np.real(w * tangent), np.real(gradient * v)
    forward, reverse = (float(np.sum(p, dtype=float)) for p in products)
    if np.isfinite(forward) or np.isfinite(reverse):
        size = sum(np.sum(np.abs(p), dtype=float) for p in products)
        tolerance = significant(node.dtype, y.dtype) * (1 + size)
        assert forward == pytest.approx(reverse, abs=tolerance)


@pytest.mark.each("name", list(CALLS))
@quiet
@pytest.mark.filterwarnings("ignore")
def test_a_call_returns_or_raises_like_numpy(name):
    for which, x in ARRAYS.items():
        with np.errstate(all="ignore"):
            expected, error = outcome(CALLS[name], x)
            node = Tensor(x)
            found, ours = outcome(CALLS[name], node)
            if isinstance(ours, GradientLostError) and x.dtype.kind == "c":
                continue  # complex numbers are not converted to real ones silently
            assert isinstance(ours, type(error)), f"{which}: {ours!r} for {error!r}"
            if error is not None:
                continue
            try:
                for part, right in zip(parts(found), parts(expected), strict=True):
                    assert_same_number(part, right)
                    if isinstance(part, Tensor) and part.requires_grad and x.dtype.kind == "f":
                        assert_modes_agree(node, part)
            except AssertionError as difference:
                raise AssertionError(f"{name} of {which}: {difference}") from difference


def test_every_function_that_has_a_rule_is_called():
    assert functions_without_calls() == []
