"""Functions of `scipy.special` match SciPy at special arrays, and both modes agree."""

import numpy as np
import pytest
import scipy.special as original
from rules.checks import quiet
from rules.test_special_values import (
    ARRAYS,
    assert_modes_agree,
    assert_same_number,
    outcome,
    parts,
)
from scipy_rules.samples import ANYWHERE, ORDERS, PAIRS, POSITIVE, UNIT

from autograd import Tensor
from autograd.scipy import special

CALLS = {
    **{name: (name, (), ()) for name in (*ANYWHERE, *POSITIVE, *UNIT)},
    **{name: (name, (), ()) for name in ("sici", "shichi", "fresnel", "airy", "lambertw")},
    **{name: (name, (), ()) for name in ("softmax", "expit", "exprel")},
    **{f"{name}(1.5, x)": (name, (1.5,), ()) for name in (*ORDERS, *PAIRS)},
    **{f"{name}(x, 1.5)": (name, (), (1.5,)) for name in PAIRS},
    "betainc(1.5, 2, x)": ("betainc", (1.5, 2.0), ()),
}
REAL = {k: x for k, x in ARRAYS.items() if x.dtype == np.float64 and x.ndim < 3 and k != "large"}


@pytest.mark.each("call", list(CALLS))
@quiet
@pytest.mark.filterwarnings("ignore")
def test_a_call_returns_the_values_of_scipy(call):
    name, before, after = CALLS[call]
    for which, x in REAL.items():
        with np.errstate(all="ignore"):
            function = getattr(original, name)
            expected, error = outcome(lambda x, f=function: f(*before, x, *after), x)
            node = Tensor(x)
            ours = getattr(special, name)
            found, refusal = outcome(lambda x, f=ours: f(*before, x, *after), node)
            assert isinstance(refusal, type(error)), f"{which}: {refusal!r} for {error!r}"
            if error is not None:
                continue
            for part, right in zip(parts(found), parts(expected), strict=True):
                assert_same_number(part, right)
                if isinstance(part, Tensor) and part.dtype.kind == "f" and part.requires_grad:
                    assert_modes_agree(node, part)
