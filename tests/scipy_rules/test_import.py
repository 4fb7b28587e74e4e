"""SciPy is optional: nothing else needs it, and its rules are available when it is installed."""

import autograd.scipy
from autograd.engine import callers


def test_hints_name_the_packages_that_exist():
    assert set(callers.SCIPY) == set(autograd.scipy.__all__)


def test_importing_autograd_does_not_import_scipy(run_python):
    program = "import sys, autograd, autograd.numpy, nn; print('scipy' in sys.modules)"
    assert run_python(program).stdout.strip() == "False"


def test_a_missing_scipy_error_says_what_to_install(run_python):
    program = (
        "import sys; sys.modules['scipy'] = None\n"
        "try: import autograd.scipy.special\n"
        "except ImportError as error: print(error)"
    )
    assert 'pip install "chainrule[scipy]"' in run_python(program).stdout


def test_scipys_functions_find_rules_and_our_modules(run_python):
    program = (
        "import scipy.special\n"
        "from autograd import Tensor, grad\n"
        "print(scipy.special.ndtr(Tensor([0.0])).data[0], grad(scipy.special.log_expit)(0.0))\n"
        "try: scipy.special.kolmogorov(Tensor([0.5]))\n"
        "except NotImplementedError as error: print('has no rule' in str(error))\n"
        "import autograd.scipy as s, scipy\n"
        "print(s.special.gammaln.__wrapped__ is scipy.special.gammaln, s.constants is scipy.constants)\n"
        "print(hasattr(s, 'nothing'), 'special' in dir(s), 'gammaln' in dir(s.special))"
    )
    found = run_python(program).stdout.split()
    assert found == ["0.5", "0.5", "True", "True", "True", "False", "True", "True"]
