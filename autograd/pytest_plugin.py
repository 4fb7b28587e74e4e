"""The pytest plugin: a fixture `assert_gradients`, and reports of gradient checks that fail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

#: The number of rows of a report to show.
ROWS = 30


@pytest.fixture
def assert_gradients() -> Callable[..., None]:
    """Return `autograd.assert_gradients`, which fails the test if a gradient is wrong."""
    from autograd.check import assert_gradients

    return assert_gradients


def pytest_report_header() -> str | None:
    """Say at the top of a run if HIPS autograd has replaced files of this distribution."""
    try:
        import autograd.installation  # noqa: F401
    except ImportError as error:
        return f"chainrule: {error}"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Generator[None, Any, Any]:
    """Add the report of a failed gradient check to the output of pytest."""
    outcome = yield
    error = getattr(call.excinfo, "value", None)
    errors = sys.modules.get("autograd.errors")  # not imported before a test does so
    if errors is not None and isinstance(error, errors.GradientError) and error.report is not None:
        outcome.sections.append(("gradient check", error.report.table(ROWS)))
    return outcome
