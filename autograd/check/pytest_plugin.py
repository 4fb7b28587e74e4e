"""For pytest: the fixture `assert_gradients`, and the whole report below a test that fails."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

#: How many rows of a report to show.
ROWS = 30


@pytest.fixture
def assert_gradients() -> Callable[..., None]:
    """Return `autograd.assert_gradients`: a function that fails the test if a gradient is wrong."""
    import autograd
    import autograd.installation

    return autograd.assert_gradients


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Generator[None, Any, Any]:
    """Add the report of a failed gradient check to what pytest shows."""
    outcome = yield
    error = getattr(call.excinfo, "value", None)
    report = getattr(error, "report", None)
    if type(error).__name__ == "GradientError" and report is not None:
        outcome.sections.append(("gradient check", report.table(ROWS)))
    return outcome
