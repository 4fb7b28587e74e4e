"""Programs in `programs/`, all imported in this process, give the same numbers as under HIPS autograd."""

import json
import subprocess
import sys

import numpy as np
import pytest
from record import HERE, NAMES, STORED, numbers_of, parts_of

#: SciPy's optimizers end within a tolerance of the optimum.
FITTED = ("reliability_", "surpyval_", "autoptim_", "pyerrors_")

recorded = json.loads(STORED.read_text())
found = {f"{name}.{part}": function for name in NAMES for part, function in parts_of(name).items()}


def test_every_part_is_recorded():
    assert found.keys() == recorded.keys()


@pytest.mark.parametrize("part", recorded)
def test_results_match_hips_autograd(part):
    expected = np.array(recorded[part])
    numbers = np.array(numbers_of(found[part]()))
    scale = np.max(np.abs(expected))
    close = 1e-5 if part.startswith(FITTED) else 1e-8
    np.testing.assert_allclose(numbers / scale, expected / scale, rtol=0, atol=close)


def test_imports_do_not_change_rules_of_later_programs():
    # In a new process, because all are already imported in this one.
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import programs.old_names, paragami, vittles
import numpy as np
from autograd import check_gradients
from autograd.scipy import special
a = np.array([[2.0, 0.3], [0.1, 1.5]])
for function in (np.linalg.inv, lambda a: np.linalg.slogdet(a)[1], lambda a: np.linalg.solve(a, a**2)):
    check_gradients(function, a, order=2, modes=("reverse", "forward")).ok or sys.exit("matrices")
for name in ("gammaln", "digamma", "psi", "gamma", "rgamma"):
    function = getattr(special, name)
    check_gradients(function, np.array([0.7, 2.5]), modes=("reverse", "forward")).ok or sys.exit(name)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(HERE)], check=True)
