"""Check gradients: whether a derivative is right, and if not, which line is wrong."""

from autograd.check.accuracy.check import check_precision
from autograd.check.accuracy.findings import LosingLine
from autograd.check.accuracy.report import PrecisionReport
from autograd.check.comparisons import Comparison
from autograd.check.findings import WrongLine
from autograd.check.finite_differences import numerical_derivative
from autograd.check.gradients import assert_gradients, check_gradients
from autograd.check.layers import check_layer
from autograd.check.primitives import check_primitive
from autograd.check.report import Report

#: For ``from autograd import check``: ``check.precision(f, x)``.
precision = check_precision

__all__ = [
    "Comparison",
    "LosingLine",
    "PrecisionReport",
    "Report",
    "WrongLine",
    "assert_gradients",
    "check_gradients",
    "check_layer",
    "check_precision",
    "check_primitive",
    "numerical_derivative",
    "precision",
]
