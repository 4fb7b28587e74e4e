"""Rules that are imported on first use."""

import subprocess
import sys

import pytest

PRELUDE = """
import sys
import numpy as np
import autograd
t = autograd.Tensor(2 * np.eye(2))
"""


def outcome(code):
    run = [sys.executable, "-c", PRELUDE + code]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_autograd_loads_only_common_rule_families():
    found = outcome(
        "print('autograd.rules.eigenvalues' in sys.modules, 'numpy.fft' in sys.modules)"
    )
    assert found == "False False"


def test_a_function_without_a_rule_loads_the_lazy_families():
    found = outcome(
        "x = np.linalg.det(t); x.backward(); print(t.grad[0, 0], x.primitive.fresh_results)"
    )
    assert found == "2.0 True"


@pytest.mark.parametrize("first", ["", "np.linalg.det(t)\n"])
def test_a_custom_rule_survives_lazy_loading(first):
    own = "autograd.define(lambda x: 0 * x + 7, lambda g, y, x: 0 * g, replaces=[np.linalg.inv])\n"
    assert outcome(f"{first}{own}np.median(t); print(np.linalg.inv(t).data[0, 0])") == "7.0"
    hips = "from autograd.extend import defvjp; defvjp(np.linalg.inv, lambda y, x: lambda g: 9 + 0 * g)\n"
    code = f"{first}{hips}np.median(t); np.sum(np.linalg.inv(t)).backward(); print(t.grad[0, 0])"
    assert outcome(code) == "9.0"
