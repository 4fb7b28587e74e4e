"""Every public NumPy function has a rule, has no derivative, or is refused for a reason."""

import numpy as np
import pytest

import autograd.rules.lazy  # noqa: F401 - the rules that are read when first asked for
from autograd.engine.registry import DISPATCH, WITHOUT_DERIVATIVE

#: Refused functions and the reason. Each function added by a later NumPy needs a decision.
REFUSED: dict[str, str] = {"numpy.in1d": "removed in NumPy 2.4; numpy.isin replaces it"}

#: The latest NumPy whose functions are all decided.
KNOWN = (2, 4)


def functions_of(module):
    for name in sorted(dir(module)):
        function = getattr(module, name)
        public = not name.startswith("_")
        if public and (isinstance(function, np.ufunc) or hasattr(function, "_implementation")):
            yield name, function


@pytest.mark.parametrize("module", [np, np.linalg, np.fft], ids=lambda module: module.__name__)
def test_every_numpy_function_is_classified(module):
    undecided = [
        name
        for name, function in functions_of(module)
        if function not in DISPATCH
        and function not in WITHOUT_DERIVATIVE
        and f"{module.__name__}.{name}" not in REFUSED
    ]
    if undecided and tuple(map(int, np.__version__.split(".")[:2])) > KNOWN:
        pytest.skip(f"NumPy {np.__version__} is new here, and adds {', '.join(undecided)}.")
    assert not undecided


def test_every_binary_ufunc_has_its_methods():
    for ufunc in [f for _, f in functions_of(np) if isinstance(f, np.ufunc)]:
        if ufunc in DISPATCH and (ufunc.nin, ufunc.nout, ufunc.signature) == (2, 1, None):
            for method in ("reduce", "accumulate", "outer", "reduceat", "at"):
                assert (ufunc, method) in DISPATCH, f"{ufunc.__name__}.{method}"


def test_no_function_is_both_ruled_and_nondifferentiable():
    assert not DISPATCH.keys() & WITHOUT_DERIVATIVE
