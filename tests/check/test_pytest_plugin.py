"""The pytest plugin, tested in a separate pytest run."""

pytest_plugins = "pytester"

TESTS = """
import numpy as np
from autograd import check_gradients
from autograd import assert_gradients as asserted

def test_right(assert_gradients):
    assert_gradients(np.sin, 0.5, gradient=np.cos)

def test_wrong(assert_gradients):
    f = lambda x: np.sin(x).sum()
    assert_gradients(f, np.arange(40.0), gradient=lambda x: -np.cos(x))  # this line

def test_wrong_without_the_fixture():
    asserted(np.exp, 0.5, gradient=np.cos)
"""


def test_a_failure_shows_the_test_line_and_the_full_report(pytester, request):
    pytester.makepyfile(TESTS)
    installed = request.config.pluginmanager.has_plugin("chainrule")
    plugin = [] if installed else ["-p", "autograd.pytest_plugin"]
    result = pytester.runpytest_inprocess(*plugin, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            ">*gradient=lambda x: -np.cos(x))  # this line",
            "E*autograd.errors.GradientError: The derivatives are wrong.",
            "*- gradient check -*",
            "40 derivatives checked, 30 shown: 40 wrong",
            "The gradient with respect to x has the wrong sign.",
        ]
    )
    assert "raise GradientError" not in result.stdout.str()
