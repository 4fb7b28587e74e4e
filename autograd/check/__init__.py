"""Verify gradients: derivatives by `backward` against finite differences."""

from autograd.check.finite_differences import central_difference
from autograd.check.gradients import check_gradients
from autograd.check.report import Comparison, Report

__all__ = ["Comparison", "Report", "central_difference", "check_gradients"]
